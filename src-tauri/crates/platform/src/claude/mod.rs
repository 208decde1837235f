//! Claude Desktop, the app: where it is, whether it runs, quitting and starting it.

pub mod log;

use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use airouter_core::claude::ancestry;
use airouter_core::claude::version::Version;
use airouter_core::finding::{Code, Finding};
use sysinfo::{Pid, Process, ProcessRefreshKind, ProcessStatus, ProcessesToUpdate, System, UpdateKind};

use crate::places::Places;
use crate::sys;

/// How long Claude may take to appear.
const START_LIMIT: Duration = Duration::from_secs(15);

/// An installed Claude Desktop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Install {
    /// What is started.
    pub launcher: PathBuf,
    /// The program itself, behind all links.
    pub program: PathBuf,
    /// The installed version, if a package says it.
    pub version: Option<Version>,
    /// Folders whose programs are all Claude's, where one program alone does not say it.
    pub folders: Vec<PathBuf>,
}

/// Finds Claude Desktop.
pub fn locate(places: &Places) -> Option<Install> {
    sys::locate(places)
}

/// True when Claude Code, which is another program, is there.
pub fn has_claude_code(places: &Places) -> bool {
    sys::has_claude_code(places)
}

/// True when this Claude runs, be it only in the tray; also when the system does not say what runs.
pub fn is_running(install: &Install) -> bool {
    processes().is_none_or(|system| claudes(&system, install).next().is_some())
}

/// When the running Claude was started, in seconds since 1970.
pub fn started(install: &Install) -> Option<u64> {
    let system = processes()?;
    claudes(&system, install).map(Process::start_time).min()
}

/// The older of the installed version and the running ones: an update that was installed but not
/// started yet leaves a Claude running that does not know the newer keys (PI).
pub fn version(install: &Install) -> Option<Version> {
    let system = processes();
    let running = system.iter().flat_map(|system| claudes(system, install)).filter_map(|it| sys::version_of(it.exe()?));
    running.chain(install.version).min()
}

/// Why this program may not work here: it was started from inside Claude, where folders are redirected.
pub fn obstacle(install: &Install) -> Option<Finding> {
    let is_inside = sys::REDIRECTS_WHAT_IT_STARTS && processes().is_some_and(|system| is_inside(&system, install));
    is_inside.then(|| Finding::new(Code::InsideClaude))
}

/// Asks Claude to quit, and waits until all of it is gone. How it is asked, and whether it is ended at
/// last, is the system's business.
///
/// # Errors
/// `ClaudeStays` when it is still there after all, or why the system did not let it be asked.
pub fn quit(install: &Install) -> Result<(), Finding> {
    for (attempt, limit) in sys::PATIENCE.iter().enumerate() {
        ask_to_quit(install, attempt)?;
        if wait_until(*limit, || !is_running(install)) {
            return Ok(());
        }
    }
    Err(stays(install))
}

/// Starts Claude and waits until it is there.
///
/// # Errors
/// `ClaudeNotStarted` with what the system says.
pub fn start(install: &Install, places: &Places) -> Result<(), Finding> {
    let not_started = |reason: String| Finding::new(Code::ClaudeNotStarted).with("reason", reason);
    sys::start(install, places).map_err(|error| not_started(error.to_string()))?;
    if wait_until(START_LIMIT, || is_running(install)) {
        Ok(())
    } else {
        Err(not_started("it is not there".to_owned()))
    }
}

/// Polls until something is so, or the time is over.
pub(crate) fn wait_until(limit: Duration, mut is_so: impl FnMut() -> bool) -> bool {
    let end = Instant::now() + limit;
    loop {
        if is_so() {
            return true;
        }
        if Instant::now() >= end {
            return false;
        }
        thread::sleep(Duration::from_millis(100));
    }
}

fn stays(install: &Install) -> Finding {
    Finding::new(Code::ClaudeStays).with("path", install.program.display())
}

fn ask_to_quit(install: &Install, attempt: usize) -> Result<(), Finding> {
    let Some(system) = processes() else { return Err(stays(install).with("reason", "processes")) };
    let all: Vec<&Process> = claudes(&system, install).collect();
    let is_claude = |pid: Pid| all.iter().any(|process| process.pid() == pid);
    let first: Vec<&Process> = all.iter().copied().filter(|process| !process.parent().is_some_and(is_claude)).collect();
    sys::ask_to_quit(install, &first, &all, attempt)
}

fn is_inside(system: &System, install: &Install) -> bool {
    let process = |it: &Process| ancestry::Process {
        id: it.pid().as_u32(),
        parent: it.parent().map(Pid::as_u32),
        started: it.start_time(),
        is_claude: sys::is_claude(install, it.exe(), it.cmd()),
    };
    let all: Vec<ancestry::Process> = system.processes().values().map(process).collect();
    ancestry::is_inside_claude(std::process::id(), &all)
}

fn claudes<'a>(system: &'a System, install: &'a Install) -> impl Iterator<Item = &'a Process> {
    let me = sysinfo::get_current_pid().ok();
    let my_user = me.and_then(|pid| system.process(pid)).and_then(|process| process.user_id().cloned());
    system.processes().values().filter(move |process| {
        process.thread_kind().is_none()
            && process.status() != ProcessStatus::Zombie
            && Some(process.pid()) != me
            && process.user_id() == my_user.as_ref()
            && sys::is_claude(install, process.exe().filter(|exe| *exe != Path::new("")), process.cmd())
    })
}

fn processes() -> Option<System> {
    let what = ProcessRefreshKind::nothing()
        .with_exe(UpdateKind::Always)
        .with_cmd(UpdateKind::Always)
        .with_user(UpdateKind::Always);
    let mut system = System::new().ok()?;
    system.refresh_processes_specifics(ProcessesToUpdate::All, true, what);
    Some(system)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    /// A script with the app's name, to which a terminate signal means quitting, or nothing.
    fn script(folder: &Path, body: &str) -> Install {
        let path = folder.join("claude-desktop");
        std::fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        let program = path.canonicalize().unwrap();
        Install { launcher: path, program, version: None, folders: Vec::new() }
    }

    #[test]
    fn a_claude_that_cannot_be_started_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_scratch(folder.path()).unwrap();
        let install = script(folder.path(), "exit");
        std::fs::remove_file(&install.launcher).unwrap();
        let finding = start(&install, &places).unwrap_err();
        assert_eq!(finding.code, Code::ClaudeNotStarted);
        assert_eq!(finding.evidence[0].name, "reason");
    }

    #[test]
    fn claude_is_started_seen_and_quit_and_its_namesake_survives() {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let install = script(folder.path(), "while :; do sleep 0.1; done");
        let namesake = script(other.path(), "while :; do sleep 0.1; done");
        let places = Places::in_scratch(folder.path()).unwrap();
        assert!(!is_running(&install));
        start(&namesake, &places).unwrap();
        start(&install, &places).unwrap();
        assert!(is_running(&install));
        quit(&install).unwrap();
        assert!(!is_running(&install));
        assert!(is_running(&namesake), "another program of that name was ended");
        quit(&namesake).unwrap();
    }
}
