use super::*;

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
