mod rounds;

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::address::GatewayUrl;
use crate::check::AuthScheme;
use crate::claude::library::ProfileFact;
use crate::plan::{Facts, Wishes, plan};
use crate::undo::KeyPlace;

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
        egress: None,
        carry_over: false,
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
    let key = Secret::new(format!("sk-for-{}", wishes.base.host()));
    for change in &plan.files {
        let document = fact(folder, &change.path).document().unwrap();
        folder.insert(change.path.clone(), change.apply(&document, Some(&key)).text().to_owned());
    }
    Journal::of(&plan, &facts, wishes, None, Vec::new())
}

fn undo(folder: &mut Folder, journal: &Journal) -> UndoPlan {
    let plan = plan_undo(journal, |path| fact(folder, path));
    carry_out(folder, &plan);
    plan
}

fn carry_out(folder: &mut Folder, plan: &UndoPlan) {
    for (path, restore) in &plan.files {
        match restore {
            Restore::Unchanged | Restore::Wait => {}
            Restore::Write(document) => {
                folder.insert(path.clone(), document.text().to_owned());
            }
            Restore::PutBack { copy } => {
                let text = folder.remove(copy).expect("the copy is there");
                folder.insert(path.clone(), text);
            }
            Restore::Delete => {
                folder.remove(path);
            }
        }
    }
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
    assert_eq!(folder, before, "every byte is as it was");
}

fn lived_in() -> Folder {
    let root = "/home/li/.config/Claude-3p";
    [
        (format!("{root}/configLibrary/_meta.json"),
         format!(r#"{{"lastPointer":7,"appliedId":"{OTHER}","entries":[{{"id":"{OTHER}","name":"Ollama","z":null}}],"x":[1]}}"#)),
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

/// JSON as people and programs write it: odd numbers, any spacing, any letters.
#[derive(Debug, Clone)]
enum Json {
    Token(&'static str),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Writes it with the spaces of a style.
    fn write(&self, style: &[&str; 3], out: &mut String) {
        let [open, colon, comma] = style;
        match self {
            Self::Token(token) => out.push_str(token),
            Self::Text(text) => out.push_str(&serde_json::to_string(text).unwrap()),
            Self::List(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    out.push_str(if index == 0 { open } else { comma });
                    item.write(style, out);
                }
                out.push(']');
            }
            Self::Object(fields) => {
                out.push('{');
                let mut seen = std::collections::BTreeSet::new();
                for (key, value) in fields.iter().filter(|(key, _)| seen.insert(key.clone())) {
                    out.push_str(if out.ends_with('{') { open } else { comma });
                    out.push_str(&format!("{}{colon}", serde_json::to_string(key).unwrap()));
                    value.write(style, out);
                }
                out.push_str(open);
                out.push('}');
            }
        }
    }
}

fn json_value() -> impl Strategy<Value = Json> {
    let token = prop::sample::select(vec!["1", "1.0", "1e5", "-0", "123456789012345678901234567890", "true", "null"]);
    let leaf = prop_oneof![token.prop_map(Json::Token), "\\PC{0,8}".prop_map(Json::Text)];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::List),
            prop::collection::vec(("[a-zé密]{1,4}", inner), 0..4).prop_map(Json::Object),
        ]
    })
}

