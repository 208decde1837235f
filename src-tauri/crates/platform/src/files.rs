//! Reads and replaces files, Claude's and this program's own.
//!
//! A file is replaced atomically: a temporary file beside it is written, synced and renamed over it, and the folder
//! is synced, so that at any moment either the old or the new file is there. Links, folders and files of other
//! people are not touched. `conditional` replaces files that other programs write as well.

mod attributes;
mod cause;
mod conditional;
mod patience;
mod privacy;
mod program;
mod tail;

pub(crate) use attributes::{is_private, make_private, mode, restore_mode};
pub(crate) use cause::{because, cannot_write, first_unwritable};
pub(crate) use conditional::{Former, Replaced, remove_if, replace_if};
pub(crate) use patience::{Operation, is_held, patiently};
pub(crate) use privacy::{Privacy, is_not_private};
#[cfg(feature = "sandbox")]
pub(crate) use program::install_untried;
pub(crate) use program::{NotInstalled, install_program};
pub(crate) use tail::read_tail;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use airouter_core::claude::library::FileFact;
use airouter_core::json::LARGEST_FILE;

use crate::fault_injection::point;
use crate::sys;

/// What is at a path. `root` is the folder that links on the path must not lead out of.
pub(crate) fn inspect(path: &Path, root: &Path) -> FileFact {
    let meta = match patiently(Operation::Read, || fs_err::symlink_metadata(path)) {
        Ok(meta) => meta,
        // A new file in a linked folder would belong elsewhere, just like an existing one.
        Err(error) if error.kind() == io::ErrorKind::NotFound && !leads_out(path, root) => return FileFact::Absent,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return FileFact::Irregular("link"),
        Err(error) => return not_read(&error),
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
    match read(path) {
        Ok(bytes) => FileFact::Present(bytes),
        // Removed meanwhile: that is as good as never there.
        Err(error) if error.kind() == io::ErrorKind::NotFound => FileFact::Absent,
        Err(error) => not_read(&error),
    }
}

/// What is known of a file that is there and could not be read.
fn not_read(error: &io::Error) -> FileFact {
    FileFact::Irregular(if is_held(error) { "held" } else { "unreadable" })
}

/// Reads a file; tries again while another program holds it.
///
/// # Errors
/// The system's error.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    patiently(Operation::Read, || fs_err::read(path))
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
    let mut file = temporary(folder, privacy)?;
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
fn move_over(temporary: tempfile::TempPath, path: &Path) -> io::Result<()> {
    point("rename")?;
    let mut temporary = Some(temporary);
    patiently(Operation::Rename, || match temporary.take().map(|it| it.persist(path)) {
        Some(Err(failed)) => {
            temporary = Some(failed.path);
            Err(failed.error)
        }
        Some(Ok(())) | None => Ok(()),
    })
}

/// Renames a file; tries again while another program has it open.
///
/// # Errors
/// The system's error.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    point("rename")?;
    patiently(Operation::Rename, || fs_err::rename(from, to))?;
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

/// A temporary file with a name by which [`remove_leftovers`] finds it. On Unix only its owner can read it; on Windows
/// `privacy` decides, before anything is in it.
///
/// # Errors
/// The system's error, or [`privacy::NotPrivate`] if others can read it although they must not.
fn temporary(folder: &Path, privacy: Privacy) -> io::Result<tempfile::NamedTempFile> {
    point("create")?;
    let create = |path: &Path| patiently(Operation::Open, || sys::create_private(path));
    let file = tempfile::Builder::new().prefix(TEMPORARY).make_in(folder, create)?;
    privacy::close(file.path(), privacy)?;
    Ok(file)
}

/// Removes temporary files of an interrupted run, because one may hold a key.
pub(crate) fn remove_leftovers(folder: &Path) {
    let entries = patiently(Operation::Open, || fs_err::read_dir(folder));
    for entry in entries.into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
            // A second try, for a passing disk error; the next start tries again.
            let _ = remove(&entry.path()).or_else(|_| remove(&entry.path()));
        }
    }
}

/// Removes those of the folders that are empty.
pub(crate) fn remove_empty<'a>(innermost_first: impl Iterator<Item = &'a Path>) {
    let remove = |folder: &Path| {
        point("remove folder").and_then(|()| patiently(Operation::Remove, || fs_err::remove_dir(folder)))
    };
    for folder in innermost_first {
        // A second try, for a passing disk error; a folder that is not empty fails again.
        let _ = remove(folder).or_else(|_| remove(folder));
    }
}

