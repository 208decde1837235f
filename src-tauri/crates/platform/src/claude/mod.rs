//! Claude Desktop, the app: finds it, tells whether it runs, quits and starts it.

pub mod log;

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use airouter_core::claude::version::Version;
use airouter_core::claude::{ancestry, windows_start};
use airouter_core::finding::{Code, Finding};

pub use crate::install::Install;
use crate::places::Places;
use crate::process::Process;
use crate::sys::{self, QuitStep};

/// How long other programs of Claude's package may take to end after Claude; they keep the package in use.
const PACKAGE_LIMIT: Duration = Duration::from_secs(5);
/// How long Claude may take to be gone after it was ended.
const END_LIMIT: Duration = Duration::from_secs(10);

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
    sys::processes(install).is_none_or(|all| all.iter().any(|process| process.is_claude))
}

/// When the running Claude was started, in seconds since 1970; `None` if it does not run.
pub fn started(install: &Install) -> Option<u64> {
    sys::processes(install)?.iter().filter(|process| process.is_claude).map(|process| process.started).min()
}

/// The oldest of the installed version and the running ones: after an update, the old Claude that still runs does
/// not know the newer keys (PI).
pub fn version(install: &Install) -> Option<Version> {
    let all = sys::processes(install).unwrap_or_default();
    let running = all.iter().filter(|process| process.is_claude).filter_map(|it| sys::version_of(it.exe.as_deref()?));
    running.chain(install.version).min()
}

/// An `InsideClaude` finding if this program was started from inside Claude, where folders are redirected.
pub fn obstacle(install: &Install) -> Option<Finding> {
    let is_inside = || sys::processes(install).is_some_and(|all| is_inside(&all));
    (sys::CHILDREN_SEE_OTHER_FOLDERS && is_inside()).then(|| Finding::new(Code::InsideClaude))
}

/// Asks Claude to quit, and waits until all its processes have ended. It is never ended from outside here: what it
/// has not saved would be lost ([`end`]). Where a system offers no way to ask the app behind its icon, the person is
/// asked: `on_request` gets what they are to do.
///
/// # Errors
/// `ClaudeStays` or `ClaudeElevated` if it still runs in the end, or why the system did not allow asking it.
pub fn quit(install: &Install, on_request: &mut dyn FnMut(Finding)) -> Result<(), Finding> {
    quit_by(install, sys::QUIT_STEPS, on_request)
}

/// Like [`quit`], by these steps, with the time to wait after each.
fn quit_by(
    install: &Install,
    steps: &[(QuitStep, Duration)],
    on_request: &mut dyn FnMut(Finding),
) -> Result<(), Finding> {
    let mut children = Vec::new();
    for (step, limit) in steps {
        if let Some(request) = ask_to_quit(install, *step, &mut children)? {
            on_request(request);
        }
        if wait_until(*limit, || !is_running(install) && alive(install, &children).is_empty()) {
            return Ok(());
        }
        let is_of_package = |child: &Process| child.is_of_package;
        if !is_running(install) && alive(install, &children).iter().all(is_of_package) {
            // Files can be written now. Should such a program keep Claude from starting, that finding names it.
            wait_until(PACKAGE_LIMIT, || alive(install, &children).is_empty());
            return Ok(());
        }
    }
    // A program that Claude started and that is not Claude itself is not ended, but named.
    Err(match names(&alive(install, &children)) {
        left if left.is_empty() => stays(install),
        left => stays(install).with("children", left),
    })
}

/// Ends Claude without asking it, its first process first; what it has not saved is lost, so a person has to agree.
/// Programs that it started and that are not Claude are left alone. Waits until it is gone.
///
/// # Errors
/// `ClaudeStays` or `ClaudeElevated` if it still runs in the end.
pub fn end(install: &Install) -> Result<(), Finding> {
    let is_gone = wait_until(END_LIMIT, || {
        let Some(all) = sys::processes(install) else { return false };
        let claude: Vec<&Process> = all.iter().filter(|process| process.is_claude).collect();
        let (first, others): (Vec<&Process>, Vec<&Process>) =
            claude.iter().partition(|process| is_first(process, &claude));
        for process in first.into_iter().chain(others) {
            sys::end_process(install, process);
        }
        !is_running(install)
    });
    if is_gone { Ok(()) } else { Err(stays(install)) }
}

/// How Claude is after it was started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Started {
    /// It runs, or has written to its log.
    Seen,
    /// The system accepted the start, and nothing was seen yet; with the finding that holds if nothing follows.
    NotYet(Finding),
}

