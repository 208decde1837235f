//! This program's own files: the journal, the history id, the lock. None of them holds a secret.

use std::path::PathBuf;

use airouter_core::finding::{Code, Finding};
use airouter_core::undo::{Journal, SCHEMA};
use fs_err::File;

use crate::files::{self, Privacy};
use crate::places::Places;

/// The journal of what was written to Claude's files.
///
/// # Errors
/// `FileNotUnderstood` when it cannot be read or was written by a newer version of this program.
pub fn journal(places: &Places) -> Result<Option<Journal>, Finding> {
    let path = journal_path(places);
    let text = match fs_err::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(not_understood(&path, &error)),
    };
    let journal: Journal = serde_json::from_str(&text).map_err(|error| not_understood(&path, &error))?;
    if journal.schema > SCHEMA {
        return Err(not_understood(&path, &format!("schema {}", journal.schema)));
    }
    Ok(Some(journal))
}

/// Makes the journal durable, or takes it away.
///
/// # Errors
/// `CannotWrite` with what the system says.
pub fn keep_journal(places: &Places, journal: Option<&Journal>) -> Result<(), Finding> {
    let path = journal_path(places);
    let done = match journal {
        Some(journal) => serde_json::to_vec_pretty(journal)
            .map_err(std::io::Error::other)
            .and_then(|bytes| files::replace(&path, &bytes, Privacy::OwnerOnly)),
        None => files::remove(&path),
    };
    done.map_err(|error| Finding::new(Code::CannotWrite).with("path", path.display()).with("reason", error))
}

/// The id under which Claude files the history of this connection. It outlives an undo, so that
/// connecting again shows the old conversations.
pub fn organization(places: &Places) -> Option<String> {
    let text = fs_err::read_to_string(places.state.join(ORGANIZATION)).ok()?;
    let id = text.trim();
    airouter_core::claude::library::is_profile_id(id).then(|| id.to_owned())
}

/// Keeps that id.
///
/// # Errors
/// `CannotWrite` with what the system says.
pub fn keep_organization(places: &Places, id: &str) -> Result<(), Finding> {
    let path = places.state.join(ORGANIZATION);
    files::replace(&path, id.as_bytes(), Privacy::OwnerOnly)
        .map_err(|error| Finding::new(Code::CannotWrite).with("path", path.display()).with("reason", error))
}

/// Held while Claude's files are being changed. The system lets go of it however the program ends.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing alone is not enough: a program that another thread is just starting holds the same
        // file open until it runs.
        let _ = self.file.file().unlock();
    }
}

/// Takes the lock, or says that another copy has it.
///
/// # Errors
/// `AnotherCopy`, or `CannotWrite` with what the system says.
pub fn lock(places: &Places) -> Result<Lock, Finding> {
    let cannot = |error: std::io::Error| Finding::new(Code::CannotWrite).with("reason", error);
    files::make_folders(&places.state).map_err(cannot)?;
    let file = File::create(places.state.join("lock")).map_err(cannot)?;
    match file.file().try_lock() {
        Ok(()) => Ok(Lock { file }),
        Err(std::fs::TryLockError::WouldBlock) => Err(Finding::new(Code::AnotherCopy)),
        Err(std::fs::TryLockError::Error(error)) => Err(cannot(error)),
    }
}

const ORGANIZATION: &str = "organization";

fn journal_path(places: &Places) -> PathBuf {
    places.state.join("journal.json")
}

fn not_understood(path: &std::path::Path, reason: &impl ToString) -> Finding {
    let reason = airouter_core::secret::masked(&reason.to_string());
    Finding::new(Code::FileNotUnderstood).with("path", path.display()).with("reason", reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> (tempfile::TempDir, Places) {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_scratch(folder.path()).unwrap();
        (folder, places)
    }

    #[test]
    fn two_copies_cannot_write_at_once() {
        let (_folder, places) = places();
        let first = lock(&places).unwrap();
        assert_eq!(lock(&places).unwrap_err().code, Code::AnotherCopy);
        drop(first);
        assert!(lock(&places).is_ok());
    }

    #[test]
    fn a_journal_that_cannot_be_read_is_not_taken_for_none() {
        let (_folder, places) = places();
        assert_eq!(journal(&places), Ok(None));
        for text in ["{broken", r#"{"schema":99}"#] {
            files::replace(&journal_path(&places), text.as_bytes(), Privacy::OwnerOnly).unwrap();
            assert_eq!(journal(&places).unwrap_err().code, Code::FileNotUnderstood, "{text}");
        }
    }

    #[test]
    fn the_history_id_is_kept() {
        let (_folder, places) = places();
        assert_eq!(organization(&places), None);
        keep_organization(&places, "22222222-2222-4222-8222-222222222222").unwrap();
        assert_eq!(organization(&places).as_deref(), Some("22222222-2222-4222-8222-222222222222"));
    }
}
