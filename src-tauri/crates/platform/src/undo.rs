//! Taking everything back.

use std::path::Path;

use airouter_core::change::Edit;
use airouter_core::claude::keys;
use airouter_core::claude::library::FileFact;
use airouter_core::finding::{Code, Finding, worst_first};
use airouter_core::undo::{Journal, Restore, UndoPlan, plan_undo};
use airouter_core::view::{Phase, PhaseState, StepId, UndoGoal, UndoReport};

use crate::apply::{leave, remove_empty};
use crate::claude;
use crate::files::{self, Privacy};
use crate::places::Places;
use crate::{keychain, observe, recover, state};

/// Undoes what this program did, and with [`UndoGoal::Anthropic`] also selects other gateways away. With
/// `restart`, a running Claude is quit first and started again afterwards; without, a running Claude is
/// a refusal. Blocks: call it from a thread of its own.
pub fn undo(places: &Places, goal: UndoGoal, restart: bool, on_phase: &mut dyn FnMut(&Phase)) -> UndoReport {
    match carry_out(places, goal, restart, on_phase) {
        Ok(plan) => {
            let mut findings = plan.findings;
            worst_first(&mut findings);
            UndoReport { goal, undone: true, restored: plan.restored, left: plan.left, findings }
        }
        Err(finding) => {
            UndoReport { goal, undone: false, restored: Vec::new(), left: Vec::new(), findings: vec![finding] }
        }
    }
}

fn carry_out(
    places: &Places,
    goal: UndoGoal,
    restart: bool,
    on_phase: &mut dyn FnMut(&Phase),
) -> Result<UndoPlan, Finding> {
    let _lock = state::lock(places)?;
    if is_there_already(places, goal)? {
        return Err(Finding::new(Code::NothingToUndo));
    }
    let mut tell = |step: StepId, state: PhaseState| on_phase(&Phase { step, state, finding: None });

    let install = claude::locate(places);
    let running = install.filter(claude::is_running);
    if let Some(install) = &running {
        if !restart {
            return Err(Finding::new(Code::ClaudeRunning));
        }
        tell(StepId::QuitClaude, PhaseState::Running);
        claude::quit(install)?;
        tell(StepId::QuitClaude, PhaseState::Done);
    }

    if let Some(finding) = recover::within_lock(places).filter(Finding::blocks) {
        return Err(finding);
    }
    tell(StepId::WriteFiles, PhaseState::Running);
    let changed = go_back(places, goal);
    tell(StepId::WriteFiles, if changed.is_ok() { PhaseState::Done } else { PhaseState::Failed });
    if let (Err(_), Some(install)) = (&changed, &running) {
        // It was running before, so it runs again; that this may fail too changes nothing.
        let _ = claude::start(install, places);
    }
    let mut plan = changed?;

    if let Some(install) = &running {
        tell(StepId::StartClaude, PhaseState::Running);
        if let Err(finding) = claude::start(install, places) {
            plan.findings.push(finding.softened());
        }
        tell(StepId::StartClaude, PhaseState::Done);
    }
    Ok(plan)
}

/// True when nothing is left to do.
fn is_there_already(places: &Places, goal: UndoGoal) -> Result<bool, Finding> {
    let journal = state::journal(places)?;
    Ok(match goal {
        UndoGoal::Before => journal.is_none(),
        UndoGoal::Anthropic => {
            let is_left = journal.is_none_or(|journal| !journal.is_connection() && journal.pending.is_none());
            is_left && !observe::library(places, None).leads_away()
        }
    })
}

/// The changes, the lock held and Claude closed. What was under way is over by now, so that nothing may
/// be left to undo.
fn go_back(places: &Places, goal: UndoGoal) -> Result<UndoPlan, Finding> {
    let journal = state::journal(places)?.filter(|journal| goal == UndoGoal::Before || journal.is_connection());
    let mut plan = match journal {
        Some(journal) => take_everything_back(places, &journal)?,
        None => UndoPlan { files: Vec::new(), restored: Vec::new(), left: Vec::new(), findings: Vec::new() },
    };
    if goal == UndoGoal::Anthropic {
        let left = leave(places)?;
        let views = left.files.iter().flat_map(|file| file.edits.iter().map(Edit::view));
        plan.restored.extend(views);
    }
    let library = observe::library(places, None);
    if let Some(selected) = library.selected().filter(|_| library.leads_away()) {
        plan.findings.push(selected.finding(Code::OtherProfile));
    }
    Ok(plan)
}

/// Undoes a journal. A sudden end on the way is no end: the next start goes on.
pub(crate) fn take_everything_back(places: &Places, journal: &Journal) -> Result<UndoPlan, Finding> {
    state::keep_journal(places, Some(&Journal { undoing: true, ..journal.clone() }))?;
    let mut plan = plan_undo(journal, observe::now(places));
    write(places, &plan)?;
    remove_empty(journal.made_folders.iter().rev().map(Path::new));
    plan.findings.extend(let_go_of_key(places, journal)?);
    state::keep_journal(places, None)?;
    Ok(plan)
}

pub(crate) fn write(places: &Places, plan: &UndoPlan) -> Result<(), Finding> {
    for (path, restore) in &plan.files {
        let path = Path::new(path);
        let done = match restore {
            Restore::Keep => Ok(()),
            Restore::Write(document) => files::replace(path, document.text().as_bytes(), Privacy::AsBefore),
            Restore::Delete => files::remove(path),
        };
        done.map_err(|error| Finding::new(Code::CannotWrite).with("path", path.display()).with("reason", error))?;
        if let Restore::Write(document) = restore
            && files::look(path, &places.root) != FileFact::Present(document.text().as_bytes().to_vec())
        {
            return Err(Finding::new(Code::NotAsWritten).with("path", path.display()));
        }
    }
    Ok(())
}

/// Removes the key and the helper program, unless another profile names the helper. A keychain that
/// does not answer is worth saying and no reason to stay connected.
///
/// # Errors
/// `CannotWrite` when the helper cannot be removed; the next start tries again.
pub(crate) fn let_go_of_key(places: &Places, journal: &Journal) -> Result<Option<Finding>, Finding> {
    let helper = places.helper.to_string_lossy();
    let is_named = observe::facts(places, None).is_ok_and(|facts| {
        facts.library.profiles.iter().filter(|profile| profile.id != journal.profile_id).any(|profile| {
            profile.file.document().is_ok_and(|document| {
                document.get(keys::CREDENTIAL_HELPER).and_then(|value| value.as_str()) == Some(helper.as_ref())
            })
        })
    });
    if is_named || !places.helper.exists() {
        return Ok(None);
    }
    if let Err(finding) = keychain::forget(places) {
        return Ok(Some(finding.softened()));
    }
    keychain::remove_helper(places).map(|()| None)
}
