//! Files of macOS: like those of other Unix systems, except for the quarantine mark and access control lists.

use std::fs::{File, Metadata};
use std::io;
use std::path::Path;

use rustix::fs::fremovexattr;
use rustix::io::Errno;

use crate::command;

/// The attribute of downloaded files: macOS asks the person before such a program is first started, which cannot
/// work when Claude starts the helper.
const QUARANTINE: &str = "com.apple.quarantine";

/// Makes a file executable for its owner and removes the quarantine mark. The installer that contained it has been
/// confirmed and verified already.
///
/// # Errors
/// The system's error.
pub(crate) fn make_executable(file: &File) -> io::Result<()> {
    super::super::unix::make_executable(file)?;
    remove_mark(file, QUARANTINE)
}

/// Copies the group and the extended attributes of a file to a new file. An access control list cannot be copied
/// without the system's own library.
///
/// # Errors
/// The system's error, or `Unsupported` if the file has an access control list.
pub(crate) fn copy_attributes(path: &Path, meta: &Metadata, new: &tempfile::NamedTempFile) -> io::Result<()> {
    copy_unless_acl(Path::new("/bin/ls"), path, meta, new)
}

fn copy_unless_acl(ls: &Path, path: &Path, meta: &Metadata, new: &tempfile::NamedTempFile) -> io::Result<()> {
    let listed = command::run(command::program(ls).arg("-lde").arg(path), "", super::SHORT)?;
    if listed.code != Some(0) {
        return Err(io::Error::other("whether the file has a list of rights cannot be told"));
    }
    // The eleventh character is `+` if there is a list; `@` means attributes only.
    if listed.output.as_bytes().get(10) == Some(&b'+') {
        return Err(io::Error::new(io::ErrorKind::Unsupported, "the file has a list of rights (ACL)"));
    }
    super::super::unix::copy_attributes(path, meta, new)
}

fn remove_mark(file: &File, name: &str) -> io::Result<()> {
    match fremovexattr(file, name) {
        Ok(()) => Ok(()),
        // The file system has no extended attributes.
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
            assert_eq!(copy_unless_acl(&ls, &path, &meta, &new).is_ok(), is_carried, "{line}");
        }
        // Only the `ls` of macOS shows access control lists.
        let new = tempfile::NamedTempFile::new_in(folder.path()).unwrap();
        assert!(cfg!(target_os = "macos") || copy_attributes(&path, &meta, &new).is_err());
    }

    #[test]
    fn a_program_has_no_mark_and_its_owner_runs_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("program");
        let file = File::create(&path).unwrap();
        make_executable(&file).unwrap();
        assert!(super::super::is_executable(&path));
        // Linux allows only names that begin with `user.`.
        let name = "user.quarantine";
        fsetxattr(&file, name, b"0083;", XattrFlags::empty()).expect("a disk that keeps such marks");
        remove_mark(&file, name).unwrap();
        assert!(is_absent(fgetxattr(&file, name, &mut [0u8; 8][..]).unwrap_err()));
        remove_mark(&file, name).unwrap();
    }
}
