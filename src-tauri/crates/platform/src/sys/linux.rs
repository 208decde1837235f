//! Linux: the official .deb, XDG folders, `/etc/claude-desktop/managed-settings.json`.

use std::env;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use airouter_core::address::GatewayUrl;
use airouter_core::claude::managed::ManagedSource;
use airouter_core::claude::version::Version;
use airouter_core::json::LARGEST_FILE;
use airouter_core::proxy::{ProxySettings, of_gnome};
use airouter_core::view::Os;

use airouter_core::finding::Finding;

use super::QuitStep;
#[cfg(any(test, feature = "sandbox"))]
use super::StandIn;
use super::unix::{is_executable, processes_of_this_person, send_term, start_program};
use crate::command;
use crate::install::Install;
use crate::places::{BaseFolders, Places};
use crate::process::Process;

/// This system.
pub(crate) const OS: Os = Os::Linux;
/// How Claude is made to quit, and how long it may take after each step: it saves its settings and ends its agents.
pub(crate) const QUIT_STEPS: &[(QuitStep, Duration)] = &[(QuitStep::Ask, Duration::from_secs(20))];
/// How long Claude may take to appear.
pub(crate) const START_LIMIT: Duration = Duration::from_secs(15);
/// True if programs that Claude starts see redirected folders; not on this system.
pub(crate) const CHILDREN_SEE_OTHER_FOLDERS: bool = false;
/// True if the numbers of errors are those of Windows; not on this system.
pub(crate) const HAS_NUMBERS_OF_WINDOWS: bool = false;
/// How the keychain's entry differs from the library's default; not on this system.
pub(crate) const ENTRY_MODIFIERS: &[(&str, &str)] = &[];

/// The program's exact name (PI).
const PROGRAM: &str = "claude-desktop";
/// Where packages install it, below the system's root.
const USUAL_PLACES: [&str; 5] = [
    "usr/bin/claude-desktop",
    "usr/local/bin/claude-desktop",
    "usr/lib/claude-desktop/claude-desktop",
    "opt/Claude/claude-desktop",
    "opt/claude-desktop/claude-desktop",
];
/// Largest package database that is read, in bytes.
const LARGEST_DATABASE: u64 = 64 * 1024 * 1024;
/// How long reading the desktop's settings may take: it uses a bus that may not answer.
const SETTINGS_LIMIT: Duration = Duration::from_secs(2);

/// The base folders: XDG folders, else the defaults below the home folder.
pub(crate) fn base_folders() -> Option<BaseFolders> {
    let system = PathBuf::from("/");
    Some(BaseFolders { config: dirs::config_dir()?, local: dirs::data_local_dir()?, home: dirs::home_dir()?, system })
}

