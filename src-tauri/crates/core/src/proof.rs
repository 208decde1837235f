//! The proof: what Claude's own log says after the start.
//!
//! Nothing else proves that a connection works: a perfect profile is ignored when the mode is wrong,
//! when a policy wins, or when it lies in the wrong folder. The fragments below were read from builds
//! of 2026 (PI); a build that words them otherwise gives "not proved", never a false proof.

use schemars::JsonSchema;
use serde::Serialize;
use ts_rs::TS;

use crate::address::GatewayUrl;
use crate::finding::{Code, Finding};
use crate::secret::masked;

/// Most lines kept as evidence.
const MOST_LINES: usize = 12;

/// What Claude's own log said after the start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[ts(export)]
pub struct Proof {
    /// The host that Claude says it talks to.
    pub host: String,
    /// How many models its picker shows, if it said so.
    pub models: Option<u32>,
    /// Whether its own health check passed, if it said so.
    pub healthy: Option<bool>,
    /// The log that was read.
    pub log: String,
    /// The lines that prove it, masked.
    pub lines: Vec<String>,
}

/// What can be said so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// Nothing yet.
    Pending,
    /// Claude runs in gateway mode with our address. More may follow: see [`Proof::is_whole`].
    Proved(Proof),
    /// Claude says why it does not.
    Failed(Finding),
}

impl Proof {
    /// True when nothing more is to be expected.
    pub fn is_whole(&self) -> bool {
        self.healthy.is_some() && self.models.is_some()
    }
}

/// Reads what Claude has written since its start. `log` is what was appended to the log of the
/// third-party folder, `path` where that is, `base` the address that was written.
pub fn read(log: &str, path: &str, base: &GatewayUrl) -> Reading {
    let lines: Vec<&str> = log.lines().filter(|line| is_telling(line)).collect();
    let evidence = |code: Code, line: &str| Reading::Failed(Finding::new(code).with("log", masked(line.trim())));
    if let Some(line) = lines.iter().find(|line| is_helper_trouble(line)) {
        return evidence(Code::ProofHelper, line);
    }
    for line in &lines {
        for (fragment, code) in FAILURES {
            if line.contains(fragment) {
                return evidence(code, line);
            }
        }
    }
    let host_line = lines.iter().rev().find_map(|line| line.split_once("apiHost=").map(|(_, rest)| (line, rest)));
    let host = host_line.map(|(_, rest)| word(rest));
    if let (Some(host), Some((line, _))) = (host, host_line)
        && !is_same(host, base)
    {
        return evidence(Code::ProofOtherHost, line);
    }
    if let Some(line) = lines.iter().find(|line| line.contains("picker = 0")) {
        return evidence(Code::ProofNoModels, line);
    }
    let is_active = lines.iter().any(|line| line.contains("3P mode active") && line.contains("gateway"));
    if !is_active || host.is_none() {
        return Reading::Pending;
    }
    Reading::Proved(Proof {
        host: base.host().to_owned(),
        models: lines.iter().rev().find_map(|line| number_after(line, "picker = ")),
        healthy: lines
            .iter()
            .rev()
            .find_map(|line| line.split_once("ConfigHealth recomputed").map(|(_, rest)| rest.contains("'healthy'"))),
        log: path.to_owned(),
        lines: lines.iter().rev().take(MOST_LINES).rev().map(|line| masked(line.trim())).collect(),
    })
}

/// Lines in which Claude says why it does not run through the gateway.
const FAILURES: [(&str, Code); 5] = [
    ("Invalid custom3p enterprise config", Code::ProofRefused),
    ("Credentials read failed", Code::ProofRefused),
    ("custom-3p-unused.invalid", Code::ProofRefused),
    ("no credential configured for provider", Code::ProofRefused),
    ("Managed MDM config detected", Code::ManagedByPolicy),
];

/// Claude could not get the key: only the text for a missing program is known (`helper spawn failed`),
/// so any complaint about the helper counts.
fn is_helper_trouble(line: &str) -> bool {
    let lower = line.to_lowercase();
    lower.contains("helper")
        && ["fail", "timed out", "timeout", "enoent", "error"].iter().any(|word| lower.contains(word))
}

fn is_telling(line: &str) -> bool {
    line.contains("custom-3p")
        || line.contains("custom3p")
        || line.contains("ConfigHealth")
        || line.contains("no credential configured")
        || line.contains("Managed MDM")
}

