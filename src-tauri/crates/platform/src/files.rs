//! Reads and replaces files, Claude's and this program's own.
//!
//! A file is replaced atomically: a temporary file beside it is written, synced and renamed over it, and the folder
//! is synced, so that at any moment either the old or the new file is there. Links, folders and files of other
//! people are not touched. `conditional` replaces files that other programs write as well.

mod attributes;
mod cause;
mod conditional;
mod tail;

pub(crate) use attributes::{is_private, make_private, mode, restore_mode};
pub(crate) use cause::{cannot_write, first_unwritable};
pub(crate) use conditional::{Former, Replaced, remove_if, replace_if};
pub(crate) use tail::read_tail;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use airouter_core::claude::library::FileFact;
use airouter_core::json::LARGEST_FILE;

use crate::fault_injection::point;
use crate::sys;

/// What is at a path. `root` is the folder that links on the path must not lead out of.
pub(crate) fn inspect(path: &Path, root: &Path) -> FileFact {
    let meta = match fs_err::symlink_metadata(path) {
        Ok(meta) => meta,
        // A new file in a linked folder would belong elsewhere, just like an existing one.
        Err(error) if error.kind() == io::ErrorKind::NotFound && !leads_out(path, root) => return FileFact::Absent,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return FileFact::Irregular("link"),
        Err(_) => return FileFact::Irregular("unreadable"),
    };
    if meta.is_symlink() || leads_out(path, root) {
        return FileFact::Irregular("link");
    }
    if !meta.is_file() {
        return FileFact::Irregular("folder");
    }
    if !sys::is_mine(path, &meta) {
        return FileFact::Irregular("other-owner");
    }
    if meta.len() > LARGEST_FILE as u64 {
        return FileFact::Irregular("too-large");
    }
    read(path).map_or(FileFact::Irregular("unreadable"), FileFact::Present)
}

/// Reads a file; tries again while another program has it open.
///
/// # Errors
/// The system's error.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    patiently(|| fs_err::read(path))
}

/// Tries again while another program has the file open, after each of the [`PAUSES`].
fn patiently<T>(mut act: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    for pause in PAUSES {
        match act() {
            Err(error) if sys::is_open_elsewhere(&error) => thread::sleep(Duration::from_millis(pause)),
            done => return done,
        }
    }
    act()
}

/// True if a link on the path leads out of `root`.
fn leads_out(path: &Path, root: &Path) -> bool {
    let (Some(parent), Ok(root)) = (path.parent(), root.canonicalize()) else { return false };
    parent.canonicalize().is_ok_and(|parent| !parent.starts_with(root))
}

/// Replaces or creates a file. `privacy` decides its mode; a new file is readable for its owner only.
///
/// # Errors
/// The system's error; the old file is then still there.
pub(crate) fn replace(path: &Path, bytes: &[u8], privacy: Privacy) -> io::Result<()> {
    let file = prepare(path, bytes, privacy)?;
    move_over(file.into_temp_path(), path)?;
    sync_folder(folder_of(path)?)
}

/// Writes the new content to a temporary file beside `path` and syncs it.
fn prepare(path: &Path, bytes: &[u8], privacy: Privacy) -> io::Result<tempfile::NamedTempFile> {
    let folder = folder_of(path)?;
    make_folders(folder)?;
    let mut file = temporary(folder)?;
    point("write")?;
    file.write_all(bytes)?;
    if fs_err::symlink_metadata(path).is_ok() {
        point("set mode")?;
        attributes::copy_attributes(path, &file, privacy)?;
    }
    point("sync")?;
    file.as_file().sync_all()?;
    Ok(file)
}

fn folder_of(path: &Path) -> io::Result<&Path> {
    path.parent().ok_or_else(|| io::Error::other("a file needs a folder"))
}

