//! Writing Claude's files one by one, remembering each as it was, so that a failure half-way leaves
//! exactly what was there before.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use airouter_core::change::{Content, FileChange};
use airouter_core::claude::library::FileFact;
use airouter_core::finding::{Code, Finding};
use airouter_core::json::Document;
use airouter_core::secret::Secret;
use zeroize::Zeroize;

use crate::fault;
use crate::files::{self, Privacy};
use crate::places::{Places, library_in, root_of};

/// Claude persists its settings on shutdown, and a late process may write once more; after this long
/// the files are read a second time (G: two seconds).
const SETTLING_TIME: Duration = Duration::from_secs(2);

/// What was written so far.
pub(super) struct Writing {
    written: Vec<Written>,
    made_folders: Vec<PathBuf>,
}

struct Written {
    path: PathBuf,
    before: Option<Vec<u8>>,
    after: Document,
}

impl Writing {
    /// Nothing is written yet.
    pub(super) fn new(places: &Places) -> Self {
        Self { written: Vec::new(), made_folders: folders_to_make(places) }
    }

    /// Writes the files in the order of the plan. A file that is not what it was when it was planned
    /// stops everything.
    pub(super) fn write(&mut self, changes: &[FileChange], key: &Secret) -> Result<(), Finding> {
        for change in changes {
            let path = PathBuf::from(&change.path);
            let fact = files::look(&path, root_of(&path));
            let document = fact.document().map_err(|error| {
                Finding::new(Code::FileNotUnderstood).with("path", &change.path).with("reason", error)
            })?;
            if !is_as_planned(change, &fact, &document) {
                return Err(Finding::new(Code::ChangedMeanwhile).with("path", &change.path));
            }
            let after = change.apply(&document, Some(key));
            let holds_key = change.edits.iter().any(|edit| edit.after == Content::Key);
            let privacy = if holds_key { Privacy::OwnerOnly } else { Privacy::AsBefore };
            let before = match fact {
                FileFact::Present(bytes) => Some(bytes),
                FileFact::Absent | FileFact::Strange(_) => None,
            };
            // Remembered first: a write that fails after its rename is taken back too.
            self.written.push(Written { path: path.clone(), before, after: after.clone() });
            files::replace(&path, after.text().as_bytes(), privacy)
                .map_err(|error| Finding::new(Code::CannotWrite).with("path", &change.path).with("reason", error))?;
        }
        Ok(())
    }

    /// Reads everything again and compares; a second time after a moment if Claude had been running.
    pub(super) fn verify(&self, was_running: bool) -> Result<(), Finding> {
        self.compare()?;
        if was_running {
            thread::sleep(SETTLING_TIME);
            self.compare()?;
        }
        Ok(())
    }

    fn compare(&self) -> Result<(), Finding> {
        for written in &self.written {
            let now = files::look(&written.path, root_of(&written.path));
            if now != FileFact::Present(written.after.text().as_bytes().to_vec()) {
                return Err(Finding::new(Code::NotAsWritten).with("path", written.path.display()));
            }
        }
        Ok(())
    }

    /// Puts every file back as it was, the last one first.
    ///
    /// # Errors
    /// The first file that could not be put back; the journal still knows its values.
    pub(super) fn take_back(&mut self) -> Result<(), Finding> {
        let mut done = Ok(());
        for written in self.written.drain(..).rev() {
            let back = match &written.before {
                Some(bytes) => files::replace(&written.path, bytes, Privacy::AsBefore),
                None => files::remove(&written.path),
            };
            if let Err(error) = back {
                let failed = Finding::new(Code::CannotWrite).with("path", written.path.display());
                done = Err(failed.with("reason", error));
            }
            if let Some(mut bytes) = written.before {
                bytes.zeroize();
            }
        }
        remove_empty(self.made_folders.iter().rev().map(PathBuf::as_path));
        done
    }
}

/// The folders that have to be made before Claude's files can be written, the outermost first.
pub(super) fn folders_to_make(places: &Places) -> Vec<PathBuf> {
    places.roots().flat_map(|root| files::missing_folders(&library_in(root))).collect()
}

/// Removes folders that are empty; others stay.
pub(crate) fn remove_empty<'a>(innermost_first: impl Iterator<Item = &'a Path>) {
    for folder in innermost_first {
        if fault::point("remove folder").is_ok() {
            let _ = fs_err::remove_dir(folder);
        }
    }
}

fn is_as_planned(change: &FileChange, fact: &FileFact, document: &Document) -> bool {
    change.existed != fact.is_absent() && change.edits.iter().all(|edit| edit.target.read(document) == edit.before)
}

#[cfg(test)]
mod tests {
    use super::*;
    use airouter_core::change::{Edit, Target};
    use airouter_core::view::FileRole;
    use serde_json::json;

    /// Plans to set the mode in a file that was, or was not, there; somebody meanwhile leaves `text`.
    fn write_over(planned_for_existing: bool, text: Option<&str>) -> (Result<(), Code>, Option<String>) {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_scratch(folder.path()).unwrap();
        let path = places.mode();
        if let Some(text) = text {
            files::replace(&path, text.as_bytes(), Privacy::AsBefore).unwrap();
        }
        let change = FileChange {
            role: FileRole::Mode,
            path: path.display().to_string(),
            existed: planned_for_existing,
            edits: vec![Edit {
                target: Target::Value("deploymentMode".to_owned()),
                before: Content::Absent,
                after: Content::Plain(json!("3p")),
            }],
            patch: None,
        };
        let key = Secret::new("sk-0123456789".to_owned());
        let done = Writing::new(&places).write(&[change], &key).map_err(|finding| finding.code);
        (done, fs_err::read_to_string(&path).ok())
    }

    #[test]
    fn what_was_planned_is_written() {
        assert_eq!(write_over(false, None), (Ok(()), Some("{\n  \"deploymentMode\": \"3p\"\n}".to_owned())));
        assert_eq!(write_over(true, Some("{\"a\":1}")).0, Ok(()));
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
