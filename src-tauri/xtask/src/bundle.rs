//! `cargo xtask bundle`: what people install.
//!
//! Tauri's own bundler makes the packages for Linux and the app for macOS; one configuration
//! (`tauri.conf.json`) describes them all. It would fetch tools for some kinds while it works: a build
//! fetches nothing here unless it is told to. The installer for Windows is a script of our own
//! (`installer.rs` says why).

pub(crate) mod floor;
pub(crate) mod installer;
mod macos;
pub(crate) mod manifest;
pub(crate) mod papers;
pub(crate) mod rehearsal;
mod shipped;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::machine::{Purpose, prepare, prepare_page};
use crate::step::{program, root, step, target};

/// What is asked for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Wish {
    quick: bool,
    fetch: bool,
    signed: bool,
    updatable: bool,
    kinds: Vec<String>,
}

/// The kinds that are made on this system when none is named.
const USUAL: &[&str] = if cfg!(target_os = "linux") {
    &["deb", "rpm"]
} else if cfg!(target_os = "macos") {
    &["dmg"]
} else {
    &["programs"]
};

/// Makes what the words ask for.
pub(crate) fn bundle(words: &[&str]) -> Result<()> {
    let wish = read(words)?;
    for made in make(&wish)? {
        eprintln!("── made: {}", made.display());
    }
    Ok(())
}

/// Makes the Debian package quickly: for trying it, not for people.
pub(crate) fn quick_deb() -> Result<PathBuf> {
    let made = make(&Wish { quick: true, kinds: vec!["deb".to_owned()], ..Wish::default() })?;
    made.into_iter().next().context("no package was made")
}

fn read(words: &[&str]) -> Result<Wish> {
    let mut wish = Wish::default();
    for word in words {
        match *word {
            "--quick" => wish.quick = true,
            "--fetch" => wish.fetch = true,
            "--signed" => wish.signed = true,
            "--updatable" => wish.updatable = true,
            kind @ ("deb" | "rpm" | "appimage" | "dmg" | "programs" | "rehearsal") => wish.kinds.push(kind.to_owned()),
            "nsis" => bail!("the installer for Windows is made from built programs: `cargo xtask installer FOLDER`"),
            other => bail!(
                "bundle knows no {other}; it knows --quick --fetch --signed --updatable deb rpm appimage dmg programs \
                 rehearsal"
            ),
        }
    }
    if wish.kinds.is_empty() {
        wish.kinds = USUAL.iter().map(|kind| (*kind).to_owned()).collect();
    }
    Ok(wish)
}

fn make(wish: &Wish) -> Result<Vec<PathBuf>> {
    for kind in &wish.kinds {
        may_be_made_here(kind, wish.fetch)?;
    }
    prepare(Purpose::Bundle)?;
    prepare_page()?;
    build(wish)?;
    let folder = programs(wish.quick);
    floor::check(&folder)?;
    shipped::check(&folder)?;
    if cfg!(windows) {
        manifest::check(&folder)?;
    }
    let mut made = Vec::new();
    if wish.kinds.iter().any(|kind| kind == "rehearsal") {
        rehearsal::build(if wish.quick { "quick" } else { "release" })?;
        made.push(rehearsal::pack(&folder)?);
    }
    if wish.kinds.iter().any(|kind| kind == "dmg") {
        made.extend(macos::image(&folder, wish.signed)?);
        return Ok(made);
    }
    for kind in wish.kinds.iter().filter(|kind| is_package(kind)) {
        let package = newest(&folder.join("bundle").join(kind), kind)?;
        if kind == "deb" {
            let size = repack(&package)?;
            ensure!(
                wish.quick || size <= LARGEST_DEB,
                "the Debian package has {size} bytes; at most {LARGEST_DEB} are allowed"
            );
        }
        made.push(package);
    }
    Ok(made)
}

/// True for what the bundler makes.
fn is_package(kind: &str) -> bool {
    !["programs", "rehearsal"].contains(&kind)
}

/// Says in time what cannot be made, and why.
fn may_be_made_here(kind: &str, fetch: bool) -> Result<()> {
    let at_home = match kind {
        "deb" | "rpm" | "appimage" => cfg!(target_os = "linux"),
        "dmg" => cfg!(target_os = "macos"),
        _ => true,
    };
    ensure!(at_home, "{kind} is made on its own system; see .github/workflows/release.yml");
    ensure!(
        kind != "appimage" || fetch,
        "an AppImage needs linuxdeploy and AppRun, which the bundler would download from GitHub: say --fetch to let it"
    );
    Ok(())
}

