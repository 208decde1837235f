//! What must be kept: keys with their addresses, files of others, the program's memory; and what must
//! not be left lying about.

use crate::claude::{self, Led};
use crate::home::Tree;
use crate::product::{End, Gateway, Memory, Said, Verb};
use crate::rules::Judge;
use crate::states::HEADER;
use crate::world::{World, is_temporary};

impl Judge<'_> {
    /// The old address never with the new key; no working key deleted.
    pub(crate) fn keys(&mut self) {
        if !self.home.keychain.is_own_entry_whole() {
            self.is_broken("the person's own entry is touched", "");
        }
        let is_killed = self.said.is_none();
        if let Some((base, key)) = self.now.wrong_key()
            && !is_killed
        {
            let is_as_before = self.before.wrong_key() == Some((base.clone(), key.clone()));
            let is_said = self.said.is_some_and(Said::blocks);
            if !is_as_before {
                self.is_broken("an address with another's key", format!("{base} has {key}"));
            } else if !is_said {
                self.is_broken("an address with another's key, unsaid", format!("{base} has {key}"));
            }
        }
        let (earlier, later) = (self.before.key(), self.now.key());
        if earlier.is_none() || earlier == later {
            return;
        }
        let has_succeeded = self.said.is_none_or(|said| matches!(said.end, End::Written | End::Undone | End::Cleaned));
        let may_settle = self.before.memory() == Memory::Pending;
        // A new address that could not be taken back keeps its key, and that is said.
        let waits = self.said.is_some_and(Said::is_interrupted);
        // Half-way back the key goes with its profile, or with the address that it was for; what is left to do
        // is remembered.
        let is_of_key = |base: &String| earlier.as_deref().is_some_and(|key| claude::fits(base, key));
        let is_going_back =
            matches!(self.verb, Verb::Undo | Verb::Leave) && !self.now.bases_of_helper().iter().any(is_of_key);
        if later.is_none() {
            let fits =
                |led: Led| led.names_helper && earlier.as_deref().is_some_and(|key| claude::fits(&led.base, key));
            if self.now.led().is_some_and(fits) {
                self.is_broken("the key of a selected profile is deleted", "");
            } else if self.before.is_working() && !has_succeeded && !may_settle && !is_going_back {
                self.is_broken("a working key is deleted", "by a verb that did not succeed");
            }
        } else if self.before.is_working() && !self.now.is_working() && !is_killed && !may_settle && !waits {
            self.is_broken("a working key is replaced by one that does not fit", later.unwrap_or_default());
        } else if self.before.is_working() && !has_succeeded && !may_settle && !waits {
            self.is_broken("a working key is replaced", "by a verb that did not succeed");
        } else if later.as_deref().and_then(Gateway::of_key).is_none() {
            self.is_broken("what is no key is stored", later.unwrap_or_default());
        }
    }

    /// Files that others own are never lost.
    pub(crate) fn files(&mut self, world: &World, before: &Tree, now: &Tree) {
        for (path, wreck) in &world.wrecks {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if now.get(path) == Some(&wreck.wrecked) {
                continue;
            }
            // A file that only this program made goes with it, whatever became of it.
            let is_ours_alone = !world.baseline.contains_key(path)
                && (wreck.is_empty || path.starts_with(self.home.places.library()) && *path != self.home.places.meta());
            if is_ours_alone && (wreck.is_empty || !now.contains_key(path)) {
                continue;
            }
            if !wreck.is_empty {
                self.is_broken("a file that was not understood is changed", name);
                continue;
            }
            let bytes = wreck.wrecked.bytes().unwrap_or_default();
            let is_kept =
                bytes.is_empty() || now.iter().any(|(other, node)| other != path && node.bytes() == Some(bytes));
            if !is_kept {
                self.is_broken("a file of nothing but NUL is not kept", name.clone());
            }
            if self.said.is_some_and(|said| !said.names(&name)) && now.contains_key(path) {
                self.is_broken("an empty file is replaced unsaid", name);
            }
        }
        // Profiles of others: those of the baseline, and those that others made since.
        for (path, node) in before {
            let is_profile = path.starts_with(self.home.places.library()) && *path != self.home.places.meta();
            let is_others = is_profile && node.bytes().is_some() && world.baseline.contains_key(path);
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let is_adopted = [self.before.journal(), self.now.journal()]
                .into_iter()
                .flatten()
                .any(|journal| String::from_utf8_lossy(journal).contains(&format!("\"profile_id\": \"{name}\"")))
                || node.bytes().is_some_and(|bytes| {
                    String::from_utf8_lossy(bytes).contains(&*self.home.places.helper.to_string_lossy())
                });
            if is_others && !is_adopted && !world.wrecks.contains_key(path) && now.get(path) != Some(node) {
                self.is_broken("another's profile is changed", path.display().to_string());
            }
        }
    }

    /// What cannot be read of the journal stays somewhere.
    pub(crate) fn memory(&mut self) {
        let Some(journal) = self.before.journal() else { return };
        if self.before.memory() == Memory::Unreadable && !journal.iter().all(|byte| *byte == 0) {
            let now = crate::home::tree(&self.home.places.state);
            if !now.values().any(|node| node.bytes() == Some(journal)) {
                self.is_broken("a journal that cannot be read is thrown away", "");
            }
        }
    }

    /// No temporary file, and no key where none belongs.
    pub(crate) fn leftovers(&mut self, before: &Tree, now: &Tree) {
        let is_blocked = self.said.is_some_and(Said::is_interrupted);
        for (path, node) in now {
            // What an earlier end left behind goes with the next start.
            let is_new = !before.contains_key(path) || self.verb == Verb::Start;
            if is_temporary(path) && is_new && !is_blocked {
                self.is_broken("a temporary file is left", path.display().to_string());
            }
            let Some(bytes) = node.bytes() else { continue };
            if path.starts_with(self.home.folder().join("keychain")) {
                continue;
            }
            let text = String::from_utf8_lossy(bytes);
            let holds_key = Gateway::ALL.iter().any(|gateway| text.contains(gateway.key()));
            if text.contains(HEADER) && path.starts_with(&self.home.places.state) {
                self.is_broken("a secret of a profile is in a file of ours", path.display().to_string());
            }
            let was_open = before.get(path).is_some_and(|node| node.mode() & 0o077 != 0);
            if holds_key && node.mode() & 0o077 != 0 && !was_open {
                self.is_broken("others may read a key", path.display().to_string());
            }
            if holds_key && !path.starts_with(self.home.places.library()) {
                self.is_broken("a key is in a file", path.display().to_string());
            }
        }
    }
}
