use std::collections::BTreeMap;

use super::*;
use crate::address::GatewayUrl;
use crate::claude::library::ProfileFact;
use crate::plan::{Facts, plan};

/// A folder in memory: path → text.
type Folder = BTreeMap<String, String>;

const OTHER: &str = "99999999-9999-4999-8999-999999999999";

fn wishes() -> Wishes {
    Wishes {
        name: "AIRouter".to_owned(),
        base: GatewayUrl::parse("https://aigc.aochengcloud.com/claude").unwrap(),
        scheme: AuthScheme::Bearer,
        models: vec!["claude-sonnet-4-6".to_owned()],
        every_model: false,
        key_place: KeyPlace::Keychain,
        restart: true,
    }
}

fn fact(folder: &Folder, path: &str) -> FileFact {
    folder.get(path).map_or(FileFact::Absent, |text| FileFact::Present(text.clone().into_bytes()))
}

fn facts(folder: &Folder, journal: Option<Journal>) -> Facts {
    let mut facts = Facts::of_an_empty_home();
    facts.library.meta = fact(folder, &facts.library.meta_path);
    facts.library.mode = fact(folder, &facts.library.mode_path);
    let id = facts.fresh_profile_id.clone();
    let path = format!("/home/li/.config/Claude-3p/configLibrary/{id}.json");
    facts.library.profiles = vec![ProfileFact { file: fact(folder, &path), id, path }];
    facts.journal = journal;
    facts
}

fn apply(folder: &mut Folder, wishes: &Wishes, earlier: Option<Journal>) -> Journal {
    let facts = facts(folder, earlier);
    let plan = plan(&facts, wishes);
    assert!(!plan.is_refused(), "{:?}", plan.findings);
    for change in &plan.files {
        let document = fact(folder, &change.path).document().unwrap();
        folder.insert(change.path.clone(), change.apply(&document, None).text().to_owned());
    }
    Journal::of(&plan, wishes, None, Vec::new(), facts.journal.as_ref())
}

fn undo(folder: &mut Folder, journal: &Journal) -> UndoPlan {
    let plan = plan_undo(journal, |path| fact(folder, path));
    for (path, restore) in &plan.files {
        match restore {
            Restore::Keep => {}
            Restore::Write(document) => {
                folder.insert(path.clone(), document.text().to_owned());
            }
            Restore::Delete => {
                folder.remove(path);
            }
        }
    }
    plan
}

fn values(folder: &Folder) -> BTreeMap<String, Value> {
    folder.iter().map(|(path, text)| (path.clone(), serde_json::from_str(text).unwrap())).collect()
}

#[track_caller]
fn check_round(before: Folder) {
    let mut folder = before.clone();
    let first = apply(&mut folder, &wishes(), None);
    assert_ne!(folder, before);
    let other_wishes = Wishes { every_model: true, scheme: AuthScheme::XApiKey, ..wishes() };
    let second = apply(&mut folder, &other_wishes, Some(first));
    undo(&mut folder, &second);
    assert_eq!(values(&folder), values(&before));
}

fn lived_in() -> Folder {
    let root = "/home/li/.config/Claude-3p";
    [
        (format!("{root}/configLibrary/_meta.json"),
         format!(r#"{{"hybridPointer":7,"appliedId":"{OTHER}","entries":[{{"id":"{OTHER}","name":"Ollama","z":null}}],"x":[1]}}"#)),
        (format!("{root}/configLibrary/{OTHER}.json"), r#"{"inferenceProvider":"gateway"}"#.to_owned()),
        (format!("{root}/claude_desktop_config.json"), r#"{"mcpServers":{"a":1},"deploymentMode":"1p"}"#.to_owned()),
    ]
    .into()
}

#[test]
fn undo_gives_back_what_was_there_first_even_after_two_applies() {
    check_round(Folder::new());
    check_round(lived_in());
}

#[test]
fn later_edits_of_others_stay() {
    let mut folder = lived_in();
    let journal = apply(&mut folder, &wishes(), None);
    let mode = "/home/li/.config/Claude-3p/claude_desktop_config.json";
    folder.insert(mode.to_owned(), r#"{"mcpServers":{"a":1,"b":2},"deploymentMode":"1p","scale":2}"#.to_owned());
    let plan = undo(&mut folder, &journal);
    assert_eq!(values(&folder)[mode], json!({"mcpServers":{"a":1,"b":2},"deploymentMode":"1p","scale":2}));
    assert!(plan.left.is_empty(), "1p is what it was before, nothing is left open: {:?}", plan.left);
}

#[test]
fn a_selection_that_somebody_changed_later_is_left_and_told() {
    let mut folder = Folder::new();
    let journal = apply(&mut folder, &wishes(), None);
    let meta = "/home/li/.config/Claude-3p/configLibrary/_meta.json";
    let text = folder[meta]
        .replace(&format!("\"appliedId\": \"{}\"", journal.profile_id), &format!("\"appliedId\": \"{OTHER}\""));
    folder.insert(meta.to_owned(), text);
    let plan = undo(&mut folder, &journal);
    assert_eq!(values(&folder)[meta]["appliedId"], json!(OTHER));
    assert_eq!(plan.findings[0].code, Code::UndoLeft);
}

#[test]
fn the_selection_never_dangles() {
    let mut folder = lived_in();
    let journal = apply(&mut folder, &wishes(), None);
    folder.remove(&format!("/home/li/.config/Claude-3p/configLibrary/{OTHER}.json"));
    undo(&mut folder, &journal);
    let meta = &values(&folder)["/home/li/.config/Claude-3p/configLibrary/_meta.json"];
    assert_eq!(meta.get("appliedId"), None);
}

#[test]
fn undo_twice_is_undo_once() {
    let mut folder = lived_in();
    let journal = apply(&mut folder, &wishes(), None);
    undo(&mut folder, &journal);
    let once = folder.clone();
    undo(&mut folder, &journal);
    assert_eq!(folder, once);
}

#[test]
fn a_damaged_foreign_file_is_left_alone() {
    let mut folder = lived_in();
    let journal = apply(&mut folder, &wishes(), None);
    let mode = "/home/li/.config/Claude-3p/claude_desktop_config.json";
    folder.insert(mode.to_owned(), "{broken".to_owned());
    let plan = undo(&mut folder, &journal);
    assert_eq!(folder[mode], "{broken");
    assert!(plan.findings.iter().any(|finding| finding.code == Code::FileNotUnderstood));
}
