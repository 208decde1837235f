//! The house rules that no other tool checks: which part may use which, what may not stand anywhere, that every
//! code is complete, that children are made in one place, that modules import each other without circles, that nothing
//! is copied and that long files have a reason.

mod children;
mod codes;
mod duplicates;
pub(crate) mod floors;
mod handles;
mod lengths;
mod page;
mod windows_paths;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use crate::step::root;
use crate::system_code;

/// A word that only some folders may hold.
struct Rule {
    why: &'static str,
    word: &'static str,
    endings: &'static [&'static str],
    allowed: &'static [&'static str],
}

const RULES: &[Rule] = &[
    Rule {
        why: "only the shell knows Tauri",
        word: "tauri::",
        endings: &["rs"],
        allowed: &["src-tauri/src/", "src-tauri/examples/", "src-tauri/tests/", "src-tauri/build.rs"],
    },
    Rule {
        why: "only the credential program is linked with the keychain",
        word: "keyring::",
        endings: &["rs"],
        allowed: &["src-tauri/src/bin/airouter-credential.rs", "tests/windows/tests/all/credential.rs"],
    },
    Rule {
        why: "only the credential program is linked with the keychain",
        word: "keyring_core::",
        endings: &["rs"],
        allowed: &["src-tauri/src/bin/airouter-credential.rs", "tests/windows/tests/all/credential.rs"],
    },
    Rule {
        why: "core knows no system, no files, no environment",
        word: "std::fs",
        endings: &["rs"],
        allowed: &[
            "src-tauri/crates/platform/",
            "src-tauri/crates/practice/",
            "src-tauri/crates/rehearsal/tests/",
            "src-tauri/xtask/",
            "src-tauri/crates/core/tests/",
            "src-tauri/crates/core/fuzz/",
            "tests/",
            "src-tauri/build.rs",
            "src-tauri/src/bin/airouter-credential.rs",
            "src-tauri/examples/",
            "src-tauri/tests/",
        ],
    },
    Rule {
        why: "one place knows which system it is",
        word: "target_os",
        endings: &["rs"],
        allowed: &["src-tauri/crates/platform/", "src-tauri/crates/practice/", "src-tauri/xtask/"],
    },
    Rule {
        why: "one file of the page knows Tauri",
        word: "@tauri-apps",
        endings: &["ts", "svelte"],
        allowed: &["ui/src/lib/backend/tauri.ts", "ui/tests/"],
    },
    Rule { why: "no test is skipped", word: "#[ignore", endings: &["rs"], allowed: &[] },
    Rule { why: "no test is skipped", word: ".skip(", endings: &["ts"], allowed: &[] },
    Rule { why: "no test is alone", word: ".only(", endings: &["ts"], allowed: &[] },
];

/// Checks them all and names every breach.
pub(crate) fn tidy() -> Result<()> {
    eprintln!("\n── house rules");
    let mut breaches = Vec::new();
    let files = files()?;
    for rule in RULES {
        for file in files.iter().filter(|file| rule.applies_to(file)) {
            let text = std::fs::read_to_string(root().join(file)).unwrap_or_default();
            for (number, line) in text.lines().enumerate() {
                let is_code = !line.trim_start().starts_with("//");
                if is_code && line.contains(rule.word) {
                    breaches.push(format!("{}:{}: {}", file.display(), number + 1, rule.why));
                }
            }
        }
    }
    breaches.extend(codes::breaches(&files)?);
    breaches.extend(children::breaches(&files));
    breaches.extend(page::breaches(&files));
    breaches.extend(handles::breaches(&files));
    breaches.extend(windows_paths::breaches(&files));
    breaches.extend(floors::breaches()?);
    breaches.extend(duplicates::breaches(&files));
    let (long, median) = lengths::breaches(&files);
    breaches.extend(long);
    eprintln!("── half of all files have at most {median} lines");
    ensure!(breaches.is_empty(), "house rules are broken:\n{}", breaches.join("\n"));
    system_code::system_code()
}

impl Rule {
    fn applies_to(&self, file: &Path) -> bool {
        let name = file.to_string_lossy().replace('\\', "/");
        let has_ending = self.endings.iter().any(|ending| file.extension().is_some_and(|it| it == *ending));
        let is_this_file = name == "src-tauri/xtask/src/tidy.rs";
        has_ending && !is_this_file && !self.allowed.iter().any(|place| name.starts_with(place))
    }
}

/// The files that git knows or would take.
fn files() -> Result<Vec<PathBuf>> {
    let output = Command::new("git")
        .current_dir(root())
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .output()?;
    ensure!(output.status.success(), "git does not list the files");
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(PathBuf::from).collect())
}
