//! A computer in a scratch folder: its state, an act on it, and the checks afterwards.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use airouter_core::address::GatewayUrl;
use airouter_core::check::AuthScheme;
use airouter_core::plan::Wishes;
use airouter_core::secret::Secret;
use airouter_core::view::{KeyPlace, Outcome, UndoGoal};
use airouter_platform::places::Places;
use airouter_platform::{apply, fault_injection, observe, recover, undo};

use crate::states::State;

const NEW_KEY: &str = "sk-new-0123456789abcdef0123456789";
/// The key of the person's own home, which must not be touched.
const OWN_KEY: &str = "sk-own-0123456789abcdef0123456789";
const OLD_KEY: &str = "sk-old-0123456789abcdef0123456789";

/// What the test does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// Connect.
    Apply,
    /// Undo everything.
    Undo,
    /// Back to Anthropic's own sign-in.
    Leave,
}

impl Act {
    pub(crate) const ALL: [Self; 3] = [Self::Apply, Self::Undo, Self::Leave];

    fn name(self) -> &'static str {
        match self {
            Self::Apply => "apply",
            Self::Undo => "undo",
            Self::Leave => "leave",
        }
    }
}

/// The contents of files, by path.
type Snapshot = BTreeMap<PathBuf, Vec<u8>>;

pub(crate) struct Computer {
    folder: tempfile::TempDir,
    places: Places,
    act: Act,
    static_key: bool,
    /// Claude's files before this program ever touched them.
    first: Snapshot,
    /// Claude's files before the act.
    before: Snapshot,
    /// Everything before the act, with the keychain.
    everything: Snapshot,
    /// All folders before the act.
    folders: Vec<PathBuf>,
    was_connected: bool,
}

impl Computer {
    /// A computer in a state, ready for an act; for an undo it has been connected.
    pub(crate) fn in_state(state: &State, act: Act) -> Self {
        // In `/dev/shm` if that exists: thousands of syncs would be slow on a disk and test nothing more.
        let folder = tempfile::tempdir_in(if Path::new("/dev/shm").is_dir() { "/dev/shm" } else { "/tmp" }).unwrap();
        let places = places(folder.path());
        put_helper(folder.path(), &places.bundled_helper);
        std::fs::write(folder.path().with_extension("own"), OWN_KEY).unwrap();
        std::fs::create_dir_all(places.root.parent().unwrap()).unwrap();
        for (path, text) in &state.files {
            let path = places.root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let first = snapshot(&places.root);
        if state.connected {
            // Always with the keychain, so that the change to a key in the profile is tested too.
            connect(&places, "https://old.example/claude", OLD_KEY, false);
        }
        if act == Act::Undo {
            connect(&places, "https://new.example/claude", NEW_KEY, state.static_key);
        }
        let before = snapshot(&places.root);
        let was_connected = state.connected || act == Act::Undo;
        let mut everything = snapshot(folder.path());
        let mut folders = Vec::new();
        folders_below(folder.path(), &mut folders);
        let chain = folder.path().with_extension("keychain");
        everything.extend(std::fs::read(&chain).ok().map(|key| (chain, key)));
        Self { folder, places, act, static_key: state.static_key, first, before, everything, folders, was_connected }
    }

    /// Restores the state before the act.
    pub(crate) fn reset(&self) {
        std::fs::write(self.own_entry(), OWN_KEY).unwrap();
        let chain = self.folder.path().with_extension("keychain");
        for path in snapshot(self.folder.path()).into_keys().chain([chain]) {
            if !self.everything.contains_key(&path) {
                let _ = std::fs::remove_file(&path);
            }
        }
        for (path, bytes) in &self.everything {
            if std::fs::read(path).ok().as_ref() != Some(bytes) {
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, bytes).unwrap();
            }
        }
        for program in [&self.places.helper, &self.places.bundled_helper] {
            if program.exists() {
                std::fs::set_permissions(program, std::fs::Permissions::from_mode(0o700)).unwrap();
            }
        }
        remove_empty_folders(self.folder.path());
        for folder in &self.folders {
            std::fs::create_dir_all(folder).unwrap();
        }
    }

    /// Runs the act.
    pub(crate) fn act(&self) {
        act(&self.places, self.act, self.static_key);
    }

