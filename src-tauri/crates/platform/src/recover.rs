//! Recovers from an interrupted change: a power cut, a killed program, a full disk.
//!
//! The journal records the pending change, and [`airouter_core::transaction`] decides what to do about it; this
//! module does it. A change that cannot be recovered now stays pending, and a finding says what it waits for.

use std::path::Path;

use airouter_core::finding::{Code, Finding};
use airouter_core::keychain::Answer;
use airouter_core::transaction::{Decision, Progress, decide};
use airouter_core::undo::{Journal, KeyBefore, Pending, plan_rollback};
use airouter_core::view::KeyPlace;

use crate::files;
use crate::helper::HelperUse;
use crate::places::{Places, library_in};
use crate::restore::{self, Snapshots};
use crate::{claude, helper, keychain, observe, state};

/// To be called at every start of the program: recovers an interrupted change, then updates the helper program.
/// Returns the finding of the recovery, if there was one.
pub fn at_start(places: &Places) -> Option<Finding> {
    let resumed = recover(places);
    if let Ok(Some(journal)) = state::journal(places) {
        close_profile(places, &journal);
    }
    if let Err(finding) = helper::refresh(places) {
        // The earlier helper still serves Claude; what is wrong with it shows in the status.
        tracing::warn!(code = finding.code.number(), "the helper is not up to date");
    }
    resumed
}

/// Makes our profile readable for its owner only if it holds a key; others may have been given access since.
fn close_profile(places: &Places, journal: &Journal) {
    if journal.is_connection() && journal.key_place == KeyPlace::Profile && journal.pending.is_none() {
        for root in places.roots() {
            // A failure leaves it no worse than before; the next write reports it.
            let _ = files::make_private(&library_in(root).join(format!("{}.json", journal.profile_id)));
        }
    }
}

/// Completes or rolls back an interrupted change. Returns a `Resumed` finding, a blocking `Interrupted` finding
/// if the change has to wait (Claude runs, the keychain does not answer), or `None` if there was nothing to do or
/// another copy of the program holds the lock.
pub fn recover(places: &Places) -> Option<Finding> {
    let _lock = state::lock(places).ok()?;
    recover_locked(places)
}

/// Like [`recover`], for a caller that holds the lock already.
pub(crate) fn recover_locked(places: &Places) -> Option<Finding> {
    let places = &places.resolved();
    remove_leftovers(places);
    let mut result = None;
    // A rollback restores the earlier journal, which may have a pending change of its own.
    for _ in 0..MAX_NESTED_CHANGES {
        let Some(journal) = state::journal(places).ok().flatten().filter(|it| it.pending.is_some() || it.undoing)
        else {
            break;
        };
        let finding = recover_one(places, &journal);
        let is_recovered = finding.code == Code::Resumed;
        result = Some(finding);
        if !is_recovered {
            break;
        }
    }
    result
}

/// Limit for nested pending changes, such as a connection that was begun after an unfinished undo.
const MAX_NESTED_CHANGES: usize = 3;

fn recover_one(places: &Places, journal: &Journal) -> Finding {
    let has_claude_files = !journal.is_key_alone();
    if has_claude_files && claude::locate(places).is_some_and(|install| claude::is_running(&install)) {
        return Finding::new(Code::Interrupted).with("because", "claude-runs");
    }
    let had_helper = helper::is_there(places);
    resume(places, journal).unwrap_or_else(|finding| {
        // It was installed only to ask the keychain.
        if !had_helper {
            let _ = helper::take_away(places);
        }
        withhold_helper(places, journal);
        interrupted(&finding)
    })
}

/// Keeps Claude from sending the new key to the old address while a change is pending. If a profile with another
/// address names the helper and the keychain may hold the new key, the helper is removed: Claude then gets no
/// key, no key is lost, and the recovery installs the helper again.
pub(crate) fn withhold_helper(places: &Places, journal: &Journal) {
    let Some(pending) = &journal.pending else { return };
    let was_asked = !matches!(pending.key_before, KeyBefore::NotAsked);
    let is_same_key = pending.earlier.as_ref().is_some_and(|earlier| earlier.key == journal.key);
    if !was_asked || is_same_key || journal.key_place != KeyPlace::Keychain {
        return;
    }
    let leads_elsewhere =
        matches!(helper::usage(places), HelperUse::Named { bases } if bases.iter().any(|base| *base != journal.base));
    let may_be_the_new_one = || match keychain::read(places).masked() {
        Answer::Key(now) => Some(&now) == journal.key.as_ref(),
        Answer::None => false,
        Answer::Unknown(_) => true,
    };
    if leads_elsewhere && helper::is_there(places) && may_be_the_new_one() {
        let _ = helper::take_away(places);
    }
}

