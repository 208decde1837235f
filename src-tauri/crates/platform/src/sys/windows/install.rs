//! Finds Claude Desktop: packages, which the registry lists for each person, and Squirrel installs in the person's own
//! folder. Both may exist and run at the same time.
//!
//! The registry is read instead of the system's package API: it needs no COM, and tests can write to it. It lists the
//! packages that are registered for this person and can be started. The list is not documented, but has existed since
//! Windows 8; on a computer without it, Claude would be reported as missing.

use std::path::{Path, PathBuf};

use airouter_core::claude::packages::{Package, squirrel_version};
use airouter_core::claude::version::Version;

use super::registry::{Hive, key, text};
use crate::install::Install;
use crate::places::Places;
#[cfg(any(test, feature = "sandbox"))]
use crate::sys::StandIn;

/// Where the packages of a person are listed: one key per package, named by its full name.
const PACKAGES: &str =
    r"Software\Classes\Local Settings\Software\Microsoft\Windows\CurrentVersion\AppModel\Repository\Packages";
/// Claude's program in each of its folders.
const PROGRAM: &str = "claude.exe";

/// A package that is installed for this person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) package: Package,
    /// Its folder, with the version in its name.
    pub(super) folder: PathBuf,
}

/// A Squirrel install: one folder per version, and a small program above them that starts the newest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Squirrel {
    pub(super) stub: PathBuf,
    /// The newest version's folder.
    pub(super) newest: PathBuf,
    pub(super) version: Option<Version>,
}

/// Finds Claude Desktop. A package takes precedence over a Squirrel install; the folders of both are returned.
pub(crate) fn locate(places: &Places) -> Option<Install> {
    let packages = packages(places);
    let squirrel = squirrel(places);
    let mut folders: Vec<PathBuf> = packages.iter().map(|found| found.folder.clone()).collect();
    if squirrel.is_some() {
        folders.extend(versions(&squirrel_folder(places)));
    }
    let newest = packages.into_iter().max_by_key(|found| found.package.version);
    match (newest, squirrel) {
        (Some(found), _) => Some(Install {
            launcher: PathBuf::from(found.package.app()),
            program: program_in(&found.folder),
            version: found.package.version,
            folders,
        }),
        (None, Some(squirrel)) => Some(Install {
            launcher: squirrel.stub,
            program: squirrel.newest.join(PROGRAM),
            version: squirrel.version,
            folders,
        }),
        (None, None) => None,
    }
}

/// True if Claude Code, the command line program, is installed. It is not Claude Desktop.
pub(crate) fn has_claude_code(places: &Places) -> bool {
    let own = places.base_folders.home.join(".local").join("bin").join(PROGRAM);
    places.search.iter().map(|folder| folder.join(PROGRAM)).chain([own]).any(|path| path.is_file())
}

/// The version in a running program's path: both kinds of install have it in a folder's name.
pub(crate) fn version_of(program: &Path) -> Option<Version> {
    program.ancestors().skip(1).find_map(|folder| {
        let name = folder.file_name()?.to_str()?;
        squirrel_version(name).or_else(|| Package::of_full_name(name)?.version)
    })
}

/// Where a stand-in is installed: as a Squirrel install.
#[cfg(any(test, feature = "sandbox"))]
pub(crate) fn stand_in(places: &Places, version: &str) -> StandIn {
    let folder = squirrel_folder(places);
    StandIn {
        programs: vec![folder.join(format!("app-{version}")).join(PROGRAM), folder.join(PROGRAM)],
        files: Vec::new(),
    }
}

/// The packages of Claude that are installed for this person; none in a scratch folder, which has no registry.
pub(super) fn packages(places: &Places) -> Vec<Found> {
    if places.is_scratch() { Vec::new() } else { packages_under(PACKAGES) }
}

fn packages_under(path: &str) -> Vec<Found> {
    let Some(list) = key(Hive::User, path) else { return Vec::new() };
    list.enum_keys()
        .filter_map(Result::ok)
        .filter_map(|full_name| {
            let package = Package::of_full_name(&full_name)?;
            let folder = PathBuf::from(text(&list.open_subkey(&full_name).ok()?, "PackageRootFolder")?);
            folder.is_absolute().then_some(Found { package, folder })
        })
        .collect()
}

/// The Squirrel install, if there is one.
pub(super) fn squirrel(places: &Places) -> Option<Squirrel> {
    let folder = squirrel_folder(places);
    let version_in = |folder: &Path| folder.file_name().and_then(|name| squirrel_version(name.to_str()?));
    let newest = versions(&folder).into_iter().max_by_key(|folder| version_in(folder))?;
    Some(Squirrel { stub: folder.join(PROGRAM), version: version_in(&newest), newest })
}

