//! Reads Claude's own reports: the text of *Copy Managed Configuration Report* and the archive of *Generate
//! Diagnostic Report*.
//!
//! Only there Claude says which values it read and from where. Their format is not documented and changes
//! between releases (OD names the files `managed-config.txt`, `provider-status.txt`, `deployment-mode.txt`
//! and the heading `Parse errors`), so they are read leniently: known parts are used, the rest is ignored,
//! and what is missing never counts as good. Texts that people copy from its set-up window, from a failed
//! session or from its log are read as well.

mod lines;
mod window;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use ts_rs::TS;

use crate::address::GatewayUrl;
use crate::change::Content;
use crate::claude::keys;
use crate::finding::{Code, Finding, worst_first};
use crate::lenient::text_of;
use crate::proof::{self, Health, Reading};
use crate::report::{ArchiveError, open_archive};
use crate::secret::{masked, shown_address, shown_value};
use crate::status::{StatusRow, ValueSource};
use crate::undo::Journal;

/// The largest input that is read, in bytes; real ones are a few hundred kilobytes.
pub const LARGEST: usize = 16 * 1024 * 1024;

/// The files of the archive that are read, beside its logs.
const FILES: [&str; 3] = ["managed-config.txt", "provider-status.txt", "deployment-mode.txt"];

/// True for the name of Claude's log, also of a rotated one: `main.log`, `main.old.log`, `main1.log`,
/// `main.log.2` (PI).
pub fn is_log(name: &str) -> bool {
    let name = name.to_lowercase();
    name.starts_with("main") && (name.ends_with(".log") || name.contains(".log."))
}

/// The content of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClaudeReport {
    /// The values that Claude read, by their names, in its own notation.
    pub values: BTreeMap<String, String>,
    /// The sources of the values, in Claude's words.
    pub sources: Vec<String>,
    /// Claude's messages about what it could not read.
    pub errors: Vec<String>,
    /// Claude's mode.
    pub mode: Option<String>,
    /// Whether Claude has a usable key.
    pub has_key: Option<bool>,
    /// The result of Claude's own health check.
    pub health: Option<Health>,
    /// The field that Claude did not accept.
    pub failing_field: Option<String>,
    /// Findings from the text of its set-up window or of a failed session.
    pub said: Vec<Finding>,
    /// Its log, if the archive holds one.
    pub log: Option<String>,
}

/// The report as the page and the command line show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[ts(export)]
pub struct ClaudeReportView {
    /// What it means, worst first.
    pub findings: Vec<Finding>,
    /// The values that Claude read, beside those that were written.
    pub values: Vec<StatusRow>,
}

/// Reads a text or an archive.
///
/// # Errors
/// `ClaudeReportUnreadable` with the reason: `too-large`, `not-an-archive`, `not-text`, `nothing-known`.
pub fn read(bytes: &[u8]) -> Result<ClaudeReport, Finding> {
    let unreadable = |reason: &str| Finding::new(Code::ClaudeReportUnreadable).with("reason", reason);
    if bytes.len() > LARGEST {
        return Err(unreadable("too-large"));
    }
    let mut report = ClaudeReport::default();
    if bytes.starts_with(b"PK") {
        let last = |name: &str| name.rsplit(['/', '\\']).next().unwrap_or_default().to_lowercase();
        let is_read = |name: &str| FILES.contains(&last(name).as_str()) || is_log(&last(name));
        let files = open_archive(bytes, is_read).map_err(|why| match why {
            ArchiveError::NotAnArchive => unreadable("not-an-archive"),
            ArchiveError::TooLarge => unreadable("too-large"),
        })?;
        let mut logs: Vec<(bool, String)> = Vec::new();
        for (name, content) in files {
            if is_log(&last(&name)) {
                // One invalid byte does not make a log unreadable.
                let text = text_of(&content).unwrap_or_else(|| String::from_utf8_lossy(&content).into_owned());
                logs.push((last(&name) == "main.log", text));
            } else {
                let Some(text) = text_of(&content) else { continue };
                lines::read(&text, last(&name) == "deployment-mode.txt", &mut report);
            }
        }
        report.log = one_log(logs);
    } else {
        let text = text_of(bytes).ok_or_else(|| unreadable("not-text"))?;
        lines::read(&text, false, &mut report);
        report.said = window::read(&text);
        report.log = Some(text).filter(|text| text.contains("[custom-3p]"));
    }
    if report == ClaudeReport::default() { Err(unreadable("nothing-known")) } else { Ok(report) }
}

/// The logs of an archive as one text, ordered by time; the present one is the last.
fn one_log(mut logs: Vec<(bool, String)>) -> Option<String> {
    let begin = |text: &str| text.lines().next().unwrap_or_default().trim_start_matches(['\u{feff}', '[']).to_owned();
    logs.sort_by_key(|(is_present, text)| (*is_present, begin(text)));
    let ends_line = |text: String| if text.is_empty() || text.ends_with('\n') { text } else { text + "\n" };
    (!logs.is_empty()).then(|| logs.into_iter().map(|(_, text)| ends_line(text)).collect())
}

