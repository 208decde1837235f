//! Folders of Windows, and which of them contain Claude's files.

use std::env;
use std::path::{Path, PathBuf};

use airouter_core::claude::packages::FAMILIES;
use airouter_core::claude::roots::{self, Folder, RootFacts};
use airouter_core::finding::Finding;
use airouter_core::system::{SessionFacts, inside_package, is_redirected, other_account, refuses_windows};

use super::calls;
use super::install::{self, Found};
use crate::places::{BaseFolders, Places};

/// The base folders: by the environment variables, which a scratch home may set, else by the system.
pub(crate) fn base_folders() -> Option<BaseFolders> {
    let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    Some(BaseFolders {
        config: variable("APPDATA").or_else(dirs::config_dir)?,
        local: variable("LOCALAPPDATA").or_else(dirs::data_local_dir)?,
        home: variable("USERPROFILE").or_else(dirs::home_dir)?,
        system: variable("windir").unwrap_or_else(|| PathBuf::from(r"C:\Windows")),
    })
}

/// The base folders in a scratch folder.
pub(crate) fn scratch_base_folders(scratch: &Path) -> BaseFolders {
    let home = scratch.join("home");
    let data = home.join("AppData");
    BaseFolders { config: data.join("Roaming"), local: data.join("Local"), home, system: scratch.join("system") }
}

/// Environment variables that keep a stand-in Claude in a scratch folder.
pub(crate) fn claude_environment(base_folders: &BaseFolders) -> Vec<(String, String)> {
    let text = |path: &Path| path.to_string_lossy().into_owned();
    vec![
        ("USERPROFILE".to_owned(), text(&base_folders.home)),
        ("APPDATA".to_owned(), text(&base_folders.config)),
        ("LOCALAPPDATA".to_owned(), text(&base_folders.local)),
        ("PRACTICE_SYSTEM_ROOT".to_owned(), text(&base_folders.system)),
        // The stand-in has no icon to click, so it plays the person as well.
        ("PRACTICE_CLAUDE_PERSON".to_owned(), "quits".to_owned()),
    ]
}

/// Claude's default third-party folder.
pub(crate) fn usual_root(base_folders: &BaseFolders) -> PathBuf {
    base_folders.local.join("Claude-3p")
}

/// Claude's log in third-party mode (OD).
pub(crate) fn log_of(_ground: &BaseFolders, root: &Path) -> PathBuf {
    root.join("Logs").join("main.log")
}

/// Where Claude's log in ordinary mode may be. An unpackaged Claude keeps it with its data in the roaming folder. A
/// packaged one keeps it in the local one, whose folder its manifest excludes from redirection (PI), so that it is
/// there or in the container, depending on the build; what it writes to the roaming one is redirected as well.
pub(crate) fn ordinary_logs(base_folders: &BaseFolders) -> Vec<PathBuf> {
    let in_both =
        |local: &Path, roaming: &Path| [local.join(r"Claude\Logs\main.log"), roaming.join(r"Claude\logs\main.log")];
    let containers = FAMILIES.iter().flat_map(|family| {
        let cache = base_folders.local.join("Packages").join(family).join("LocalCache");
        in_both(&cache.join("Local"), &cache.join("Roaming"))
    });
    in_both(&base_folders.local, &base_folders.config).into_iter().chain(containers).collect()
}

/// Claude's folders to write and to check, see `airouter_core::claude::roots`.
pub(crate) fn roots(places: &Places) -> Vec<PathBuf> {
    roots::decide(&facts(places)).into_iter().map(PathBuf::from).collect()
}

/// Why nothing may be written now: this program runs inside a package or as another account than the one that is
/// signed in, the system is too old, or Claude has to move older data first.
pub(crate) fn obstacle(places: &Places) -> Option<Finding> {
    let family = calls::package::family();
    let redirected = family.as_ref().and_then(|_| redirects(&places.base_folders.local));
    let facts = facts(places);
    inside_package(family.as_deref(), redirected)
        .or_else(|| other_account(&session()))
        .or_else(|| refuses_windows(facts.build))
        .or_else(|| roots::obstacle(&facts))
}

