//! A person at the Windows of the installer's lane: what is installed for them, and what Windows knows of it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::bundle::installer::PROGRAMS;
use crate::cross::compiler;
use crate::cross::prefix::Prefix;
use crate::step::step;

/// A key that opens nothing.
pub(super) const KEY: &str = "sk-practice-ok-installer7Q2mZ9xK4tB8wL3vN6pR5";
/// Where Windows lists what is installed, below one of its hives.
pub(super) const ENTRY: &str = r"Software\Microsoft\Windows\CurrentVersion\Uninstall\AIRouter Setup";
/// What opens links, preset files, and the command line by its name.
pub(super) const CLASSES: [&str; 4] = [
    r"Software\Classes\airouter-setup\shell\open\command",
    r"Software\Classes\.airouter",
    r"Software\Classes\AIRouterSetup.Preset\shell\open\command",
    r"Software\Microsoft\Windows\CurrentVersion\App Paths\airouter-setup-cli.exe",
];
/// Installing takes a second; the uninstaller goes on after it has ended, as another process.
const PATIENCE: Duration = Duration::from_secs(60);

/// For whom something is installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum For {
    Me,
    Everybody,
}

impl For {
    /// The hive that has it.
    pub(super) fn hive(self) -> &'static str {
        match self {
            Self::Me => "HKCU",
            Self::Everybody => "HKLM",
        }
    }
}

/// The person.
pub(super) struct Person<'a> {
    pub(super) prefix: &'a Prefix,
    drive: PathBuf,
    pub(super) home: PathBuf,
}

impl<'a> Person<'a> {
    pub(super) fn of(prefix: &'a Prefix) -> Result<Self> {
        let drive = compiler::folder().join("wine/drive_c");
        let users = drive.join("users");
        let mut homes = std::fs::read_dir(&users)?.flatten().map(|home| home.path());
        let home = homes.find(|home| home.join("AppData/Local").is_dir() && *home != users.join("Public"));
        Ok(Self { prefix, home: home.context("Wine's person has no home")?, drive })
    }

    /// `%LOCALAPPDATA%`
    pub(super) fn local(&self) -> PathBuf {
        self.home.join("AppData/Local")
    }

    /// A folder of this person, as Windows names it.
    pub(super) fn in_home(&self, name: &str) -> Result<String> {
        let user = self.home.file_name().context("a name")?.to_string_lossy();
        Ok(format!(r"C:\users\{user}\{name}"))
    }

    /// Where it is installed unless another folder is asked for.
    pub(super) fn installed(&self, whose: For) -> PathBuf {
        match whose {
            For::Me => self.local().join("Programs/AIRouter Setup"),
            For::Everybody => self.drive.join("Program Files/AIRouter Setup"),
        }
    }

    /// This program's own folder of the person.
    pub(super) fn state(&self) -> PathBuf {
        self.local().join("airouter-setup")
    }

    pub(super) fn helper(&self) -> PathBuf {
        self.state().join("airouter-credential.exe")
    }

    /// How many entries of ours the Start menu has.
    pub(super) fn in_menu(&self, whose: For) -> usize {
        let menu = match whose {
            For::Me => self.home.join("AppData/Roaming/Microsoft/Windows/Start Menu/Programs"),
            For::Everybody => self.drive.join("ProgramData/Microsoft/Windows/Start Menu/Programs"),
        };
        icons(&menu).len()
    }

    /// How many icons of ours the desktop has.
    pub(super) fn on_desktop(&self, whose: For) -> usize {
        icons(&self.desktop(whose)).len()
    }

    fn desktop(&self, whose: For) -> PathBuf {
        match whose {
            For::Me => self.home.join("Desktop"),
            For::Everybody => self.drive.join("users/Public/Desktop"),
        }
    }

    /// Takes the icons away, as a person does who does not want them.
    pub(super) fn clear_desktop(&self) -> Result<()> {
        for icon in icons(&self.desktop(For::Me)) {
            std::fs::remove_file(icon)?;
        }
        Ok(())
    }

