//! Files that cannot be read or understood, with what comes back when the obstacle is gone.

use crate::edits::Which;
use crate::home::{self, Home, Node};
use crate::world::{World, Wreck};

/// A file becomes what nobody can read: these bytes, or a folder.
pub(crate) fn wreck(
    home: &Home,
    world: &mut World,
    which: Which,
    is_empty: bool,
    make: impl FnOnce(&[u8]) -> Option<Vec<u8>>,
) {
    let Some(path) = which.path(home).filter(|path| !world.wrecks.contains_key(path)) else { return };
    let original = home::node(&path);
    let bytes = original.as_ref().and_then(Node::bytes).unwrap_or(b"{\"a\": 1}");
    let mode = original.as_ref().map_or(0o600, Node::mode);
    let wrecked = match make(bytes) {
        Some(bytes) => Node::File { bytes, mode, owner: rustix::process::geteuid().as_raw() },
        None => Node::Folder { mode: 0o700 },
    };
    // Its folder is theirs, too.
    world.touch(&path);
    home::put(&path, &wrecked);
    if is_empty {
        // What was in it is lost, whoever looks for it.
        world.lose(home, &path, [mode]);
    }
    world.wrecks.insert(path, Wreck { wrecked, original, is_empty });
}

/// A file cannot be read.
pub(crate) fn unreadable(home: &Home, world: &mut World, which: Which) {
    const NOBODY: u32 = 65_534;
    let Some(path) = which.path(home).filter(|path| !world.wrecks.contains_key(path)) else { return };
    let Some(Node::File { bytes, mode, owner }) = home::node(&path) else { return };
    // To root nothing is unreadable; there the file is somebody else's, which is not read either.
    let is_root = rustix::process::geteuid().is_root();
    let (mode_now, owner_now) = if is_root { (mode, NOBODY) } else { (0, owner) };
    let wrecked = Node::File { bytes: bytes.clone(), mode: mode_now, owner: owner_now };
    home::put(&path, &wrecked);
    world.wrecks.insert(path, Wreck { wrecked, original: Some(Node::File { bytes, mode, owner }), is_empty: false });
}
