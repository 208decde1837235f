//! Claude's processes, recognized by the bundle in the full path of their program. The agent that Claude keeps under
//! `~/Library/Application Support/Claude-3p/claude-code` is another bundle, and Claude Code is not in a bundle; both
//! are left alone.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use airouter_core::claude::apple_event::{SCRIPT, asked};
use airouter_core::claude::bundle::{IDENTIFIER, is_in_bundle};
use airouter_core::finding::{Code, Finding};

use super::super::QuitStep;
use super::super::unix::{processes_of_this_person, send_term};
use crate::command;
use crate::install::Install;
use crate::process::Process;

/// The system's program for Apple events.
const OSASCRIPT: &str = "/usr/bin/osascript";
/// Time limit for it: the person may have to answer the system's question.
const LIMIT: Duration = Duration::from_secs(60);

/// True if a running program is in one of the bundles of this install.
fn is_claude(install: &Install, exe: Option<&Path>, _command: &[OsString]) -> bool {
    let Some(exe) = exe else { return false };
    let exe = exe.to_string_lossy();
    install.folders.iter().any(|folder| is_in_bundle(&exe, &folder.to_string_lossy()))
}

/// The processes of this person; `None` if the system does not list them.
pub(crate) fn processes(install: &Install) -> Option<Vec<Process>> {
    processes_of_this_person(install, is_claude)
}

/// Asks Claude to quit: first by an Apple event, as the Dock does; then by a signal to `first`, its processes that
/// were not started by another of them. A stand-in gets the signal at once, because the event would reach the real
/// Claude.
///
/// # Errors
/// `AutomationRefused` if the system did not allow the event.
pub(crate) fn ask_to_quit(install: &Install, first: &[&Process], step: QuitStep) -> Result<Option<Finding>, Finding> {
    if step == QuitStep::Ask && install.launcher == Path::new(IDENTIFIER) {
        return send_quit(Path::new(OSASCRIPT)).map(|()| None);
    }
    first.iter().for_each(|process| send_term(process));
    Ok(None)
}

fn send_quit(osascript: &Path) -> Result<(), Finding> {
    let mut command = command::program(osascript);
    for line in SCRIPT {
        command.args(["-e", line]);
    }
    match command::run(&mut command, "", LIMIT) {
        Ok(ended) => asked(ended.code, &ended.error),
        Err(error) => Err(Finding::new(Code::AutomationRefused).with("reason", error)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Mac;
    use std::process::Command;

    use super::*;
    use std::os::unix::process::ExitStatusExt;

    fn install() -> Install {
        Install {
            launcher: IDENTIFIER.into(),
            program: "/Applications/Claude.app/Contents/MacOS/Claude".into(),
            version: None,
            folders: vec!["/Applications/Claude.app".into(), "/Users/li/Applications/Claude.app".into()],
            families: Vec::new(),
        }
    }

    #[track_caller]
    fn check(exe: &str, expected: bool) {
        assert_eq!(is_claude(&install(), Some(Path::new(exe)), &[]), expected, "{exe}");
    }

    #[test]
    fn claude_is_known_by_its_bundle() {
        check("/Applications/Claude.app/Contents/MacOS/Claude", true);
        check("/Users/li/Applications/Claude.app/Contents/MacOS/Claude", true);
        check("/Applications/Claude.app/Contents/Frameworks/Claude Helper.app/Contents/MacOS/Claude Helper", true);
        let support = "/Users/li/Library/Application Support";
        check(&format!("{support}/Claude-3p/claude-code/2.1.0/claude.app/Contents/MacOS/claude"), false);
        check("/Users/li/.local/bin/claude", false);
        check("/Users/wang/Applications/Claude.app/Contents/MacOS/Claude", false);
        assert!(!is_claude(&install(), None, &[]), "a process that does not tell its program is left alone");
    }

    #[test]
    fn the_event_is_sent_and_a_missing_consent_is_reported() {
        let mac = Mac::new();
        let said = mac.places.system.join("said");
        let yes = mac.program("yes", &format!("printf '%s|' \"$@\" > '{}'", said.display()));
        assert_eq!(send_quit(&yes), Ok(()));
        let words: Vec<&str> = SCRIPT.iter().flat_map(|line| ["-e", line]).collect();
        assert_eq!(std::fs::read_to_string(said).unwrap(), format!("{}|", words.join("|")));
        let no = mac.program("no", "echo '57:61: execution error: Not authorized. (-1743)' >&2; exit 1");
        let code = |program: &Path| send_quit(program).map_err(|finding| finding.code);
        assert_eq!(code(&no), Err(Code::AutomationRefused));
        assert_eq!(code(Path::new("/nowhere/osascript")), Err(Code::AutomationRefused));
        let later = mac.program("later", "echo 'execution error: User canceled. (-128)' >&2; exit 1");
        assert_eq!(code(&later), Ok(()));
    }

    #[test]
    fn a_stand_in_gets_a_signal_and_so_does_a_claude_that_ignored_the_event() {
        let process = |id| Process {
            id,
            parent: None,
            started: 0,
            name: "sleep".to_owned(),
            exe: None,
            is_claude: true,
            is_of_package: false,
            is_elevated: false,
        };
        let stand_in = Install { launcher: "/scratch/Claude.app/Contents/MacOS/Claude".into(), ..install() };
        for (install, step) in [(stand_in, QuitStep::Ask), (install(), QuitStep::Signal)] {
            let mut child = Command::new("/bin/sleep").arg("60").spawn().unwrap();
            assert_eq!(ask_to_quit(&install, &[&process(child.id())], step), Ok(None));
            assert_eq!(child.wait().unwrap().signal(), Some(15));
        }
    }

    #[test]
    fn this_persons_processes_are_listed_without_this_program() {
        let mut child = Command::new("/bin/sleep").arg("60").spawn().unwrap();
        let folder = std::fs::canonicalize("/bin/sleep").unwrap();
        let all = processes(&Install { folders: vec![folder], ..install() }).unwrap();
        assert!(all.iter().any(|process| process.id == child.id() && process.name == "sleep"));
        assert!(all.iter().filter(|process| process.id == std::process::id()).all(|process| !process.is_claude));
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
