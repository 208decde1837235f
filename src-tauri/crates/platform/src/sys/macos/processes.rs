//! Claude's processes, recognized by the bundle in the full path of their program. The agent that Claude keeps under
//! `~/Library/Application Support/Claude-3p/claude-code` is another bundle, and Claude Code is not in a bundle; both
//! are left alone.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use airouter_core::claude::apple_event::{SCRIPT, asked};
use airouter_core::claude::bundle::{IDENTIFIER, is_in_bundle};
use airouter_core::finding::{Code, Finding};
use sysinfo::{Process, Signal};

use crate::command;
use crate::install::Install;

/// The system's program for Apple events.
const OSASCRIPT: &str = "/usr/bin/osascript";
/// Time limit for it: the person may have to answer the system's question.
const LIMIT: Duration = Duration::from_secs(60);

/// True if a running program is in one of the bundles of this install.
pub(crate) fn is_claude(install: &Install, exe: Option<&Path>, _command: &[OsString]) -> bool {
    let Some(exe) = exe else { return false };
    let exe = exe.to_string_lossy();
    install.folders.iter().any(|folder| is_in_bundle(&exe, &folder.to_string_lossy()))
}

/// Asks Claude to quit: at the first attempt by an Apple event, as the Dock does; then by a signal to `first`, its
/// processes that were not started by another of them. A stand-in gets the signal at once, because the event would
/// reach the real Claude.
///
/// # Errors
/// `AutomationRefused` if the system did not allow the event.
pub(crate) fn ask_to_quit(
    install: &Install,
    first: &[&Process],
    _all: &[&Process],
    attempt: usize,
) -> Result<(), Finding> {
    if attempt == 0 && install.launcher == Path::new(IDENTIFIER) {
        return send_quit(Path::new(OSASCRIPT));
    }
    for process in first {
        process.kill_with(Signal::Term);
    }
    Ok(())
}

fn send_quit(osascript: &Path) -> Result<(), Finding> {
    let mut command = Command::new(osascript);
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
    use super::*;
    use std::os::unix::process::ExitStatusExt;
    use sysinfo::{Pid, ProcessesToUpdate, System};

    fn install() -> Install {
        Install {
            launcher: IDENTIFIER.into(),
            program: "/Applications/Claude.app/Contents/MacOS/Claude".into(),
            version: None,
            folders: vec!["/Applications/Claude.app".into(), "/Users/li/Applications/Claude.app".into()],
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
        let mut child = Command::new("/bin/sleep").arg("60").spawn().unwrap();
        let id = Pid::from_u32(child.id());
        let mut system = System::new().unwrap();
        system.refresh_processes(ProcessesToUpdate::Some(&[id]), true);
        let first = [system.process(id).unwrap()];
        let stand_in = Install { launcher: "/scratch/Claude.app/Contents/MacOS/Claude".into(), ..install() };
        assert_eq!(ask_to_quit(&stand_in, &first, &first, 0), Ok(()));
        assert_eq!(child.wait().unwrap().signal(), Some(15));
        assert_eq!(ask_to_quit(&install(), &[], &[], 1), Ok(()), "the second attempt sends no event");
    }
}
