//! Where things are, as a plain value: made from the environment, or inside a scratch folder for
//! rehearsal and tests. Whoever holds a `Places` needs no environment.

use std::env;
use std::path::{Path, PathBuf};

/// The program that Claude asks for the key.
pub const HELPER_NAME: &str = if cfg!(windows) { "airouter-credential.exe" } else { "airouter-credential" };

/// Where things are on this computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// Claude's third-party folder.
    pub root: PathBuf,
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
    /// The root of the system: `/`, or a scratch folder.
    pub system: PathBuf,
    /// Folders in which programs are looked for.
    pub search: Vec<PathBuf>,
    /// Variables that Claude is started with, beside those of this program.
    pub claude_environment: Vec<(String, String)>,
    /// The keychain entry's name, where it is not the usual one: rehearsal must not touch a real key.
    pub account: Option<String>,
}

impl Places {
    /// The real places, as Claude takes them: `CLAUDE_USER_DATA_DIR` verbatim, else the configuration
    /// folder + `Claude-3p` (PI). `None` when the system names no home.
    pub fn from_environment() -> Option<Self> {
        let config = dirs::config_dir()?;
        let user_data = env::var_os("CLAUDE_USER_DATA_DIR").filter(|value| !value.is_empty());
        let root = user_data.map_or_else(|| config.join("Claude-3p"), PathBuf::from);
        let root = std::path::absolute(&root).unwrap_or(root);
        let state = dirs::data_local_dir()?.join("airouter-setup");
        Some(Self {
            log: root.join("logs").join("main.log"),
            ordinary_log: config.join("Claude").join("logs").join("main.log"),
            root,
            helper: state.join(HELPER_NAME),
            state,
            bundled_helper: beside_this_program(HELPER_NAME)?,
            system: PathBuf::from("/"),
            search: env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default(),
            claude_environment: Vec::new(),
            account: None,
        })
    }

    /// Places inside a scratch folder: `home` and `system` below it. `None` when this program's own
    /// folder is unknown.
    pub fn in_scratch(scratch: &Path) -> Option<Self> {
        let scratch = std::path::absolute(scratch).ok()?;
        let home = scratch.join("home");
        let config = home.join(".config");
        let system = scratch.join("system");
        let state = home.join(".local/share/airouter-setup");
        let text = |path: &Path| path.to_string_lossy().into_owned();
        Some(Self {
            root: config.join("Claude-3p"),
            log: config.join("Claude-3p/logs/main.log"),
            ordinary_log: config.join("Claude/logs/main.log"),
            helper: state.join(HELPER_NAME),
            bundled_helper: beside_this_program(HELPER_NAME)?,
            search: vec![system.join("usr/bin")],
            claude_environment: vec![
                ("HOME".to_owned(), text(&home)),
                ("XDG_CONFIG_HOME".to_owned(), text(&config)),
                ("PRACTICE_SYSTEM_ROOT".to_owned(), text(&system)),
            ],
            account: Some(format!("rehearsal {}", text(&scratch))),
            state,
            system,
        })
    }

    /// Claude's folder of profiles.
    pub fn library(&self) -> PathBuf {
        self.root.join("configLibrary")
    }

    /// The list of profiles.
    pub fn meta(&self) -> PathBuf {
        self.library().join("_meta.json")
    }

    /// The file of a profile.
    pub fn profile(&self, id: &str) -> PathBuf {
        self.library().join(format!("{id}.json"))
    }

    /// The file with the persisted mode.
    pub fn mode(&self) -> PathBuf {
        self.root.join("claude_desktop_config.json")
    }
}

/// The path of a program that came with this one.
pub fn beside_this_program(name: &str) -> Option<PathBuf> {
    Some(env::current_exe().ok()?.parent()?.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scratch_folder_holds_everything() {
        let scratch = Path::new("/tmp/practice");
        let places = Places::in_scratch(scratch).unwrap();
        for path in [&places.root, &places.log, &places.state, &places.helper, &places.system] {
            assert!(path.starts_with(scratch), "{} is outside", path.display());
        }
        assert!(places.account.is_some(), "a rehearsal must not touch the real keychain entry");
    }
}
