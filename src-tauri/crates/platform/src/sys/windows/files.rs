//! Files of Windows: nobody sets modes on them. What a person's own folders hold is closed to other
//! people by the lists that it inherits, so a new file needs no more than to be made there.

use std::fs::Metadata;
use std::io;
use std::path::Path;

use super::calls;

/// What the system says of a file that another program has open: access denied, sharing violation, lock
/// violation. The first may also be meant for good, so patience has an end.
const HELD: [i32; 3] = [5, 32, 33];

/// True when a file belongs to the person who runs this program, or to the system.
pub(crate) fn is_mine(path: &Path, _meta: &Metadata) -> bool {
    calls::is_owner_trusted(path)
}

/// How many names a file has; one where that cannot be told.
pub(crate) fn names(path: &Path, _meta: &Metadata) -> u64 {
    let told = fs_err::File::open(path).and_then(|file| winapi_util::file::information(file.file()));
    told.map_or(1, |told| told.number_of_links())
}

/// Gives a new file the list of rights of another one, as far as it does not come from the folder anyway.
pub(crate) fn carry(path: &Path, _meta: &Metadata, new: &tempfile::NamedTempFile) -> io::Result<()> {
    calls::copy_rights(path, new.path())
}

/// The name of another person to whom a file belongs. Here owners are told apart ([`is_mine`]), not named.
pub(crate) fn other_owner(_path: &Path, _meta: &Metadata) -> Option<String> {
    None
}

/// True when this person may go through a folder, or when that cannot be told without trying, as here.
pub(crate) fn may_enter(_folder: &Path) -> bool {
    true
}

/// True when this person may write a file or into a folder, or when that cannot be told, as here: what
/// counts are lists of rights, and only the mark on a file is plain.
pub(crate) fn may_change(place: &Path) -> bool {
    !std::fs::metadata(place).is_ok_and(|meta| meta.is_file() && meta.permissions().readonly())
}

/// True for a program.
pub(crate) fn is_executable(path: &Path) -> bool {
    path.is_file() && path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("exe"))
}

/// Makes a file a program: here its name alone decides.
pub(crate) fn make_executable(_file: &std::fs::File) -> io::Result<()> {
    Ok(())
}

/// Makes the missing folders on the way; they inherit who may enter.
pub(crate) fn make_private_folders(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)
}

/// Makes a rename durable: the system writes it through by itself.
pub(crate) fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// Prepares the replacing of a program that may be running. Such a file cannot be replaced, but it can
/// be renamed; it is removed when nobody runs it any more.
pub(crate) fn make_way(program: &Path) -> io::Result<()> {
    if !program.is_file() {
        return Ok(());
    }
    let aside = program.with_file_name(format!(".airouter-setup-old-{}", uuid::Uuid::new_v4()));
    fs_err::rename(program, &aside)?;
    // A program that runs cannot be removed; the next start takes the leftovers away.
    let _ = fs_err::remove_file(&aside);
    Ok(())
}

/// True when a file could not be replaced only because another program has it open.
pub(crate) fn is_held(error: &io::Error) -> bool {
    error.raw_os_error().is_some_and(|code| HELD.contains(&code))
}

/// What tells one file from another, so that a rotated log is noticed: its number on its volume. The day
/// on which it was made would not do, since Windows gives a new file of an old name the old day.
pub(crate) fn identity(file: &std::fs::File) -> Option<(u64, u64)> {
    let told = winapi_util::file::information(file).ok()?;
    Some((told.volume_serial_number(), told.file_index()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::{Privacy, install_program, look, remove, replace};
    use airouter_core::claude::library::FileFact;
    use std::os::windows::fs::OpenOptionsExt;
    use std::process::{Command, Stdio};
    use std::time::Duration;

    #[test]
    fn a_new_file_is_mine_and_nobody_knows_a_missing_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("文件.json");
        replace(&path, b"{}", Privacy::OwnerOnly).unwrap();
        let meta = std::fs::metadata(&path).unwrap();
        assert!(is_mine(&path, &meta));
        assert!(!is_mine(&folder.path().join("nothing"), &meta));
        assert_eq!(look(&path, folder.path()), FileFact::Present(b"{}".to_vec()));
        remove(&path).unwrap();
        assert_eq!(look(&path, folder.path()), FileFact::Absent);
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
    fn a_file_that_another_program_holds_is_replaced_when_it_lets_go() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("_meta.json");
        std::fs::write(&path, "old").unwrap();
        // As a virus scanner opens it: others may read and write, but not replace. The other program gets it
        // as its standard error and waits for a key.
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
        assert!(holder.is_finished(), "it was replaced under another program's hands");
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
        carry(&path, &meta, &new).unwrap();
        assert!(is_mine(new.path(), &meta) && std::fs::read(new.path()).is_ok(), "it can still be used");
        std::fs::hard_link(&path, folder.path().join("other")).unwrap();
        assert_eq!(names(&path, &meta), 2);
        assert!(carry(&folder.path().join("nothing"), &meta, &new).is_err());
    }

    #[test]
    fn only_being_held_is_waited_for() {
        for (code, expected) in [(32, true), (33, true), (5, true), (2, false), (112, false)] {
            assert_eq!(is_held(&io::Error::from_raw_os_error(code)), expected, "{code}");
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
        make_way(&deep.join("nothing.exe")).unwrap();
        let file = std::fs::File::create(deep.join("x.exe")).unwrap();
        make_executable(&file).unwrap();
        assert!(is_executable(&deep.join("x.exe")));
    }
}
