//! Files of Windows. There are no modes: files in a person's own folders inherit access control lists that keep other
//! people out, so a new file needs nothing more.

use std::fs::Metadata;
use std::io;
use std::path::Path;

use super::calls;

/// The system's error codes for a file that another program has open: access denied, sharing violation, lock
/// violation. The first may also be permanent, so the number of tries is limited.
const OPEN_ELSEWHERE: [i32; 3] = [5, 32, 33];

/// True if a file belongs to the person who runs this program, to the administrators or to the system.
pub(crate) fn is_mine(path: &Path, _meta: &Metadata) -> bool {
    calls::is_owner_trusted(path)
}

/// How many names (hard links) a file has; one if that cannot be determined.
pub(crate) fn names(path: &Path, _meta: &Metadata) -> u64 {
    let information = fs_err::File::open(path).and_then(|file| winapi_util::file::information(file.file()));
    information.map_or(1, |information| information.number_of_links())
}

/// Copies the access control list of a file to a new file, except for the entries inherited from the folder.
///
/// # Errors
/// The system's error.
pub(crate) fn copy_attributes(path: &Path, _meta: &Metadata, new: &tempfile::NamedTempFile) -> io::Result<()> {
    calls::copy_rights(path, new.path())
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

/// Creates the missing folders of a path; they inherit their access control lists.
///
/// # Errors
/// The system's error.
pub(crate) fn make_private_folders(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)
}

/// Does nothing: Windows makes renames durable by itself.
pub(crate) fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// Renames a program that is to be replaced: while it runs, it can be renamed but not replaced. The renamed file is
/// removed at once or by a later start.
///
/// # Errors
/// The system's error.
pub(crate) fn move_running_program_aside(program: &Path) -> io::Result<()> {
    if !program.is_file() {
        return Ok(());
    }
    let aside = program.with_file_name(format!(".airouter-setup-old-{}", uuid::Uuid::new_v4()));
    fs_err::rename(program, &aside)?;
    // A running program cannot be removed; a later start removes it.
    let _ = fs_err::remove_file(&aside);
    Ok(())
}

/// True if a file could not be replaced only because another program has it open.
pub(crate) fn is_open_elsewhere(error: &io::Error) -> bool {
    error.raw_os_error().is_some_and(|code| OPEN_ELSEWHERE.contains(&code))
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
    use crate::files::{Privacy, inspect, install_program, remove, replace};
    use airouter_core::claude::library::FileFact;
    use std::os::windows::fs::OpenOptionsExt;
    use std::process::{Command, Stdio};
    use std::time::Duration;

    #[test]
    fn a_new_file_is_mine_and_a_missing_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("文件.json");
        replace(&path, b"{}", Privacy::OwnerOnly).unwrap();
        let meta = std::fs::metadata(&path).unwrap();
        assert!(is_mine(&path, &meta));
        assert!(!is_mine(&folder.path().join("nothing"), &meta));
        assert_eq!(inspect(&path, folder.path()), FileFact::Present(b"{}".to_vec()));
        remove(&path).unwrap();
        assert_eq!(inspect(&path, folder.path()), FileFact::Absent);
    }

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
    fn a_program_is_replaced_while_it_runs() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("helper.exe");
        let own = std::env::current_exe().unwrap();
        install_program(&own, &program).unwrap();
        assert!(is_executable(&program) && !is_executable(folder.path()));
        let mut running = Command::new(&program).args(["--list", "--format", "terse"]).spawn().unwrap();
        let other = folder.path().join("other.exe");
        let mut bytes = std::fs::read(&own).unwrap();
        bytes.extend_from_slice(b"a newer one");
        std::fs::write(&other, &bytes).unwrap();
        install_program(&other, &program).unwrap();
        running.wait().unwrap();
        assert_eq!(std::fs::read(&program).unwrap(), bytes);
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
        assert!(is_mine(new.path(), &meta) && std::fs::read(new.path()).is_ok(), "it can still be used");
        std::fs::hard_link(&path, folder.path().join("other")).unwrap();
        assert_eq!(names(&path, &meta), 2);
        assert!(copy_attributes(&folder.path().join("nothing"), &meta, &new).is_err());
    }

    #[test]
    fn only_being_held_is_waited_for() {
        for (code, expected) in [(32, true), (33, true), (5, true), (2, false), (112, false)] {
            assert_eq!(is_open_elsewhere(&io::Error::from_raw_os_error(code)), expected, "{code}");
        }
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
    fn what_needs_nothing_here_does_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("a").join("b");
        make_private_folders(&deep).unwrap();
        assert!(deep.is_dir() && sync_folder(&deep).is_ok());
        move_running_program_aside(&deep.join("nothing.exe")).unwrap();
        let file = std::fs::File::create(deep.join("x.exe")).unwrap();
        make_executable(&file).unwrap();
        assert!(is_executable(&deep.join("x.exe")));
    }
}
