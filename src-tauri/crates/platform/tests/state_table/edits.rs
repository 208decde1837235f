//! Edits that other programs, or the person by hand, make to Claude's files and to ours, and the conditions that a
//! file may be in.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::damaged_files::{damage, unreadable};
use crate::expected::Expected;
use crate::home::{self, Home, Node};
use crate::product::JournalState;
use crate::states::OTHER;

/// One of the three files that this program writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Which {
    Mode,
    Meta,
    Profile,
}

impl Which {
    pub(crate) const ALL: [Self; 3] = [Self::Mode, Self::Meta, Self::Profile];

    /// Its path. Our profile is the one of the journal, else any that names our helper; `None` if there is none.
    pub(crate) fn path(self, home: &Home) -> Option<PathBuf> {
        match self {
            Self::Mode => Some(home.places.mode()),
            Self::Meta => Some(home.places.meta()),
            Self::Profile => {
                let journal = read(&home.journal_file()).unwrap_or_default();
                let noted = journal["profile_id"].as_str().map(|id| home.places.profile(id));
                let is_ours = |path: &PathBuf| {
                    read(path).is_some_and(|profile| profile["inferenceCredentialHelper"] == json!(home.places.helper))
                };
                let listed = || std::fs::read_dir(home.places.library()).into_iter().flatten().flatten();
                noted.filter(|path| path.exists()).or_else(|| listed().map(|entry| entry.path()).find(is_ours))
            }
        }
    }
}

/// An edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Edit {
    /// The mode is set by hand or by Claude.
    SetMode(&'static str),
    /// Another profile is selected.
    SelectOther,
    /// Nothing is selected.
    SelectNothing,
    /// Another tool adds a profile and selects nothing.
    NewProfile(u8),
    /// A server is added.
    AddServer(u8),
    /// Claude adds a value to its list.
    Note(u8),
    /// The person changes the models of our profile in Claude.
    ChangeModels(u8),
    /// The mode bits of a file are changed.
    Chmod(Which, u32),
    /// A file is removed.
    Remove(Which),
    /// A file has zero bytes.
    Empty(Which),
    /// A file has only NUL bytes.
    Nul(Which),
    /// A file begins with a byte order mark.
    Bom(Which),
    /// A file has a comment in it.
    Comment(Which),
    /// A file is truncated.
    Cut(Which),
    /// A folder is at a file's path.
    Folder(Which),
    /// A file cannot be read: it belongs to another user, or has no read permission.
    Unreadable(Which),
    /// A file is as it was before this program.
    AsBefore(Which),
    /// Another program changes values that this program wrote.
    Else(Which),
    /// A virus scanner removes the helper.
    DeleteHelper,
    /// The file with the entry's name is removed.
    DeleteAccountFile,
    /// The entry of the keychain is removed.
    EmptyKeychain,
    /// The journal is removed.
    LoseJournal,
    /// The journal is truncated.
    BreakJournal,
}

impl Edit {
    /// The conditions that a file may be in, besides "as written".
    pub(crate) fn conditions(which: Which) -> [Self; 10] {
        [
            Self::AsBefore(which),
            Self::Else(which),
            Self::Remove(which),
            Self::Unreadable(which),
            Self::Folder(which),
            Self::Bom(which),
            Self::Comment(which),
            Self::Cut(which),
            Self::Empty(which),
            Self::Nul(which),
        ]
    }