/// Keeps programs of the same person from reading this one's memory (`prctl(2)`, `PR_SET_DUMPABLE`).
pub(crate) fn protect_memory() {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    // An old kernel may refuse it; that is accepted.
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

/// The base folders in a scratch folder.
pub(crate) fn scratch_base_folders(scratch: &Path) -> BaseFolders {
    let home = scratch.join("home");
    let (config, local) = (home.join(".config"), home.join(".local/share"));
    BaseFolders { config, local, home, system: scratch.join("system") }
}

/// Environment variables that keep a stand-in Claude in a scratch folder.
pub(crate) fn claude_environment(base_folders: &BaseFolders) -> Vec<(String, String)> {
    let text = |path: &Path| path.to_string_lossy().into_owned();
    vec![
        ("HOME".to_owned(), text(&base_folders.home)),
        ("XDG_CONFIG_HOME".to_owned(), text(&base_folders.config)),
        ("PRACTICE_SYSTEM_ROOT".to_owned(), text(&base_folders.system)),
    ]
}

/// Claude's default third-party folder.
pub(crate) fn usual_root(base_folders: &BaseFolders) -> PathBuf {
    base_folders.config.join("Claude-3p")
}

/// Claude's log in third-party mode (OD).
pub(crate) fn log_of(_ground: &BaseFolders, root: &Path) -> PathBuf {
    root.join("logs").join("main.log")
}

/// Claude's log in ordinary mode (OD); only one on this system.
pub(crate) fn ordinary_logs(base_folders: &BaseFolders) -> Vec<PathBuf> {
    vec![base_folders.config.join("Claude").join("logs").join("main.log")]
}

/// Claude's folders to write and to check; only one on this system.
pub(crate) fn roots(places: &Places) -> Vec<PathBuf> {
    vec![places.root.clone()]
}

/// Why nothing may be written now; always `None` on this system.
pub(crate) fn obstacle(_places: &Places) -> Option<Finding> {
    None
}

/// Where a stand-in is installed, and the package database that names its version.
#[cfg(any(test, feature = "sandbox"))]
pub(crate) fn stand_in(places: &Places, version: &str) -> StandIn {
    let text = format!("Package: claude-desktop\nStatus: install ok installed\nVersion: {version}\n");
    StandIn {
        programs: vec![places.system.join("usr/lib/claude-desktop/claude-desktop")],
        files: vec![(places.system.join("var/lib/dpkg/status"), text)],
    }
}

/// Finds Claude Desktop.
pub(crate) fn locate(places: &Places) -> Option<Install> {
    let on_path = places.search.iter().map(|folder| folder.join(PROGRAM));
    let usual = USUAL_PLACES.iter().map(|path| places.system.join(path));
    let launcher = on_path.chain(usual).find(|path| is_executable(path))?;
    let program = launcher.canonicalize().ok()?;
    Some(Install { version: package_version(places), launcher, program, folders: Vec::new(), families: Vec::new() })
}

/// True if Claude Code, the command line program, is installed. It is not Claude Desktop.
pub(crate) fn has_claude_code(places: &Places) -> bool {
    places.search.iter().any(|folder| is_executable(&folder.join("claude")))
}

/// The version in the package database, if the package is installed.
fn package_version(places: &Places) -> Option<Version> {
    let database = places.system.join("var/lib/dpkg/status");
    if fs_err::metadata(&database).ok()?.len() > LARGEST_DATABASE {
        return None;
    }
    let text = String::from_utf8_lossy(&fs_err::read(&database).ok()?).into_owned();
    let paragraph =
        text.split("\n\n").find(|paragraph| paragraph.lines().any(|line| line == "Package: claude-desktop"))?;
    let field = |name: &str| paragraph.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    field("Status:").filter(|status| status.ends_with(" installed"))?;
    field("Version:")?.parse().ok()
}

/// The administrator's configuration. Claude requires a regular file, not a link, that is owned by root and writable
/// only by root, in a folder with the same owner and rights; it rejects anything else (OD).
pub(crate) fn managed(places: &Places) -> ManagedSource {
    let path = places.system.join("etc/claude-desktop/managed-settings.json");
    let name = path.to_string_lossy().into_owned();
    let rejected = |why: &str| ManagedSource::Rejected { path: name.clone(), why: why.to_owned() };
    let meta = match fs_err::symlink_metadata(&path) {
        Ok(meta) => meta,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return ManagedSource::Absent,
        Err(_) => return rejected("unreadable"),
    };
    // In a scratch folder no file belongs to root; the owner of that folder takes root's place.
    let administrator = fs_err::metadata(&places.system).map_or(0, |meta| meta.uid());
    let folder = path.parent().and_then(|folder| fs_err::metadata(folder).ok());
    if !meta.is_file() {
        return rejected("not a regular file");
    }
    for meta in std::iter::once(&meta).chain(folder.as_ref()) {
        if meta.uid() != administrator {
            return rejected("owner");
        }
        if meta.mode() & 0o022 != 0 {
            return rejected("writable by others");
        }
    }
    if meta.len() > LARGEST_FILE as u64 {
        return rejected("too large");
    }
    match fs_err::read(&path) {
        Ok(bytes) => ManagedSource::File { path: name, bytes },
        Err(_) => rejected("unreadable"),
    }
}

/// True if a running program is the Claude of this install: by its exact path or, for a start script, by the path
/// that its interpreter was given. Never by name alone: Claude Code has the same name. Never by folder: other
/// programs may be in the same folder.
fn is_claude(install: &Install, exe: Option<&Path>, command: &[std::ffi::OsString]) -> bool {
    let Some(exe) = exe else { return false };
    // The kernel appends this mark to the path of a program whose file was replaced meanwhile.
    if Path::new(exe.to_string_lossy().trim_end_matches(" (deleted)")) == install.program {
        return true;
    }
    let script = command.get(1).map(PathBuf::from).and_then(|path| path.canonicalize().ok());
    script.is_some_and(|script| script == install.program)
}

/// The version in a running program's path; always `None` on this system.
pub(crate) fn version_of(_program: &Path) -> Option<Version> {
    None
}

/// The processes of this person; `None` if the system does not list them.
pub(crate) fn processes(install: &Install) -> Option<Vec<Process>> {
    processes_of_this_person(install, is_claude)
}

/// Asks Claude's processes to quit. `first` are those that were not started by another of them; only these are
/// asked, because they end the others.
///
/// # Errors
/// None on this system.
pub(crate) fn ask_to_quit(_install: &Install, first: &[&Process], _step: QuitStep) -> Result<Option<Finding>, Finding> {
    first.iter().for_each(|process| send_term(process));
    Ok(None)
}

/// Starts Claude so that it keeps running when this program ends. Returns what the system answered, if it says anything
/// but that it worked; never on this system.
///
/// # Errors
/// The system's error.
pub(crate) fn start(install: &Install, places: &Places) -> io::Result<Option<String>> {
    start_program(&install.launcher, places).map(|()| None)
}

/// The person's language by the environment.
pub(crate) fn language() -> Option<String> {
    ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(|name| env::var(name).ok().filter(|value| !value.is_empty()))
}

/// The proxy settings of the desktop, if it uses GNOME's settings.
pub(crate) fn proxy_settings(_address: &GatewayUrl) -> ProxySettings {
    let mut gsettings = command::program("gsettings");
    gsettings.args(["list-recursively", "org.gnome.system.proxy"]);
    match command::run(&mut gsettings, "", SETTINGS_LIMIT) {
        Ok(ended) if ended.code == Some(0) => of_gnome(&ended.output),
        _ => ProxySettings::default(),
    }
}

/// Whether a virtual machine can run here, by the kernel or the processor; `None` if that is unknown.
pub(crate) fn virtualisation(places: &Places) -> Option<bool> {
    if places.system.join("dev/kvm").exists() {
        return Some(true);
    }
    let processor = fs_err::read_to_string(places.system.join("proc/cpuinfo")).ok()?;
    Some(processor.split_whitespace().any(|word| word == "vmx" || word == "svm"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn scratch() -> (tempfile::TempDir, Places) {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_scratch(folder.path()).unwrap();
        std::fs::create_dir_all(&places.system).unwrap();
        (folder, places)
    }

    fn put(path: &Path, text: &str, mode: u32) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn the_deb_is_found_with_its_version() {
        let (_folder, places) = scratch();
        assert_eq!(locate(&places).map(|install| install.launcher), None);
        put(&places.system.join("usr/lib/claude-desktop/claude-desktop"), "", 0o755);
        let status = "Package: other\nStatus: install ok installed\nVersion: 9.9.9\n\nPackage: claude-desktop\nStatus: install ok installed\nVersion: 1.46388.4-1\n\n";
        put(&places.system.join("var/lib/dpkg/status"), status, 0o644);
        let install = locate(&places).unwrap();
        assert_eq!(install.version, Some(Version(1, 46388, 4)));
    }

    #[test]
    fn a_removed_package_has_no_version() {
        let (_folder, places) = scratch();
        let status = "Package: claude-desktop\nStatus: deinstall ok config-files\nVersion: 1.2.3\n";
        put(&places.system.join("var/lib/dpkg/status"), status, 0o644);
        assert_eq!(package_version(&places), None);
    }

    #[test]
    fn a_managed_file_must_be_the_administrators() {
        let (_folder, places) = scratch();
        let path = places.system.join("etc/claude-desktop/managed-settings.json");
        assert_eq!(managed(&places), ManagedSource::Absent);
        put(&path, "{}", 0o644);
        assert!(matches!(managed(&places), ManagedSource::File { .. }));
        put(&path, "{}", 0o666);
        assert!(matches!(managed(&places), ManagedSource::Rejected { .. }));
        std::fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink("/etc/hostname", &path).unwrap();
        assert!(matches!(managed(&places), ManagedSource::Rejected { .. }));
    }

    #[test]
    fn claude_is_known_by_its_path_and_never_by_its_name() {
        let install = Install {
            launcher: "/usr/bin/claude-desktop".into(),
            program: "/usr/lib/claude-desktop/claude-desktop".into(),
            version: None,
            folders: Vec::new(),
            families: Vec::new(),
        };
        let is = |exe: &str| is_claude(&install, Some(Path::new(exe)), &[]);
        assert!(is("/usr/lib/claude-desktop/claude-desktop"));
        assert!(!is("/usr/lib/claude-desktop/chrome_crashpad_handler"), "what only lies beside it");
        assert!(is("/usr/lib/claude-desktop/claude-desktop (deleted)"));
        assert!(!is("/home/li/.config/Claude-3p/claude-code/2.1/claude"), "Claude's bundled agent must survive");
        assert!(!is("/home/li/.local/bin/claude"), "Claude Code must survive");
        assert!(!is("/home/li/bin/claude-desktop"), "another program of that name must survive");
    }

    #[test]
    fn a_program_in_a_shared_folder_is_known_by_its_full_path() {
        let install = Install {
            launcher: "/usr/bin/claude-desktop".into(),
            program: "/usr/bin/claude-desktop".into(),
            version: None,
            folders: Vec::new(),
            families: Vec::new(),
        };
        assert!(is_claude(&install, Some(Path::new("/usr/bin/claude-desktop")), &[]));
        assert!(!is_claude(&install, Some(Path::new("/usr/bin/bash")), &[]));
    }
}
