//! Everything that this program must not change: the finding names the cause, the owner and the path, and not one byte
//! or mode of the whole home changes.
#![cfg(unix)]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stderr,
    missing_docs,
    reason = "the test owns its scratch folders"
)]

#[path = "refusals/home.rs"]
mod home;

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

use airouter_core::finding::{Code, Owner};
use airouter_core::view::{Outcome, StepId};
use home::Home;

/// Returns the path of a file or folder in a home.
type Place = fn(&Home) -> PathBuf;

/// All three of Claude's files.
const FILES: [Place; 3] = [Home::meta, Home::mode, Home::profile];

/// Arranges an obstacle with `arrange`, which returns its path; connects; checks the refusal and that nothing changed.
#[track_caller]
fn check(what: &str, arrange: impl FnOnce(&Home) -> PathBuf, code: Code, owner: Owner) {
    let home = Home::connected();
    let path = arrange(&home);
    let before = home.everything();
    let report = home.connect();
    assert_eq!(report.outcome, Outcome::Refused, "{what}: {:?}", report.findings);
    let finding = &report.findings[0];
    assert_eq!((finding.code, finding.owner), (code, owner), "{what}: {finding:?}");
    let named = finding.evidence.iter().find(|fact| fact.name == "path").map(|fact| PathBuf::from(&fact.value));
    assert_eq!(named.as_ref(), Some(&path), "{what}: {finding:?}");
    let after = home.everything();
    assert_eq!(after.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>(), "{what}: files came or went");
    for (path, was) in &before {
        assert_eq!(after.get(path), Some(was), "{what}: {} changed", path.display());
    }
}

#[track_caller]
fn check_text(what: &str, change: impl Fn(&str) -> String, files: &[Place]) {
    for file in files {
        let arrange = |home: &Home| {
            let path = file(home);
            let text = std::fs::read_to_string(&path).unwrap();
            std::fs::write(&path, change(&text)).unwrap();
            path
        };
        check(what, arrange, Code::FileNotUnderstood, Owner::ThisComputer);
    }
}

#[test]
fn the_home_itself_is_no_reason_to_refuse() {
    assert_eq!(Home::connected().connect().outcome, Outcome::Written);
}

