//! The key's part of a change: what the keychain held before, and how it is rolled back.

use airouter_core::finding::{Code, Finding};
use airouter_core::keychain::Answer;
use airouter_core::secret::Secret;
use airouter_core::undo::KeyBefore;

use crate::places::Places;
use crate::{helper, keychain};

/// What was done to the helper and the keychain, for the rollback.
pub(super) struct KeyChange {
    helper_was_there: bool,
    helper_installed: bool,
    /// What the keychain held before (inner `None`: no key); outer `None` until it was read.
    before: Option<Option<Secret>>,
    /// The keychain was asked to store another key; it may or may not have done so.
    asked_to_store: bool,
    /// The keychain returned another key than was stored, so its answers cannot be relied on.
    unreliable: Option<Finding>,
}

impl KeyChange {
    /// A change in which nothing is done yet.
    pub(super) fn new(places: &Places) -> Self {
        Self {
            helper_was_there: helper::is_there(places),
            helper_installed: false,
            before: None,
            asked_to_store: false,
            unreliable: None,
        }
    }

    /// Installs the helper.
    ///
    /// # Errors
    /// See [`helper::install`].
    pub(super) fn install_helper(&mut self, places: &Places) -> Result<(), Finding> {
        self.helper_installed = true;
        helper::install(places)
    }

    /// Reads what the keychain holds, before it is overwritten. Returns it in the form that the journal records.
    ///
    /// # Errors
    /// Why the keychain cannot be read. Nothing is stored then, so that a key that it may hold is not lost.
    pub(super) fn read_before(&mut self, places: &Places) -> Result<KeyBefore, Finding> {
        let (before, noted) = match keychain::read(places) {
            Answer::Key(key) => {
                let noted = KeyBefore::Key(key.masked());
                (Some(key), noted)
            }
            Answer::None => (None, KeyBefore::None),
            Answer::Unknown(finding) => return Err(finding),
        };
        self.before = Some(before);
        Ok(noted)
    }

    /// Stores the key.
    ///
    /// # Errors
    /// See [`keychain::store`].
    pub(super) fn store(&mut self, places: &Places, key: &Secret) -> Result<(), Finding> {
        self.asked_to_store = true;
        let stored = keychain::store(places, key);
        self.unreliable = stored.as_ref().err().filter(|finding| finding.code == Code::KeyDiffers).cloned();
        stored
    }

    /// Restores the keychain's former content, and removes the helper if this change installed it.
    ///
    /// # Errors
    /// Why it cannot be restored, or why that cannot be verified.
    pub(super) fn roll_back(&self, places: &Places, new: &Secret, was_connected: bool) -> Result<(), Finding> {
        if let Some(finding) = &self.unreliable {
            return Err(finding.clone());
        }
        if self.asked_to_store {
            match (self.before.as_ref().and_then(Option::as_ref), keychain::read(places)) {
                // Nothing to restore: the key is the former one, or another program has stored its own meanwhile.
                (Some(before), Answer::Key(now)) if now == *before || now != *new => {}
                (None, Answer::Key(now)) if now != *new => {}
                (None, Answer::None) => {}
                (Some(before), _) => keychain::store(places, before)?,
                (None, Answer::Key(_)) => keychain::forget(places)?,
                (None, Answer::Unknown(finding)) => return Err(finding),
            }
        }
        let is_new_helper = self.helper_installed && !self.helper_was_there && !was_connected;
        let holds_nothing = !matches!(self.before, Some(Some(_)));
        if is_new_helper && holds_nothing { helper::remove(places) } else { Ok(()) }
    }
}
