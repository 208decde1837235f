//! What differs between systems: one file or folder each, with the same functions. There is no trait:
//! only one of them is ever used.
//!
//! The code for macOS needs nothing that Linux has not, except for the few programs of the system that it
//! runs. So the tests on Linux build it too, and put other programs in their places: a line that is
//! broken there is noticed on a computer that is no Mac.

#[cfg(any(test, feature = "sandbox"))]
use std::path::PathBuf;

#[cfg(unix)]
mod unix;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub(crate) use linux::*;
#[cfg(target_os = "linux")]
pub(crate) use unix::{
    carry, free_room, identity, is_executable, is_held, is_mine, make_executable, make_private_folders, make_way,
    may_change, may_enter, names, no_core_dumps, other_owner, sync_folder,
};

#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub(crate) use windows::*;

#[cfg(any(target_os = "macos", all(target_os = "linux", test)))]
mod macos;
#[cfg(target_os = "macos")]
pub(crate) use macos::*;

/// What makes a scratch folder look like a computer with Claude Desktop on it.
#[cfg(any(test, feature = "sandbox"))]
pub(crate) struct StandIn {
    /// Where the stand-in program goes, the one that is started last.
    pub(crate) programs: Vec<PathBuf>,
    /// Files beside it, with their texts.
    pub(crate) files: Vec<(PathBuf, String)>,
}