    /// Runs the act in a child process that is killed at one step.
    pub(crate) fn kill_at(&self, at: usize) {
        let status = Command::new(std::env::current_exe().unwrap())
            .env("CRASH_FOLDER", self.folder.path())
            .env("CRASH_AT", at.to_string())
            .env("CRASH_ACT", self.act.name())
            .env("CRASH_STATIC", if self.static_key { "yes" } else { "no" })
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert!(!status.success(), "the child was to be killed at step {at}");
    }

    /// True if Claude's files differ from those before the act.
    pub(crate) fn has_moved(&self) -> bool {
        snapshot(&self.places.root) != self.before
    }

    /// Starts the program again and checks everything.
    pub(crate) fn judge(&self) -> Result<(), String> {
        torn(&self.places.root)?;
        if let Some(finding) = recover::recover(&self.places).filter(airouter_core::finding::Finding::blocks) {
            return Err(format!("the next start is stuck: {finding:?}"));
        }
        torn(&self.places.root)?;
        self.leftovers()?;
        let now = snapshot(&self.places.root);
        let overview = observe::overview(&self.places);
        let is_old = now == self.before;
        match (&overview.status, self.act) {
            (None, Act::Apply) if !self.was_connected => expect(is_old, "neither connected nor as before", &now),
            (None, Act::Undo) => expect(now == self.first, "undone, and not as at first", &now),
            (None, Act::Apply) => Err("the connection of before is lost".to_owned()),
            (None, Act::Leave) if overview.can_undo => {
                undo::undo(&self.places, UndoGoal::Before, false, &mut |_| {});
                let end = snapshot(&self.places.root);
                expect(end == self.first, "left, undone, and not as at first", &end)
            }
            (None, Act::Leave) => expect(now == self.first, "neither left nor as at first", &now),
            (Some(status), _) => {
                expect(status.healthy, &format!("connected, and not well: {:?}", overview.findings), &now)?;
                self.the_key_fits(&status.base)?;
                // Undoing either connection restores the first bytes.
                let report = undo::undo(&self.places, UndoGoal::Before, false, &mut |_| {});
                expect(report.undone, &format!("cannot be undone: {:?}", report.findings), &now)?;
                let end = snapshot(&self.places.root);
                expect(end == self.first, "undone later, and not as at first", &end)
            }
        }?;
        self.nothing_of_the_key_is_left()
    }

    /// The old address has the old key, the new one the new.
    fn the_key_fits(&self, base: &str) -> Result<(), String> {
        let expected = if base.contains("old.example") { OLD_KEY } else { NEW_KEY };
        let journal = airouter_platform::state::journal(&self.places).unwrap().unwrap();
        match observe::key_in_use(&self.places, &journal) {
            Ok(key) if key.reveal() == expected => Ok(()),
            Ok(_) => Err(format!("{base} would get the other key")),
            Err(finding) => Err(format!("{base} has no key: {finding:?}")),
        }
    }

    fn leftovers(&self) -> Result<(), String> {
        let strays: Vec<PathBuf> = snapshot(self.folder.path())
            .into_keys()
            .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')))
            .collect();
        if strays.is_empty() { Ok(()) } else { Err(format!("left behind: {strays:?}")) }
    }

    /// After an undo, or if the act had no effect, no file contains a key and the keychain is empty.
    fn nothing_of_the_key_is_left(&self) -> Result<(), String> {
        for (path, bytes) in snapshot(self.folder.path()) {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            if text.contains(NEW_KEY) || text.contains(OLD_KEY) {
                return Err(format!("a key is in {}", path.display()));
            }
        }
        if std::fs::read_to_string(self.own_entry()).ok().as_deref() != Some(OWN_KEY) {
            return Err("the entry of the person's own home was touched".to_owned());
        }
        let account = self.places.helper.with_file_name(airouter_platform::helper::ACCOUNT_FILE);
        let left = [&self.places.helper, &account].into_iter().find(|path| path.exists());
        left.map_or(Ok(()), |path| Err(format!("{} is left", path.display())))
    }

    /// The keychain file of the person's own home, which is not this one.
    fn own_entry(&self) -> PathBuf {
        self.folder.path().with_extension("own")
    }
}

/// The child's side of [`Computer::kill_at`].
pub(crate) struct Child {
    folder: PathBuf,
    at: usize,
    act: Act,
    static_key: bool,
}

