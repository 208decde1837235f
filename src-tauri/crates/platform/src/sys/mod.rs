//! System-specific code: one module per system, all with the same functions. There is no trait, because only one of
//! them is compiled in.
//!
//! The code for macOS compiles on Linux too; it only runs a few programs that Linux does not have. So the tests on
//! Linux include it and replace those programs, and its faults are found without a Mac.

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
    can_be_closed, close_to_others, copy_attributes, create_private, doubt, end_process, forbid_core_dumps, free_room,
    identity, is_closed_to_others, is_executable, is_for_all_users, is_mine, is_same_path, keychain_cause,
    make_executable, make_private_folders, may_be_named_in, may_change, may_enter, names, other_owner,
    others_who_may_change, start_files, stored_variables, sync_folder, variable,
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

/// A way to make Claude quit; all of them let it save.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum QuitStep {
    /// Claude is asked, as its own menu or window would.
    Ask,
    /// Claude is asked by a signal, which it cannot answer with a question.
    #[cfg(any(target_os = "macos", all(target_os = "linux", test)))]
    Signal,
    /// The person is asked to quit it, since there is no other way to reach the app behind its icon.
    #[cfg(windows)]
    AskPerson,
}
