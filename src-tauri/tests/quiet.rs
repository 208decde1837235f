//! The programs that hold a key leave no picture of their memory and no text of a panic.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, missing_docs, reason = "a test works on processes")]
#![cfg(unix)]

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use airouter_platform::hardening;

/// Somebody who is not the administrator: of a closed memory the administrator is the owner.
const SOMEBODY: u32 = 65_534;

/// A program that waits for its input, as somebody who is not the administrator.
fn waiting(program: &str, words: &[&str], folder: &Path) -> Child {
    // Where the tests are built, somebody else may not look.
    let copy = folder.join(Path::new(program).file_name().unwrap());
    std::fs::copy(program, &copy).unwrap();
    let mut command = Command::new(copy);
    command.args(words).env_clear().env("HOME", folder).env("PATH", "/usr/bin:/bin").current_dir(folder);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    if std::fs::metadata("/proc/self").unwrap().uid() == 0 {
        command.uid(SOMEBODY);
    }
    command.spawn().unwrap()
}

/// Until the program has closed itself, or it is clear that it never does.
fn closes(child: &Child) -> bool {
    let folder = format!("/proc/{}", child.id());
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(20) {
        let limits = std::fs::read_to_string(format!("{folder}/limits")).unwrap_or_default();
        let cores = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap_or_default();
        let is_dumped = cores.split_whitespace().nth(4) != Some("0") || cores.split_whitespace().nth(5) != Some("0");
        let owner = std::fs::metadata(format!("{folder}/environ")).map(|meta| meta.uid());
        if !is_dumped && owner.is_ok_and(|owner| owner == 0) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}

/// Only Linux tells of another process what this looks at; elsewhere it is a line of the release checklist.
#[test]
fn the_memory_of_the_helper_and_the_command_line_is_closed() {
    if airouter_platform::locale::os() != airouter_core::view::Os::Linux {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
    let check = ["check", "--address", "https://gate.example", "--key-stdin"];
    let programs = [
        (env!("CARGO_BIN_EXE_airouter-credential"), &["store"][..]),
        (env!("CARGO_BIN_EXE_airouter-setup-cli"), &check[..]),
    ];
    for (program, words) in programs {
        let mut child = waiting(program, words, folder.path());
        assert!(closes(&child), "{program} can be dumped or read");
        child.kill().unwrap();
        child.wait().unwrap();
    }
    // And of one that does nothing for it the same test says so.
    let mut child = waiting("/bin/cat", &[], folder.path());
    let owner = std::fs::metadata(format!("/proc/{}/environ", child.id())).unwrap().uid();
    assert_ne!(owner, 0, "the owner says nothing here");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_panic_tells_its_place_and_not_its_text() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let teller = Arc::clone(&told);
    let usual = std::panic::take_hook();
    hardening::on_panic(move |place| teller.lock().unwrap().push(place.to_owned()));
    let panicked = std::thread::spawn(|| panic!("sk-canary7Q2mZ9xK4tB8wL3vN6pR5 was refused")).join();
    std::panic::set_hook(usual);
    assert!(panicked.is_err());
    let told = told.lock().unwrap().join("\n");
    assert!(told.contains("quiet.rs:") && !told.contains("canary") && !told.contains("refused"), "{told}");
}
