//! `cargo xtask published`: what is published of the command line, as it says itself.

use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::step::{program, root, step, target};
use crate::{build, machine};

/// Where the schema is in the project.
const SCHEMA: &str = "docs/schema/airouter-setup-cli.schema.json";
const NAME: &str = "airouter-setup-cli";

/// Writes the schema, which is committed, and what packages take with them: completions and the manual
/// page, each where a system looks for it below a `share` folder.
pub(crate) fn published() -> Result<()> {
    machine::prepare(machine::Purpose::Build)?;
    build::page()?;
    step("build the command line", crate::step::cargo().args(["build", "-p", "airouter-setup", "--bin", NAME]))?;
    let share = target().join("share");
    let parts: [(&[&str], std::path::PathBuf); 6] = [
        (&["schema"], root().join(SCHEMA)),
        (&["man"], share.join(format!("man/man1/{NAME}.1"))),
        (&["completions", "bash"], share.join(format!("bash-completion/completions/{NAME}"))),
        (&["completions", "zsh"], share.join(format!("zsh/site-functions/_{NAME}"))),
        (&["completions", "fish"], share.join(format!("fish/vendor_completions.d/{NAME}.fish"))),
        (&["completions", "powershell"], share.join(format!("powershell/{NAME}.ps1"))),
    ];
    for (words, path) in parts {
        let output = program(target().join("debug").join(NAME)).args(words).output()?;
        ensure!(output.status.success(), "{NAME} {}: {}", words.join(" "), output.status);
        write(&path, &output.stdout).with_context(|| path.display().to_string())?;
    }
    Ok(())
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::create_dir_all(path.parent().context("a folder")?)?;
    Ok(std::fs::write(path, bytes)?)
}
