//! Starting Claude. A package is started by the shell, from its folder of apps: its programs lie in a
//! folder that changes with each version and give no package when they are started from there. An
//! install by Squirrel is started by its own small program.

use std::ffi::OsStr;
use std::io;
use std::os::windows::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::calls;
use crate::install::Install;
use crate::places::Places;

/// Without a console, and apart from the signals of this program's own.
const DETACHED: u32 = 0x0000_0008 | 0x0000_0200;

/// Starts Claude so that it outlives this program.
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
    if places.ground.home.is_dir() {
        command.current_dir(&places.ground.home);
    }
    // The shell ends at once with a code that says nothing; whether Claude is there is looked at later.
    command.spawn().map(drop)
}

/// What is run, and with which word.
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
