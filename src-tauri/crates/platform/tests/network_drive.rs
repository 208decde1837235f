//! A home on a network drive, without atomic exchange of names and without hard links: connecting and undoing work as
//! elsewhere.
#![cfg(unix)]
#![allow(clippy::disallowed_methods, clippy::unwrap_used, missing_docs, reason = "the test owns its scratch folder")]

use airouter_core::address::GatewayUrl;
use airouter_core::check::AuthScheme;
use airouter_core::plan::Wishes;
use airouter_core::secret::Secret;
use airouter_core::view::{KeyPlace, Outcome, UndoGoal};
use airouter_platform::places::Places;
use airouter_platform::{apply, fault_injection, undo};

/// The errors of such file systems, in the numbers of Linux and macOS: invalid argument, operation not supported,
/// operation not permitted.
const SAY: [i32; 3] = [22, if cfg!(target_os = "linux") { 95 } else { 45 }, 1];

/// Fails every hard link and every exchange as the drive does.
fn drive(link: i32, exchange: i32) {
    fault_injection::set(Some(Box::new(move |step| match step {
        "link" => Err(std::io::Error::from_raw_os_error(link)),
        "exchange" => Err(std::io::Error::from_raw_os_error(exchange)),
        _ => Ok(()),
    })));
}

fn connect(places: &Places, base: &str) -> Outcome {
    let wishes = Wishes {
        name: "AIRouter".to_owned(),
        base: GatewayUrl::parse(base).unwrap(),
        scheme: AuthScheme::Bearer,
        models: vec!["claude-sonnet-4-6".to_owned()],
        every_model: false,
        key_place: KeyPlace::Profile,
        egress: None,
        carry_over: false,
        restart: false,
    };
    let key = Secret::new("sk-0123456789abcdef0123456789".to_owned());
    apply::apply(places, &wishes, &key, None, &mut |_| {}).outcome
}

#[track_caller]
fn check(link: i32, exchange: i32) {
    let folder = tempfile::tempdir().unwrap();
    let places = Places { account: None, ..Places::in_scratch(folder.path()).unwrap() };
    std::fs::create_dir_all(&places.root).unwrap();
    let before = "{\n  \"mcpServers\": {}\n}";
    std::fs::write(places.mode(), before).unwrap();

    drive(link, exchange);
    // The first connection creates the files, the second one replaces them.
    let first = connect(&places, "https://old.example/claude");
    let second = connect(&places, "https://new.example/claude");
    let report = undo::undo(&places, UndoGoal::Before, false, &mut |_| {});
    fault_injection::set(None);

    assert_eq!((first, second), (Outcome::Written, Outcome::Written), "errors {link} and {exchange}");
    assert!(report.undone, "{:?}", report.findings);
    assert_eq!(std::fs::read_to_string(places.mode()).unwrap(), before);
    assert!(!places.library().exists(), "the folder that was made is gone");
}

#[test]
fn connecting_and_undoing_need_neither_exchange_nor_hard_links() {
    for link in SAY {
        for exchange in &SAY[..2] {
            check(link, *exchange);
        }
    }
}
