//! On Windows other processes are opened with as few rights as possible: virus scanners take a program that asks for
//! more of every process for one that steals passwords. More is asked for only to end a process.

use std::path::PathBuf;

use crate::step::root;

/// Where calls of the system stand.
const CALLS: &str = "src-tauri/crates/platform/src/sys/windows/";
/// The rights that only tell what a process is, and that it has ended.
const FEW: [&str; 2] = ["PROCESS_QUERY_LIMITED_INFORMATION", "PROCESS_SYNCHRONIZE"];
/// The right to end one, and the function that may ask for it.
const END: (&str, &str) = ("PROCESS_TERMINATE", "end_process");
/// What opens every process of the computer with the right to read its memory, on Windows.
const LIBRARY: (&str, &str) = ("refresh_processes", "src-tauri/crates/platform/src/sys/unix.rs");

/// Every place where a process is opened with too many rights, one line each.
pub(super) fn breaches(files: &[PathBuf]) -> Vec<String> {
    let names = files.iter().map(|file| file.to_string_lossy().replace('\\', "/"));
    let names = names.filter(|name| name.starts_with("src-tauri/crates/platform/src/") && name.ends_with(".rs"));
    let texts = names.map(|name| (std::fs::read_to_string(root().join(&name)).unwrap_or_default(), name));
    texts.flat_map(|(text, name)| breaches_in(&name, &text)).collect()
}

fn breaches_in(name: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    if text.contains(LIBRARY.0) && name != LIBRARY.1 {
        found.push(format!("{name}: {} opens every process with rights to its memory on Windows", LIBRARY.0));
    }
    for (at, _) in text.match_indices("OpenProcess(") {
        let (before, after) = (text.get(..at).unwrap_or_default(), text.get(at..).unwrap_or_default());
        let rights = after.split(['(', ',']).nth(1).unwrap_or_default();
        let more: Vec<&str> = rights.split('|').map(str::trim).filter(|right| !FEW.contains(right)).collect();
        let function = before.rsplit("fn ").next().and_then(|rest| rest.split(['(', '<']).next()).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        if !name.starts_with(CALLS) || !(more.is_empty() || (more == [END.0] && function == END.1)) {
            found.push(format!("{name}:{line}: a process is opened with {rights} in {function}: see tidy/handles.rs"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: usize) {
        assert_eq!(breaches_in(&format!("{CALLS}calls/processes.rs"), text).len(), expected, "{text}");
    }

    #[test]
    fn only_ending_needs_more_than_to_look() {
        check("fn told_of(id: u32) { OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, id) }", 0);
        check("fn wait(id: u32) { OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION | PROCESS_SYNCHRONIZE, 0, id) }", 0);
        check(
            "fn end_process(id: u32) { OpenProcess(PROCESS_TERMINATE | PROCESS_QUERY_LIMITED_INFORMATION, 0, id) }",
            0,
        );
        check("fn look(id: u32) { OpenProcess(PROCESS_TERMINATE, 0, id) }", 1);
        check("fn look(id: u32) { OpenProcess(PROCESS_VM_READ | PROCESS_QUERY_INFORMATION, 0, id) }", 1);
        check("fn look(id: u32) { OpenProcess(rights, 0, id) }", 1);
        check("fn look() { system.refresh_processes_specifics(all) }", 1);
        assert!(breaches_in(LIBRARY.1, "system.refresh_processes_specifics(all)").is_empty());
        let elsewhere = "fn f() { OpenProcess(PROCESS_SYNCHRONIZE, 0, id) }";
        assert_eq!(breaches_in("src-tauri/crates/platform/src/claude/mod.rs", elsewhere).len(), 1);
    }
}
