//! A disk that fails permanently in the middle of a change: the change stays pending, and the next start rolls it back
//! unless Claude runs.
#![cfg(unix)]
#![allow(clippy::disallowed_methods, clippy::unwrap_used, missing_docs, reason = "the test owns its scratch folder")]

use std::io::ErrorKind::StorageFull;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use airouter_core::address::GatewayUrl;
use airouter_core::check::AuthScheme;
use airouter_core::finding::Code;
use airouter_core::plan::Wishes;
use airouter_core::secret::Secret;
use airouter_core::view::KeyPlace;
use airouter_platform::places::Places;
use airouter_platform::{apply, claude, fault_injection, recover, state};

const SETTINGS: &str = "{\n  \"mcpServers\": {}\n}";

/// A home in which connecting was interrupted, with a pending change in its journal.
fn interrupted() -> (tempfile::TempDir, Places) {
    for steps in 0..200 {
        let (folder, places) = home();
        let mut step = 0;
        fault_injection::set(Some(Box::new(move |_| {
            step += 1;
            if step > steps { Err(StorageFull.into()) } else { Ok(()) }
        })));
        connect(&places);
        fault_injection::set(None);
        let journal = state::journal(&places).unwrap();
        let is_half_done = std::fs::read_dir(places.library()).is_ok_and(|files| files.count() > 0);
        if is_half_done && journal.is_some_and(|journal| journal.pending.is_some()) {
            return (folder, places);
        }
    }
    panic!("no step leaves a pending change");
}

fn home() -> (tempfile::TempDir, Places) {
    let folder = tempfile::tempdir().unwrap();
    let places = Places::in_scratch(folder.path()).unwrap();
    std::fs::create_dir_all(&places.root).unwrap();
    std::fs::write(places.mode(), SETTINGS).unwrap();
    (folder, places)
}

fn connect(places: &Places) {
    let wishes = Wishes {
        name: "AIRouter".to_owned(),
        base: GatewayUrl::parse("https://gate.example/claude").unwrap(),
        scheme: AuthScheme::Bearer,
        models: vec!["claude-sonnet-4-6".to_owned()],
        every_model: false,
        key_place: KeyPlace::Profile,
        egress: None,
        carry_over: false,
        restart: false,
    };
    apply::apply(places, &wishes, &Secret::new("sk-0123456789abcdef".to_owned()), None, &mut |_| {});
}

fn start_claude(places: &Places) -> Child {
    let path = places.system.join("usr/bin/claude-desktop");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, "#!/bin/sh\nwhile :; do sleep 0.1; done\n").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    // Through its interpreter, as the system would: while another test forks, a new file may be busy (`ETXTBSY`).
    let child = Command::new("/bin/sh").arg(&path).stdin(Stdio::null()).spawn().unwrap();
    let install = claude::locate(places).unwrap();
    while !claude::is_running(&install) {
        std::thread::sleep(Duration::from_millis(10));
    }
    child
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn the_next_start_rolls_back_a_pending_change() {
    let (_folder, places) = interrupted();
    let finding = recover::recover(&places).expect("it is said");
    assert_eq!(finding.code, Code::Resumed);
    assert_eq!(finding.evidence[0].value, "taken-back");
    assert_eq!(std::fs::read_to_string(places.mode()).unwrap(), SETTINGS);
    assert_eq!(names_in(&places.library()), Vec::<String>::new());
    assert_eq!(recover::recover(&places), None, "and there is nothing more to recover");
}

#[test]
fn nothing_is_rolled_back_while_claude_runs() {
    let (_folder, places) = interrupted();
    let mut claude = start_claude(&places);
    let before = names_in(&places.library());
    assert_eq!(recover::recover(&places).map(|finding| finding.code), Some(Code::Interrupted));
    assert_eq!(names_in(&places.library()), before);
    claude.kill().unwrap();
    claude.wait().unwrap();
    assert_eq!(recover::recover(&places).map(|finding| finding.code), Some(Code::Resumed));
}