/// A file of others' values with some of the values that this program changes, in any order and style.
fn file_of(ours: Vec<(&'static str, Json)>) -> impl Strategy<Value = Option<String>> {
    let styles = vec![["", ":", ","], ["\n  ", ": ", ",\n  "], [" ", " : ", " , "], ["\r\n\t", ":", ",\r\n\t"]];
    let ours: Vec<(String, Json)> = ours.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    let mixed = (
        prop::collection::vec(("[a-zA-Z_é密]{1,6}", json_value()), 0..5),
        prop::sample::subsequence(ours.clone(), 0..=ours.len()),
    );
    let shuffled = mixed
        .prop_map(|(mut fields, ours)| {
            fields.extend(ours);
            fields
        })
        .prop_shuffle();
    let text = (shuffled, prop::sample::select(styles), prop::sample::select(vec!["", "\n"])).prop_map(
        |(fields, style, end)| {
            let mut text = String::new();
            Json::Object(fields).write(&style, &mut text);
            text + end
        },
    );
    prop::option::weighted(0.9, text)
}

fn token(text: &str) -> Json {
    Json::Text(text.to_owned())
}

fn libraries() -> impl Strategy<Value = Folder> {
    let entry = |id: &str, name: &str| {
        Json::Object(vec![
            ("id".to_owned(), token(id)),
            ("name".to_owned(), token(name)),
            ("n".to_owned(), Json::Token("1e2")),
        ])
    };
    let entries = Json::List(vec![entry(OTHER, "Same"), entry("88888888-8888-4888-8888-888888888888", "Same")]);
    let pointer = ("lastPointer", Json::List(vec![Json::Token("1.0")]));
    // A selection needs its entry: a dangling one is never restored.
    let meta = prop_oneof![
        file_of(vec![("entries", entries.clone()), pointer.clone()]),
        file_of(vec![("appliedId", token(OTHER)), ("entries", entries), pointer]).prop_filter("both or none", |text| {
            text.as_ref().is_none_or(|text| !text.contains("appliedId") || text.contains("entries"))
        }),
    ];
    let mode = file_of(vec![
        ("deploymentMode", token("1p")),
        ("mcpServers", Json::Object(vec![("a".to_owned(), Json::Token("1.50"))])),
    ]);
    let profile = file_of(vec![
        ("inferenceProvider", token("gateway")),
        (
            "inferenceModels",
            Json::List(vec![
                token("old"),
                Json::Object(vec![("name".to_owned(), token("x")), ("n".to_owned(), Json::Token("1.0"))]),
            ]),
        ),
        ("chatTabEnabled", Json::Token("false")),
        ("deploymentDisplayName", token("Äé密")),
    ]);
    (meta, mode, profile).prop_map(|(meta, mode, profile)| {
        let root = "/home/li/.config/Claude-3p";
        let files = [
            (format!("{root}/configLibrary/_meta.json"), meta),
            (format!("{root}/claude_desktop_config.json"), mode),
            (format!("{root}/configLibrary/11111111-1111-4111-8111-111111111111.json"), profile),
            (format!("{root}/configLibrary/{OTHER}.json"), Some("{}".to_owned())),
        ];
        files.into_iter().filter_map(|(path, text)| Some((path, text?))).collect()
    })
}

proptest! {
    #[test]
    fn any_library_gets_every_byte_back(before in libraries()) {
        check_round(before);
    }

    #[test]
    fn applying_again_changes_nothing(before in libraries()) {
        let mut folder = before;
        let journal = apply(&mut folder, &wishes(), None);
        let once = folder.clone();
        apply(&mut folder, &wishes(), Some(journal));
        prop_assert_eq!(folder, once);
    }
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
fn a_selection_that_was_changed_later_is_left_and_reported() {
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
fn a_selection_outside_the_list_is_put_back_while_its_file_is_there() {
    let meta = "/home/li/.config/Claude-3p/configLibrary/_meta.json";
    let mut folder = lived_in();
    folder.insert(meta.to_owned(), format!(r#"{{"appliedId":"{OTHER}","entries":[]}}"#));
    let before = folder.clone();
    let journal = apply(&mut folder, &wishes(), None);
    undo(&mut folder, &journal);
    assert_eq!(folder, before);
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

#[test]
fn a_neutral_profile_that_is_used_later_keeps_its_file() {
    let mut folder = Folder::new();
    let meta = format!(r#"{{"appliedId":"{OTHER}","entries":[{{"id":"{OTHER}","name":"Ollama"}}]}}"#);
    let mut facts = facts(&folder, None);
    folder.insert(facts.library.meta_path.clone(), meta.clone());
    let other = format!("/home/li/.config/Claude-3p/configLibrary/{OTHER}.json");
    folder.insert(other.clone(), r#"{"inferenceProvider":"gateway"}"#.to_owned());
    facts.library.meta = fact(&folder, &facts.library.meta_path);
    facts.library.profiles.push(ProfileFact { file: fact(&folder, &other), id: OTHER.to_owned(), path: other });
    let before = folder.clone();
    let plan = crate::plan::plan_leaving(&facts);
    let journal = Journal::of_leaving(&plan, &facts, Vec::new());
    for change in &plan.files {
        let document = fact(&folder, &change.path).document().unwrap();
        folder.insert(change.path.clone(), change.apply(&document, None).text().to_owned());
    }
    let left = folder.clone();
    undo(&mut folder, &journal);
    assert_eq!(folder, before, "undone at once: every byte is as it was");

    // Claude changed the selection: it is not this program's any more, and is kept.
    folder = left;
    let meta = folder.get_mut(&facts.library.meta_path).unwrap();
    *meta = meta.replace(&format!(r#""appliedId":"{}""#, plan.profile_id), r#""appliedId":"""#);
    *meta = meta.replacen(r#""appliedId":"""#, &format!(r#""appliedId":"{OTHER}""#), 1);
    let id = plan.profile_id.clone();
    undo(&mut folder, &journal);
    let meta: Value = serde_json::from_str(&folder[&facts.library.meta_path]).unwrap();
    let applied = meta["appliedId"].as_str().unwrap().to_owned();
    assert_ne!(applied, id, "nothing points at what is gone");
}
