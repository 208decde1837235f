//! Taking everything back.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use airouter_core::change::Edit;
use airouter_core::claude::library::FileFact;
use airouter_core::finding::{Code, Finding, worst_first};
use airouter_core::json::Document;
use airouter_core::plan::plan_leaving;
use airouter_core::undo::{Journal, Restore, UndoPlan, plan_undo};
use airouter_core::view::{EditView, Phase, PhaseState, StepId, UndoGoal, UndoReport};

use crate::apply::{leave, remove_empty};
use crate::claude;
use crate::files::{self, Privacy, Replaced};
use crate::helper::{self, LetGo};
use crate::places::{Places, root_of};
use crate::{observe, recover, state};

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
    UndoReport { goal, undone: false, restored: plan.restored, left: plan.left, findings }
}

fn carry_out(
    places: &Places,
    goal: UndoGoal,
    restart: bool,
    on_phase: &mut dyn FnMut(&Phase),
) -> Result<UndoPlan, Finding> {
    let _lock = state::lock(places)?;
    if is_there_already(places, goal)? {
        nothing_but_leftovers(places)?;
        let findings = let_go_of_key(places, None)?.into_iter().collect();
        return Ok(UndoPlan { findings, ..UndoPlan::default() });
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
            is_left && !observe::outlook(places, claude::locate(places).as_ref())?.leads_away()
        }
    })
}

/// Where nothing else is to be undone: the key may have stayed because its keychain did not answer. Claude
/// knows nothing of it, so it may run.
fn nothing_but_leftovers(places: &Places) -> Result<(), Finding> {
    if helper::is_left_over(places) { Ok(()) } else { Err(Finding::new(Code::NothingToUndo)) }
}

/// The changes, the lock held and Claude closed. What was under way is over by now, so that nothing may
/// be left to undo.
fn go_back(places: &Places, goal: UndoGoal) -> Result<UndoPlan, Finding> {
    let journal = state::journal(places)?.filter(|journal| goal == UndoGoal::Before || journal.is_connection());
    let mut plan = match journal {
        Some(journal) => take_everything_back(places, &journal)?,
        None => UndoPlan::default(),
    };
    if goal == UndoGoal::Anthropic {
        let left = leave(places)?;
        let views = left.files.iter().flat_map(|file| file.edits.iter().map(Edit::view));
        plan.restored.extend(views);
    }
    if observe::outlook(places, claude::locate(places).as_ref())?.leads_away() {
        let selected = observe::library(&places.root, None).selected();
        plan.findings.extend(selected.map(|selected| selected.finding(Code::OtherProfile)));
    }
    Ok(plan)
}

/// Undoes a journal. A sudden end on the way is no end: the next start goes on.
pub(crate) fn take_everything_back(places: &Places, journal: &Journal) -> Result<UndoPlan, Finding> {
    state::keep_journal(places, Some(&Journal { undoing: true, ..journal.clone() }))?;
    let mut plan = restore(|now| plan_undo(journal, now))?;
    remove_empty(journal.made_folders.iter().rev().map(Path::new));
    plan.findings.extend(let_go_of_key(places, Some(&journal.profile_id))?);
    state::keep_journal(places, None)?;
    Ok(plan)
}

/// Plans and carries out; plans again where somebody has written meanwhile, so that what they wrote
/// stays.
///
/// # Errors
/// `CannotWrite`, `NotAsWritten`, or `ChangedMeanwhile` when somebody never stops writing.
pub(crate) fn restore(make: impl Fn(&dyn Fn(&str) -> FileFact) -> UndoPlan) -> Result<UndoPlan, Finding> {
    let mut restored = Vec::new();
    for _ in 0..TRIES {
        let seen = Seen::default();
        let mut plan = make(&|path| seen.look(path));
        if write(&plan, &seen)? {
            // What an earlier round put back belongs to the whole, unless somebody changed it again.
            let is_new =
                |edit: &EditView| !plan.restored.contains(edit) && !plan.left.iter().any(|left| left.key == edit.key);
            let earlier: Vec<EditView> = restored.into_iter().filter(is_new).collect();
            plan.restored.extend(earlier);
            return Ok(plan);
        }
        restored = plan.restored;
    }
    Err(Finding::new(Code::ChangedMeanwhile))
}

/// How often is planned again because somebody wrote in the same moment.
const TRIES: usize = 20;

/// Files as they were when they were looked at: what is written is compared with this.
#[derive(Default)]
pub(crate) struct Seen(RefCell<BTreeMap<String, FileFact>>);

impl Seen {
    /// What a file was when it was first asked for.
    pub(crate) fn look(&self, path: &str) -> FileFact {
        let mut seen = self.0.borrow_mut();
        seen.entry(path.to_owned()).or_insert_with(|| observe::now(path)).clone()
    }
}

/// False when somebody was quicker with a file; theirs is kept, and a new plan is needed.
fn write(plan: &UndoPlan, seen: &Seen) -> Result<bool, Finding> {
    for (name, restore) in &plan.files {
        let (path, seen) = (Path::new(name), seen.look(name));
        let done = match restore {
            Restore::Keep => Ok(true),
            Restore::Write(document) => replace(path, &seen, document),
            Restore::Delete => files::remove_if(path, &seen),
        };
        let failed = |error| Finding::new(Code::CannotWrite).with("path", path.display()).with("reason", error);
        if !done.map_err(failed)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Replaces a file and reads it again.
pub(crate) fn replace(path: &Path, seen: &FileFact, document: &Document) -> io::Result<bool> {
    let done = files::replace_if(path, seen, document.text().as_bytes(), Privacy::AsBefore)?;
    let Replaced::Done(mut former) = done else { return Ok(false) };
    let ours = FileFact::Present(document.text().as_bytes().to_vec());
    if let Some(late) = former.read().filter(|late| FileFact::Present(late.clone()) != *seen) {
        // Somebody had the replaced file open and wrote into it only now.
        files::replace_if(path, &ours, &late, Privacy::AsBefore)?;
        return Ok(false);
    }
    Ok(files::look(path, root_of(path)) == ours)
}

/// Removes the key and the helper program, unless another profile names the helper. A keychain that
/// does not answer is worth saying and no reason to stay connected; another undo tries again. `own` is a
/// profile that does not count, because it goes too.
///
/// # Errors
/// `CannotWrite` when the helper cannot be removed; the next start tries again.
pub(crate) fn let_go_of_key(places: &Places, own: Option<&str>) -> Result<Option<Finding>, Finding> {
    Ok(match helper::let_go(places, own)? {
        LetGo::KeyStays(finding) => Some(finding.softened()),
        LetGo::Gone | LetGo::Nothing | LetGo::Needed => None,
    })
}
