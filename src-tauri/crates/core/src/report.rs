//! The report for support: one page to read aloud and an archive to compare, without anything private.
//!
//! Everything in it is selected and reduced by rules ([`redact`]). Rules can be wrong, so the closed archive is
//! opened again, and every byte of it is searched for private data in every form that it may have taken
//! ([`needles`]). If anything is found there is no archive, only a finding. The same state gives the same
//! bytes, so that two reports can be compared.

mod archive;
mod needles;
mod page;
mod redact;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use ts_rs::TS;

use crate::claude::ClaudeView;
use crate::doctor::DoctorReport;
use crate::finding::{Code, Finding};
use crate::locale::{Locale, Os};
use crate::secret::{MaskedKey, Secret, holds_key};
use crate::status::StatusRow;

pub use archive::{ArchiveError, open as open_archive};
use needles::Needles;
use redact::Redaction;

/// The unreduced observations that a report is made of.
#[derive(Clone)]
pub struct ReportFacts {
    /// This program's version.
    pub version: String,
    /// The system.
    pub os: Os,
    /// The system's own version.
    pub system: String,
    /// The language of the page.
    pub locale: Locale,
    /// The gateway's name.
    pub gateway: String,
    /// The wanted address.
    pub base: String,
    /// Claude Desktop.
    pub claude: ClaudeView,
    /// The doctor's report.
    pub doctor: DoctorReport,
    /// The masked form of the stored key.
    pub key: Option<MaskedKey>,
    /// Claude's files and the administrator's.
    pub files: Vec<Attached>,
    /// The ends of logs.
    pub logs: Vec<Attached>,
    /// Environment variables that may matter.
    pub environment: Vec<(String, String)>,
    /// Names of the person and the computer.
    pub person: Person,
    /// Texts that must not be in the report in any form, not even in part: the known keys and passwords.
    pub secrets: Vec<Secret>,
    /// Texts that must not be in the report as a whole, because they may be secret: the values of all other headers.
    pub headers: Vec<Secret>,
}

/// A file or the end of a log.
#[derive(Clone)]
pub struct Attached {
    /// Its name in the archive.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Texts that identify a person or a computer.
#[derive(Debug, Clone, Default)]
pub struct Person {
    /// The home folder.
    pub home: String,
    /// The name of the account.
    pub user: String,
    /// The name of the computer.
    pub computer: String,
}

/// A report without anything private.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// One page, in the person's language.
    pub page: String,
    /// The archive.
    pub archive: Vec<u8>,
    /// The files in the archive.
    pub entries: Vec<ReportEntry>,
}

/// One file of the archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[ts(export)]
pub struct ReportEntry {
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub size: usize,
}

impl Report {
    /// A name for the file that identifies the report: equal states have equal names.
    pub fn file_name(&self) -> String {
        use sha2::{Digest, Sha256};
        let digest = Sha256::digest(&self.archive);
        let short: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        format!("airouter-report-{short}.zip")
    }
}

/// Makes the report. `say` gives a finding's sentence in the page's language.
///
/// # Errors
/// `ReportNotClean` when something private is still found in it.
pub fn compose(facts: &ReportFacts, say: &dyn Fn(&Finding) -> String) -> Result<Report, Finding> {
    compose_by(facts, say, None)
}

/// The parts of a report, each with its own rule. A test leaves one rule out to show that the final search
/// does not depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Findings,
    Values,
    Files,
    Logs,
    Environment,
}

