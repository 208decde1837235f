//! Writes Claude's files one by one and remembers each former content, so that a failure half-way can be rolled
//! back exactly.

use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use airouter_core::change::{Content, Edit, FileChange, Target};
use airouter_core::claude::library::FileFact;
use airouter_core::finding::{Code, Finding};
use airouter_core::json::Document;
use airouter_core::secret::Secret;
use airouter_core::view::FileRole;
use zeroize::Zeroize;

use crate::files::{self, Former, Privacy, Replaced};
use crate::places::{Places, library_in, root_of};

/// Claude saves its settings while it quits, and a late process may write once more; after this time the files
/// are verified a second time (G: two seconds).
const SETTLING_TIME: Duration = Duration::from_secs(2);

/// Checks, before anything is changed, whether all files can be written.
///
/// # Errors
/// `CannotWrite` for the first file that cannot, with the system's reason.
pub(super) fn may_write(changes: &[FileChange]) -> Result<(), Finding> {
    changes.iter().try_for_each(|change| {
        let path = Path::new(&change.path);
        files::may_replace(path).map_err(|error| files::cannot_write(path, &error))
    })
}

/// How often a write is tried again because another program wrote the file in the same moment.
const TRIES: usize = 20;

/// The files that are to be written and those that were written so far.
pub(super) struct Writing {
    ready: Vec<Written>,
    written: Vec<Written>,
    made_folders: Vec<PathBuf>,
}

/// One file with its content before and after.
struct Written {
    path: PathBuf,
    change: FileChange,
    before: FileFact,
    after: Document,
    former: Former,
}

impl Writing {
    /// Nothing is prepared or written yet.
    pub(super) fn new(places: &Places) -> Self {
        Self { ready: Vec::new(), written: Vec::new(), made_folders: folders_to_make(places) }
    }

    /// Computes all new contents before the first file is written: reading a long list takes a while, and the
    /// writes should follow each other closely.
    ///
    /// # Errors
    /// `FileNotUnderstood`, or `ChangedMeanwhile` for a file whose values are not those that were planned for.
    pub(super) fn prepare(&mut self, changes: &[FileChange], key: Option<&Secret>) -> Result<(), Finding> {
        // A change without edits only records the mode.
        for change in changes.iter().filter(|change| !change.existed || !change.edits.is_empty()) {
            self.ready.push(Self::ready(change, key)?);
        }
        Ok(())
    }

    /// Writes the files in the order of the plan. Other values that other programs write meanwhile are kept.
    ///
    /// # Errors
    /// `CannotWrite`, or `ChangedMeanwhile` when another program changed the same values or never stops writing.
    pub(super) fn write(&mut self, key: Option<&Secret>) -> Result<(), Finding> {
        std::mem::take(&mut self.ready).into_iter().try_for_each(|ready| self.write_one(ready, key))
    }

    fn ready(change: &FileChange, key: Option<&Secret>) -> Result<Written, Finding> {
        let path = PathBuf::from(&change.path);
        let before = files::inspect(&path, root_of(&path));
        let document = before
            .document()
            .map_err(|error| Finding::new(Code::FileNotUnderstood).with("path", &change.path).with("reason", error))?;
        if !is_as_planned(change, &before, &document) {
            return Err(Finding::new(Code::ChangedMeanwhile).with("path", &change.path));
        }
        let after = change.apply(&document, key);
        Ok(Written { path, change: change.clone(), before, after, former: Former::default() })
    }

    fn write_one(&mut self, mut ready: Written, key: Option<&Secret>) -> Result<(), Finding> {
        // A profile may hold a key, now or later: Claude makes its own profiles readable for the owner only (OD).
        let is_profile = ready.change.role == FileRole::Profile;
        let privacy = if is_profile { Privacy::OwnerOnly } else { Privacy::AsBefore };
        if let Some(copy) = ready.change.kept_aside.as_ref().filter(|_| ready.before.is_damaged()) {
            let copy = Path::new(copy);
            files::back_up(&ready.path, copy).map_err(|error| {
                // The copy may exist in spite of the error, and is not needed: the file itself was not touched.
                let _ = files::remove(copy);
                files::cannot_write(copy, &error)
            })?;
        }
        for _ in 0..TRIES {
            let done = files::replace_if(&ready.path, &ready.before, ready.after.text().as_bytes(), privacy);
            match done.map_err(|error| files::cannot_write(&ready.path, &error)) {
                Ok(Replaced::Done(former)) => {
                    self.written.push(Written { former, ..ready });
                    return Ok(());
                }
                Ok(Replaced::Overtaken) => ready = Self::ready(&ready.change, key)?,
                Err(finding) => {
                    // The error may have come after the rename, so this file is rolled back too.
                    self.written.push(ready);
                    return Err(finding);
                }
            }
        }
        Err(Finding::new(Code::ChangedMeanwhile).with("path", ready.path.display()))
    }

