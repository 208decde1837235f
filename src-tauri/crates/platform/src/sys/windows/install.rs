//! Finds Claude Desktop: packages, which the registry lists for each person, and Squirrel installs in the person's own
//! folder. Both may exist and run at the same time.
//!
//! The system's own functions tell the packages that are registered for this person, family by family. A list in the
//! registry adds families that are not known, and all of them under Wine, which does not have these functions. It is
//! not documented, but has existed since Windows 8.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use airouter_core::claude::packages::{self, FAMILIES, Package, doubt_of_packages, squirrel_version};
use airouter_core::claude::version::Version;
use airouter_core::finding::Finding;

use super::calls;
use super::paths::is_same_path;
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
    /// Its full name.
    pub(super) full_name: String,
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
    let families = packages.iter().map(|found| found.package.family.clone()).collect();
    let newest = packages.into_iter().max_by_key(|found| found.package.version);
    match (newest, squirrel) {
        (Some(found), _) => Some(Install {
            launcher: PathBuf::from(found.package.app(&calls::application_ids(&found.full_name))),
            program: program_in(&found.folder),
            version: found.package.version,
            folders,
            families,
        }),
        (None, Some(squirrel)) => Some(Install {
            launcher: squirrel.stub,
            program: squirrel.newest.join(PROGRAM),
            version: squirrel.version,
            folders,
            families,
        }),
        (None, None) => None,
    }
}

/// A doubt whether Claude is Anthropic's: by the families of its packages, else by the signature of its program. None
/// in a scratch folder, whose Claude is the stand-in.
pub(crate) fn doubt(install: &Install, places: &Places) -> Option<Finding> {
    if places.is_scratch() {
        return None;
    }
    let packages = packages(places);
    if packages.is_empty() {
        return doubt_of_program(&install.program, calls::publisher);
    }
    doubt_of_packages(packages.iter().map(|found| &found.package))
}

/// A program with its size and the time of its last change, and what was found of it.
type Judged = (PathBuf, u64, Option<SystemTime>, Option<Finding>);

/// The doubt about a program. Its hash is computed for that, which takes a while for one of 200 MB, so the last result
/// is kept until the file changes.
fn doubt_of_program(program: &Path, publisher: impl Fn(&Path) -> Result<String, u32>) -> Option<Finding> {
    static LAST: Mutex<Option<Judged>> = Mutex::new(None);
    let meta = fs_err::metadata(program).ok()?;
    let (size, changed) = (meta.len(), meta.modified().ok());
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    let is_it = |it: &&Judged| is_same_path(&it.0, program) && (it.1, it.2) == (size, changed);
    if let Some((_, _, _, found)) = last.as_ref().filter(is_it) {
        return found.clone();
    }
    let found = packages::doubt(publisher(program).as_deref().map_err(|answer| *answer));
    *last = Some((program.to_owned(), size, changed, found.clone()));
    found
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

/// The packages of Claude that are installed for this person; none in a scratch folder, which has no registry. A
/// package whose folder is gone is not installed, whatever a list says.
pub(super) fn packages(places: &Places) -> Vec<Found> {
    if places.is_scratch() {
        return Vec::new();
    }
    let told = FAMILIES.iter().flat_map(|family| calls::full_names(family));
    let found = |full_name: String| {
        let package = Package::of_full_name(&full_name)?;
        Some(Found { folder: calls::folder_of(&full_name)?, package, full_name })
    };
    let mut all: Vec<Found> = told.filter_map(found).collect();
    for listed in packages_under(PACKAGES) {
        if !all.iter().any(|found| found.package.family.eq_ignore_ascii_case(&listed.package.family)) {
            all.push(listed);
        }
    }
    all.retain(|found| !is_gone(&found.folder));
    all
}

/// True if a folder is not there; false also if the system does not let this person look.
fn is_gone(folder: &Path) -> bool {
    fs_err::metadata(folder).is_err_and(|error| error.kind() == ErrorKind::NotFound)
}

fn packages_under(path: &str) -> Vec<Found> {
    let Some(list) = key(Hive::User, path) else { return Vec::new() };
    list.enum_keys()
        .filter_map(Result::ok)
        .filter_map(|full_name| {
            let package = Package::of_full_name(&full_name)?;
            let folder = PathBuf::from(text(&list.open_subkey(&full_name).ok()?, "PackageRootFolder")?);
            folder.is_absolute().then_some(Found { package, full_name, folder })
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
    fn a_package_without_its_folder_is_not_installed() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!is_gone(folder.path()));
        assert!(is_gone(&folder.path().join("Claude_1.0.0.0_x64__pzs8sxrjxfjjc")));
    }

    #[test]
    fn a_program_is_judged_again_when_it_has_changed() {
        use std::cell::Cell;
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_scratch(folder.path()).unwrap();
        let program = folder.path().join(PROGRAM);
        let asked = Cell::new(0);
        let judge = |answer: Result<&str, u32>| {
            let publisher = |_: &Path| {
                asked.set(asked.get() + 1);
                answer.map(str::to_owned)
            };
            doubt_of_program(&program, publisher).map(|finding| finding.code)
        };
        assert_eq!(judge(Err(1)), None, "there is no such program");
        put(&program);
        let unknown = Some(airouter_core::finding::Code::PublisherUnknown);
        assert_eq!((judge(Err(0x800B_0100)), judge(Ok("Anthropic, PBC"))), (unknown, unknown));
        assert_eq!(asked.get(), 1);
        std::fs::write(&program, "another").unwrap();
        assert_eq!((judge(Ok("Anthropic, PBC")), asked.get()), (None, 2));
        let install =
            Install { launcher: program.clone(), program, version: None, folders: Vec::new(), families: Vec::new() };
        assert_eq!(doubt(&install, &places), None, "a stand-in");
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
