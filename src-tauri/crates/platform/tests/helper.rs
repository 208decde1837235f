//! The helper program follows updates, is never downgraded, and is removed when nothing needs it.
#![cfg(unix)]
#![allow(clippy::disallowed_methods, clippy::unwrap_used, missing_docs, reason = "the test owns its scratch folder")]

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use airouter_core::finding::Code;
use airouter_core::view::UndoGoal;
use airouter_platform::helper::{self, ACCOUNT_FILE, Removal};
use airouter_platform::places::Places;
use airouter_platform::{recover, state, undo, uninstall};

const PROFILE: &str = "99999999-9999-4999-8999-999999999999";

/// A computer with a bundled helper, and perhaps an installed one.
struct Computer {
    _folder: tempfile::TempDir,
    places: Places,
}

impl Computer {
    fn with(bundled: &str, installed: Option<&str>) -> Self {
        let folder = tempfile::Builder::new().tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let places = Places::in_scratch(folder.path()).unwrap();
        let places = Places { bundled_helper: folder.path().join("program/airouter-credential"), ..places };
        put(&places.bundled_helper, bundled);
        if let Some(installed) = installed {
            put(&places.helper, installed);
        }
        Self { _folder: folder, places }
    }

    fn installed(&self) -> Option<String> {
        std::fs::read_to_string(&self.places.helper).ok()
    }

