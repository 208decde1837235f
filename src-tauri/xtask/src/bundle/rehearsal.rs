//! `cargo xtask rehearsal FOLDER`: the archive for training, from programs that are built already. It is a
//! download of its own for support staff; nothing of it is installed.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::shipped;
use crate::step::{cargo, root, step, target};

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

/// Makes the archive of this version and says where it is.
pub(crate) fn pack(programs: &Path) -> Result<PathBuf> {
    let folder = target().join("rehearsal-archive");
    std::fs::create_dir_all(&folder)?;
    let (version, system, chip) = (env!("CARGO_PKG_VERSION"), std::env::consts::OS, std::env::consts::ARCH);
    let made = folder.join(format!("airouter-rehearsal_{version}_{system}-{chip}.zip"));
    let mut archive = ZipWriter::new(std::fs::File::create(&made)?);
    let plain = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for name in PROGRAMS {
        let path = programs.join(name).with_extension(std::env::consts::EXE_EXTENSION);
        let bytes = std::fs::read(&path).with_context(|| format!("there is no {}", path.display()))?;
        if name == "airouter-rehearsal" {
            ensure!(shipped::found(&bytes).len() == shipped::MARKERS.len(), "{name} cannot rehearse");
        }
        let file = path.file_name().and_then(|name| name.to_str()).context("a name")?;
        archive.start_file(file, plain.unix_permissions(0o755))?;
        archive.write_all(&bytes)?;
    }
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        archive.start_file(licence, plain.unix_permissions(0o644))?;
        archive.write_all(&std::fs::read(root().join(licence))?)?;
    }
    archive.finish()?;
    Ok(made)
}
