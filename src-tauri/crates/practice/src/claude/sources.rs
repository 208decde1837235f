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

/// What a system calls the folders of a person.
struct System {
    /// The variables that name the ordinary folder's parent and the other one's, where there are any.
    variables: [Option<&'static str>; 2],
    /// Where both are below the home otherwise.
    under_home: &'static str,
    /// The folder of all programs' logs, where logs do not lie with a program's data.
    logs: Option<&'static str>,
}

const LINUX: System = System { variables: [Some("XDG_CONFIG_HOME"); 2], under_home: ".config", logs: None };
const MACOS: System = System { variables: [None; 2], under_home: "Library/Application Support", logs: Some("Logs") };
const WINDOWS: System =
    System { variables: [Some("APPDATA"), Some("LOCALAPPDATA")], under_home: ".config", logs: None };
const HERE: System = if cfg!(windows) {
    WINDOWS
} else if cfg!(target_os = "macos") {
    MACOS
} else {
    LINUX
};

/// Why no places could be made of the environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoSources {
    /// There is no home folder.
    NoHome,
    /// `PRACTICE_CLAUDE_VERSION` is not a version.
    BadVersion,
}

impl Sources {
    /// Takes the places as Claude does, from these variables. `PRACTICE_HOME` goes before `HOME`: macOS finds
    /// the person's keychain by the latter, and the helper that is started from here needs it.
    pub fn from_env(variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, NoSources> {
        Self::of(&HERE, variable)
    }

    fn of(system: &System, variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, NoSources> {
        let set = |name: &'static str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let [ordinary, beside] = system.variables;
        // A relative folder is not valid for XDG; it counts as unset.
        let folder = |name: Option<&'static str>| {
            let home = || set("PRACTICE_HOME").or_else(|| set("HOME"));
            let under_home = || home().map(|home| home.join(system.under_home));
            let named = name.and_then(set).filter(|folder| folder.is_absolute());
            named.or_else(under_home).ok_or(NoSources::NoHome)
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

    /// The folder of one mode's log.
    pub(super) fn logs(&self, third_party: bool) -> PathBuf {
        #[cfg(windows)]
        if let Some(logs) = super::on_windows::container::ordinary_logs().filter(|_| !third_party) {
            return logs;
        }
        let root = if third_party { &self.third_party_root } else { &self.ordinary_root };
        match HERE.logs {
            None => root.join("logs"),
            Some(folder) => self.logs_together(folder, third_party),
        }
    }

    /// Where all programs' logs lie in one folder beside that of their data.
    fn logs_together(&self, folder: &str, third_party: bool) -> PathBuf {
        let library = self.ordinary_root.ancestors().nth(2).unwrap_or(&self.ordinary_root);
        library.join(folder).join(if third_party { "Claude-3p" } else { "Claude" })
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
        check_on(&LINUX, variables, ordinary, third_party);
    }

    #[track_caller]
    fn check_on(system: &System, variables: &[(&str, &str)], ordinary: &str, third_party: &str) -> Sources {
        let find = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into());
        let sources = Sources::of(system, find).expect("there is a home");
        assert_eq!(sources.ordinary_root, Path::new(ordinary));
        assert_eq!(sources.third_party_root, Path::new(third_party));
        sources
    }

    #[test]
    fn macos_has_one_folder_for_data_and_one_for_logs() {
        let variables = [("HOME", "/Users/li"), ("XDG_CONFIG_HOME", "/x")];
        let support = "/Users/li/Library/Application Support";
        let sources = check_on(&MACOS, &variables, &format!("{support}/Claude"), &format!("{support}/Claude-3p"));
        let scratch = [("HOME", "/Users/li"), ("PRACTICE_HOME", "/scratch")];
        let support = "/scratch/Library/Application Support";
        check_on(&MACOS, &scratch, &format!("{support}/Claude"), &format!("{support}/Claude-3p"));
        let logs = |third_party| sources.logs_together("Logs", third_party);
        assert_eq!(logs(true), Path::new("/Users/li/Library/Logs/Claude-3p"));
        assert_eq!(logs(false), Path::new("/Users/li/Library/Logs/Claude"));
    }

    #[test]
    fn windows_has_a_folder_that_follows_the_person_and_one_that_stays() {
        let variables = [("APPDATA", "/roaming"), ("LOCALAPPDATA", "/local")];
        check_on(&WINDOWS, &variables, "/roaming/Claude", "/local/Claude-3p");
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

#[cfg(test)]
#[cfg(windows)]
mod tests {
    use super::*;

    #[test]
    fn the_folders_follow_the_environment() {
        let find = |name: &str| match name {
            "APPDATA" => Some(r"C:\Users\李\AppData\Roaming".into()),
            "LOCALAPPDATA" => Some(r"C:\Users\李\AppData\Local".into()),
            _ => None,
        };
        let sources = Sources::from_env(find).expect("both are named");
        assert_eq!(sources.ordinary_root, Path::new(r"C:\Users\李\AppData\Roaming\Claude"));
        assert_eq!(sources.third_party_root, Path::new(r"C:\Users\李\AppData\Local\Claude-3p"));
        assert_eq!(sources.logs(true), sources.third_party_root.join("logs"));
        assert_eq!(sources.logs(false), sources.ordinary_root.join("logs"), "this test is no package");
        assert!(!sources.is_scratch(), "the registry counts");
        assert!(Sources { system_root: r"C:\x".into(), ..sources }.is_scratch());
    }
}
