use super::*;
use crate::finding::Code;

mod settings;
mod texts;

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
fn what_surrounds_a_key_is_removed_and_reported() {
    check(&format!("  {KEY}\r\n"), &[KeyNote::SpacesRemoved]);
    check(&format!("\u{feff}{KEY}\u{200b}"), &[KeyNote::InvisibleRemoved]);
    check(&format!("“{KEY}”"), &[KeyNote::FullWidthMadePlain, KeyNote::QuotesRemoved]);
    check(&format!("'{KEY}'"), &[KeyNote::QuotesRemoved]);
    check(&format!("Bearer {KEY}"), &[KeyNote::BearerRemoved]);
    check(&KEY.replace("sk-", "ｓｋ－"), &[KeyNote::FullWidthMadePlain]);
    check(&format!("{KEY}{KEY}"), &[KeyNote::DoubledHalved]);
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
fn keys_of_words_and_digits_are_taken() {
    for key in [
        "sk-practice-ok-0000000000000000000000000000",
        "sk-practice-nobalance429-A1b2C3d4E5f6G7h8I9j0",
        "sk-project-of-the-task-0123456789abcdef",
        "sk-test-master-1234567890",
    ] {
        assert_eq!(read(key, true).map(|paste| paste.key), Ok(Secret::new(key.to_owned())), "{key}");
    }
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
fn a_key_pasted_twice_over_is_taken_once() {
    for gap in ["", " ", "\n", "\r\n\r\n"] {
        check(&format!("{KEY}{gap}{KEY}"), &[KeyNote::DoubledHalved]);
    }
    check_refused(&format!("{KEY}{}", &KEY[..20]), "doubled");
    check_refused(&format!("{KEY}sk-{}", "Zyx987Wvu654Tsr321"), "several");
}

#[test]
fn an_incomplete_key_is_reported() {
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
        let printed: Vec<&str> = finding.evidence.iter().map(|fact| fact.value.as_str()).collect();
        assert_eq!(printed, ["other-vendor", vendor], "{text}");
    }
    check_refused("eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl", "sign-in-token");
}
