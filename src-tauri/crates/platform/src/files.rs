//! Reading and replacing other people's files.
//!
//! A file is replaced whole: written beside its place, synced, renamed over it, and the folder synced,
//! so that at any moment either the old or the new file is there. Links, folders and files of others
//! are not touched. `careful` does the same with files that others write too.

mod careful;
mod carried;
mod cause;
mod end;

pub(crate) use careful::{Former, Replaced, remove_if, replace_if};
pub(crate) use carried::{is_private, make_private, mode, open_again};
pub(crate) use cause::{cannot_write, first_unwritable};
pub(crate) use end::end_of;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use airouter_core::claude::library::FileFact;
use airouter_core::json::LARGEST_FILE;

use crate::fault_injection::point;
use crate::sys;

/// What is at a place. `root` is the folder that it must not lead out of.
pub(crate) fn look(path: &Path, root: &Path) -> FileFact {
    let meta = match fs_err::symlink_metadata(path) {
        Ok(meta) => meta,
        // What would be made in a linked folder is as much somebody else's as what is there.
        Err(error) if error.kind() == io::ErrorKind::NotFound && !leads_out(path, root) => return FileFact::Absent,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return FileFact::Strange("link"),
        Err(_) => return FileFact::Strange("unreadable"),
    };
    if meta.is_symlink() || leads_out(path, root) {
        return FileFact::Strange("link");
    }
    if !meta.is_file() {
        return FileFact::Strange("folder");
    }
    if !sys::is_mine(path, &meta) {
        return FileFact::Strange("other-owner");
    }
    if meta.len() > LARGEST_FILE as u64 {
        return FileFact::Strange("too-large");
    }
    read(path).map_or(FileFact::Strange("unreadable"), FileFact::Present)
}

/// Reads a file, with patience where another program holds it for a moment.
///
/// # Errors
/// What the system says.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    patiently(|| fs_err::read(path))
}

/// Tries again while another program has the file open, for as long as [`PAUSES`] take.
fn patiently<T>(mut act: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    for pause in PAUSES {
        match act() {
            Err(error) if sys::is_held(&error) => thread::sleep(Duration::from_millis(pause)),
            done => return done,
        }
    }
    act()
}

/// A linked folder on the way may lead to somebody else's files.
fn leads_out(path: &Path, root: &Path) -> bool {
    let (Some(parent), Ok(root)) = (path.parent(), root.canonicalize()) else { return false };
    parent.canonicalize().is_ok_and(|parent| !parent.starts_with(root))
}

/// Replaces a file, or makes it. The mode of an existing file is kept; a new one is the owner's alone.
///
/// # Errors
/// What the system says; the old file is then still there.
pub(crate) fn replace(path: &Path, bytes: &[u8], privacy: Privacy) -> io::Result<()> {
    let file = prepare(path, bytes, privacy)?;
    move_over(file.into_temp_path(), path)?;
    sync_folder(folder_of(path)?)
}

/// Writes the new file beside its place, durably.
fn prepare(path: &Path, bytes: &[u8], privacy: Privacy) -> io::Result<tempfile::NamedTempFile> {
    let folder = folder_of(path)?;
    make_folders(folder)?;
    let mut file = temporary(folder)?;
    point("write")?;
    file.write_all(bytes)?;
    if fs_err::symlink_metadata(path).is_ok() {
        point("set mode")?;
        carried::carry(path, &file, privacy)?;
    }
    point("sync")?;
    file.as_file().sync_all()?;
    Ok(file)
}

fn folder_of(path: &Path) -> io::Result<&Path> {
    path.parent().ok_or_else(|| io::Error::other("a file needs a folder"))
}

/// Renames a temporary file over another, with patience.
fn move_over(mut temporary: tempfile::TempPath, path: &Path) -> io::Result<()> {
    point("rename")?;
    for pause in PAUSES {
        match temporary.persist(path) {
            Err(failed) if sys::is_held(&failed.error) => temporary = failed.path,
            done => return done.map_err(|failed| failed.error),
        }
        thread::sleep(Duration::from_millis(pause));
    }
    temporary.persist(path).map_err(|failed| failed.error)
}

/// Gives a file another name, with patience.
///
/// # Errors
/// What the system says.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    point("rename")?;
    patiently(|| fs_err::rename(from, to))?;
    sync_folder(folder_of(to)?)
}

/// Copies a file beside itself, byte by byte and for its owner alone; `copy` is a name from [`free_name`].
///
/// # Errors
/// What the system says.
pub(crate) fn keep_aside(path: &Path, copy: &Path) -> io::Result<()> {
    replace(copy, &read(path)?, Privacy::OwnerOnly)
}

