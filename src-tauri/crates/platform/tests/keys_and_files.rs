//! Regression tests for faults with people's keys and files, each in its smallest form: a keychain that refuses, a file
//! that cannot be read, an interrupted change, and what each verb does then.
//!
//! Over 400 lines: many short stories, which share one set of steps.
#![cfg(unix)]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    dead_code,
    missing_docs,
    reason = "the test owns its scratch folders"
)]

#[path = "state_table/home.rs"]
mod home;
#[path = "state_table/keychain.rs"]
mod keychain;

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use airouter_core::address::GatewayUrl;
use airouter_core::check::AuthScheme;
use airouter_core::finding::{Code, Finding};
use airouter_core::plan::Wishes;
use airouter_core::secret::Secret;
use airouter_core::undo::Journal;
use airouter_core::view::{ApplyReport, KeyPlace, Outcome, UndoGoal, UndoReport};
use airouter_platform::helper::Removal;
use airouter_platform::{apply, fault_injection, observe, recover, state, undo, uninstall};
use home::{Home, Tree};
use keychain::{Behaviour, Behaviours};
use serde_json::Value;

const FIRST: (&str, &str) = ("https://first.example/claude", "sk-first-0123456789abcdef0123456789");
const SECOND: (&str, &str) = ("https://second.example/claude", "sk-second-0123456789abcdef012345678");
/// Another tool's profile.
const OTHER: &str = "99999999-9999-4999-8999-999999999999";

