//! Sandboxes that need no stand-in: what is prepared, what is reported when it does not come as expected.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, missing_docs, reason = "the test owns its scratch folder")]

use airouter_core::finding::Code;
use airouter_rehearsal::{Sandbox, Scenario, play};

#[test]
fn a_scenario_without_claude_ends_before_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::create(folder.path(), Scenario::named("claude-missing").unwrap()).unwrap();
    let played = play(&sandbox);
    assert_eq!(played.differs, None);
    assert_eq!(played.met.iter().map(|finding| finding.code).collect::<Vec<_>>(), [Code::ClaudeMissing]);
    sandbox.remove().unwrap();
    assert!(!folder.path().join("system").exists(), "the folder is emptied");
}

#[test]
fn what_does_not_come_as_foreseen_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = Scenario::named("claude-missing").unwrap().clone();
    wrong.code = "AR-503".to_owned();
    let sandbox = Sandbox::create(folder.path(), Box::leak(Box::new(wrong))).unwrap();
    let differs = play(&sandbox).differs.expect("another code");
    assert_eq!(differs.code, Code::RehearsalDiffers);
    let said: Vec<&str> = differs.evidence.iter().map(|fact| fact.value.as_str()).collect();
    assert_eq!(said, ["AR-503", "AR-101"]);
}

#[test]
fn the_right_code_for_another_reason_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = Scenario::named("claude-missing").unwrap().clone();
    wrong.facts.insert("reason".to_owned(), "masked".to_owned());
    let sandbox = Sandbox::create(folder.path(), Box::leak(Box::new(wrong))).unwrap();
    let differs = play(&sandbox).differs.expect("another reason");
    assert_eq!((differs.fact("actual"), differs.fact("reason")), (Some("AR-101"), Some("nothing, not masked")));
}

#[test]
fn a_folder_that_cannot_be_one_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let finding = Sandbox::create(&file, Scenario::named("claude-missing").unwrap()).unwrap_err();
    assert_eq!(finding.code, Code::RehearsalNotSet);
}

#[test]
fn the_page_gets_every_scenario_with_its_script() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::create(folder.path(), Scenario::named("claude-missing").unwrap()).unwrap();
    let view = sandbox.view();
    assert_eq!(view.scenario, "claude-missing");
    assert_eq!(view.scenarios.len(), Scenario::all().len());
    let masked = view.scenarios.iter().find(|each| each.id == "masked-key").unwrap();
    assert!(masked.key.as_ref().unwrap().contains('*'), "what is pasted there is no key");
}
