//! Undoes everything that this program did.

use airouter_core::change::Edit;
use airouter_core::claude::library::{FileFact, Library};
use airouter_core::finding::{Code, Finding, worst_first};
use airouter_core::plan::plan_leaving;
use airouter_core::undo::{Journal, UndoPlan, plan_undo};
use airouter_core::view::{Phase, PhaseState, StepId, UndoGoal, UndoReport};

use crate::apply::leave;
use crate::claude::{self, Started};
use crate::helper;
use crate::places::Places;
use crate::restore::{remove_key_unless_needed, undo_journal};
use crate::{observe, recover, state};

/// Undoes what this program did; with [`UndoGoal::Anthropic`] it also deselects other gateways. With `restart`, a
/// running Claude is quit first and started again afterwards; without it, a running Claude is a `ClaudeRunning`
/// error. `on_phase` receives the state of each step. Errors are findings of the report. Blocks: call it from a
/// thread of its own.
pub fn undo(places: &Places, goal: UndoGoal, restart: bool, on_phase: &mut dyn FnMut(&Phase)) -> UndoReport {
    match carry_out(places, goal, restart, on_phase) {
        Ok(result) => {
            let mut findings = result.plan.findings;
            worst_first(&mut findings);
            UndoReport {
                goal,
                undone: result.files_restored,
                unfinished: !result.files_restored,
                restored: result.plan.restored,
                left: result.plan.left,
                findings,
            }
        }
        Err(finding) => UndoReport {
            goal,
            undone: false,
            unfinished: false,
            restored: Vec::new(),
            left: Vec::new(),
            findings: vec![finding],
        },
    }
}

/// Reports what [`undo`] would do, without doing it.
pub fn preview(places: &Places, goal: UndoGoal) -> UndoReport {
    let predict = || -> Result<UndoPlan, Finding> {
        if is_done_already(places, goal)? {
            return require_leftovers(places).map(|()| UndoPlan::default());
        }
        let facts = observe::facts(places, claude::locate(places).as_ref())?;
        let journal = facts.journal.as_ref().filter(|journal| goal == UndoGoal::Before || journal.is_connection());
        let mut plan = journal.map_or_else(UndoPlan::default, |journal| plan_undo(journal, observe::file_fact));
        if goal == UndoGoal::Anthropic {
            let left = plan_leaving(&facts);
            plan.findings.extend(left.findings);
            plan.restored.extend(left.files.iter().flat_map(|file| file.edits.iter().map(Edit::view)));
        }
        Ok(plan)
    };
    let (plan, more) = match predict() {
        Ok(plan) => (plan, None),
        Err(finding) => (UndoPlan::default(), Some(finding)),
    };
    let mut findings: Vec<Finding> = plan.findings.into_iter().chain(more).collect();
    worst_first(&mut findings);
    UndoReport { goal, undone: false, unfinished: false, restored: plan.restored, left: plan.left, findings }
}

/// The result of an undo.
#[derive(Default)]
struct UndoResult {
    plan: UndoPlan,
    /// All of Claude's files are restored. A key that could not be removed from the keychain does not count,
    /// because nothing of Claude's refers to it.
    files_restored: bool,
}

fn carry_out(
    places: &Places,
    goal: UndoGoal,
    restart: bool,
    on_phase: &mut dyn FnMut(&Phase),
) -> Result<UndoResult, Finding> {
    let _lock = state::lock(places)?;
    let set_aside = match state::journal(places) {
        // Switching to Anthropic needs no journal: whatever was written, it is deselected.
        Err(finding) if goal == UndoGoal::Anthropic => Some(state::set_journal_aside(places, &finding)?),
        Err(finding) => return Err(finding),
        Ok(_) => None,
    };
    if is_done_already(places, goal)? {
        require_leftovers(places).or_else(|nothing| if set_aside.is_some() { Ok(()) } else { Err(nothing) })?;
        let may_hold_key = set_aside.is_some();
        let mut findings: Vec<Finding> = set_aside.into_iter().collect();
        findings.extend(remove_key_unless_needed(places, None, may_hold_key)?.finding);
        return Ok(UndoResult { plan: UndoPlan { findings, ..UndoPlan::default() }, files_restored: true });
    }
    let mut tell = |step, state, finding: Option<Finding>| on_phase(&Phase { step, state, finding });

    // If only a key is left to remove, Claude may run: nothing of Claude's refers to it.
    let only_the_key = state::journal(places)?.is_some_and(|journal| journal.is_key_alone());
    let needs_claude_closed = !only_the_key || goal == UndoGoal::Anthropic;
    let running = claude::locate(places).filter(|install| needs_claude_closed && claude::is_running(install));
    if let Some(install) = &running {
        if !restart {
            return Err(Finding::new(Code::ClaudeRunning));
        }
        tell(StepId::QuitClaude, PhaseState::Running, None);
        claude::quit(install, &mut |request| tell(StepId::QuitClaude, PhaseState::Running, Some(request)))?;
        tell(StepId::QuitClaude, PhaseState::Done, None);
    }

    recover::remove_leftovers(places);
    let has_no_journal = state::journal(places)?.is_none();
    tell(StepId::WriteFiles, PhaseState::Running, None);
    let changed = change_files(places, goal);
    let is_done = changed.as_ref().is_ok_and(|result| result.files_restored);
    tell(StepId::WriteFiles, if is_done { PhaseState::Done } else { PhaseState::Failed }, None);
    let mut result = match (changed, &running) {
        (Err(finding), Some(install)) => {
            // Claude was running before, so it is started again; a failure of that does not change the result.
            let _ = claude::start(install, places, &|| false);
            return Err(finding);
        }
        (changed, _) => changed?,
    };
    if goal == UndoGoal::Anthropic && has_no_journal && (set_aside.is_some() || helper::is_present(places)) {
        // No journal tells of it, but a key may be stored that nothing needs any more.
        result.plan.findings.extend(remove_key_unless_needed(places, None, true)?.finding);
    }
    result.plan.findings.extend(set_aside);

    if let Some(install) = &running {
        tell(StepId::StartClaude, PhaseState::Running, None);
        // It may lie in another place after an update that was waiting for its end.
        let install = claude::locate(places).unwrap_or_else(|| install.clone());
        match claude::start(&install, places, &|| false) {
            Ok(Started::Seen) => tell(StepId::StartClaude, PhaseState::Done, None),
            Ok(Started::NotYet(finding)) | Err(finding) => {
                result.plan.findings.push(finding.softened());
                tell(StepId::StartClaude, PhaseState::Failed, None);
            }
        }
    }
    Ok(result)
}

