//! What the program is made of: no library that is not used, none that `deny.toml` does not let in.

use anyhow::Result;

use crate::step::{cargo, program, step, target};
use crate::workflows;

/// The checking tools by name and version. They are built once into the target folder, without
/// optimisation, since they run for a second and build for minutes.
const TOOLS: [(&str, &str); 2] = [("cargo-machete", "0.9.2"), ("cargo-deny", "0.20.2")];

/// Checks the tree of libraries.
pub(crate) fn tree() -> Result<()> {
    let root = target().join("tools");
    for (name, version) in TOOLS {
        let mut install = cargo();
        install.args(["install", "--quiet", "--locked", "--debug", "--version", version, name, "--root"]).arg(&root);
        // An installed one is left alone by cargo itself.
        step(name, install.env("CARGO_TARGET_DIR", root.join("build")))?;
    }
    let tool = |name: &str| program(root.join("bin").join(name));
    // Those of the other systems, too: they are looked at like all others, and nothing here has needed them yet.
    step("all libraries", cargo().args(["fetch", "--locked"]))?;
    step("libraries that are not used", tool("cargo-machete").arg("."))?;
    step(
        "libraries that may not come in",
        tool("cargo-deny").args(["--offline", "check", "bans", "licenses", "sources"]),
    )?;
    workflows::check()
}
