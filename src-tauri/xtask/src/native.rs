//! `cargo xtask native`: on a real Windows, what `cargo xtask cross windows` runs under Wine, and what Wine does not
//! have: a package of the stand-in Claude, with containers, identities and updates as Windows makes them.
//!
//! All of it changes the registry, the credential store and what is installed, so it runs only where the computer
//! is thrown away afterwards, which the build service says by `CI=true`.

mod msix;

use anyhow::{Result, ensure};

use crate::cross::PACKAGES;
use crate::step::{cargo, step, target};

/// The variable by which a build service says that the computer is thrown away.
const DISPOSABLE: (&str, &str) = ("CI", "true");

/// Builds, packs, and runs the tests.
pub(crate) fn native() -> Result<()> {
    ensure!(cfg!(windows), "this needs a Windows; elsewhere there is `cargo xtask cross windows`");
    let is_disposable = std::env::var(DISPOSABLE.0).is_ok_and(|value| value == DISPOSABLE.1);
    ensure!(is_disposable, "this changes the computer: set {}={} on one that is deleted", DISPOSABLE.0, DISPOSABLE.1);
    step("build", tests().arg("--no-run"))?;
    let programs = target().join("debug");
    let packages = msix::make(&programs, &target().join("msix"))?;
    step("tests", tests().env("PROGRAMS", &programs).env("MSIX", &packages))
}

fn tests() -> std::process::Command {
    let mut command = cargo();
    command.arg("test").args(PACKAGES.iter().flat_map(|package| ["-p", package]));
    command.args(["--features", "e2e-windows/native", "--lib", "--bins", "--tests"]);
    command
}
