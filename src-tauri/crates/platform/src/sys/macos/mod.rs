//! macOS: an app bundle, Apple events, managed preferences.
//!
//! Information about the system comes from its own programs (`codesign`, `osascript`, `open`, `scutil`, `defaults`):
//! their output is stable and documented, they need no `unsafe`, and tests can replace them. Their output is parsed
//! in `airouter-core`.
#![cfg_attr(not(target_os = "macos"), allow(dead_code, unused_imports, reason = "on Linux only its tests use it"))]

mod files;
mod install;
mod locale;
mod parts;
mod places;
mod policy;
mod processes;
mod proxy;
mod start;

use std::time::Duration;

use airouter_core::view::Os;

use super::QuitStep;
pub(crate) use super::unix::{
    can_be_closed, close_to_others, create_private, doubt, end_process, forbid_core_dumps, free_room, identity,
    is_closed_to_others, is_executable, is_for_all_users, is_mine, is_same_path, keychain_cause, make_private_folders,
    may_be_named_in, may_change, may_enter, names, other_owner, others_who_may_change, start_files, stored_variables,
    sync_folder, variable,
};
pub(crate) use files::{copy_attributes, make_executable};
#[cfg(any(test, feature = "sandbox"))]
pub(crate) use install::stand_in;
pub(crate) use install::{has_claude_code, locate, version_of};
pub(crate) use locale::language;
pub(crate) use parts::virtualisation;
pub(crate) use places::{
    base_folders, claude_environment, log_of, obstacle, ordinary_logs, roots, scratch_base_folders, usual_root,
};
pub(crate) use policy::managed;
pub(crate) use processes::{ask_to_quit, processes};
pub(crate) use proxy::proxy_settings;
pub(crate) use start::start;

/// This system.
pub(crate) const OS: Os = Os::Macos;
/// How Claude is made to quit, and how long it may take after each step: after an Apple event it saves its settings,
/// ends its agents, and may ask the person something; after a signal it does not ask.
pub(crate) const QUIT_STEPS: &[(QuitStep, Duration)] =
    &[(QuitStep::Ask, Duration::from_secs(20)), (QuitStep::Signal, Duration::from_secs(10))];
/// How long Claude may take to appear.
pub(crate) const START_LIMIT: Duration = Duration::from_secs(15);
/// True if programs that Claude starts see redirected folders; not on this system.
pub(crate) const CHILDREN_SEE_OTHER_FOLDERS: bool = false;
/// True if the numbers of errors are those of Windows; not on this system.
pub(crate) const HAS_NUMBERS_OF_WINDOWS: bool = false;
/// How the keychain's entry differs from the library's default; not on this system.
pub(crate) const ENTRY_MODIFIERS: &[(&str, &str)] = &[];

/// Time limit for the system's programs; they usually answer within moments.
pub(super) const SHORT: Duration = Duration::from_secs(5);

/// A simulated Mac for tests: a scratch folder in which the system's programs are scripts.
#[cfg(test)]
pub(super) struct Mac {
    pub(super) places: crate::places::Places,
    _folder: tempfile::TempDir,
}

#[cfg(test)]
impl Mac {
    /// A computer without Claude, with the folders of macOS, also on Linux.
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let scratch = folder.path().canonicalize().unwrap();
        let base_folders = scratch_base_folders(&scratch);
        let places = crate::places::Places {
            root: usual_root(&base_folders),
            log: log_of(&base_folders, &usual_root(&base_folders)),
            system: base_folders.system.clone(),
            // As on a real computer, so that nothing is skipped as in a rehearsal.
            account: None,
            claude_environment: Vec::new(),
            base_folders,
            ..crate::places::Places::in_scratch(&scratch).unwrap()
        };
        Self { places, _folder: folder }
    }

    /// Writes a file below the root of the system.
    pub(super) fn put(&self, path: &str, text: impl AsRef<[u8]>) -> std::path::PathBuf {
        let path = self.places.system.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Writes a script as a program below the root of the system.
    pub(super) fn program(&self, path: &str, body: &str) -> std::path::PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let path = self.put(path, format!("#!/bin/sh\n{body}\n"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// Installs an app, below the root of the system or by its full path.
    pub(super) fn app(&self, bundle: &str, identifier: &str, version: &str) -> std::path::PathBuf {
        self.put(&format!("{bundle}/Contents/Info.plist"), install::info(identifier, version));
        self.program(&format!("{bundle}/Contents/MacOS/Claude"), "while :; do sleep 0.1; done");
        self.places.system.join(bundle)
    }

    /// Writes a `codesign` that reports Claude's team for every app whose path contains `word`, and none for others.
    pub(super) fn signs(&self, word: &str) {
        let body = format!(
            "case \"$3\" in *{word}*) echo 'Executable=x' >&2; echo 'TeamIdentifier=Q6L2SF6YDW' >&2 ;; \
             *) echo 'Signature=adhoc' >&2; echo 'TeamIdentifier=not set' >&2 ;; esac"
        );
        self.program("usr/bin/codesign", &body);
    }
}
