//! Everything that comes out of the command line: what each command prints, and what it leaves in files.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::places::MARK;

pub(crate) const CLI: &str = env!("CARGO_BIN_EXE_airouter-setup-cli");

/// A home of its own in which commands run.
pub(crate) struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// What a command prints on its two streams.
    pub(crate) fn run(&self, words: &[&str], input: &str) -> String {
        let mut program = Command::new("setsid");
        program.args(["--wait", CLI]).args(words).env_clear().env("HOME", self.path()).env("PATH", "/usr/bin:/bin");
        program.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent").current_dir(self.path());
        program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = program.spawn().unwrap();
        // A program that refuses its words reads no key.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        format!("{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    }

    /// Every file with its name, packed ones unpacked. Of a profile of Claude's not the key, which belongs there.
    pub(crate) fn files(&self) -> String {
        collected(self.path())
    }
}

/// The same of another folder, or of one file.
pub(crate) fn collected(path: &Path) -> String {
    let mut text = String::new();
    if path.is_dir() {
        collect(path, &mut text);
    } else {
        text = content(path);
    }
    text
}

fn collect(folder: &Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        text.push_str(&format!("\n{}\n", path.display()));
        if path.is_dir() {
            collect(&path, text);
        } else {
            text.push_str(&content(&path));
        }
    }
}

fn content(path: &Path) -> String {
    let bytes = std::fs::read(path).unwrap();
    if path.extension().is_some_and(|kind| kind == "zip") {
        return unpacked(&bytes);
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let is_profile = path.to_string_lossy().contains("configLibrary/") && !path.ends_with("_meta.json");
    match serde_json::from_str::<Value>(&text) {
        Ok(Value::Object(mut fields)) if is_profile => {
            fields.remove("inferenceGatewayApiKey").expect("a profile with the key, or this takes out nothing");
            Value::Object(fields).to_string()
        }
        _ => text,
    }
}

/// Everything in an archive.
pub(crate) fn unpacked(bytes: &[u8]) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        text.push_str(&format!("\n{:?}\n", file.name()));
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        text.push_str(&String::from_utf8_lossy(&bytes));
    }
    text
}

/// A way out: its name, a word by which it is seen to be no empty one, and what has to be done for it.
pub(crate) type WayOut = (&'static str, &'static str, fn(&Home, &str, &str) -> String);

/// Of Claude's files and the journal, which hold nothing that a gateway said.
const WRITTEN: &str = "inferenceGatewayBaseUrl";

fn asked(home: &Home, words: &[&str], base: &str, key: &str) -> String {
    home.run(&[words, &["--address", base, "--key-stdin", "--lang", "en"]].concat(), key)
}

/// Connects as far as the gateway lets it; what it was told first is not asked for.
fn connected(home: &Home, base: &str, key: &str, more: &[&str]) -> String {
    let words = ["apply", "--static-key", "--write-only", "--yes"];
    asked(home, &[&words[..], more].concat(), base, key)
}

const UNCHECKED: [&str; 3] = ["--without-check", "--model", "claude-sonnet-4-5-20250929"];

pub(crate) const WAYS_OUT: &[WayOut] = &[
    ("check", MARK, |home, base, key| asked(home, &["check"], base, key)),
    ("check --json", MARK, |home, base, key| asked(home, &["check", "--json"], base, key)),
    ("models", MARK, |home, base, key| asked(home, &["models"], base, key)),
    ("models --json", MARK, |home, base, key| asked(home, &["models", "--json"], base, key)),
    ("apply", MARK, |home, base, key| connected(home, base, key, &[])),
    ("apply --json", MARK, |home, base, key| connected(home, base, key, &["--json"])),
    ("journal and files", WRITTEN, |home, base, key| {
        connected(home, base, key, &[]);
        home.files()
    }),
    ("doctor", MARK, |home, base, key| asked(home, &["doctor"], base, key)),
    ("doctor --json", MARK, |home, base, key| {
        connected(home, base, key, &UNCHECKED);
        home.run(&["doctor", "--json"], "")
    }),
    ("report", MARK, |home, base, key| asked(home, &["report", "--json"], base, key)),
    ("report's archive", MARK, |home, base, key| {
        asked(home, &["report", "--out", "r.zip"], base, key);
        home.files()
    }),
    ("export", WRITTEN, |home, base, key| {
        let first = connected(home, base, key, &[]);
        if !home.path().join(".config/Claude-3p/configLibrary").exists() {
            connected(home, base, key, &UNCHECKED);
        }
        let words = ["export", "--preset", "--supporter", "Ms Chen", "--note", "marked-sentence"];
        let said = home.run(&words, "") + &home.run(&["export", "--to", "fleet", "--json"], "");
        format!("{first}\n{said}\n{}", home.files())
    }),
    ("repair and undo", "\"undone\":true", |home, base, key| {
        connected(home, base, key, &UNCHECKED);
        let said = home.run(&["status", "--json"], "") + &home.run(&["repair", "--write-only", "--json"], "");
        said + &home.run(&["undo", "--yes", "--json"], "") + &home.files()
    }),
];