    /// Reads every file again and compares; if Claude had been running, a second time after [`SETTLING_TIME`].
    ///
    /// # Errors
    /// `NotAsWritten` with the file that differs.
    pub(super) fn verify(&mut self, was_running: bool) -> Result<(), Finding> {
        self.compare()?;
        if was_running {
            thread::sleep(SETTLING_TIME);
            self.compare()?;
        }
        Ok(())
    }

    /// Checks that every value is as written; additions of other programs are allowed. Checks also that nothing
    /// was written to the replaced file after its replacement, because that would be lost.
    fn compare(&mut self) -> Result<(), Finding> {
        for written in &mut self.written {
            let now = files::inspect(&written.path, root_of(&written.path));
            let holds = written.is_whole(&now) || written.holds(&now);
            if !holds || written.was_written_into() {
                return Err(Finding::new(Code::NotAsWritten).with("path", written.path.display()));
            }
        }
        Ok(())
    }

    /// Restores every file, the last one first. Where other programs have written meanwhile, only our values
    /// are reverted.
    ///
    /// # Errors
    /// `CannotWrite` for a file that could not be restored; its former values are still in the journal.
    pub(super) fn roll_back(&mut self) -> Result<(), Finding> {
        let mut done = Ok(());
        for mut written in self.written.drain(..).rev() {
            if let Err(error) = roll_back(&mut written) {
                done = Err(files::cannot_write(&written.path, &error));
            }
            if let FileFact::Present(mut bytes) = written.before {
                bytes.zeroize();
            }
        }
        files::remove_empty(self.made_folders.iter().rev().map(PathBuf::as_path));
        done
    }
}

/// The folders that have to be created before Claude's files can be written, outermost first.
pub(super) fn folders_to_make(places: &Places) -> Vec<PathBuf> {
    places.roots().flat_map(|root| files::missing_folders(&library_in(root))).collect()
}

fn roll_back(written: &mut Written) -> io::Result<()> {
    let former = written.former.read().map(FileFact::Present);
    let before = former.unwrap_or_else(|| written.before.clone());
    for _ in 0..TRIES {
        let now = files::inspect(&written.path, root_of(&written.path));
        let target = if now == before {
            now.clone()
        } else if written.is_whole(&now) {
            before.clone()
        } else {
            written.without_our_values(&now)?
        };
        let is_done = match &target {
            target if *target == now => true,
            FileFact::Present(bytes) => {
                matches!(files::replace_if(&written.path, &now, bytes, Privacy::AsBefore)?, Replaced::Done(_))
            }
            FileFact::Absent => files::remove_if(&written.path, &now)?,
            FileFact::Irregular(what) => return Err(io::Error::other(*what)),
        };
        if !is_done {
            continue;
        }
        if let Some(mode) = written.change.mode {
            files::restore_mode(&written.path, mode)?;
        }
        if let Some(copy) = &written.change.kept_aside {
            files::remove(Path::new(copy))?;
        }
        return Ok(());
    }
    Err(io::Error::other("another program keeps writing this file"))
}

impl Written {
    /// True if the file is byte for byte as written.
    fn is_whole(&self, now: &FileFact) -> bool {
        matches!(now, FileFact::Present(bytes) if bytes == self.after.text().as_bytes())
    }

    /// True if every value is as written, whatever else was added.
    fn holds(&self, now: &FileFact) -> bool {
        now.document().is_ok_and(|now| self.change.edits.iter().all(|edit| self.is_ours(edit, &now)))
    }

