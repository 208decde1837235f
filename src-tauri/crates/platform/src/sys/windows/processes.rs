//! Claude's processes, and how Claude is asked to quit.

use std::collections::BTreeMap;
use std::path::Path;

use airouter_core::claude::processes::{Asked, Installed, Listed, Part, part_of, to_ask};
use airouter_core::claude::windows_window::main_window;
use airouter_core::finding::{Code, Finding};

use super::super::QuitStep;
use super::calls;
use super::paths::{is_same_path, long};
use crate::install::Install;
use crate::process::Process;

/// The processes that are Claude's, may be, or led to this program; `None` if the system does not list them. Those of
/// other sessions are other people's and services; none of them is asked about.
pub(crate) fn processes(install: &Install) -> Option<Vec<Process>> {
    let all = calls::list()?;
    let me = std::process::id();
    let session = calls::session_of(me);
    let (installed, am_elevated) = (installed(install), calls::am_elevated());
    let mut seen: BTreeMap<u32, Option<Process>> = BTreeMap::new();
    loop {
        let known = seen.values().flatten().filter(|it| it.is_claude || it.is_of_package);
        let known: Vec<u32> = known.map(|process| process.id).collect();
        let more: Vec<u32> = to_ask(&all, me, &known).into_iter().filter(|id| !seen.contains_key(id)).collect();
        if more.is_empty() {
            break;
        }
        for id in more {
            let listed = all.iter().find(|listed| listed.id == id).filter(|_| calls::session_of(id) == session);
            seen.insert(id, listed.and_then(|listed| process(listed, &installed, am_elevated)));
        }
    }
    let own = all.iter().find(|listed| listed.id == me).and_then(|listed| process(listed, &Installed::default(), true));
    Some(seen.into_values().flatten().chain(own).collect())
}

/// A process of the list with what the system tells of it; `None` if it has ended meanwhile.
fn process(listed: &Listed, installed: &Installed, am_elevated: bool) -> Option<Process> {
    let told = calls::told_of(listed.id)?;
    let program = told.program.as_deref().map(long);
    let asked = Asked { name: &listed.name, program: program.as_deref(), family: told.family.as_deref() };
    let part = part_of(&asked, installed);
    Some(Process {
        id: listed.id,
        parent: Some(listed.parent),
        started: told.started,
        name: listed.name.clone(),
        is_claude: matches!(part, Some(Part::App | Part::Unknown)),
        is_of_package: part == Some(Part::Package),
        is_elevated: told.is_elevated && !am_elevated,
        exe: told.program,
    })
}

fn installed(install: &Install) -> Installed {
    Installed {
        programs: vec![long(&install.program), long(&install.launcher)],
        folders: install.folders.iter().map(|folder| long(folder)).collect(),
        families: install.families.clone(),
    }
}

/// Asks Claude to quit: its main window is closed, as its close button would. Where that hides the app behind its
/// icon, which is its usual setting (OD), only the icon's menu quits it, and no program can open that menu: the person
/// is asked to. So they are where Claude runs as administrator and takes no message of this program.
///
/// # Errors
/// None on this system.
pub(crate) fn ask_to_quit(_install: &Install, first: &[&Process], step: QuitStep) -> Result<Option<Finding>, Finding> {
    if first.iter().any(|process| process.is_elevated) {
        return Ok(Some(Finding::new(Code::ClaudeElevated).softened()));
    }
    match step {
        QuitStep::Ask => {
            for process in first {
                let windows = calls::windows_of(process.id);
                let seen: Vec<_> = windows.iter().map(|(_, seen)| *seen).collect();
                if let Some((window, _)) = main_window(&seen).and_then(|index| windows.get(index)) {
                    calls::close(*window);
                }
            }
            Ok(None)
        }
        QuitStep::AskPerson => Ok(Some(Finding::new(Code::QuitByHand))),
    }
}

/// Ends a process at once; it cannot save. Returns whether it was ended. One that is not Claude's program is not.
pub(crate) fn end_process(install: &Install, process: &Process) -> bool {
    let installed = installed(install);
    let is_claude = |program: &Path| {
        // The family is not known here; the path is, of the very process that is ended.
        let path = long(program);
        let asked = Asked { name: &process.name, program: Some(&path), family: None };
        let is_as_seen = process.exe.as_deref().is_some_and(|exe| is_same_path(exe, program));
        part_of(&asked, &installed) == Some(Part::App) || is_as_seen
    };
    calls::end_process(process.id, is_claude)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;
    use std::process::{Command, Stdio};

    fn install(program: &Path) -> Install {
        Install {
            launcher: program.into(),
            program: program.into(),
            version: None,
            folders: Vec::new(),
            families: Vec::new(),
        }
    }

    /// A program with Claude's name that waits: a copy of the command interpreter.
    struct Waiting {
        _folder: tempfile::TempDir,
        program: PathBuf,
        child: std::process::Child,
    }

    impl Waiting {
        fn start() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let program = folder.path().join("claude.exe");
            std::fs::copy(std::env::var_os("ComSpec").unwrap(), &program).unwrap();
            let mut pause = Command::new(&program);
            let child = pause.args(["/c", "pause"]).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
            Self { _folder: folder, program, child }
        }

        fn seen(&self, install: &Install) -> Option<Process> {
            let all = processes(install).unwrap();
            all.into_iter().find(|process| process.id == self.child.id())
        }
    }

    impl Drop for Waiting {
        fn drop(&mut self) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }

    #[test]
    fn claude_is_seen_by_its_path_and_its_namesake_is_not_claude() {
        let (claude, namesake) = (Waiting::start(), Waiting::start());
        let install = install(&claude.program);
        let seen = claude.seen(&install).expect("it is asked about for its name");
        assert!(seen.is_claude && !seen.is_of_package && !seen.is_elevated, "{seen:?}");
        assert_eq!(seen.parent, Some(std::process::id()));
        assert_eq!(namesake.seen(&install).map(|seen| seen.is_claude), Some(false));
        let own = processes(&install).unwrap().into_iter().find(|process| process.id == std::process::id());
        assert!(own.is_some_and(|own| !own.is_claude && own.started > 0));
    }

    #[test]
    fn only_claude_is_ended() {
        let (mut claude, mut namesake) = (Waiting::start(), Waiting::start());
        let install = install(&claude.program);
        let other = Process { id: namesake.child.id(), ..claude.seen(&install).unwrap() };
        assert!(!end_process(&install, &other), "the id belongs to another program");
        assert!(namesake.child.try_wait().unwrap().is_none(), "it was ended all the same");
        assert!(end_process(&install, &claude.seen(&install).unwrap()));
        assert!(!claude.child.wait().unwrap().success());
    }

    #[test]
    fn a_process_without_windows_is_asked_nothing_and_then_the_person_is_asked() {
        let claude = Waiting::start();
        let install = install(&claude.program);
        let seen = claude.seen(&install).unwrap();
        assert_eq!(ask_to_quit(&install, &[&seen], QuitStep::Ask), Ok(None));
        let code = |process: &Process, step| ask_to_quit(&install, &[process], step).unwrap().map(|it| it.code);
        assert_eq!(code(&seen, QuitStep::AskPerson), Some(Code::QuitByHand));
        let elevated = Process { is_elevated: true, ..seen };
        assert_eq!(code(&elevated, QuitStep::Ask), Some(Code::ClaudeElevated));
    }
}
