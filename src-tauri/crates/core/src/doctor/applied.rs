//! Checks that the configuration was applied, that Claude reads it, and that Claude was restarted since.

use super::DoctorStep::Applied;
use super::checklist::CheckList;
use super::facts::DoctorFacts;
use super::{inference, profile, reached};
use crate::claude::library::Library;
use crate::claude::prediction::{self, Reason, StartPrediction};
use crate::claude::version::Version;
use crate::claude::{keys, managed, tools};
use crate::finding::{Code, Finding, Severity};
use crate::json::Document;

/// Tolerance in seconds for the start time that a system reports for a program.
const SLACK: u64 = 2;

pub(super) fn look(facts: &DoctorFacts, predicted: &StartPrediction, status: Option<&[Finding]>, list: &mut CheckList) {
    look_at_claude(facts, list);
    look_at_policy(facts, list);
    let library = &facts.computer.library;
    list.fixed_by_connecting(Applied, Code::FileNotUnderstood, not_understood(facts));
    // Connecting does not fix this: connecting would fail because of it.
    list.tested(Applied, Code::CannotWrite, facts.unwritable.clone());
    let reason = if let StartPrediction::Ordinary(reason) = predicted { Some(*reason) } else { None };
    let is_because = |any: &[Reason]| reason.is_some_and(|reason| any.contains(&reason));
    let there = (!library.meta.is_absent() && !facts.is_managed()).then_some(());

    let unapplied = is_because(&[Reason::NoLibrary, Reason::NothingSelected])
        || (is_because(&[Reason::NoInference]) && facts.selected().is_none());
    let unapplied = unapplied.then(|| not_applied(list.is_configured));
    list.tested_if(Applied, Code::NotConnected, (!facts.is_managed()).then_some(unapplied));
    let malformed = is_because(&[Reason::SelectionMalformed]).then(|| Finding::new(Code::SelectionMalformed));
    list.tested_if(Applied, Code::SelectionMalformed, there.map(|()| malformed));
    let missing = match reason {
        Some(Reason::SelectionNotListed) => Some("not-listed"),
        Some(Reason::ProfileMissing) => Some("no-file"),
        _ => None,
    };
    let missing = missing.map(|reason| Finding::new(Code::ProfileMissing).with("reason", reason));
    list.tested_if(Applied, Code::ProfileMissing, there.map(|()| missing));
    let elsewhere = is_because(&[Reason::PointedElsewhere]).then(|| Finding::new(Code::PointedElsewhere));
    list.tested_if(Applied, Code::PointedElsewhere, there.map(|()| elsewhere));
    profile::look(facts, predicted, list);
    let ordinary = is_because(&[Reason::ModeIsOrdinary]);
    let ordinary = ordinary.then(|| Finding::new(Code::ModeIsOrdinary).with("path", &library.mode_path));
    let mode_counts = (ordinary.is_some() || inference(predicted).is_some()).then_some(());
    list.tested_if(Applied, Code::ModeIsOrdinary, mode_counts.map(|()| ordinary));
    let unchosen = matches!(predicted, StartPrediction::SignIn(_)).then(|| Finding::new(Code::ModeNotChosen));
    list.tested_if(Applied, Code::ModeNotChosen, mode_counts.map(|()| unchosen));
    let has_copies = !facts.computer.copies.is_empty();
    list.tested_if(Applied, Code::CopiesDiffer, has_copies.then(|| copies_differ(facts, predicted)));
    for code in [Code::Drifted, Code::Interrupted] {
        let found = |findings: &[Finding]| findings.iter().find(|finding| finding.code == code).cloned();
        list.tested_if(Applied, code, status.map(found));
    }
    list.tested_if(Applied, Code::ClaudeNotRestarted, not_restarted(facts));
}