/// Whether Windows puts a new file in this folder somewhere else; `None` if the folder cannot be written. Only new
/// entries directly in it are redirected (obs: claude-code #89113), so the file must be a new one there.
fn redirects(folder: &Path) -> Option<bool> {
    let file = tempfile::Builder::new().prefix("airouter-setup-").tempfile_in(folder).ok()?;
    let found = calls::package::final_path(&fs_err::File::open(file.path()).ok()?)?;
    Some(is_redirected(&file.path().to_string_lossy(), &found.to_string_lossy()))
}

fn session() -> SessionFacts {
    SessionFacts {
        session: calls::session_of(std::process::id()),
        signed_in: calls::session::signed_in(),
        running_as: calls::session::running_as(),
    }
}

fn facts(places: &Places) -> RootFacts {
    facts_with(places, install::packages(places))
}

fn facts_with(places: &Places, packages: Vec<Found>) -> RootFacts {
    let base_folders = &places.base_folders;
    let folder = |path: PathBuf| Folder { exists: path.is_dir(), path: path.to_string_lossy().into_owned() };
    let caches: Vec<PathBuf> = packages
        .into_iter()
        .map(|found| base_folders.local.join("Packages").join(found.package.family).join("LocalCache"))
        .collect();
    let roaming = caches.iter().map(|cache| cache.join("Roaming").join("Claude-3p"));
    RootFacts {
        named: places.named_root.as_ref().map(|root| root.to_string_lossy().into_owned()),
        real: folder(usual_root(base_folders)),
        containers: caches.iter().map(|cache| folder(cache.join("Local").join("Claude-3p"))).collect(),
        roaming: std::iter::once(base_folders.config.join("Claude-3p")).chain(roaming).map(folder).collect(),
        is_unpackaged_installed: install::squirrel(places).is_some(),
        build: build(),
    }
}

