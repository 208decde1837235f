//! This program's own files: the journal, the history id, the lock. None of them holds a secret.

use std::path::PathBuf;

use airouter_core::finding::{Code, Finding};
use airouter_core::undo::{Journal, SCHEMA};
use fs_err::File;

use crate::files::{self, Privacy};
use crate::places::Places;

/// Reads the journal of what was written to Claude's files; `None` if there is none.
///
/// # Errors
/// `JournalUnusable` with `because`: `held`, `unreadable`, `broken`, or `newer` if a newer version of this program wrote it.
/// Claude's files must not be changed then.
pub fn journal(places: &Places) -> Result<Option<Journal>, Finding> {
    let path = journal_path(places);
    let bytes = match files::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) if files::is_held(&error) => return Err(unusable(&path, "held", &error)),
        Err(error) => return Err(unusable(&path, "unreadable", &error)),
    };
    let whole = serde_json::from_slice::<serde_json::Value>(&bytes);
    let schema = whole.ok().and_then(|whole| whole.get("schema")?.as_u64());
    match schema.filter(|schema| *schema > u64::from(SCHEMA)) {
        Some(schema) => Err(unusable(&path, "newer", &format!("schema {schema}"))),
        None => serde_json::from_slice(&bytes).map(Some).map_err(|error| unusable(&path, "broken", &error)),
    }
}

/// Renames a journal that cannot be used, so that work can go on without it. `why` is the error of [`journal`].
/// Returns a `JournalSetAside` finding with the new path.
///
/// # Errors
/// `CannotWrite` with the system's reason.
pub(crate) fn set_journal_aside(places: &Places, why: &Finding) -> Result<Finding, Finding> {
    let path = journal_path(places);
    let kept = files::free_name(&path, why.fact("because").unwrap_or("broken"));
    files::rename(&path, &kept).map_err(|error| files::cannot_write(&path, &error))?;
    Ok(Finding::new(Code::JournalSetAside).with("path", path.display()).with("kept", kept.display()))
}

/// Writes the journal durably, or removes it for `None`.
///
/// # Errors
/// `CannotWrite` with the system's reason.
pub fn write_journal(places: &Places, journal: Option<&Journal>) -> Result<(), Finding> {
    let path = journal_path(places);
    let done = match journal {
        Some(journal) => serde_json::to_vec_pretty(journal)
            .map_err(std::io::Error::other)
            .and_then(|bytes| files::replace(&path, &bytes, Privacy::OwnerOnly)),
        None => files::remove(&path),
    };
    done.map_err(|error| files::cannot_write(&path, &error))
}

/// The id under which Claude stores the history of this connection, if one was saved. It is kept after an undo, so
/// that a new connection shows the old conversations.
pub fn organization(places: &Places) -> Option<String> {
    let text = String::from_utf8(files::read(&places.state.join(ORGANIZATION)).ok()?).ok()?;
    let id = text.trim();
    airouter_core::claude::library::is_profile_id(id).then(|| id.to_owned())
}

/// Saves that id.
///
/// # Errors
/// `CannotWrite` with the system's reason.
pub fn write_organization(places: &Places, id: &str) -> Result<(), Finding> {
    let path = places.state.join(ORGANIZATION);
    files::replace(&path, id.as_bytes(), Privacy::OwnerOnly).map_err(|error| files::cannot_write(&path, &error))
}

/// The lock of this program, held while Claude's files are changed. The system releases it when the program ends.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing alone is not enough: a child process that another thread is just starting has the same file open
        // until its `exec`.
        let _ = self.file.file().unlock();
    }
}

/// Takes the lock; it is released when the value is dropped.
///
/// # Errors
/// `AnotherCopy` if another copy of the program holds it, or `CannotWrite` with the system's reason.
pub fn lock(places: &Places) -> Result<Lock, Finding> {
    let path = places.state.join("lock");
    let cannot = |error: std::io::Error| files::cannot_write(&path, &error);
    files::make_folders(&places.state).map_err(cannot)?;
    let file = files::patiently(files::Operation::Open, || File::create(&path)).map_err(cannot)?;
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

fn unusable(path: &std::path::Path, because: &str, reason: &impl ToString) -> Finding {
    let reason = airouter_core::secret::masked(&reason.to_string());
    Finding::new(Code::JournalUnusable).with("because", because).with("path", path.display()).with("reason", reason)
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
    fn a_journal_that_cannot_be_used_is_not_taken_for_none() {
        let (_folder, places) = places();
        assert_eq!(journal(&places), Ok(None));
        for (text, because) in [
            ("{broken", "broken"),
            ("", "broken"),
            ("\0\0\0", "broken"),
            (r#"{"schema":1}"#, "broken"),
            (r#"{"schema":99}"#, "newer"),
            (r#"{"schema":99,"pending":"in a form of its own"}"#, "newer"),
        ] {
            files::replace(&journal_path(&places), text.as_bytes(), Privacy::OwnerOnly).unwrap();
            let finding = journal(&places).unwrap_err();
            assert_eq!((finding.code, finding.fact("because")), (Code::JournalUnusable, Some(because)), "{text}");
        }
        std::fs::remove_file(journal_path(&places)).unwrap();
        std::fs::create_dir(journal_path(&places)).unwrap();
        assert_eq!(journal(&places).unwrap_err().fact("because"), Some("unreadable"));
    }

    #[test]
    fn what_is_set_aside_is_kept_beside_what_was_set_aside_before() {
        let (_folder, places) = places();
        for text in ["one", "other"] {
            files::replace(&journal_path(&places), text.as_bytes(), Privacy::OwnerOnly).unwrap();
            let why = journal(&places).unwrap_err();
            let said = set_journal_aside(&places, &why).unwrap();
            assert_eq!(std::fs::read_to_string(said.fact("kept").unwrap()).unwrap(), text);
            assert_eq!(journal(&places), Ok(None));
        }
    }

    #[test]
    fn the_history_id_is_kept() {
        let (_folder, places) = places();
        assert_eq!(organization(&places), None);
        write_organization(&places, "22222222-2222-4222-8222-222222222222").unwrap();
        assert_eq!(organization(&places).as_deref(), Some("22222222-2222-4222-8222-222222222222"));
    }
}
