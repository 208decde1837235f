use super::*;
use crate::preset::link::Carried;

const FULL: &str = r#"{"schema":1,"name":"智关","base":"https://gate.example/claude","console":"https://gate.example",
  "models":["claude-sonnet-4-6","claude-haiku-4-5-20251001"],"egress":["pypi.org","*.example.com"],
  "supporter":"客服小王","note":"有问题请打 400-123-4567\n工作日 9–18 点","expires":"2027-03-31"}"#;

#[test]
fn the_built_in_preset_is_airouter() {
    assert_eq!(Preset::airouter().base.as_str(), "https://aigc.aochengcloud.com/claude");
}

#[test]
fn a_file_replaces_it() {
    let preset = Preset::from_json(r#"{"schema":1,"name":"练习","base":"http://127.0.0.1:8900/claude"}"#).unwrap();
    assert_eq!((preset.name.as_str(), preset.base.host()), ("练习", "127.0.0.1:8900"));
    assert_eq!((preset.models.len(), preset.egress, preset.expires), (0, None, None));
}

#[test]
fn everything_in_a_file_is_shown() {
    let view = Preset::from_json(FULL).unwrap().view();
    assert_eq!(view.models, ["claude-sonnet-4-6", "claude-haiku-4-5-20251001"]);
    assert_eq!(view.egress, Some(vec!["pypi.org".to_owned(), "*.example.com".to_owned()]));
    assert_eq!((view.supporter.as_deref(), view.expires.as_deref()), (Some("客服小王"), Some("2027-03-31")));
    assert!(view.note.unwrap().contains("400-123-4567"));
}

#[test]
fn what_is_written_is_what_is_read() {
    let preset = Preset::from_json(FULL).unwrap();
    assert_eq!(Preset::from_json(&preset.to_json().unwrap()), Ok(preset));
    let bad = Preset { note: Some("sk-0123456789abcdef".to_owned()), ..Preset::airouter() };
    assert_eq!(bad.to_json().unwrap_err().code, Code::PresetHoldsKey, "nothing is written that would be refused");
}

#[test]
fn a_file_may_be_written_carelessly() {
    let text =
        r#"{"schema":1,"name":"x","base":"https://X.example:443/claude/v1/","console":"https://X.example:8900"}"#;
    let preset = Preset::from_json(text).unwrap();
    assert_eq!(preset.base.as_str(), "https://x.example/claude");
    assert_eq!(preset.console.as_deref(), Some("https://x.example:8900/"));
}

/// A preset with one more field.
fn with(field: &str) -> String {
    format!(r#"{{"schema":1,"name":"x","base":"https://x.example",{field}}}"#)
}

#[track_caller]
fn check_refused(text: &str, code: Code) {
    let finding = Preset::from_json(text).unwrap_err();
    assert_eq!(finding.code, code, "{text}");
    assert!(finding.evidence.iter().all(|fact| !fact.value.contains("0123456789")), "{finding:?}");
}

#[test]
fn anything_unknown_is_refused() {
    for text in [
        r#"{"schema":2,"name":"x","base":"https://x.example"}"#,
        r#"{"schema":1,"name":"","base":"https://x.example"}"#,
        r#"{"schema":1,"name":"x","base":"http://x.example"}"#,
        "not json",
        "[]",
    ] {
        check_refused(text, Code::PresetInvalid);
    }
    for field in [
        r#""key":"sk-1""#,
        r#""console":"file:///etc/passwd""#,
        r#""console":"htps:/evil.example/x""#,
        r#""console":"https:/evil.example/x""#,
        r#""console":"https:\\\\evil.example\\share\\x""#,
        r#""console":"https://gate.example/\u202egnp.exe""#,
        r#""console":"https://gate.ex\u200bample/""#,
        r#""console":"https://gate.example@evil.example/""#,
        r#""console":"http://127.0.0.1:8900/""#,
        r#""console":"https://localhost/""#,
        r#""console":"javascript:alert(1)//gate.example""#,
        r#""usage_log":" https://gate.example/""#,
        r#""console":"http://x.example""#,
        r#""usage_log":"javascript:alert(1)""#,
        r#""name":"y""#,
        r#""models":["gpt-5"]"#,
        r#""models":["sonnet"]"#,
        r#""egress":["pypi.org:443"]"#,
        r#""expires":"soon""#,
        r#""supporter":"""#,
        r#""supporter":"two\nlines""#,
        r#""note":"turned \u202e round""#,
        r#""proxy":"http://127.0.0.1:1""#,
    ] {
        check_refused(&with(field), Code::PresetInvalid);
    }
    let many: Vec<String> = (0..21).map(|number| format!("\"claude-sonnet-4-{number}\"")).collect();
    check_refused(&with(&format!("\"models\":[{}]", many.join(","))), Code::PresetInvalid);
}

#[test]
fn what_looks_like_a_key_is_refused_wherever_it_stands() {
    for field in [
        r#""key":"sk-0123456789abcdef""#,
        r#""sk-0123456789abcdef":"x""#,
        r#""note":"您的密钥：sk-0123456789abcdef""#,
        r#""note":"ｓｋ－0123456789abcdef""#,
        r#""note":"sk-01234\u200b56789abcdef""#,
        r#""note":"0a1b2c3d4e5f60718293a4b5c6d7e8f9""#,
        r#""note":"3f2b8c1e-1111-4222-8333-444455556666""#,
        r#""supporter":"sk-0123456789abcdef""#,
        r#""models":["sk-0123456789abcdef"]"#,
        r#""egress":["sk-0123456789abcdef"]"#,
        r#""console":"https://x.example/?key=sk-0123456789abcdef""#,
        r#""deep":[{"deeper":"sk-0123456789abcdef"}]"#,
    ] {
        check_refused(&with(field), Code::PresetHoldsKey);
    }
    let in_address = r#"{"schema":1,"name":"x","base":"https://x.example/sk-0123456789abcdef/claude"}"#;
    check_refused(in_address, Code::PresetHoldsKey);
    let long_host = r#"{"schema":1,"name":"x","base":"https://a1b2c3d4e5f60718293a4b5c6d.example/claude"}"#;
    assert!(Preset::from_json(long_host).is_ok(), "hosts may be long");
}

#[test]
fn a_preset_counts_until_its_last_day_is_over() {
    let preset = Preset::from_json(FULL).unwrap();
    assert!(preset.clone().on("2027-03-31".parse().unwrap()).is_ok());
    let finding = preset.on("2027-04-01".parse().unwrap()).unwrap_err();
    assert_eq!(finding.code, Code::PresetExpired);
    assert!(finding.evidence.iter().any(|fact| fact.value == "客服小王"), "they can send a new one");
}

#[test]
fn a_link_carries_the_file_and_its_signature() {
    for signature in [None, Some("untrusted comment: x\nabc\n".to_owned())] {
        let carried = Carried { preset: FULL.to_owned(), signature };
        assert_eq!(link::read(&link::write(&carried)), Ok(carried.clone()));
        let upper = link::write(&carried).replace("airouter-setup://", "AIROUTER-SETUP://");
        assert_eq!(link::read(&upper), Ok(carried), "systems may change the letters of the scheme");
    }
}

#[test]
fn other_links_are_refused() {
    let good = link::write(&Carried { preset: FULL.to_owned(), signature: None });
    let long = format!("airouter-setup://preset/{}", "A".repeat(20_000));
    for bad in [
        "https://gate.example/x.airouter",
        "airouter-setup://preset/https://gate.example/x.airouter",
        "airouter-setup://run/x",
        "airouter-setup:",
        &format!("{good}?from=https://gate.example"),
        &format!("{good}!"),
        &long,
    ] {
        assert_eq!(link::read(bad).unwrap_err().code, Code::PresetInvalid, "{bad}");
    }
}

mod signatures {
    use super::*;

    const SIGNED: &str = include_str!("../../../../../tests/fixtures/preset/signed.airouter");
    const SIGNATURE: &str = include_str!("../../../../../tests/fixtures/preset/signed.airouter.minisig");
    const KEY: &str = include_str!("../../../../../tests/fixtures/preset/signer.pub");
    const OTHER_KEY: &str = include_str!("../../../../../tests/fixtures/preset/other.pub");

    #[track_caller]
    fn check(text: &str, signature: Option<&str>, named: Option<&str>, expected: Result<&str, &str>) {
        let said = match signer(text, signature, named) {
            Ok(Signer::None) => Ok("nobody"),
            Ok(Signer::Unknown { .. }) => Ok("unknown"),
            Ok(Signer::Known { .. }) => Ok("known"),
            Err(finding) => {
                assert_eq!(finding.code, Code::PresetSignature);
                Err(finding.evidence[0].value.clone())
            }
        };
        assert_eq!(said, expected.map_err(str::to_owned));
    }

    #[test]
    fn only_the_right_signature_counts() {
        let changed = SIGNED.replace("gate.example", "gate.examp1e");
        let second_line = KEY.lines().nth(1).unwrap();
        check(SIGNED, None, None, Ok("nobody"));
        check(SIGNED, Some(SIGNATURE), None, Ok("unknown"));
        check(SIGNED, Some(SIGNATURE), Some(KEY), Ok("known"));
        check(SIGNED, Some(SIGNATURE), Some(second_line), Ok("known"));
        check(&changed, Some(SIGNATURE), Some(KEY), Err("wrong"));
        check(SIGNED, Some(SIGNATURE), Some(OTHER_KEY), Err("wrong"));
        check(SIGNED, None, Some(KEY), Err("missing"));
        check(SIGNED, Some("rubbish"), None, Err("unreadable"));
        check(SIGNED, Some(SIGNATURE), Some("rubbish"), Err("named-key"));
    }

    #[test]
    fn an_unknown_signer_is_reported_by_number() {
        let signer = signer(SIGNED, Some(SIGNATURE), None).unwrap();
        let preset = Preset { signer, ..Preset::from_json(SIGNED).unwrap() };
        let findings = preset.findings();
        assert_eq!(findings[0].code, Code::PresetSignerUnknown);
        let comment = KEY.lines().next().unwrap();
        assert!(comment.ends_with(&findings[0].evidence[0].value), "as minisign shows it: {comment}");
    }
}