/// A name beside a file that nothing has yet: the file's own with `why` at its end, and a number where
/// needed.
pub(crate) fn free_name(path: &Path, why: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let numbered = |number: u32| path.with_file_name(format!("{name}.{why}-{number}"));
    (1..u32::MAX).map(numbered).find(|free| fs_err::symlink_metadata(free).is_err()).unwrap_or_else(|| numbered(0))
}

/// A temporary file, the owner's alone from the beginning, by whose name a later start knows it.
fn temporary(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    point("create")?;
    tempfile::Builder::new().prefix(TEMPORARY).tempfile_in(folder)
}

/// Removes temporary files that a sudden end left behind: one may hold a key.
pub(crate) fn remove_leftovers(folder: &Path) {
    for entry in fs_err::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
            // Once more where the disk failed for a moment; what stays is tried again by the next start.
            let _ = remove(&entry.path()).or_else(|_| remove(&entry.path()));
        }
    }
}

/// Removes folders that are empty; others stay.
pub(crate) fn remove_empty<'a>(innermost_first: impl Iterator<Item = &'a Path>) {
    let remove = |folder: &Path| point("remove folder").and_then(|()| fs_err::remove_dir(folder));
    for folder in innermost_first {
        // Once more where the disk failed for a moment; one that is not empty fails again.
        let _ = remove(folder).or_else(|_| remove(folder));
    }
}

/// Where a file that is open cannot be replaced or removed, whoever has it open (a virus scanner, a
/// backup) usually lets go within moments. After these many milliseconds it is tried again.
const PAUSES: [u64; 9] = [5, 10, 20, 40, 80, 160, 320, 640, 1280];

/// How the names of this program's temporary files begin.
const TEMPORARY: &str = ".airouter-setup-";

/// Who may read a file that is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Privacy {
    /// Those who could before; the owner alone for a new file.
    AsBefore,
    /// The owner alone.
    OwnerOnly,
}

/// Says whether a file could be replaced or made, without changing anything. A file that is marked as
/// read-only could be replaced all the same; somebody wants it to stay.
///
/// # Errors
/// What the system says.
pub(crate) fn may_replace(path: &Path) -> io::Result<()> {
    if let Ok(meta) = fs_err::symlink_metadata(path) {
        if meta.permissions().readonly() {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        patiently(|| fs_err::OpenOptions::new().write(true).open(path))?;
        return carried::carry(path, &temporary(folder_of(path)?)?, Privacy::AsBefore);
    }
    // A link to nothing is no folder in which something could be made, and none beside it will do.
    let there = path.ancestors().skip(1).find(|folder| fs_err::symlink_metadata(folder).is_ok());
    there.map_or(Ok(()), |folder| temporary(folder).map(drop))
}

/// Puts a program in its place: like [`replace`], but executable, and only if it differs.
///
/// # Errors
/// What the system says.
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
    // Closed before it is renamed: Linux starts no program that is open for writing.
    sys::make_way(to)?;
    move_over(file.into_temp_path(), to)?;
    sync_folder(folder)
}

/// Removes a file; that it is gone already is fine.
///
/// # Errors
/// What the system says.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    point("remove")?;
    let done = patiently(|| fs_err::remove_file(path));
    match done {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => path.parent().map_or(Ok(()), sync_folder),
    }
}

/// Makes the missing folders on the way, the owner's alone.
///
/// # Errors
/// What the system says.
pub(crate) fn make_folders(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    point("make folder")?;
    sys::make_private_folders(folder)
}

/// The folders that would have to be made, the outermost first.
pub(crate) fn missing_folders(folder: &Path) -> Vec<PathBuf> {
    let mut missing: Vec<PathBuf> =
        folder.ancestors().take_while(|folder| !folder.exists()).map(Path::to_owned).collect();
    missing.reverse();
    missing
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    point("sync folder")?;
    match sys::sync_folder(folder) {
        // The folder went with its last file, or a file system cannot do it; the file itself is synced.
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
        assert_eq!(look(&path, folder.path()), expected);
    }

    #[test]
    fn only_plain_files_are_read() {
        check(|_| {}, FileFact::Absent);
        check(|path| std::fs::write(path, "{}").unwrap(), FileFact::Present(b"{}".to_vec()));
        check(|path| symlink("/etc/passwd", path).unwrap(), FileFact::Strange("link"));
        check(|path| std::fs::create_dir(path).unwrap(), FileFact::Strange("folder"));
    }

    #[test]
    fn a_linked_folder_that_leads_out_is_not_followed() {
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::write(elsewhere.path().join("file"), "{}").unwrap();
        symlink(elsewhere.path(), folder.path().join("configLibrary")).unwrap();
        assert_eq!(look(&folder.path().join("configLibrary/file"), folder.path()), FileFact::Strange("link"));
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
        assert!(spawn(&mut Command::new(&program)).unwrap().wait().unwrap().success(), "the new one is in place");
        running.kill().unwrap();
        running.wait().unwrap();
    }
}