    /// Makes the edit, and updates the expectation of what an undo must restore.
    pub(crate) fn make(self, home: &Home, expected: &mut Expected) {
        match self {
            Self::SetMode(mode) => set(home, expected, &home.places.mode(), "deploymentMode", json!(mode)),
            Self::SelectOther => set(home, expected, &home.places.meta(), "appliedId", json!(OTHER)),
            Self::SelectNothing => set(home, expected, &home.places.meta(), "appliedId", Value::Null),
            Self::NewProfile(number) => new_profile(home, expected, number),
            Self::AddServer(number) => change(home, expected, &home.places.mode(), &|value| {
                value["mcpServers"][format!("server{number}")] = json!({"command": "x", "args": [1.5]});
            }),
            Self::Note(number) => change(home, expected, &home.places.meta(), &|value| value["note"] = json!(number)),
            Self::ChangeModels(number) => {
                if let Some(path) = Which::Profile.path(home) {
                    change(home, expected, &path, &|value| {
                        value["inferenceModels"] = json!([format!("claude-{number}")])
                    });
                }
            }
            Self::Chmod(which, mode) => chmod(home, expected, which, mode),
            Self::Remove(which) => remove(home, expected, which),
            Self::Empty(which) => damage(home, expected, which, true, |_| Some(Vec::new())),
            Self::Nul(which) => damage(home, expected, which, true, |bytes| Some(vec![0; bytes.len().max(7)])),
            Self::Bom(which) => damage(home, expected, which, false, |bytes| Some([b"\xef\xbb\xbf", bytes].concat())),
            Self::Comment(which) => damage(home, expected, which, false, |bytes| Some([b"// mine\n", bytes].concat())),
            Self::Cut(which) => {
                damage(home, expected, which, false, |bytes| Some(bytes[..bytes.len() * 2 / 3].to_vec()))
            }
            Self::Folder(which) => damage(home, expected, which, false, |_| None),
            Self::Unreadable(which) => unreadable(home, expected, which),
            Self::AsBefore(which) => as_before(home, expected, which),
            Self::Else(Which::Mode) => set(home, expected, &home.places.mode(), "deploymentMode", json!("2p")),
            Self::Else(Which::Meta) => set(home, expected, &home.places.meta(), "appliedId", json!(OTHER)),
            Self::Else(Which::Profile) => {
                if let Some(path) = Which::Profile.path(home) {
                    change(home, expected, &path, &|value| {
                        value["inferenceModels"] = json!(["claude-by-hand"]);
                        value["chatTabEnabled"] = json!(false);
                    });
                }
            }
            Self::DeleteHelper => drop(std::fs::remove_file(&home.places.helper)),
            Self::DeleteAccountFile => drop(std::fs::remove_file(home.account_file())),
            Self::EmptyKeychain => home.empty_keychain(),
            // While a change is pending, only the journal says whose key is in the keychain.
            Self::LoseJournal if is_pending(home) => {}
            Self::LoseJournal => expected.is_journal_lost |= std::fs::remove_file(home.journal_file()).is_ok(),
            Self::BreakJournal => {
                if let Ok(bytes) = std::fs::read(home.journal_file()) {
                    std::fs::write(home.journal_file(), &bytes[..bytes.len() / 2]).unwrap();
                    expected.is_journal_lost = true;
                }
            }
        }
    }
}

fn is_pending(home: &Home) -> bool {
    JournalState::of(std::fs::read(home.journal_file()).ok().as_deref()) == JournalState::Pending
}

/// Another program changes values; the expectation of what an undo must restore gets the same change. A damaged file
/// is left alone.
fn change(home: &Home, expected: &mut Expected, path: &Path, edit: &dyn Fn(&mut Value)) {
    if expected.damaged_files.contains_key(path) {
        return;
    }
    let Some(now) = changed(path, edit) else { return };
    let is_library = path.starts_with(home.places.library());
    let first = expected.baseline.get(path).and_then(Node::bytes).map_or_else(|| b"{}".to_vec(), <[u8]>::to_vec);
    let is_ours_alone = is_library && path != home.places.meta() && !expected.baseline.contains_key(path);
    home::put(path, &now);
    if is_ours_alone {
        return;
    }
    let mode = expected.baseline.get(path).map_or(now.mode(), Node::mode);
    let touch = expected.touch(path);
    touch.edited = true;
    touch.modes.insert(now.mode());
    let mut value: Value = serde_json::from_slice(&first).unwrap_or_else(|_| json!({}));
    edit(&mut value);
    let bytes = serde_json::to_vec_pretty(&value).unwrap();
    let node = Node::File { bytes, mode, owner: rustix::process::geteuid().as_raw() };
    expected.baseline.insert(path.to_owned(), node);
}

