//! A person at a Windows computer: an account with folders of its own, and the built programs beside it.
//! `cargo xtask cross` makes the Windows, under Wine.
#![cfg(windows)]
#![allow(clippy::disallowed_methods, reason = "tests work on files and processes")]

pub mod account;

use std::path::PathBuf;

/// The folder of the built programs.
///
/// # Panics
/// Without a Windows of their own these tests would change the real registry and keychain.
pub fn programs() -> PathBuf {
    let folder = std::env::var_os("PROGRAMS").map(PathBuf::from);
    folder.expect("these tests need a Windows of their own: run `cargo xtask cross windows`")
}
