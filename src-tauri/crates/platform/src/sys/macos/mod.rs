//! macOS: an app bundle, Apple events, managed preferences.
//!
//! What the system knows is asked of its own programs (`codesign`, `osascript`, `open`, `scutil`,
//! `defaults`): their forms are stable and documented, they need no `unsafe`, and other programs can be
//! put in their places in a test. What they say is read in `airouter-core`.
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

pub(crate) use super::unix::{
    free_room, identity, is_executable, is_held, is_mine, make_private_folders, make_way, may_change, may_enter, names,
    no_core_dumps, other_owner, sync_folder,
};
pub(crate) use files::{carry, make_executable};
#[cfg(any(test, feature = "sandbox"))]
pub(crate) use install::stand_in;
pub(crate) use install::{has_claude_code, locate, version_of};
pub(crate) use locale::language;
pub(crate) use parts::virtualisation;
pub(crate) use places::{
    claude_environment, ground, log_of, obstacle, ordinary_log, roots, scratch_ground, usual_root,
};
pub(crate) use policy::managed;
pub(crate) use processes::{ask_to_quit, is_claude};
pub(crate) use proxy::proxy_settings;
pub(crate) use start::start;

/// This system.
pub(crate) const OS: Os = Os::Macos;
/// How long Claude may take to quit after each request: asked by an Apple event it saves its settings,
/// ends its agents, and may have a question of its own; a signal asks nothing any more.
pub(crate) const PATIENCE: &[Duration] = &[Duration::from_secs(20), Duration::from_secs(10)];
/// True where what Claude starts sees other folders than Claude itself; here nothing is redirected.
pub(crate) const REDIRECTS_WHAT_IT_STARTS: bool = false;

/// A program of the system, and how long it may take: these answer within moments, or somebody is in the
/// way of all of them.
pub(super) const SHORT: Duration = Duration::from_secs(5);

/// A computer for tests: a scratch folder in which programs of the system are scripts.
#[cfg(test)]
pub(super) struct Mac {
    pub(super) places: crate::places::Places,
    _folder: tempfile::TempDir,
}

#[cfg(test)]
impl Mac {
    /// A computer without Claude. On Linux the places are put as macOS has them.
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let scratch = folder.path().canonicalize().unwrap();
        let ground = scratch_ground(&scratch);
        let places = crate::places::Places {
            root: usual_root(&ground),
            log: log_of(&ground, &usual_root(&ground)),
            system: ground.system.clone(),
            // As on a real computer: nothing is left out because it is a rehearsal.
            account: None,
            claude_environment: Vec::new(),
            ground,
            ..crate::places::Places::in_scratch(&scratch).unwrap()
        };
        Self { places, _folder: folder }
    }

    /// Puts a text somewhere below the root of the system.
    pub(super) fn put(&self, path: &str, text: impl AsRef<[u8]>) -> std::path::PathBuf {
        let path = self.places.system.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Puts a script in the place of a program.
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

    /// Lets `codesign` know one team for every app whose path holds a word, and none for others.
    pub(super) fn signs(&self, word: &str) {
        let body = format!(
            "case \"$3\" in *{word}*) echo 'Executable=x' >&2; echo 'TeamIdentifier=Q6L2SF6YDW' >&2 ;; \
             *) echo 'Signature=adhoc' >&2; echo 'TeamIdentifier=not set' >&2 ;; esac"
        );
        self.program("usr/bin/codesign", &body);
    }
}
