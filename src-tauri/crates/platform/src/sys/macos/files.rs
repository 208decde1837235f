//! Files of macOS: like those of other Unix systems, but for a mark that a browser leaves.

use std::fs::File;
use std::io;

use rustix::fs::fremovexattr;
use rustix::io::Errno;

/// The mark on what came from the network: a program that has it is asked about before its first start,
/// and Claude, which starts the helper, has nobody to ask.
const QUARANTINE: &str = "com.apple.quarantine";

/// Makes a file a program that its owner may run, and that nobody is asked about. The installer from which
/// it came was asked about and verified already.
pub(crate) fn make_executable(file: &File) -> io::Result<()> {
    super::super::unix::make_executable(file)?;
    remove_mark(file, QUARANTINE)
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
