//! Files of Windows: what is copied from a replaced file, what is marked, what identifies a file. There are no modes;
//! who may read a file is in `access`.

use std::fs::Metadata;
use std::io;
use std::os::windows::fs::OpenOptionsExt;
use std::path::Path;

use super::calls::security;

/// `FILE_FLAG_BACKUP_SEMANTICS`, without which a folder cannot be opened.
const FOLDERS_TOO: u32 = 0x0200_0000;
/// `FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE`
const SHARE_ALL: u32 = 7;

/// How many names (hard links) a file has; one if that cannot be determined.
pub(crate) fn names(path: &Path, _meta: &Metadata) -> u64 {
    // Without the right to read, so that it does not matter whether another program has the file open.
    let file = std::fs::OpenOptions::new().access_mode(0).share_mode(SHARE_ALL).custom_flags(FOLDERS_TOO).open(path);
    let information = file.and_then(winapi_util::file::information);
    information.map_or(1, |information| information.number_of_links())
}

/// Copies the access control list of a file to a new file, except for the entries inherited from the folder.
///
/// # Errors
/// The system's error.
pub(crate) fn copy_attributes(path: &Path, _meta: &Metadata, new: &tempfile::NamedTempFile) -> io::Result<()> {
    security::copy_rights(path, new.path())
}

/// Always `None`: on Windows owners are compared ([`is_mine`]), but not named.
pub(crate) fn other_owner(_path: &Path, _meta: &Metadata) -> Option<String> {
    None
}

/// Always true: on Windows that cannot be determined without trying.
pub(crate) fn may_enter(_folder: &Path) -> bool {
    true
}

/// False only for a file that is marked read-only: access control lists are not evaluated here.
pub(crate) fn may_change(place: &Path) -> bool {
    !std::fs::metadata(place).is_ok_and(|meta| meta.is_file() && meta.permissions().readonly())
}

/// True for a file whose name ends in `.exe`.
pub(crate) fn is_executable(path: &Path) -> bool {
    path.is_file() && path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("exe"))
}

/// Does nothing: on Windows the name decides whether a file is a program.
pub(crate) fn make_executable(_file: &std::fs::File) -> io::Result<()> {
    Ok(())
}

/// Writes a folder's changes to the disk, which makes renames in it durable (`FlushFileBuffers` on the folder). Not
/// every file system can do it, and it needs the right to write into the folder. Without it a rename is atomic, and may
/// be lost with the power; the next start then finds the state before it and acts on that.
///
/// # Errors
/// None: a rename that is only not durable yet is no failure.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    let opened = std::fs::OpenOptions::new().write(true).share_mode(SHARE_ALL).custom_flags(FOLDERS_TOO).open(folder);
    if let Err(error) = opened.and_then(|folder| folder.sync_all()) {
        tracing::debug!(%error, "a folder is not synced");
    }
    Ok(())
}

/// The identity of a file (volume and file number), by which a rotated log is recognized. The creation time would not
/// do: Windows gives a new file with an old name the old creation time.
pub(crate) fn identity(file: &std::fs::File) -> Option<(u64, u64)> {
    let information = winapi_util::file::information(file).ok()?;
    Some((information.volume_serial_number(), information.file_index()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::{Privacy, inspect, replace};
    use airouter_core::claude::library::FileFact;
    use std::process::{Command, Stdio};
    use std::time::Duration;

    #[test]
    fn only_the_mark_on_a_file_tells_that_it_may_not_be_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("文件.json");
        std::fs::write(&path, "{}").unwrap();
        let mut permissions = std::fs::metadata(&path).unwrap().permissions();
        assert!(may_enter(folder.path()) && may_change(folder.path()) && may_change(&path));
        assert_eq!(other_owner(&path, &std::fs::metadata(&path).unwrap()), None);
        permissions.set_readonly(true);
        std::fs::set_permissions(&path, permissions).unwrap();
        assert!(!may_change(&path));
    }

    #[test]
    fn an_open_file_is_replaced_when_the_other_program_closes_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("_meta.json");
        std::fs::write(&path, "old").unwrap();
        // Opened as a virus scanner does: others may read and write, but not replace it. The other program has it as
        // its standard error and waits for input.
        let held = std::fs::OpenOptions::new().read(true).write(true).share_mode(3).open(&path).unwrap();
        let mut scanner = {
            let mut pause = Command::new("cmd.exe");
            pause.args(["/c", "pause"]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(held).spawn().unwrap()
        };
        let holder = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(200));
            scanner.kill().unwrap();
            scanner.wait().unwrap();
        });
        replace(&path, b"new", Privacy::AsBefore).unwrap();
        assert!(holder.is_finished(), "it was replaced while another program had it open");
        holder.join().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        let left = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(left, 1, "no temporary file is left behind");
    }

    #[test]
    fn a_second_name_is_counted_and_rights_are_copied() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "{}").unwrap();
        let meta = std::fs::metadata(&path).unwrap();
        assert_eq!(names(&path, &meta), 1);
        let new = tempfile::NamedTempFile::new_in(folder.path()).unwrap();
        copy_attributes(&path, &meta, &new).unwrap();
        assert!(std::fs::read(new.path()).is_ok(), "it can still be used");
        std::fs::hard_link(&path, folder.path().join("other")).unwrap();
        assert_eq!(names(&path, &meta), 2);
        assert!(copy_attributes(&folder.path().join("nothing"), &meta, &new).is_err());
    }

    #[test]
    fn a_new_log_under_an_old_name_is_another_file() {
        let folder = tempfile::tempdir().unwrap();
        let (path, aside) = (folder.path().join("main.log"), folder.path().join("main.old.log"));
        std::fs::write(&path, "a").unwrap();
        let of = |path: &Path| identity(&std::fs::File::open(path).unwrap()).unwrap();
        let before = of(&path);
        std::fs::rename(&path, &aside).unwrap();
        std::fs::write(&path, "b").unwrap();
        assert_eq!(of(&aside), before);
        assert_ne!(of(&path), before);
    }

    #[test]
    fn a_folder_is_synced_and_a_name_makes_a_program() {
        let folder = tempfile::tempdir().unwrap();
        assert!(sync_folder(folder.path()).is_ok() && sync_folder(&folder.path().join("nothing")).is_ok());
        let file = std::fs::File::create(folder.path().join("x.exe")).unwrap();
        make_executable(&file).unwrap();
        assert!(is_executable(&folder.path().join("x.exe")) && !is_executable(folder.path()));
    }

    #[test]
    fn a_file_that_another_program_reads_still_tells_its_names() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "{}").unwrap();
        std::fs::hard_link(&path, folder.path().join("other")).unwrap();
        let meta = std::fs::metadata(&path).unwrap();
        let _held = std::fs::OpenOptions::new().read(true).share_mode(0).open(&path).unwrap();
        assert_eq!(names(&path, &meta), 2);
        assert_eq!(inspect(&path, folder.path()), FileFact::Irregular("held"), "and that it cannot be read now");
    }
}