/// Renames a temporary file over another; tries again while another program has that open.
fn move_over(mut temporary: tempfile::TempPath, path: &Path) -> io::Result<()> {
    point("rename")?;
    for pause in PAUSES {
        match temporary.persist(path) {
            Err(failed) if sys::is_open_elsewhere(&failed.error) => temporary = failed.path,
            done => return done.map_err(|failed| failed.error),
        }
        thread::sleep(Duration::from_millis(pause));
    }
    temporary.persist(path).map_err(|failed| failed.error)
}

/// Renames a file; tries again while another program has it open.
///
/// # Errors
/// The system's error.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    point("rename")?;
    patiently(|| fs_err::rename(from, to))?;
    sync_folder(folder_of(to)?)
}

/// Copies a file to `copy`, a path from [`free_name`]. The copy is readable for its owner only.
///
/// # Errors
/// The system's error.
pub(crate) fn back_up(path: &Path, copy: &Path) -> io::Result<()> {
    replace(copy, &read(path)?, Privacy::OwnerOnly)
}

/// An unused path beside a file: the file's own name with `why` and a number at its end.
pub(crate) fn free_name(path: &Path, why: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let numbered = |number: u32| path.with_file_name(format!("{name}.{why}-{number}"));
    (1..u32::MAX).map(numbered).find(|free| fs_err::symlink_metadata(free).is_err()).unwrap_or_else(|| numbered(0))
}

/// A temporary file that only its owner can read, with a name by which [`remove_leftovers`] finds it.
fn temporary(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    point("create")?;
    tempfile::Builder::new().prefix(TEMPORARY).tempfile_in(folder)
}

/// Removes temporary files of an interrupted run, because one may hold a key.
pub(crate) fn remove_leftovers(folder: &Path) {
    for entry in fs_err::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
            // A second try, for a passing disk error; the next start tries again.
            let _ = remove(&entry.path()).or_else(|_| remove(&entry.path()));
        }
    }
}

/// Removes those of the folders that are empty.
pub(crate) fn remove_empty<'a>(innermost_first: impl Iterator<Item = &'a Path>) {
    let remove = |folder: &Path| point("remove folder").and_then(|()| fs_err::remove_dir(folder));
    for folder in innermost_first {
        // A second try, for a passing disk error; a folder that is not empty fails again.
        let _ = remove(folder).or_else(|_| remove(folder));
    }
}

/// Pauses between tries, in milliseconds. On Windows an open file cannot be replaced or removed, but a virus scanner
/// or a backup program usually closes it soon.
const PAUSES: [u64; 9] = [5, 10, 20, 40, 80, 160, 320, 640, 1280];

/// Prefix of the names of this program's temporary files.
const TEMPORARY: &str = ".airouter-setup-";

/// Who may read a file that is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Privacy {
    /// Those who could before; for a new file only its owner.
    AsBefore,
    /// Only the owner.
    OwnerOnly,
}

/// Checks whether a file can be replaced or created, without changing anything. A file that is marked read-only
/// counts as not replaceable, although a rename would succeed: the mark says that it should not be changed.
///
/// # Errors
/// The system's error.
pub(crate) fn may_replace(path: &Path) -> io::Result<()> {
    if let Ok(meta) = fs_err::symlink_metadata(path) {
        if meta.permissions().readonly() {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        patiently(|| fs_err::OpenOptions::new().write(true).open(path))?;
        return attributes::copy_attributes(path, &temporary(folder_of(path)?)?, Privacy::AsBefore);
    }
    // A dangling link stops the search: nothing can be created in it, and a folder above it is not enough.
    let there = path.ancestors().skip(1).find(|folder| fs_err::symlink_metadata(folder).is_ok());
    there.map_or(Ok(()), |folder| temporary(folder).map(drop))
}

/// Copies a program to `to` like [`replace`], and makes it executable. Does nothing if it is there already.
///
/// # Errors
/// The system's error.
pub(crate) fn install_program(from: &Path, to: &Path) -> io::Result<()> {
    let bytes = fs_err::read(from)?;
    if fs_err::read(to).is_ok_and(|present| present == bytes) && sys::is_executable(to) {
        return Ok(());
    }
    let folder = folder_of(to)?;
    make_folders(folder)?;
    let mut file = temporary(folder)?;
    point("write")?;
    file.write_all(&bytes)?;
    sys::make_executable(file.as_file())?;
    point("sync")?;
    file.as_file().sync_all()?;
    // Close it before the rename: Linux does not start a program that is open for writing.
    sys::move_running_program_aside(to)?;
    move_over(file.into_temp_path(), to)?;
    sync_folder(folder)
}

/// Removes a file; a missing file is no error.
///
/// # Errors
/// The system's error.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    point("remove")?;
    let done = patiently(|| fs_err::remove_file(path));
    match done {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => path.parent().map_or(Ok(()), sync_folder),
    }
}

