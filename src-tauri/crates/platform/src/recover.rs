//! The next start after a sudden end: a power cut, a killed program, a full disk.
//!
//! The journal says what was under way, and [`airouter_core::transaction`] what becomes of it. This carries
//! it out. What cannot be settled now waits, and says for what.

use std::path::Path;

use airouter_core::finding::{Code, Finding};
use airouter_core::keychain::Answer;
use airouter_core::transaction::{Decision, Progress, decide};
use airouter_core::undo::{Journal, KeyBefore, Pending, plan_rollback};
use airouter_core::view::KeyPlace;

use crate::files;
use crate::helper::Naming;
use crate::places::{Places, library_in};
use crate::restore::{self, Seen};
use crate::{claude, helper, keychain, observe, state};

/// What every start begins with: settles a sudden end, then brings the helper program up to date.
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

/// A profile of ours with a key in it is its owner's alone, whoever has opened it since.
fn close_profile(places: &Places, journal: &Journal) {
    if journal.is_connection() && journal.key_place == KeyPlace::Profile && journal.pending.is_none() {
        for root in places.roots() {
            // One that cannot be closed is no worse than before; the next writing says why.
            let _ = files::make_private(&library_in(root).join(format!("{}.json", journal.profile_id)));
        }
    }
}

/// Settles what a sudden end left half done, and says so. Nothing is done while another copy works or
/// Claude runs, or while what it depends on cannot be asked; then an `Interrupted` finding blocks.
pub fn recover(places: &Places) -> Option<Finding> {
    let _lock = state::lock(places).ok()?;
    within_lock(places)
}

/// The same for who holds the lock already.
pub(crate) fn within_lock(places: &Places) -> Option<Finding> {
    let places = &places.resolved();
    remove_leftovers(places);
    let mut said = None;
    // What is rolled back may itself have come upon a journal with something left to do.
    for _ in 0..MOST_IN_A_ROW {
        let Some(journal) = state::journal(places).ok().flatten().filter(|it| it.pending.is_some() || it.undoing)
        else {
            break;
        };
        let finding = recover_one(places, &journal);
        let is_settled = finding.code == Code::Resumed;
        said = Some(finding);
        if !is_settled {
            break;
        }
    }
    said
}

/// How many changes may wait one within the other: a connection, over what an undo had left.
const MOST_IN_A_ROW: usize = 3;

fn recover_one(places: &Places, journal: &Journal) -> Finding {
    let is_of_claude = !journal.is_key_alone();
    if is_of_claude && claude::locate(places).is_some_and(|install| claude::is_running(&install)) {
        return Finding::new(Code::Interrupted).with("because", "claude-runs");
    }
    let had_helper = places.helper.exists();
    resume(places, journal).unwrap_or_else(|finding| {
        // It came back only to ask.
        if !had_helper {
            let _ = files::remove(&places.helper);
        }
        keep_apart(places, journal);
        interrupted(&finding)
    })
}

/// While a change waits half done, Claude must not get the new key for the old address. Where a profile with
/// another address names the helper and the keychain may hold the new key, the helper is taken away: no key
/// is lost by that, Claude gets none, and the helper is back as soon as the change is settled.
pub(crate) fn keep_apart(places: &Places, journal: &Journal) {
    let Some(pending) = &journal.pending else { return };
    let was_asked = !matches!(pending.key_before, KeyBefore::NotAsked);
    let is_same_key = pending.earlier.as_ref().is_some_and(|earlier| earlier.key == journal.key);
    if !was_asked || is_same_key || journal.key_place != KeyPlace::Keychain {
        return;
    }
    let leads_elsewhere =
        matches!(helper::naming(places), Naming::Named { bases } if bases.iter().any(|base| *base != journal.base));
    let may_be_the_new_one = || match keychain::read(places).masked() {
        Answer::Key(now) => Some(&now) == journal.key.as_ref(),
        Answer::None => false,
        Answer::Unknown(_) => true,
    };
    if leads_elsewhere && places.helper.exists() && may_be_the_new_one() {
        let _ = files::remove(&places.helper);
    }
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
    match (decide(journal, Progress::of(journal, observe::now), || helper::ask(places).masked()), &journal.pending) {
        (Decision::Undo, _) => {
            let undone = restore::give_everything_back(places, journal)?;
            Ok(if undone.is_remembered { undone.unfinished } else { resumed("undone") })
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

/// Writes what is missing. A damaged file is kept aside first; gives the path of it, if there was one.
fn complete(places: &Places, journal: &Journal, pending: &Pending) -> Result<Option<String>, Finding> {
    let changed = || Finding::new(Code::ChangedMeanwhile);
    let seen = Seen::default();
    let texts = pending
        .completion(|path| seen.look(path))
        .map_err(|path| Finding::new(Code::FileNotUnderstood).with("path", path))?;
    let mut settled = Journal { pending: None, ..journal.clone() };
    let mut set_aside = None;
    for (name, document) in texts {
        let (path, fact) = (Path::new(&name), seen.look(&name));
        if fact.text() == Some(document.text()) {
            continue;
        }
        if fact.is_damaged() {
            let copy = files::free_name(path, "damaged");
            files::keep_aside(path, &copy).map_err(|error| files::cannot_write(&copy, &error))?;
            for file in settled.files.iter_mut().filter(|file| file.path == name && file.existed) {
                file.kept_aside = Some(copy.to_string_lossy().into_owned());
            }
            set_aside = Some(name.clone());
        }
        let done = restore::replace(path, &fact, &document).map_err(|error| files::cannot_write(path, &error))?;
        if !done {
            return Err(changed().with("path", name));
        }
    }
    state::keep_journal(places, Some(&settled))?;
    Ok(set_aside)
}

fn roll_back(places: &Places, journal: &Journal, pending: &Pending, remove_key: bool) -> Result<(), Finding> {
    let plan = restore::restore(|now| plan_rollback(journal, pending, now))?;
    if let Some(finding) = plan.findings.into_iter().find(|finding| finding.code == Code::FileNotUnderstood) {
        return Err(finding);
    }
    restore::give_modes_back(&pending.files)?;
    // The key of an address that is still selected stays, whoever stored it.
    let is_needed = || matches!(helper::naming(places), Naming::Named { bases } if bases.contains(&journal.base));
    let remove_key = remove_key && !is_needed();
    if remove_key {
        keychain::forget(places)?;
    }
    let Some(earlier) = &pending.earlier else {
        files::remove_empty(journal.made_folders.iter().rev().map(Path::new));
        // A helper that nothing names, and that has nothing to give, was put there by this change.
        let is_empty = || remove_key || helper::ask(places) == Answer::None;
        if journal.may_hold_key() && helper::is_left_over(places) && is_empty() {
            helper::remove(places)?;
        }
        return state::keep_journal(places, None);
    };
    state::keep_journal(places, Some(earlier))
}
