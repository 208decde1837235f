//! The proof: what Claude's own log says about its last start.
//!
//! Nothing else proves that a connection works: Claude ignores a correct profile when the mode is wrong, when
//! a policy has precedence, or when it lies in the wrong folder. The fragments below were read from builds of
//! 2026 (PI); a build with other texts gives "not proved", never a false proof. Only the subsystem for
//! third-party configuration is read, and of repeated entries the last one counts.

mod health;
mod lines;

use schemars::JsonSchema;
use serde::Serialize;
use ts_rs::TS;

use crate::address::GatewayUrl;
use crate::finding::{Code, Finding};
use crate::secret::masked;
pub use health::Health;
use lines::{Entry, entries, of_last_start};

/// The most lines kept as evidence.
const MOST_LINES: usize = 12;

/// What Claude's own log said after the start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[ts(export)]
pub struct Proof {
    /// The host that Claude says it connects to.
    pub host: String,
    /// How many models its picker shows, if logged.
    pub models: Option<u32>,
    /// Whether its own health check passed, if logged.
    pub healthy: Option<bool>,
    /// The failure that its own health check found, in its word, such as `auth_failed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub trouble: Option<String>,
    /// The path of the log.
    pub log: String,
    /// The lines that prove it, masked.
    pub lines: Vec<String>,
}

/// The result so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// No entry yet.
    Pending,
    /// Claude runs in gateway mode and has not logged an address yet: newer builds do so with the first
    /// message only (PI).
    Started,
    /// Claude runs in gateway mode with our address. More entries may follow: see [`Proof::is_whole`].
    Proved(Proof),
    /// Claude logged why it does not use the gateway.
    Failed(Finding),
}

impl Proof {
    /// True when no more entries are to be expected.
    pub fn is_whole(&self) -> bool {
        self.healthy.is_some() && self.models.is_some()
    }

    /// The finding of Claude's own health check, if it did not pass.
    pub fn unhealthy(&self) -> Option<Finding> {
        let state = self.trouble.as_deref().and_then(Health::of);
        let known = state.and_then(Health::finding).or_else(|| Some(Finding::new(Code::ProofUnhealthy)));
        known.filter(|_| self.healthy == Some(false)).map(|finding| finding.with("host", &self.host))
    }
}

/// Reads Claude's log. `log` is what was appended since a start, or the whole of it: then the last start
/// counts. `path` is its path, `base` the address that was written.
pub fn read(log: &str, path: &str, base: &GatewayUrl) -> Reading {
    let all = entries(log);
    let entries: Vec<&Entry> = of_last_start(&all).iter().filter(|entry| entry.is_ours()).collect();
    let said = |code: Code, entry: &Entry| Finding::new(code).with("log", shown(entry));

    // A later health check that passes overrides earlier failures.
    let healths: Vec<(usize, Health)> = (0..entries.len()).filter_map(|at| Some((at, health(entries[at])?))).collect();
    let last_healthy = healths.iter().rev().find(|(_, health)| *health == Health::Healthy).map(|(at, _)| *at);
    let after_healthy = |at: usize| last_healthy.is_none_or(|healthy| at > healthy);
    let failed = entries.iter().enumerate().find_map(|(at, entry)| {
        let code = failure(entry).filter(|code| after_healthy(at) || *code == Code::ManagedByPolicy)?;
        Some(with_facts(said(code, entry), entry))
    });
    if let Some(finding) = failed {
        return Reading::Failed(finding);
    }
    let host_entry = entries.iter().rev().find_map(|entry| entry.tagged_after("apiHost=").map(|rest| (entry, rest)));
    let host = host_entry.map(|(_, rest)| word(rest));
    if let (Some(host), Some((entry, _))) = (host, host_entry)
        && !is_same(host, base)
    {
        return Reading::Failed(said(Code::ProofOtherHost, entry).with("host", masked(host)));
    }
    let picker = entries.iter().rev().find_map(|entry| Some((entry, number(entry.tagged_after("picker = ")?)?)));
    if let Some((entry, 0)) = picker {
        return Reading::Failed(said(Code::ProofNoModels, entry));
    }
    let mode = entries.iter().rev().find(|entry| entry.is_tagged() && entry.text.starts_with(ACTIVE));
    let Some(mode) = mode else { return Reading::Pending };
    if let Some(provider) = mode.field("provider").filter(|provider| *provider != "gateway") {
        return Reading::Failed(said(Code::ProviderNotGateway, mode).with("provider", masked(provider)));
    }
    if host.is_none() {
        return Reading::Started;
    }
    let last = healths.iter().rev().find(|(_, health)| *health != Health::NotTested).map(|(_, health)| *health);
    let lines = entries.iter().filter(|entry| entry.is_tagged() || health(entry).is_some());
    let lines: Vec<String> = lines.map(|entry| shown(entry)).collect();
    Reading::Proved(Proof {
        host: base.host().to_owned(),
        models: picker.map(|(_, count)| count),
        healthy: last.map(|last| last == Health::Healthy),
        trouble: match last {
            Some(Health::Trouble(state)) => Some(state.to_owned()),
            _ => None,
        },
        log: path.to_owned(),
        lines: lines[lines.len().saturating_sub(MOST_LINES)..].to_vec(),
    })
}

