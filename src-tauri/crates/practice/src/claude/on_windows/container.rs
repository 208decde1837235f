//! The folders that a packaged app sees.
//!
//! Before build 20348 the exclusions of Claude's manifest are ignored, and its folder is the copy in its
//! container; later it is the real one. A copy that is there masks the real folder in any case (PI). An
//! app that is started from anywhere but a package's folder sees what everybody sees.

use std::path::{Path, PathBuf};

/// The copy that this app sees instead of a folder below `%LOCALAPPDATA%`, if it sees one.
pub(in super::super) fn copy_of(local: &Path, name: &str) -> Option<PathBuf> {
    let family = family_of(&std::env::current_exe().ok()?)?;
    let copy = local.join("Packages").join(family).join(r"LocalCache\Local").join(name);
    sees_copy(copy.is_dir(), windows_version::OsVersion::current().build).then_some(copy)
}

/// The folder of the ordinary mode's log, for an app that is a package: `Claude\Logs` below `%LOCALAPPDATA%`, which
/// the manifest excludes from redirection as the other folder (PI: claude-code #93627, #94254).
pub(in super::super) fn ordinary_logs() -> Option<PathBuf> {
    let family = family_of(&std::env::current_exe().ok()?)?;
    Some(logs_in(
        &PathBuf::from(std::env::var_os("LOCALAPPDATA")?),
        &family,
        windows_version::OsVersion::current().build,
    ))
}

fn logs_in(local: &Path, family: &str, build: u32) -> PathBuf {
    let copy = local.join("Packages").join(family).join(r"LocalCache\Local").join("Claude");
    let folder = if sees_copy(copy.is_dir(), build) { copy } else { local.join("Claude") };
    folder.join("Logs")
}

fn sees_copy(is_there: bool, build: u32) -> bool {
    is_there || build < 20_348
}

/// The family of the package that a program lies in: `Claude_1.2.3.0_x64__hash` is of `Claude_hash`.
fn family_of(program: &Path) -> Option<String> {
    let of_folder = |folder: &Path| {
        let (rest, hash) = folder.file_name()?.to_str()?.split_once("__")?;
        Some(format!("{}_{hash}", rest.split('_').next()?))
    };
    program.ancestors().skip(1).find_map(of_folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_known_by_its_folder() {
        let of = |path: &str| family_of(Path::new(path));
        let package = r"C:\Program Files\WindowsApps\Claude_1.46388.4.0_x64__pzs8sxrjxfjjc\app\claude.exe";
        assert_eq!(of(package).as_deref(), Some("Claude_pzs8sxrjxfjjc"));
        assert_eq!(of(r"C:\Users\li\AppData\Local\AnthropicClaude\app-1.2.3\claude.exe"), None);
        assert_eq!(copy_of(Path::new(r"C:\nowhere"), "Claude-3p"), None, "this test is no package");
    }

    #[test]
    fn a_packages_ordinary_log_is_in_the_container_or_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join(r"Packages\Claude_pzs8sxrjxfjjc\LocalCache\Local\Claude");
        let of = |build| logs_in(folder.path(), "Claude_pzs8sxrjxfjjc", build);
        assert_eq!(of(19_045), copy.join("Logs"));
        assert_eq!(of(26_100), folder.path().join(r"Claude\Logs"));
        std::fs::create_dir_all(&copy).unwrap();
        assert_eq!(of(26_100), copy.join("Logs"), "a copy that is there masks the real folder");
        assert_eq!(ordinary_logs(), None, "this test is no package");
    }

    #[test]
    fn the_build_or_the_copy_decides() {
        assert!(sees_copy(false, 19_045));
        assert!(!sees_copy(false, 22_631));
        assert!(sees_copy(true, 22_631));
    }
}
