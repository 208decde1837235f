//! Where things are, as a plain value. How it is made for this computer or for a scratch folder is in
//! [`crate::here`].

use std::env;
use std::path::{Path, PathBuf};

/// The program that Claude asks for the key.
pub const HELPER_NAME: &str = if cfg!(windows) { "airouter-credential.exe" } else { "airouter-credential" };

/// Where a system keeps a person's data, and itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    /// Settings that follow the person: `~/.config`, `%APPDATA%`, `~/Library/Application Support`.
    pub config: PathBuf,
    /// Data of this computer alone: `~/.local/share`, `%LOCALAPPDATA%`, `~/Library/Application Support`.
    pub local: PathBuf,
    /// The person's home folder.
    pub home: PathBuf,
    /// The root of the system: `/`, on Windows its own folder (`C:\Windows`), or a scratch folder.
    pub system: PathBuf,
}

/// Where things are on this computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// Where the system keeps the person's data.
    pub ground: Ground,
    /// `CLAUDE_USER_DATA_DIR`, which Claude takes verbatim for its third-party folder (PI).
    pub named_root: Option<PathBuf>,
    /// Claude's third-party folder.
    pub root: PathBuf,
    /// Further folders that Claude may read instead, see [`airouter_core::claude::roots`].
    pub twins: Vec<PathBuf>,
    /// Claude's log in third-party mode.
    pub log: PathBuf,
    /// Claude's log in its ordinary mode.
    pub ordinary_log: PathBuf,
    /// This program's own folder: journal, history id, language, log.
    pub state: PathBuf,
    /// The helper program's stable place, which Claude's profile names.
    pub helper: PathBuf,
    /// The helper program as it came with this program.
    pub bundled_helper: PathBuf,
    /// The root of the system, see [`Ground::system`].
    pub system: PathBuf,
    /// Folders in which programs are looked for.
    pub search: Vec<PathBuf>,
    /// Variables that Claude is started with, beside those of this program.
    pub claude_environment: Vec<(String, String)>,
    /// The keychain entry's name, where it is not the usual one: rehearsal and a home that somebody made
    /// to try something must not touch a real key.
    pub account: Option<String>,
}

impl Places {
    /// True in a scratch folder, where nothing of the real computer counts.
    pub fn is_scratch(&self) -> bool {
        !self.claude_environment.is_empty()
    }

    /// All of Claude's third-party folders.
    pub fn roots(&self) -> impl Iterator<Item = &PathBuf> {
        std::iter::once(&self.root).chain(&self.twins)
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

    /// Where the person keeps what was downloaded.
    pub fn downloads(&self) -> PathBuf {
        let named = if self.is_scratch() { None } else { dirs::download_dir() };
        named.unwrap_or_else(|| self.ground.home.join("Downloads"))
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

/// The third-party folder that one of Claude's files lies in; it must not lead out of it.
pub fn root_of(file: &Path) -> &Path {
    let folder = file.parent().unwrap_or(file);
    if folder.file_name().is_some_and(|name| name == LIBRARY) { folder.parent().unwrap_or(folder) } else { folder }
}

/// The path of a program that came with this one.
pub fn beside_this_program(name: &str) -> Option<PathBuf> {
    Some(env::current_exe().ok()?.parent()?.join(name))
}

const LIBRARY: &str = "configLibrary";