/// The entry by which Claude says that it runs in third-party mode.
const ACTIVE: &str = "3P mode active";

/// The beginnings of entries that say why Claude does not use the gateway.
const FAILURES: [(&str, Code); 9] = [
    ("Invalid custom3p enterprise config", Code::ProofRefused),
    ("configError", Code::ProofRefused),
    ("Credentials read failed", Code::ProofRefused),
    ("inference apiHost=http://custom-3p-unused.invalid", Code::ProofRefused),
    ("no credential configured for provider", Code::ProofRefused),
    ("Managed MDM config detected", Code::ManagedByPolicy),
    ("Failed to parse managed config", Code::ManagedRejected),
    ("Managed config rejected", Code::ManagedRejected),
    ("ModelsNotDiscoveredError", Code::ProofNoModels),
];

/// Results of Claude's credential helper without a key.
const HELPER_FAILED: [&str; 5] =
    ["helper spawn failed", "helper timed out", "helper failed", "credential helper failed", "helper killed"];

fn failure(entry: &Entry) -> Option<Code> {
    let text = entry.text.trim_start_matches("Error: ");
    if entry.is_tagged() {
        let exit = text.strip_prefix("helper exited code=").map(word);
        if exit.is_some_and(|code| code != "0") || HELPER_FAILED.iter().any(|start| text.starts_with(start)) {
            return Some(Code::ProofHelper);
        }
    }
    let begins = |start: &&str| text.starts_with(*start);
    FAILURES.iter().find(|(start, _)| begins(start)).map(|(_, code)| *code)
}

/// A helper's exit code is evidence for support.
fn with_facts(finding: Finding, entry: &Entry) -> Finding {
    match entry.text.strip_prefix("helper exited code=").map(word) {
        Some(code) => finding.with("exit", masked(code)),
        None => finding,
    }
}

/// The state of a health check; `None` for an unknown word.
fn health(entry: &Entry) -> Option<Health> {
    entry.text.starts_with("ConfigHealth recomputed").then(|| Health::of(entry.field("state")?))?
}

impl Entry {
    /// The text after a prefix in an entry of the subsystem.
    fn tagged_after(&self, before: &str) -> Option<&str> {
        self.text.split_once(before).map(|(_, rest)| rest).filter(|_| self.is_tagged())
    }
}

fn shown(entry: &Entry) -> String {
    masked(&entry.raw.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn word(text: &str) -> &str {
    text.split(|c: char| c.is_whitespace() || matches!(c, '\'' | '"' | ',' | '}'))
        .find(|part| !part.is_empty())
        .unwrap_or("")
}

/// True for the same address; a log without the path is accepted too, another host or port never.
fn is_same(logged: &str, base: &GatewayUrl) -> bool {
    let logged = logged.trim_end_matches('/');
    let origin = base.as_str().split('/').take(3).collect::<Vec<_>>().join("/");
    logged == base.as_str() || logged == origin || logged == base.host()
}

fn number(text: &str) -> Option<u32> {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests;
