//! Claude's folder as people have it (reports S01, S03, S04): files that hold nothing, a link to a disk that is
//! not there, and what this person may not write. Each gets an answer that fits its cause, and no dead end.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, missing_docs, reason = "a test works on files and processes")]
#![cfg(unix)]

use std::fs;
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, chown, lchown, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

const ID: &str = "0f9d1a2b-1c2d-4e5f-8a9b-0c1d2e3f4a5b";
const META: &str = r#"{"appliedId": "0f9d1a2b-1c2d-4e5f-8a9b-0c1d2e3f4a5b", "entries": [{"id": "0f9d1a2b-1c2d-4e5f-8a9b-0c1d2e3f4a5b", "name": "Default"}]}"#;
const MODE: &str = r#"{"deploymentMode": "1p"}"#;
/// Somebody who is not the administrator.
const SOMEBODY: u32 = 65_534;

/// A home whose owner is never the administrator, who may write everything.
struct Home {
    folder: tempfile::TempDir,
    is_root: bool,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = Self { folder, is_root: rustix::process::geteuid().is_root() };
        fs::set_permissions(home.folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        // Where the tests are built, somebody else may not look. Another program copies it: a child that a test
        // beside this one starts in that moment would hold our open copy, and what is open for writing is not run.
        let mut copy = Command::new("cp");
        copy.arg(env!("CARGO_BIN_EXE_airouter-setup-cli")).arg(home.program());
        assert!(copy.status().unwrap().success(), "the program is not copied");
        home
    }

    fn program(&self) -> PathBuf {
        self.folder.path().join("airouter-setup-cli")
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("home/.config/Claude-3p")
    }

    fn library(&self) -> PathBuf {
        self.root().join("configLibrary")
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        fs::create_dir_all(self.library()).unwrap();
        fs::write(self.root().join(name), bytes).unwrap();
    }

    /// Claude's folder after it ran in its ordinary mode.
    fn usual(&self) {
        self.put("configLibrary/_meta.json", META.as_bytes());
        self.put(&format!("configLibrary/{ID}.json"), b"{}");
        self.put("claude_desktop_config.json", MODE.as_bytes());
    }

    /// What it prints: an object, and sentences.
    fn run(&self, words: &[&str]) -> (Value, String) {
        fs::create_dir_all(self.folder.path().join("home/.config")).unwrap();
        if self.is_root {
            give(&self.folder.path().join("home"));
        }
        self.run_as_it_is(words)
    }

