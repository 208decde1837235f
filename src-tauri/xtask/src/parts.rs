//! `cargo xtask parts`: lists of what the program is made of (CycloneDX), for whoever must know whether a
//! library with a known hole is in it: one for the programs, one for the page
//! and what builds it.

use anyhow::Result;

use crate::bundle::output;
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
    list.args(["cyclonedx", "--format", "json", "--spec-version", "1.5", "--all", "--target", "all"]);
    list.args(["--manifest-path", "src-tauri/Cargo.toml", "--override-filename", name]);
    step("the programs' parts", &mut list)?;
    // It writes a list beside every package of the workspace; the window's is the one that has everything.
    std::fs::copy(root().join(format!("src-tauri/{name}.json")), folder.join(format!("{name}.json")))?;
    for manifest in output(program("git").args(["ls-files", "*Cargo.toml"]))?.lines() {
        let written = root().join(manifest).with_file_name(format!("{name}.json"));
        if written.exists() {
            std::fs::remove_file(written)?;
        }
    }
    let page = output(npm().args(["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"]))?;
    std::fs::write(folder.join("airouter-setup-page.cdx.json"), page)?;
    Ok(())
}
