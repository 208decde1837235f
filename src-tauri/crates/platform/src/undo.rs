//! Taking everything back.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use airouter_core::change::{Edit, FileChange};
use airouter_core::claude::library::{FileFact, Library};
use airouter_core::finding::{Code, Finding, worst_first};
use airouter_core::json::Document;
use airouter_core::keychain::Answer;
use airouter_core::plan::plan_leaving;
use airouter_core::undo::{Journal, Restore, UndoPlan, plan_undo};
use airouter_core::view::{EditView, Phase, PhaseState, StepId, UndoGoal, UndoReport};

use crate::apply::{leave, remove_empty};
use crate::claude;
use crate::files::{self, Privacy, Replaced};
use crate::helper::{self, LetGo, Naming};
use crate::places::{Places, root_of};
use crate::{keychain, observe, recover, state};

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
            let are_read = places.settled().roots().all(|root| is_read(&observe::library(root, None)));
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
            let undone = take_everything_back(places, &journal)?;
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

/// What came of undoing a journal.
pub(crate) struct Undone {
    /// What was put back and what was left.
    pub(crate) plan: UndoPlan,
    /// Nothing of Claude's files is left to be given back.
    pub(crate) is_whole: bool,
    /// Something is left to do: files to be given back, or a key that may still be stored.
    pub(crate) is_remembered: bool,
    /// Says what is left, where something is.
    pub(crate) unfinished: Finding,
}

/// Undoes a journal. A sudden end on the way is no end: the next start goes on. What cannot be given back
/// now stays in the journal.
///
/// # Errors
/// Why nothing can be said to be undone: a file could not be written, or Claude was started meanwhile and
/// will write its settings when it quits. The next start goes on.
pub(crate) fn take_everything_back(places: &Places, journal: &Journal) -> Result<Undone, Finding> {
    state::keep_journal(places, Some(&Journal { undoing: true, ..journal.clone() }))?;
    let mut plan = restore(|now| plan_undo(journal, now))?;
    let given_back = journal.files.iter().filter(|file| !plan.rest.iter().any(|rest| rest.path == file.path));
    give_modes_back(given_back)?;
    if !journal.is_key_alone() && claude::locate(places).is_some_and(|install| claude::is_running(&install)) {
        return Err(Finding::new(Code::ClaudeRunning));
    }
    remove_empty(journal.made_folders.iter().rev().map(Path::new));
    let key = let_go_of_key(places, Some(journal), false)?;
    plan.findings.extend(key.finding);
    // Where a file could not be given back, what it asks for is let go of together with it.
    let stays =
        key.fate == Fate::Stays || (key.fate == Fate::Needed && !plan.rest.is_empty() && journal.may_hold_key());
    let remainder = journal.remainder(plan.rest.clone(), stays);
    let is_left = !remainder.files.is_empty() || remainder.stray_key;
    state::keep_journal(places, is_left.then_some(&remainder))?;
    let is_whole = plan.rest.is_empty();
    Ok(Undone { is_whole, is_remembered: is_left, unfinished: observe::unfinished(&remainder), plan })
}

/// Gives files that are there the mode that they had before this program closed them to others. One that
/// somebody has changed since stays as it is.
///
/// # Errors
/// `CannotWrite` with the file and what the system says.
pub(crate) fn give_modes_back<'a>(files: impl IntoIterator<Item = &'a FileChange>) -> Result<(), Finding> {
    files.into_iter().try_for_each(|file| {
        let Some(mode) = file.mode else { return Ok(()) };
        let path = Path::new(&file.path);
        files::open_again(path, mode).map_err(|error| files::cannot_write(path, &error))
    })
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
            Restore::Keep | Restore::Wait => Ok(true),
            Restore::Write(document) => replace(path, &seen, document),
            Restore::PutBack { copy } => put_back(path, &seen, Path::new(copy)),
            Restore::Delete => files::remove_if(path, &seen),
        };
        if !done.map_err(|error| files::cannot_write(path, &error))? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Gives a file that was damaged its bytes of before, and takes the copy away.
fn put_back(path: &Path, seen: &FileFact, copy: &Path) -> io::Result<bool> {
    let bytes = fs_err::read(copy)?;
    if *seen != FileFact::Present(bytes.clone())
        && !matches!(files::replace_if(path, seen, &bytes, Privacy::AsBefore)?, Replaced::Done(_))
    {
        return Ok(false);
    }
    files::remove(copy)?;
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

/// What became of the key.
pub(crate) struct KeyLetGo {
    /// Where it is now.
    fate: Fate,
    /// Worth saying.
    pub(crate) finding: Option<Finding>,
}

/// Where a key is after letting go of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// In no keychain of ours.
    Gone,
    /// In the keychain, because something of Claude's asks for it.
    Needed,
    /// Perhaps in the keychain, though nothing asks for it.
    Stays,
}

/// Removes the key and the helper program, unless something of Claude's names the helper. A keychain that
/// does not answer is worth saying and no reason to stay connected; another undo tries again. `journal` is
/// what was undone, if there was one; `may_hold_key` says that a key may be stored though none tells of it.
///
/// # Errors
/// `CannotWrite` when the helper cannot be removed; the next start tries again.
fn let_go_of_key(places: &Places, journal: Option<&Journal>, may_hold_key: bool) -> Result<KeyLetGo, Finding> {
    let of_a_connection = journal.is_some_and(Journal::may_hold_key);
    let gone = KeyLetGo { fate: Fate::Gone, finding: None };
    Ok(match helper::let_go(places, of_a_connection || may_hold_key)? {
        // Whether a profile asks for the key, a file that cannot be read does not say.
        LetGo::KeyStays(finding) if finding.code == Code::FileNotUnderstood => {
            let stays = Finding::new(Code::HelperNeeded).with("because", "unread");
            KeyLetGo { fate: Fate::Stays, finding: Some(stays.with("path", finding.fact("path").unwrap_or_default())) }
        }
        LetGo::KeyStays(finding) => KeyLetGo { fate: Fate::Stays, finding: Some(finding.softened()) },
        LetGo::Gone | LetGo::Nothing => gone,
        LetGo::Needed => match (journal, helper::naming(places)) {
            // A profile of before asks for a key, and ours was given for another address.
            (Some(journal), Naming::Named { bases })
                if of_a_connection && !bases.is_empty() && !bases.contains(&journal.base) =>
            {
                take_ours_out(places, journal)
            }
            _ => KeyLetGo { fate: Fate::Needed, finding: Some(Finding::new(Code::HelperNeeded)) },
        },
    })
}

/// Takes the key of a connection out of the keychain, whose helper a profile with another address asks. A key
/// that this connection did not store is that profile's own.
fn take_ours_out(places: &Places, journal: &Journal) -> KeyLetGo {
    let gone = || KeyLetGo {
        fate: Fate::Gone,
        finding: Some(Finding::new(Code::KeyNotStored).with("because", "address").softened()),
    };
    let stays = |finding| {
        // Until it is gone, nobody gets it.
        let _ = files::remove(&places.helper);
        KeyLetGo { fate: Fate::Stays, finding: Some(finding) }
    };
    match recover::ask(places).face() {
        // A journal of an older version does not say which key it was.
        Answer::Key(now) if journal.key.as_ref().map_or(!journal.is_connection(), |ours| *ours != now) => {
            KeyLetGo { fate: Fate::Needed, finding: Some(Finding::new(Code::HelperNeeded)) }
        }
        Answer::None => gone(),
        Answer::Unknown(finding) => stays(finding),
        Answer::Key(_) => keychain::forget(places).map_or_else(stays, |()| gone()),
    }
}
