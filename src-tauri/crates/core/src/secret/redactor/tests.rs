use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use proptest::prelude::*;

use super::*;

const LONG_KEY: &str = "acme.Zx9Yw8Vu7T/Qw3Er4+Ty5U";

fn knows(secrets: &[&str]) -> Redactor {
    Redactor::new(&secrets.iter().map(|secret| Secret::new((*secret).to_owned())).collect::<Vec<_>>())
}

#[track_caller]
fn check(secrets: &[&str], text: &str, expected: &str) {
    assert_eq!(knows(secrets).text(text), expected);
}

/// All forms in which a server may echo a text.
fn forms_of(secret: &str) -> Vec<String> {
    let each = |form: &dyn Fn(u8) -> String| secret.bytes().map(form).collect::<String>();
    let percent = |upper: bool| {
        each(&|byte| match byte {
            _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            _ if upper => format!("%{byte:02X}"),
            _ => format!("%{byte:02x}"),
        })
    };
    let mut forms = vec![
        secret.to_owned(),
        secret.to_uppercase(),
        secret.to_lowercase(),
        percent(true),
        percent(false),
        each(&|byte| format!("%{byte:02X}")),
        each(&|byte| if byte % 2 == 0 { format!("%{byte:02x}") } else { char::from(byte).to_string() }),
        serde_json::Value::String(secret.to_owned()).to_string(),
        each(&|byte| format!("\\u{byte:04x}")),
        each(&|byte| format!("\\u{byte:04X}")),
        secret.replace('/', "\\/"),
        each(&|byte| format!("&#{byte};")),
        each(&|byte| format!("&#x{byte:x};")),
        each(&|byte| format!("&#X{byte:X};")),
        secret
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('"', "&quot;")
            .replace('/', "&sol;")
            .replace('+', "&plus;"),
        each(&|byte| format!("{byte:02x}")),
        // One within another.
        each(&|byte| format!("%25{byte:02X}")),
        each(&|byte| format!("\\u0025{byte:02x}")),
        STANDARD.encode(each(&|byte| format!("%{byte:02X}"))),
    ];
    for text in
        [secret.to_owned(), secret.to_uppercase(), format!("user:{secret}"), format!("{{\"key\":\"{secret}\"}}")]
    {
        for before in ["", "a", "ab", "abc"] {
            let text = format!("{before}{text}");
            forms.extend([
                STANDARD.encode(&text),
                URL_SAFE.encode(&text),
                STANDARD_NO_PAD.encode(&text),
                URL_SAFE_NO_PAD.encode(&text),
            ]);
            forms.push(format!("token-{}", URL_SAFE_NO_PAD.encode(&text)));
            forms.push(STANDARD.encode(&text).replace('+', "%2B").replace('/', "%2f").replace('=', "%3D"));
        }
    }
    forms
}

#[test]
fn a_long_secret_is_erased_in_every_form() {
    for secret in [
        LONG_KEY,
        "sk-ant-api03-Zx9Yw8Vu7TQw3Er4Ty5U",
        "ABCDEFGHIJKLMNOPQRSTUVWX",
        "team-alpha-hunter-pass",
        "a%41b&amp;c\\u0041d=e",
    ] {
        let redactor = knows(&[secret]);
        for form in forms_of(secret) {
            for text in [form.clone(), format!("before {form} after"), format!("key={form}&x=1"), format!("\"{form}\"")]
            {
                let erased = redactor.text(&text);
                assert!(erased.contains(ERASED), "{secret} stays in {text}");
                assert!(!redactor.finds(&erased), "{text} leaves {erased}");
                let left = erased.replace(ERASED, "").len();
                assert!(left <= 36, "{text} leaves {erased}");
            }
        }
    }
}

#[test]
fn a_short_secret_is_erased_in_every_form() {
    for secret in ["hunter2/pass", "Zx9Yw8Vu", "ollama-key1"] {
        let redactor = knows(&[secret]);
        for form in forms_of(secret) {
            let text = format!("before \"{form}\" after");
            assert!(redactor.finds(&text), "{secret} stays in {text}");
        }
    }
}

#[test]
fn any_eight_letters_of_a_long_secret_are_too_many() {
    check(&[LONG_KEY], "key acme.Zx9Yw8V… refused", "key •••… refused");
    check(&[LONG_KEY], "ends in r4+Ty5U", "ends in r4+Ty5U");
    check(&[LONG_KEY], "ends in Er4+Ty5U", "ends in •••");
    check(&[LONG_KEY], "密钥ACME.zx9yw8vu7t/qw3er4+ty5u无效", "密钥•••无效");
}