fn build(wish: &Wish) -> Result<()> {
    let tauri = if cfg!(windows) { "tauri.cmd" } else { "tauri" };
    let mut command = program(root().join("ui/node_modules/.bin").join(tauri));
    command.current_dir(root().join("src-tauri")).args(["build", "--ci"]);
    let kinds: Vec<&str> = wish.kinds.iter().map(String::as_str).filter(|kind| is_package(kind)).collect();
    if kinds.is_empty() {
        command.arg("--no-bundle");
    } else {
        // The image is made after signing, see `macos`.
        command.args(["--bundles", &kinds.join(",").replace("dmg", "app")]);
    }
    command.args(["--config", &papers::configuration(&programs(wish.quick))?]);
    if wish.updatable {
        command.args(["--config", "tauri.release.conf.json", "--config", &channel(|name| std::env::var(name).ok())?]);
    }
    if cfg!(target_os = "macos") {
        command.arg("--no-sign");
    }
    if wish.quick {
        command.args(["--", "--profile", "quick"]);
    }
    step("build and bundle", &mut command)
}

/// Packs a Debian package anew with `xz`, which halves it: the bundler knows `gzip` alone, and window and
/// command line have most of their code in common. Gives its size in bytes.
fn repack(package: &Path) -> Result<u64> {
    let content = package.with_extension("content");
    if content.exists() {
        std::fs::remove_dir_all(&content)?;
    }
    step("unpack the package", program("dpkg-deb").arg("--raw-extract").arg(package).arg(&content))?;
    let mut pack = program("dpkg-deb");
    pack.args(["--root-owner-group", "-Zxz", "-z9", "--build"]).arg(&content).arg(package);
    step("pack the package", &mut pack)?;
    std::fs::remove_dir_all(content)?;
    let size = std::fs::metadata(package)?.len();
    eprintln!("── the Debian package: {size} bytes");
    Ok(size)
}

/// Largest Debian package of what is shipped, in bytes.
const LARGEST_DEB: u64 = 6_500_000;

/// Where updates come from and what they are signed with. The private key is the bundler's to read; one
/// that is lost strands every copy that was ever installed.
fn channel(variable: impl Fn(&str) -> Option<String>) -> Result<String> {
    let read = |name: &str| {
        variable(name).filter(|value| !value.is_empty()).with_context(|| format!("--updatable needs {name}"))
    };
    read("TAURI_SIGNING_PRIVATE_KEY")?;
    let (address, key) = (read("UPDATES_ADDRESS")?, read("UPDATES_PUBLIC_KEY")?);
    Ok(format!(r#"{{"plugins":{{"updater":{{"endpoints":["{address}"],"pubkey":"{key}"}}}}}}"#))
}

/// The folder of the programs.
fn programs(quick: bool) -> PathBuf {
    target().join(if quick { "quick" } else { "release" })
}

/// The newest file of a kind in a folder: earlier versions may lie beside it.
fn newest(folder: &Path, ending: &str) -> Result<PathBuf> {
    let ending = if ending == "appimage" { "AppImage" } else { ending };
    let files = std::fs::read_dir(folder).with_context(|| format!("nothing in {}", folder.display()))?;
    let files = files.flatten().map(|file| file.path()).filter(|path| path.extension().is_some_and(|it| it == ending));
    let made = files.max_by_key(|path| std::fs::metadata(path).and_then(|meta| meta.modified()).ok());
    made.with_context(|| format!("no {ending} in {}", folder.display()))
}

/// Runs a program and gives what it wrote to standard output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("{} does not start", command.get_program().display()))?;
    ensure!(
        output.status.success(),
        "{} failed: {}",
        command.get_program().display(),
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read() {
        let wish = read(&["--quick", "deb"]).unwrap();
        assert_eq!((wish.quick, wish.fetch, wish.kinds), (true, false, vec!["deb".to_owned()]));
        assert_eq!(read(&[]).unwrap().kinds, USUAL);
        assert!(read(&["msi"]).is_err());
    }

    #[test]
    fn updates_are_signed_and_stay_out_of_ordinary_builds() {
        let ordinary = std::fs::read_to_string(root().join("src-tauri/tauri.conf.json")).unwrap();
        assert!(!ordinary.to_lowercase().contains("updater"));
        let all = |name: &str| Some(name.to_lowercase());
        let said = channel(all).unwrap();
        assert!(said.contains(r#"["updates_address"]"#) && !said.contains("private"), "{said}");
        for missing in ["TAURI_SIGNING_PRIVATE_KEY", "UPDATES_ADDRESS", "UPDATES_PUBLIC_KEY"] {
            assert!(channel(|name| all(name).filter(|_| name != missing)).is_err(), "without {missing}");
        }
    }

    #[test]
    fn what_would_be_downloaded_is_refused_with_its_reason() {
        if cfg!(target_os = "linux") {
            let why = may_be_made_here("appimage", false).unwrap_err().to_string();
            assert!(why.contains("--fetch"), "{why}");
            assert!(may_be_made_here("appimage", true).is_ok());
            assert!(may_be_made_here("dmg", true).is_err());
        }
        assert!(read(&["nsis"]).unwrap_err().to_string().contains("installer"));
    }
}