    fn run_as_it_is(&self, words: &[&str]) -> (Value, String) {
        let mut program = Command::new(self.program());
        program.args(words).args(["--json", "--lang", "en"]).env_clear().env("HOME", self.folder.path().join("home"));
        program.env("PATH", "/usr/bin:/bin").env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent").current_dir("/");
        if self.is_root {
            program.uid(SOMEBODY).gid(SOMEBODY);
        }
        let mut child = program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let _ = child.stdin.take().unwrap().write_all(b"sk-Abc123Def456Ghi789Jkl012Mno345Pqr678");
        let output = child.wait_with_output().unwrap();
        (serde_json::from_slice(&output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    }

    fn apply(&self) -> (Value, String) {
        self.run(&APPLY)
    }
}

const APPLY: [&str; 9] = [
    "apply",
    "--address",
    "https://gate.example/claude",
    "--without-check",
    "--write-only",
    "--static-key",
    "--model",
    "claude-sonnet-4-6",
    "--key-stdin",
];

/// Gives a folder and all in it to somebody.
fn give(path: &Path) {
    lchown(path, Some(SOMEBODY), Some(SOMEBODY)).unwrap();
    if path.is_dir() && !path.is_symlink() {
        fs::read_dir(path).unwrap().flatten().for_each(|entry| give(&entry.path()));
    }
}

fn codes(said: &Value) -> Vec<&str> {
    said["findings"].as_array().unwrap().iter().filter_map(|finding| finding["code"].as_str()).collect()
}

/// S01: zero bytes of a full disk, NUL bytes of a power cut. Claude takes such a file for an empty one.
#[test]
fn a_file_that_holds_nothing_is_kept_aside_and_no_dead_end() {
    let with_tail = [META.as_bytes(), &[0; 200]].concat();
    let states: [(&str, &[u8]); 4] = [
        ("claude_desktop_config.json", b""),
        ("claude_desktop_config.json", &[0; 337]),
        ("configLibrary/_meta.json", b""),
        ("configLibrary/_meta.json", &with_tail),
    ];
    for (name, bytes) in states {
        let home = Home::new();
        home.usual();
        home.put(name, bytes);
        let (said, told) = home.apply();
        assert_eq!(said["outcome"], "written", "{name}: {said:#}");
        assert!(codes(&said).contains(&"AR-747") && !told.contains("Tell support"), "{name}: {told}");
        let path = home.root().join(name);
        let is_copy = |entry: &fs::DirEntry| entry.path() != path && fs::read(entry.path()).is_ok_and(|it| it == bytes);
        assert!(fs::read_dir(path.parent().unwrap()).unwrap().flatten().any(|entry| is_copy(&entry)), "{name}");
        let (said, told) = home.run(&["undo"]);
        assert_eq!(said["undone"], true, "{name}: {said:#} {told}");
        assert_eq!(fs::read(&path).unwrap(), bytes, "{name}: not as before");
    }
}

/// S03: the folder lies on another disk, and the disk is away.
#[test]
fn a_folder_that_leads_nowhere_is_told_as_that() {
    let home = Home::new();
    fs::create_dir_all(home.root().parent().unwrap()).unwrap();
    symlink(home.folder.path().join("other-disk/Claude-3p"), home.root()).unwrap();
    let (said, told) = home.apply();
    assert!(!told.contains("free space") && told.contains("other-disk"), "{said:#} {told}");
    assert!(home.root().is_symlink() && !home.root().exists(), "nothing is made in its place");
}

/// S04: Claude was started once with the administrator's rights, or somebody has locked the folder.
#[test]
fn what_may_not_be_written_is_told_with_its_path_and_a_cure() {
    let locked = |path: PathBuf, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let taken = |path: PathBuf, mode| {
        chown(&path, Some(0), Some(0)).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    type Make<'a> = Box<dyn Fn(&Home) + 'a>;
    let mut states: Vec<(&str, Make)> = vec![
        ("library read-only", Box::new(|home| locked(home.library(), 0o555))),
        (
            "index and library read-only",
            Box::new(|home| {
                locked(home.library().join("_meta.json"), 0o444);
                locked(home.library(), 0o555);
            }),
        ),
    ];
    // To give a file to the administrator, one must be the administrator.
    if rustix::process::geteuid().is_root() {
        states.push(("folder of root", Box::new(|home| taken(home.root(), 0o755))));
        states.push(("library of root, closed", Box::new(|home| taken(home.library(), 0o700))));
        states.push(("index of root, closed", Box::new(|home| taken(home.library().join("_meta.json"), 0o600))));
    }
    for (name, make) in states {
        let home = Home::new();
        home.usual();
        if home.is_root {
            give(&home.folder.path().join("home"));
        }
        make(&home);
        let (said, told) = home.run_as_it_is(&APPLY);
        assert_ne!(said["outcome"], "written", "{name}");
        assert!(!told.contains("free space") && !told.contains("Tell support"), "{name}: {told}");
        assert!(told.contains("Claude-3p"), "{name} is told without the path: {told}");
        let (doctor, _) = home.run_as_it_is(&["doctor", "--local"]);
        assert!(codes(&doctor).iter().any(|code| codes(&said).contains(code)), "{name}: the doctor says {doctor:#}");
        // So that the folder can be removed.
        locked(home.library(), 0o755);
    }
}