    fn was_written_into(&mut self) -> bool {
        let former = self.former.read().map(FileFact::Present);
        former.is_some_and(|former| former != self.before)
    }

    /// True if a value is as it was written. An entry is ours by its id, whatever fields were added to it.
    fn is_ours(&self, edit: &Edit, now: &Document) -> bool {
        match (&edit.target, &edit.after) {
            (Target::Entry(_), Content::Plain(_)) => edit.target.read(now) != Content::Absent,
            (Target::Value(key), Content::Key) => now.get(key) == self.after.get(key),
            _ => edit.target.read(now) == edit.after,
        }
    }

    /// The present content, with our values reverted to what they were before.
    ///
    /// # Errors
    /// Why the file cannot be read or parsed; our values may still be in it.
    fn without_our_values(&self, now: &FileFact) -> io::Result<FileFact> {
        let present = now.document().map_err(|why| io::Error::other(why.to_string()))?;
        let Ok(before) = self.before.document() else { return Ok(now.clone()) };
        if now.is_absent() {
            return Ok(FileFact::Absent);
        }
        let mut edited = present.clone();
        for edit in self.change.edits.iter().filter(|edit| self.is_ours(edit, &present)) {
            edited = edit.target.copy(&before, &edited);
        }
        // A profile that we created is removed, whatever was changed in it since.
        let is_ours_alone = self.change.role == FileRole::Profile || edited.is_empty();
        if self.before.is_absent() && is_ours_alone {
            return Ok(FileFact::Absent);
        }
        Ok(FileFact::Present(edited.text().as_bytes().to_vec()))
    }
}

fn is_as_planned(change: &FileChange, fact: &FileFact, document: &Document) -> bool {
    change.existed != fact.is_absent() && change.edits.iter().all(|edit| edit.target.read(document) == edit.before)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// A plan to set the mode in a file that was, or was not, there.
    fn change(path: &Path, existed: bool) -> FileChange {
        let mode = Edit {
            target: Target::Value("deploymentMode".to_owned()),
            before: Content::Absent,
            after: Content::Plain(json!("3p")),
        };
        FileChange::new(FileRole::Mode, &path.display().to_string(), existed, vec![mode])
    }

    /// Carries out a plan for a file whose content is `text` meanwhile.
    fn write_over(planned_for_existing: bool, text: Option<&str>) -> (Result<(), Code>, Option<String>) {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_scratch(folder.path()).unwrap();
        let path = places.mode();
        if let Some(text) = text {
            files::replace(&path, text.as_bytes(), Privacy::AsBefore).unwrap();
        }
        let change = change(&path, planned_for_existing);
        let key = Secret::new("sk-0123456789".to_owned());
        let mut writing = Writing::new(&places);
        let done = writing
            .prepare(&[change], Some(&key))
            .and_then(|()| writing.write(Some(&key)))
            .map_err(|finding| finding.code);
        (done, fs_err::read_to_string(&path).ok())
    }

    #[test]
    fn what_was_planned_is_written() {
        assert_eq!(write_over(false, None), (Ok(()), Some("{\n  \"deploymentMode\": \"3p\"\n}".to_owned())));
        assert_eq!(write_over(true, Some("{\"a\":1}")).0, Ok(()));
    }

    #[test]
    fn what_is_read_back_must_be_what_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_scratch(folder.path()).unwrap();
        let mut writing = Writing::new(&places);
        writing.prepare(&[change(&places.mode(), false)], None).and_then(|()| writing.write(None)).unwrap();
        assert_eq!(writing.verify(false), Ok(()));
        fs_err::write(places.mode(), r#"{"deploymentMode":"1p"}"#).unwrap();
        let finding = writing.verify(false).unwrap_err();
        assert_eq!(finding.code, Code::NotAsWritten);
        assert_eq!(finding.evidence[0].value, places.mode().display().to_string());
    }

    #[test]
    fn a_file_that_came_went_or_changed_meanwhile_stops_the_plan() {
        for (planned_for_existing, text) in
            [(false, Some("{\"a\":1}")), (true, None), (true, Some("{\"deploymentMode\":\"1p\"}"))]
        {
            let (done, left) = write_over(planned_for_existing, text);
            assert_eq!((done, left.as_deref()), (Err(Code::ChangedMeanwhile), text));
        }
    }
}
