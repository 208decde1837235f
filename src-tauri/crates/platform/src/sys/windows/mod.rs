//! Windows: packages and Squirrel installs, redirected folders, policies in the registry.
//!
//! Everything is done by safe crates, except for the few calls in `calls.rs`. What the registry says is
//! read here and judged in `airouter-core`.

mod calls;
mod files;
mod install;
mod locale;
mod parts;
mod places;
mod policy;
mod processes;
mod proxy;
mod registry;
mod start;

use std::time::Duration;

use airouter_core::view::Os;

pub(crate) use files::{
    carry, identity, is_executable, is_held, is_mine, make_executable, make_private_folders, make_way, may_change,
    may_enter, names, other_owner, sync_folder,
};
#[cfg(any(test, feature = "sandbox"))]
pub(crate) use install::stand_in;
pub(crate) use install::{has_claude_code, locate, version_of};
pub(crate) use locale::language;
pub(crate) use parts::{free_room, virtualisation};
pub(crate) use places::{
    claude_environment, ground, log_of, obstacle, ordinary_log, roots, scratch_ground, usual_root,
};
pub(crate) use policy::managed;
pub(crate) use processes::{ask_to_quit, is_claude};
pub(crate) use proxy::proxy_settings;
pub(crate) use start::start;

/// This system.
pub(crate) const OS: Os = Os::Windows;
/// How long Claude may take to quit after each request: its windows are closed, then those that nobody
/// sees, then its processes are ended. Closing the window leaves Claude in the tray (OD, 1.13576.0), so
/// the last one is the rule rather than the exception.
pub(crate) const PATIENCE: &[Duration] = &[Duration::from_secs(5), Duration::from_secs(5), Duration::from_secs(10)];
/// What a packaged Claude starts sees redirected folders (PI: claude-code #93152, #94254).
pub(crate) const REDIRECTS_WHAT_IT_STARTS: bool = true;
