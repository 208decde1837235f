//! Declares the page's commands, so that each needs a permission of its own, and gives the programs for Windows their
//! manifest.
#![allow(clippy::disallowed_methods, reason = "a build script works on files")]

use std::path::Path;

use tauri_build::{AppManifest, Attributes, WindowsAttributes};

include!("src/command_names.rs");

/// Not elevated, made for Windows 10 and newer, paths of any length, controls of version 6 (which the window's library
/// is linked against: without them a program does not even start).
const MANIFEST: &str = "installer/windows/programs.manifest";

fn main() {
    println!("cargo:rerun-if-changed=src/command_names.rs");
    println!("cargo:rerun-if-changed=../ui/dist");
    println!("cargo:rerun-if-changed={MANIFEST}");
    assert!(
        Path::new("../ui/dist/index.html").exists(),
        "the page is not built yet: run `cargo xtask run` or `cargo xtask test`, or build it with \
         `npm --prefix ui ci && npm --prefix ui run build`"
    );
    let commands = AppManifest::new().commands(COMMAND_NAMES);
    let attributes = Attributes::new().app_manifest(commands).windows_attributes(manifest());
    if let Err(error) = tauri_build::try_build(attributes) {
        panic!("{error:#}");
    }
}

/// The manifest of every program of this package. Tauri puts it into the installed programs alone, as a resource;
/// Microsoft's linker also puts it into the test programs. A program with two does not link.
fn manifest() -> WindowsAttributes {
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|it| it == value);
    if is("CARGO_CFG_TARGET_OS", "windows") && is("CARGO_CFG_TARGET_ENV", "msvc") {
        let path = std::path::absolute(MANIFEST).unwrap_or_else(|error| panic!("{MANIFEST}: {error}"));
        println!("cargo:rustc-link-arg=/MANIFEST:EMBED");
        println!("cargo:rustc-link-arg=/MANIFESTUAC:NO");
        println!("cargo:rustc-link-arg=/MANIFESTINPUT:{}", path.display());
        return WindowsAttributes::new_without_app_manifest();
    }
    let text = std::fs::read_to_string(MANIFEST).unwrap_or_else(|error| panic!("{MANIFEST}: {error}"));
    WindowsAttributes::new().app_manifest(text)
}