/// True if the goal is reached already.
fn is_done_already(places: &Places, goal: UndoGoal) -> Result<bool, Finding> {
    let journal = state::journal(places)?;
    Ok(match goal {
        UndoGoal::Before => journal.is_none(),
        UndoGoal::Anthropic => {
            let is_complete = |journal: &Journal| journal.pending.is_none() && !journal.undoing;
            let is_left = journal.is_none_or(|journal| !journal.is_connection() && is_complete(&journal));
            // A file that cannot be read now may select a gateway.
            let is_read = |library: &Library| {
                let are_read =
                    [&library.meta, &library.mode].iter().all(|file| !matches!(file, FileFact::Irregular(_)));
                are_read && !library.selects_unread()
            };
            let are_read = places.resolved().roots().all(|root| is_read(&observe::library(root, None)));
            is_left && are_read && !observe::predict_start(places, claude::locate(places).as_ref())?.leads_away()
        }
    })
}

/// Called where no file is to be undone: a helper and a key may remain from an undo during which the keychain
/// did not answer. Nothing of Claude's refers to them, so Claude may run.
///
/// # Errors
/// `NothingToUndo` if there are none.
fn require_leftovers(places: &Places) -> Result<(), Finding> {
    if helper::is_left_over(places) { Ok(()) } else { Err(Finding::new(Code::NothingToUndo)) }
}

/// Changes Claude's files. The caller holds the lock, and Claude is closed. A pending change is undone together
/// with everything else.
fn change_files(places: &Places, goal: UndoGoal) -> Result<UndoResult, Finding> {
    let is_to_undo = |journal: &Journal| {
        goal == UndoGoal::Before || journal.is_connection() || journal.undoing || journal.pending.is_some()
    };
    let mut result = match state::journal(places)?.filter(is_to_undo) {
        Some(journal) => {
            let undone = undo_journal(places, &journal)?;
            let mut plan = undone.plan;
            if !undone.files_restored {
                plan.findings.push(undone.unfinished);
            }
            UndoResult { plan, files_restored: undone.files_restored }
        }
        None => UndoResult { files_restored: true, ..UndoResult::default() },
    };
    if goal == UndoGoal::Anthropic {
        match leave(places) {
            Ok(left) => {
                let views = left.files.iter().flat_map(|file| file.edits.iter().map(Edit::view));
                result.plan.restored.extend(views);
                result.plan.findings.extend(left.kept_aside().cloned());
            }
            Err(mut findings) => {
                let nothing_was_done = result.files_restored && result.plan.restored.is_empty();
                if nothing_was_done && findings.len() == 1 {
                    return Err(findings.remove(0));
                }
                // The report shows what was restored, unless an interrupted change may have overwritten it.
                if findings.iter().any(|finding| finding.code == Code::Interrupted) {
                    result.plan.restored.clear();
                }
                result.plan.findings.append(&mut findings);
                result.files_restored = false;
            }
        }
    }
    if observe::predict_start(places, claude::locate(places).as_ref())?.leads_away() {
        let selected = observe::library(&places.root, None).selected();
        result.plan.findings.extend(selected.map(|selected| selected.finding(Code::OtherProfile)));
    }
    Ok(result)
}
