//! A computer in a scratch folder. Its whole state can be saved and restored, so that thousands of trials begin from
//! the same state.

use std::collections::BTreeMap;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use airouter_platform::helper::ACCOUNT_FILE;
use airouter_platform::places::Places;

use crate::keychain::Keychain;

/// What is at a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Node {
    Folder { mode: u32 },
    File { bytes: Vec<u8>, mode: u32, owner: u32 },
}

impl Node {
    pub(crate) fn bytes(&self) -> Option<&[u8]> {
        if let Self::File { bytes, .. } = self { Some(bytes) } else { None }
    }

    /// The same with texts replaced in its content.
    pub(crate) fn moved(&self, pairs: &[(String, String)]) -> Self {
        let Self::File { bytes, mode, owner } = self else { return self.clone() };
        let Ok(text) = String::from_utf8(bytes.clone()) else { return self.clone() };
        let text = pairs.iter().fold(text, |text, (old, new)| text.replace(old, new));
        Self::File { bytes: text.into_bytes(), mode: *mode, owner: *owner }
    }

    pub(crate) fn mode(&self) -> u32 {
        match self {
            Self::Folder { mode } | Self::File { mode, .. } => *mode,
        }
    }
}

/// Everything below a folder, by its path.
pub(crate) type Tree = BTreeMap<PathBuf, Node>;

/// A scratch home with its keychain.
pub(crate) struct Home {
    folder: PathBuf,
    /// Removes the folder in the end; `None` in a child process, which works in its parent's folder.
    _folder: Option<tempfile::TempDir>,
    pub(crate) places: Places,
    pub(crate) keychain: Keychain,
}

impl Home {
    /// A new home, in `/dev/shm` if that exists: thousands of syncs would be slow on a disk and test nothing more.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir_in(if Path::new("/dev/shm").is_dir() { "/dev/shm" } else { "/tmp" }).unwrap();
        let home = Self::at(folder.path());
        Keychain::make(&folder.path().join("keychain"), &home.places.bundled_helper);
        std::fs::create_dir_all(home.places.root.parent().unwrap()).unwrap();
        Self { _folder: Some(folder), ..home }
    }

    /// A home that exists already.
    pub(crate) fn at(folder: &Path) -> Self {
        let script = folder.join("came-with-it");
        let scratch = Places::in_scratch(&folder.join("home")).unwrap();
        let places = Places { bundled_helper: script, ..scratch };
        let keychain = Keychain::at(&folder.join("keychain"));
        Self { folder: folder.to_owned(), _folder: None, places, keychain }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The key in this home's entry.
    pub(crate) fn key(&self) -> Option<String> {
        self.keychain.key(self.places.account.as_deref())
    }

    /// Empties this home's entry, as another program would.
    pub(crate) fn empty_keychain(&self) {
        self.keychain.empty(self.places.account.as_deref());
    }

    /// The file behind this home's entry.
    pub(crate) fn key_file(&self) -> PathBuf {
        self.keychain.entry(self.places.account.as_deref())
    }

    pub(crate) fn account_file(&self) -> PathBuf {
        self.places.helper.with_file_name(ACCOUNT_FILE)
    }

    pub(crate) fn journal_file(&self) -> PathBuf {
        self.places.state.join("journal.json")
    }

    /// All files, with the keychain but without the file that sets its behaviours.
    pub(crate) fn everything(&self) -> Tree {
        let mut tree = tree(&self.folder);
        tree.remove(&self.keychain.behaviours_file());
        tree
    }

    /// Claude's own folder.
    pub(crate) fn claudes(&self) -> Tree {
        tree(&self.places.root)
    }

    /// Restores a saved state.
    pub(crate) fn put_back(&self, wanted: &Tree) {
        let now = self.everything();
        for (path, node) in now.iter().rev() {
            let is_same_kind =
                wanted.get(path).is_some_and(|wanted| wanted.bytes().is_some() == node.bytes().is_some());
            if !is_same_kind {
                remove(path, node);
            }
        }
        for (path, node) in wanted {
            if now.get(path) != Some(node) {
                put(path, node);
            }
        }
    }
}

/// Writes something to a path, replacing what is there.
pub(crate) fn put(path: &Path, node: &Node) {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).unwrap();
    }
    match node {
        Node::Folder { .. } => {
            if path.is_file() {
                std::fs::remove_file(path).unwrap();
            }
            std::fs::create_dir_all(path).unwrap();
        }
        Node::File { bytes, owner, .. } => {
            if path.is_dir() {
                std::fs::remove_dir_all(path).unwrap();
            }
            std::fs::write(path, bytes).unwrap();
            if std::fs::symlink_metadata(path).unwrap().uid() != *owner {
                std::os::unix::fs::chown(path, Some(*owner), None).unwrap();
            }
        }
    }
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(node.mode())).unwrap();
}

/// Removes what is at a path.
pub(crate) fn remove(path: &Path, node: &Node) {
    let gone = if node.bytes().is_some() { std::fs::remove_file(path) } else { std::fs::remove_dir_all(path) };
    gone.unwrap();
}

/// Reads what is at a path now.
pub(crate) fn node(path: &Path) -> Option<Node> {
    let meta = std::fs::symlink_metadata(path).ok()?;
    let mode = meta.mode() & 0o7777;
    if meta.is_dir() {
        return Some(Node::Folder { mode });
    }
    let bytes = std::fs::read(path).unwrap_or_else(|_| read_all_the_same(path, mode));
    Some(Node::File { bytes, mode, owner: meta.uid() })
}

/// Reads a file that not even its owner may read, by changing its mode for a moment.
fn read_all_the_same(path: &Path, mode: u32) -> Vec<u8> {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    let bytes = std::fs::read(path).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    bytes
}

/// Everything below a folder, and the folder itself.
pub(crate) fn tree(folder: &Path) -> Tree {
    let mut tree = Tree::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Some(found) = node(&folder) else { continue };
        tree.insert(folder.clone(), found);
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            match node(&path) {
                Some(Node::Folder { .. }) => folders.push(path),
                Some(file) => drop(tree.insert(path, file)),
                None => {}
            }
        }
    }
    tree
}
