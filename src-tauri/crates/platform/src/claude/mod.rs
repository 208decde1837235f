//! Claude Desktop, the app: finds it, tells whether it runs, quits and starts it.

pub mod log;

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use airouter_core::claude::ancestry;
use airouter_core::claude::version::Version;
use airouter_core::finding::{Code, Finding};
use sysinfo::{Pid, Process, ProcessRefreshKind, ProcessStatus, ProcessesToUpdate, System, UpdateKind};

pub use crate::install::Install;
use crate::places::Places;
use crate::sys;

/// How long Claude may take to appear.
const START_LIMIT: Duration = Duration::from_secs(15);

/// Finds Claude Desktop; `None` if it is not installed.
pub fn locate(places: &Places) -> Option<Install> {
    sys::locate(places)
}

/// True if Claude Code, which is another program, is installed.
pub fn has_claude_code(places: &Places) -> bool {
    sys::has_claude_code(places)
}

/// True if this Claude runs, even if only in the tray; also if the system does not list processes.
pub fn is_running(install: &Install) -> bool {
    processes().is_none_or(|system| claude_processes(&system, install).next().is_some())
}

/// When the running Claude was started, in seconds since 1970; `None` if it does not run.
pub fn started(install: &Install) -> Option<u64> {
    let system = processes()?;
    claude_processes(&system, install).map(Process::start_time).min()
}

/// The oldest of the installed version and the running ones: after an update, the old Claude that still runs does
/// not know the newer keys (PI).
pub fn version(install: &Install) -> Option<Version> {
    let system = processes();
    let running =
        system.iter().flat_map(|system| claude_processes(system, install)).filter_map(|it| sys::version_of(it.exe()?));
    running.chain(install.version).min()
}

/// An `InsideClaude` finding if this program was started from inside Claude, where folders are redirected.
pub fn obstacle(install: &Install) -> Option<Finding> {
    let is_inside = sys::CHILDREN_SEE_OTHER_FOLDERS && processes().is_some_and(|system| is_inside(&system, install));
    is_inside.then(|| Finding::new(Code::InsideClaude))
}

/// Asks Claude to quit, and waits until all its processes have ended. `sys` decides how it is asked and whether it
/// is terminated in the end.
///
/// # Errors
/// `ClaudeStays` if it still runs in the end, or why the system did not allow asking it.
pub fn quit(install: &Install) -> Result<(), Finding> {
    quit_within(install, sys::QUIT_LIMITS)
}

/// Like [`quit`], with the time to wait after each attempt.
fn quit_within(install: &Install, limits: &[Duration]) -> Result<(), Finding> {
    let mut children = Vec::new();
    for (attempt, limit) in limits.iter().enumerate() {
        ask_to_quit(install, attempt, &mut children)?;
        if wait_until(*limit, || !is_running(install) && alive(&children).is_empty()) {
            return Ok(());
        }
    }
    // A program that Claude started and that is not Claude itself is not terminated, but named.
    let left = alive(&children);
    Err(if left.is_empty() { stays(install) } else { stays(install).with("children", left.join(", ")) })
}

/// Starts Claude and waits until it runs.
///
/// # Errors
/// `ClaudeNotStarted` with the system's reason.
pub fn start(install: &Install, places: &Places) -> Result<(), Finding> {
    let not_started = |reason: String| Finding::new(Code::ClaudeNotStarted).with("reason", reason);
    sys::start(install, places).map_err(|error| not_started(error.to_string()))?;
    if wait_until(START_LIMIT, || is_running(install)) {
        Ok(())
    } else {
        Err(not_started("it is not there".to_owned()))
    }
}

/// Polls until `is_so` returns true or `limit` is over; returns whether it became true.
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

/// A process id with its start time in seconds since 1970, because ids are reused.
type ProcessKey = (Pid, u64);

/// Asks Claude to quit, and adds the programs that Claude has started and that belong to it to `children`.
fn ask_to_quit(install: &Install, attempt: usize, children: &mut Vec<ProcessKey>) -> Result<(), Finding> {
    let Some(system) = processes() else { return Err(stays(install).with("reason", "processes")) };
    let all: Vec<&Process> = claude_processes(&system, install).collect();
    children.extend(parts_started_by(&system, install, &all));
    let is_claude = |pid: Pid| all.iter().any(|process| process.pid() == pid);
    let first: Vec<&Process> = all.iter().copied().filter(|process| !process.parent().is_some_and(is_claude)).collect();
    sys::ask_to_quit(install, &first, &all, attempt)
}

