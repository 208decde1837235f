//! Installs pinned packages once, below the target folder; what is there is used again.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::root;

/// The programs of a pinned PyPI package.
pub(super) fn from_pypi(name: &str) -> Result<PathBuf> {
    let _turn = turn()?;
    let wanted = root().join(format!("tests/gateways/{name}.txt"));
    let target = folder(name)?;
    if is_there(&target, &wanted)? {
        return Ok(target.join("bin"));
    }
    eprintln!("installing {name} from PyPI …");
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&target))?;
    run(Command::new(target.join("bin/pip"))
        .args(["install", "--quiet", "--disable-pip-version-check", "--no-cache-dir", "--no-deps", "-r"])
        .arg(&wanted))?;
    std::fs::copy(&wanted, target.join("installed.txt"))?;
    Ok(target.join("bin"))
}

/// The folder `node_modules` with the pinned npm packages. No script of theirs is run.
pub(super) fn from_npm() -> Result<PathBuf> {
    let _turn = turn()?;
    let wanted = root().join("tests/gateways/npm");
    let target = folder("npm")?;
    let modules = target.join("node_modules");
    if is_there(&target, &wanted.join("package-lock.json"))? {
        return Ok(modules);
    }
    eprintln!("installing gateways from npm …");
    std::fs::create_dir_all(&target)?;
    for file in ["package.json", "package-lock.json"] {
        std::fs::copy(wanted.join(file), target.join(file))?;
    }
    run(Command::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", "--prefix"])
        .arg(&target))?;
    std::fs::copy(wanted.join("package-lock.json"), target.join("installed.txt"))?;
    Ok(modules)
}

/// Held while something is looked for and installed: several test programs run at once.
fn turn() -> Result<File> {
    let parent = folder("")?;
    std::fs::create_dir_all(&parent)?;
    let lock = File::create(parent.join("lock"))?;
    lock.lock()?;
    Ok(lock)
}

fn folder(name: &str) -> Result<PathBuf> {
    Ok(crate::programs().parent().context("the target folder")?.join("gateways").join(name))
}

fn is_there(target: &Path, wanted: &Path) -> Result<bool> {
    let pins = std::fs::read_to_string(wanted).with_context(|| format!("{}", wanted.display()))?;
    Ok(std::fs::read_to_string(target.join("installed.txt")).is_ok_and(|installed| installed == pins))
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("{command:?}"))?;
    ensure!(status.success(), "{command:?} failed: {status}");
    Ok(())
}
