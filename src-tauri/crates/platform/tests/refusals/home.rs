//! A home in which Claude is connected already, so that all three files exist.

use std::collections::BTreeMap;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use airouter_core::address::GatewayUrl;
use airouter_core::check::AuthScheme;
use airouter_core::plan::Wishes;
use airouter_core::secret::Secret;
use airouter_core::view::{ApplyReport, KeyPlace, Outcome};
use airouter_platform::places::Places;
use airouter_platform::{apply, claude, state};

pub(crate) struct Home {
    folder: tempfile::TempDir,
    places: Places,
    profile: PathBuf,
}

/// Mode, owner, and the bytes of a file or the target of a link.
type Thing = (u32, u32, Vec<u8>);

impl Home {
    pub(crate) fn connected() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let places = Places { account: None, ..Places::in_scratch(folder.path()).unwrap() };
        std::fs::create_dir_all(folder.path().join("elsewhere")).unwrap();
        std::fs::create_dir_all(&places.system).unwrap();
        std::fs::create_dir_all(&places.root).unwrap();
        std::fs::write(places.mode(), "{\n  \"mcpServers\": {}\n}").unwrap();
        let home = Self { folder, places, profile: PathBuf::new() };
        let report = home.apply("https://old.example/claude", false);
        assert_eq!(report.outcome, Outcome::Written, "{:?}", report.findings);
        let journal = state::journal(&home.places).unwrap().unwrap();
        Self { profile: home.places.profile(&journal.profile_id), ..home }
    }

    /// Connects to another address; may restart Claude.
    pub(crate) fn connect(&self) -> ApplyReport {
        self.apply("https://new.example/claude", true)
    }

    pub(crate) fn connect_without_restart(&self) -> ApplyReport {
        self.apply("https://new.example/claude", false)
    }

    fn apply(&self, base: &str, restart: bool) -> ApplyReport {
        let wishes = Wishes {
            name: "AIRouter".to_owned(),
            base: GatewayUrl::parse(base).unwrap(),
            scheme: AuthScheme::Bearer,
            models: vec!["claude-sonnet-4-6".to_owned()],
            every_model: false,
            key_place: KeyPlace::Profile,
            egress: None,
            carry_over: false,
            restart,
        };
        let key = Secret::new("sk-0123456789abcdef0123456789".to_owned());
        apply::apply(&self.places, &wishes, &key, None, &mut |_| {})
    }

    /// The list, changed so that nothing is selected and there is something to write.
    pub(crate) fn meta(&self) -> PathBuf {
        let applied = format!("\"appliedId\": \"{}\"", self.profile.file_stem().unwrap().to_string_lossy());
        changed(self.places.meta(), &applied, "\"appliedId\": \"\"")
    }

    /// The settings, changed to the ordinary mode, so that there is something to write.
    pub(crate) fn mode(&self) -> PathBuf {
        changed(self.places.mode(), "\"3p\"", "\"1p\"")
    }

    /// The folder of the list and the profiles.
    pub(crate) fn library(&self) -> PathBuf {
        self.places.library()
    }

    /// The folder of the settings.
    pub(crate) fn root(&self) -> PathBuf {
        self.places.root.clone()
    }

    pub(crate) fn profile(&self) -> PathBuf {
        self.profile.clone()
    }

    pub(crate) fn journal(&self) -> PathBuf {
        self.places.state.join("journal.json")
    }

    pub(crate) fn policy(&self) -> PathBuf {
        self.places.system.join("etc/claude-desktop/managed-settings.json")
    }

    pub(crate) fn claude(&self) -> PathBuf {
        self.places.system.join("usr/bin/claude-desktop")
    }

    /// A folder outside of Claude's.
    pub(crate) fn elsewhere(&self) -> PathBuf {
        self.folder.path().join("elsewhere")
    }

    /// A Claude that ignores requests to quit.
    pub(crate) fn start_a_claude_that_stays(&self) -> Child {
        let path = self.claude();
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, "#!/bin/sh\ntrap '' TERM\nwhile :; do sleep 0.2; done\n").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        // Through its interpreter, as the system would: while another test forks, a new file may be busy (`ETXTBSY`).
        let child = Command::new("/bin/sh").arg(&path).stdin(Stdio::null()).spawn().unwrap();
        let install = claude::locate(&self.places).unwrap();
        while !claude::is_running(&install) {
            std::thread::sleep(Duration::from_millis(10));
        }
        child
    }

    /// Everything below the scratch folder: this program's own files too.
    pub(crate) fn everything(&self) -> BTreeMap<PathBuf, Thing> {
        let mut things = BTreeMap::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).unwrap().flatten() {
                let (path, meta) = (entry.path(), std::fs::symlink_metadata(entry.path()).unwrap());
                let bytes = if meta.is_symlink() {
                    std::fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes()
                } else if meta.is_dir() {
                    folders.push(path.clone());
                    Vec::new()
                } else {
                    std::fs::read(&path).unwrap()
                };
                things.insert(path, (meta.mode(), meta.uid(), bytes));
            }
        }
        things
    }
}

fn changed(path: PathBuf, from: &str, to: &str) -> PathBuf {
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from} is not in {text}");
    std::fs::write(&path, text.replace(from, to)).unwrap();
    path
}

/// Gives a file to another user; false if that is not possible here.
pub(crate) fn give_away(path: &Path) -> bool {
    const NOBODY: u32 = 65_534;
    if std::os::unix::fs::chown(path, Some(NOBODY), None).is_ok() {
        return true;
    }
    loudly("not run as root: asking `sudo` to give a file away");
    let given = Command::new("sudo").args(["-n", "chown", "65534"]).arg(path).stderr(Stdio::null()).status();
    given.is_ok_and(|status| status.success())
}

/// Keeps a file or folder unwritable until it is dropped.
pub(crate) enum Lock {
    Flag(PathBuf),
    Mode(PathBuf, u32),
}

/// Makes a file or a folder unwritable, even for root; `None` if that is not possible here.
pub(crate) fn lock(path: &Path) -> Option<Lock> {
    let flagged = Command::new("chattr").arg("+i").arg(path).stderr(Stdio::null()).status();
    if flagged.is_ok_and(|status| status.success()) {
        return Some(Lock::Flag(path.to_owned()));
    }
    let mode = std::fs::metadata(path).unwrap().permissions().mode();
    if rustix::process::geteuid().is_root() {
        return None;
    }
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode & 0o555)).unwrap();
    Some(Lock::Mode(path.to_owned(), mode))
}

impl Drop for Lock {
    fn drop(&mut self) {
        match self {
            Self::Flag(path) => drop(Command::new("chattr").arg("-i").arg(path).status()),
            Self::Mode(path, mode) => {
                let _ = std::fs::set_permissions(path, std::fs::Permissions::from_mode(*mode));
            }
        }
    }
}

/// Prints past the test runner's output capture, so that a test that was not run as intended is noticed.
pub(crate) fn loudly(what: &str) {
    use std::io::Write;
    let tty = std::fs::OpenOptions::new().write(true).open("/proc/self/fd/2");
    let _ = tty.and_then(|mut tty| writeln!(tty, "\n*** NOT RUN AS INTENDED: {what} ***"));
}
