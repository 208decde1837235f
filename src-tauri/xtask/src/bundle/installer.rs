//! `cargo xtask installer FOLDER`: the installer for Windows, from programs that are built already.
//!
//! Tauri's bundler makes one too, with a library that it downloads; what it makes could not be compiled
//! or run here. This one needs `makensis` alone, so the very installer that people get is installed,
//! updated and removed under Wine by `cargo xtask cross installer`. It is a 64-bit program, like what it
//! installs.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};

use crate::machine::prepare_installer;
use crate::step::{program, root, step, target};

/// What is installed.
pub(crate) const PROGRAMS: [&str; 3] = ["airouter-setup.exe", "airouter-credential.exe", "airouter-setup-cli.exe"];

/// Makes the installer of this version.
pub(crate) fn release(programs: &Path) -> Result<()> {
    let made = make(programs, env!("CARGO_PKG_VERSION"), "SetCompressor /FINAL /SOLID lzma")?;
    eprintln!("── made: {}", made.display());
    Ok(())
}

/// Makes the installer of a version with a compression, and says where it is.
pub(crate) fn make(programs: &Path, version: &str, compression: &str) -> Result<PathBuf> {
    prepare_installer()?;
    let programs = std::path::absolute(programs)?;
    for name in PROGRAMS {
        ensure!(programs.join(name).is_file(), "there is no {name} in {}", programs.display());
    }
    let folder = target().join("installer");
    std::fs::create_dir_all(&folder)?;
    let made = folder.join(format!("AIRouter-Setup_{version}_x64-setup.exe"));
    let define = |name: &str, value: &str| format!("-D{name}={value}");
    let mut makensis = program("makensis");
    makensis.args(["-V2", "-WX", "-INPUTCHARSET", "UTF8", &format!("-X{compression}")]).args([
        define("VERSION", version),
        define("PROGRAMS", &programs.to_string_lossy()),
        define("ICON", &root().join("icons/icon.ico").to_string_lossy()),
        define("OUT", &made.to_string_lossy()),
    ]);
    step("the installer", makensis.arg(root().join("src-tauri/installer/windows/airouter-setup.nsi")))?;
    Ok(made)
}
