//! Compares paths as Windows does. The rules are in [`airouter_core::windows_path`]; what only the system knows, the
//! long form of a short name (8.3) and the folders for programs, is asked here. No other code for Windows compares
//! paths; `cargo xtask tidy` checks that.

use std::path::{Path, PathBuf};

use airouter_core::windows_path;

use super::calls::names::long_name;
use super::registry::{self, Hive};

/// True if both paths name the same place, however they are written.
pub(crate) fn is_same_path(one: &Path, other: &Path) -> bool {
    windows_path::is_same(&long(one), &long(other))
}

/// True if a path lies below a folder, however both are written.
pub(super) fn is_below(path: &Path, folder: &Path) -> bool {
    windows_path::is_below(&long(path), &long(folder))
}

/// True if a text that is not understood may name a file.
pub(crate) fn may_be_named_in(text: &str, path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    windows_path::may_be_named_in(text, &name)
}

/// True if a program lies below a folder for programs that only administrators may change. Rules of administrators
/// allow programs there, and by default nowhere in a person's own folders (OD, AppLocker's default rules).
pub(crate) fn is_for_all_users(program: &Path) -> bool {
    folders_of_programs().iter().any(|folder| is_below(program, folder))
}

/// The folders for programs, from the part of the registry that only administrators may change.
fn folders_of_programs() -> Vec<PathBuf> {
    let Some(key) = registry::key(Hive::Machine, r"SOFTWARE\Microsoft\Windows\CurrentVersion") else {
        return Vec::new();
    };
    let names = ["ProgramFilesDir", "ProgramW6432Dir", "ProgramFilesDir (x86)"];
    names.iter().filter_map(|name| registry::text(&key, name)).map(PathBuf::from).collect()
}

/// The path with long names as far as it exists, as text.
pub(super) fn long(path: &Path) -> String {
    let known = path.ancestors().find_map(|above| Some((long_name(above)?, path.strip_prefix(above).ok()?)));
    known.map_or_else(|| path.to_owned(), |(known, rest)| known.join(rest)).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_has_many_spellings() {
        let folder = tempfile::Builder::new().prefix("A long name ").tempdir().unwrap();
        let path = folder.path().join("Airouter-Credential.exe");
        std::fs::write(&path, "").unwrap();
        let text = path.to_string_lossy().into_owned();
        for other in [text.to_uppercase(), text.replace('\\', "/"), format!(r"\\?\{text}"), format!("{text}.")] {
            assert!(is_same_path(&path, Path::new(&other)), "{other}");
            assert!(is_below(Path::new(&other), folder.path()), "{other}");
        }
        assert!(!is_same_path(&path, &folder.path().join("Airouter-Credential")));
        assert!(!is_below(folder.path(), folder.path()));
        let missing = folder.path().join("nothing");
        assert!(is_same_path(&missing, Path::new(&missing.to_string_lossy().to_lowercase())), "what is not there too");
        assert!(may_be_named_in("...AIROUTER-credential.EXE", &path) && !may_be_named_in("{}", &path));
    }

    #[test]
    fn a_short_name_is_the_same_file() {
        // Short names may be switched off for a disk; the folder for programs has had one since before that.
        let programs = Path::new(r"C:\Program Files");
        let short = Path::new(r"C:\PROGRA~1");
        assert_eq!(is_same_path(programs, short), short.is_dir());
    }

    #[test]
    fn programs_for_all_users_lie_where_administrators_put_them() {
        let folders = folders_of_programs();
        let folder = folders.first().expect("every Windows has one");
        assert!(is_for_all_users(&folder.join(r"AIRouter Setup\airouter-credential.exe")), "{folders:?}");
        assert!(is_for_all_users(Path::new(r"c:\PROGRAM FILES\AIRouter Setup\airouter-credential.exe")));
        assert!(!is_for_all_users(&std::env::temp_dir().join("airouter-credential.exe")));
        assert!(!is_for_all_users(Path::new(r"C:\Program Files AIRouter\airouter-credential.exe")));
    }
}
