//! Damages files so that they cannot be read or parsed, and records how to repair them.

use crate::edits::Which;
use crate::expected::{DamagedFile, Expected};
use crate::home::{self, Home, Node};

/// Replaces a file with the bytes that `make` returns, or with a folder.
pub(crate) fn damage(
    home: &Home,
    expected: &mut Expected,
    which: Which,
    is_empty: bool,
    make: impl FnOnce(&[u8]) -> Option<Vec<u8>>,
) {
    let Some(path) = which.path(home).filter(|path| !expected.damaged_files.contains_key(path)) else { return };
    let original = home::node(&path);
    let bytes = original.as_ref().and_then(Node::bytes).unwrap_or(b"{\"a\": 1}");
    let mode = original.as_ref().map_or(0o600, Node::mode);
    let present = match make(bytes) {
        Some(bytes) => Node::File { bytes, mode, owner: rustix::process::geteuid().as_raw() },
        None => Node::Folder { mode: 0o700 },
    };
    // Its folder counts as used by others.
    expected.touch(&path);
    home::put(&path, &present);
    if is_empty {
        // Its content is lost and cannot be restored.
        expected.lose(home, &path, [mode]);
    }
    expected.damaged_files.insert(path, DamagedFile { present, original, is_empty });
}

/// Makes a file unreadable.
pub(crate) fn unreadable(home: &Home, expected: &mut Expected, which: Which) {
    const NOBODY: u32 = 65_534;
    let Some(path) = which.path(home).filter(|path| !expected.damaged_files.contains_key(path)) else { return };
    let Some(Node::File { bytes, mode, owner }) = home::node(&path) else { return };
    // Root can read every file; for root the file is given to another user, whose files are not read either.
    let is_root = rustix::process::geteuid().is_root();
    let (mode_now, owner_now) = if is_root { (mode, NOBODY) } else { (0, owner) };
    let present = Node::File { bytes: bytes.clone(), mode: mode_now, owner: owner_now };
    home::put(&path, &present);
    expected
        .damaged_files
        .insert(path, DamagedFile { present, original: Some(Node::File { bytes, mode, owner }), is_empty: false });
}
