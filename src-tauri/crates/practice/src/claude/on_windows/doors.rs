//! The ways in: the small program before the versions of an install by Squirrel, and the shell that
//! starts a package by the name of its family. Played by the same file under another name or in another
//! place, so that a test needs one program.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use winreg::RegKey;
use winreg::enums::HKEY_CURRENT_USER;

/// Where Windows lists a person's packages.
const PACKAGES: &str =
    r"Software\Classes\Local Settings\Software\Microsoft\Windows\CurrentVersion\AppModel\Repository\Packages";

/// What this process is if it is not the app itself: a door, which opens and is done.
pub(in super::super) fn other_than_the_app() -> Option<ExitCode> {
    let own = std::env::current_exe().ok()?;
    if own.file_stem().is_some_and(|name| name.eq_ignore_ascii_case("explorer")) {
        let word = std::env::args_os().nth(1)?;
        return Some(open(packaged(&word).or_else(|| program(&word))));
    }
    newest_beside(&own).map(|program| open(Some(program)))
}

fn open(program: Option<PathBuf>) -> ExitCode {
    let started = program.is_some_and(|program| Command::new(program).spawn().is_ok());
    if started { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The newest version's program beside the small one; nothing when this is no such install.
fn newest_beside(own: &Path) -> Option<PathBuf> {
    let number = |folder: &Path| -> Option<Vec<u32>> {
        let version = folder.file_name()?.to_str()?.strip_prefix("app-")?;
        version.split('.').map(|part| part.parse().ok()).collect()
    };
    let folders = std::fs::read_dir(own.parent()?).ok()?.flatten().map(|entry| entry.path());
    let (_, newest) = folders.filter_map(|folder| Some((number(&folder)?, folder))).max()?;
    Some(newest.join("claude.exe")).filter(|program| program.is_file())
}

/// The program that a path names: the shell starts it as a click would.
fn program(word: &OsStr) -> Option<PathBuf> {
    Some(PathBuf::from(word)).filter(|program| program.is_absolute() && program.is_file())
}

/// The program of the package that `shell:AppsFolder\<family>!Claude` names.
fn packaged(word: &OsStr) -> Option<PathBuf> {
    let family = word.to_str()?.strip_prefix(r"shell:AppsFolder\")?.strip_suffix("!Claude")?;
    let list = RegKey::predef(HKEY_CURRENT_USER).create_subkey(PACKAGES).ok()?.0;
    let full_name = list.enum_keys().flatten().find(|name| is_of(name, family))?;
    let folder: String = list.open_subkey(&full_name).ok()?.get_value("PackageRootFolder").ok()?;
    let folder = registered(&list, &full_name, Path::new(&folder), family).unwrap_or(folder.into());
    Some(folder.join(r"app\claude.exe")).filter(|program| program.is_file())
}

/// Registers another version of the package that lies beside the registered one; gives its folder. Windows does so
/// with an update when the last process of the package has ended.
fn registered(list: &RegKey, full_name: &str, folder: &Path, family: &str) -> Option<PathBuf> {
    let beside = std::fs::read_dir(folder.parent()?).ok()?.flatten().map(|entry| entry.path());
    let is_other = |name: &str| name != full_name && is_of(name, family);
    let update = beside.into_iter().find(|path| path.file_name().and_then(OsStr::to_str).is_some_and(is_other))?;
    let (key, _) = list.create_subkey(update.file_name()?).ok()?;
    key.set_value("PackageRootFolder", &update.as_os_str()).ok()?;
    list.delete_subkey_all(full_name).ok()?;
    Some(update)
}

fn is_of(full_name: &str, family: &str) -> bool {
    let ends = full_name.split('_').next().zip(full_name.rsplit('_').next());
    family.split_once('_').is_some_and(|(name, hash)| ends == Some((name, hash)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_found_by_its_family() {
        assert!(is_of("Claude_1.46388.4.0_x64__pzs8sxrjxfjjc", "Claude_pzs8sxrjxfjjc"));
        assert!(!is_of("Claude_1.46388.4.0_x64__pzs8sxrjxfjjc", "AnthropicPBC.Claude_fnn82j28hfe8t"));
        assert_eq!(packaged(OsStr::new(r"shell:AppsFolder\Nobody_0000000000000!Claude")), None);
        assert_eq!(packaged(OsStr::new(r"C:\x.exe")), None);
        let own = std::env::current_exe().expect("a path");
        assert_eq!(program(own.as_os_str()), Some(own.clone()));
        assert_eq!(program(OsStr::new(r"shell:AppsFolder\Nobody!App")), None);
    }

    #[test]
    fn the_newest_version_is_opened() {
        let folder = tempfile::tempdir().expect("a folder");
        let own = folder.path().join("claude.exe");
        assert_eq!(newest_beside(&own), None, "alone it is the app");
        for name in ["app-1.9.0", "app-1.10.0", "app-x"] {
            std::fs::create_dir(folder.path().join(name)).expect("a version");
            std::fs::write(folder.path().join(name).join("claude.exe"), "").expect("a program");
        }
        assert_eq!(newest_beside(&own), Some(folder.path().join(r"app-1.10.0\claude.exe")));
        assert_eq!(other_than_the_app().is_some(), false, "this test is the app itself");
        assert_eq!(open(None), ExitCode::FAILURE);
    }
}