/// The build number of Windows; `None` if it is unknown.
fn build() -> Option<u32> {
    Some(windows_version::OsVersion::current().build).filter(|build| *build > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use airouter_core::finding::Code;

    #[test]
    fn the_folders_of_the_system_are_known() {
        let base_folders = base_folders().expect("every account has them");
        assert!(
            base_folders.local.is_dir() && base_folders.config.is_dir() && base_folders.system.is_dir(),
            "{base_folders:?}"
        );
        assert!(build().is_some_and(|build| build >= 17763), "{:?}", build());
        assert_eq!(calls::package::family(), None, "what runs this is no package");
    }

    #[test]
    fn a_file_is_asked_where_it_really_lies() {
        let folder = tempfile::tempdir().unwrap();
        let local = folder.path().join("李 雷").join("AppData").join("Local");
        std::fs::create_dir_all(&local).unwrap();
        assert_eq!(redirects(&local), Some(false));
        assert_eq!(std::fs::read_dir(&local).unwrap().count(), 0, "nothing stays behind");
        assert_eq!(redirects(&local.join("missing")), None);
        let path = local.join("x.txt");
        std::fs::write(&path, "").unwrap();
        let found = calls::package::final_path(&fs_err::File::open(&path).unwrap()).unwrap();
        assert_eq!(found.file_name(), path.file_name());
        assert_eq!(std::fs::canonicalize(&found).unwrap(), std::fs::canonicalize(&path).unwrap());
    }

    #[test]
    fn who_runs_this_is_who_is_signed_in() {
        let facts = session();
        assert!(facts.session.is_some(), "{facts:?}");
        let me = std::env::var("USERNAME").unwrap();
        assert_eq!(facts.running_as.as_deref().map(str::to_lowercase), Some(me.to_lowercase()), "{facts:?}");
        // In a session of services nobody is signed in.
        assert!(facts.session == Some(0) || facts.signed_in.is_some(), "{facts:?}");
        assert_eq!(other_account(&facts), None);
    }

    #[test]
    fn the_ordinary_log_is_looked_for_in_every_place() {
        let base_folders = scratch_base_folders(Path::new(r"C:\scratch"));
        let found = ordinary_logs(&base_folders);
        let data = r"C:\scratch\home\AppData";
        let mut expected =
            vec![format!(r"{data}\Local\Claude\Logs\main.log"), format!(r"{data}\Roaming\Claude\logs\main.log")];
        for family in ["Claude_pzs8sxrjxfjjc", "AnthropicPBC.Claude_fnn82j28hfe8t"] {
            for below in [r"Local\Claude\Logs", r"Roaming\Claude\logs"] {
                expected.push(format!(r"{data}\Local\Packages\{family}\LocalCache\{below}\main.log"));
            }
        }
        assert_eq!(found, expected.iter().map(PathBuf::from).collect::<Vec<_>>());
    }

    #[test]
    fn the_build_and_what_is_there_decide_for_both_families() {
        use airouter_core::claude::packages::Package;
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_scratch(&folder.path().join("李 雷")).unwrap();
        assert_eq!(places.base_folders, scratch_base_folders(&folder.path().join("李 雷")));
        let names = ["Claude_1.46388.4.0_x64__pzs8sxrjxfjjc", "AnthropicPBC.Claude_2.26454.0.0_x64__fnn82j28hfe8t"];
        let packages = || {
            let package = |name: &str| Package::of_full_name(name).unwrap();
            let found = |name: &str| Found { package: package(name), full_name: name.into(), folder: r"C:\x".into() };
            names.map(found).to_vec()
        };
        let cache = |family: &str| places.base_folders.local.join("Packages").join(family).join("LocalCache");
        let (site, store) = (cache("Claude_pzs8sxrjxfjjc"), cache("AnthropicPBC.Claude_fnn82j28hfe8t"));
        let roots = |build| {
            let facts = RootFacts { build: Some(build), ..facts_with(&places, packages()) };
            roots::decide(&facts).into_iter().map(PathBuf::from).collect::<Vec<_>>()
        };
        let real = usual_root(&places.base_folders);
        let copies = [site.join(r"Local\Claude-3p"), store.join(r"Local\Claude-3p")];
        assert_eq!(roots(19045), copies);
        assert_eq!(roots(26100), std::slice::from_ref(&real));
        std::fs::create_dir_all(&copies[1]).unwrap();
        assert_eq!(roots(26100), [real.clone(), copies[1].clone()], "a copy that is there masks the real one");
        assert_eq!(roots(19045), [copies[0].clone(), copies[1].clone(), real]);
        std::fs::remove_dir(&copies[1]).unwrap();
        std::fs::create_dir_all(site.join(r"Roaming\Claude-3p")).unwrap();
        let waiting = roots::obstacle(&facts_with(&places, packages()));
        assert_eq!(waiting.map(|finding| finding.code), Some(Code::ClaudeMustMove), "older data in a container");
    }

    #[test]
    fn data_in_the_roaming_folder_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_scratch(folder.path()).unwrap();
        assert_eq!(obstacle(&places), None);
        std::fs::create_dir_all(places.base_folders.config.join("Claude-3p")).unwrap();
        assert_eq!(obstacle(&places).map(|finding| finding.code), Some(Code::ClaudeMustMove));
        std::fs::create_dir_all(places.base_folders.local.join("Claude-3p")).unwrap();
        assert_eq!(obstacle(&places), None);
    }

    #[test]
    fn names_with_other_letters_are_folders_too() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_scratch(&folder.path().join("李 雷")).unwrap();
        assert_eq!(roots(&places), [usual_root(&places.base_folders)]);
        assert!(log_of(&places.base_folders, &places.root).starts_with(&places.root));
        let told = claude_environment(&places.base_folders);
        assert!(
            told.iter().any(|(name, value)| name == "LOCALAPPDATA" && Path::new(value) == places.base_folders.local)
        );
    }

    /// Beyond 260 characters Windows refuses programs without `longPathAware` in their manifest, and all where the
    /// computer has not switched long paths on. Then nothing may be left half written.
    #[test]
    fn a_long_path_is_written_as_a_whole_or_refused() {
        const TOO_LONG: [i32; 3] = [2, 3, 206];
        let folder = tempfile::tempdir().unwrap();
        let places =
            Places::in_scratch(&folder.path().join("李 雷").join("x".repeat(120)).join("y".repeat(120))).unwrap();
        assert!(places.meta().as_os_str().len() > 260, "longer than programs could once open");
        let written = crate::files::replace(&places.meta(), b"{}", crate::files::Privacy::AsBefore);
        let found = crate::files::inspect(&places.meta(), &places.root);
        match written {
            Ok(()) => assert_eq!(found, airouter_core::claude::library::FileFact::Present(b"{}".to_vec())),
            Err(error) => {
                assert!(error.raw_os_error().is_some_and(|code| TOO_LONG.contains(&code)), "{error}");
                assert!(!places.meta().exists());
            }
        }
    }
}
