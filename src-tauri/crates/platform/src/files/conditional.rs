//! Replaces a file only if it is unchanged, while another program may be writing it at the same moment.
//!
//! What another program writes between our read and our rename would be lost. Where the system can exchange two
//! names atomically, the replaced file is still there afterwards: it is compared with what was read, and if it is
//! newer, it is exchanged back. Elsewhere the file is read again right before the rename.
//!
//! Network drives often support neither the exchange nor hard links. A new file is then checked for once more and
//! renamed into place.
//!
//! A program may also have the replaced file open and write to it later; the caller gets the open file and can
//! read it again.

use std::io::{self, Read, Seek};
use std::path::Path;

use airouter_core::claude::library::FileFact;
use fs_err::File;
use tempfile::{NamedTempFile, TempPath};

use super::patience::{Operation, patiently};
use super::{Privacy, folder_of, free_name, inspect, move_over, prepare, sync_folder, temporary};
use crate::fault_injection::point;

/// The result of a conditional replacement.
#[derive(Debug)]
pub(crate) enum Replaced {
    /// The new file is in its place.
    Done(Former),
    /// Another program has changed the file; its content was kept.
    Overtaken,
}

/// The file that was replaced, still open although it has no name any more.
#[derive(Debug, Default)]
pub(crate) struct Former(Option<File>);

impl Former {
    /// Its present content; `None` if there was no file or it cannot be read.
    pub(crate) fn read(&mut self) -> Option<Vec<u8>> {
        let file = self.0.as_mut()?;
        let mut bytes = Vec::new();
        file.rewind().and_then(|()| file.read_to_end(&mut bytes)).ok()?;
        Some(bytes)
    }
}

/// Replaces or creates a file if it still is as `seen`.
///
/// # Errors
/// The system's error; either the old or the new file is then in place, complete.
pub(crate) fn replace_if(path: &Path, seen: &FileFact, bytes: &[u8], privacy: Privacy) -> io::Result<Replaced> {
    let file = prepare(path, bytes, privacy)?;
    point("rename")?;
    let done = match seen {
        FileFact::Absent => make(file, path)?,
        FileFact::Present(_) => exchange(file, path, seen, bytes)?,
        FileFact::Irregular(_) => Replaced::Overtaken,
    };
    sync_folder(folder_of(path)?)?;
    Ok(done)
}

/// Removes a file if it still is as `seen`. False if another program has changed it; its content is kept.
///
/// # Errors
/// The system's error.
pub(crate) fn remove_if(path: &Path, seen: &FileFact) -> io::Result<bool> {
    let folder = folder_of(path)?;
    if inspect(path, folder) != *seen {
        return Ok(false);
    }
    if seen.is_absent() {
        return Ok(true);
    }
    // The file is moved away atomically and then compared.
    let aside = temporary(folder, Privacy::AsBefore)?.into_temp_path();
    point("remove")?;
    patiently(Operation::Rename, || fs_err::rename(path, &aside))?;
    let is_same = inspect(&aside, folder) == *seen;
    if !is_same {
        match give_name(aside, path) {
            Ok(()) => {}
            // An even newer file is in place already.
            Err((error, aside)) if error.kind() == io::ErrorKind::AlreadyExists => drop(aside),
            // It is the only copy of what the other program wrote, and must not have the name of a temporary file.
            Err((error, aside)) => {
                let _ = aside.persist(free_name(path, "changed"));
                return Err(error);
            }
        }
    }
    sync_folder(folder)?;
    Ok(is_same)
}

fn make(file: NamedTempFile, path: &Path) -> io::Result<Replaced> {
    let file = file.into_temp_path();
    let (error, file) = match point("link") {
        Err(error) => (error, file),
        Ok(()) => match give_name(file, path) {
            Ok(()) => return Ok(Replaced::Done(Former::default())),
            Err(failed) => failed,
        },
    };
    match error.kind() {
        io::ErrorKind::AlreadyExists => Ok(Replaced::Overtaken),
        io::ErrorKind::InvalidInput | io::ErrorKind::PermissionDenied | io::ErrorKind::Unsupported
            if fs_err::symlink_metadata(path).is_err() =>
        {
            move_over(file, path)?;
            Ok(Replaced::Done(Former::default()))
        }
        _ => Err(error),
    }
}