    /// Another program's profile that names the helper.
    fn name_it(&self) -> PathBuf {
        let library = self.places.library();
        std::fs::create_dir_all(&library).unwrap();
        let meta = format!(r#"{{"appliedId":"{PROFILE}","entries":[{{"id":"{PROFILE}","name":"AIRouter"}}]}}"#);
        std::fs::write(self.places.meta(), meta).unwrap();
        let profile = format!(r#"{{"inferenceCredentialHelper":"{}"}}"#, self.places.helper.display());
        std::fs::write(self.places.profile(PROFILE), profile).unwrap();
        self.places.profile(PROFILE)
    }

    /// What the installed helper was asked to do.
    fn asked(&self) -> String {
        std::fs::read_to_string(self.places.helper.with_extension("asked")).unwrap_or_default()
    }
}

fn put(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// A helper that prints its version and records all other calls; `forget` exits with code `forgets`.
fn says(version: &str, forgets: i32) -> String {
    format!(
        "#!/bin/sh\nif [ \"$1\" = version ]; then printf {version}; exit 0; fi\n\
         if [ \"$1\" = check ]; then exit 3; fi\n\
         echo \"$1\" >> \"$(dirname \"$0\")/airouter-credential.asked\"; exit {forgets}\n"
    )
}

/// What is installed after a start of the program, and after connecting again.
#[track_caller]
fn check(bundled: &str, installed: &str, expected: &str) {
    let computer = Computer::with(bundled, Some(installed));
    assert_eq!(recover::at_start(&computer.places), None);
    assert_eq!(computer.installed().as_deref(), Some(expected), "after a start");
    put(&computer.places.helper, installed);
    helper::install(&computer.places).unwrap();
    assert_eq!(computer.installed().as_deref(), Some(expected), "after connecting again");
}

#[test]
fn an_update_of_the_program_updates_the_helper() {
    let (old, new) = (says("0.9.0", 0), says("0.10.0", 0));
    check(&new, &old, &new);
    let other = says("0.10.0", 0) + "# built again\n";
    check(&other, &new, &other);
}

#[test]
fn an_older_program_beside_a_newer_one_leaves_the_newer_helper() {
    let (old, new) = (says("0.9.0", 0), says("0.10.0", 0));
    check(&old, &new, &new);
}

#[test]
fn a_helper_that_does_not_say_its_version_is_older_than_any() {
    let new = says("0.1.0", 0);
    for silent in ["#!/bin/sh\nexit 2\n", "#!/bin/sh\necho soon\n", "half a progr"] {
        check(&new, silent, &new);
    }
}

#[test]
fn a_start_installs_nothing_where_nothing_was() {
    let computer = Computer::with(&says("0.1.0", 0), None);
    assert_eq!(recover::at_start(&computer.places), None);
    assert_eq!(computer.installed(), None);
}

#[test]
fn a_start_beside_another_copy_that_works_changes_nothing() {
    let old = says("0.9.0", 0);
    let computer = Computer::with(&says("0.10.0", 0), Some(&old));
    let _working = state::lock(&computer.places).unwrap();
    assert_eq!(helper::refresh(&computer.places).unwrap_err().code, Code::AnotherCopy);
    assert_eq!(computer.installed(), Some(old));
}

#[test]
fn the_quarantine_mark_of_a_download_is_not_copied() {
    let computer = Computer::with(&says("0.1.0", 0), None);
    let (name, flags) = (c"user.com.apple.quarantine", rustix::fs::XattrFlags::empty());
    rustix::fs::setxattr(&computer.places.bundled_helper, name, b"0081", flags).unwrap();
    helper::install(&computer.places).unwrap();
    let mut names = [0; 256];
    let length = rustix::fs::listxattr(&computer.places.helper, &mut names[..]).unwrap();
    assert!(!String::from_utf8_lossy(&names[..length]).contains("quarantine"));
}

#[test]
fn it_stays_as_long_as_a_profile_names_it() {
    let text = says("0.1.0", 0);
    let computer = Computer::with(&text, Some(&text));
    let profile = computer.name_it();
    assert_eq!(uninstall::clean(&computer.places), Ok(Removal::StillNeeded));
    assert_eq!((computer.installed(), computer.asked()), (Some(text), String::new()));

    std::fs::write(profile, "{}").unwrap();
    std::fs::write(computer.places.helper.with_file_name(ACCOUNT_FILE), "practice").unwrap();
    assert_eq!(uninstall::clean(&computer.places), Ok(Removal::Removed));
    assert_eq!((computer.installed(), computer.asked().as_str()), (None, "forget\n"), "the key goes with it");
    assert!(!computer.places.helper.with_file_name(ACCOUNT_FILE).exists());
    assert_eq!(uninstall::clean(&computer.places), Ok(Removal::NothingToRemove));
}

#[cfg(target_os = "linux")]
#[test]
fn it_stays_as_long_as_an_administrator_has_claude_ask_one_like_it() {
    let text = says("0.1.0", 0);
    let computer = Computer::with(&text, Some(&text));
    let managed = computer.places.system.join("etc/claude-desktop/managed-settings.json");
    // Windows and macOS ignore the case of names.
    put(&managed, r#"{"inferenceCredentialHelper":"/usr/bin/AIRouter-Credential"}"#);
    // Claude, and so this program, accepts no file in a folder that other users can write.
    std::fs::set_permissions(managed.parent().unwrap(), std::fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(uninstall::clean(&computer.places), Ok(Removal::StillNeeded));
    let report = undo::undo(&computer.places, UndoGoal::Before, false, &mut |_| {});
    assert_eq!((report.undone, report.findings[0].code), (false, Code::NothingToUndo));
    assert_eq!((computer.installed(), computer.asked()), (Some(text), String::new()));

    std::fs::write(&managed, r#"{"inferenceCredentialHelper":"/usr/bin/another"}"#).unwrap();
    assert_eq!(uninstall::clean(&computer.places), Ok(Removal::Removed));
}

#[test]
fn it_stays_where_the_keychain_keeps_the_key() {
    let text = says("0.1.0", 5);
    let computer = Computer::with(&text, Some(&text));
    let Ok(Removal::KeyRemains(finding)) = uninstall::clean(&computer.places) else { panic!("the key is still there") };
    assert_eq!((finding.code, computer.installed()), (Code::KeychainLocked, Some(text)));
}

#[test]
fn another_undo_takes_the_key_that_stayed() {
    let (locked, open) = (says("0.1.0", 5), says("0.1.0", 0));
    let computer = Computer::with(&locked, Some(&locked));
    let undo = || undo::undo(&computer.places, UndoGoal::Before, false, &mut |_| {});
    let codes = |findings: &[airouter_core::finding::Finding]| {
        findings.iter().map(|finding| (finding.code, finding.blocks())).collect::<Vec<_>>()
    };
    let report = undo();
    assert_eq!((report.undone, codes(&report.findings)), (true, vec![(Code::KeychainLocked, false)]));
    assert_eq!(computer.installed(), Some(locked));

    put(&computer.places.helper, &open);
    assert_eq!(undo::preview(&computer.places, UndoGoal::Before).findings, Vec::new());
    let report = undo();
    assert_eq!((report.undone, report.findings, computer.installed()), (true, Vec::new(), None));
    assert_eq!(computer.asked(), "forget\nforget\n");
    let report = undo();
    assert_eq!((report.undone, codes(&report.findings)), (false, vec![(Code::NothingToUndo, false)]));
}

#[test]
fn nothing_is_cleaned_while_another_copy_works() {
    let text = says("0.1.0", 0);
    let computer = Computer::with(&text, Some(&text));
    let _working = state::lock(&computer.places).unwrap();
    assert_eq!(uninstall::clean(&computer.places).unwrap_err().code, Code::AnotherCopy);
    assert_eq!(computer.installed(), Some(text));
}

#[test]
fn a_new_helper_that_does_not_run_replaces_nothing_and_says_why() {
    let working = says("0.9.0", 0);
    for (broken, because, reason) in [
        ("#!/bin/sh\nexit 9\n", "ended", Some("exit code 9")),
        ("#!/bin/sh\nkill -9 $$\n", "no-answer", None),
        ("#!/nowhere/at/all\n", "missing", None),
    ] {
        let computer = Computer::with(broken, Some(&working));
        let finding = helper::install(&computer.places).unwrap_err();
        assert_eq!((finding.code, finding.fact("because")), (Code::HelperBroken, Some(because)), "{finding:?}");
        assert!(reason.is_none() || finding.fact("reason") == reason, "{finding:?}");
        assert_eq!(computer.installed().as_deref(), Some(working.as_str()), "{because}");
        let names = std::fs::read_dir(&computer.places.state).unwrap().flatten().map(|entry| entry.file_name());
        let left = names.filter(|name| name.to_string_lossy().starts_with(".airouter-setup-")).count();
        assert_eq!(left, 0, "{because}: the copy that was tried is left");
    }
}

/// A computer whose package for all users has the helper, with a keychain that holds a key until it is forgotten.
fn with_shared_helper() -> Computer {
    let script = "#!/bin/sh\nheld=\"$(dirname \"$0\")/key\"\ncase \"$1\" in\n\
        check) [ -e \"$held\" ] || exit 3;;\n forget) [ -e \"$held\" ] || exit 3; rm \"$held\";;\n\
        version) printf 0.1.0;;\n *) cat \"$held\" 2>/dev/null || exit 3;;\nesac\n";
    let computer = Computer::with(script, None);
    let places = Places { helper: computer.places.bundled_helper.clone(), account: None, ..computer.places.clone() };
    std::fs::write(places.helper.with_file_name("key"), "sk-0123456789").unwrap();
    Computer { places, ..computer }
}

#[test]
fn a_helper_for_all_users_is_neither_copied_nor_removed() {
    let computer = with_shared_helper();
    let places = &computer.places;
    let program = computer.installed();
    helper::install(places).unwrap();
    assert_eq!(recover::at_start(places), None);
    assert!(!places.state.join("airouter-credential").exists(), "it is named where it lies");
    let profile = computer.name_it();
    assert_eq!(uninstall::clean(places), Ok(Removal::StillNeeded));
    std::fs::remove_file(profile).unwrap();
    // The person's own copy of an earlier time goes; what belongs to all users stays.
    put(&places.state.join("airouter-credential"), "#!/bin/sh\nexit 3\n");
    assert_eq!(uninstall::clean(places), Ok(Removal::Removed));
    assert!(!places.helper.with_file_name("key").exists(), "the key was forgotten");
    assert!(!places.state.join("airouter-credential").exists());
    assert_eq!(uninstall::clean(places), Ok(Removal::NothingToRemove), "the helper alone is nothing to remove");
    assert_eq!(computer.installed(), program);
    let report = undo::undo(places, UndoGoal::Before, false, &mut |_| {});
    assert_eq!((report.undone, report.findings[0].code), (false, Code::NothingToUndo));
}

#[test]
fn a_profile_that_names_the_persons_own_copy_needs_the_key_too() {
    let computer = with_shared_helper();
    let own = Places { helper: computer.places.state.join("airouter-credential"), ..computer.places.clone() };
    let profile = Computer { places: own, _folder: tempfile::tempdir().unwrap() }.name_it();
    assert_eq!(uninstall::clean(&computer.places), Ok(Removal::StillNeeded));
    assert!(computer.places.helper.with_file_name("key").exists(), "{}", profile.display());
    // That copy is kept up to date, and comes back where it is gone.
    let own = computer.places.state.join("airouter-credential");
    for former in [None, Some("#!/bin/sh\nprintf 0.0.1\n")] {
        former.inspect(|script| put(&own, script));
        helper::refresh(&computer.places).unwrap();
        assert_eq!(std::fs::read(&own).unwrap(), std::fs::read(&computer.places.bundled_helper).unwrap());
        std::fs::remove_file(&own).unwrap();
    }
    std::fs::remove_file(profile).unwrap();
    helper::refresh(&computer.places).unwrap();
    assert!(!own.exists(), "nothing names it");
}
