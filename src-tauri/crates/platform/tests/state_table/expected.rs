//! The expectation of what an undo must restore: Claude's files as they were before this program, with the changes that
//! other programs made since, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::claude::View;
use crate::home::{self, Home, Node, Tree};

/// Prefix of a mismatch in which only the formatting differs.
pub(crate) const STYLE: &str = "the values are as at first, the bytes are not: ";

/// What other programs did to one of Claude's files since the first connection.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Touch {
    /// They changed values; the baseline has the same changes.
    pub(crate) edited: bool,
    /// They removed or emptied it: its content is lost and cannot be restored.
    pub(crate) removed: bool,
    /// Modes that they gave it.
    pub(crate) modes: BTreeSet<u32>,
    /// Values, as JSON, that they wrote where this program writes too; an empty text for "removed".
    pub(crate) slots: BTreeSet<String>,
}

/// A file that cannot be read or parsed now, and what [`Expected::mend`] replaces it with.
#[derive(Debug, Clone)]
pub(crate) struct DamagedFile {
    pub(crate) present: Node,
    pub(crate) original: Option<Node>,
    /// It has no content: the program may set it aside.
    pub(crate) is_empty: bool,
}

/// What an undo must restore in a home, and what is known about its files.
#[derive(Debug, Clone)]
pub(crate) struct Expected {
    /// Claude's files as they were at first.
    pub(crate) baseline: Tree,
    pub(crate) touched: BTreeMap<PathBuf, Touch>,
    pub(crate) damaged_files: BTreeMap<PathBuf, DamagedFile>,
    /// The journal was removed or damaged: the original state cannot be restored.
    pub(crate) is_journal_lost: bool,
}

impl Expected {
    /// A home that this program has never touched.
    pub(crate) fn new(home: &Home) -> Self {
        Self {
            baseline: home.claudes(),
            touched: BTreeMap::new(),
            damaged_files: BTreeMap::new(),
            is_journal_lost: false,
        }
    }

    /// Makes the state before a verb the new baseline: there was no journal, and the verb has begun one.
    pub(crate) fn rebase(&mut self, before: &View<'_>) {
        self.baseline = before.claudes();
        // Temporary files of an interruption are to be removed.
        self.baseline.retain(|path, _| !is_temporary(path));
        self.touched.clear();
        self.is_journal_lost = false;
        // An empty file belongs to the baseline as it is.
        for (path, damaged) in self.damaged_files.iter().filter(|(_, damaged)| !damaged.is_empty) {
            match &damaged.original {
                Some(original) => drop(self.baseline.insert(path.clone(), original.clone())),
                None => drop(self.baseline.remove(path)),
            }
        }
    }

    /// Hashes the expectation; equal for equal ones.
    pub(crate) fn fingerprint(&self, hasher: &mut impl Hasher) {
        self.baseline.hash(hasher);
        self.touched.hash(hasher);
        self.is_journal_lost.hash(hasher);
        for (path, damaged) in &self.damaged_files {
            (path, &damaged.present, &damaged.original, damaged.is_empty).hash(hasher);
        }
    }

    /// Records that the content of a file is lost: only the values that this program writes too may be restored.
    pub(crate) fn lose(&mut self, home: &Home, path: &Path, modes: impl IntoIterator<Item = u32>) {
        if let Some(Node::File { bytes, .. }) = self.baseline.get_mut(path) {
            let mut kept = serde_json::Map::new();
            let slot = slot(home, path);
            if let Some(value) = object(bytes).and_then(|object| object.get(slot).cloned()) {
                kept.insert(slot.to_owned(), value);
            }
            *bytes = Value::Object(kept).to_string().into_bytes();
        }
        let touch = self.touch(path);
        touch.removed = true;
        touch.edited = true;
        // It is also right not to restore the value at all.
        touch.slots.insert(String::new());
        touch.modes.extend(modes);
    }

    pub(crate) fn touch(&mut self, path: &Path) -> &mut Touch {
        self.touched.entry(path.to_owned()).or_default()
    }

    /// Repairs the damaged files that were left alone. Empty files stay empty.
    pub(crate) fn mend(&mut self) {
        for (path, damaged) in std::mem::take(&mut self.damaged_files) {
            if damaged.is_empty || home::node(&path).as_ref() != Some(&damaged.present) {
                continue;
            }
            match &damaged.original {
                Some(original) => home::put(&path, original),
                None => home::remove(&path, &damaged.present),
            }
        }
    }

    /// The differences between Claude's files and what a complete undo must restore.
    pub(crate) fn mismatches(&self, home: &Home, now: &View<'_>) -> Vec<String> {
        let now = now.claudes();
        let paths: BTreeSet<&PathBuf> = self.baseline.keys().chain(now.keys()).collect();
        let root = &home.places.root;
        let named = |path: &Path| path.strip_prefix(root).unwrap_or(path).display().to_string();
        paths
            .into_iter()
            .filter_map(|path| Some(format!("{}: {}", named(path), self.mismatch(home, path, &now)?)))
            .collect()
    }