/// Prefix of the names of this program's temporary files.
const TEMPORARY: &str = ".airouter-setup-";

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
        patiently(Operation::Open, || fs_err::OpenOptions::new().write(true).open(path))?;
        let trial = temporary(folder_of(path)?, Privacy::AsBefore)?;
        return attributes::copy_attributes(path, &trial, Privacy::AsBefore);
    }
    // A dangling link stops the search: nothing can be created in it, and a folder above it is not enough.
    let there = path.ancestors().skip(1).find(|folder| fs_err::symlink_metadata(folder).is_ok());
    there.map_or(Ok(()), |folder| temporary(folder, Privacy::AsBefore).map(drop))
}

/// Removes a file; a missing file is no error.
///
/// # Errors
/// The system's error.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    point("remove")?;
    let done = patiently(Operation::Remove, || fs_err::remove_file(path));
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
    use crate::fault_injection::{hold, release};
    use std::os::unix::fs::{PermissionsExt, symlink};

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
    fn a_file_that_is_held_is_neither_absent_nor_unreadable() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "{}").unwrap();
        let seen = |times| {
            hold("read", times, 32);
            let fact = inspect(&path, folder.path());
            release();
            fact
        };
        assert_eq!(seen(3), FileFact::Present(b"{}".to_vec()), "it was let go in time");
        assert_eq!(seen(99), FileFact::Irregular("held"));
        hold("read", 99, 5);
        assert_eq!(inspect(&path, folder.path()), FileFact::Irregular("unreadable"));
        release();
    }

    type Road = (&'static str, fn(&Path), &'static [&'static str]);

    /// Every way in which a file is read, written, moved or removed here, with the operations that it needs.
    const ROADS: [Road; 10] = [
        ("read", |file| assert_eq!(read(file).unwrap(), b"old"), &["read"]),
        ("inspect", |file| assert!(matches!(inspect(file, file.parent().unwrap()), FileFact::Present(_))), &["read"]),
        ("tail", |file| assert_eq!(read_tail(file, 9).as_deref(), Some("old")), &["open"]),
        ("try to replace", |file| may_replace(file).unwrap(), &["open"]),
        ("replace", |file| replace(file, b"new", Privacy::OwnerOnly).unwrap(), &["open", "rename"]),
        ("replace if unchanged", |file| write_if(file, &FileFact::Present(b"old".to_vec())), &["open", "read"]),
        ("make", |file| write_if(&file.with_extension("new"), &FileFact::Absent), &["link", "open", "read"]),
        ("rename", |file| rename(file, &file.with_extension("to")).unwrap(), &["rename"]),
        (
            "remove if unchanged",
            |file| assert!(remove_if(file, &FileFact::Present(b"old".to_vec())).unwrap()),
            &["open", "read", "rename"],
        ),
        ("remove", |file| remove(file).unwrap(), &["remove"]),
    ];

    fn write_if(file: &Path, seen: &FileFact) {
        let done = replace_if(file, seen, b"new", Privacy::AsBefore).unwrap();
        assert!(matches!(done, Replaced::Done(_)));
        assert_eq!(inspect(file, file.parent().unwrap()), FileFact::Present(b"new".to_vec()));
    }

    #[test]
    fn every_road_waits_for_what_is_held() {
        for (name, road, expected) in ROADS {
            let mut met = Vec::new();
            for operation in ["link", "open", "read", "remove", "rename"] {
                let folder = tempfile::tempdir().unwrap();
                let file = folder.path().join("file");
                std::fs::write(&file, "old").unwrap();
                hold(operation, 2, 32);
                road(&file);
                if release() == 0 {
                    met.push(operation);
                }
                let names = std::fs::read_dir(folder.path()).unwrap().flatten().map(|entry| entry.file_name());
                let left = names.filter(|name| name.to_string_lossy().starts_with(TEMPORARY)).count();
                assert_eq!(left, 0, "{name}, {operation}: a temporary file is left");
            }
            assert_eq!(met, expected, "{name}");
        }
    }

    #[test]
    fn a_folder_that_is_held_is_removed_later() {
        let folder = tempfile::tempdir().unwrap();
        let (empty, leftover) = (folder.path().join("empty"), folder.path().join(format!("{TEMPORARY}old")));
        std::fs::create_dir(&empty).unwrap();
        std::fs::write(&leftover, "").unwrap();
        hold("remove", 2, 32);
        remove_empty([empty.as_path()].into_iter());
        assert_eq!((release(), empty.exists()), (0, false));
        hold("open", 2, 32);
        remove_leftovers(folder.path());
        assert_eq!((release(), leftover.exists()), (0, false));
    }
}
