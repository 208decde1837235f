//! What the machine must have. Debian packages are installed when they are missing; elsewhere the
//! names are told.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail, ensure};

use crate::step::{npm, root, step};

/// For building the program.
const TO_BUILD: &[&str] = &["build-essential", "pkg-config", "libwebkit2gtk-4.1-dev", "librsvg2-dev"];
/// For a window on a virtual display, with a private bus and a real key ring, driven and pictured.
const TO_DRIVE: &[&str] = &[
    "xvfb",
    "xauth",
    "dbus",
    "gnome-keyring",
    "libsecret-tools",
    "webkit2gtk-driver",
    "at-spi2-core",
    "fonts-noto-cjk",
    "imagemagick",
    "xclip",
    "xdotool",
    "procps",
];
/// For testing the page in a browser.
const TO_BROWSE: &[&str] = &["chromium"];
/// For the independent gateways.
const TO_SERVE: &[&str] = &["python3", "python3-venv", "python3-pip", "curl", "nginx", "iproute2", "util-linux"];

/// For building for Windows and macOS and for running Windows programs: the distribution's newest
/// compiler with the source of its library, the linker and the libraries of Windows, a Windows to run in.
const TO_CROSS: &[&str] = &[
    "rustc-web",
    "cargo-web",
    "rust-web-src",
    "rust-web-clippy",
    "gcc-mingw-w64-x86-64",
    "g++-mingw-w64-x86-64",
    "wine64",
    "python3",
    "python3-venv",
];

/// For packages: the manual page.
const TO_BUNDLE: &[&str] = &["help2man"];

/// For the installer for Windows.
const TO_INSTALL: &[&str] = &["nsis"];

/// For trying the Debian package in a system of its own.
const TO_TRY: &[&str] = &["debootstrap", "lintian"];

/// What is about to be done.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Build the program.
    Build,
    /// Build it and make packages.
    Bundle,
    /// Try the Debian package.
    Try,
    /// Drive its window.
    Drive,
    /// Everything that the tests need.
    Test,
}

/// Installs what is missing for a purpose.
pub(crate) fn prepare(purpose: Purpose) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let mut wanted = TO_BUILD.to_vec();
    match purpose {
        Purpose::Build => {}
        Purpose::Bundle => wanted.extend(TO_BUNDLE),
        Purpose::Try => wanted.extend([TO_BUNDLE, TO_TRY].concat()),
        Purpose::Drive => wanted.extend(TO_DRIVE),
        Purpose::Test => wanted.extend([TO_DRIVE, TO_BROWSE, TO_SERVE].concat()),
    }
    install_missing(&wanted)
}

/// Installs what building for other systems needs, on Debian only: nobody else has all of it by these
/// names.
pub(crate) fn prepare_cross() -> Result<()> {
    ensure!(
        Path::new("/etc/debian_version").exists(),
        "cross builds with Debian's own packages; on another system, build there: `cargo xtask test`"
    );
    install_missing(TO_CROSS)
}

/// Installs what the installer for Windows is made with, where that can be told.
pub(crate) fn prepare_installer() -> Result<()> {
    if Path::new("/etc/debian_version").exists() {
        return install_missing(TO_INSTALL);
    }
    ensure!(runs("makensis", "-VERSION"), "makensis is missing: install NSIS 3.08 or newer, with its 64-bit stubs");
    Ok(())
}

fn install_missing(wanted: &[&str]) -> Result<()> {
    let missing: Vec<&str> = wanted.iter().copied().filter(|package| !is_installed(package)).collect();
    if missing.is_empty() { Ok(()) } else { install(&missing) }
}

/// Installs the page's npm packages, if the lock file is newer than what is there.
pub(crate) fn prepare_page() -> Result<()> {
    ensure!(runs("npm", "--version"), "npm is missing: install Node.js 20 or newer");
    let lock = root().join("ui/package-lock.json");
    let stamp = root().join("ui/node_modules/.package-lock.json");
    let age = |path: &Path| std::fs::metadata(path).and_then(|meta| meta.modified()).ok();
    if age(&stamp).is_some_and(|stamp| age(&lock).is_some_and(|lock| stamp >= lock)) {
        return Ok(());
    }
    step("npm packages", npm().args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))
}

fn is_installed(package: &str) -> bool {
    let query = Command::new("dpkg-query").args(["-W", "-f", "${db:Status-Status}", package]).output();
    query.is_ok_and(|output| output.stdout == b"installed")
}

fn install(packages: &[&str]) -> Result<()> {
    if !Path::new("/usr/bin/apt-get").exists() {
        bail!("these packages are missing (Debian's names): {}", packages.join(" "));
    }
    eprintln!("── installing Debian packages: {}", packages.join(" "));
    let is_root = std::env::var("USER").is_ok_and(|user| user == "root") || runs_as_root();
    let apt = |words: &[&str]| {
        let mut command = if is_root { Command::new("apt-get") } else { Command::new("sudo") };
        if !is_root {
            command.arg("apt-get");
        }
        command.env("DEBIAN_FRONTEND", "noninteractive").args(words);
        command
    };
    step("package lists", &mut apt(&["update", "-qq"]))?;
    step("packages", apt(&["install", "-y", "-qq", "--no-install-recommends"]).args(packages))
}

fn runs_as_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn runs(name: &str, word: &str) -> bool {
    Command::new(name).arg(word).output().is_ok_and(|output| output.status.success())
}
