//! A home of its own for each test, with the files Claude Desktop reads.

#![allow(dead_code, reason = "each test file uses its own part of this")]

use std::fs;
#[cfg(unix)]
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use airouter_practice::claude::{NEWEST, Sources, Version};
use serde_json::{Value, json};

/// The id that the scratch library applies.
pub(crate) const ID: &str = "7d4c1a90-5b2e-4f38-9a61-0c8e3f5d2b47";
/// A key that every practice gateway takes.
pub(crate) const KEY: &str = "sk-practice-ok-0000000000000000000000000000";
/// An id that every practice gateway serves.
pub(crate) const SONNET: &str = "claude-sonnet-4-5-20250929";

/// A scratch home; gone when dropped.
pub(crate) struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    /// An empty home.
    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::tempdir().expect("a scratch folder") }
    }

    /// A home whose library applies this profile, with third-party mode chosen.
    pub(crate) fn with(profile: &Value) -> Self {
        let home = Self::empty();
        home.apply(profile);
        home.settings(&json!({ "deploymentMode": "3p" }).to_string());
        home
    }

    /// Writes the profile and applies it.
    pub(crate) fn apply(&self, profile: &Value) {
        self.meta(&json!({ "appliedId": ID, "entries": [{ "id": ID, "name": "AIRouter" }] }).to_string());
        self.private(&self.profile(), &profile.to_string());
    }

    /// Writes `_meta.json`.
    pub(crate) fn meta(&self, text: &str) {
        self.private(&self.root().join("configLibrary/_meta.json"), text);
    }

    /// Writes the settings of third-party mode.
    pub(crate) fn settings(&self, text: &str) {
        self.private(&self.root().join("claude_desktop_config.json"), text);
    }

    /// Writes the managed file with a mode.
    pub(crate) fn managed(&self, text: &str, mode: u32) {
        let path = self.managed_file();
        fs::create_dir_all(path.parent().expect("a folder")).expect("the managed folder");
        fs::write(&path, text).expect("the managed file");
        chmod(&path, mode);
    }

    /// A file of this text that only its owner can read.
    pub(crate) fn private(&self, path: &Path, text: &str) {
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
        chmod(path, 0o600);
    }

    /// An executable of this text.
    pub(crate) fn program(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        fs::write(&path, text).expect("a program");
        chmod(&path, 0o700);
        path
    }

    /// The scratch folder itself, which is `HOME`.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The root of third-party mode.
    pub(crate) fn root(&self) -> PathBuf {
        self.path().join(".config/Claude-3p")
    }

    /// The root of the ordinary mode.
    pub(crate) fn ordinary(&self) -> PathBuf {
        self.path().join(".config/Claude")
    }

    /// The file of the applied profile.
    pub(crate) fn profile(&self) -> PathBuf {
        self.root().join(format!("configLibrary/{ID}.json"))
    }

    /// The managed file.
    pub(crate) fn managed_file(&self) -> PathBuf {
        self.path().join("system/etc/claude-desktop/managed-settings.json")
    }

    /// The root that the managed file is under.
    pub(crate) fn system(&self) -> PathBuf {
        let root = self.path().join("system");
        fs::create_dir_all(&root).expect("a system root");
        root
    }

    /// What the newest Claude Desktop would read here.
    pub(crate) fn sources(&self) -> Sources {
        self.sources_of(NEWEST)
    }

    /// What this version would read here.
    pub(crate) fn sources_of(&self, version: Version) -> Sources {
        Sources { ordinary_root: self.ordinary(), third_party_root: self.root(), system_root: self.system(), version }
    }
}

/// Sets the mode of a file.
#[cfg(unix)]
pub(crate) fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode");
}

/// Files have no modes here.
#[cfg(not(unix))]
pub(crate) fn chmod(_path: &Path, _mode: u32) {}

/// A profile that every rule accepts.
pub(crate) fn good_profile() -> Value {
    profile_for("https://gateway.example/claude")
}

/// A good profile for this address.
pub(crate) fn profile_for(base: &str) -> Value {
    json!({
        "inferenceProvider": "gateway",
        "inferenceGatewayBaseUrl": base,
        "inferenceGatewayAuthScheme": "bearer",
        "inferenceCredentialKind": "static",
        "inferenceGatewayApiKey": KEY,
        "inferenceModels": [SONNET],
        "chatTabEnabled": true,
    })
}
