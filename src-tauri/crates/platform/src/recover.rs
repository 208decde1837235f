//! The next start after a sudden end: a power cut, a killed program, a full disk.
//!
//! The journal says what was under way, and [`airouter_core::transaction`] what becomes of it. This carries
//! it out. What cannot be settled now waits, and says for what.

use std::path::Path;

use airouter_core::finding::{Code, Finding};
use airouter_core::keychain::Answer;
use airouter_core::transaction::{Progress, Settlement, settle};
use airouter_core::undo::{Journal, Pending, plan_rollback};

use crate::apply::remove_empty;
use crate::files;
use crate::places::{Places, library_in};
use crate::undo::Seen;
use crate::{claude, helper, keychain, observe, state, undo};

/// What every start begins with: settles a sudden end, then brings the helper program up to date.
pub fn at_start(places: &Places) -> Option<Finding> {
    let resumed = recover(places);
    if let Err(finding) = helper::refresh(places) {
        // The earlier helper still serves Claude; what is wrong with it shows in the status.
        tracing::warn!(code = finding.code.number(), "the helper is not up to date");
    }
    resumed
}

/// Settles what a sudden end left half done, and says so. Nothing is done while another copy works or
/// Claude runs, or while what it depends on cannot be asked; then an `Interrupted` finding blocks.
pub fn recover(places: &Places) -> Option<Finding> {
    let _lock = state::lock(places).ok()?;
    within_lock(places)
}

/// The same for who holds the lock already.
pub(crate) fn within_lock(places: &Places) -> Option<Finding> {
    let places = &places.settled();
    remove_leftovers(places);
    let journal = state::journal(places).ok()??;
    if journal.pending.is_none() && !journal.undoing {
        return None;
    }
    let is_of_claude = !journal.is_key_alone();
    if is_of_claude && claude::locate(places).is_some_and(|install| claude::is_running(&install)) {
        return Some(Finding::new(Code::Interrupted).with("because", "claude-runs"));
    }
    Some(match resume(places, &journal) {
        Ok(finding) => finding,
        Err(finding) => interrupted(&finding),
    })
}

/// Removes the temporary files that a sudden end left behind: one may hold a key.
pub(crate) fn remove_leftovers(places: &Places) {
    let claudes = places.roots().flat_map(|root| [root.clone(), library_in(root)]);
    for folder in claudes.chain([places.state.clone()]) {
        files::remove_leftovers(&folder);
    }
}

/// Says that something is under way and waits, and for what.
pub(crate) fn interrupted(cause: &Finding) -> Finding {
    let because = match cause.code {
        Code::FileNotUnderstood | Code::CannotWrite | Code::ChangedMeanwhile | Code::NotAsWritten => "file",
        Code::ClaudeRunning | Code::ClaudeStays => "claude-runs",
        Code::HelperBroken => "helper",
        _ => "keychain",
    };
    let finding = Finding::new(Code::Interrupted).with("because", because).with("code", cause.code.number());
    ["path", "reason"].iter().fold(finding, |finding, name| match cause.fact(name) {
        Some(value) => finding.with(name, value),
        None => finding,
    })
}

/// Carries out what the table decides.
fn resume(places: &Places, journal: &Journal) -> Result<Finding, Finding> {
    let resumed = |how: &str| Finding::new(Code::Resumed).with("how", how);
    match (settle(journal, Progress::of(journal, observe::now), || ask(places).face()), &journal.pending) {
        (Settlement::Undo, _) => {
            let undone = undo::take_everything_back(places, journal)?;
            Ok(if undone.is_whole { resumed("undone") } else { undone.unfinished })
        }
        (Settlement::Complete, Some(pending)) => complete(places, journal, pending).map(|()| resumed("completed")),
        (Settlement::RollBack { remove_key }, Some(pending)) => {
            roll_back(places, journal, pending, remove_key).map(|()| resumed("taken-back"))
        }
        (Settlement::Wait(finding), _) => Err(finding),
        (Settlement::Nothing | Settlement::Complete | Settlement::RollBack { .. }, _) => Ok(resumed("nothing")),
    }
}

/// What the keychain holds now. The helper may be gone, and only it can ask.
fn ask(places: &Places) -> Answer {
    if !places.helper.exists()
        && let Err(finding) = helper::install(places)
    {
        return Answer::Unknown(finding);
    }
    keychain::read(places)
}

fn complete(places: &Places, journal: &Journal, pending: &Pending) -> Result<(), Finding> {
    let changed = || Finding::new(Code::ChangedMeanwhile);
    let seen = Seen::default();
    let texts = pending
        .completion(|path| seen.look(path))
        .map_err(|path| Finding::new(Code::FileNotUnderstood).with("path", path))?;
    for (path, document) in texts {
        let fact = seen.look(&path);
        if fact.text() == Some(document.text()) {
            continue;
        }
        let done = undo::replace(Path::new(&path), &fact, &document)
            .map_err(|error| files::cannot_write(Path::new(&path), &error))?;
        if !done {
            return Err(changed().with("path", path));
        }
    }
    state::keep_journal(places, Some(&Journal { pending: None, ..journal.clone() }))
}

fn roll_back(places: &Places, journal: &Journal, pending: &Pending, remove_key: bool) -> Result<(), Finding> {
    let plan = undo::restore(|now| plan_rollback(journal, pending, now))?;
    if let Some(finding) = plan.findings.into_iter().find(|finding| finding.code == Code::FileNotUnderstood) {
        return Err(finding);
    }
    undo::give_modes_back(&pending.files)?;
    if remove_key {
        keychain::forget(places)?;
    }
    let Some(earlier) = &pending.earlier else {
        remove_empty(journal.made_folders.iter().rev().map(Path::new));
        // A helper that nothing names, and that has nothing to give, was put there by this change.
        let is_empty = || remove_key || ask(places) == Answer::None;
        if journal.may_hold_key() && helper::is_left_over(places) && is_empty() {
            helper::remove(places)?;
        }
        return state::keep_journal(places, None);
    };
    state::keep_journal(places, Some(earlier))
}