fn look_at_claude(facts: &DoctorFacts, list: &mut CheckList) {
    let claude = &facts.computer.claude;
    let missing = (!claude.is_installed).then(|| {
        let finding = Finding::new(Code::ClaudeMissing);
        if facts.has_claude_code { finding.with("claude_code", "yes") } else { finding }
    });
    list.tested(Applied, Code::ClaudeMissing, missing);
    let too_old = |version: Version| {
        (version < Version::FIRST_WITH_GATEWAY).then(|| Finding::new(Code::ClaudeTooOld).with("version", version))
    };
    match claude.version {
        Some(version) => list.tested(Applied, Code::ClaudeTooOld, too_old(version)),
        None => list.untested(Applied, Code::ClaudeTooOld),
    }
    for code in [Code::ClaudeMustMove, Code::InsideClaude, Code::FoldersRedirected, Code::OtherAccount] {
        list.tested(Applied, code, facts.computer.obstacle.clone().filter(|finding| finding.code == code));
    }
}

fn look_at_policy(facts: &DoctorFacts, list: &mut CheckList) {
    let computer = &facts.computer;
    list.tested(Applied, Code::ManagedByPolicy, managed::judge(&computer.managed, computer.claude.version));
    let values = managed::values(&computer.managed, computer.claude.version);
    let left = Document::parse(serde_json::Value::Object(values).to_string().as_bytes())
        .ok()
        .and_then(|document| tools::tool_of(None, &document));
    let left = left.map(|tool| Finding::new(Code::PolicyLeftover).with("tool", tool));
    list.tested(Applied, Code::PolicyLeftover, left);
}

/// A configuration that exists but is not in use. Where this gateway was not configured it is no problem.
fn not_applied(is_configured: bool) -> Finding {
    let severity = if is_configured { Severity::Blocking } else { Severity::Info };
    Finding { severity, ..Finding::new(Code::NotConnected) }
}

/// A file of Claude's that Claude itself cannot read: a byte-order mark, comments, a trailing comma.
fn not_understood(facts: &DoctorFacts) -> Option<Finding> {
    let of = |library: &Library| {
        let selected = library.applied().unwrap_or_default();
        let ours = facts.computer.journal.as_ref().map(|journal| journal.profile_id.as_str());
        let counts = |id: &str| id == selected || Some(id) == ours;
        let profiles = library.profiles.iter().filter(|profile| counts(&profile.id));
        let mut files = vec![(&library.meta_path, &library.meta), (&library.mode_path, &library.mode)];
        files.extend(profiles.map(|profile| (&profile.path, &profile.file)));
        files.into_iter().find_map(|(path, file)| {
            let reason = file.document().err()?;
            Some(Finding::new(Code::FileNotUnderstood).with("path", path).with("reason", reason))
        })
    };
    facts.computer.libraries().find_map(of)
}

/// Another folder that Claude may read instead, with other content (PI: a container's copy masks the real
/// folder).
fn copies_differ(facts: &DoctorFacts, predicted: &StartPrediction) -> Option<Finding> {
    let computer = &facts.computer;
    let differs =
        |copy: &&Library| prediction::predict_start(&computer.managed, copy, computer.claude.version) != *predicted;
    let copy = computer.copies.iter().find(differs)?;
    Some(Finding::new(Code::CopiesDiffer).with("path", &copy.root).with("root", &computer.library.root))
}

/// Claude reads its configuration once, at its start (OD). It may itself store the person's choices in the
/// profile later, so a newer file alone says nothing where the log proves the connection.
fn not_restarted(facts: &DoctorFacts) -> Option<Option<Finding>> {
    let started = match (facts.run.started, facts.computer.claude.is_running) {
        (Some(started), _) => started,
        (None, true) => return None,
        (None, false) => return facts.selected().map(|_| None),
    };
    let written = facts.run.written?;
    let is_older = started + SLACK < written;
    let finding = || Finding::new(Code::ClaudeNotRestarted).with("key", keys::APPLIED);
    Some((is_older && !reached::is_proved(facts)).then(finding))
}
