//! Reports and files of people, reduced to their smallest input (`tests/fixtures/cases`): what they pasted and
//! what Claude wrote for them.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test reads its fixtures")]
use std::io::{Cursor, Write};

use airouter_core::address::GatewayUrl;
use airouter_core::claude_report::{explain, read};
use airouter_core::finding::Code;
use airouter_core::key;
use airouter_core::proof::{self, Reading};
use zip::write::SimpleFileOptions;

const KEY: &str = "sk-Abc123Def456Ghi789Jkl012Mno345Pqr678Stu901Vwx234";
const OTHER: &str = "sk-Zyx987Wvu654Tsr321Qpo098Nml765Kji432Hgf109Edc876";
const RELAY: &str = "cr_26dc10a486a25c8b4b2776edabc7c2a465cc1779cae1f5d6963ff53946000b71";
const BASE: &str = "http://127.0.0.1:11434/claude";

fn input(name: &str) -> String {
    let path = format!("{}/../../../tests/fixtures/cases/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect(name);
    [("@KEY@", KEY), ("@OTHER@", OTHER), ("@RELAY@", RELAY), ("@BASE@", BASE)]
        .into_iter()
        .fold(text, |text, (hole, value)| text.replace(hole, value))
}

/// What is read where an address was given.
fn pasted(text: &str) -> Result<String, (Code, String)> {
    let read = key::read(text, false).map(|paste| paste.key.reveal().to_owned());
    read.map_err(|finding| (finding.code, finding.fact("reason").unwrap_or_default().to_owned()))
}

fn base() -> GatewayUrl {
    GatewayUrl::parse("https://gate.example/claude").unwrap()
}

fn told(bytes: &[u8]) -> Vec<Code> {
    match read(bytes) {
        Ok(report) => explain(&report, None, &base()).findings.into_iter().map(|finding| finding.code).collect(),
        Err(finding) => vec![finding.code],
    }
}

fn archive(files: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn the_key_is_found_in_what_people_paste() {
    for (name, key) in [("K02.json", RELAY), ("K04.txt", KEY), ("K05.txt", KEY), ("K05b.txt", KEY)] {
        assert_eq!(pasted(&input(name)).as_deref(), Ok(key), "{name}");
    }
    for key in ["sk-1234", "ollama"] {
        assert_eq!(pasted(key).as_deref(), Ok(key));
    }
}

#[test]
fn what_only_names_a_key_is_never_sent() {
    for name in ["K03.txt", "K03b.txt", "K03c.txt"] {
        let (code, _) = pasted(&input(name)).expect_err(name);
        assert_eq!(code, Code::KeyLint, "{name}");
    }
}

#[test]
fn what_the_set_up_window_says_is_read() {
    for name in ["L01a.txt", "L01b.txt", "L01c.txt"] {
        let codes = told(input(name).as_bytes());
        assert!(!codes.contains(&Code::ClaudeReportUnreadable), "{name}: {codes:?}");
        assert!(!codes.contains(&Code::ClaudeReportAgrees), "{name}: {codes:?}");
    }
}

#[test]
fn the_latest_start_counts_and_only_claudes_own_lines() {
    for name in ["healthy.log", "L02.log", "L03.log"] {
        assert_eq!(told(&archive(&[("main.log", &input(name))])), [Code::ClaudeReportAgrees], "{name}");
    }
    let reading = proof::read(&input("L03.log"), "main.log", &base());
    assert!(matches!(reading, Reading::Proved(_)), "{reading:?}");
}

#[test]
fn silence_and_trouble_are_no_all_clear() {
    let logs = ["L06a.log", "L06b.log", "L06c.log", "L06d.log", "L07.log"].map(input);
    let mut archives: Vec<Vec<u8>> = logs.iter().map(|log| archive(&[("main.log", log)])).collect();
    archives.push(archive(&[("main.log", "\n")]));
    for status in ["state: unreachable\n", "state: config_invalid\nfailingField: inferenceModels\n"] {
        archives.push(archive(&[("provider-status.txt", status), ("deployment-mode.txt", "3p")]));
    }
    for (place, bytes) in archives.iter().enumerate() {
        let codes = told(bytes);
        assert!(!codes.is_empty() && !codes.contains(&Code::ClaudeReportAgrees), "{place}: {codes:?}");
    }
}
