//! The paths that this program uses, as a plain value. [`crate::here`] makes it for this computer or for a scratch
//! folder.

use std::env;
use std::path::{Path, PathBuf};

/// File name of the helper program, which Claude runs to get the key.
pub const HELPER_NAME: &str = if cfg!(windows) { "airouter-credential.exe" } else { "airouter-credential" };

/// The system's base folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseFolders {
    /// The person's settings: `~/.config`, `%APPDATA%`, `~/Library/Application Support`.
    pub config: PathBuf,
    /// Data of this computer alone: `~/.local/share`, `%LOCALAPPDATA%`, `~/Library/Application Support`.
    pub local: PathBuf,
    /// The person's home folder.
    pub home: PathBuf,
    /// The root of the system: `/`, on Windows its own folder (`C:\Windows`), or a scratch folder.
    pub system: PathBuf,
}

/// The paths that this program uses on this computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// The system's base folders.
    pub base_folders: BaseFolders,
    /// `CLAUDE_USER_DATA_DIR`, which Claude uses verbatim as its third-party folder (PI).
    pub named_root: Option<PathBuf>,
    /// Claude's third-party folder.
    pub root: PathBuf,
    /// Further folders that Claude may read instead, see [`airouter_core::claude::roots`].
    pub copies: Vec<PathBuf>,
    /// Claude's log in third-party mode.
    pub log: PathBuf,
    /// Where Claude's log in ordinary mode may be.
    pub ordinary_logs: Vec<PathBuf>,
    /// This program's own folder: journal, history id, language, log.
    pub state: PathBuf,
    /// Where the helper program is installed; Claude's profile names this path.
    pub helper: PathBuf,
    /// The helper program that is part of this program.
    pub bundled_helper: PathBuf,
    /// The root of the system, see [`BaseFolders::system`].
    pub system: PathBuf,
    /// Folders in which to search for programs.
    pub search: Vec<PathBuf>,
    /// Environment variables that Claude is started with, in addition to those of this program.
    pub claude_environment: Vec<(String, String)>,
    /// The keychain entry's name, if it is not the default one: a rehearsal or a home that is not the person's own
    /// must not touch the real key.
    pub account: Option<String>,
}

impl Places {
    /// True for places in a scratch folder, where the state of the real computer must not matter.
    pub fn is_scratch(&self) -> bool {
        !self.claude_environment.is_empty()
    }

    /// True if the helper is one that a package installed for all users: it is named where it lies.
    pub fn has_shared_helper(&self) -> bool {
        self.helper == self.bundled_helper
    }

    /// All of Claude's third-party folders.
    pub fn roots(&self) -> impl Iterator<Item = &PathBuf> {
        std::iter::once(&self.root).chain(&self.copies)
    }

    /// Claude's folder of profiles.
    pub fn library(&self) -> PathBuf {
        library_in(&self.root)
    }

    /// The list of profiles.
    pub fn meta(&self) -> PathBuf {
        meta_in(&self.root)
    }

    /// The file of a profile.
    pub fn profile(&self, id: &str) -> PathBuf {
        self.library().join(format!("{id}.json"))
    }

    /// The file with the persisted mode.
    pub fn mode(&self) -> PathBuf {
        mode_in(&self.root)
    }

    /// The person's download folder.
    pub fn downloads(&self) -> PathBuf {
        let named = if self.is_scratch() { None } else { dirs::download_dir() };
        named.unwrap_or_else(|| self.base_folders.home.join("Downloads"))
    }
}

/// The folder of profiles in a third-party folder.
pub fn library_in(root: &Path) -> PathBuf {
    root.join(LIBRARY)
}

/// The list of profiles in a third-party folder.
pub fn meta_in(root: &Path) -> PathBuf {
    root.join(LIBRARY).join("_meta.json")
}

/// The file with the persisted mode in a third-party folder.
pub fn mode_in(root: &Path) -> PathBuf {
    root.join("claude_desktop_config.json")
}

/// The third-party folder that contains one of Claude's files.
pub fn root_of(file: &Path) -> &Path {
    let folder = file.parent().unwrap_or(file);
    if folder.file_name().is_some_and(|name| name == LIBRARY) { folder.parent().unwrap_or(folder) } else { folder }
}

/// The path of another program of this package; `None` if this program's own path is unknown.
pub fn beside_this_program(name: &str) -> Option<PathBuf> {
    Some(env::current_exe().ok()?.parent()?.join(name))
}

const LIBRARY: &str = "configLibrary";
