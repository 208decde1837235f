//! The states in which a verb may find a computer.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use serde_json::Value;

use crate::edits::{Edit, Which};
use crate::expected::Expected;
use crate::home::{Home, Node, Tree};
use crate::kill;
use crate::product::{self, End, Gateway, Verb};

/// Another tool's profile.
pub(crate) const OTHER: &str = "99999999-9999-4999-8999-999999999999";

/// The value of a secret header in a profile.
pub(crate) const HEADER: &str = "hunter2-of-the-team";

/// A state that can be restored at any time.
pub(crate) struct State {
    pub(crate) name: String,
    /// The kind of state, for counting.
    pub(crate) kind: &'static str,
    pub(crate) tree: Tree,
    pub(crate) expected: Expected,
}

impl State {
    /// The same state in another home.
    pub(crate) fn in_home(&self, from: &Home, to: &Home) -> Self {
        let (old, new) = (from.folder().to_string_lossy(), to.folder().to_string_lossy());
        // The keychain's files have no slashes in their names.
        let flat = |path: &str| path.trim_start_matches('/').replace('/', "_");
        let pairs = [(old.to_string(), new.to_string()), (flat(&old), flat(&new))];
        // Journals contain offsets.
        assert_eq!(old.len(), new.len(), "homes differ in length");
        let path = |path: &PathBuf| {
            let text = path.to_string_lossy().into_owned();
            PathBuf::from(pairs.iter().fold(text, |text, (old, new)| text.replace(old, new)))
        };
        let tree = |tree: &Tree| tree.iter().map(|(place, node)| (path(place), node.moved(&pairs))).collect();
        let mut expected = Expected { baseline: tree(&self.expected.baseline), ..self.expected.clone() };
        expected.touched = expected.touched.iter().map(|(place, touch)| (path(place), touch.clone())).collect();
        Self { name: self.name.clone(), kind: self.kind, tree: tree(&self.tree), expected }
    }
}

/// Writes Claude's files with another tool's gateway selected, unusual formatting and different modes.
pub(crate) fn put_another_tool(home: &Home) {
    let files = [
        (
            home.places.meta(),
            format!(
                "{{\r\n  \"appliedId\" : \"{OTHER}\",\r\n  \"entries\" : [ {{\"id\":\"{OTHER}\",\"name\":\"Ollama\",\"n\":[1.50,1e5]}} ]\r\n}}\r\n"
            ),
            0o640,
        ),
        (
            home.places.profile(OTHER),
            r#"{"inferenceProvider":"gateway","inferenceGatewayBaseUrl":"http://127.0.0.1:11434"}"#.to_owned(),
            0o600,
        ),
        (
            home.places.mode(),
            "{ \"mcpServers\" : { \"a\" : { \"n\" : 1.0 } }, \"deploymentMode\":\"1p\" }".to_owned(),
            0o644,
        ),
    ];
    for (path, text, mode) in files {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
}

/// Makes all states. The home is left in the last one.
pub(crate) fn all(home: &Home) -> Vec<State> {
    let mut made = Made { home, states: Vec::new(), seen: BTreeSet::new() };
    let empty = home.everything();
    let nothing = made.add("nothing", "nothing", Expected::new(home));
    home.put_back(&empty);
    put_another_tool(home);
    let expected = Expected::new(home);
    let other = made.add("nothing, over another tool", "nothing", expected.clone());
    made.connected(&nothing, "connected");
    let (first, twice) = made.connected(&other, "connected over another tool");
    made.cut("first connection cut", &other, Verb::Apply(Gateway::A));
    made.cut("first connection of an empty home cut", &nothing, Verb::Apply(Gateway::A));
    made.cut("second connection cut", &first, Verb::Apply(Gateway::B));
    made.cut("new key cut", &first, Verb::Apply(Gateway::A2));
    made.cut("change to the profile cut", &first, Verb::ApplyStatic(Gateway::A));
    made.cut("undo cut", &first, Verb::Undo);
    made.cut("undo of two connections cut", &twice, Verb::Undo);
    made.cut("leaving cut", &first, Verb::Leave);
    made.journal_lost(&first);
    made.parts_missing(&first);
    made.states
}

struct Made<'a> {
    home: &'a Home,
    states: Vec<State>,
    seen: BTreeSet<Vec<u8>>,
}

type Kept = (Tree, Expected);