impl Child {
    pub(crate) fn from_environment() -> Option<Self> {
        let read = |name: &str| std::env::var(name).ok();
        Some(Self {
            folder: read("CRASH_FOLDER")?.into(),
            at: read("CRASH_AT")?.parse().unwrap(),
            act: Act::ALL.into_iter().find(|act| read("CRASH_ACT").as_deref() == Some(act.name()))?,
            static_key: read("CRASH_STATIC")? == "yes",
        })
    }

    pub(crate) fn run(self) {
        let mut step = 0;
        fault_injection::set(Some(Box::new(move |_| {
            if step == self.at {
                let me = rustix::process::getpid();
                rustix::process::kill_process(me, rustix::process::Signal::KILL).unwrap();
            }
            step += 1;
            Ok(())
        })));
        act(&places(&self.folder), self.act, self.static_key);
    }
}

fn act(places: &Places, act: Act, static_key: bool) {
    match act {
        Act::Apply => {
            apply_once(places, "https://new.example/claude", NEW_KEY, static_key);
        }
        Act::Undo => {
            undo::undo(places, UndoGoal::Before, false, &mut |_| {});
        }
        Act::Leave => {
            undo::undo(places, UndoGoal::Anthropic, false, &mut |_| {});
        }
    }
}

fn connect(places: &Places, base: &str, key: &str, static_key: bool) {
    assert_eq!(apply_once(places, base, key, static_key), Outcome::Written, "the state cannot be made");
}

fn apply_once(places: &Places, base: &str, key: &str, static_key: bool) -> Outcome {
    let wishes = Wishes {
        name: "AIRouter".to_owned(),
        base: GatewayUrl::parse(base).unwrap(),
        scheme: AuthScheme::Bearer,
        models: vec!["claude-sonnet-4-6".to_owned()],
        every_model: false,
        key_place: if static_key { KeyPlace::Profile } else { KeyPlace::Keychain },
        egress: None,
        carry_over: false,
        restart: false,
    };
    apply::apply(places, &wishes, &Secret::new(key.to_owned()), None, &mut |_| {}).outcome
}

fn places(folder: &Path) -> Places {
    Places { bundled_helper: folder.join("came-with-it"), ..Places::in_scratch(folder).unwrap() }
}

/// A helper program that follows the contract, with files outside the home as a keychain: one entry for this home,
/// which is named beside the helper, and the default one.
fn put_helper(folder: &Path, path: &Path) {
    let chain = folder.with_extension("keychain");
    let (chain, own) = (chain.display(), folder.with_extension("own"));
    let (own, account) = (own.display(), airouter_platform::helper::ACCOUNT_FILE);
    let script = format!(
        "#!/bin/sh\nchain={own}\ntest -f \"${{0%/*}}/{account}\" && chain={chain}\ncase \"$1\" in\nstore) cat > $chain.new && mv $chain.new $chain ;;\nforget) test -f $chain || exit 3; rm $chain ;;\ncheck) test -f $chain || exit 3 ;;\nversion) printf 0.1.0 ;;\n*) test -f $chain || exit 3; cat $chain ;;\nesac\n"
    );
    std::fs::write(path, script).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700)).unwrap();
}

impl Drop for Computer {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(self.folder.path().with_extension("keychain"));
        let _ = std::fs::remove_file(self.own_entry());
    }
}

/// Checks that every JSON file is complete.
fn torn(root: &Path) -> Result<(), String> {
    for (path, bytes) in snapshot(root) {
        let is_json = path.extension().is_some_and(|ending| ending == "json");
        if is_json && serde_json::from_slice::<serde_json::Value>(&bytes).is_err() {
            return Err(format!("{} is torn", path.display()));
        }
    }
    Ok(())
}

fn snapshot(folder: &Path) -> Snapshot {
    let mut files = Snapshot::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.insert(path.clone(), std::fs::read(&path).unwrap());
            }
        }
    }
    files
}

fn folders_below(folder: &Path, found: &mut Vec<PathBuf>) {
    found.push(folder.to_owned());
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            folders_below(&entry.path(), found);
        }
    }
}

/// Removes all empty folders.
fn remove_empty_folders(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            remove_empty_folders(&entry.path());
        }
    }
    let _ = std::fs::remove_dir(folder);
}

fn expect(is_so: bool, what: &str, now: &Snapshot) -> Result<(), String> {
    if is_so {
        return Ok(());
    }
    let texts: Vec<String> =
        now.iter().map(|(path, bytes)| format!("  {}: {}", path.display(), String::from_utf8_lossy(bytes))).collect();
    Err(format!("{what}\n{}", texts.join("\n")))
}
