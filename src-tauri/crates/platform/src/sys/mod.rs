//! What differs between systems: one file or folder each, with the same functions. There is no trait:
//! only one of them is ever built.

use std::path::PathBuf;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub(crate) use linux::*;

#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub(crate) use windows::*;

#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "macos")]
pub(crate) use macos::*;

/// What makes a scratch folder look like a computer with Claude Desktop on it.
pub(crate) struct Stage {
    /// Where the stand-in program goes, the one that is started last.
    pub(crate) programs: Vec<PathBuf>,
    /// Files beside it, with their texts.
    pub(crate) files: Vec<(PathBuf, String)>,
}
