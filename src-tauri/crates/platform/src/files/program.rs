//! Puts a program in the place of another one that may be running.
//!
//! Claude's profile names the program by its path, so that path must not stay empty, and what takes it must work. The
//! new program is written beside it and run once: security software and rules of administrators show themselves then,
//! while the old one is still in its place. Windows does not replace a program that runs, but renames it; that is done
//! only if the plain replacement fails, and undone if the second step fails as well.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::TempPath;

use super::patience::{Operation, may_pass, patiently};
use super::{TEMPORARY, folder_of, make_folders, move_over, read, sync_folder};
use crate::fault_injection::{self, point};
use crate::sys;

/// Why a program was not installed.
#[derive(Debug)]
pub(crate) enum NotInstalled<E> {
    /// The system's error with a file.
    File(io::Error),
    /// It was tried, with this outcome; the former program is still in its place.
    Trial(E),
}

impl<E> From<io::Error> for NotInstalled<E> {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

/// Copies a program to `to` atomically, and makes it executable. `try_it` is called with the copy before that takes
/// its place; with its error nothing is replaced. Does nothing if the same program is there already.
///
/// # Errors
/// Why it was not installed; what was there before is still there.
pub(crate) fn install_program<E>(
    from: &Path,
    to: &Path,
    try_it: impl FnOnce(&Path) -> Result<(), E>,
) -> Result<(), NotInstalled<E>> {
    let bytes = read(from)?;
    if read(to).is_ok_and(|present| present == bytes) && sys::is_executable(to) {
        return Ok(());
    }
    let folder = folder_of(to)?;
    make_folders(folder)?;
    let new = copy(&bytes, to, folder)?;
    try_it(&new).map_err(NotInstalled::Trial)?;
    take_the_place(new, to)?;
    sync_folder(folder)?;
    Ok(())
}

/// Like [`install_program`], for a program that is not the helper.
///
/// # Errors
/// The system's error.
#[cfg(feature = "sandbox")]
pub(crate) fn install_untried(from: &Path, to: &Path) -> io::Result<()> {
    let untried = |_: &Path| Ok::<(), std::convert::Infallible>(());
    install_program(from, to, untried).map_err(|why| match why {
        NotInstalled::File(error) => error,
        NotInstalled::Trial(never) => match never {},
    })
}

/// A copy of a program beside its place, closed: Linux does not start a program that is open for writing.
fn copy(bytes: &[u8], to: &Path, folder: &Path) -> io::Result<TempPath> {
    // With the same ending: on Windows the name decides whether it is a program.
    let ending = to.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
    point("create")?;
    let create = |path: &Path| patiently(Operation::Open, || sys::create_private(path));
    let mut file = tempfile::Builder::new().prefix(TEMPORARY).suffix(&ending).make_in(folder, create)?;
    point("write")?;
    file.write_all(bytes)?;
    sys::make_executable(file.as_file())?;
    point("sync")?;
    file.as_file().sync_all()?;
    Ok(file.into_temp_path())
}

fn take_the_place(new: TempPath, to: &Path) -> io::Result<()> {
    point("rename")?;
    // Tried once: a running program does not end by waiting.
    let new = match persist_once(new, to) {
        Ok(()) => return Ok(()),
        Err((error, new)) if may_pass(&error, Operation::Rename) && to.is_file() => new,
        // There is nothing to make way: what is held is the new program, which was run a moment ago.
        Err((error, new)) if may_pass(&error, Operation::Rename) => return move_over(new, to),
        Err((error, _)) => return Err(error),
    };
    let aside = free_place_of(to);
    patiently(Operation::Rename, || fs_err::rename(to, &aside))?;
    if let Err(error) = move_over(new, to) {
        // The path must not be empty; if this fails too, the next start installs the program again.
        let _ = patiently(Operation::Rename, || fs_err::rename(&aside, to));
        return Err(error);
    }
    // A running program cannot be removed; a later start removes it.
    let _ = fs_err::remove_file(&aside);
    Ok(())
}

fn persist_once(new: TempPath, to: &Path) -> Result<(), (io::Error, TempPath)> {
    match fault_injection::attempt("rename") {
        Ok(()) => new.persist(to).map_err(|failed| (failed.error, failed.path)),
        Err(error) => Err((error, new)),
    }
}

/// Where the former program is renamed to, with a name by which a later start finds and removes it.
fn free_place_of(program: &Path) -> PathBuf {
    program.with_file_name(format!("{TEMPORARY}old-{}", uuid::Uuid::new_v4()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::spawn;
    use crate::fault_injection::{hold, release};
    use std::convert::Infallible;
    use std::process::{Command, Stdio};

    fn untried(_program: &Path) -> Result<(), Infallible> {
        Ok(())
    }

    /// A folder with a program of this name in it, and a newer one beside it.
    fn programs() -> (tempfile::TempDir, PathBuf, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let (program, newer) = (folder.path().join("there/helper.exe"), folder.path().join("newer.exe"));
        let own = std::env::current_exe().unwrap();
        install_program(&own, &program, untried).unwrap();
        let mut bytes = std::fs::read(own).unwrap();
        bytes.extend_from_slice(b"newer");
        std::fs::write(&newer, bytes).unwrap();
        (folder, program, newer)
    }

    fn names(program: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(program.parent().unwrap()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
    }

    fn is_same(one: &Path, other: &Path) -> bool {
        std::fs::read(one).unwrap() == std::fs::read(other).unwrap()
    }

    #[test]
    fn a_program_is_replaced_while_it_runs() {
        let (_folder, program, newer) = programs();
        // It lists the tests into a pipe that nobody reads, or has ended: both must do.
        let listing = ["--list", "--format", "terse"];
        let mut running = spawn(Command::new(&program).args(listing).stdout(Stdio::piped())).unwrap();
        install_program(&newer, &program, untried).unwrap();
        assert!(is_same(&newer, &program), "the new one is not in place");
        let _ = running.kill();
        running.wait().unwrap();
    }

    #[test]
    fn the_first_program_is_waited_for_while_a_scanner_holds_it() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("helper.exe");
        let own = std::env::current_exe().unwrap();
        hold("rename", 3, 32);
        install_program(&own, &program, untried).unwrap();
        assert_eq!(release(), 0);
        assert_eq!(names(&program), ["helper.exe"]);
    }

    #[test]
    fn what_was_tried_in_vain_replaces_nothing() {
        let (_folder, program, newer) = programs();
        let former = std::fs::read(&program).unwrap();
        let mut tried = None;
        let refused = install_program(&newer, &program, |new| {
            assert!(is_same(&newer, new), "the copy is tried");
            assert_eq!((new.parent(), new.extension()), (program.parent(), program.extension()));
            let ended = spawn(Command::new(new).arg("--list").stdout(Stdio::null())).unwrap().wait().unwrap();
            tried = Some(ended.success());
            Err("it does not work")
        });
        assert!(matches!(refused, Err(NotInstalled::Trial("it does not work"))));
        assert_eq!(tried, Some(true), "it can be started before it takes its place");
        assert_eq!(std::fs::read(&program).unwrap(), former);
        assert_eq!(names(&program), ["helper.exe"], "nothing is left beside it");
    }

    #[test]
    fn a_held_program_makes_way_and_comes_back_if_that_was_in_vain() {
        let (_folder, program, newer) = programs();
        let former = std::fs::read(&program).unwrap();
        // The plain replacement fails, and so do all tries to rename it away.
        hold("rename", 99, 5);
        assert!(matches!(install_program(&newer, &program, untried), Err(NotInstalled::File(_))));
        release();
        assert_eq!((std::fs::read(&program).unwrap(), names(&program).len()), (former.clone(), 1));
        // It is renamed away, and then the new one cannot be moved into its place.
        hold("rename", 1, 5);
        let mut renames = 0;
        fault_injection::set(Some(Box::new(move |step| {
            renames += u32::from(step == "rename");
            if renames == 2 { Err(io::Error::from_raw_os_error(225)) } else { Ok(()) }
        })));
        assert!(matches!(install_program(&newer, &program, untried), Err(NotInstalled::File(_))));
        fault_injection::set(None);
        assert_eq!(release(), 0);
        assert_eq!((std::fs::read(&program).unwrap(), names(&program).len()), (former, 1), "it has come back");
        // It is renamed away, and the new one takes its place.
        hold("rename", 1, 5);
        install_program(&newer, &program, untried).unwrap();
        assert_eq!(release(), 0);
        assert!(is_same(&newer, &program));
        assert_eq!(names(&program), ["helper.exe"]);
    }
}
