//! Starts Claude. A package is started by its name: the folder of its programs changes with each version, and a
//! program that is started from there has no package identity. A Squirrel install is started by its own small program.
//!
//! An elevated program would pass its rights on to what it starts, so it lets the desktop's shell start Claude.

use std::ffi::OsStr;
use std::io;
use std::os::windows::process::CommandExt;
use std::path::PathBuf;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use airouter_core::claude::packages::app_of;
use airouter_core::claude::windows_start::{AfterAnswer, after, shown};

use super::calls;
use crate::install::Install;
use crate::places::Places;

/// Process creation flags: no console window, and a process group of its own.
const DETACHED: u32 = crate::command::NO_CONSOLE_WINDOW | 0x0000_0200;
/// How often a package is started that is being replaced by its update or still in use, and the pause between: half a
/// minute.
const ATTEMPTS: u32 = 15;
const PAUSE: Duration = Duration::from_secs(2);

/// Starts Claude so that it keeps running when this program ends. Returns the HRESULT by which the system's own
/// function refused the start before the shell was asked.
///
/// # Errors
/// The system's error, or the HRESULT of a package that cannot be started until the computer is restarted.
pub(crate) fn start(install: &Install, places: &Places) -> io::Result<Option<String>> {
    calls::keep_streams();
    let by_shell = calls::am_elevated() && !places.is_scratch();
    match app_of(&install.launcher.to_string_lossy()) {
        Some(app) if !by_shell => {
            let started = start_package(|| calls::activate(app), || spawn(install, places, true), PAUSE);
            // No answer is none: whether Claude runs is seen by its processes and its log.
            started.or_else(|error| {
                if error.kind() == io::ErrorKind::TimedOut { Ok(Some(error.to_string())) } else { Err(error) }
            })
        }
        Some(_) => spawn(install, places, true).map(|()| None),
        None => spawn(install, places, by_shell).map(|()| None),
    }
}

/// Starts a package, and again while it is being replaced; by the shell where the other way is not there.
fn start_package(
    activate: impl Fn() -> io::Result<u32>,
    by_shell: impl FnOnce() -> io::Result<()>,
    pause: Duration,
) -> io::Result<Option<String>> {
    let mut answer = 0;
    for _ in 0..ATTEMPTS {
        answer = activate()?;
        match after(answer) {
            AfterAnswer::Wait => return Ok(None),
            AfterAnswer::AskShell => break,
            // A scanner, or a program of the package that is just ending, may let go of the files as well.
            AfterAnswer::Again | AfterAnswer::RestartComputer => thread::sleep(pause),
        }
    }
    match after(answer) {
        AfterAnswer::RestartComputer => Err(io::Error::from_raw_os_error(answer.cast_signed())),
        _ => by_shell().map(|()| Some(shown(answer))),
    }
}

/// Starts a program: Claude's, or the shell's with Claude's name or path.
fn spawn(install: &Install, places: &Places, by_shell: bool) -> io::Result<()> {
    let (program, word) = words(install, places, by_shell);
    let mut command = crate::command::program(program);
    command
        .args(word)
        .envs(places.claude_environment.iter().map(|(name, value)| (name, value)))
        .creation_flags(DETACHED)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if places.base_folders.home.is_dir() {
        command.current_dir(&places.base_folders.home);
    }
    // The shell ends at once with a meaningless exit code; the caller checks whether Claude runs.
    command.spawn().map(drop)
}

/// The program to run and its argument.
fn words<'a>(install: &'a Install, places: &Places, by_shell: bool) -> (PathBuf, Option<&'a OsStr>) {
    if by_shell {
        (places.system.join("explorer.exe"), Some(install.launcher.as_os_str()))
    } else {
        (install.launcher.clone(), None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    fn install(launcher: &str) -> Install {
        Install {
            launcher: launcher.into(),
            program: r"C:\Program Files\WindowsApps\x\app\claude.exe".into(),
            version: None,
            folders: Vec::new(),
            families: Vec::new(),
        }
    }

    #[test]
    fn the_shell_gets_the_name_or_the_path() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_scratch(folder.path()).unwrap();
        let shell = places.system.join("explorer.exe");
        for launcher in [r"shell:AppsFolder\Claude_pzs8sxrjxfjjc!Claude", r"C:\x\claude.exe"] {
            let claude = install(launcher);
            assert_eq!(words(&claude, &places, true), (shell.clone(), Some(claude.launcher.as_os_str())));
        }
        let squirrel = install(r"C:\x\claude.exe");
        assert_eq!(words(&squirrel, &places, false), (squirrel.launcher.clone(), None));
        assert!(start(&squirrel, &places).is_err(), "what is not there does not start");
        assert!(spawn(&squirrel, &places, true).is_err(), "this computer has no shell");
    }

    /// The numbers of starts by name and by the shell, and the result.
    #[track_caller]
    fn check(answers: &[u32], expected: (usize, usize), error: Option<u32>) {
        let (asked, shell) = (Cell::new(0), Cell::new(0));
        let activate = || {
            let answer = answers.get(asked.get()).or(answers.last()).copied().unwrap();
            asked.set(asked.get() + 1);
            Ok(answer)
        };
        let by_shell = || {
            shell.set(shell.get() + 1);
            Ok(())
        };
        let done = start_package(activate, by_shell, Duration::ZERO);
        let told = done.as_ref().ok().and_then(|told| told.as_deref());
        assert_eq!(told.is_some(), expected.1 == 1, "{answers:X?}: {told:?}");
        assert_eq!((asked.get(), shell.get()), expected, "{answers:X?}");
        assert_eq!(done.err().and_then(|it| it.raw_os_error()), error.map(u32::cast_signed), "{answers:X?}");
    }

    #[test]
    fn each_answer_leads_on() {
        check(&[0], (1, 0), None);
        check(&[0x8007_3D00, 0x8027_0254, 0], (3, 0), None);
        check(&[0x8007_0020, 0x8007_3D02, 0], (3, 0), None);
        check(&[0x8007_0020], (ATTEMPTS as usize, 0), Some(0x8007_0020));
        check(&[0x8004_0154], (1, 1), None);
        check(&[0x8007_3D00], (ATTEMPTS as usize, 1), None);
    }
}
