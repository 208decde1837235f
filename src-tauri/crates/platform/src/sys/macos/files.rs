//! Files of macOS: like those of other Unix systems, but for a mark that a browser leaves.

use std::fs::{File, Metadata};
use std::io;
use std::path::Path;
use std::process::Command;

use rustix::fs::fremovexattr;
use rustix::io::Errno;

use crate::command;

/// The mark on what came from the network: a program that has it is asked about before its first start,
/// and Claude, which starts the helper, has nobody to ask.
const QUARANTINE: &str = "com.apple.quarantine";

/// Makes a file a program that its owner may run, and that nobody is asked about. The installer from which
/// it came was asked about and verified already.
pub(crate) fn make_executable(file: &File) -> io::Result<()> {
    super::super::unix::make_executable(file)?;
    remove_mark(file, QUARANTINE)
}

/// Gives a new file the group and the attributes of another one. A list of rights is neither, and cannot be
/// carried over without the system's own library: a file that has one is not replaced.
pub(crate) fn carry(path: &Path, meta: &Metadata, new: &tempfile::NamedTempFile) -> io::Result<()> {
    carry_unless_listed(Path::new("/bin/ls"), path, meta, new)
}

fn carry_unless_listed(ls: &Path, path: &Path, meta: &Metadata, new: &tempfile::NamedTempFile) -> io::Result<()> {
    let told = command::run(Command::new(ls).arg("-lde").arg(path), "", super::SHORT)?;
    if told.code != Some(0) {
        return Err(io::Error::other("whether the file has a list of rights cannot be told"));
    }
    // The eleventh sign is a plus where there is a list; an `@` there stands for attributes alone.
    if told.output.as_bytes().get(10) == Some(&b'+') {
        return Err(io::Error::new(io::ErrorKind::Unsupported, "the file has a list of rights (ACL)"));
    }
    super::super::unix::carry(path, meta, new)
}

fn remove_mark(file: &File, name: &str) -> io::Result<()> {
    match fremovexattr(file, name) {
        Ok(()) => Ok(()),
        // It has no such mark, or lies on a disk that knows none.
        Err(Errno::NOTSUP) => Ok(()),
        Err(error) if is_absent(error) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(target_os = "macos")]
fn is_absent(error: Errno) -> bool {
    error == Errno::NOATTR
}

#[cfg(not(target_os = "macos"))]
fn is_absent(error: Errno) -> bool {
    error == Errno::NODATA
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::fs::{XattrFlags, fgetxattr, fsetxattr};

    #[test]
    fn a_file_with_a_list_of_rights_is_not_replaced() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (path, ls) = (folder.path().join("file"), folder.path().join("ls"));
        std::fs::write(&path, "{}").unwrap();
        let meta = std::fs::metadata(&path).unwrap();
        for (line, ended, is_carried) in [
            ("-rw-r--r--  1 li  staff  2 Nov 28 10:00 file", 0, true),
            ("-rw-r--r--@ 1 li  staff  2 Nov 28 10:00 file", 0, true),
            ("-rw-r--r--+ 1 li  staff  2 Nov 28 10:00 file\n 0: user:wang allow read", 0, false),
            ("", 1, false),
        ] {
            std::fs::write(&ls, format!("#!/bin/sh\nprintf '%s\\n' '{line}'\nexit {ended}\n")).unwrap();
            std::fs::set_permissions(&ls, std::fs::Permissions::from_mode(0o700)).unwrap();
            let new = tempfile::NamedTempFile::new_in(folder.path()).unwrap();
            assert_eq!(carry_unless_listed(&ls, &path, &meta, &new).is_ok(), is_carried, "{line}");
        }
        // Nothing here tells of lists as a Mac does.
        let new = tempfile::NamedTempFile::new_in(folder.path()).unwrap();
        assert!(cfg!(target_os = "macos") || carry(&path, &meta, &new).is_err());
    }

    #[test]
    fn a_program_has_no_mark_and_its_owner_runs_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("program");
        let file = File::create(&path).unwrap();
        make_executable(&file).unwrap();
        assert!(super::super::is_executable(&path));
        // Linux lets only names of this kind be set.
        let name = "user.quarantine";
        fsetxattr(&file, name, b"0083;", XattrFlags::empty()).expect("a disk that keeps such marks");
        remove_mark(&file, name).unwrap();
        assert!(is_absent(fgetxattr(&file, name, &mut [0u8; 8][..]).unwrap_err()));
        remove_mark(&file, name).unwrap();
    }
}
