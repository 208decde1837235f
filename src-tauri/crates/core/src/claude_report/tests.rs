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

const ACTIVE: &str = "2026-11-28 10:00:00 [info] [custom-3p] 3P mode active { provider: 'gateway' }\n";
const HOST: &str = "2026-11-28 10:00:01 [info] [custom-3p] inference apiHost=https://gate.example/claude\n";
const START: &str = "2026-11-28 10:00:00 [info] Starting app { appVersion: '2.2553.0' }\n";

#[track_caller]
fn check_log(lines: &[&str], codes: &[Code]) {
    check(&packed(&[("logs/main.log", &lines.concat())]), codes);
}

#[test]
fn no_sign_of_success_is_no_all_clear() {
    check_log(&[START, ACTIVE, HOST], &[Code::ClaudeReportAgrees]);
    for log in [
        vec!["\n"],
        vec![START],
        vec![START, "2026-11-28 10:00:01 [info] Ordinary start; no third-party configuration was read\n"],
        vec![START, ACTIVE],
        vec![START, ACTIVE, HOST, START],
    ] {
        check_log(&log, &[Code::ClaudeReportSilent]);
    }
    check(&packed(&[("deployment-mode.txt", "3p")]), &[Code::ClaudeReportSilent]);
    let status = |text: &str| packed(&[("provider-status.txt", text), ("deployment-mode.txt", "3p")]);
    check(&status("state: not_testable"), &[Code::ClaudeReportSilent]);
    check(&status("state: healthy"), &[Code::ClaudeReportAgrees]);
    check(&status("state: unreachable"), &[Code::ProofUnhealthy]);
    check(&status("state: config_invalid\nfailingField: inferenceModels\n"), &[Code::ProofRefused]);
}

#[test]
fn trouble_in_a_log_is_named() {
    check_log(&[START, "[error] [custom-3p] configError: inferenceModels: expected array\n"], &[Code::ProofRefused]);
    check_log(&[START, "[info] [custom-3p] 3P mode active { provider: 'vertex' }\n"], &[Code::ProviderNotGateway]);
    let error = "[info] [custom-3p] ConfigHealth recomputed { state: 'provider_error', provider: 'gateway' }\n";
    check_log(&[START, ACTIVE, HOST, error], &[Code::ProofUnhealthy]);
}

#[test]
fn the_last_start_may_lie_in_a_log_that_was_rotated() {
    let healthy = [START, ACTIVE, HOST].concat();
    let before =
        "2026-11-27 10:00:00 [info] Starting app { }\n2026-11-27 10:00:00 [error] [custom-3p] configError: x\n";
    let later = "2026-11-28 10:10:00 [info] [notes] still there\n";
    for names in [["main.old.log", "main.log.2"], ["main1.log", "main.old.log"], ["main.log.1", "main.2.log"]] {
        let files = [("main.log", later), (names[0], healthy.as_str()), (names[1], before)];
        check(&packed(&files), &[Code::ClaudeReportAgrees]);
    }
    check(&packed(&[("main.log", before), ("main.old.log", &healthy)]), &[Code::ProofRefused]);
}

#[test]
fn what_is_copied_out_of_claude_is_read() {
    check(b"Host Claude Code binary not available. Check that the download completed.", &[Code::EngineMissing]);
    check(
        b"Couldn't load configuration\nreadConfig failed unknown config id 0f9d1a2b-1c2d-4e5f-8a9b-0c1d2e3f4a5b",
        &[Code::ProfileMissing],
    );
    check(format!("{START}{ACTIVE}{HOST}").as_bytes(), &[Code::ClaudeReportAgrees]);
    check(format!("{START}[error] [custom-3p] helper exited code=5 (x)\n").as_bytes(), &[Code::ProofHelper]);
}
