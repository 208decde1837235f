//! Do requests reach the gateway? What the gateway answered to us, and what Claude's log says of its own.

use super::DoctorStep::Reached;
use super::facts::DoctorFacts;
use super::sheet::Sheet;
use super::{inference, live};
use crate::claude::outlook::Outlook;
use crate::finding::{Code, Finding};
use crate::proof::{self, Reading};

pub(super) fn look(facts: &DoctorFacts, predicted: &Outlook, sheet: &mut Sheet) {
    live::look(facts, &live::ANSWERS, sheet);
    let goes_there = inference(predicted).is_some();
    sheet.perhaps(Reached, Code::Proved, goes_there.then(|| said(facts)).flatten());
}

/// True when the last start of Claude is proved by its log to have reached this gateway.
pub(super) fn is_proved(facts: &DoctorFacts) -> bool {
    matches!(reading(facts), Some(Reading::Proved(_)))
}

/// What Claude's log says of its last start; nothing where it says nothing that still counts.
fn said(facts: &DoctorFacts) -> Option<Option<Finding>> {
    let run = &facts.run;
    let log = run.log.as_ref();
    let silent_since_start = match (run.started, log.and_then(|log| log.written)) {
        (Some(started), Some(written)) => written < started,
        (Some(_), None) => log.is_none(),
        (None, _) => false,
    };
    let was_started_later = run.started >= run.written;
    if silent_since_start && was_started_later {
        // It runs, and its log in this mode knows nothing of it.
        return Some(Some(Finding::new(Code::ProofOrdinaryMode)));
    }
    // What was said before the configuration was changed is about another one.
    let is_old = matches!((log.and_then(|log| log.written), run.written), (Some(log), Some(file)) if log < file);
    match reading(facts)? {
        Reading::Proved(proof) => Some(proof.unhealthy().map(|finding| finding.with("path", proof.log))),
        Reading::Failed(finding) if !is_old => Some(Some(finding)),
        Reading::Failed(_) | Reading::Pending | Reading::Started => None,
    }
}

fn reading(facts: &DoctorFacts) -> Option<Reading> {
    let log = facts.run.log.as_ref()?;
    Some(proof::read(&log.text, &log.path, &facts.base))
}
