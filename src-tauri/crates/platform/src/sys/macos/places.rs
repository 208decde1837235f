//! Folders of macOS, and why nothing may be written now.

use std::path::{Path, PathBuf};

use airouter_core::finding::{Code, Finding};
use airouter_core::system::{macos_version, refuses_macos};

use super::install;
use crate::places::{BaseFolders, Places};

/// The file with the system's version.
const SYSTEM_VERSION: &str = "System/Library/CoreServices/SystemVersion.plist";

/// The base folders: fixed names below the home folder.
pub(crate) fn base_folders() -> Option<BaseFolders> {
    Some(below(dirs::home_dir()?, PathBuf::from("/")))
}

/// The base folders in a scratch folder.
pub(crate) fn scratch_base_folders(scratch: &Path) -> BaseFolders {
    below(scratch.join("home"), scratch.join("system"))
}

fn below(home: PathBuf, system: PathBuf) -> BaseFolders {
    let support = home.join("Library/Application Support");
    BaseFolders { config: support.clone(), local: support, home, system }
}

/// Environment variables that keep a stand-in Claude in a scratch folder. `HOME` is not among them: the system finds
/// the person's keychain by it, and the stand-in starts the helper.
pub(crate) fn claude_environment(base_folders: &BaseFolders) -> Vec<(String, String)> {
    let text = |path: &Path| path.to_string_lossy().into_owned();
    vec![
        ("PRACTICE_HOME".to_owned(), text(&base_folders.home)),
        ("PRACTICE_SYSTEM_ROOT".to_owned(), text(&base_folders.system)),
    ]
}

/// Claude's default third-party folder.
pub(crate) fn usual_root(base_folders: &BaseFolders) -> PathBuf {
    base_folders.config.join("Claude-3p")
}

/// Claude's log in third-party mode (OD). It is in the system's folder for logs, wherever Claude's folder is.
pub(crate) fn log_of(base_folders: &BaseFolders, _root: &Path) -> PathBuf {
    base_folders.home.join("Library/Logs/Claude-3p/main.log")
}

/// Claude's log in ordinary mode; only one on this system.
pub(crate) fn ordinary_logs(base_folders: &BaseFolders) -> Vec<PathBuf> {
    vec![base_folders.home.join("Library/Logs/Claude/main.log")]
}

/// Claude's folders to write and to check; only one on this system.
pub(crate) fn roots(places: &Places) -> Vec<PathBuf> {
    vec![places.root.clone()]
}

/// Why nothing may be written now: the system is too old, or the installed Claude has another signature.
pub(crate) fn obstacle(places: &Places) -> Option<Finding> {
    let version = fs_err::read(places.system.join(SYSTEM_VERSION)).ok();
    refuses_macos(version.and_then(|bytes| macos_version(&bytes))).or_else(|| {
        let foreign = install::only_foreign(places)?;
        Some(Finding::new(Code::ClaudeForeign).with("path", foreign.display()))
    })
}

#[cfg(test)]
mod tests {
    use super::super::Mac;
    use super::*;
    use airouter_core::claude::bundle::IDENTIFIER;

    #[test]
    fn everything_lies_in_the_library_of_the_person() {
        let home = dirs::home_dir().unwrap();
        let real = base_folders().unwrap();
        assert_eq!((&real.home, &real.config, real.system.as_path()), (&home, &real.local, Path::new("/")));
        assert_eq!(real, below(home.clone(), PathBuf::from("/")));

        let base_folders = scratch_base_folders(Path::new("/Users/李 雷"));
        assert_eq!(usual_root(&base_folders), Path::new("/Users/李 雷/home/Library/Application Support/Claude-3p"));
        let log = log_of(&base_folders, Path::new("/elsewhere"));
        assert_eq!(log, Path::new("/Users/李 雷/home/Library/Logs/Claude-3p/main.log"));
        assert_eq!(ordinary_logs(&base_folders), [Path::new("/Users/李 雷/home/Library/Logs/Claude/main.log")]);
        let told = claude_environment(&base_folders);
        assert!(told.contains(&("PRACTICE_HOME".to_owned(), "/Users/李 雷/home".to_owned())), "{told:?}");
        let mac = Mac::new();
        assert_eq!(roots(&mac.places), std::slice::from_ref(&mac.places.root));
    }

    #[test]
    fn an_old_system_and_a_changed_app_are_obstacles() {
        let mac = Mac::new();
        let code = || obstacle(&mac.places).map(|finding| finding.code);
        assert_eq!(code(), None);
        let version = |text: &str| {
            let list = "<plist version=\"1.0\"><dict><key>ProductVersion</key><string>VERSION</string></dict></plist>";
            mac.put(SYSTEM_VERSION, list.replace("VERSION", text));
        };
        version("12.7.6");
        assert_eq!(code(), Some(Code::SystemUnsupported));
        version("15.1");
        assert_eq!(code(), None);
        mac.signs("nothing");
        mac.app("Applications/Claude.app", IDENTIFIER, "2.26454.0");
        assert_eq!(code(), Some(Code::ClaudeForeign));
        mac.signs("Applications");
        assert_eq!(code(), None);
    }
}