/// The programs from Claude's folder that were started by Claude, directly or indirectly.
fn parts_started_by(system: &System, install: &Install, all: &[&Process]) -> Vec<ProcessKey> {
    let is_claude = |pid: Pid| all.iter().any(|process| process.pid() == pid);
    let is_started_by_claude = |process: &Process| {
        let up = |pid: &Pid| system.process(*pid)?.parent();
        // Real chains are short; a limit, because wrong data of the system may contain a cycle.
        std::iter::successors(process.parent(), up).take(64).any(is_claude)
    };
    let folder = install.program.parent();
    let is_in_folder =
        |process: &Process| process.exe().is_some_and(|exe| folder.is_some_and(|folder| exe.starts_with(folder)));
    let is_part = |it: &&Process| {
        it.thread_kind().is_none() && !is_claude(it.pid()) && is_in_folder(it) && is_started_by_claude(it)
    };
    system.processes().values().filter(is_part).map(|process| (process.pid(), process.start_time())).collect()
}

/// The names of the processes that still run.
fn alive(children: &[ProcessKey]) -> Vec<String> {
    if children.is_empty() {
        return Vec::new();
    }
    let system = processes();
    let process = |(pid, started): &ProcessKey| {
        let process = system.as_ref()?.process(*pid)?;
        let is_it = process.start_time() == *started && process.status() != ProcessStatus::Zombie;
        is_it.then(|| process.name().to_string_lossy().into_owned())
    };
    children.iter().filter_map(process).collect()
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

fn claude_processes<'a>(system: &'a System, install: &'a Install) -> impl Iterator<Item = &'a Process> {
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
    // Threads would be listed as processes; on a desktop there are ten times as many of them.
    let what = ProcessRefreshKind::nothing()
        .without_tasks()
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

    /// A script with the app's name.
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

    /// A program in a folder: `sleep` under another name.
    #[cfg(target_os = "linux")]
    fn sleeper(folder: &Path, name: &str) -> std::path::PathBuf {
        let path = folder.join(name);
        std::fs::copy("/bin/sleep", &path).unwrap();
        path.canonicalize().unwrap()
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_program_in_claudes_folder_is_not_claude_and_survives() {
        let folder = tempfile::tempdir().unwrap();
        let editor = sleeper(folder.path(), "my-editor");
        let install = script(folder.path(), "while :; do sleep 0.1; done");
        let places = Places::in_scratch(folder.path()).unwrap();
        let mut editor = std::process::Command::new(editor).arg("60").spawn().unwrap();
        assert!(!is_running(&install), "a neighbour is taken for Claude");
        start(&install, &places).unwrap();
        quit(&install).unwrap();
        assert!(editor.try_wait().unwrap().is_none(), "a neighbour was ended");
        editor.kill().unwrap();
        editor.wait().unwrap();
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_part_of_claude_that_stays_is_waited_for_and_named_and_not_ended() {
        let folder = tempfile::tempdir().unwrap();
        let part = sleeper(folder.path(), "crash-reporter");
        let pid = folder.path().join("pid");
        // It inherits Claude's output, which nothing reads here.
        let body = format!("{} 60 & echo $! > {}\nwhile :; do sleep 0.1; done", part.display(), pid.display());
        let install = script(folder.path(), &body);
        let places = Places::in_scratch(folder.path()).unwrap();
        start(&install, &places).unwrap();
        assert!(wait_until(Duration::from_secs(10), || processes().is_some_and(|system| {
            let all: Vec<&Process> = claude_processes(&system, &install).collect();
            !parts_started_by(&system, &install, &all).is_empty()
        })));
        let finding = quit_within(&install, &[Duration::from_secs(2)]).unwrap_err();
        assert_eq!((finding.code, finding.fact("children")), (Code::ClaudeStays, Some("crash-reporter")));
        assert!(!is_running(&install), "Claude itself is gone");
        let pid: i32 = std::fs::read_to_string(pid).unwrap().trim().parse().unwrap();
        let pid = rustix::process::Pid::from_raw(pid).unwrap();
        assert!(rustix::process::test_kill_process(pid).is_ok(), "it was ended for its place");
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
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
