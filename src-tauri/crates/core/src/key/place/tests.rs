use super::super::read;
use super::*;

const KEY: &str = "sk-Abc123Def456Ghi789Jkl012Mno345Pqr678Stu901Vwx234";
const OTHER: &str = "https://relay.example/claude";

fn airouter() -> Preset {
    Preset::airouter()
}

/// The other address that the key of a paste belongs to when it would be sent to AIRouter.
fn elsewhere(text: &str) -> Option<String> {
    let preset = airouter();
    match read(text, false).unwrap_or_else(|finding| panic!("{text:?} gave {finding:?}")).belongs(&preset.base, &preset)
    {
        Belongs::Here => None,
        Belongs::Elsewhere { address, shown } => Some(address.map_or(shown, |address| address.as_str().to_owned())),
    }
}

#[track_caller]
fn check(text: &str, expected: Option<&str>) {
    assert_eq!(elsewhere(text).as_deref(), expected, "{text:?}");
}

/// A key and an address in every form in which they are given out.
fn forms(base: &str) -> Vec<String> {
    let encoded = base.replace(':', "%3A").replace('/', "%2F");
    let packed = {
        use base64::Engine;
        base64::engine::general_purpose::STANDARD.encode(format!(r#"{{"baseUrl":"{base}","apiKey":"{KEY}"}}"#))
    };
    vec![
        format!("export ANTHROPIC_BASE_URL={base}\nexport ANTHROPIC_AUTH_TOKEN={KEY}"),
        format!("ANTHROPIC_AUTH_TOKEN={KEY}\nANTHROPIC_BASE_URL=\"{base}/\""),
        format!(r#"{{"env":{{"ANTHROPIC_BASE_URL":"{base}","ANTHROPIC_AUTH_TOKEN":"{KEY}"}}}}"#),
        format!(r#"{{"env":{{"ANTHROPIC_AUTH_TOKEN":"{KEY}","ANTHROPIC_BASE_URL":"{}"}}}}"#, base.replace('/', "\\/")),
        format!(r#"{{"inferenceGatewayBaseUrl":"{base}","apiKey":"{KEY}"}}"#),
        format!("curl {base}/v1/messages -H 'x-api-key: {KEY}' -H 'anthropic-version: 2023-06-01'"),
        format!("curl -H \"Authorization: Bearer {KEY}\" '{base}/v1/models?limit=5'"),
        format!("set ANTHROPIC_BASE_URL={base}\r\nset ANTHROPIC_AUTH_TOKEN={KEY}"),
        format!("setx ANTHROPIC_AUTH_TOKEN \"{KEY}\"\nsetx ANTHROPIC_BASE_URL \"{base}\""),
        format!("$env:ANTHROPIC_BASE_URL=\"{base}\"; $env:ANTHROPIC_AUTH_TOKEN=\"{KEY}\""),
        format!(
            "[System.Environment]::SetEnvironmentVariable(\"ANTHROPIC_BASE_URL\", \"{base}\", \"User\")\nsetx ANTHROPIC_AUTH_TOKEN {KEY}"
        ),
        format!("set -Ux ANTHROPIC_BASE_URL {base}\nset -Ux ANTHROPIC_AUTH_TOKEN {KEY}"),
        format!("[model]\nbase_url = \"{base}\"\napi_key = \"{KEY}\""),
        format!("base_url: {base}\napi_key: {KEY}"),
        format!("您好，您的密钥是 {KEY} 请妥善保管，地址：{base}（不要加v1）"),
        format!("地址：\n{base}\n密钥：\n{KEY}"),
        format!("{base} {KEY}"),
        format!("{KEY} {base}请勿外传"),
        format!("**地址** `{base}` **密钥** `{KEY}`"),
        format!("ccswitch://v1/import?resource=provider&endpoint={encoded}&apiKey={KEY}"),
        format!("someapp://set?baseUrl={base}&apiKey={KEY}"),
        format!("someapp://set?apiKey={KEY}&baseUrl={encoded}%2Fv1"),
        format!("cherrystudio://providers/api-keys?v=1&data={packed}"),
    ]
}

#[test]
fn an_address_beside_the_key_is_seen_in_every_form() {
    for text in forms(OTHER) {
        check(&text, Some(OTHER));
    }
}

#[test]
fn the_same_address_is_the_same_however_it_is_written() {
    for base in [
        "https://aigc.aochengcloud.com/claude",
        "https://aigc.aochengcloud.com",
        "https://AIGC.AochengCloud.com/claude",
        "http://aigc.aochengcloud.com/claude",
        "https://aigc.aochengcloud.com:443/claude/v1",
    ] {
        for text in forms(base) {
            check(&text, None);
        }
    }
    check(&format!("ANTHROPIC_BASE_URL=aigc.aochengcloud.com/claude\nANTHROPIC_AUTH_TOKEN={KEY}"), None);
    check(&format!("控制台 https://aigc.aochengcloud.com 密钥 {KEY}"), None);
    check(&format!("官网 https://www.aochengcloud.com 密钥 {KEY}"), None);
}

#[test]
fn addresses_without_a_scheme_on_this_computer_and_in_chinese_count() {
    let with = |base: &str| format!("ANTHROPIC_BASE_URL={base}\nANTHROPIC_AUTH_TOKEN={KEY}");
    check(&with("relay.example/claude"), Some(OTHER));
    check(&with("RELAY.example:8443/claude"), Some("https://relay.example:8443/claude"));
    check(&with("http://localhost:3000/v1/messages"), Some("http://127.0.0.1:3000"));
    check(&with("http://127.0.0.1:3000/"), Some("http://127.0.0.1:3000"));
    check(&with("http://[::1]:3000"), Some("http://[::1]:3000"));
    check(&with("https://网关.example/claude"), Some("https://xn--d6q013i.example/claude"));
    check(&format!("https://api.网关.中国/claude {KEY}"), Some("https://api.xn--d6q013i.xn--fiqs8s/claude"));
    check(&format!("地址https://relay.example/claude请勿外传，密钥{KEY}"), Some(OTHER));
    check(&format!("地址https://relay.example，密钥{KEY}"), Some("https://relay.example"));
    check(&with("htps://relay.example/claude"), Some(OTHER));
    // Not in a usable form, and reported nevertheless.
    check(&with("https://me:secret@relay.example/claude"), Some("relay.example"));
    check(&with("https://aigc.aochengc1oud.com/claude"), Some("aigc.aochengc1oud.com"));
}

#[test]
fn what_is_no_gateway_does_not_count() {
    for text in [
        format!("export HTTPS_PROXY=http://127.0.0.1:7890\nexport ANTHROPIC_AUTH_TOKEN={KEY}"),
        format!(
            r#"{{"$schema":"https://json.schemastore.org/claude-code-settings.json","env":{{"ANTHROPIC_AUTH_TOKEN":"{KEY}"}}}}"#
        ),
        format!("密钥 {KEY}\n教程：https://docs.qq.com/doc/abc"),
        format!("npm config set registry https://registry.npmmirror.com\nANTHROPIC_API_KEY={KEY}"),
        KEY.to_owned(),
    ] {
        check(&text, None);
    }
    check(
        &format!("HTTPS_PROXY=http://127.0.0.1:7890\nANTHROPIC_BASE_URL={OTHER}\nANTHROPIC_AUTH_TOKEN={KEY}"),
        Some(OTHER),
    );
}

#[test]
fn the_surest_address_counts_and_one_of_several_is_enough() {
    let home = "https://aigc.aochengcloud.com/claude";
    check(&format!("官网：https://aigc.aochengcloud.com\n接口地址：{OTHER}\n密钥：{KEY}"), Some(OTHER));
    check(&format!("主线路 {home}\n备用线路 {OTHER}\n密钥 {KEY}"), None);
    check(&format!("官网：https://relay.example 密钥：{KEY}"), Some("https://relay.example"));
}

#[test]
fn the_finding_names_both_and_holds_no_key() {
    let preset = airouter();
    let paste = read(&format!("{OTHER}?key={KEY} {KEY}"), false).unwrap();
    let finding = paste.may_go_to(&preset.base, &preset, false).unwrap_err();
    assert_eq!(finding.code, crate::finding::Code::KeyElsewhere);
    assert_eq!(
        (finding.fact("pasted"), finding.fact("chosen")),
        (Some("relay.example"), Some("aigc.aochengcloud.com"))
    );
    let chosen = GatewayUrl::parse("https://relay.example/other").unwrap();
    let finding = paste.may_go_to(&chosen, &preset, false).unwrap_err();
    assert_eq!(finding.fact("pasted"), Some(OTHER), "one host, two paths");
    assert_eq!(paste.may_go_to(&GatewayUrl::parse(OTHER).unwrap(), &preset, false), Ok(None));
    let remark = paste.may_go_to(&chosen, &preset, true).unwrap().unwrap();
    assert_eq!((remark.code, remark.blocks()), (crate::finding::Code::AddressNamed, false));
}
