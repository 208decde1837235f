//! The lane for the installer of Windows: a person installs, updates and removes the program, and Claude
//! notices nothing of it. The programs are those that the lane before has built.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use super::compiler;
use super::prefix::Prefix;
use crate::bundle::installer::{PROGRAMS, make};
use crate::step::{program, step};

/// Where Windows lists what is installed, for this person alone.
const ENTRY: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\AIRouter Setup";
/// A key that opens nothing.
const KEY: &str = "sk-practice-ok-installer7Q2mZ9xK4tB8wL3vN6pR5";
/// An earlier version, made of the same programs.
const EARLIER: &str = "0.0.9";
/// Installing takes a second; the uninstaller goes on after it has ended, as another process.
const PATIENCE: Duration = Duration::from_secs(60);

/// Makes two installers and tries them.
pub(super) fn lane() -> Result<()> {
    let programs = stripped()?;
    let quick = "SetCompress off";
    let (earlier, new) = (make(&programs, EARLIER, quick)?, make(&programs, env!("CARGO_PKG_VERSION"), quick)?);
    let prefix = Prefix::make()?;
    let tried = Person::of(&prefix).and_then(|person| person.tries(&earlier, &new));
    prefix.close();
    tried
}

/// The programs without what only a debugger needs.
fn stripped() -> Result<PathBuf> {
    let (built, folder) =
        (compiler::folder().join("x86_64-pc-windows-gnu/debug"), compiler::folder().join("installer"));
    std::fs::create_dir_all(&folder)?;
    for name in PROGRAMS {
        let from = built.join(name);
        ensure!(from.is_file(), "there is no {name} yet: run `cargo xtask cross windows` first");
        step(name, program("x86_64-w64-mingw32-strip").arg("-o").arg(folder.join(name)).arg(from))?;
    }
    Ok(folder)
}

/// A person at that Windows.
struct Person<'a> {
    prefix: &'a Prefix,
    local: PathBuf,
    menu: PathBuf,
}

impl<'a> Person<'a> {
    fn of(prefix: &'a Prefix) -> Result<Self> {
        let users = compiler::folder().join("wine/drive_c/users");
        let mut homes = std::fs::read_dir(&users)?.flatten().map(|home| home.path().join("AppData"));
        let data = homes.find(|data| data.join("Local").is_dir() && !data.starts_with(users.join("Public")));
        let data = data.context("Wine's person has no home")?;
        let menu = data.join("Roaming/Microsoft/Windows/Start Menu/Programs");
        Ok(Self { prefix, local: data.join("Local"), menu })
    }

    fn tries(&self, earlier: &Path, new: &Path) -> Result<()> {
        eprintln!("\n── an older Windows is refused");
        self.set_windows("win81")?;
        ensure!(self.run(new, &["/S"])? == 3 && !self.installed().exists(), "it was installed on Windows 8.1");
        self.set_windows("win10")?;

        eprintln!("── installed, without Edge WebView2 and without a network to fetch it by");
        ensure!(self.run(earlier, &["/S"])? == 0, "it does not install");
        ensure!(self.entry("DisplayVersion")?.contains(EARLIER), "Windows does not list it");
        for name in PROGRAMS {
            ensure!(self.installed().join(name).is_file(), "{name} is not installed");
        }
        ensure!(self.shortcuts() == 1, "one entry in the Start menu is wanted");

        eprintln!("── updated over it");
        ensure!(self.run(new, &["/S"])? == 0, "it does not update");
        ensure!(self.entry("DisplayVersion")?.contains(env!("CARGO_PKG_VERSION")), "the update is not listed");
        ensure!(self.shortcuts() == 1, "an update adds an entry to the Start menu");

        eprintln!("── connected, and removed without undoing: Claude goes on working");
        self.connect()?;
        self.uninstall(&["/S"])?;
        ensure!(self.profile_names_helper()?, "the profile is gone");
        let printed = self.prefix.wine().arg(self.helper()).output()?;
        ensure!(printed.stdout == KEY.as_bytes(), "the helper that stayed does not give the key");

        eprintln!("── installed again, and removed with undoing: everything is as before");
        ensure!(self.run(new, &["/S"])? == 0, "it does not install again");
        self.uninstall(&["/S", "/UNDO"])?;
        ensure!(!self.helper().exists(), "the helper is still there");
        ensure!(!self.profile_names_helper()?, "the profile is still there");
        Ok(())
    }

    fn installed(&self) -> PathBuf {
        self.local.join("Programs/AIRouter Setup")
    }

    fn helper(&self) -> PathBuf {
        self.local.join("airouter-setup/airouter-credential.exe")
    }

    fn shortcuts(&self) -> usize {
        let entries = std::fs::read_dir(&self.menu).into_iter().flatten().flatten();
        entries.filter(|entry| entry.file_name().to_string_lossy().starts_with("AIRouter")).count()
    }

    /// Runs a program to its end; gives its exit code. One that asks something, asks nobody.
    fn run(&self, name: &Path, words: &[&str]) -> Result<i32> {
        let mut child = self.prefix.wine().arg(name).args(words).spawn()?;
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = child.try_wait()? {
                return status.code().context("it was ended");
            }
            if Instant::now() > end {
                child.kill()?;
                bail!("{} {}: does not end", name.display(), words.join(" "));
            }
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    fn set_windows(&self, version: &str) -> Result<()> {
        let words = ["reg.exe", "add", r"HKCU\Software\Wine", "/v", "Version", "/d", version, "/f"];
        step(version, self.prefix.wine().args(words))
    }

    /// What Windows lists about it; nothing if it lists nothing.
    fn entry(&self, name: &str) -> Result<String> {
        let output = self.prefix.wine().args(["reg.exe", "query", ENTRY, "/v", name]).output()?;
        Ok(if output.status.success() { String::from_utf8_lossy(&output.stdout).into_owned() } else { String::new() })
    }

    fn connect(&self) -> Result<()> {
        let mut apply: Command = self.prefix.wine();
        apply.arg(self.installed().join(PROGRAMS[2])).args(["apply", "--key-stdin", "--without-check", "--write-only"]);
        apply.args(["--address", "https://gateway.example/claude", "--model", "claude-sonnet-4-6", "--json"]);
        let mut child = apply.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        child.stdin.take().context("standard input")?.write_all(KEY.as_bytes())?;
        ensure!(child.wait()?.success(), "the installed program does not connect");
        ensure!(self.helper().is_file(), "there is no helper");
        ensure!(self.profile_names_helper()?, "no profile names the helper");
        Ok(())
    }

    fn profile_names_helper(&self) -> Result<bool> {
        let library = self.local.join("Claude-3p/configLibrary");
        let Ok(files) = std::fs::read_dir(library) else { return Ok(false) };
        for file in files.flatten() {
            if std::fs::read_to_string(file.path())?.contains("airouter-credential.exe") {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn uninstall(&self, words: &[&str]) -> Result<()> {
        ensure!(self.run(&self.installed().join("uninstall.exe"), words)? == 0, "the uninstaller fails");
        let end = Instant::now() + PATIENCE;
        while self.installed().exists() || !self.entry("DisplayName")?.is_empty() {
            ensure!(Instant::now() < end, "it is still installed");
            std::thread::sleep(Duration::from_millis(200));
        }
        ensure!(self.shortcuts() == 0, "an entry of the Start menu stays");
        Ok(())
    }
}