/// The file with a change, formatted anew; `None` if it cannot be parsed.
fn changed(path: &Path, edit: &dyn Fn(&mut Value)) -> Option<Node> {
    let node = home::node(path);
    let mut value = match &node {
        None => json!({}),
        Some(node) => serde_json::from_slice(node.bytes()?).ok().filter(Value::is_object)?,
    };
    edit(&mut value);
    let bytes = serde_json::to_vec_pretty(&value).unwrap();
    let mode = node.as_ref().map_or(0o644, Node::mode);
    Some(Node::File { bytes, mode, owner: rustix::process::geteuid().as_raw() })
}

/// Another program sets one of the values that this program writes too: in the end either of the two values is right.
fn set(home: &Home, expected: &mut Expected, path: &Path, key: &'static str, value: Value) {
    if expected.damaged_files.contains_key(path) || changed(path, &|_| {}).is_none() {
        return;
    }
    let put = |file: &mut Value| match (&value, file.as_object_mut()) {
        (Value::Null, Some(map)) => drop(map.remove(key)),
        _ => file[key] = value.clone(),
    };
    let now = changed(path, &put).unwrap();
    home::put(path, &now);
    let text = if value.is_null() { String::new() } else { value.to_string() };
    let touch = expected.touch(path);
    touch.edited = true;
    touch.modes.insert(now.mode());
    touch.slots.insert(text);
    let _ = home;
}

fn new_profile(home: &Home, expected: &mut Expected, number: u8) {
    let id = format!("77777777-7777-4777-8777-{number:012}");
    let meta = home.places.meta();
    if expected.damaged_files.contains_key(&meta) || changed(&meta, &|_| {}).is_none() {
        return;
    }
    let bytes = br#"{"inferenceProvider":"gateway","inferenceGatewayBaseUrl":"http://127.0.0.1:9"}"#.to_vec();
    let node = Node::File { bytes, mode: 0o600, owner: rustix::process::geteuid().as_raw() };
    let path = home.places.profile(&id);
    home::put(&path, &node);
    expected.baseline.insert(path.clone(), node);
    expected.touch(&path);
    change(home, expected, &meta, &|value| {
        let entry = json!({"id": id, "name": "Theirs"});
        match value["entries"].as_array_mut() {
            Some(entries) if entries.iter().any(|entry| entry["id"] == id) => {}
            Some(entries) => entries.push(entry),
            None => value["entries"] = json!([entry]),
        }
    });
}

fn chmod(home: &Home, expected: &mut Expected, which: Which, mode: u32) {
    let Some(path) = which.path(home).filter(|path| path.is_file() && !expected.damaged_files.contains_key(path))
    else {
        return;
    };
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    expected.touch(&path).modes.insert(mode);
}

fn remove(home: &Home, expected: &mut Expected, which: Which) {
    let Some(path) = which.path(home).filter(|path| !expected.damaged_files.contains_key(path)) else { return };
    if std::fs::remove_file(&path).is_ok() {
        // A file that is created again has the mode of a new file.
        expected.lose(home, &path, [0o600]);
    }
}

fn as_before(home: &Home, expected: &mut Expected, which: Which) {
    let Some(path) = which.path(home).filter(|path| !expected.damaged_files.contains_key(path)) else { return };
    match expected.baseline.get(&path) {
        Some(first) => {
            home::put(&path, first);
            // Undo restores exact bytes only if no other program changed the file since, even if it changed it back.
            expected.touch(&path).edited = true;
        }
        None => drop(std::fs::remove_file(&path)),
    }
}

fn read(path: &Path) -> Option<Value> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}