/// Gives a temporary file its name if nothing has that name; tries again while another program holds the temporary
/// file, as a virus scanner does with a new one. With an error the temporary file comes back.
fn give_name(file: TempPath, path: &Path) -> Result<(), (io::Error, TempPath)> {
    let mut file = Some(file);
    let done = patiently(Operation::Link, || match file.take().map(|it| it.persist_noclobber(path)) {
        Some(Err(failed)) => {
            file = Some(failed.path);
            Err(failed.error)
        }
        Some(Ok(())) | None => Ok(()),
    });
    match (done, file) {
        (Err(error), Some(file)) => Err((error, file)),
        _ => Ok(()),
    }
}

fn exchange(file: NamedTempFile, path: &Path, seen: &FileFact, bytes: &[u8]) -> io::Result<Replaced> {
    let folder = folder_of(path)?;
    if inspect(path, folder) != *seen {
        return Ok(Replaced::Overtaken);
    }
    match swap(file.path(), path) {
        Swap::Done => {}
        Swap::Gone => return Ok(Replaced::Overtaken),
        Swap::Unknown => {
            // Windows does not replace an open file, not even one that this program has open.
            let former = if cfg!(windows) { Former::default() } else { Former(File::open(path).ok()) };
            move_over(file.into_temp_path(), path)?;
            return Ok(Replaced::Done(former));
        }
        Swap::Failed(error) => return Err(error),
    }
    point("compare")?;
    if inspect(file.path(), folder) == *seen {
        return Ok(Replaced::Done(Former(File::open(file.path()).ok())));
    }
    give_back(&file, path, bytes)
}

/// Exchanges the newer file back into place. What is written meanwhile is newer still, and is kept.
fn give_back(file: &NamedTempFile, path: &Path, bytes: &[u8]) -> io::Result<Replaced> {
    /// More tries than any real program can outrun.
    const TRIES: usize = 1000;
    let folder = folder_of(path)?;
    let mut put = FileFact::Present(bytes.to_vec());
    for _ in 0..TRIES {
        let theirs = inspect(file.path(), folder);
        match swap(file.path(), path) {
            Swap::Done if inspect(file.path(), folder) == put => return Ok(Replaced::Overtaken),
            Swap::Done => put = theirs,
            // Removed by the other program: keep it removed.
            Swap::Gone => return Ok(Replaced::Overtaken),
            Swap::Unknown => break,
            Swap::Failed(error) => return Err(error),
        }
    }
    Err(io::Error::other("another program keeps writing this file"))
}

/// The result of exchanging two names.
#[cfg_attr(windows, expect(dead_code, reason = "not tried on Windows"))]
enum Swap {
    Done,
    /// One of them is not there.
    Gone,
    /// Not supported by this system or file system.
    Unknown,
    Failed(io::Error),
}

