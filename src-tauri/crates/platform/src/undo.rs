//! Taking everything back.

use std::path::Path;

use airouter_core::claude::keys;
use airouter_core::claude::library::FileFact;
use airouter_core::finding::{Code, Finding, worst_first};
use airouter_core::undo::{Journal, Restore, UndoPlan, plan_undo};
use airouter_core::view::{Phase, PhaseState, StepId, UndoReport};

use crate::apply::remove_empty;
use crate::claude;
use crate::files::{self, Privacy};
use crate::places::{Places, root_of};
use crate::{keychain, observe, recover, state};

/// Undoes what this program did. With `restart`, a running Claude is quit first and started again
/// afterwards; without, a running Claude is a refusal. Blocks: call it from a thread of its own.
pub fn undo(places: &Places, restart: bool, on_phase: &mut dyn FnMut(&Phase)) -> UndoReport {
    match carry_out(places, restart, on_phase) {
        Ok(plan) => {
            let mut findings = plan.findings;
            worst_first(&mut findings);
            UndoReport { undone: true, restored: plan.restored, left: plan.left, findings }
        }
        Err(finding) => UndoReport { undone: false, restored: Vec::new(), left: Vec::new(), findings: vec![finding] },
    }
}

fn carry_out(places: &Places, restart: bool, on_phase: &mut dyn FnMut(&Phase)) -> Result<UndoPlan, Finding> {
    let _lock = state::lock(places)?;
    if state::journal(places)?.is_none() {
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
    // What was under way is over now; nothing may be left to undo.
    let mut plan = match state::journal(places)? {
        Some(journal) => {
            tell(StepId::WriteFiles, PhaseState::Running);
            let plan = take_everything_back(places, &journal)?;
            tell(StepId::WriteFiles, PhaseState::Done);
            plan
        }
        None => UndoPlan { files: Vec::new(), restored: Vec::new(), left: Vec::new(), findings: Vec::new() },
    };

    if let Some(install) = &running {
        tell(StepId::StartClaude, PhaseState::Running);
        if let Err(finding) = claude::start(install, places) {
            plan.findings.push(finding.softened());
        }
        tell(StepId::StartClaude, PhaseState::Done);
    }
    Ok(plan)
}

/// Undoes a journal. A sudden end on the way is no end: the next start goes on.
pub(crate) fn take_everything_back(places: &Places, journal: &Journal) -> Result<UndoPlan, Finding> {
    state::keep_journal(places, Some(&Journal { undoing: true, ..journal.clone() }))?;
    let mut plan = plan_undo(journal, observe::now);
    write(&plan)?;
    remove_empty(journal.made_folders.iter().rev().map(Path::new));
    plan.findings.extend(let_go_of_key(places, journal)?);
    state::keep_journal(places, None)?;
    Ok(plan)
}

pub(crate) fn write(plan: &UndoPlan) -> Result<(), Finding> {
    for (path, restore) in &plan.files {
        let path = Path::new(path);
        let done = match restore {
            Restore::Keep => Ok(()),
            Restore::Write(document) => files::replace(path, document.text().as_bytes(), Privacy::AsBefore),
            Restore::Delete => files::remove(path),
        };
        done.map_err(|error| Finding::new(Code::CannotWrite).with("path", path.display()).with("reason", error))?;
        if let Restore::Write(document) = restore
            && files::look(path, root_of(path)) != FileFact::Present(document.text().as_bytes().to_vec())
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
        facts.libraries().flat_map(|library| &library.profiles).filter(|profile| profile.id != journal.profile_id).any(|profile| {
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