#[test]
fn text_that_claude_does_not_read_is_left_alone() {
    check_text("a list", |_| "[]".to_owned(), &FILES);
    check_text("a word", |_| "\"3p\"".to_owned(), &FILES);
    check_text("a byte-order mark", |text| format!("\u{feff}{text}"), &FILES);
    check_text("a comment", |text| format!("// mine\n{text}"), &FILES);
    check_text("a comment inside", |text| text.replacen('{', "{ /* mine */", 1), &FILES);
    check_text("a trailing comma", |text| format!("{},}}", text.trim_end().trim_end_matches('}')), &FILES);
    check_text("a doubled key", |text| text.replacen('{', r#"{"twice":1,"twice":1,"#, 1), &FILES);
    check_text("half of it", |text| text[..text.len() / 2].to_owned(), &FILES);
}

#[test]
fn text_in_another_encoding_is_left_alone() {
    for file in FILES {
        let arrange = |home: &Home| {
            let utf16: Vec<u8> = "{\"a\":1}".encode_utf16().flat_map(u16::to_le_bytes).collect();
            let path = file(home);
            std::fs::write(&path, [&[0xff, 0xfe], utf16.as_slice()].concat()).unwrap();
            path
        };
        check("UTF-16", arrange, Code::FileNotUnderstood, Owner::ThisComputer);
    }
}

#[test]
fn forms_that_are_not_known_are_left_alone() {
    let with = |field: &'static str| move |text: &str| text.replacen('{', &format!("{{{field},"), 1);
    check_text("a newer profile", with(r#""$schemaVersion":3"#), &[Home::profile]);
    check_text("a newer list", with(r#""$schemaVersion":1"#), &[Home::meta]);
    check_text("newer settings", with(r#""$schemaVersion":1"#), &[Home::mode]);
    check_text("entries by name", |_| r#"{"entries":{"a":{"name":"A"}}}"#.to_owned(), &[Home::meta]);
    check_text("a selection of several", |_| r#"{"appliedId":["a"],"entries":[]}"#.to_owned(), &[Home::meta]);
    check_text("a mode with parts", |_| r#"{"deploymentMode":{"is":"3p"}}"#.to_owned(), &[Home::mode]);
}

#[test]
fn links_are_not_followed() {
    for file in FILES {
        for target_exists in [true, false] {
            let arrange = |home: &Home| {
                let (path, target) = (file(home), home.elsewhere().join("target.json"));
                std::fs::rename(&path, &target).unwrap();
                if !target_exists {
                    std::fs::remove_file(&target).unwrap();
                }
                symlink(&target, &path).unwrap();
                path
            };
            check("a linked file", arrange, Code::FileNotUnderstood, Owner::ThisComputer);
        }
    }
}

#[test]
fn a_linked_folder_is_not_entered() {
    for is_empty in [false, true] {
        let arrange = |home: &Home| {
            let library = home.library();
            let target = home.elsewhere().join("library");
            std::fs::rename(&library, &target).unwrap();
            if is_empty {
                std::fs::remove_dir_all(&target).unwrap();
                std::fs::create_dir(&target).unwrap();
            }
            symlink(&target, &library).unwrap();
            home.profile()
        };
        check("a linked folder", arrange, Code::FileNotUnderstood, Owner::ThisComputer);
    }
}

#[test]
fn what_is_no_file_is_left_alone() {
    for file in FILES {
        let arrange = |home: &Home| {
            let path = file(home);
            std::fs::remove_file(&path).unwrap();
            std::fs::create_dir(&path).unwrap();
            path
        };
        check("a folder", arrange, Code::FileNotUnderstood, Owner::ThisComputer);
    }
}

#[test]
fn files_of_others_are_left_alone() {
    for file in FILES {
        if !home::give_away(&file(&Home::connected())) {
            return home::loudly("no file could be given to another user: run as root, or allow `sudo -n`");
        }
        let arrange = |home: &Home| {
            let path = file(home);
            assert!(home::give_away(&path));
            path
        };
        check("another's file", arrange, Code::FileNotUnderstood, Owner::ThisComputer);
    }
}

#[test]
fn files_that_are_marked_read_only_are_left_alone() {
    for file in FILES {
        let arrange = |home: &Home| {
            let path = file(home);
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o400)).unwrap();
            path
        };
        check("a read-only file", arrange, Code::CannotWrite, Owner::ThisComputer);
    }
}

#[test]
fn places_that_cannot_be_written_are_left_alone() {
    let rows: [(&str, Option<Place>, Place); 5] = [
        ("the list", None, Home::meta),
        ("the settings", None, Home::mode),
        ("the profile", None, Home::profile),
        ("the library", Some(Home::library), Home::profile),
        ("the root", Some(Home::root), Home::mode),
    ];
    for (what, folder, file) in rows {
        let mut lock = None;
        let arrange = |home: &Home| {
            let path = file(home);
            lock = home::lock(&folder.map_or_else(|| path.clone(), |folder| folder(home)));
            if lock.is_none() {
                std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o400)).unwrap();
                home::loudly(&format!("{what}: nothing can be locked here; a read-only mark stands in for it"));
            }
            path
        };
        check(what, arrange, Code::CannotWrite, Owner::ThisComputer);
    }
}

#[test]
fn an_administrators_decision_is_not_overruled() {
    let policy = |text: &'static str, mode: u32| {
        move |home: &Home| {
            let path = home.policy();
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            path
        }
    };
    let full = r#"{"inferenceProvider":"gateway","inferenceGatewayBaseUrl":"https://company.example"}"#;
    check("a policy", policy(full, 0o644), Code::ManagedByPolicy, Owner::CompanyPolicy);
    check(
        "a policy on one tab",
        policy(r#"{"chatTabEnabled":true}"#, 0o644),
        Code::ManagedByPolicy,
        Owner::CompanyPolicy,
    );
    check("an open policy", policy(full, 0o666), Code::ManagedRejected, Owner::CompanyPolicy);
    check("a broken policy", policy("{ not json", 0o644), Code::ManagedRejected, Owner::CompanyPolicy);
    let linked = |home: &Home| {
        let path = policy(full, 0o644)(home);
        std::fs::rename(&path, home.elsewhere().join("policy.json")).unwrap();
        symlink(home.elsewhere().join("policy.json"), &path).unwrap();
        path
    };
    check("a linked policy", linked, Code::ManagedRejected, Owner::CompanyPolicy);
}

#[test]
fn a_journal_of_a_newer_version_is_not_guessed_at() {
    let change = |home: &Home, from: &str, to: &str| {
        let path = home.journal();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{text}");
        std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
        path
    };
    let newer = |home: &Home| change(home, "\"schema\": 1", "\"schema\": 2");
    check("a newer journal", newer, Code::JournalUnusable, Owner::AirouterSetup);
    let broken = |home: &Home| change(home, "{", "");
    check("a broken journal", broken, Code::JournalUnusable, Owner::AirouterSetup);
}

#[test]
fn a_file_with_a_hard_link_is_left_alone() {
    // Connecting to another address changes only the profile, so only the profile is tested.
    let arrange = |home: &Home| {
        let path = home.profile();
        std::fs::hard_link(&path, home.elsewhere().join("in-a-repository.json")).unwrap();
        path
    };
    check("a hard link", arrange, Code::CannotWrite, Owner::ThisComputer);
}

#[test]
fn a_library_that_an_organisation_owns_is_left_alone() {
    for pointer in ["null", "7", r#"{"org":"x"}"#] {
        let arrange = |home: &Home| {
            let path = home.meta();
            let text = std::fs::read_to_string(&path).unwrap();
            std::fs::write(&path, text.replacen('{', &format!(r#"{{"hybridPointer":{pointer},"#), 1)).unwrap();
            path
        };
        check("a pointer", arrange, Code::PointedElsewhere, Owner::CompanyPolicy);
    }
}

#[test]
fn a_claude_that_does_not_quit_is_not_ended() {
    let mut claude = None;
    let arrange = |home: &Home| {
        claude = Some(home.start_a_claude_that_stays());
        home.claude()
    };
    check("a Claude that stays", arrange, Code::ClaudeStays, Owner::Claude);
    let mut claude = claude.unwrap();
    assert!(claude.try_wait().unwrap().is_none(), "it was ended by force");
    claude.kill().unwrap();
    claude.wait().unwrap();
}

#[test]
fn a_claude_that_runs_is_not_written_under() {
    let home = Home::connected();
    let mut claude = home.start_a_claude_that_stays();
    let before = home.everything();
    let report = home.connect_without_restart();
    assert_eq!((report.outcome, report.findings[0].code), (Outcome::Refused, Code::ClaudeRunning));
    assert!(report.phases.iter().all(|phase| phase.step != StepId::QuitClaude), "it was asked to quit");
    assert_eq!(home.everything(), before);
    claude.kill().unwrap();
    claude.wait().unwrap();
}
