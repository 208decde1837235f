use super::*;
use crate::finding::Code;

const KEY: &str = "sk-Abc123Def456Ghi789Jkl012Mno345Pqr678Stu901Vwx234";

#[track_caller]
fn check(text: &str, notes: &[KeyNote]) {
    let paste = read(text, true).unwrap_or_else(|finding| panic!("{text:?} gave {finding:?}"));
    assert_eq!(paste.key.reveal(), KEY, "{text:?}");
    assert_eq!(paste.notes, notes, "{text:?}");
}

#[track_caller]
fn check_refused(text: &str, reason: &str) {
    let finding = read(text, true).err().unwrap_or_else(|| panic!("{text:?} was taken"));
    assert_eq!((finding.code, finding.evidence[0].value.as_str()), (Code::KeyLint, reason), "{text:?}");
}

#[test]
fn a_clean_key_is_taken_as_it_is() {
    check(KEY, &[]);
}

#[test]
fn what_surrounds_a_key_is_removed_and_told() {
    check(&format!("  {KEY}\r\n"), &[KeyNote::SpacesRemoved]);
    check(&format!("\u{feff}{KEY}\u{200b}"), &[KeyNote::InvisibleRemoved]);
    check(&format!("“{KEY}”"), &[KeyNote::FullWidthMadePlain, KeyNote::QuotesRemoved]);
    check(&format!("'{KEY}'"), &[KeyNote::QuotesRemoved]);
    check(&format!("Bearer {KEY}"), &[KeyNote::BearerRemoved]);
    check(&KEY.replace("sk-", "ｓｋ－"), &[KeyNote::FullWidthMadePlain]);
    check(&format!("{KEY}{KEY}"), &[KeyNote::DoubledHalved]);
}

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
fn what_cannot_be_a_key_is_refused_with_its_reason() {
    check_refused("", "empty");
    check_refused(" \n", "empty");
    check_refused("你的 AIRouter API Key", "placeholder");
    check_refused("sk-xxxxxxxxxxxxxxxx", "placeholder");
    check_refused("YOUR_API_KEY", "placeholder");
    check_refused("sk-ab****cd12345678", "masked");
    check_refused("sk-ab…cd12345678", "masked");
    check_refused("sk-密钥密钥密钥密钥", "not-ascii");
    check_refused("hello there world", "inner-space");
    check_refused("https://aigc.aochengcloud.com/claude", "only-address");
    check_refused("sk-1", "too-short");
    check_refused(&format!("{}b", "a".repeat(3000)), "too-long");
    check_refused(&format!("{KEY} sk-Another00000000000000000000000000000"), "several");
}

#[test]
fn another_vendors_key_is_named() {
    let finding = read("sk-ant-api03-0123456789abcdef", true).unwrap_err();
    assert_eq!(finding.evidence[1].value, "Anthropic");
    assert!(read("sk-ant-api03-0123456789abcdef", false).is_ok(), "another gateway may take it");
}

#[test]
fn other_shapes_only_raise_a_note() {
    let paste = read("db_sk_0123456789abcdef0123", true).unwrap();
    assert_eq!(paste.notes, [KeyNote::UnusualStart]);
}

#[track_caller]
fn check_found(text: &str, address: Option<&str>) {
    let paste = read(text, true).unwrap_or_else(|finding| panic!("{text:?} gave {finding:?}"));
    assert_eq!((paste.key.reveal(), paste.address.as_deref()), (KEY, address), "{text:?}");
}

#[test]
fn a_wrapped_key_is_put_together_again() {
    let (first, second) = KEY.split_at(30);
    let inside = [KeyNote::SpacesInsideRemoved];
    for gap in [" ", "\n", "\r\n    ", "\u{3000}", "\t"] {
        check(&format!("{first}{gap}{second}"), &inside);
        check(&format!("sk-{gap}{}", &KEY[3..]), &inside);
    }
    let letters: Vec<String> = KEY.chars().map(String::from).collect();
    check(&letters.join(" "), &inside);
    check(&format!("{}\n{}\n{}", &KEY[..20], &KEY[20..40], &KEY[40..]), &inside);
    let groups: Vec<&str> = (3..KEY.len()).step_by(4).map(|at| &KEY[at..(at + 4).min(KEY.len())]).collect();
    check(&format!("sk-{}", groups.join(" ")), &inside);
    check(
        &format!("您的密钥是：\n{first}\n{second}\n请妥善保管"),
        &[KeyNote::SpacesInsideRemoved, KeyNote::TakenFromText],
    );
    check(&format!("\"{first}\n{second}\""), &[KeyNote::QuotesRemoved, KeyNote::SpacesInsideRemoved]);
}

