//! Windows: packages and Squirrel installs, redirected folders, policies in the registry.
//!
//! Everything uses safe crates, except for the few calls in `calls.rs`. The registry is read here and interpreted in
//! `airouter-core`.

mod access;
mod calls;
mod credential;
mod environment;
mod files;
mod install;
mod locale;
mod parts;
mod paths;
mod places;
mod policy;
mod processes;
mod proxy;
mod registry;
mod start;

use std::time::Duration;

use airouter_core::view::Os;

use super::QuitStep;

pub(crate) use access::{
    can_be_closed, close_to_others, create_private, is_closed_to_others, is_mine, make_private_folders,
    others_who_may_change,
};
pub(crate) use calls::{has_standard_error, show_message};
pub(crate) use credential::{ENTRY_MODIFIERS, keychain_cause};
pub(crate) use environment::{start_files, stored_variables, variable};
pub(crate) use files::{
    copy_attributes, identity, is_executable, make_executable, may_change, may_enter, names, other_owner, sync_folder,
};
#[cfg(any(test, feature = "sandbox"))]
pub(crate) use install::stand_in;
pub(crate) use install::{doubt, has_claude_code, locate, version_of};
pub(crate) use locale::language;
pub(crate) use parts::{free_room, virtualisation};
pub(crate) use paths::{is_for_all_users, is_same_path, may_be_named_in};
pub(crate) use places::{
    base_folders, claude_environment, log_of, obstacle, ordinary_logs, roots, scratch_base_folders, usual_root,
};
pub(crate) use policy::managed;
pub(crate) use processes::{ask_to_quit, end_process, processes};
pub(crate) use proxy::proxy_settings;
pub(crate) use start::start;

/// This system.
pub(crate) const OS: Os = Os::Windows;
/// How Claude is made to quit, and how long it may take after each step: its main window is closed, then the person is
/// asked. Closing the window leaves Claude behind its icon in the notification area (OD, 1.13576.0) unless that is
/// switched off. It is never ended here: unsaved work would be lost, and Windows may keep a package in use whose
/// programs were ended (claude-code #61342).
pub(crate) const QUIT_STEPS: &[(QuitStep, Duration)] =
    &[(QuitStep::Ask, Duration::from_secs(5)), (QuitStep::AskPerson, Duration::from_secs(30))];
/// How long Claude may take to appear: an update that waited for its end is registered first.
pub(crate) const START_LIMIT: Duration = Duration::from_secs(60);
/// True: programs that a packaged Claude starts see redirected folders (PI: claude-code #93152, #94254).
pub(crate) const CHILDREN_SEE_OTHER_FOLDERS: bool = true;
/// True if the numbers of errors are those of Windows.
pub(crate) const HAS_NUMBERS_OF_WINDOWS: bool = true;
