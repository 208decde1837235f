//! The key's part of a change: what the keychain held before, and how that comes back.

use airouter_core::finding::{Code, Finding};
use airouter_core::keychain::Answer;
use airouter_core::secret::Secret;
use airouter_core::undo::KeyBefore;

use crate::places::Places;
use crate::{helper, keychain};

/// What was done to the helper and the keychain, to take it back.
pub(super) struct KeyChange {
    helper_was_there: bool,
    helper_installed: bool,
    /// What the keychain held before; nothing as long as nobody has asked.
    before: Option<Option<Secret>>,
    /// The keychain was asked to store another key. Whether it did, only the keychain knows.
    asked_to_store: bool,
    /// Another key came back than was stored: what it says cannot be relied on.
    unreliable: Option<Finding>,
}

impl KeyChange {
    /// Nothing is done yet.
    pub(super) fn new(places: &Places) -> Self {
        Self {
            helper_was_there: places.helper.exists(),
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

    /// Asks what the keychain holds before anything is stored over it.
    ///
    /// # Errors
    /// Why it does not say so: what it may hold must not be lost, so nothing is stored then.
    pub(super) fn look(&mut self, places: &Places) -> Result<KeyBefore, Finding> {
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

    /// Puts the keychain back as it was, and takes the helper away if it came with this change.
    ///
    /// # Errors
    /// Why that cannot be done, or why nobody can say that it is done.
    pub(super) fn roll_back(&self, places: &Places, new: &Secret, was_connected: bool) -> Result<(), Finding> {
        if let Some(finding) = &self.unreliable {
            return Err(finding.clone());
        }
        if self.asked_to_store {
            match (self.before.as_ref().and_then(Option::as_ref), keychain::read(places)) {
                // It is as before, or somebody else has stored another one meanwhile.
                (Some(before), Answer::Key(now)) if now == *before || now != *new => {}
                (None, Answer::Key(now)) if now != *new => {}
                (None, Answer::None) => {}
                (Some(before), _) => keychain::store(places, before)?,
                (None, Answer::Key(_)) => keychain::forget(places)?,
                (None, Answer::Unknown(finding)) => return Err(finding),
            }
        }
        let came_with_it = self.helper_installed && !self.helper_was_there && !was_connected;
        let holds_nothing = !matches!(self.before, Some(Some(_)));
        if came_with_it && holds_nothing { helper::remove(places) } else { Ok(()) }
    }
}