/// Starts Claude and waits until it runs, or until `has_spoken` says that its log tells of a start. Claude is looked
/// for again meanwhile: it may have waited with an update until its last process had ended, and is in another place
/// then.
///
/// # Errors
/// `RestartNeeded` if the system still has Claude's files in use, else `ClaudeNotStarted`, with the system's reason.
pub fn start(install: &Install, places: &Places, has_spoken: &dyn Fn() -> bool) -> Result<Started, Finding> {
    let answer = sys::start(install, places).map_err(|error| {
        let finding = match windows_start::finding(error.raw_os_error()) {
            Some(finding) => finding,
            None => Finding::new(Code::ClaudeNotStarted).with("reason", error),
        };
        match names(&remaining(install)) {
            left if left.is_empty() => finding,
            left => finding.with("children", left),
        }
    })?;
    let runs = || is_running(install) || locate(places).is_some_and(|now| now != *install && is_running(&now));
    if wait_until(sys::START_LIMIT, || runs() || has_spoken()) {
        Ok(Started::Seen)
    } else {
        let finding = Finding::new(Code::ClaudeNotStarted).with("reason", "it is not there");
        Ok(Started::NotYet(answer.iter().fold(finding, |finding, answer| finding.with("answer", answer))))
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
    let is_elevated = |process: &Process| process.is_claude && process.is_elevated;
    let all = sys::processes(install).unwrap_or_default();
    let code = if all.iter().any(is_elevated) { Code::ClaudeElevated } else { Code::ClaudeStays };
    Finding::new(code).with("path", install.program.display())
}

/// Asks Claude to quit, and adds the programs that Claude has started and that belong to it to `children`. Returns
/// what the person is to do, if anything.
fn ask_to_quit(install: &Install, step: QuitStep, children: &mut Vec<Process>) -> Result<Option<Finding>, Finding> {
    let Some(all) = sys::processes(install) else { return Err(stays(install).with("reason", "processes")) };
    let claude: Vec<&Process> = all.iter().filter(|process| process.is_claude).collect();
    let parts = parts_started_by(&all, install);
    children.extend(parts.into_iter().filter(|part| !children.iter().any(|known| known.is(part))).collect::<Vec<_>>());
    let first: Vec<&Process> = claude.iter().copied().filter(|process| is_first(process, &claude)).collect();
    sys::ask_to_quit(install, &first, step)
}

/// True if none of Claude's processes started this one.
fn is_first(process: &Process, claude: &[&Process]) -> bool {
    !claude.iter().any(|other| process.parent == Some(other.id))
}

/// The programs that belong to Claude and are not the app: those of its package, and those from its folder that it
/// started, directly or indirectly.
fn parts_started_by(all: &[Process], install: &Install) -> Vec<Process> {
    let find = |id: u32| all.iter().find(|process| process.id == id);
    let is_started_by_claude = |process: &Process| {
        let up = |child: &&Process| find(child.parent?);
        // Real chains are short; a limit, because wrong data of the system may contain a cycle.
        let ancestors = std::iter::successors(process.parent.and_then(find), |child| up(child)).take(64);
        ancestors.into_iter().any(|ancestor| ancestor.is_claude)
    };
    let folder = install.program.parent();
    let is_in_folder = |process: &Process| {
        process.exe.as_deref().is_some_and(|exe: &Path| folder.is_some_and(|folder| exe.starts_with(folder)))
    };
    let is_part = |it: &&Process| !it.is_claude && (it.is_of_package || (is_in_folder(it) && is_started_by_claude(it)));
    all.iter().filter(is_part).cloned().collect()
}

/// Other programs of Claude's package that run now.
fn remaining(install: &Install) -> Vec<Process> {
    sys::processes(install).unwrap_or_default().into_iter().filter(|process| process.is_of_package).collect()
}

/// Those that still run.
fn alive(install: &Install, children: &[Process]) -> Vec<Process> {
    if children.is_empty() {
        return Vec::new();
    }
    let all = sys::processes(install).unwrap_or_default();
    children.iter().filter(|child| all.iter().any(|process| process.is(child))).cloned().collect()
}

fn names(processes: &[Process]) -> String {
    let mut names: Vec<&str> = processes.iter().map(|process| process.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names.join(", ")
}

fn is_inside(all: &[Process]) -> bool {
    let process =
        |it: &Process| ancestry::Process { id: it.id, parent: it.parent, started: it.started, is_claude: it.is_claude };
    let all: Vec<ancestry::Process> = all.iter().map(process).collect();
    ancestry::is_inside_claude(std::process::id(), &all)
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
        Install { launcher: path, program, version: None, folders: Vec::new(), families: Vec::new() }
    }

    #[test]
    fn a_claude_that_cannot_be_started_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_scratch(folder.path()).unwrap();
        let install = script(folder.path(), "exit");
        std::fs::remove_file(&install.launcher).unwrap();
        let finding = start(&install, &places, &|| false).unwrap_err();
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
        start(&install, &places, &|| false).unwrap();
        quit(&install, &mut |_| {}).unwrap();
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
        start(&install, &places, &|| false).unwrap();
        let has_part = |all: Vec<Process>| !parts_started_by(&all, &install).is_empty();
        assert!(wait_until(Duration::from_secs(10), || sys::processes(&install).is_some_and(has_part)));
        let finding = quit_by(&install, &[(QuitStep::Ask, Duration::from_secs(2))], &mut |_| {}).unwrap_err();
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
        start(&namesake, &places, &|| false).unwrap();
        assert_eq!(start(&install, &places, &|| false), Ok(Started::Seen));
        assert!(is_running(&install));
        quit(&install, &mut |_| {}).unwrap();
        assert!(!is_running(&install));
        assert!(is_running(&namesake), "another program of that name was ended");
        quit(&namesake, &mut |_| {}).unwrap();
    }

    #[test]
    fn a_claude_that_does_not_quit_is_ended_only_on_demand() {
        let folder = tempfile::tempdir().unwrap();
        let install = script(folder.path(), "trap '' TERM; while :; do sleep 0.1; done");
        let places = Places::in_scratch(folder.path()).unwrap();
        start(&install, &places, &|| false).unwrap();
        // A signal before the script has begun would end it.
        thread::sleep(Duration::from_millis(300));
        let finding = quit_by(&install, &[(QuitStep::Ask, Duration::from_millis(500))], &mut |_| {}).unwrap_err();
        assert_eq!(finding.code, Code::ClaudeStays);
        assert!(is_running(&install), "it was ended without consent");
        end(&install).unwrap();
        assert!(!is_running(&install));
    }

    #[test]
    fn a_log_that_speaks_is_a_start_that_was_seen() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_scratch(folder.path()).unwrap();
        let install = script(folder.path(), "exit");
        assert_eq!(start(&install, &places, &|| true), Ok(Started::Seen));
    }
}