fn word(text: &str) -> &str {
    text.split(|c: char| c.is_whitespace() || matches!(c, '\'' | '"' | ',' | '}'))
        .find(|part| !part.is_empty())
        .unwrap_or("")
}

/// The same address; a log that leaves the path out is taken too, another host or port never.
fn is_same(logged: &str, base: &GatewayUrl) -> bool {
    let logged = logged.trim_end_matches('/');
    let origin = base.as_str().split('/').take(3).collect::<Vec<_>>().join("/");
    logged == base.as_str() || logged == origin || logged == base.host()
}

fn number_after(line: &str, before: &str) -> Option<u32> {
    let (_, rest) = line.split_once(before)?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACTIVE: &str = "2026-11-23 10:00:00 [info] [custom-3p] 3P mode active { provider: 'gateway' }\n";
    const HOST: &str =
        "2026-11-23 10:00:00 [info] [custom-3p] inference apiHost=https://aigc.aochengcloud.com/claude\n";
    const MODELS: &str = "[info] [custom-3p] Model discovery: skipped (inferenceModels obviates discovery); picker = 3 (inferenceModels)\n";
    const HEALTHY: &str = "[info] ConfigHealth recomputed { state: 'healthy', provider: 'gateway' }\n";

    fn reading(lines: &[&str]) -> Reading {
        let base = GatewayUrl::parse("https://aigc.aochengcloud.com/claude").unwrap();
        read(&lines.concat(), "/log", &base)
    }

    #[track_caller]
    fn check_failed(lines: &[&str], code: Code) {
        match reading(lines) {
            Reading::Failed(finding) => assert_eq!(finding.code, code),
            other => panic!("expected {code}, got {other:?}"),
        }
    }

    #[test]
    fn mode_and_host_together_prove_it() {
        assert_eq!(reading(&[]), Reading::Pending);
        assert_eq!(reading(&[ACTIVE]), Reading::Pending, "the host is not known yet");
        assert_eq!(reading(&[HOST]), Reading::Pending, "the mode is not known yet");
        let Reading::Proved(proof) = reading(&[ACTIVE, HOST]) else { panic!("proved") };
        assert!(!proof.is_whole());
        let Reading::Proved(proof) = reading(&[ACTIVE, HOST, MODELS, HEALTHY]) else { panic!("proved") };
        assert_eq!((proof.models, proof.healthy, proof.host.as_str()), (Some(3), Some(true), "aigc.aochengcloud.com"));
        assert!(proof.is_whole());
    }

    #[test]
    fn what_claude_says_against_it_is_named() {
        check_failed(&[ACTIVE, "[custom-3p] inference apiHost=https://other.example/claude\n"], Code::ProofOtherHost);
        check_failed(&[ACTIVE, "[custom-3p] inference apiHost=http://custom-3p-unused.invalid\n"], Code::ProofRefused);
        check_failed(&["[custom-3p] helper spawn failed: spawn /x ENOENT\n"], Code::ProofHelper);
        check_failed(&["[custom-3p] helper timed out after 60s\n"], Code::ProofHelper);
        check_failed(&["Invalid custom3p enterprise config: [custom-3p] …\n"], Code::ProofRefused);
        check_failed(
            &[ACTIVE, HOST, "[custom-3p] Model discovery: 0 found in 3ms; picker = 0 (empty)\n"],
            Code::ProofNoModels,
        );
        check_failed(&["Managed MDM config detected\n"], Code::ManagedByPolicy);
    }

    #[test]
    fn an_unhealthy_connection_is_told() {
        let Reading::Proved(proof) =
            reading(&[ACTIVE, HOST, MODELS, "ConfigHealth recomputed { state: 'unhealthy' }\n"])
        else {
            panic!("proved")
        };
        assert_eq!(proof.healthy, Some(false));
    }

    #[test]
    fn a_key_in_the_log_is_masked() {
        let leak = "[custom-3p] Credentials loaded { key: 'sk-canary0123456789' }\n";
        let Reading::Proved(proof) = reading(&[leak, ACTIVE, HOST]) else { panic!("proved") };
        assert!(!proof.lines.concat().contains("canary"), "{:?}", proof.lines);
    }
}
