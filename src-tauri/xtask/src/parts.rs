//! `cargo xtask parts`: lists of what the program is made of (CycloneDX), for whoever must know whether a
//! library with a known hole is in it: one for the programs, one for the page
//! and what builds it.

use anyhow::Result;

use crate::machine::prepare_page;
use crate::step::{cargo, npm, program, root, step, target};

/// The tool that lists Rust's part, by version.
const TOOL: (&str, &str) = ("cargo-cyclonedx", "0.5.9");

/// Makes both in `target/parts`.
pub(crate) fn parts() -> Result<()> {
    prepare_page()?;
    let (tools, folder) = (target().join("tools"), target().join("parts"));
    std::fs::create_dir_all(&folder)?;
    let mut install = cargo();
    install.args(["install", "--quiet", "--locked", "--debug", "--version", TOOL.1, TOOL.0, "--root"]).arg(&tools);
    step(TOOL.0, install.env("CARGO_TARGET_DIR", tools.join("build")))?;

    let name = "airouter-setup-programs.cdx";
    let mut list = program(tools.join("bin").join(TOOL.0));
    list.args(["cyclonedx", "--format", "json", "--spec-version", "1.5", "--describe", "crate", "--target", "all"]);
    list.args(["--manifest-path", "src-tauri/Cargo.toml", "--override-filename", name]);
    step("the programs' parts", &mut list)?;
    // It writes a list beside each package of the workspace; the window's is the one that has everything.
    for member in ["src-tauri", "src-tauri/crates/core", "src-tauri/crates/platform", "src-tauri/crates/practice"] {
        let written = root().join(member).join(format!("{name}.json"));
        if member == "src-tauri" {
            std::fs::copy(&written, folder.join(format!("{name}.json")))?;
        }
        if written.exists() {
            std::fs::remove_file(written)?;
        }
    }
    let page = npm().args(["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"]).output()?;
    anyhow::ensure!(page.status.success(), "npm: {}", String::from_utf8_lossy(&page.stderr));
    std::fs::write(folder.join("airouter-setup-page.cdx.json"), page.stdout)?;
    Ok(())
}
