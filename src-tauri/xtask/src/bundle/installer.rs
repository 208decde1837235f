//! `cargo xtask installer FOLDER`: the installer for Windows, from programs that are built already.
//!
//! Tauri's bundler makes one too, with a library that it downloads; what it makes could not be compiled
//! or run here. This one needs `makensis` alone, so the very installer that people get is installed,
//! updated and removed under Wine by `cargo xtask cross installer`. It is a 64-bit program, like what it
//! installs.
//!
//! A system that runs only signed programs would stop what the installer brings along for itself: its plugins and
//! its uninstaller, which has plugins as well. So where there is a certificate there are three steps, and what each
//! leaves in the folder is signed before the next: `installer --plugins FOLDER`, `installer --uninstaller FOLDER`,
//! `installer FOLDER`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::machine::prepare_installer;
use crate::step::{program, root, step, target};

/// What is installed.
pub(crate) const PROGRAMS: [&str; 3] = ["airouter-setup.exe", "airouter-credential.exe", "airouter-setup-cli.exe"];

/// Microsoft's own small installer of the engine that draws the window. It is put into ours where it lies beside the
/// programs.
pub(crate) const ENGINE: &str = "MicrosoftEdgeWebview2Setup.exe";
/// The uninstaller, where it was made and signed before.
pub(crate) const UNINSTALLER: &str = "uninstall.exe";
/// The folder of the plugins beside the programs, where they were signed before.
pub(crate) const SIGNED: &str = "plugins";
/// The plugins that the script uses.
pub(crate) const PLUGINS: [&str; 4] = ["nsDialogs.dll", "nsExec.dll", "System.dll", "UserInfo.dll"];
/// Where Debian's NSIS has them.
const NSIS_PLUGINS: &str = "/usr/share/nsis/Plugins/amd64-unicode";
const BEST: &str = "SetCompressor /FINAL /SOLID lzma";

/// Makes the installer of this version.
pub(crate) fn release(programs: &Path) -> Result<()> {
    let made = make(programs, env!("CARGO_PKG_VERSION"), BEST)?;
    eprintln!("── made: {}", made.display());
    Ok(())
}

/// Puts the plugins beside the programs, to be signed.
pub(crate) fn plugins(programs: &Path) -> Result<()> {
    prepare_installer()?;
    let folder = programs.join(SIGNED);
    std::fs::create_dir_all(&folder)?;
    for name in PLUGINS {
        let from = Path::new(NSIS_PLUGINS).join(name);
        std::fs::copy(&from, folder.join(name)).with_context(|| format!("no plugin {}", from.display()))?;
    }
    Ok(())
}

/// Puts the uninstaller of this version beside the programs, to be signed.
pub(crate) fn release_uninstaller(programs: &Path) -> Result<()> {
    uninstaller(programs, BEST)
}

/// The same with a compression.
pub(crate) fn uninstaller(programs: &Path, compression: &str) -> Result<()> {
    prepare_installer()?;
    let programs = std::path::absolute(programs)?;
    let (to, unneeded) = (programs.join(UNINSTALLER), programs.join("unneeded.exe"));
    let mut more = signed_plugins(&programs)?;
    more.push(("KEEP_UNINSTALLER", to));
    // NSIS writes an uninstaller only on its way to an installer, which nobody needs here.
    compile(&programs, env!("CARGO_PKG_VERSION"), compression, &unneeded, &more)?;
    Ok(std::fs::remove_file(unneeded)?)
}

/// The folder of the signed plugins, if there is one; then all of them are in it.
fn signed_plugins(programs: &Path) -> Result<Vec<(&'static str, PathBuf)>> {
    let folder = programs.join(SIGNED);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    for name in PLUGINS {
        ensure!(folder.join(name).is_file(), "there is no {name} in {}", folder.display());
    }
    Ok(vec![("PLUGINS", folder)])
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
    let mut more = signed_plugins(&programs)?;
    for (name, path) in [("WEBVIEW", programs.join(ENGINE)), ("UNINSTALLER", programs.join(UNINSTALLER))] {
        if path.is_file() {
            more.push((name, path));
        } else {
            eprintln!("── without {}", path.display());
        }
    }
    compile(&programs, version, compression, &made, &more)?;
    Ok(made)
}

/// Compiles the script, with further files by the names that it has for them.
fn compile(programs: &Path, version: &str, compression: &str, to: &Path, more: &[(&str, PathBuf)]) -> Result<()> {
    let define = |name: &str, value: &str| format!("-D{name}={value}");
    let mut makensis = program("makensis");
    makensis.args(["-V2", "-WX", "-INPUTCHARSET", "UTF8", &format!("-X{compression}")]).args([
        define("VERSION", version),
        define("PROGRAMS", &programs.to_string_lossy()),
        define("ICON", &root().join("icons/icon.ico").to_string_lossy()),
        define("OUT", &to.to_string_lossy()),
    ]);
    makensis.args(more.iter().map(|(name, path)| define(name, &path.to_string_lossy())));
    step("the installer", makensis.arg(root().join("src-tauri/installer/windows/airouter-setup.nsi")))
}