/// Creates the missing folders of a path, accessible for their owner only.
///
/// # Errors
/// The system's error.
pub(crate) fn make_folders(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    point("make folder")?;
    sys::make_private_folders(folder)
}

/// The missing folders of a path, outermost first.
pub(crate) fn missing_folders(folder: &Path) -> Vec<PathBuf> {
    let mut missing: Vec<PathBuf> =
        folder.ancestors().take_while(|folder| !folder.exists()).map(Path::to_owned).collect();
    missing.reverse();
    missing
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    point("sync folder")?;
    match sys::sync_folder(folder) {
        // The folder was removed, or the file system does not support it; the file itself is synced.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported
            ) =>
        {
            Ok(())
        }
        other => other,
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::command::spawn;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::process::Command;

    #[track_caller]
    fn check(make: impl FnOnce(&Path), expected: FileFact) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        make(&path);
        assert_eq!(inspect(&path, folder.path()), expected);
    }

    #[test]
    fn only_plain_files_are_read() {
        check(|_| {}, FileFact::Absent);
        check(|path| std::fs::write(path, "{}").unwrap(), FileFact::Present(b"{}".to_vec()));
        check(|path| symlink("/etc/passwd", path).unwrap(), FileFact::Irregular("link"));
        check(|path| std::fs::create_dir(path).unwrap(), FileFact::Irregular("folder"));
    }

    #[test]
    fn a_linked_folder_that_leads_out_is_not_followed() {
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::write(elsewhere.path().join("file"), "{}").unwrap();
        symlink(elsewhere.path(), folder.path().join("configLibrary")).unwrap();
        assert_eq!(inspect(&folder.path().join("configLibrary/file"), folder.path()), FileFact::Irregular("link"));
    }

    #[test]
    fn a_replaced_file_keeps_its_mode_and_a_new_one_is_private() {
        let folder = tempfile::tempdir().unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let (new, old) = (folder.path().join("a/b/new"), folder.path().join("old"));
        replace(&new, b"1", Privacy::AsBefore).unwrap();
        assert_eq!((mode(&new), mode(new.parent().unwrap())), (0o600, 0o700));
        std::fs::write(&old, "0").unwrap();
        std::fs::set_permissions(&old, std::fs::Permissions::from_mode(0o640)).unwrap();
        replace(&old, b"1", Privacy::AsBefore).unwrap();
        assert_eq!(mode(&old), 0o640);
        replace(&old, b"2", Privacy::OwnerOnly).unwrap();
        assert_eq!(mode(&old), 0o600);
    }

    #[test]
    fn a_program_is_replaced_while_it_runs() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("program");
        install_program(Path::new("/bin/sleep"), &program).unwrap();
        let mut running = spawn(Command::new(&program).arg("30")).unwrap();
        install_program(Path::new("/bin/true"), &program).unwrap();
        assert!(spawn(&mut Command::new(&program)).unwrap().wait().unwrap().success(), "the new one is not in place");
        running.kill().unwrap();
        running.wait().unwrap();
    }
}