fn compose_by(
    facts: &ReportFacts,
    say: &dyn Fn(&Finding) -> String,
    left_out: Option<Part>,
) -> Result<Report, Finding> {
    let redaction = Redaction::new(facts);
    let is_on = |part| left_out != Some(part);
    let clean = |part, text: &str| if is_on(part) { redaction.text(text) } else { text.to_owned() };
    let finding = |finding: &Finding| {
        let mut finding = finding.clone();
        finding.evidence.iter_mut().for_each(|fact| fact.value = clean(Part::Findings, &fact.value));
        finding
    };
    let value = |row: &StatusRow| {
        let clean = |text: &Option<String>| {
            let reduced = |text: &String| redaction.shown(&row.name, text);
            text.as_ref().map(|text| if is_on(Part::Values) { reduced(text) } else { text.clone() })
        };
        let name = if is_on(Part::Values) { redaction.name(&row.name) } else { row.name.clone() };
        StatusRow { name, expected: clean(&row.expected), actual: clean(&row.actual), ..row.clone() }
    };
    let mut doctor = facts.doctor.clone();
    doctor.findings = doctor.findings.iter().map(finding).collect();
    doctor.checks.iter_mut().for_each(|check| check.finding = check.finding.as_ref().map(finding));
    doctor.values = doctor.values.iter().map(value).collect();
    let environment: Vec<Value> = facts
        .environment
        .iter()
        .map(|(name, value)| {
            let reduced = || redaction.variable(name, value);
            let (name, value) = if is_on(Part::Environment) { reduced() } else { (name.clone(), value.clone()) };
            json!({"name": name, "value": value})
        })
        .collect();

    let claude = ClaudeView {
        path: facts.claude.path.as_ref().map(|path| redaction.text(path)),
        version: facts.claude.version.as_ref().map(|version| redaction.text(version)),
        ..facts.claude.clone()
    };
    let plain = ReportFacts {
        system: redaction.text(&facts.system),
        gateway: redaction.text(&facts.gateway),
        base: redaction.address(&facts.base),
        claude,
        doctor,
        ..facts.clone()
    };
    let page = page::write(&plain, &|finding| redaction.sentence(&say(finding)));
    let printed = json!({
        "schema": 1,
        "program": {"version": plain.version, "os": plain.os, "system": plain.system, "locale": plain.locale},
        "gateway": {"name": plain.gateway, "base": plain.base},
        "claude": plain.claude,
        "key": plain.key,
        "doctor": plain.doctor,
        "environment": environment,
    });
    let mut entries = vec![
        ("report.md".to_owned(), page.clone().into_bytes()),
        ("report.json".to_owned(), format!("{printed:#}\n").into_bytes()),
    ];
    for file in &facts.files {
        let bytes = if is_on(Part::Files) { redaction.file(&file.bytes).into_bytes() } else { file.bytes.clone() };
        entries.push((format!("files/{}", redaction.name(&file.name)), bytes));
    }
    for log in &facts.logs {
        let text = String::from_utf8_lossy(&log.bytes);
        let text = if is_on(Part::Logs) { redaction.log(&text) } else { text.into_owned() };
        entries.push((format!("logs/{}", redaction.name(&log.name)), text.into_bytes()));
    }
    entries.sort();
    entries.dedup_by(|one, other| one.0 == other.0);
    let archive = archive::seal(&entries).map_err(|_| Finding::new(Code::Crashed).with("reason", "archive"))?;
    search(&archive, &Needles::new(facts))?;
    let entries = entries.into_iter().map(|(name, bytes)| ReportEntry { name, size: bytes.len() }).collect();
    Ok(Report { page, archive, entries })
}

/// Opens the closed archive and searches all names and contents.
fn search(archive: &[u8], needles: &Needles) -> Result<(), Finding> {
    let unclean = |place: &str, what: &str| Finding::new(Code::ReportNotClean).with("path", place).with("reason", what);
    let entries = archive::open(archive, |_| true).map_err(|_| unclean("archive", "unreadable"))?;
    for (name, bytes) in &entries {
        // The name itself may be private, so only its folder is reported.
        let folder = name.split('/').next().unwrap_or_default();
        let place = if folder == name { "page" } else { folder };
        for content in [name.as_bytes(), bytes] {
            if let Some(what) = needles.found_in(content) {
                return Err(unclean(place, what));
            }
            if holds_key(&String::from_utf8_lossy(content)) {
                return Err(unclean(place, "key-like"));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
