//! Taking everything back.

use airouter_core::change::Edit;
use airouter_core::claude::library::{FileFact, Library};
use airouter_core::finding::{Code, Finding, worst_first};
use airouter_core::plan::plan_leaving;
use airouter_core::undo::{Journal, UndoPlan, plan_undo};
use airouter_core::view::{Phase, PhaseState, StepId, UndoGoal, UndoReport};

use crate::apply::leave;
use crate::claude;
use crate::helper;
use crate::places::Places;
use crate::restore::{give_everything_back, let_go_of_key};
use crate::{observe, recover, state};

/// Undoes what this program did, and with [`UndoGoal::Anthropic`] also selects other gateways away. With
/// `restart`, a running Claude is quit first and started again afterwards; without, a running Claude is
/// a refusal. Blocks: call it from a thread of its own.
pub fn undo(places: &Places, goal: UndoGoal, restart: bool, on_phase: &mut dyn FnMut(&Phase)) -> UndoReport {
    match carry_out(places, goal, restart, on_phase) {
        Ok(gone_back) => {
            let mut findings = gone_back.plan.findings;
            worst_first(&mut findings);
            UndoReport {
                goal,
                undone: gone_back.is_whole,
                unfinished: !gone_back.is_whole,
                restored: gone_back.plan.restored,
                left: gone_back.plan.left,
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

/// What [`undo`] would do, without doing it.
pub fn preview(places: &Places, goal: UndoGoal) -> UndoReport {
    let foresee = || -> Result<UndoPlan, Finding> {
        if is_there_already(places, goal)? {
            return nothing_but_leftovers(places).map(|()| UndoPlan::default());
        }
        let facts = observe::facts(places, claude::locate(places).as_ref())?;
        let journal = facts.journal.as_ref().filter(|journal| goal == UndoGoal::Before || journal.is_connection());
        let mut plan = journal.map_or_else(UndoPlan::default, |journal| plan_undo(journal, observe::now));
        if goal == UndoGoal::Anthropic {
            let left = plan_leaving(&facts);
            plan.findings.extend(left.findings);
            plan.restored.extend(left.files.iter().flat_map(|file| file.edits.iter().map(Edit::view)));
        }
        Ok(plan)
    };
    let (plan, more) = match foresee() {
        Ok(plan) => (plan, None),
        Err(finding) => (UndoPlan::default(), Some(finding)),
    };
    let mut findings: Vec<Finding> = plan.findings.into_iter().chain(more).collect();
    worst_first(&mut findings);
    UndoReport { goal, undone: false, unfinished: false, restored: plan.restored, left: plan.left, findings }
}

/// What going back came to.
#[derive(Default)]
struct GoneBack {
    plan: UndoPlan,
    /// Nothing is left to be given back. A key that the keychain keeps does not count: Claude knows nothing
    /// of it.
    is_whole: bool,
}

fn carry_out(
    places: &Places,
    goal: UndoGoal,
    restart: bool,
    on_phase: &mut dyn FnMut(&Phase),
) -> Result<GoneBack, Finding> {
    let _lock = state::lock(places)?;
    let set_aside = match state::journal(places) {
        // Leaving needs no memory: whatever was written, Claude is led away from it.
        Err(finding) if goal == UndoGoal::Anthropic => Some(state::set_journal_aside(places, &finding)?),
        Err(finding) => return Err(finding),
        Ok(_) => None,
    };
    if is_there_already(places, goal)? {
        nothing_but_leftovers(places).or_else(|nothing| if set_aside.is_some() { Ok(()) } else { Err(nothing) })?;
        let may_hold_key = set_aside.is_some();
        let mut findings: Vec<Finding> = set_aside.into_iter().collect();
        findings.extend(let_go_of_key(places, None, may_hold_key)?.finding);
        return Ok(GoneBack { plan: UndoPlan { findings, ..UndoPlan::default() }, is_whole: true });
    }
    let mut tell = |step: StepId, state: PhaseState| on_phase(&Phase { step, state, finding: None });

    // Of a key alone Claude knows nothing, so it may run.
    let only_the_key = state::journal(places)?.is_some_and(|journal| journal.is_key_alone());
    let needs_claude_closed = !only_the_key || goal == UndoGoal::Anthropic;
    let running = claude::locate(places).filter(|install| needs_claude_closed && claude::is_running(install));
    if let Some(install) = &running {
        if !restart {
            return Err(Finding::new(Code::ClaudeRunning));
        }
        tell(StepId::QuitClaude, PhaseState::Running);
        claude::quit(install)?;
        tell(StepId::QuitClaude, PhaseState::Done);
    }

    recover::remove_leftovers(places);
    let has_no_memory = state::journal(places)?.is_none();
    tell(StepId::WriteFiles, PhaseState::Running);
    let changed = go_back(places, goal);
    let is_done = changed.as_ref().is_ok_and(|gone_back| gone_back.is_whole);
    tell(StepId::WriteFiles, if is_done { PhaseState::Done } else { PhaseState::Failed });
    let mut gone_back = match (changed, &running) {
        (Err(finding), Some(install)) => {
            // It was running before, so it runs again; that this may fail too changes nothing.
            let _ = claude::start(install, places);
            return Err(finding);
        }
        (changed, _) => changed?,
    };
    if goal == UndoGoal::Anthropic && has_no_memory && (set_aside.is_some() || helper::is_here(places)) {
        // Nobody remembers it, and a key may be stored that nothing asks for any more.
        gone_back.plan.findings.extend(let_go_of_key(places, None, true)?.finding);
    }
    gone_back.plan.findings.extend(set_aside);

    if let Some(install) = &running {
        tell(StepId::StartClaude, PhaseState::Running);
        match claude::start(install, places) {
            Ok(()) => tell(StepId::StartClaude, PhaseState::Done),
            Err(finding) => {
                gone_back.plan.findings.push(finding.softened());
                tell(StepId::StartClaude, PhaseState::Failed);
            }
        }
    }
    Ok(gone_back)
}

/// True when nothing is left to do.
fn is_there_already(places: &Places, goal: UndoGoal) -> Result<bool, Finding> {
    let journal = state::journal(places)?;
    Ok(match goal {
        UndoGoal::Before => journal.is_none(),
        UndoGoal::Anthropic => {
            let is_settled = |journal: &Journal| journal.pending.is_none() && !journal.undoing;
            let is_left = journal.is_none_or(|journal| !journal.is_connection() && is_settled(&journal));
            // A file that cannot be read now may lead away.
            let is_read = |library: &Library| {
                let are_read = [&library.meta, &library.mode].iter().all(|file| !matches!(file, FileFact::Strange(_)));
                are_read && !library.selects_unread()
            };
            let are_read = places.resolved().roots().all(|root| is_read(&observe::library(root, None)));
            is_left && are_read && !observe::outlook(places, claude::locate(places).as_ref())?.leads_away()
        }
    })
}

/// Where nothing else is to be undone: the key may have stayed because its keychain did not answer. Claude
/// knows nothing of it, so it may run.
fn nothing_but_leftovers(places: &Places) -> Result<(), Finding> {
    if helper::is_left_over(places) { Ok(()) } else { Err(Finding::new(Code::NothingToUndo)) }
}

/// The changes, the lock held and Claude closed. What is under way is given back with all the rest.
fn go_back(places: &Places, goal: UndoGoal) -> Result<GoneBack, Finding> {
    let is_to_go = |journal: &Journal| {
        goal == UndoGoal::Before || journal.is_connection() || journal.undoing || journal.pending.is_some()
    };
    let mut gone_back = match state::journal(places)?.filter(is_to_go) {
        Some(journal) => {
            let undone = give_everything_back(places, &journal)?;
            let mut plan = undone.plan;
            if !undone.is_whole {
                plan.findings.push(undone.unfinished);
            }
            GoneBack { plan, is_whole: undone.is_whole }
        }
        None => GoneBack { is_whole: true, ..GoneBack::default() },
    };
    if goal == UndoGoal::Anthropic {
        match leave(places) {
            Ok(left) => {
                let views = left.files.iter().flat_map(|file| file.edits.iter().map(Edit::view));
                gone_back.plan.restored.extend(views);
                gone_back.plan.findings.extend(left.kept_aside().cloned());
            }
            Err(mut findings) => {
                let is_nothing_done = gone_back.is_whole && gone_back.plan.restored.is_empty();
                if is_nothing_done && findings.len() == 1 {
                    return Err(findings.remove(0));
                }
                // What could be given back is, and that is to be told; but a change that waits may stand over it.
                if findings.iter().any(|finding| finding.code == Code::Interrupted) {
                    gone_back.plan.restored.clear();
                }
                gone_back.plan.findings.append(&mut findings);
                gone_back.is_whole = false;
            }
        }
    }
    if observe::outlook(places, claude::locate(places).as_ref())?.leads_away() {
        let selected = observe::library(&places.root, None).selected();
        gone_back.plan.findings.extend(selected.map(|selected| selected.finding(Code::OtherProfile)));
    }
    Ok(gone_back)
}
