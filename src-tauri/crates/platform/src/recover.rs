//! The next start after a sudden end: a power cut, a killed program, a full disk.
//!
//! The journal says what was under way. Usually it is taken back, so that everything is as before. It
//! is completed where the new key has already taken the place of another one in the keychain: the old
//! address must not get the new key.

use std::path::Path;

use airouter_core::finding::{Code, Finding};
use airouter_core::undo::{Journal, Pending, plan_rollback};
use airouter_core::view::KeyPlace;

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

/// Takes back or completes what a sudden end left half done, and says so. Nothing is done while
/// another copy works or Claude runs; then an `Interrupted` finding blocks.
pub fn recover(places: &Places) -> Option<Finding> {
    let _lock = state::lock(places).ok()?;
    within_lock(places)
}

/// The same for who holds the lock already.
pub(crate) fn within_lock(places: &Places) -> Option<Finding> {
    let places = &places.settled();
    let claudes = places.roots().flat_map(|root| [root.clone(), library_in(root)]);
    for folder in claudes.chain([places.state.clone()]) {
        files::remove_leftovers(&folder);
    }
    let journal = state::journal(places).ok()??;
    if journal.pending.is_none() && !journal.undoing {
        return None;
    }
    if claude::locate(places).is_some_and(|install| claude::is_running(&install)) {
        return Some(Finding::new(Code::Interrupted));
    }
    Some(match resume(places, &journal) {
        Ok(how) => Finding::new(Code::Resumed).with("how", how),
        Err(finding) => Finding::new(Code::Interrupted).with("because", finding.code.number()),
    })
}

fn resume(places: &Places, journal: &Journal) -> Result<&'static str, Finding> {
    if journal.undoing {
        return undo::take_everything_back(places, journal).map(|_| "undone");
    }
    let Some(pending) = &journal.pending else { return Ok("nothing") };
    if pending.is_done(observe::now) {
        keep(places, journal).map(|()| "completed")
    } else if must_go_on(places, journal, pending) {
        complete(places, journal, pending).map(|()| "completed")
    } else {
        take_back(places, journal, pending).map(|()| "taken-back")
    }
}

/// True when another key than the earlier one is in the keychain already.
fn must_go_on(places: &Places, journal: &Journal, pending: &Pending) -> bool {
    let Some(earlier) = &pending.earlier else { return false };
    journal.key_place == KeyPlace::Keychain
        && earlier.key != journal.key
        && keychain::read(places).ok().map(|key| key.face()) == journal.key
}

fn complete(places: &Places, journal: &Journal, pending: &Pending) -> Result<(), Finding> {
    let changed = || Finding::new(Code::ChangedMeanwhile);
    let seen = Seen::default();
    let texts = pending.completion(|path| seen.look(path)).ok_or_else(changed)?;
    for (path, document) in texts {
        let done = undo::replace(Path::new(&path), &seen.look(&path), &document)
            .map_err(|error| Finding::new(Code::CannotWrite).with("path", &path).with("reason", error))?;
        if !done {
            return Err(changed().with("path", path));
        }
    }
    keep(places, journal)
}

fn keep(places: &Places, journal: &Journal) -> Result<(), Finding> {
    state::keep_journal(places, Some(&Journal { pending: None, ..journal.clone() }))
}

fn take_back(places: &Places, journal: &Journal, pending: &Pending) -> Result<(), Finding> {
    undo::restore(|now| plan_rollback(journal, pending, now))?;
    let Some(earlier) = &pending.earlier else {
        remove_empty(journal.made_folders.iter().rev().map(Path::new));
        if let Some(finding) = undo::let_go_of_key(places, Some(&journal.profile_id))? {
            tracing::warn!(code = finding.code.number(), "the key stays in the keychain");
        }
        return state::keep_journal(places, None);
    };
    state::keep_journal(places, Some(earlier))
}
