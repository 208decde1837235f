//! The distribution's compiler, beside the one that builds this program.
//!
//! Debian ships a recent compiler with the source of its library, which is all that is needed to build
//! for a system whose library nobody has installed: the library is built first (`build-std`). That is no
//! stable feature, so the compiler is told that it is one of those that may use it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use crate::step::{program, target};

/// Where Debian's packages put their programs. The full path, since a rustup in the person's home usually
/// stands before them and would run another compiler.
const PROGRAMS: &str = "/usr/bin";

/// What belongs to another compiler, or would change what this one does.
const FOREIGN: [&str; 12] = [
    "CARGO",
    "CARGO_BUILD_TARGET",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_MANIFEST_DIR",
    "CARGO_PKG_VERSION",
    "RUSTC",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTC_WRAPPER",
    "RUSTDOC",
    "RUSTFLAGS",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
];

/// The folder of everything that is built here: the two compilers must not see each other's work.
pub(super) fn folder() -> PathBuf {
    target().join("cross")
}

/// Debian's cargo for one target, with one of its commands.
pub(super) fn cargo(word: &str, triple: &str) -> Command {
    // Cargo looks for its further commands in the person's home first, where those of a rustup are.
    let name = if word == "clippy" { "cargo-clippy" } else { "cargo" };
    let mut command = program(Path::new(PROGRAMS).join(name));
    for name in FOREIGN {
        command.env_remove(name);
    }
    command
        .env("RUSTC", Path::new(PROGRAMS).join("rustc"))
        .env("PATH", format!("{PROGRAMS}:/bin"))
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_DIR", folder())
        // Built once from nothing and run once: what helps in a debugger or at the next build only costs.
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_INCREMENTAL", "0")
        .args([word, "-Zbuild-std=std,panic_unwind", "--target", triple]);
    command
}

/// The compiler is there, and with the source of its library.
pub(super) fn check() -> Result<()> {
    let output = Command::new(Path::new(PROGRAMS).join("rustc")).args(["--print", "sysroot"]).output()?;
    let root = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    let library = root.join("lib/rustlib/src/rust/library/std");
    ensure!(library.is_dir(), "the source of the compiler's library is not in {}", library.display());
    Ok(())
}