    /// Runs a program to its end; gives its exit code. One that asks something, asks nobody.
    pub(super) fn run(&self, name: &Path, words: &[&str]) -> Result<i32> {
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

    /// The Windows that programs see.
    pub(super) fn set_windows(&self, version: &str) -> Result<()> {
        let words = ["reg.exe", "add", r"HKCU\Software\Wine", "/v", "Version", "/d", version, "/f"];
        step(version, self.prefix.wine().args(words))
    }

    /// A value of the registry, the unnamed one for an empty name; nothing if it is not there.
    pub(super) fn value(&self, key: &str, name: &str) -> Result<String> {
        // What `reg query` prints has the letters of a code page only; what it exports has all.
        let file = self.drive.join("value.reg");
        let mut export = self.prefix.wine();
        export.args(["reg.exe", "export", key, r"C:\value.reg", "/y"]).stdout(Stdio::null()).stderr(Stdio::null());
        if !export.status()?.success() {
            return Ok(String::new());
        }
        let (units, _) = (std::fs::read(&file)?, std::fs::remove_file(&file)?);
        let units: Vec<u16> = units.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        let text = String::from_utf16(&units)?;
        let start = if name.is_empty() { "@=\"".to_owned() } else { format!("\"{name}\"=\"") };
        // The key's own values come first, those of the keys below it after their names.
        let own = text.split("\r\n[").nth(1).unwrap_or_default();
        let value = own.lines().find_map(|line| line.strip_prefix(&start)?.strip_suffix('"'));
        Ok(value.unwrap_or_default().replace("\\\"", "\"").replace(r"\\", r"\"))
    }

    /// Whether a value is there, empty or not.
    pub(super) fn has_value(&self, key: &str, name: &str) -> Result<bool> {
        Ok(self.prefix.wine().args(["reg.exe", "query", key, "/v", name]).output()?.status.success())
    }

    pub(super) fn set_value(&self, key: &str, value: &str) -> Result<()> {
        step(
            "another program takes it over",
            self.prefix.wine().args(["reg.exe", "add", key, "/ve", "/d", value, "/f"]),
        )
    }

    /// What Windows lists about it; nothing if it lists nothing.
    pub(super) fn entry(&self, whose: For, name: &str) -> Result<String> {
        self.value(&format!(r"{}\{ENTRY}", whose.hive()), name)
    }

    /// Whether what opens links and files is registered, and leads to a program in this folder.
    pub(super) fn is_registered(&self, whose: For, folder: &str) -> Result<bool> {
        let open = format!(r#""{folder}\airouter-setup.exe" "%1""#);
        let cli = format!(r"{folder}\airouter-setup-cli.exe");
        let wanted = [open.as_str(), "AIRouterSetup.Preset", open.as_str(), cli.as_str()];
        for (key, wanted) in CLASSES.iter().zip(wanted) {
            let found = self.value(&format!(r"{}\{key}", whose.hive()), "")?;
            if found != wanted {
                eprintln!("── {key}: {found:?}, not {wanted:?}");
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether anything of it is registered.
    pub(super) fn is_anything_registered(&self, whose: For) -> Result<bool> {
        for key in CLASSES {
            if !self.value(&format!(r"{}\{key}", whose.hive()), "")?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The command line, busy until its standard input ends.
    pub(super) fn busy_program(&self, whose: For) -> Result<Child> {
        let mut apply = self.apply(whose);
        Ok(apply.arg("--dry-run").stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?)
    }

    pub(super) fn connect(&self, whose: For) -> Result<()> {
        let mut child = self.apply(whose).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        child.stdin.take().context("standard input")?.write_all(KEY.as_bytes())?;
        ensure!(child.wait()?.success(), "the installed program does not connect");
        ensure!(self.profile_names_helper()?, "no profile names the helper");
        Ok(())
    }

    fn apply(&self, whose: For) -> Command {
        let mut apply = self.prefix.wine();
        apply.arg(self.installed(whose).join(PROGRAMS[2]));
        apply.args(["apply", "--key-stdin", "--without-check", "--write-only", "--json"]);
        apply.args(["--address", "https://gateway.example/claude", "--model", "claude-sonnet-4-6"]);
        apply
    }

    pub(super) fn profile_names_helper(&self) -> Result<bool> {
        let library = self.local().join("Claude-3p/configLibrary");
        let Ok(files) = std::fs::read_dir(library) else { return Ok(false) };
        for file in files.flatten() {
            if std::fs::read_to_string(file.path())?.contains("airouter-credential.exe") {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Runs the uninstaller of a folder and waits until Windows no longer lists it.
    pub(super) fn uninstall(&self, whose: For, folder: &Path, words: &[&str]) -> Result<()> {
        ensure!(self.run(&folder.join("uninstall.exe"), words)? == 0, "the uninstaller fails");
        let end = Instant::now() + PATIENCE;
        while folder.join("uninstall.exe").exists() || !self.entry(whose, "DisplayName")?.is_empty() {
            ensure!(Instant::now() < end, "it is still installed");
            std::thread::sleep(Duration::from_millis(200));
        }
        ensure!(self.in_menu(whose) == 0, "an entry of the Start menu stays");
        ensure!(self.on_desktop(whose) == 0, "an icon stays on the desktop");
        Ok(())
    }
}

/// The files of ours in a folder of icons.
fn icons(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let ours = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with("AIRouter"));
    ours.map(|entry| entry.path()).collect()
}
