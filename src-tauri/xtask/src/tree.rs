//! What the program is made of: no library that is not used, none that `deny.toml` does not let in.

use std::path::Path;

use anyhow::{Result, ensure};

use crate::bundle::output;
use crate::step::{cargo, program, step, target};
use crate::workflows;

/// The checking tools by name and version. They are built once into the target folder, without
/// optimisation, since they run for a second and build for minutes.
const TOOLS: [(&str, &str); 2] = [("cargo-machete", "0.9.2"), ("cargo-deny", "0.20.2")];

/// Checks the tree of libraries. `builds_tools` is false where a missing tool is no reason to build it: what it
/// would have checked is then told and left out.
pub(crate) fn tree(builds_tools: bool) -> Result<()> {
    let root = target().join("tools");
    let tool = |name: &str| root.join("bin").join(name);
    let mut missing = Vec::new();
    for (name, version) in TOOLS {
        if is_installed(&tool(name), version) {
            continue;
        }
        if !builds_tools {
            missing.push(name);
            continue;
        }
        let mut install = cargo();
        install.args(["install", "--quiet", "--locked", "--debug", "--version", version, name, "--root"]).arg(&root);
        step(name, install.env("CARGO_TARGET_DIR", root.join("build")))?;
    }
    // Those of the other systems, too: they are looked at like all others, and nothing here has needed them yet.
    step("all libraries", cargo().args(["fetch", "--locked"]))?;
    if missing.is_empty() {
        step("libraries that are not used", program(tool("cargo-machete")).arg("."))?;
        step(
            "libraries that may not come in",
            program(tool("cargo-deny")).args(["--offline", "check", "bans", "licenses", "sources"]),
        )?;
    } else {
        eprintln!("── not here, and built by `--all`: {}", missing.join(", "));
    }
    shipped_without_rehearsals()?;
    workflows::check()
}

fn is_installed(tool: &Path, version: &str) -> bool {
    let said = program(tool).arg("--version").output();
    said.is_ok_and(|said| String::from_utf8_lossy(&said.stdout).split_whitespace().any(|word| word == version))
}

/// Checks that no package of rehearsals is built into what people install.
fn shipped_without_rehearsals() -> Result<()> {
    let mut libraries = cargo();
    libraries.args(["tree", "--offline", "--package", "airouter-setup", "--edges", "normal,build", "--prefix", "none"]);
    let list = output(&mut libraries)?;
    ensure!(list.contains("airouter-platform"), "the list of libraries is not complete");
    for package in ["airouter-practice", "airouter-rehearsal"] {
        ensure!(!list.contains(package), "{package} is built into what people install");
    }
    Ok(())
}
