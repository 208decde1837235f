//! Whatever Claude or a person wrote is read as a report or as a log, and only Claude's own sign of success
//! gives an all-clear.
#![no_main]

use airouter_core::address::GatewayUrl;
use airouter_core::claude_report::{self, ClaudeReport};
use airouter_core::finding::Code;
use airouter_core::proof::{self, Reading};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let base = GatewayUrl::parse("https://gate.example/claude").expect("an address");
    let Ok(text) = std::str::from_utf8(bytes) else {
        let _ = claude_report::read(bytes);
        return;
    };
    let reading = proof::read(text, "main.log", &base);
    if let Reading::Proved(_) = reading {
        assert!(text.contains("[custom-3p]") && text.contains("gate.example"), "proved by nothing");
    }
    let as_log = ClaudeReport { log: Some(text.to_owned()), ..ClaudeReport::default() };
    for report in [Ok(as_log), claude_report::read(bytes)].into_iter().flatten() {
        let has_log = report.log.is_some() && report.values.is_empty() && report.health.is_none();
        let findings = claude_report::explain(&report, None, &base).findings;
        assert!(!findings.is_empty(), "nothing is said");
        let is_good = findings.iter().any(|finding| finding.code == Code::ClaudeReportAgrees);
        assert!(!(is_good && has_log) || matches!(reading, Reading::Proved(_)), "all-clear without a sign");
    }
});
