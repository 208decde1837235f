use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;

use super::*;

const TEXT: &str = "Managed Configuration Report\n\nSource: local (configLibrary)\ninferenceProvider: gateway\n\
inferenceGatewayBaseUrl: https://gate.example/claude\ninferenceModels: [\"claude-sonnet-4-6\"]\n\
Credential: validated\n\nParse errors: none\n";

fn base() -> GatewayUrl {
    GatewayUrl::parse("https://gate.example/claude").unwrap()
}

fn packed(files: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[track_caller]
fn check(bytes: &[u8], codes: &[Code]) {
    let found = match read(bytes) {
        Ok(report) => explain(&report, None, &base()).findings,
        Err(finding) => vec![finding],
    };
    let found: Vec<Code> = found.iter().map(|finding| finding.code).collect();
    assert_eq!(found, codes, "{}", String::from_utf8_lossy(bytes));
}

#[track_caller]
fn check_changed(from: &str, to: &str, codes: &[Code]) {
    assert!(TEXT.contains(from));
    check(TEXT.replace(from, to).as_bytes(), codes);
}

#[test]
fn a_text_that_says_what_was_written_is_good() {
    check(TEXT.as_bytes(), &[Code::ClaudeReportAgrees]);
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(TEXT.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    check(&wide, &[Code::ClaudeReportAgrees]);
    check(format!("\u{feff}{}", TEXT.replace('\n', "\r\n")).as_bytes(), &[Code::ClaudeReportAgrees]);
}

#[test]
fn what_claude_says_against_it_is_named() {
    check_changed("local (configLibrary)", r"HKCU\SOFTWARE\Policies\Claude", &[Code::ManagedByPolicy]);
    check_changed("errors: none", "errors:\n  - inferenceModels: expected array", &[Code::ClaudeReportErrors]);
    check_changed("gate.example/claude", "gate.example/v1", &[Code::ClaudeReportDiffers]);
    check_changed(": gateway", ": bedrock", &[Code::ProviderNotGateway]);
    check_changed("validated", "no credential configured for provider \"gateway\"", &[Code::ClaudeReportNoKey]);
    check(b"Source: none\nParse errors: none\n", &[Code::ClaudeReportEmpty]);
}

#[test]
fn json_is_read_as_well() {
    let json = r#"{"sources":[{"source":"local","values":{"inferenceProvider":"gateway","inferenceGatewayBaseUrl":"https://gate.example/v1"}}],"parseErrors":["x: bad"]}"#;
    check(json.as_bytes(), &[Code::ClaudeReportErrors, Code::ClaudeReportDiffers]);
}

#[test]
fn the_archive_is_read_by_its_files() {
    let healthy = "provider: gateway\nstate: healthy\n";
    check(
        &packed(&[
            ("d/managed-config.txt", TEXT),
            ("d/provider-status.txt", healthy),
            ("d/deployment-mode.txt", "3p\n"),
        ]),
        &[Code::ClaudeReportAgrees],
    );
    check(&packed(&[("deployment-mode.txt", "Mode: 1p (standard)\n")]), &[Code::ProofOrdinaryMode]);
    check(
        &packed(&[("managed-config.txt", TEXT), ("provider-status.txt", "state: unhealthy")]),
        &[Code::ProofUnhealthy],
    );
    check(
        &packed(&[
            ("managed-config.txt", TEXT),
            ("logs/main.log", "[custom-3p] helper spawn failed: spawn /x ENOENT\n"),
        ]),
        &[Code::ProofHelper],
    );
}

#[test]
fn what_is_no_report_is_refused() {
    for bytes in [b"hello".as_slice(), b"", b"\x7fELF\0\0\0", b"PK\x03\x04broken", &packed(&[("other.txt", TEXT)])] {
        check(bytes, &[Code::ClaudeReportUnreadable]);
    }
    check(&vec![b'a'; LARGEST + 1], &[Code::ClaudeReportUnreadable]);
}

#[test]
fn it_is_compared_with_what_was_written_and_shows_no_key() {
    let text = TEXT.replace("Credential: validated", "inferenceGatewayApiKey: sk-canary0123456789abcdef");
    let view = explain(&read(text.as_bytes()).unwrap(), None, &base());
    assert!(!format!("{view:?}").contains("canary"), "{view:?}");
    let row = view.values.iter().find(|row| row.name == keys::BASE_URL).unwrap();
    assert!(row.ok && row.expected.is_some(), "{row:?}");
}
