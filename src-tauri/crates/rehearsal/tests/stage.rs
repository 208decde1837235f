//! Stages that need no stand-in: what is set, what is said when it does not come as foreseen.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, missing_docs, reason = "the test owns its scratch folder")]

use airouter_core::finding::Code;
use airouter_rehearsal::{Scenario, Stage, walk};

#[test]
fn a_scenario_without_claude_ends_before_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage::set(folder.path(), Scenario::named("claude-missing").unwrap()).unwrap();
    let walked = walk(&stage);
    assert_eq!(walked.differs, None);
    assert_eq!(walked.met.iter().map(|finding| finding.code).collect::<Vec<_>>(), [Code::ClaudeMissing]);
    stage.strike().unwrap();
    assert!(!folder.path().join("system").exists(), "the stage is struck");
}

#[test]
fn what_does_not_come_as_foreseen_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = Scenario::named("claude-missing").unwrap().clone();
    wrong.code = "AR-503".to_owned();
    let stage = Stage::set(folder.path(), Box::leak(Box::new(wrong))).unwrap();
    let differs = walk(&stage).differs.expect("another code");
    assert_eq!(differs.code, Code::RehearsalDiffers);
    let said: Vec<&str> = differs.evidence.iter().map(|fact| fact.value.as_str()).collect();
    assert_eq!(said, ["AR-503", "AR-101"]);
}

#[test]
fn the_right_code_for_another_reason_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = Scenario::named("claude-missing").unwrap().clone();
    wrong.facts.insert("reason".to_owned(), "masked".to_owned());
    let stage = Stage::set(folder.path(), Box::leak(Box::new(wrong))).unwrap();
    let differs = walk(&stage).differs.expect("another reason");
    assert_eq!((differs.fact("actual"), differs.fact("reason")), (Some("AR-101"), Some("nothing, not masked")));
}

#[test]
fn a_folder_that_cannot_be_one_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let finding = Stage::set(&file, Scenario::named("claude-missing").unwrap()).unwrap_err();
    assert_eq!(finding.code, Code::RehearsalNotSet);
}

#[test]
fn the_page_gets_every_scenario_with_its_script() {
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage::set(folder.path(), Scenario::named("claude-missing").unwrap()).unwrap();
    let view = stage.view();
    assert_eq!(view.scenario, "claude-missing");
    assert_eq!(view.scenarios.len(), Scenario::all().len());
    let masked = view.scenarios.iter().find(|each| each.id == "masked-key").unwrap();
    assert!(masked.key.as_ref().unwrap().contains('*'), "what is pasted there is no key");
}
