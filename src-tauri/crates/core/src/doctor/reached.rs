//! Checks that requests reach the gateway: by its replies to this program, and by Claude's log.

use super::DoctorStep::Reached;
use super::checklist::CheckList;
use super::facts::DoctorFacts;
use super::{inference, live};
use crate::claude::prediction::StartPrediction;
use crate::finding::{Code, Finding};
use crate::proof::{self, Reading};

pub(super) fn look(facts: &DoctorFacts, predicted: &StartPrediction, list: &mut CheckList) {
    live::look(facts, &live::ANSWERS, list);
    let goes_there = inference(predicted).is_some();
    list.tested_if(Reached, Code::Proved, goes_there.then(|| said(facts)).flatten());
}

/// True when the log proves that the last start of Claude reached this gateway.
pub(super) fn is_proved(facts: &DoctorFacts) -> bool {
    matches!(reading(facts), Some(Reading::Proved(_)))
}

/// The result of the log about the last start; `None` where it says nothing that still counts.
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
        // Claude runs, and its log of the third-party mode has no entry of this start.
        return Some(Some(Finding::new(Code::ProofOrdinaryMode)));
    }
    // Lines from before the last change of the configuration are about another configuration.
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
