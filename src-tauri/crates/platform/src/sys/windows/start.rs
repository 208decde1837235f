//! Starts Claude. A package is started through the shell's folder of apps: the folder of its programs changes with each
//! version, and a program that is started from there has no package identity. A Squirrel install is started by its
//! own small program.

use std::ffi::OsStr;
use std::io;
use std::os::windows::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::calls;
use crate::install::Install;
use crate::places::Places;

/// Process creation flags: no console, and a process group of its own.
const DETACHED: u32 = 0x0000_0008 | 0x0000_0200;

/// Starts Claude so that it keeps running when this program ends.
///
/// # Errors
/// The system's error.
pub(crate) fn start(install: &Install, places: &Places) -> io::Result<()> {
    calls::keep_streams();
    let (program, word) = words(install, places);
    let mut command = Command::new(program);
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
fn words<'a>(install: &'a Install, places: &Places) -> (PathBuf, Option<&'a OsStr>) {
    let launcher = install.launcher.as_os_str();
    if launcher.to_string_lossy().starts_with("shell:") {
        (places.system.join("explorer.exe"), Some(launcher))
    } else {
        (install.launcher.clone(), None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_started_by_the_shell_and_never_by_its_program() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_scratch(folder.path()).unwrap();
        let install = |launcher: &str| Install {
            launcher: launcher.into(),
            program: r"C:\Program Files\WindowsApps\x\app\claude.exe".into(),
            version: None,
            folders: Vec::new(),
        };
        let package = install(r"shell:AppsFolder\Claude_pzs8sxrjxfjjc!Claude");
        assert_eq!(words(&package, &places), (places.system.join("explorer.exe"), Some(package.launcher.as_os_str())));
        let squirrel = install(r"C:\x\claude.exe");
        assert_eq!(words(&squirrel, &places), (squirrel.launcher.clone(), None));
        assert!(start(&squirrel, &places).is_err(), "what is not there does not start");
    }
}
