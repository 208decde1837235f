//! What must come back: Claude's files as they were before this program, with all that others changed
//! since, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::claude::View;
use crate::home::{self, Home, Node, Tree};

/// How a mismatch begins where only the style of a file is another.
pub(crate) const STYLE: &str = "the values are as at first, the bytes are not: ";

/// What others did to one of Claude's files since the first connection.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Touch {
    /// They changed values; those stand in the baseline, too.
    pub(crate) edited: bool,
    /// They removed or emptied it: what was in it is lost, whoever looks for it.
    pub(crate) removed: bool,
    /// Modes that they gave it.
    pub(crate) modes: BTreeSet<u32>,
    /// What they put where this program writes too, as JSON; an empty text for "removed".
    pub(crate) slots: BTreeSet<String>,
}

/// A file that cannot be read or understood now, and what comes back when the obstacle is gone.
#[derive(Debug, Clone)]
pub(crate) struct Wreck {
    pub(crate) wrecked: Node,
    pub(crate) original: Option<Node>,
    /// It holds nothing: the program may set it aside.
    pub(crate) is_empty: bool,
}

/// What is known of a home beside what is there.
#[derive(Debug, Clone)]
pub(crate) struct World {
    /// Claude's files as they were at first.
    pub(crate) baseline: Tree,
    pub(crate) touched: BTreeMap<PathBuf, Touch>,
    pub(crate) wrecks: BTreeMap<PathBuf, Wreck>,
    /// Somebody took this program's memory away: what was at first cannot be asked for.
    pub(crate) is_memory_lost: bool,
}

impl World {
    /// A home that this program has never touched.
    pub(crate) fn new(home: &Home) -> Self {
        Self { baseline: home.claudes(), touched: BTreeMap::new(), wrecks: BTreeMap::new(), is_memory_lost: false }
    }

    /// From here on what is there counts as what was at first: the program has no memory of anything
    /// before, and now makes one.
    pub(crate) fn rebase(&mut self, before: &View<'_>) {
        self.baseline = before.claudes();
        // What a sudden end left behind goes, and shall.
        self.baseline.retain(|path, _| !is_temporary(path));
        self.touched.clear();
        self.is_memory_lost = false;
        // What holds nothing is what was there at first, too.
        for (path, wreck) in self.wrecks.iter().filter(|(_, wreck)| !wreck.is_empty) {
            match &wreck.original {
                Some(original) => drop(self.baseline.insert(path.clone(), original.clone())),
                None => drop(self.baseline.remove(path)),
            }
        }
    }

    /// Equal for equal worlds.
    pub(crate) fn fingerprint(&self, hasher: &mut impl Hasher) {
        self.baseline.hash(hasher);
        self.touched.hash(hasher);
        self.is_memory_lost.hash(hasher);
        for (path, wreck) in &self.wrecks {
            (path, &wreck.wrecked, &wreck.original, wreck.is_empty).hash(hasher);
        }
    }

    /// What stood in a file is lost, whoever looks for it: only the values that this program writes too
    /// may come back.
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
        // Or it is not put back at all.
        touch.slots.insert(String::new());
        touch.modes.extend(modes);
    }

    pub(crate) fn touch(&mut self, path: &Path) -> &mut Touch {
        self.touched.entry(path.to_owned()).or_default()
    }

    /// Takes the obstacles away: what could not be read or understood is again what it was, where it
    /// was left alone. What holds nothing stays so.
    pub(crate) fn mend(&mut self) {
        for (path, wreck) in std::mem::take(&mut self.wrecks) {
            if wreck.is_empty || home::node(&path).as_ref() != Some(&wreck.wrecked) {
                continue;
            }
            match &wreck.original {
                Some(original) => home::put(&path, original),
                None => home::remove(&path, &wreck.wrecked),
            }
        }
    }

    /// What of Claude's files is not as it should be when everything was given back.
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
                let is_used = self.touched.keys().chain(self.wrecks.keys()).any(|touched| touched.starts_with(path));
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

    /// The same values, where others had their hands in the file; else only a selection of a profile
    /// that is gone may be missing.
    fn is_same(&self, home: &Home, path: &Path, expected: &[u8], bytes: &[u8], now: &Tree) -> bool {
        let untouched = Touch::default();
        let touch = self.touched.get(path).unwrap_or(&untouched);
        if touch.removed && bytes.iter().all(|byte| *byte == 0) {
            return true;
        }
        // What holds nothing is to Claude what an empty object is.
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
        // A profile of ours that came back without a memory of it: where a key was in it, no style is noted.
        let is_adopted = expected["inferenceCredentialHelper"] == *home.places.helper.to_string_lossy();
        let may_differ = touch.edited || touch.removed || is_dangling || is_adopted;
        may_differ && others(expected, slot) == others(found, slot)
    }
}

/// One of this program's temporary files.
pub(crate) fn is_temporary(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".airouter-setup-"))
}

/// The value in a file that this program and others write.
fn slot(home: &Home, path: &Path) -> &'static str {
    if path == home.places.mode() {
        "deploymentMode"
    } else if path == home.places.meta() {
        "appliedId"
    } else {
        ""
    }
}

/// One of the files that Claude itself knows by their names.
pub(crate) fn is_one_of_claudes(home: &Home, path: &Path) -> bool {
    path == home.places.mode() || path == home.places.meta() || path.extension().is_some_and(|ending| ending == "json")
}

fn object(bytes: &[u8]) -> Option<Value> {
    serde_json::from_slice::<Value>(bytes).ok().filter(Value::is_object)
}

/// Everything but the value that this program writes too; an empty list is none.
fn others(mut value: Value, slot: &str) -> Value {
    if let Some(map) = value.as_object_mut() {
        map.remove(slot);
        map.retain(|_, value| *value != Value::Array(Vec::new()));
    }
    value
}
