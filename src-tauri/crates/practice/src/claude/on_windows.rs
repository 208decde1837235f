//! What the app is on Windows: a package or an install by Squirrel, with policies in the registry and an
//! icon in the tray. Another reading of the facts than the program's own, as everywhere in this crate.

pub(super) mod container;
pub(super) mod doors;
pub(super) mod policy;
pub(super) mod tray;