/// A home with another tool's profile selected, and settings.
fn beside_another_tool() -> Home {
    let home = Home::new();
    put(&home.places.meta(), &format!(r#"{{"appliedId":"{OTHER}","entries":[{{"id":"{OTHER}","name":"Ollama"}}]}}"#));
    put(&home.places.profile(OTHER), r#"{"inferenceProvider":"gateway"}"#);
    put(&home.places.mode(), "{\n  \"mcpServers\": {}\n}");
    home
}

fn put(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn wishes(base: &str, key_place: KeyPlace) -> Wishes {
    Wishes {
        name: "AIRouter".to_owned(),
        base: GatewayUrl::parse(base).unwrap(),
        scheme: AuthScheme::Bearer,
        models: vec![if base == FIRST.0 { "claude-sonnet-4-6" } else { "claude-opus-4-7" }.to_owned()],
        every_model: false,
        key_place,
        egress: None,
        carry_over: false,
        restart: false,
    }
}

fn apply_to(home: &Home, (base, key): (&str, &str), key_place: KeyPlace) -> ApplyReport {
    apply::apply(&home.places, &wishes(base, key_place), &Secret::new(key.to_owned()), None, &mut |_| {})
}

#[track_caller]
fn connect(home: &Home, gateway: (&str, &str)) {
    let report = apply_to(home, gateway, KeyPlace::Keychain);
    assert_eq!(report.outcome, Outcome::Written, "{:?}", report.findings);
}

fn undo(home: &Home) -> UndoReport {
    undo::undo(&home.places, UndoGoal::Before, false, &mut |_| {})
}

fn leave(home: &Home) -> UndoReport {
    undo::undo(&home.places, UndoGoal::Anthropic, false, &mut |_| {})
}

fn journal(home: &Home) -> Option<Journal> {
    state::journal(&home.places).unwrap()
}

fn profile(home: &Home) -> PathBuf {
    home.places.profile(&journal(home).unwrap().profile_id)
}

fn value(path: &Path, name: &str) -> Value {
    let file: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    file[name].clone()
}

fn codes(findings: &[Finding]) -> Vec<Code> {
    findings.iter().map(|finding| finding.code).collect()
}

/// Interrupts connecting at the first step for which `now` is true, as a power cut does.
fn cut_off(home: &Home, gateway: (&str, &str), now: impl Fn(&Home) -> bool + Send + 'static) {
    let there = Home::at(home.folder());
    fault_injection::set(Some(Box::new(move |_| {
        if now(&there) {
            std::panic::resume_unwind(Box::new("the power is off"));
        }
        Ok(())
    })));
    let cut = catch_unwind(AssertUnwindSafe(|| apply_to(home, gateway, KeyPlace::Keychain)));
    fault_injection::set(None);
    assert!(cut.is_err(), "it was to be cut off");
    assert!(journal(home).is_some_and(|journal| journal.pending.is_some()), "it was cut off too early or too late");
}

/// Connected to the first gateway; the change to the second was interrupted as soon as its key was stored.
fn cut_off_with_the_new_key() -> (Home, Tree) {
    let home = beside_another_tool();
    let first = home.claudes();
    connect(&home, FIRST);
    cut_off(&home, SECOND, |home| home.key().as_deref() == Some(SECOND.1));
    (home, first)
}

/// Checks that the keychain holds the key of the address in our profile.
#[track_caller]
fn the_key_is_the_addresses(home: &Home) {
    let base = value(&profile(home), "inferenceGatewayBaseUrl");
    let expected = if base == FIRST.0 { FIRST.1 } else { SECOND.1 };
    assert_eq!(home.key().as_deref(), Some(expected), "{base}");
}

#[test]
fn a_file_that_cannot_be_read_is_not_forgotten_by_an_undo() {
    let home = beside_another_tool();
    let first = home.claudes();
    connect(&home, FIRST);
    let list = std::fs::read_to_string(home.places.meta()).unwrap();
    let ours = profile(&home);
    put(&home.places.meta(), &format!("// mine\n{list}"));

    let report = undo(&home);
    assert_eq!((report.undone, report.unfinished), (false, true), "{:?}", report.findings);
    assert!(codes(&report.findings).contains(&Code::UndoUnfinished), "{:?}", report.findings);
    assert!(
        report.findings.iter().any(Finding::blocks) && report.left.is_empty(),
        "nobody changed anything: {report:?}"
    );
    assert!(ours.exists() && home.key().as_deref() == Some(FIRST.1), "what the list names must work on");
    assert!(journal(&home).is_some());

    put(&home.places.meta(), &list);
    let report = undo(&home);
    assert!(report.undone && !report.unfinished, "{:?}", report.findings);
    assert_eq!(home.claudes(), first);
    assert_eq!((home.key(), journal(&home)), (None, None));
}

#[test]
fn another_tools_selection_is_restored_although_our_profile_did_not_change() {
    let home = beside_another_tool();
    connect(&home, FIRST);
    std::fs::remove_file(home.journal_file()).unwrap();
    let list = std::fs::read_to_string(home.places.meta()).unwrap();
    let ours = value(&home.places.meta(), "appliedId").as_str().unwrap().to_owned();
    put(
        &home.places.meta(),
        &list.replace(&format!("\"appliedId\":\"{ours}\""), &format!("\"appliedId\":\"{OTHER}\"")),
    );
    assert_eq!(value(&home.places.meta(), "appliedId"), OTHER);
    connect(&home, FIRST);
    let report = undo(&home);
    assert!(report.undone, "{:?}", report.findings);
    assert_eq!(value(&home.places.meta(), "appliedId"), OTHER);
    let said = report.restored.iter().find(|edit| edit.key == "appliedId").unwrap();
    assert_eq!(said.after.as_deref(), Some(format!("\"{OTHER}\"").as_str()));
}

#[test]
fn another_tools_selection_is_restored_by_the_next_start() {
    let home = beside_another_tool();
    connect(&home, FIRST);
    let list = std::fs::read_to_string(home.places.meta()).unwrap();
    let ours = value(&home.places.meta(), "appliedId").as_str().unwrap().to_owned();
    let other = list.replace(&format!("\"appliedId\":\"{ours}\""), &format!("\"appliedId\":\"{OTHER}\""));
    put(&home.places.meta(), &other);
    // The mode is written last, and there is something to write.
    let settings = std::fs::read_to_string(home.places.mode()).unwrap().replace("\"3p\"", "\"1p\"");
    put(&home.places.mode(), &settings);
    cut_off(&home, FIRST, move |home| value(&home.places.meta(), "appliedId") == ours.as_str());
    assert_eq!(value(&home.places.mode(), "deploymentMode"), "1p", "it was cut off too late");
    let said = recover::recover(&home.places).unwrap();
    assert_eq!((said.code, said.fact("how")), (Code::Resumed, Some("taken-back")));
    assert_eq!(std::fs::read_to_string(home.places.meta()).unwrap(), other);
}

#[test]
fn an_interrupted_change_is_recovered_whatever_the_person_changed_since() {
    for verb in ["start", "undo", "leave"] {
        let (home, first) = cut_off_with_the_new_key();
        let ours = profile(&home);
        let text = std::fs::read_to_string(&ours).unwrap();
        assert!(text.contains("claude-sonnet-4-6"));
        put(&ours, &text.replace("claude-sonnet-4-6", "claude-of-my-own"));
        match verb {
            "start" => {
                let said = recover::recover(&home.places).unwrap();
                assert_eq!(said.code, Code::Resumed, "{said:?}");
                assert_eq!(value(&ours, "inferenceGatewayBaseUrl"), SECOND.0);
                assert!(std::fs::read_to_string(&ours).unwrap().contains("claude-of-my-own"), "theirs stays");
                the_key_is_the_addresses(&home);
            }
            "undo" => {
                let report = undo(&home);
                assert!(report.undone, "{:?}", report.findings);
            }
            _ => {
                let report = leave(&home);
                assert!(report.undone, "{:?}", report.findings);
            }
        }
        assert!(journal(&home).is_none_or(|journal| journal.pending.is_none() && !journal.undoing), "{verb}");
        if verb == "undo" {
            assert_eq!(home.key(), None);
            assert_eq!(value(&home.places.meta(), "appliedId"), OTHER);
            assert_eq!(home.claudes().keys().filter(|path| !path.starts_with(&ours)).count(), first.len());
        }
    }
}

#[test]
fn nothing_is_recovered_while_the_keychain_is_locked() {
    for behaviours in
        [Behaviours::LOCKED, Behaviours::UNAVAILABLE, Behaviours { print: Behaviour::Garbage, ..Behaviours::NORMAL }]
    {
        let (home, _) = cut_off_with_the_new_key();
        let (files, key) = (home.claudes(), home.key());
        home.keychain.set(behaviours);
        let said = recover::recover(&home.places).unwrap();
        assert_eq!(said.code, Code::Interrupted, "{said:?}");
        assert_eq!((home.claudes(), home.key()), (files, key));
        let pending = journal(&home).unwrap();
        assert!(pending.pending.is_some());
        assert_eq!(Wishes::of(&pending, false).unwrap_err().code, Code::Interrupted, "repair would bind the wrong key");

        home.keychain.set(Behaviours::NORMAL);
        assert_eq!(recover::recover(&home.places).unwrap().code, Code::Resumed);
        the_key_is_the_addresses(&home);
        assert_eq!(value(&profile(&home), "inferenceGatewayBaseUrl"), SECOND.0);
    }
}

#[test]
fn a_key_that_cannot_be_put_back_keeps_the_change_open() {
    let home = beside_another_tool();
    connect(&home, FIRST);
    // The second key is stored, then the keychain locks, and the disk fails once.
    home.keychain.set(Behaviours { store: Behaviour::Once, ..Behaviours::NORMAL });
    let there = Home::at(home.folder());
    let mut has_failed = false;
    fault_injection::set(Some(Box::new(move |_| {
        if has_failed || there.key().as_deref() != Some(SECOND.1) {
            return Ok(());
        }
        has_failed = true;
        Err(std::io::ErrorKind::StorageFull.into())
    })));
    let report = apply_to(&home, SECOND, KeyPlace::Keychain);
    fault_injection::set(None);
    assert_eq!(report.outcome, Outcome::Interrupted, "{:?}", report.findings);
    assert!(codes(&report.findings).contains(&Code::Interrupted), "{:?}", report.findings);
    let open = journal(&home).unwrap();
    assert!(open.pending.is_some(), "the key and the address are not of one gateway");

    home.keychain.set(Behaviours::NORMAL);
    assert_eq!(recover::recover(&home.places).unwrap().code, Code::Resumed);
    the_key_is_the_addresses(&home);
}

#[test]
fn a_failed_change_never_deletes_a_key_that_works() {
    let locked = Behaviours { print: Behaviour::Exits(5), store: Behaviour::Exits(5), ..Behaviours::NORMAL };
    let refused = Behaviours { store: Behaviour::Exits(5), ..Behaviours::NORMAL };
    let stored_all_the_same = Behaviours { store: Behaviour::DoesThenFails, ..Behaviours::NORMAL };
    for behaviours in [locked, refused, stored_all_the_same] {
        let home = beside_another_tool();
        connect(&home, FIRST);
        let files = home.claudes();
        home.keychain.set(behaviours);
        let report = apply_to(&home, SECOND, KeyPlace::Keychain);
        assert!(report.findings.iter().any(Finding::blocks), "{behaviours:?}");
        // A keychain that cannot be read must not be asked to store another key.
        assert!(behaviours != locked || report.outcome != Outcome::Interrupted, "{:?}", report.findings);
        let is_as_before = home.claudes() == files && home.key().as_deref() == Some(FIRST.1);
        match report.outcome {
            Outcome::Refused | Outcome::RolledBack => assert!(is_as_before, "{behaviours:?}: {:?}", report.findings),
            Outcome::Interrupted => assert!(journal(&home).unwrap().pending.is_some()),
            other => panic!("{behaviours:?}: {other:?}"),
        }
        home.keychain.set(Behaviours::NORMAL);
        recover::recover(&home.places);
        the_key_is_the_addresses(&home);
    }
}

#[test]
fn a_rollback_that_fails_does_not_say_that_all_is_as_before() {
    let home = beside_another_tool();
    let first = home.claudes();
    let there = Home::at(home.folder());
    // As soon as the list selects our profile, nothing can be written any more.
    fault_injection::set(Some(Box::new(move |_| {
        let list = std::fs::read_to_string(there.places.meta()).unwrap_or_default();
        if list.contains(&format!("\"appliedId\":\"{OTHER}\"")) {
            Ok(())
        } else {
            Err(std::io::ErrorKind::PermissionDenied.into())
        }
    })));
    let report = apply_to(&home, FIRST, KeyPlace::Keychain);
    fault_injection::set(None);
    assert_ne!(home.claudes(), first, "the test needs a half-done change");
    assert_eq!(report.outcome, Outcome::Interrupted, "{:?}", report.findings);
    assert!(codes(&report.findings).contains(&Code::Interrupted), "{:?}", report.findings);
    assert!(journal(&home).unwrap().pending.is_some());
    recover::recover(&home.places);
    let report = undo(&home);
    assert!(report.undone || codes(&report.findings) == [Code::NothingToUndo], "{:?}", report.findings);
    assert_eq!((home.claudes(), home.key()), (first, None));
}

/// Removes the helper as a virus scanner does, and the file with the name of the key's entry.
fn take_the_helper_away(home: &Home) {
    std::fs::remove_file(&home.places.helper).unwrap();
    std::fs::remove_file(home.account_file()).unwrap();
}

#[test]
fn a_helper_that_was_taken_away_is_put_back_by_the_next_start() {
    let home = beside_another_tool();
    connect(&home, FIRST);
    take_the_helper_away(&home);
    assert_eq!(recover::at_start(&home.places), None);
    assert!(home.places.helper.exists());
    let overview = observe::overview(&home.places);
    assert!(overview.status.is_some_and(|status| status.healthy), "{:?}", overview.findings);
}

#[test]
fn an_undo_without_the_helper_reports_a_key_that_it_leaves() {
    let home = beside_another_tool();
    let first = home.claudes();
    connect(&home, FIRST);
    take_the_helper_away(&home);
    let report = undo(&home);
    assert!(report.undone, "{:?}", report.findings);
    assert_eq!((home.claudes(), home.key(), journal(&home)), (first, None, None));

    // If this program's own copy is missing too, nothing can access the key, and a finding says so.
    let home = beside_another_tool();
    connect(&home, FIRST);
    take_the_helper_away(&home);
    let script = std::fs::read(&home.places.bundled_helper).unwrap();
    std::fs::remove_file(&home.places.bundled_helper).unwrap();
    let report = undo(&home);
    assert!(codes(&report.findings).contains(&Code::HelperBroken), "{report:?}");
    assert_eq!(home.key().as_deref(), Some(FIRST.1));
    assert!(journal(&home).is_some(), "the key would be forgotten");

    std::fs::write(&home.places.bundled_helper, script).unwrap();
    std::fs::set_permissions(&home.places.bundled_helper, std::fs::Permissions::from_mode(0o700)).unwrap();
    undo(&home);
    assert_eq!((home.key(), journal(&home)), (None, None));
}

#[test]
fn a_key_that_the_keychain_does_not_remove_is_reported_and_remembered() {
    let home = beside_another_tool();
    let first = home.claudes();
    connect(&home, FIRST);
    home.keychain.set(Behaviours { forget: Behaviour::Exits(5), ..Behaviours::NORMAL });
    let report = undo(&home);
    assert_eq!(home.claudes(), first);
    assert!(codes(&report.findings).contains(&Code::KeychainLocked), "{report:?}");
    assert!(journal(&home).is_some(), "the key would be forgotten");
    assert!(matches!(uninstall::clean(&home.places), Ok(Removal::KeyRemains(_)) | Err(_)));
    home.keychain.set(Behaviours::NORMAL);
    undo(&home);
    assert_eq!((home.key(), journal(&home)), (None, None));
}

#[test]
fn the_journal_holds_no_header_of_the_profile() {
    let home = beside_another_tool();
    connect(&home, FIRST);
    let ours = profile(&home);
    let mut file: serde_json::Map<String, Value> = serde_json::from_slice(&std::fs::read(&ours).unwrap()).unwrap();
    let models = file.remove("inferenceModels").unwrap();
    let rest = serde_json::to_string(&file).unwrap();
    let header = r#""inferenceCustomHeaders":{"X-Team-Secret":"hunter2-of-the-team"}"#;
    put(&ours, &rest.replacen('{', &format!(r#"{{"inferenceModels":{models},{header},"#), 1));
    // Without a journal, the present content is what an undo must restore to the byte.
    std::fs::remove_file(home.journal_file()).unwrap();
    let every_model = Wishes { models: Vec::new(), every_model: true, ..wishes(SECOND.0, KeyPlace::Keychain) };
    let report = apply::apply(&home.places, &every_model, &Secret::new(SECOND.1.to_owned()), None, &mut |_| {});
    assert_eq!(report.outcome, Outcome::Written, "{:?}", report.findings);
    let noted = std::fs::read_to_string(home.journal_file()).unwrap();
    assert!(noted.contains("\"patch\"") && !noted.contains("hunter2"), "{noted}");
    assert!(std::fs::read_to_string(&ours).unwrap().contains("hunter2"), "theirs stays");
}

#[test]
fn a_profile_that_stays_keeps_its_helper_and_key() {
    let home = beside_another_tool();
    connect(&home, FIRST);
    let ours = profile(&home);
    std::fs::remove_file(home.journal_file()).unwrap();
    connect(&home, FIRST);
    undo(&home);
    assert!(ours.exists() && home.places.helper.exists(), "the profile was there before this journal");
    assert_eq!(home.key().as_deref(), Some(FIRST.1));
}

#[test]
fn a_journal_that_cannot_be_used_is_named_and_has_a_way_out() {
    for (text, because) in [("", "broken"), ("{\"sch", "broken"), (r#"{"schema":99}"#, "newer")] {
        let home = beside_another_tool();
        connect(&home, FIRST);
        put(&home.journal_file(), text);
        for findings in [apply_to(&home, SECOND, KeyPlace::Keychain).findings, undo(&home).findings] {
            assert_eq!(findings[0].code, Code::JournalUnusable, "{findings:?}");
            assert_eq!(findings[0].fact("because"), Some(because));
        }
        let report = leave(&home);
        assert!(report.undone, "{:?}", report.findings);
        assert_eq!(value(&home.places.mode(), "deploymentMode"), "1p");
        let aside = report.findings.iter().find(|finding| finding.code == Code::JournalSetAside).unwrap();
        let aside = std::fs::read_to_string(aside.fact("kept").unwrap()).unwrap();
        assert_eq!(aside, text, "nothing of it is lost");
        connect(&home, SECOND);
    }
}

#[test]
fn attributes_and_modes_of_files_are_kept_and_restored() {
    let home = beside_another_tool();
    let mode_of = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let (name, flags) = (c"user.note", rustix::fs::XattrFlags::empty());
    for path in [home.places.meta(), home.places.mode()] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        rustix::fs::setxattr(&path, name, b"mine", flags).unwrap();
    }
    let group = std::fs::metadata(home.places.mode()).unwrap().gid();
    connect(&home, FIRST);
    undo(&home);
    for path in [home.places.meta(), home.places.mode()] {
        let mut note = [0; 16];
        let length = rustix::fs::getxattr(&path, name, &mut note[..]).unwrap();
        assert_eq!((mode_of(&path), &note[..length]), (0o644, b"mine".as_slice()), "{}", path.display());
    }
    assert_eq!(std::fs::metadata(home.places.mode()).unwrap().gid(), group);

    // A profile of ours that everybody could read is made private while it holds a key, and gets its mode back.
    connect(&home, FIRST);
    let ours = profile(&home);
    std::fs::remove_file(home.journal_file()).unwrap();
    std::fs::set_permissions(&ours, std::fs::Permissions::from_mode(0o644)).unwrap();
    apply_to(&home, SECOND, KeyPlace::Profile);
    assert_eq!(mode_of(&ours), 0o600);
    undo(&home);
    assert_eq!(mode_of(&ours), 0o644);
}

#[test]
fn a_damaged_file_is_copied_and_restored() {
    for damaged in ["", " \n", "\0\0\0\0\0\0\0\0"] {
        let home = beside_another_tool();
        put(&home.places.mode(), damaged);
        let first = home.claudes();
        let report = apply_to(&home, FIRST, KeyPlace::Keychain);
        assert_eq!(report.outcome, Outcome::Written, "{:?}", report.findings);
        let aside = report.findings.iter().find(|finding| finding.code == Code::FileKeptAside);
        let aside = aside.unwrap_or_else(|| panic!("{damaged:?}: {:?}", report.findings));
        assert!(!aside.blocks());
        assert_eq!(value(&home.places.mode(), "deploymentMode"), "3p");
        let copies = home.claudes().into_iter().filter(|(path, node)| {
            path.parent() == home.places.mode().parent()
                && path != &home.places.mode()
                && node.bytes() == Some(damaged.as_bytes())
        });
        assert_eq!(copies.count(), 1, "a copy of {damaged:?}");
        let report = undo(&home);
        assert!(report.undone, "{:?}", report.findings);
        assert_eq!(home.claudes(), first, "{damaged:?}");
    }
}