#[test]
fn words_that_stand_everywhere_stay() {
    check(&["sk-ant-api03-Zx9Yw8Vu7TQw3Er4Ty5U"], "keys begin with sk-ant-api03-", "keys begin with sk-ant-api03-");
    let models = "claude-sonnet-4-5-20250929, anthropic/claude-opus-4, ollama/llama3";
    check(&["my-claude-sonnet-4-key-77"], models, models);
    check(&["anthropic-gateway-20250929"], models, models);
    check(&["anthropic-gateway-20250929"], "x anthropic-gateway-20250929 y", "x ••• y");
    check(&["claude", "gateway", "anthropic"], models, models);
    check(&["claude"], "Claude Desktop and /etc/claude", "Claude Desktop and /etc/claude");
    check(&["claude"], "invalid key: 'claude'", "invalid key: '•••'");
}

#[test]
fn a_short_secret_is_erased_as_a_word() {
    check(&["lmstudio"], "key lmstudio is wrong, LMSTUDIO!", "key ••• is wrong, •••!");
    check(&["lmstudio"], "lmstudio-7b lmstudio/llama3 lmstudio.local", "lmstudio-7b lmstudio/llama3 lmstudio.local");
    check(&["abc"], "abc", "abc");
}

#[test]
fn a_line_of_ours_keeps_its_words() {
    let redactor = knows(&["passwort", "hunter22", LONG_KEY]);
    assert_eq!(redactor.line("Das passwort, hunter22"), "Das passwort, •••");
    assert_eq!(redactor.line(&format!("x {LONG_KEY}")), "x •••");
}

#[test]
fn an_address_that_was_chosen_stays_unless_a_whole_secret_is_in_it() {
    let base = "https://aigc.aochengcloud.com/lmstudio";
    let redactor = knows(&["aochengcloud-team-17", "lmstudio"]).sparing(base);
    assert_eq!(redactor.text(base), base);
    assert_eq!(redactor.text("https://aigc.aochengcloud.com/x"), "https://aigc.aochengcloud.com/x");
    assert_eq!(redactor.text("key aochengcloud-team-17"), "key •••");
    let base = "https://gate.example/sk-Zx9Yw8Vu7TQw3Er4Ty5U/v1";
    assert_eq!(knows(&["sk-Zx9Yw8Vu7TQw3Er4Ty5U"]).sparing(base).text(base), "https://gate.example/•••/v1");
}

#[test]
fn a_value_that_may_be_no_secret_counts_whole() {
    let title = Secret::new("AIRouter Setup Company".to_owned());
    let redactor = Redactor::default().with_whole([&title]);
    assert_eq!(redactor.text("AIRouter Setup"), "AIRouter Setup");
    assert_eq!(redactor.text("x \"AIRouter Setup Company\""), "x \"•••\"");
}

#[test]
fn a_large_body_is_gone_through() {
    let body = "{\"id\":\"claude-sonnet-4-5\",\"x\":\"%41\\u0041\"},".repeat(2 * 1024 * 1024 / 44);
    let text = format!("{body}{LONG_KEY}");
    let erased = knows(&[LONG_KEY, "hunter22"]).text(&text).into_owned();
    assert!(erased.ends_with(ERASED) && erased.len() == body.len() + ERASED.len());
}

#[test]
fn it_says_nothing_of_what_it_knows() {
    assert_eq!(format!("{:?}", knows(&[LONG_KEY])), "Redactor(…)");
    assert!(Redactor::default().is_empty() && !knows(&[LONG_KEY]).is_empty());
}

proptest! {
    #[test]
    fn nothing_makes_it_panic_and_twice_is_once(text in "(?s).{0,60}", secret in "[ -~]{4,30}") {
        let redactor = knows(&[&secret]);
        let once = redactor.text(&text).into_owned();
        prop_assert_eq!(redactor.text(&once), once.as_str());
    }

    #[test]
    fn any_piece_of_a_random_key_is_found(secret in "[a-z0-9]{20,60}", from in 0..12_usize, around in "[^a-z0-9A-Z%&\\\\+/=_-]{0,5}") {
        let piece = &secret[from..from + 8];
        prop_assume!(!is_public(piece.as_bytes()));
        let text = format!("{around}{piece}{around}");
        prop_assert_eq!(knows(&[&secret]).text(&text), format!("{around}{ERASED}{around}"));
    }
}
