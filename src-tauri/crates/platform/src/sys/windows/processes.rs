//! Claude's processes, recognized only by the full path of their program: `claude.exe` is also the name of Claude Code
//! and of the agent that Claude keeps under `%LOCALAPPDATA%\Claude-3p`.

use std::collections::HashSet;
use std::ffi::OsString;
use std::path::Path;

use airouter_core::finding::Finding;
use sysinfo::Process;

use super::calls;
use crate::install::Install;

/// True if a running program is the Claude of this install: a program in one of its folders, or the small program that
/// starts the newest version.
pub(crate) fn is_claude(install: &Install, exe: Option<&Path>, _command: &[OsString]) -> bool {
    let Some(exe) = exe else { return false };
    let exe = words(exe);
    exe == words(&install.program)
        || exe == words(&install.launcher)
        || install.folders.iter().any(|folder| is_below(&exe, &words(folder)))
}

/// Asks Claude to quit: at the first attempt by closing its visible windows, then also the hidden ones (such as the one
/// behind the tray icon), then by terminating its processes one by one. Claude Code and Claude's own agent are not
/// among them.
///
/// # Errors
/// None on this system.
pub(crate) fn ask_to_quit(
    install: &Install,
    _first: &[&Process],
    all: &[&Process],
    attempt: usize,
) -> Result<(), Finding> {
    let ids: HashSet<u32> = all.iter().map(|process| process.pid().as_u32()).collect();
    match attempt {
        0 => {
            calls::close_windows(&ids, false);
        }
        1 => {
            calls::close_windows(&ids, true);
        }
        _ => {
            for id in ids {
                calls::end_process(id, |program| is_claude(install, Some(program), &[]));
            }
        }
    }
    Ok(())
}

/// A path's parts as Windows compares them: in lower case, and without the prefix of long paths.
fn words(path: &Path) -> Vec<String> {
    let text = path.to_string_lossy().to_lowercase().replace('/', r"\");
    let text = text.strip_prefix(r"\\?\").unwrap_or(&text);
    text.split('\\').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn is_below(path: &[String], folder: &[String]) -> bool {
    !folder.is_empty() && path.len() > folder.len() && path.starts_with(folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    fn install() -> Install {
        Install {
            launcher: r"C:\Users\Li\AppData\Local\AnthropicClaude\claude.exe".into(),
            program: r"C:\Users\Li\AppData\Local\AnthropicClaude\app-2.9939.2\claude.exe".into(),
            version: None,
            folders: vec![
                r"C:\Users\Li\AppData\Local\AnthropicClaude\app-2.9939.2".into(),
                r"C:\Program Files\WindowsApps\Claude_1.44121.2.0_x64__pzs8sxrjxfjjc".into(),
            ],
        }
    }

    #[track_caller]
    fn check(exe: &str, expected: bool) {
        assert_eq!(is_claude(&install(), Some(Path::new(exe)), &[]), expected, "{exe}");
    }

    #[test]
    fn claude_is_known_by_its_path_however_it_is_written() {
        check(r"C:\Users\Li\AppData\Local\AnthropicClaude\app-2.9939.2\claude.exe", true);
        check(r"c:\users\li\appdata\local\anthropicclaude\APP-2.9939.2\Claude.exe", true);
        check(r"\\?\C:\Users\Li\AppData\Local\AnthropicClaude\claude.exe", true);
        check(r"C:\Program Files\WindowsApps\Claude_1.44121.2.0_x64__pzs8sxrjxfjjc\app\claude.exe", true);
        check(r"C:\Program Files\WindowsApps\Claude_1.44121.2.0_x64__pzs8sxrjxfjjc\app\crashpad_handler.exe", true);
    }

    #[test]
    fn claude_code_and_the_bundled_agent_survive() {
        check(r"C:\Users\Li\.local\bin\claude.exe", false);
        check(r"C:\Users\Li\AppData\Roaming\npm\claude.exe", false);
        check(r"C:\Users\Li\AppData\Local\Claude-3p\claude-code\2.1.0\claude.exe", false);
        check(r"C:\Users\Li\AppData\Local\AnthropicClaude\Update.exe", false);
        check(r"C:\Users\Li\AppData\Local\AnthropicClaude\app-2.9939.23\claude.exe", false);
        check(r"D:\claude.exe", false);
        assert!(!is_claude(&install(), None, &[]), "a process that does not tell its program is left alone");
    }

    #[test]
    fn a_process_is_ended_only_if_it_runs_the_right_program() {
        let mut child =
            Command::new("cmd.exe").args(["/c", "pause"]).stdin(std::process::Stdio::piped()).spawn().unwrap();
        assert!(!calls::end_process(child.id(), |_| false), "the id belongs to another program");
        assert!(child.try_wait().unwrap().is_none(), "it was ended all the same");
        let is_cmd = |program: &Path| words(program).last().is_some_and(|name| name == "cmd.exe");
        assert!(calls::end_process(child.id(), is_cmd));
        assert!(!child.wait().unwrap().success());
        assert!(!calls::end_process(0, |_| true), "nobody ends the system");
    }

    #[test]
    fn a_process_without_windows_is_asked_nothing() {
        assert_eq!(calls::close_windows(&HashSet::from([std::process::id()]), true), 0);
        assert_eq!(ask_to_quit(&install(), &[], &[], 0), Ok(()));
        assert!(!is_below(&words(Path::new(r"C:\a")), &words(Path::new(""))));
    }
}