    fn mismatch(&self, home: &Home, path: &Path, now: &Tree) -> Option<String> {
        let untouched = Touch::default();
        let touch = self.touched.get(path).unwrap_or(&untouched);
        let is_default = touch == &untouched;
        match (self.baseline.get(path), now.get(path)) {
            (before, now) if before == now => None,
            (None, None) => None,
            (None, Some(Node::Folder { .. })) => {
                let is_used =
                    self.touched.keys().chain(self.damaged_files.keys()).any(|touched| touched.starts_with(path));
                (!is_used && now.keys().all(|below| below == path || !below.starts_with(path)))
                    .then(|| "an empty folder is left".to_owned())
            }
            (Some(Node::Folder { mode }), Some(Node::Folder { mode: now })) => {
                (!touch.modes.contains(now)).then(|| format!("the folder's mode was {mode:o} and is {now:o}"))
            }
            (None, Some(file)) => {
                let bytes = file.bytes().unwrap_or_default();
                let is_kept_copy = bytes.iter().all(|byte| *byte == 0) && !is_one_of_claudes(home, path);
                if is_kept_copy || !is_default && self.is_same(home, path, b"{}", bytes, now) {
                    None
                } else {
                    Some(format!("is left: {}", String::from_utf8_lossy(bytes)))
                }
            }
            (Some(before), None) => {
                let is_bare = touch.edited && self.is_same(home, path, before.bytes().unwrap_or_default(), b"{}", now);
                (!touch.removed && !is_bare).then(|| "is gone".to_owned())
            }
            (Some(before), Some(file)) => {
                if before.mode() != file.mode() && !touch.modes.contains(&file.mode()) {
                    return Some(format!("its mode was {:o} and is {:o}", before.mode(), file.mode()));
                }
                let (Some(before), Some(file)) = (before.bytes(), file.bytes()) else {
                    return Some("is of another kind".to_owned());
                };
                let is_right = before == file || self.is_same(home, path, before, file, now);
                let is_style = object(before).is_some_and(|before| Some(before) == object(file));
                let how = if is_style { STYLE } else { "" };
                (!is_right).then(|| {
                    format!("{how}was {} and is {}", String::from_utf8_lossy(before), String::from_utf8_lossy(file))
                })
            }
        }
    }

    /// True if the values are the same in a file that other programs changed. In other files only the selection of a
    /// removed profile may be missing.
    fn is_same(&self, home: &Home, path: &Path, expected: &[u8], bytes: &[u8], now: &Tree) -> bool {
        let untouched = Touch::default();
        let touch = self.touched.get(path).unwrap_or(&untouched);
        if touch.removed && bytes.iter().all(|byte| *byte == 0) {
            return true;
        }
        // Claude treats an empty file like an empty object.
        let expected = if expected.iter().all(|byte| *byte == 0) { b"{}" } else { expected };
        let (Some(expected), Some(found)) = (object(expected), object(bytes)) else { return false };
        let slot = slot(home, path);
        let (was, is) = (expected.get(slot), found.get(slot));
        let is_gone = |id: &str| !now.contains_key(&home.places.profile(id));
        let noted = touch.slots.iter().filter_map(|slot| serde_json::from_str::<String>(slot).ok());
        let mut chosen = noted.chain(was.and_then(Value::as_str).map(str::to_owned));
        let is_dangling = slot == "appliedId" && is.is_none() && chosen.any(|id| is_gone(&id));
        let is_theirs = touch.slots.contains(&is.map(Value::to_string).unwrap_or_default());
        if was != is && !is_theirs && !is_dangling {
            return false;
        }
        // A profile of ours that was found without a journal: if it contained a key, its formatting is not recorded.
        let is_adopted = expected["inferenceCredentialHelper"] == *home.places.helper.to_string_lossy();
        let may_differ = touch.edited || touch.removed || is_dangling || is_adopted;
        may_differ && others(expected, slot) == others(found, slot)
    }
}

/// One of this program's temporary files.
pub(crate) fn is_temporary(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".airouter-setup-"))
}

/// The name of the value in a file that both this program and others write.
fn slot(home: &Home, path: &Path) -> &'static str {
    if path == home.places.mode() {
        "deploymentMode"
    } else if path == home.places.meta() {
        "appliedId"
    } else {
        ""
    }
}

/// True for a file that Claude itself reads.
pub(crate) fn is_one_of_claudes(home: &Home, path: &Path) -> bool {
    path == home.places.mode() || path == home.places.meta() || path.extension().is_some_and(|ending| ending == "json")
}

fn object(bytes: &[u8]) -> Option<Value> {
    serde_json::from_slice::<Value>(bytes).ok().filter(Value::is_object)
}

/// Everything except the value that this program writes too; an empty list counts as absent.
fn others(mut value: Value, slot: &str) -> Value {
    if let Some(map) = value.as_object_mut() {
        map.remove(slot);
        map.retain(|_, value| *value != Value::Array(Vec::new()));
    }
    value
}
