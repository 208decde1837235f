//! Keys within longer texts: sentences, snippets, links.

use super::*;

#[test]
fn a_key_is_found_in_longer_texts() {
    for text in [
        format!("export ANTHROPIC_AUTH_TOKEN={KEY}"),
        format!("ANTHROPIC_API_KEY=\"{KEY}\""),
        format!("{{\"env\": {{\"ANTHROPIC_AUTH_TOKEN\": \"{KEY}\"}}}}"),
        format!("curl https://x.example/v1/messages -H 'Authorization: Bearer {KEY}' -d '{{}}'"),
        format!("我的密钥：{KEY}，请帮我看看"),
        format!("$env:ANTHROPIC_API_KEY = '{KEY}'"),
    ] {
        check(&text, &[KeyNote::TakenFromText]);
    }
}

#[test]
fn an_address_beside_the_key_is_noticed() {
    let text = format!("ANTHROPIC_BASE_URL=https://relay.example/claude\nANTHROPIC_AUTH_TOKEN={KEY}");
    assert_eq!(read(&text, true).unwrap().address.as_deref(), Some("https://relay.example/claude"));
}

#[test]
fn words_around_a_key_are_no_part_of_it() {
    for text in [
        format!("{KEY} please keep it safe"),
        format!("{KEY}\nhello"),
        format!("export ANTHROPIC_API_KEY={KEY}\nexport MODEL=claude-opus-4-5\nclaude"),
        format!("api_key: {KEY}\nmodel: claude-sonnet-4-5-20250929"),
        format!("setx ANTHROPIC_AUTH_TOKEN {KEY} /M"),
        format!("curl -H x-api-key:{KEY} -d '{{}}'"),
        format!("{KEY} claude-group 2024-01-01"),
        format!("密钥{KEY}。"),
        format!("密钥——{KEY}，到期2027-01-01"),
    ] {
        check(&text, &[KeyNote::TakenFromText]);
    }
}

#[test]
fn snippets_of_every_kind_give_the_key_and_the_address() {
    let base = "https://aigc.aochengcloud.com/claude";
    for text in [
        format!(r#"{{"env":{{"ANTHROPIC_AUTH_TOKEN":"{KEY}","ANTHROPIC_BASE_URL":"{base}"}}}}"#),
        format!(
            r#"{{"env":{{"ANTHROPIC_BASE_URL":"https:\/\/aigc.aochengcloud.com\/claude","ANTHROPIC_API_KEY":"{KEY}"}}}}"#
        ),
        format!("set ANTHROPIC_BASE_URL={base}\r\nset ANTHROPIC_AUTH_TOKEN={KEY}\r\n"),
        format!("setx ANTHROPIC_AUTH_TOKEN \"{KEY}\"\nsetx ANTHROPIC_BASE_URL \"{base}\""),
        format!("$env:ANTHROPIC_BASE_URL=\"{base}\"; $env:ANTHROPIC_AUTH_TOKEN=\"{KEY}\""),
        format!("base_url = '{base}'\napi_key = '{KEY}'  # 我的"),
        format!("base_url: {base}\napi_key: {KEY}\nmodel: claude-sonnet-4-5-20250929"),
        format!("官网：https://aigc.aochengcloud.com 接口地址：{base} 密钥：{KEY}"),
        format!("homepage: https://docs.example/x\nendpoint: {base}\nkey: {KEY}"),
    ] {
        check_found(&text, Some(base));
    }
    let curl =
        format!("curl {base}/v1/messages \\\n  -H \"x-api-key: {KEY}\" \\\n  -H 'anthropic-version: 2023-06-01'");
    check_found(&curl, Some(&format!("{base}/v1/messages")));
    check_found(&format!("地址：aigc.aochengcloud.com/claude，密钥：{KEY}"), Some("aigc.aochengcloud.com/claude"));
}

#[test]
fn import_links_are_unfolded() {
    use base64::Engine;
    let json = format!(r#"{{"id":"x","baseUrl":"https://r.example/claude","apiKey":"{KEY}"}}"#);
    let packed = base64::engine::general_purpose::STANDARD_NO_PAD.encode(&json);
    let encoded = "https%3A%2F%2Fr.example%2Fclaude";
    for text in [
        format!(
            "ccswitch://v1/import?resource=provider&app=claude&name=X&homepage=https%3A%2F%2Fdocs.example&endpoint={encoded}&apiKey={KEY}"
        ),
        format!("导入：ccswitch://v1/import?endpoint={encoded}&apiKey={} 点这里", KEY.replace('-', "%2D")),
        format!("cherrystudio://providers/api-keys?v=1&data={packed}"),
        format!("chatbox://provider/import?config={packed}="),
        format!("https://chat.example/#/?settings={{\"key\":\"{KEY}\",\"url\":\"https://r.example/claude\"}}"),
        format!("someapp://set?key={KEY}&url={encoded}"),
    ] {
        let paste = read(&text, true).unwrap_or_else(|finding| panic!("{text:?} gave {finding:?}"));
        assert_eq!((paste.key.reveal(), paste.address.as_deref()), (KEY, Some("https://r.example/claude")), "{text}");
        assert_eq!(paste.notes, [KeyNote::TakenFromLink], "{text}");
    }
    check_refused("ccswitch://v1/import?resource=provider&endpoint=https%3A%2F%2Fr.example&apiKey=", "only-address");
    check_refused("ccswitch://v1/import?apiKey=sk-xxxxxxxx&endpoint=https%3A%2F%2Fr.example", "placeholder");
}

#[test]
fn of_two_keys_the_one_for_claude_is_used() {
    let other = "sk-Zyx987Wvu654Tsr321Qpo098Nml765Kji432Hgf109Edc876";
    check_refused(&format!("备用：{other}\n密钥：{KEY}"), "several");
    check_found(&format!("OPENAI_API_KEY={other}\nANTHROPIC_AUTH_TOKEN={KEY}"), None);
    let home = "https://aigc.aochengcloud.com/claude";
    check_found(&format!("https://api.openai.com {other}\n{home} {KEY}"), Some(home));
    check_found(&format!("密钥 {other}\n地址 https://a.example\n\n密钥 {KEY}\n地址 {home}"), Some(home));
    check_found(&format!("ANTHROPIC_AUTH_TOKEN={KEY}\n# 例如 sk-xxxx 或 sk-ab****cd"), None);
    check_refused(&format!("ANTHROPIC_AUTH_TOKEN=你的密钥\nOPENAI_API_KEY={other}"), "placeholder");
    check_refused(&format!("{KEY}\nsk-ab****cd\nsk-Zyx987Wvu654 thanks"), "inner-space");
    check_refused(&format!("{home}\n密钥一 {KEY}\n密钥二 {other}"), "several");
}

#[test]
fn texts_without_end_are_read_in_time() {
    let many = |piece: &dyn Fn(usize) -> String| (0..4000).map(piece).collect::<String>()[..60_000].to_owned();
    let key = |n: usize| format!("sk-Abc123Def456Ghi{n:04}");
    check_refused(&many(&|n| format!("{} https://gate{n:04}.example\n", key(n))), "several");
    check_refused(&many(&|n| format!("key a1b2c3d{n:04} ")), "inner-space");
    assert!(read(&"://?sk-".repeat(9_000), true).is_err());
}
