//! The one table by which every verb decides what becomes of a change that is under way.
//!
//! Connecting, leaving and undoing are transactions over Claude's files and the keychain. Each has its
//! undo in the journal before it begins, so after a sudden end the journal says which [`Stage`] was
//! reached. What is then done depends on the verb, on what the keychain answers, and on nothing else:
//!
//! | stage | keychain | start, apply, repair, clean | undo, leave |
//! |---|---|---|---|
//! | nothing, connected, left | – | the verb's own work | the verb's own work |
//! | changing, every value written | – | completed | all of it is given back |
//! | changing, a key of before is gone from the profile | – | completed: nobody has that key any more | all of it is given back |
//! | changing, no key involved or the keychain not asked yet | – | rolled back | all of it is given back |
//! | changing | the new key, over another one | completed: the old address never gets the new key | all of it is given back |
//! | changing | the new key, none before | rolled back, and the new key is removed | all of it is given back |
//! | changing | the key of before, or none | rolled back, the keychain is left alone | all of it is given back |
//! | changing | a third key where a connection had another | waits: it may be anybody's | all of it is given back |
//! | changing | no answer | waits | given back; the key is remembered and removed later |
//! | undoing | – | goes on | goes on |
//! | unreadable journal | – | refused | undo is refused; leave sets the journal aside and leaves |
//!
//! While Claude runs nothing is settled, because Claude saves its settings when it quits. A file that
//! cannot be read now is never taken for one that is not there: a roll-back waits for it, an undo gives
//! back everything else and remembers it.

use crate::claude::library::FileFact;
use crate::finding::Finding;
use crate::keychain::{Answer, another_key};
use crate::secret::MaskedKey;
use crate::undo::KeyPlace;
use crate::undo::{Journal, KeyBefore};

/// How far the journal says that things have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// There is no journal: nothing of this program's is written.
    Nothing,
    /// A gateway is connected.
    Connected,
    /// Claude was led back to Anthropic's own sign-in.
    Left,
    /// A change is under way.
    Changing,
    /// Everything is being given back, or could not be given back yet.
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

/// What is done with a change that is under way before a start, an apply, a repair or a clean goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Nothing is under way.
    Nothing,
    /// What is missing is written.
    Complete,
    /// The values of before are written.
    RollBack {
        /// The key was stored by this change where none was before, and is removed.
        remove_key: bool,
    },
    /// Giving back goes on.
    Undo,
    /// Nothing is done until the keychain answers.
    Wait(Finding),
}

/// What Claude's files say of a change that is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Every value is in its file.
    Written,
    /// A key that stood in the profile before is gone from it.
    KeyReplaced,
    /// Neither.
    Open,
}

impl Progress {
    /// Reads it off the files. `now` tells what a file is now.
    pub fn of(journal: &Journal, now: impl Fn(&str) -> FileFact) -> Self {
        match &journal.pending {
            Some(pending) if pending.is_done(&now) => Self::Written,
            Some(pending) if pending.has_replaced_key(journal.key.as_ref(), &now) => Self::KeyReplaced,
            _ => Self::Open,
        }
    }
}

/// Decides by the table above. `keychain` is asked only where its answer counts.
pub fn decide(journal: &Journal, files: Progress, keychain: impl FnOnce() -> Answer<MaskedKey>) -> Decision {
    let pending = match (Stage::of(Some(journal)), &journal.pending) {
        (Stage::Undoing, _) => return Decision::Undo,
        (_, None) => return Decision::Nothing,
        (_, Some(pending)) => pending,
    };
    let with_keychain = journal.is_connection() && journal.key_place == KeyPlace::Keychain;
    // The key is stored before the first file is written; where no file had to change, only the keychain
    // knows.
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
        // A journal of a version that did not note it: the earlier connection's key is what was there.
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