/// Removes the temporary files of an interrupted run, because one may hold a key.
pub(crate) fn remove_leftovers(places: &Places) {
    let claudes = places.roots().flat_map(|root| [root.clone(), library_in(root)]);
    for folder in claudes.chain([places.state.clone()]) {
        files::remove_leftovers(&folder);
    }
}

/// An `Interrupted` finding for a change that stays pending because of `cause`.
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

/// Carries out what [`airouter_core::transaction`] decides.
fn resume(places: &Places, journal: &Journal) -> Result<Finding, Finding> {
    let resumed = |how: &str| Finding::new(Code::Resumed).with("how", how);
    match (
        decide(journal, Progress::of(journal, observe::file_fact), || helper::ask(places).masked()),
        &journal.pending,
    ) {
        (Decision::Undo, _) => {
            let undone = restore::undo_journal(places, journal)?;
            Ok(if undone.has_remainder { undone.unfinished } else { resumed("undone") })
        }
        (Decision::Complete, Some(pending)) => complete(places, journal, pending).map(|set_aside| {
            let finding = resumed("completed");
            set_aside.iter().fold(finding, |finding, path| finding.with("kept_aside", path))
        }),
        (Decision::RollBack { remove_key }, Some(pending)) => {
            roll_back(places, journal, pending, remove_key).map(|()| resumed("taken-back"))
        }
        (Decision::Wait(finding), _) => Err(finding),
        (Decision::Nothing | Decision::Complete | Decision::RollBack { .. }, _) => Ok(resumed("nothing")),
    }
}

/// Writes what the change had not written yet. A damaged file is copied first; returns its path, if there was one.
fn complete(places: &Places, journal: &Journal, pending: &Pending) -> Result<Option<String>, Finding> {
    let changed = || Finding::new(Code::ChangedMeanwhile);
    let seen = Snapshots::default();
    let texts = pending
        .completion(|path| seen.get(path))
        .map_err(|path| Finding::new(Code::FileNotUnderstood).with("path", path))?;
    let mut committed = Journal { pending: None, ..journal.clone() };
    let mut set_aside = None;
    for (name, document) in texts {
        let (path, fact) = (Path::new(&name), seen.get(&name));
        if fact.text() == Some(document.text()) {
            continue;
        }
        if fact.is_damaged() {
            let copy = files::free_name(path, "damaged");
            files::back_up(path, &copy).map_err(|error| files::cannot_write(&copy, &error))?;
            for file in committed.files.iter_mut().filter(|file| file.path == name && file.existed) {
                file.kept_aside = Some(copy.to_string_lossy().into_owned());
            }
            set_aside = Some(name.clone());
        }
        let done = restore::replace(path, &fact, &document).map_err(|error| files::cannot_write(path, &error))?;
        if !done {
            return Err(changed().with("path", name));
        }
    }
    state::write_journal(places, Some(&committed))?;
    Ok(set_aside)
}

fn roll_back(places: &Places, journal: &Journal, pending: &Pending, remove_key: bool) -> Result<(), Finding> {
    let plan = restore::restore(|now| plan_rollback(journal, pending, now))?;
    if let Some(finding) = plan.findings.into_iter().find(|finding| finding.code == Code::FileNotUnderstood) {
        return Err(finding);
    }
    restore::restore_modes(&pending.files)?;
    // A key is kept if a profile with its address still names the helper.
    let is_needed = || matches!(helper::usage(places), HelperUse::Named { bases } if bases.contains(&journal.base));
    let remove_key = remove_key && !is_needed();
    if remove_key {
        keychain::forget(places)?;
    }
    let Some(earlier) = &pending.earlier else {
        files::remove_empty(journal.made_folders.iter().rev().map(Path::new));
        // A helper that nothing names and that has no key was installed by this change.
        let is_empty = || remove_key || helper::ask(places) == Answer::None;
        if journal.may_hold_key() && helper::is_left_over(places) && is_empty() {
            helper::remove(places)?;
        }
        return state::write_journal(places, None);
    };
    state::write_journal(places, Some(earlier))
}