fn squirrel_folder(places: &Places) -> PathBuf {
    places.base_folders.local.join("AnthropicClaude")
}

/// The version folders that contain the program.
fn versions(folder: &Path) -> Vec<PathBuf> {
    let entries = fs_err::read_dir(folder).into_iter().flatten().flatten();
    let is_version = |path: &PathBuf| {
        path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with("app-"))
            && path.join(PROGRAM).is_file()
    };
    entries.map(|entry| entry.path()).filter(is_version).collect()
}

/// The program of a package (PI: it is in `app`).
fn program_in(package: &Path) -> PathBuf {
    package.join("app").join(PROGRAM)
}

#[cfg(test)]
mod tests {
    use super::super::registry::Scratch;
    use super::*;

    fn put(path: &Path) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "").unwrap();
    }

    #[test]
    fn an_install_by_squirrel_is_found_with_its_newest_version() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_scratch(folder.path()).unwrap();
        assert_eq!(locate(&places), None);
        let base = squirrel_folder(&places);
        for name in ["app-1.9939.2", "app-1.44121.2"] {
            put(&base.join(name).join(PROGRAM));
        }
        put(&base.join("packages").join("RELEASES"));
        std::fs::create_dir_all(base.join("app-9.9.9")).unwrap();
        let install = locate(&places).unwrap();
        assert_eq!(
            install.version,
            Some(Version(1, 44121, 2)),
            "numbers are compared, and a folder without the program is none"
        );
        assert_eq!(install.launcher, base.join(PROGRAM));
        assert_eq!(install.program, base.join("app-1.44121.2").join(PROGRAM));
        assert_eq!(install.folders.len(), 2, "an older version may still run");
    }

    #[test]
    fn packages_are_read_from_the_registry() {
        let scratch = Scratch::new();
        let package = |name: &str, folder: &str| {
            let (key, _) = scratch.key.create_subkey(name).unwrap();
            key.set_value("PackageRootFolder", &folder).unwrap();
        };
        package(
            "Claude_1.46388.4.0_x64__pzs8sxrjxfjjc",
            r"C:\Program Files\WindowsApps\Claude_1.46388.4.0_x64__pzs8sxrjxfjjc",
        );
        package("AnthropicPBC.Claude_2.26454.0.0_x64__fnn82j28hfe8t", r"C:\Store");
        package("Microsoft.WindowsTerminal_1.18.0.0_x64__8wekyb3d8bbwe", r"C:\Terminal");
        package("Claude_9.9.9.0_x64__pzs8sxrjxfjjd", "relative");
        let mut found: Vec<String> =
            packages_under(&scratch.path).into_iter().map(|found| found.package.family).collect();
        found.sort();
        assert_eq!(found, ["AnthropicPBC.Claude_fnn82j28hfe8t", "Claude_pzs8sxrjxfjjc"]);
        assert!(packages_under(r"Software\AIRouter Setup Tests\nobody").is_empty());
        let folder = tempfile::tempdir().unwrap();
        assert!(packages(&Places::in_scratch(folder.path()).unwrap()).is_empty(), "a rehearsal sees none");
    }

    #[test]
    fn a_path_tells_the_version() {
        let of = |path: &str| version_of(Path::new(path));
        assert_eq!(
            of(r"C:\Users\li\AppData\Local\AnthropicClaude\app-1.44121.2\claude.exe"),
            Some(Version(1, 44121, 2))
        );
        let package = r"C:\Program Files\WindowsApps\Claude_2.26454.0.0_x64__pzs8sxrjxfjjc\app\claude.exe";
        assert_eq!(of(package), Some(Version(2, 26454, 0)));
        assert_eq!(of(r"C:\Users\li\.local\bin\claude.exe"), None);
        assert_eq!(program_in(Path::new(r"C:\x")), Path::new(r"C:\x\app\claude.exe"));
    }

    #[test]
    fn claude_code_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_scratch(folder.path()).unwrap();
        assert!(!has_claude_code(&places));
        put(&places.base_folders.home.join(".local").join("bin").join(PROGRAM));
        assert!(has_claude_code(&places));
        assert_eq!(locate(&places), None);
        assert_eq!(squirrel(&places), None);
    }

    #[test]
    fn a_stand_in_is_an_install() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_scratch(folder.path()).unwrap();
        for program in stand_in(&places, "2.26454.0").programs {
            put(&program);
        }
        let install = locate(&places).unwrap();
        assert_eq!(install.version, Some(Version(2, 26454, 0)));
        assert!(versions(&squirrel_folder(&places)).len() == 1 && install.launcher.is_file());
    }
}
