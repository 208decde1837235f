//! Where Claude Desktop looks for its configuration.
//!
//! Third-party mode has a root of its own beside the ordinary folder. `CLAUDE_USER_DATA_DIR` names that
//! root verbatim: no `-3p` is added to it (PI, 1.18286 and 2.31226.1).

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::version::{NEWEST, Version};

/// The places and the version that a start depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sources {
    /// The folder of the ordinary mode (`~/.config/Claude`).
    pub ordinary_root: PathBuf,
    /// The folder of third-party mode (`~/.config/Claude-3p`).
    pub third_party_root: PathBuf,
    /// The root that `etc/claude-desktop/managed-settings.json` is under; `/` for the real one.
    pub system_root: PathBuf,
    /// The version that is played.
    pub version: Version,
}

/// Why no places could be made of the environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoSources {
    /// There is no home folder.
    NoHome,
    /// `PRACTICE_CLAUDE_VERSION` is not a version.
    BadVersion,
}

impl Sources {
    /// Takes the places as Claude does, from these variables.
    pub fn from_env(variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, NoSources> {
        let set = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let [ordinary, beside] = if cfg!(windows) { ["APPDATA", "LOCALAPPDATA"] } else { ["XDG_CONFIG_HOME"; 2] };
        // A relative folder is not valid for XDG; it counts as unset.
        let folder = |name| {
            let under_home = || set("HOME").map(|home| home.join(".config"));
            set(name).filter(|folder| folder.is_absolute()).or_else(under_home).ok_or(NoSources::NoHome)
        };
        let third_party_root = match set("CLAUDE_USER_DATA_DIR") {
            Some(root) => root,
            None => seen(&folder(beside)?, "Claude-3p"),
        };
        let version = match set("PRACTICE_CLAUDE_VERSION") {
            Some(text) => text.to_str().and_then(Version::parse).ok_or(NoSources::BadVersion)?,
            None => NEWEST,
        };
        Ok(Self {
            ordinary_root: folder(ordinary)?.join("Claude"),
            third_party_root,
            system_root: set("PRACTICE_SYSTEM_ROOT").unwrap_or_else(|| PathBuf::from("/")),
            version,
        })
    }

    /// The folder that holds the local profiles.
    pub fn library(&self) -> PathBuf {
        self.third_party_root.join("configLibrary")
    }

    /// The file that holds the chosen mode.
    pub fn settings(&self) -> PathBuf {
        settings_in(&self.third_party_root)
    }

    /// Whether the system's own files are played by a scratch folder.
    #[cfg(windows)]
    pub(super) fn is_scratch(&self) -> bool {
        self.system_root != Path::new("/")
    }

    pub(super) fn managed_folder(&self) -> PathBuf {
        self.system_root.join("etc/claude-desktop")
    }
}

/// Where a folder of the person's really is for this app: a packaged one may see a copy of its own.
fn seen(parent: &Path, name: &str) -> PathBuf {
    #[cfg(windows)]
    if let Some(copy) = super::on_windows::container::copy_of(parent, name) {
        return copy;
    }
    parent.join(name)
}

/// The app's own settings under one of its roots.
pub(super) fn settings_in(root: &Path) -> PathBuf {
    root.join("claude_desktop_config.json")
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(variables: &[(&str, &str)], ordinary: &str, third_party: &str) {
        let find = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into());
        let sources = Sources::from_env(find).expect("there is a home");
        assert_eq!(sources.ordinary_root, Path::new(ordinary));
        assert_eq!(sources.third_party_root, Path::new(third_party));
    }

    #[test]
    fn the_folders_follow_the_environment() {
        check(&[("HOME", "/h")], "/h/.config/Claude", "/h/.config/Claude-3p");
        check(&[("HOME", "/h"), ("XDG_CONFIG_HOME", "/x")], "/x/Claude", "/x/Claude-3p");
        check(&[("HOME", "/h"), ("XDG_CONFIG_HOME", "x")], "/h/.config/Claude", "/h/.config/Claude-3p");
        check(&[("HOME", "/h"), ("CLAUDE_USER_DATA_DIR", "/u/d")], "/h/.config/Claude", "/u/d");
        check(&[("HOME", "/h"), ("CLAUDE_USER_DATA_DIR", "")], "/h/.config/Claude", "/h/.config/Claude-3p");
    }

    #[test]
    fn a_start_needs_a_home_and_a_version() {
        let with = |name: &'static str, value: &'static str| {
            Sources::from_env(move |asked| if asked == name { Some(value.into()) } else { None })
        };
        assert_eq!(with("PATH", "/bin"), Err(NoSources::NoHome));
        let odd = |asked: &str| match asked {
            "HOME" => Some("/h".into()),
            "PRACTICE_CLAUDE_VERSION" => Some("two".into()),
            _ => None,
        };
        assert_eq!(Sources::from_env(odd), Err(NoSources::BadVersion));
    }
}
