//! Declares the page's commands, so that each needs a permission of its own.
#![allow(clippy::disallowed_methods, reason = "a build script works on files")]

use std::path::Path;

include!("src/command_names.rs");

fn main() {
    println!("cargo:rerun-if-changed=src/command_names.rs");
    println!("cargo:rerun-if-changed=../ui/dist");
    assert!(
        Path::new("../ui/dist/index.html").exists(),
        "the page is not built yet: run `cargo xtask run` or `cargo xtask test`, or build it with \
         `npm --prefix ui ci && npm --prefix ui run build`"
    );
    let manifest = tauri_build::AppManifest::new().commands(COMMAND_NAMES);
    if let Err(error) = tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest)) {
        panic!("{error:#}");
    }
}