impl Made<'_> {
    /// Saves the present state, unless an equal one exists.
    fn add(&mut self, name: &str, kind: &'static str, expected: Expected) -> Kept {
        let tree = self.home.everything();
        if self.seen.insert(fingerprint(self.home, &tree)) {
            self.states.push(State { name: name.to_owned(), kind, tree: tree.clone(), expected: expected.clone() });
        }
        (tree, expected)
    }

    fn after(&mut self, from: &Kept, name: &str, kind: &'static str, verbs: &[Verb]) -> Kept {
        self.home.put_back(&from.0);
        for verb in verbs {
            let report = product::act(&self.home.places, *verb);
            assert!(matches!(report.end, End::Written | End::Undone), "{name}: {report:?}");
        }
        self.add(name, kind, from.1.clone())
    }

    /// Connected in several ways, and left; returns the states "once" and "twice".
    fn connected(&mut self, from: &Kept, kind: &'static str) -> (Kept, Kept) {
        let (a, b) = (Verb::Apply(Gateway::A), Verb::Apply(Gateway::B));
        let first = self.after(from, kind, kind, &[a]);
        self.after(from, &format!("{kind}, key in the profile"), kind, &[Verb::ApplyStatic(Gateway::A)]);
        self.after(from, &format!("{kind}, left"), "left", &[a, Verb::Leave]);
        let twice = self.after(from, &format!("{kind}, twice"), "connected twice", &[a, b]);
        self.after(from, &format!("{kind}, twice, left"), "left", &[a, b, Verb::Leave]);
        (first, twice)
    }

    /// A verb is interrupted at each of its steps.
    fn cut(&mut self, kind: &'static str, from: &Kept, verb: Verb) {
        for at in 0.. {
            self.home.put_back(&from.0);
            if kill::kill_at(self.home, verb, at).is_some() {
                assert!(at > 3, "{kind} has {at} steps");
                break;
            }
            self.add(&format!("{kind} at {at}"), kind, from.1.clone());
            if at % 10 == 5 && self.home.journal_file().exists() {
                std::fs::write(self.home.journal_file(), "").unwrap();
                let expected = Expected { is_journal_lost: true, ..from.1.clone() };
                self.add(&format!("{kind} at {at}, journal empty"), "cut and memory lost", expected);
            }
        }
    }

    /// The journal is missing, broken, or of another version.
    fn journal_lost(&mut self, from: &Kept) {
        let lost = Expected { is_journal_lost: true, ..from.1.clone() };
        self.home.put_back(&from.0);
        let path = self.home.journal_file();
        let text = std::fs::read(&path).unwrap();
        let mut newer: Value = serde_json::from_slice(&text).unwrap();
        newer["schema"] = 99.into();
        newer["of a later time"] = true.into();
        let journals = [
            ("journal lost", None),
            ("journal cut short", Some(text[..text.len() / 2].to_vec())),
            ("journal empty", Some(Vec::new())),
            ("journal of NUL", Some(vec![0; text.len()])),
            ("journal of a newer program", Some(newer.to_string().into_bytes())),
        ];
        for (name, journal) in journals {
            self.home.put_back(&from.0);
            match journal {
                Some(bytes) => std::fs::write(&path, bytes).unwrap(),
                None => std::fs::remove_file(&path).unwrap(),
            }
            self.add(name, "memory lost", lost.clone());
            let mut expected = lost.clone();
            Edit::SelectOther.make(self.home, &mut expected);
            self.add(&format!("{name}, another selected"), "memory lost", expected);
        }
        // The profile contains another secret, and other users may read it.
        self.home.put_back(&from.0);
        let profile = Which::Profile.path(self.home).unwrap();
        let own = std::fs::read_to_string(&profile).unwrap();
        let models = "  \"inferenceModels\": [\"claude-sonnet-4-6\"],\n";
        assert!(own.contains(models), "{own}");
        let first = format!("{{\"inferenceModels\":[\"x\"],\"inferenceCustomHeaders\":{{\"X-Team\":\"{HEADER}\"}},");
        std::fs::write(&profile, own.replace(models, "").replacen('{', &first, 1)).unwrap();
        std::fs::set_permissions(&profile, std::fs::Permissions::from_mode(0o644)).unwrap();
        std::fs::remove_file(&path).unwrap();
        self.add("journal lost, profile with a secret header", "memory lost", lost);
        // An older version recorded less.
        self.home.put_back(&from.0);
        let mut older: Value = serde_json::from_slice(&text).unwrap();
        for key in ["purpose", "claude", "egress"] {
            older.as_object_mut().unwrap().remove(key);
        }
        for file in older["files"].as_array_mut().unwrap() {
            file.as_object_mut().unwrap().remove("patch");
        }
        std::fs::write(&path, older.to_string()).unwrap();
        let mut expected = from.1.clone();
        // It recorded values, but not the formatting between them.
        for path in [self.home.places.meta(), self.home.places.mode()] {
            expected.touch(&path).edited = true;
        }
        self.add("journal of an older program", "connected over another tool", expected);
    }

    /// Something of ours was removed.
    fn parts_missing(&mut self, from: &Kept) {
        for (name, edit) in [
            ("helper missing", Edit::DeleteHelper),
            ("account file missing", Edit::DeleteAccountFile),
            ("key missing", Edit::EmptyKeychain),
            ("profile deleted", Edit::Remove(Which::Profile)),
            ("models changed in Claude", Edit::ChangeModels(5)),
        ] {
            self.home.put_back(&from.0);
            let mut expected = from.1.clone();
            edit.make(self.home, &mut expected);
            self.add(name, "part missing", expected);
        }
    }
}

/// A state with ids and temporary names made equal, because they differ from run to run.
fn fingerprint(home: &Home, tree: &Tree) -> Vec<u8> {
    let journal = tree.get(&home.journal_file()).and_then(Node::bytes).unwrap_or_default();
    let journal: Value = serde_json::from_slice(journal).unwrap_or_default();
    let organization = tree.get(&home.places.state.join("organization")).and_then(Node::bytes).unwrap_or_default();
    let mut text = String::new();
    for (path, node) in tree {
        let name = path.to_string_lossy();
        let name = name.split(".airouter-setup-").next().unwrap_or_default();
        text.push_str(&format!(
            "{name} {:o} {}\n",
            node.mode(),
            String::from_utf8_lossy(node.bytes().unwrap_or_default())
        ));
    }
    let noted =
        [&journal["profile_id"], &journal["pending"]["earlier"]["profile_id"]].map(|id| id.as_str().map(str::to_owned));
    let ids = noted.into_iter().flatten().chain([String::from_utf8_lossy(organization).into_owned()]);
    for id in ids.filter(|id| !id.is_empty()) {
        text = text.replace(&id, "an id");
    }
    text.into_bytes()
}
