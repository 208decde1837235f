//! Decides what is done with a change that is under way; every verb uses this one table.
//!
//! Connecting, leaving and undoing are transactions over Claude's files and the keychain. The journal holds
//! what is needed to revert each before it begins, so after an interruption it says which [`Stage`] was
//! reached. What is done then depends only on the verb and the keychain's answer:
//!
//! | stage | keychain | start, apply, repair, clean | undo, leave |
//! |---|---|---|---|
//! | nothing, connected, left | – | the verb's own work | the verb's own work |
//! | changing, every value written | – | completed | everything is reverted |
//! | changing, a previous key is gone from the profile | – | completed: no copy of that key is left | everything is reverted |
//! | changing, no key involved or the keychain not asked yet | – | rolled back | everything is reverted |
//! | changing | the new key, over another one | completed: the old address never gets the new key | everything is reverted |
//! | changing | the new key, none before | rolled back, and the new key is removed | everything is reverted |
//! | changing | the previous key, or none | rolled back, the keychain is not changed | everything is reverted |
//! | changing | a third key where a connection had another | waits: the owner of that key is unknown | everything is reverted |
//! | changing | no answer | waits | reverted; the key is recorded and removed later |
//! | undoing | – | continues | continues |
//! | unreadable journal | – | refused | undo is refused; leave sets the journal aside and leaves |
//!
//! Nothing is decided while Claude runs, because Claude saves its settings when it quits. A file that cannot
//! be read now is never treated as a missing one: a rollback waits for it, an undo reverts everything else
//! and records it.

use crate::claude::library::FileFact;
use crate::finding::Finding;
use crate::keychain::{Answer, another_key};
use crate::secret::MaskedKey;
use crate::undo::KeyPlace;
use crate::undo::{Journal, KeyBefore};

/// The progress that the journal records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// There is no journal: this program has written nothing.
    Nothing,
    /// A gateway is connected.
    Connected,
    /// Claude was returned to Anthropic's own sign-in.
    Left,
    /// A change is under way.
    Changing,
    /// An undo is under way or could not be finished yet.
    Undoing,
}

impl Stage {
    /// The stage of a journal.
    pub fn of(journal: Option<&Journal>) -> Self {
        match journal {
            None => Self::Nothing,
            Some(journal) if journal.undoing => Self::Undoing,
            Some(journal) if journal.pending.is_some() => Self::Changing,
            Some(journal) if journal.is_connection() => Self::Connected,
            Some(_) => Self::Left,
        }
    }
}

/// What is done with a change under way before a start, an apply, a repair or a clean continues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Nothing is under way.
    Nothing,
    /// The missing values are written.
    Complete,
    /// The previous values are written.
    RollBack {
        /// True when this change stored the key where there was none before; the key is removed.
        remove_key: bool,
    },
    /// The undo continues.
    Undo,
    /// Nothing is done until the keychain answers.
    Wait(Finding),
}

/// What Claude's files show of a change under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Every value is written.
    Written,
    /// A key that was in the profile before is gone from it.
    KeyReplaced,
    /// Neither.
    Open,
}

impl Progress {
    /// Reads it from the files. `now` gives the present state of a file by its path.
    pub fn of(journal: &Journal, now: impl Fn(&str) -> FileFact) -> Self {
        match &journal.pending {
            Some(pending) if pending.is_done(&now) => Self::Written,
            Some(pending) if pending.has_replaced_key(journal.key.as_ref(), &now) => Self::KeyReplaced,
            _ => Self::Open,
        }
    }
}

/// Decides by the table above. `keychain` is called only where its answer counts.
pub fn decide(journal: &Journal, files: Progress, keychain: impl FnOnce() -> Answer<MaskedKey>) -> Decision {
    let pending = match (Stage::of(Some(journal)), &journal.pending) {
        (Stage::Undoing, _) => return Decision::Undo,
        (_, None) => return Decision::Nothing,
        (_, Some(pending)) => pending,
    };
    let with_keychain = journal.is_connection() && journal.key_place == KeyPlace::Keychain;
    // The key is stored before the first file is written; where no file has to change, only the keychain
    // shows the progress.
    let only_the_key = with_keychain && pending.files.iter().all(|file| file.edits.is_empty());
    if files == Progress::KeyReplaced || (files == Progress::Written && !only_the_key) {
        return Decision::Complete;
    }
    if !with_keychain || pending.key_before == KeyBefore::NotAsked {
        return Decision::RollBack { remove_key: false };
    }
    let earlier = pending.earlier.as_ref().filter(|earlier| earlier.may_hold_key());
    let connected = earlier.and_then(|earlier| earlier.key.clone());
    let before = match &pending.key_before {
        // A journal of a version that did not record it: the earlier connection's key was stored.
        KeyBefore::NotNoted => connected.clone().map_or(KeyBefore::None, KeyBefore::Key),
        noted => noted.clone(),
    };
    match keychain() {
        Answer::Unknown(finding) => Decision::Wait(finding),
        Answer::Key(now) if Some(&now) == journal.key.as_ref() => match before {
            KeyBefore::Key(before) if before == now => Decision::RollBack { remove_key: false },
            KeyBefore::Key(_) => Decision::Complete,
            KeyBefore::None | KeyBefore::NotNoted | KeyBefore::NotAsked => Decision::RollBack { remove_key: true },
        },
        Answer::Key(now) if connected.is_some_and(|connected| connected != now) => Decision::Wait(another_key()),
        Answer::Key(_) | Answer::None => Decision::RollBack { remove_key: false },
    }
}

#[cfg(test)]
mod tests;
