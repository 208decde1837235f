//! Rules about what must be preserved: keys with their addresses, files of other programs, the journal; and about what
//! must not be left behind.

use crate::claude::{self, SelectedGateway};
use crate::expected::{Expected, is_temporary};
use crate::home::Tree;
use crate::product::{End, Gateway, JournalState, Report, Verb};
use crate::rules::Judge;
use crate::states::HEADER;

impl Judge<'_> {
    /// The old address never gets the new key, and no working key is deleted.
    pub(crate) fn keys(&mut self) {
        if !self.home.keychain.is_own_entry_whole() {
            self.violation("the person's own entry is touched", "");
        }
        let is_killed = self.report.is_none();
        if let Some((base, key)) = self.now.wrong_key()
            && !is_killed
        {
            let is_as_before = self.before.wrong_key() == Some((base.clone(), key.clone()));
            let is_reported = self.report.is_some_and(Report::blocks);
            if !is_as_before {
                self.violation("an address with another's key", format!("{base} has {key}"));
            } else if !is_reported {
                self.violation("an address with another's key, unsaid", format!("{base} has {key}"));
            }
        }
        let (earlier, later) = (self.before.key(), self.now.key());
        if earlier.is_none() || earlier == later {
            return;
        }
        let has_succeeded =
            self.report.is_none_or(|report| matches!(report.end, End::Written | End::Undone | End::Cleaned));
        let may_recover = self.before.journal_state() == JournalState::Pending;
        // A new address that could not be rolled back keeps its key, and the report says so.
        let waits = self.report.is_some_and(Report::is_interrupted);
        // An incomplete undo may remove the key together with its profile or its address; the journal keeps the rest.
        let is_of_key = |base: &String| earlier.as_deref().is_some_and(|key| claude::fits(base, key));
        let is_going_back =
            matches!(self.verb, Verb::Undo | Verb::Leave) && !self.now.bases_of_helper().iter().any(is_of_key);
        if later.is_none() {
            let fits = |selected: SelectedGateway| {
                selected.names_helper && earlier.as_deref().is_some_and(|key| claude::fits(&selected.base, key))
            };
            if self.now.selected_gateway().is_some_and(fits) {
                self.violation("the key of a selected profile is deleted", "");
            } else if self.before.is_working() && !has_succeeded && !may_recover && !is_going_back {
                self.violation("a working key is deleted", "by a verb that did not succeed");
            }
        } else if self.before.is_working() && !self.now.is_working() && !is_killed && !may_recover && !waits {
            self.violation("a working key is replaced by one that does not fit", later.unwrap_or_default());
        } else if self.before.is_working() && !has_succeeded && !may_recover && !waits {
            self.violation("a working key is replaced", "by a verb that did not succeed");
        } else if later.as_deref().and_then(Gateway::of_key).is_none() {
            self.violation("what is no key is stored", later.unwrap_or_default());
        }
    }

    /// Files of other programs are never lost.
    pub(crate) fn files(&mut self, expected: &Expected, before: &Tree, now: &Tree) {
        for (path, damaged) in &expected.damaged_files {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if now.get(path) == Some(&damaged.present) {
                continue;
            }
            // A file that only this program made may be removed, whatever happened to it.
            let is_ours_alone = !expected.baseline.contains_key(path)
                && (damaged.is_empty
                    || path.starts_with(self.home.places.library()) && *path != self.home.places.meta());
            if is_ours_alone && (damaged.is_empty || !now.contains_key(path)) {
                continue;
            }
            if !damaged.is_empty {
                self.violation("a file that was not understood is changed", name);
                continue;
            }
            let bytes = damaged.present.bytes().unwrap_or_default();
            let is_kept =
                bytes.is_empty() || now.iter().any(|(other, node)| other != path && node.bytes() == Some(bytes));
            if !is_kept {
                self.violation("a file of nothing but NUL is not kept", name.clone());
            }
            if self.report.is_some_and(|report| !report.names(&name)) && now.contains_key(path) {
                self.violation("an empty file is replaced unsaid", name);
            }
        }
        // Profiles of other programs: those of the baseline, and those that were added since.
        for (path, node) in before {
            let is_profile = path.starts_with(self.home.places.library()) && *path != self.home.places.meta();
            let is_others = is_profile && node.bytes().is_some() && expected.baseline.contains_key(path);
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let is_adopted = [self.before.journal(), self.now.journal()]
                .into_iter()
                .flatten()
                .any(|journal| String::from_utf8_lossy(journal).contains(&format!("\"profile_id\": \"{name}\"")))
                || node.bytes().is_some_and(|bytes| {
                    String::from_utf8_lossy(bytes).contains(&*self.home.places.helper.to_string_lossy())
                });
            if is_others && !is_adopted && !expected.damaged_files.contains_key(path) && now.get(path) != Some(node) {
                self.violation("another's profile is changed", path.display().to_string());
            }
        }
    }

    /// A journal that cannot be read is kept, possibly under another name.
    pub(crate) fn journal_state(&mut self) {
        let Some(journal) = self.before.journal() else { return };
        if self.before.journal_state() == JournalState::Unreadable && !journal.iter().all(|byte| *byte == 0) {
            let now = crate::home::tree(&self.home.places.state);
            if !now.values().any(|node| node.bytes() == Some(journal)) {
                self.violation("a journal that cannot be read is thrown away", "");
            }
        }
    }

    /// No temporary file remains, and no key is where none belongs.
    pub(crate) fn leftovers(&mut self, before: &Tree, now: &Tree) {
        let is_blocked = self.report.is_some_and(Report::is_interrupted);
        for (path, node) in now {
            // What an earlier interruption left behind is removed by the next start.
            let is_new = !before.contains_key(path) || self.verb == Verb::Start;
            if is_temporary(path) && is_new && !is_blocked {
                self.violation("a temporary file is left", path.display().to_string());
            }
            let Some(bytes) = node.bytes() else { continue };
            if path.starts_with(self.home.folder().join("keychain")) {
                continue;
            }
            let text = String::from_utf8_lossy(bytes);
            let holds_key = Gateway::ALL.iter().any(|gateway| text.contains(gateway.key()));
            if text.contains(HEADER) && path.starts_with(&self.home.places.state) {
                self.violation("a secret of a profile is in a file of ours", path.display().to_string());
            }
            let was_open = before.get(path).is_some_and(|node| node.mode() & 0o077 != 0);
            if holds_key && node.mode() & 0o077 != 0 && !was_open {
                self.violation("others may read a key", path.display().to_string());
            }
            if holds_key && !path.starts_with(self.home.places.library()) {
                self.violation("a key is in a file", path.display().to_string());
            }
        }
    }
}
