//! The lane for Windows: build everything, run the tests and the console programs under Wine.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};

use super::compiler::{self, cargo};
use super::count::step_counting;
use super::prefix::Prefix;
use super::runner;
use crate::bundle::manifest;
use crate::step::step;

/// The target.
const TRIPLE: &str = "x86_64-pc-windows-gnu";
/// The packages whose programs are built and whose tests run. They are named together, since cargo builds a
/// library anew for other packages: the more often, the more of its parts they ask for.
pub(crate) const PACKAGES: [&str; 7] = [
    "airouter-cli",
    "airouter-core",
    "airouter-platform",
    "airouter-practice",
    "airouter-rehearsal",
    "airouter-setup",
    "e2e-windows",
];
/// Fewer tests than this means that something is no longer run.
const FEWEST: usize = 150;

/// Builds, then runs.
pub(super) fn lane() -> Result<()> {
    compiler::check()?;
    step("build for Windows", tests().arg("--no-run"))?;
    let folder = compiler::folder().join(TRIPLE).join("debug");
    manifest::check(&folder)?;
    let prefix = Prefix::make()?;
    let ran = run(&prefix, &folder);
    prefix.close();
    let tests = ran?;
    ensure!(tests >= FEWEST, "only {tests} tests ran as Windows programs; there must be {FEWEST}");
    Ok(())
}

fn run(prefix: &Prefix, folder: &Path) -> Result<usize> {
    for (name, words, expected) in CONSOLE {
        let output = prefix.wine().arg(folder.join(name)).args(*words).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        ensure!(
            output.status.code() == Some(*expected),
            "{name} {}: ended with {}, not {expected}: {text}",
            words.join(" "),
            output.status
        );
        eprintln!("── {name} {}: {expected}", words.join(" "));
    }
    let mut tests = tests();
    prefix.equip(&mut tests);
    let runner = [std::env::current_exe()?.to_string_lossy().into_owned(), runner::WORD.to_owned()];
    tests.args(["--config", &format!("target.{TRIPLE}.runner={runner:?}")]).env("PROGRAMS", folder);
    // The window's tests find a library of the engine beside the programs.
    step_counting("tests under Wine", tests.env("WINEPATH", folder))
}

/// What the console programs must end with on a computer without Claude and without a key.
const CONSOLE: &[(&str, &[&str], i32)] = &[
    ("airouter-setup-cli.exe", &["--version"], 0),
    ("airouter-setup-cli.exe", &["chek"], 2),
    ("airouter-setup-cli.exe", &["status", "--json"], 1),
    ("airouter-credential.exe", &["check"], 3),
    ("airouter-credential.exe", &["nonsense"], 2),
];

fn tests() -> Command {
    let mut command = cargo("test", TRIPLE);
    command.args(PACKAGES.iter().flat_map(|package| ["-p", package])).args(["--lib", "--bins", "--tests"]);
    command
}
