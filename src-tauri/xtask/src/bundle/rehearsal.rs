//! `cargo xtask rehearsal FOLDER`: the archive for training, from programs that are built already. It is a
//! download of its own for support staff; nothing of it is installed.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::shipped;
use crate::step::{cargo, program, root, step, target};

/// What is in it. The helper is the one that people have: a rehearsal connects with it.
const PROGRAMS: [&str; 4] = ["airouter-rehearsal", "airouter-rehearsal-cli", "practice-claude", "airouter-credential"];

/// Builds the programs of it beside those that people install, which stay as they are.
pub(crate) fn build(profile: &str) -> Result<()> {
    let programs = ["airouter-rehearsal", "airouter-rehearsal-cli"].iter().flat_map(|name| ["--bin", name]);
    let mut rehearsal = cargo();
    rehearsal.args(["build", "--profile", profile, "-p", "airouter-setup", "--features", "rehearsal"]).args(programs);
    step("the rehearsal programs", &mut rehearsal)?;
    let mut stand_in = cargo();
    stand_in.args(["build", "--profile", profile, "-p", "airouter-practice", "--bin", "practice-claude"]);
    step("the stand-in", &mut stand_in)
}

/// Makes the archive from built programs.
pub(crate) fn archive(programs: &Path) -> Result<()> {
    eprintln!("── made: {}", pack(programs)?.display());
    Ok(())
}

/// Makes the archive of this version and says where it is: a `.zip` on Windows, else a `.tar.gz`.
pub(crate) fn pack(programs: &Path) -> Result<PathBuf> {
    let (version, system, chip) = (env!("CARGO_PKG_VERSION"), std::env::consts::OS, std::env::consts::ARCH);
    let name = format!("airouter-rehearsal_{version}_{system}-{chip}");
    let folder = target().join("rehearsal-archive");
    let content = folder.join(&name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&content)?;
    for program in PROGRAMS {
        let path = programs.join(program).with_extension(std::env::consts::EXE_EXTENSION);
        let bytes = std::fs::read(&path).with_context(|| format!("there is no {}", path.display()))?;
        if program == "airouter-rehearsal" {
            ensure!(shipped::found(&bytes).len() == shipped::MARKERS.len(), "{program} cannot rehearse");
        }
        std::fs::copy(&path, content.join(path.file_name().context("a name")?))?;
    }
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        std::fs::copy(root().join(licence), content.join(licence))?;
    }
    // The `tar` of Windows makes a `.zip` by the name's ending.
    let (ending, how) = if cfg!(windows) { ("zip", "-acf") } else { ("tar.gz", "-czf") };
    let made = folder.join(format!("{name}.{ending}"));
    let mut tar = program("tar");
    tar.current_dir(&folder).arg(how).arg(&made).arg(&name);
    step("the archive", &mut tar)?;
    std::fs::remove_dir_all(content)?;
    Ok(made)
}