#[test]
fn half_a_key_is_never_taken_for_a_whole_one() {
    check_refused("sk-abc def", "inner-space");
    check_refused("sk-Abc123Def456 thanks", "inner-space");
    check_refused(&format!("{KEY} aB3dE5gH7jK9"), "inner-space");
    check_refused(&format!("{}\n{} hello", &KEY[..30], &KEY[30..]), "inner-space");
    check_refused(&format!("{}密{}", &KEY[..30], &KEY[30..]), "not-ascii");
    check_refused(&format!("{}:{}", &KEY[..30], &KEY[30..]), "not-ascii");
    check_refused(&KEY.replace('A', "А"), "not-ascii");
    check_refused("export ANTHROPIC_AUTH_TOKEN=db_sk_0123456789ab cdef01234", "inner-space");
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
fn a_key_pasted_twice_over_is_taken_once() {
    for gap in ["", " ", "\n", "\r\n\r\n"] {
        check(&format!("{KEY}{gap}{KEY}"), &[KeyNote::DoubledHalved]);
    }
    check_refused(&format!("{KEY}{}", &KEY[..20]), "doubled");
    check_refused(&format!("{KEY}sk-{}", "Zyx987Wvu654Tsr321"), "several");
}

#[test]
fn what_is_not_there_in_full_is_told() {
    for (text, reason) in [
        ("sk-abc123def456…", "truncated"),
        ("sk-abc123def456...", "truncated"),
        ("密钥：sk-abc123def456…", "truncated"),
        ("sk-ab•••cd", "masked"),
        ("sk-ab****cd", "masked"),
        ("sk-ab...cd12345678", "masked"),
        ("sk-Abc1************", "masked"),
        ("ANTHROPIC_AUTH_TOKEN=sk-ab****cd", "masked"),
        ("<your key>", "placeholder"),
        ("sk-your-api-key-here", "placeholder"),
        ("export ANTHROPIC_AUTH_TOKEN=你的密钥", "placeholder"),
        ("export ANTHROPIC_AUTH_TOKEN=<your key>", "placeholder"),
        (r#"{"env":{"ANTHROPIC_AUTH_TOKEN":"sk-xxxx","ANTHROPIC_BASE_URL":"https://r.example"}}"#, "placeholder"),
        ("aigc.aochengcloud.com/claude", "only-address"),
        ("今天下午三点开会", "no-key"),
        ("claude-opus-4-5-20250929", "no-key"),
        ("ANTHROPIC_AUTH_TOKEN=", "no-key"),
        (r#"{"model":"claude-opus-4-5"}"#, "no-key"),
    ] {
        check_refused(text, reason);
    }
}

#[test]
fn of_two_keys_the_one_that_is_meant_is_taken() {
    let other = "sk-Zyx987Wvu654Tsr321Qpo098Nml765Kji432Hgf109Edc876";
    check_refused(&format!("备用：{other}\n密钥：{KEY}"), "several");
    check_found(&format!("OPENAI_API_KEY={other}\nANTHROPIC_AUTH_TOKEN={KEY}"), None);
    let home = "https://aigc.aochengcloud.com/claude";
    check_found(&format!("https://api.openai.com {other}\n{home} {KEY}"), Some(home));
    check_found(&format!("密钥 {other}\n地址 https://a.example\n\n密钥 {KEY}\n地址 {home}"), Some(home));
    check_refused(&format!("{home}\n密钥一 {KEY}\n密钥二 {other}"), "several");
}

#[test]
fn keys_of_other_vendors_are_named() {
    for (text, vendor) in [
        ("sk-ant-oat01-0123456789abcdef", "Anthropic"),
        ("ANTHROPIC_API_KEY=sk-ant-api03-0123456789abcdef", "Anthropic"),
        ("sk-proj-0123456789abcdef", "OpenAI"),
        ("sk-admin-0123456789abcdef", "OpenAI"),
        ("sk-or-v1-0123456789abcdef", "OpenRouter"),
        ("我的key：AIzaSyA0123456789abcdef", "Google"),
        ("hf_0123456789abcdefABCDEF", "Hugging Face"),
        ("pplx-0123456789abcdef", "Perplexity"),
        ("r8_0123456789abcdef", "Replicate"),
        ("xoxb-0123456789-abcdef", "Slack"),
    ] {
        let finding = read(text, true).unwrap_err();
        let told: Vec<&str> = finding.evidence.iter().map(|fact| fact.value.as_str()).collect();
        assert_eq!(told, ["other-vendor", vendor], "{text}");
    }
    check_refused("eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl", "sign-in-token");
}

#[test]
fn texts_without_end_are_read_in_time() {
    let many = |piece: &dyn Fn(usize) -> String| (0..4000).map(piece).collect::<String>()[..60_000].to_owned();
    let key = |n: usize| format!("sk-Abc123Def456Ghi{n:04}");
    check_refused(&many(&|n| format!("{} https://gate{n:04}.example\n", key(n))), "several");
    check_refused(&many(&|n| format!("key a1b2c3d{n:04} ")), "inner-space");
    assert!(read(&"://?sk-".repeat(9_000), true).is_err());
}