/// Compares a report with what was written. `base` is the wanted address where nothing was written.
pub fn explain(report: &ClaudeReport, journal: Option<&Journal>, base: &GatewayUrl) -> ClaudeReportView {
    let is_managed = report.sources.iter().find(|source| lines::is_managed(source));
    let values = compare(report, journal, base, is_managed.is_some());
    let mut findings = Vec::new();
    if let Some(source) = is_managed {
        findings.push(Finding::new(Code::ManagedByPolicy).with("path", shortened(source)));
    }
    if let Some(error) = report.errors.first() {
        let finding = Finding::new(Code::ClaudeReportErrors).with("said", shortened(error));
        findings.push(finding.with("count", report.errors.len()));
    }
    let is_empty = report.values.is_empty() && report.sources.iter().all(|source| lines::is_none(source));
    let speaks_of_configuration = !(report.sources.is_empty() && report.errors.is_empty() && report.values.is_empty());
    if is_empty && speaks_of_configuration {
        findings.push(Finding::new(Code::ClaudeReportEmpty));
    }
    match report.values.get(keys::PROVIDER) {
        Some(provider) if bare(provider) != "gateway" => {
            findings.push(Finding::new(Code::ProviderNotGateway).with("provider", masked(bare(provider))));
        }
        _ => {}
    }
    let differing: Vec<&str> = values.iter().filter(|row| !row.ok).map(|row| row.name.as_str()).collect();
    if !differing.is_empty() {
        findings.push(Finding::new(Code::ClaudeReportDiffers).with("keys", differing.join(", ")));
    }
    if report.has_key == Some(false) {
        findings.push(Finding::new(Code::ClaudeReportNoKey));
    }
    if report.mode.as_deref().is_some_and(lines::is_ordinary) {
        findings.push(Finding::new(Code::ProofOrdinaryMode).with("mode", report.mode.clone().unwrap_or_default()));
    }
    let put = |finding: Finding, findings: &mut Vec<Finding>| {
        if findings.iter().all(|known| known.code != finding.code) {
            findings.push(finding);
        }
    };
    for finding in &report.said {
        put(finding.clone(), &mut findings);
    }
    if let Some(finding) = report.health.and_then(Health::finding) {
        let field = report.failing_field.as_ref().map(|field| shortened(field));
        put(field.into_iter().fold(finding, |finding, field| finding.with("keys", field)), &mut findings);
    }
    let reading = report.log.as_ref().map(|log| proof::read(log, "main.log", base));
    match &reading {
        Some(Reading::Failed(finding)) => put(finding.clone(), &mut findings),
        // The report's own result of the health check is newer than the log.
        Some(Reading::Proved(proof)) if report.health.is_none() => {
            proof.unhealthy().into_iter().for_each(|finding| put(finding, &mut findings));
        }
        _ => {}
    }
    if findings.is_empty() {
        let is_proved = matches!(reading, Some(Reading::Proved(_)));
        let is_3p = report.mode.as_deref().is_some_and(|mode| !lines::is_ordinary(mode));
        let is_healthy = report.health == Some(Health::Healthy) && (is_3p || report.mode.is_none());
        let has_values = report.values.contains_key(keys::BASE_URL) && report.values.contains_key(keys::PROVIDER);
        let code =
            if is_proved || is_healthy || has_values { Code::ClaudeReportAgrees } else { Code::ClaudeReportSilent };
        findings.push(match reading {
            Some(Reading::Started) if code == Code::ClaudeReportSilent => Finding::new(code).with("seen", "mode"),
            _ => Finding::new(code),
        });
    }
    worst_first(&mut findings);
    ClaudeReportView { findings, values }
}

/// The reported values, beside those that were written to Claude's profile.
fn compare(report: &ClaudeReport, journal: Option<&Journal>, base: &GatewayUrl, is_managed: bool) -> Vec<StatusRow> {
    let source = if is_managed { ValueSource::Policy } else { ValueSource::Local };
    let edits = journal.filter(|journal| journal.is_connection()).into_iter().flat_map(|journal| &journal.files);
    let edits: Vec<_> = edits.flat_map(|file| &file.edits).collect();
    let wanted = |name: &str| -> Option<Value> {
        let written = edits.iter().find(|edit| edit.target.name() == name);
        match written.map(|edit| &edit.after) {
            Some(Content::Plain(value)) => Some(value.clone()),
            Some(_) => None,
            None if name == keys::BASE_URL => Some(Value::from(base.as_str())),
            None => None,
        }
    };
    let row = |(name, said): (&String, &String)| {
        let expected = wanted(name);
        let ok = is_hidden(said) || expected.as_ref().is_none_or(|expected| is_same(expected, said));
        StatusRow {
            name: name.clone(),
            expected: expected.map(|expected| masked(&shown_value(&expected))),
            actual: Some(if name == keys::API_KEY { "\"•••\"".to_owned() } else { shortened(said) }),
            ok,
            source,
            cause: None,
        }
    };
    report.values.iter().map(row).collect()
}

/// True for a value that Claude hides because it is sensitive, in any of its forms.
fn is_hidden(said: &str) -> bool {
    let lower = said.to_lowercase();
    said.contains(['•', '*', '…']) || ["redacted", "hidden", "masked", "<set>"].iter().any(|word| lower.contains(word))
}

/// True for the same value, written as JSON, bare, or as a list with commas.
fn is_same(expected: &Value, said: &str) -> bool {
    let list = |text: &str| -> Vec<String> {
        text.trim_matches(['[', ']'])
            .split(',')
            .map(|item| bare(item).to_owned())
            .filter(|item| !item.is_empty())
            .collect()
    };
    match expected {
        Value::String(text) => bare(said) == text,
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| bare(&item.to_string()).to_owned()).collect();
            items == list(said)
        }
        other => serde_json::from_str::<Value>(bare(said)).is_ok_and(|said| said == *other),
    }
}

fn bare(text: &str) -> &str {
    text.trim().trim_matches(['"', '\''])
}

fn shortened(text: &str) -> String {
    let short: String = text.chars().take(200).collect();
    if text.contains("://") { shown_address(&short) } else { masked(&short) }
}

#[cfg(test)]
mod tests;