#[cfg(any(target_os = "linux", target_os = "macos"))]
fn swap(one: &Path, other: &Path) -> Swap {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;
    let exchanged = || Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?);
    let Err(error) = point("exchange").and_then(|()| exchanged()) else { return Swap::Done };
    match Errno::from_io_error(&error) {
        Some(Errno::NOENT) => Swap::Gone,
        Some(Errno::NOSYS | Errno::INVAL | Errno::NOTSUP) => Swap::Unknown,
        _ => Swap::Failed(error),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn swap(_: &Path, _: &Path) -> Swap {
    Swap::Unknown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault_injection;

    const OLD: &str = r#"{"a":1}"#;
    const OURS: &str = r#"{"a":1,"ours":1}"#;
    const THEIRS: &str = r#"{"a":1,"theirs":1}"#;

    /// Runs `act` at a step of the replacement. Returns whether it was done, and the content of the file in the end.
    fn race(before: Option<&str>, step: &'static str, mut act: impl FnMut(&Path) + 'static) -> (bool, Option<String>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        if let Some(text) = before {
            std::fs::write(&path, text).unwrap();
        }
        let seen = inspect(&path, folder.path());
        let place = path.clone();
        fault_injection::set(Some(Box::new(move |at| {
            if at == step {
                act(&place);
            }
            Ok(())
        })));
        let done = replace_if(&path, &seen, OURS.as_bytes(), Privacy::AsBefore).unwrap();
        fault_injection::set(None);
        let names = std::fs::read_dir(folder.path()).unwrap().count();
        assert!(names <= 1, "a temporary file is left");
        (matches!(done, Replaced::Done(_)), std::fs::read_to_string(path).ok())
    }

    #[track_caller]
    fn check(before: Option<&str>, step: &'static str, act: impl FnMut(&Path) + 'static, done: bool, left: &str) {
        assert_eq!(race(before, step, act), (done, Some(left.to_owned())), "{before:?} at {step}");
    }

    fn put(text: &'static str) -> impl FnMut(&Path) {
        move |path| {
            let fresh = path.with_extension("theirs");
            std::fs::write(&fresh, text).unwrap();
            std::fs::rename(fresh, path).unwrap();
        }
    }

    #[test]
    fn undisturbed_the_new_file_is_there() {
        check(Some(OLD), "nothing", |_| {}, true, OURS);
        check(None, "nothing", |_| {}, true, OURS);
    }

    #[test]
    fn a_write_before_the_rename_wins() {
        for step in ["write", "sync", "rename"] {
            check(Some(OLD), step, put(THEIRS), false, THEIRS);
            check(None, step, put(THEIRS), false, THEIRS);
        }
    }

    // This and the next two tests are about the exchange of names, which Windows does not have.
    #[cfg(unix)]
    #[test]
    fn a_newer_file_is_exchanged_back() {
        // The replaced file differs from what was seen.
        let swapped_in_the_gap = |path: &Path| {
            for entry in std::fs::read_dir(path.parent().unwrap()).unwrap().flatten() {
                if entry.path() != path {
                    std::fs::write(entry.path(), THEIRS).unwrap();
                }
            }
        };
        check(Some(OLD), "compare", swapped_in_the_gap, false, THEIRS);
    }

    #[cfg(unix)]
    #[test]
    fn an_even_newer_file_is_kept() {
        const NEWEST: &str = r#"{"a":1,"theirs":2}"#;
        let mut put = put(NEWEST);
        let both = move |path: &Path| {
            for entry in std::fs::read_dir(path.parent().unwrap()).unwrap().flatten() {
                if entry.path() != path {
                    std::fs::write(entry.path(), THEIRS).unwrap();
                }
            }
            put(path);
        };
        check(Some(OLD), "compare", both, false, NEWEST);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_written_into_the_replaced_file_can_still_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, OLD).unwrap();
        let mut late = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
        let seen = inspect(&path, folder.path());
        let done = replace_if(&path, &seen, OURS.as_bytes(), Privacy::AsBefore).unwrap();
        std::io::Write::write_all(&mut late, THEIRS.as_bytes()).unwrap();
        let Replaced::Done(mut former) = done else { panic!("nobody was quicker") };
        assert_eq!(former.read().as_deref(), Some(THEIRS.as_bytes()));
    }

    /// Another program writes in the moment in which the file is removed.
    fn put_theirs_before_removal(path: &Path) {
        let place = path.to_owned();
        fault_injection::set(Some(Box::new(move |at| {
            if at == "remove" {
                put(THEIRS)(&place);
            }
            Ok(())
        })));
    }

    #[test]
    fn only_what_was_seen_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, OLD).unwrap();
        let seen = inspect(&path, folder.path());
        put_theirs_before_removal(&path);
        assert!(!remove_if(&path, &seen).unwrap(), "theirs is newer");
        fault_injection::set(None);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), THEIRS);
        assert!(remove_if(&path, &inspect(&path, folder.path())).unwrap());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_another_program_wrote_is_not_lost_when_it_cannot_be_put_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, OLD).unwrap();
        let seen = inspect(&path, folder.path());
        put_theirs_before_removal(&path);
        fault_injection::hold("link", 99, 32);
        assert!(remove_if(&path, &seen).is_err());
        fault_injection::release();
        fault_injection::set(None);
        let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().flatten().map(|entry| entry.path()).collect();
        assert_eq!(left.len(), 1, "{left:?}");
        assert_eq!(std::fs::read_to_string(&left[0]).unwrap(), THEIRS);
        super::super::remove_leftovers(folder.path());
        assert!(left[0].exists(), "a later start keeps it as well");
    }
}
