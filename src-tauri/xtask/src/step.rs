//! Running one program, saying so, and stopping at the first that fails.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use crate::times::spoken;

/// The project's root folder.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// The folder of what is built.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A program to be run from the project's root.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root());
    command
}

/// The cargo that runs this.
pub(crate) fn cargo() -> Command {
    program(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// npm, in the page's folder.
pub(crate) fn npm() -> Command {
    let mut command = program(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.args(["--prefix", "ui"]);
    command
}

/// Runs a program under a heading.
pub(crate) fn step(heading: &str, command: &mut Command) -> Result<()> {
    eprintln!("\n── {heading}");
    let start = Instant::now();
    let status =
        command.status().with_context(|| format!("{heading}: {} does not start", command.get_program().display()))?;
    ensure!(status.success(), "{heading}: failed ({status})");
    eprintln!("── {heading}: {}", spoken(start.elapsed()));
    Ok(())
}
