//! A person's account on Windows: folders of their own, installs of the stand-in Claude, the registry.
//!
//! The registry and the keychain are those of the whole computer, so these tests belong into a Windows
//! that is thrown away afterwards. `cargo xtask cross` makes one for each run.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use sysinfo::{ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};
use winreg::RegKey;
use winreg::enums::{HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE};

use crate::programs;

/// The version that is installed.
pub const VERSION: &str = "2.26454.0";
/// The package of the site, by its full name.
pub const PACKAGE: &str = "Claude_2.26454.0.0_x64__pzs8sxrjxfjjc";
/// A newer version of it.
pub const NEWER_PACKAGE: &str = "Claude_2.30001.0.0_x64__pzs8sxrjxfjjc";
/// Its family.
pub const FAMILY: &str = "Claude_pzs8sxrjxfjjc";
/// The package of the Store, an older version.
pub const STORE_PACKAGE: &str = "AnthropicPBC.Claude_1.46388.4.0_x64__fnn82j28hfe8t";
/// Its family.
pub const STORE_FAMILY: &str = "AnthropicPBC.Claude_fnn82j28hfe8t";

const POLICIES: &str = r"SOFTWARE\Policies\Claude";
const PACKAGES: &str =
    r"Software\Classes\Local Settings\Software\Microsoft\Windows\CurrentVersion\AppModel\Repository\Packages";
/// Where the proxy is set.
const INTERNET: &str = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings";
/// Where a person's variables are.
const ENVIRONMENT: &str = "Environment";
/// The variables that tests set.
const VARIABLES: [&str; 2] = ["CLAUDE_USER_DATA_DIR", "ANTHROPIC_AUTH_TOKEN"];
/// Where a person's languages are.
const DESKTOP: &str = r"Control Panel\Desktop";
/// Where a Windows says which one it is. Wine believes it.
const WINDOWS: &str = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion";
const BUILD: &str = "CurrentBuildNumber";
/// The computer has one registry, one keychain and one list of processes: one account at a time.
static ALONE: Mutex<()> = Mutex::new(());
/// Far longer than anything takes; only a hopeless test waits for it.
const PATIENCE: Duration = Duration::from_secs(60);

/// An account of its own for one test. What was started from its folders is ended with it.
pub struct Account {
    folder: tempfile::TempDir,
    credential: PathBuf,
    build: String,
    _alone: MutexGuard<'static, ()>,
}

impl Account {
    /// A new account of a person with a name that is not English.
    pub fn new() -> Result<Self> {
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        clean_registry();
        let credential = programs().join("airouter-credential.exe");
        let account = Self {
            folder: tempfile::Builder::new().prefix("李 雷 ").tempdir()?,
            credential,
            build: windows()?.get_value(BUILD)?,
            _alone: alone,
        };
        for folder in [account.local(), account.roaming(), account.windows()] {
            std::fs::create_dir_all(folder)?;
        }
        Ok(account)
    }

    /// The person's folder.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// `%LOCALAPPDATA%`
    pub fn local(&self) -> PathBuf {
        self.home().join(r"AppData\Local")
    }

    /// `%APPDATA%`
    pub fn roaming(&self) -> PathBuf {
        self.home().join(r"AppData\Roaming")
    }

    /// The real folder of third-party mode.
    pub fn root(&self) -> PathBuf {
        self.local().join("Claude-3p")
    }

    /// The copy of it in a package's container.
    pub fn container(&self, family: &str) -> PathBuf {
        self.local().join("Packages").join(family).join(r"LocalCache\Local\Claude-3p")
    }

    /// Windows' own folder, for the shell.
    fn windows(&self) -> PathBuf {
        self.folder.path().join("Windows")
    }

    /// Installs the stand-in as Squirrel would; gives the small program that starts it.
    pub fn install_by_squirrel(&self, version: &str) -> Result<PathBuf> {
        let folder = self.local().join("AnthropicClaude");
        put_program("practice-claude.exe", &folder.join(format!("app-{version}")).join("claude.exe"))?;
        let stub = folder.join("claude.exe");
        put_program("practice-claude.exe", &stub)?;
        // A program that runs as administrator, as all do under Wine, lets the shell start Claude.
        put_program("practice-claude.exe", &self.windows().join("explorer.exe"))?;
        Ok(stub)
    }

    /// Installs the stand-in as a package, with a shell that can start it.
    pub fn install_package(&self, full_name: &str) -> Result<()> {
        let folder = self.folder.path().join("WindowsApps").join(full_name);
        put_program("practice-claude.exe", &folder.join(r"app\claude.exe"))?;
        put_program("practice-claude.exe", &self.windows().join("explorer.exe"))?;
        let (key, _) = RegKey::predef(HKEY_CURRENT_USER).create_subkey(format!(r"{PACKAGES}\{full_name}"))?;
        Ok(key.set_value("PackageRootFolder", &folder.as_os_str())?)
    }

    /// Puts a newer version of a package beside the one that is registered. The shell of this account registers it
    /// when it starts the package the next time.
    pub fn stage_update(&self, full_name: &str) -> Result<()> {
        let folder = self.folder.path().join("WindowsApps").join(full_name);
        put_program("practice-claude.exe", &folder.join(r"app\claude.exe"))
    }

    /// Another program of the same name somewhere in this account; it lives in a world of its own.
    pub fn start_namesake(&self, path: &str) -> Result<Child> {
        let program = self.home().join(path);
        put_program("practice-claude.exe", &program)?;
        let elsewhere = self.folder.path().join("elsewhere").join(path);
        std::fs::create_dir_all(&elsewhere)?;
        let mut command = self.command(&program);
        command.env("LOCALAPPDATA", &elsewhere).env("APPDATA", &elsewhere).env_remove("CLAUDE_USER_DATA_DIR");
        Ok(command.spawn()?)
    }

    /// Puts a file below a folder.
    pub fn put(&self, path: &Path, text: &str) -> Result<()> {
        std::fs::create_dir_all(path.parent().context("a folder")?)?;
        Ok(std::fs::write(path, text)?)
    }

    /// A preset file for a gateway.
    pub fn preset(&self, base: &str) -> Result<String> {
        let path = self.folder.path().join("preset.json");
        let preset = serde_json::json!({"schema": 1, "name": "AIRouter", "base": base, "console": "https://aigc.aochengcloud.com"});
        std::fs::write(&path, preset.to_string())?;
        Ok(path.to_string_lossy().into_owned())
    }

    /// A program that sees this account and nothing of another.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env("USERPROFILE", self.home())
            .env("LOCALAPPDATA", self.local())
            .env("APPDATA", self.roaming())
            .env("windir", self.windows())
            .env("PRACTICE_CLAUDE_PERSON", "quits")
            .env_remove("CLAUDE_USER_DATA_DIR")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    /// Makes this another Windows, by its build, as long as the account lives.
    pub fn be_windows(&self, build: &str) -> Result<()> {
        Ok(windows()?.set_value(BUILD, &build)?)
    }

    /// Sets the proxy of the person.
    pub fn set_proxy(&self, server: &str) -> Result<()> {
        let (key, _) = RegKey::predef(HKEY_CURRENT_USER).create_subkey(INTERNET)?;
        key.set_value("ProxyServer", &server)?;
        Ok(key.set_value("ProxyEnable", &1u32)?)
    }

    /// Has a script choose the proxy of the person.
    pub fn set_proxy_script(&self, url: &str) -> Result<()> {
        let (key, _) = RegKey::predef(HKEY_CURRENT_USER).create_subkey(INTERNET)?;
        Ok(key.set_value("AutoConfigURL", &url)?)
    }

    /// Sets a variable of the person, as the settings of Windows do: programs that run already do not have it.
    pub fn set_variable(&self, name: &str, value: &str) -> Result<()> {
        let (key, _) = RegKey::predef(HKEY_CURRENT_USER).create_subkey(ENVIRONMENT)?;
        Ok(key.set_value(name, &value)?)
    }

    /// Sets the language that the person sees Windows in.
    pub fn set_language(&self, tag: &str) -> Result<()> {
        let (key, _) = RegKey::predef(HKEY_CURRENT_USER).create_subkey(DESKTOP)?;
        Ok(key.set_value("PreferredUILanguages", &vec![tag.to_owned()])?)
    }

    /// What the credential program says, with this on its standard input.
    pub fn credential(&self, words: &[&str], input: &[u8]) -> Result<Output> {
        use std::io::Write;
        let mut command = self.command(&self.credential);
        command.args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        child.stdin.take().context("standard input")?.write_all(input)?;
        Ok(child.wait_with_output()?)
    }

    /// Runs the command line program with a key on its standard input; gives its exit code and its one
    /// JSON object.
    pub fn cli(&self, words: &[&str], key: &str) -> Result<(i32, Value)> {
        self.cli_of(&programs().join("airouter-setup-cli.exe"), words, key, &[])
    }

    /// The same with variables of its own.
    pub fn cli_of(&self, program: &Path, words: &[&str], key: &str, more: &[(&str, &str)]) -> Result<(i32, Value)> {
        use std::io::Write;
        let mut command = self.command(program);
        command.args(words).envs(more.iter().copied()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        child.stdin.take().context("standard input")?.write_all(key.as_bytes())?;
        let output = child.wait_with_output()?;
        let text = String::from_utf8(output.stdout)?;
        let value = serde_json::from_str(&text).with_context(|| format!("{words:?}: not one JSON object: {text}"))?;
        Ok((output.status.code().context("an exit code")?, value))
    }

    /// Like [`Self::cli`], with what it prints on standard error.
    pub fn cli_aloud(&self, words: &[&str], key: &str) -> Result<(i32, Value, String)> {
        use std::io::Write;
        let mut command = self.command(&programs().join("airouter-setup-cli.exe"));
        command.args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        child.stdin.take().context("standard input")?.write_all(key.as_bytes())?;
        let output = child.wait_with_output()?;
        let value = serde_json::from_slice(&output.stdout).context("one JSON object")?;
        Ok((output.status.code().context("an exit code")?, value, String::from_utf8_lossy(&output.stderr).into_owned()))
    }

    /// All that Claude has written to its logs.
    pub fn logs(&self) -> String {
        let mut files = Vec::new();
        collect(&self.home(), "", &mut files);
        let logs = files.into_iter().filter(|(name, _)| name.to_lowercase().ends_with(r"\main.log"));
        logs.map(|(_, bytes)| String::from_utf8_lossy(&bytes).into_owned()).collect()
    }

    /// All files below Claude's folders with their bytes, but for what Claude writes of its own accord.
    pub fn claude_files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files = Vec::new();
        for root in [self.root(), self.container(FAMILY), self.container(STORE_FAMILY)] {
            collect(&root, &root.to_string_lossy(), &mut files);
        }
        files.retain(|(name, _)| !name.to_lowercase().contains(r"\logs\"));
        files.sort();
        files
    }

    /// The programs that run from this account's folders, below a folder.
    pub fn running(&self, below: &Path) -> Vec<PathBuf> {
        let running = self.processes().into_iter().map(|(_, program)| program);
        running.filter(|program| program.starts_with(below)).collect()
    }

    /// Waits until something is so.
    pub fn wait_until(&self, what: &str, mut is_so: impl FnMut() -> bool) -> Result<()> {
        let begun = Instant::now();
        while !is_so() {
            ensure!(begun.elapsed() < PATIENCE, "waited in vain: {what}");
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    fn processes(&self) -> Vec<(sysinfo::Pid, PathBuf)> {
        let Ok(mut system) = System::new() else { return Vec::new() };
        let what = ProcessRefreshKind::nothing().with_exe(UpdateKind::Always);
        system.refresh_processes_specifics(ProcessesToUpdate::All, true, what);
        let own = system.processes().values().filter_map(|process| Some((process.pid(), process.exe()?.to_owned())));
        own.filter(|(_, program)| program.starts_with(self.folder.path())).collect()
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        for (process, _) in self.processes() {
            let _ = Command::new("taskkill.exe").args(["/F", "/PID", &process.to_string()]).output();
        }
        let _ = self.wait_until("its programs end", || self.processes().is_empty());
        let _ = Command::new(&self.credential).arg("forget").stderr(Stdio::null()).status();
        clean_registry();
        let _ = self.be_windows(&self.build);
    }
}

/// Which hive a policy is put into.
#[derive(Debug, Clone, Copy)]
pub enum Hive {
    /// The machine's.
    Machine,
    /// The person's.
    Person,
}

/// The key of Claude's policies, made if it is missing.
pub fn policies(hive: Hive) -> Result<RegKey> {
    let root = RegKey::predef(match hive {
        Hive::Machine => HKEY_LOCAL_MACHINE,
        Hive::Person => HKEY_CURRENT_USER,
    });
    Ok(root.create_subkey(POLICIES)?.0)
}

fn windows() -> Result<RegKey> {
    Ok(RegKey::predef(HKEY_LOCAL_MACHINE).create_subkey(WINDOWS)?.0)
}

fn clean_registry() {
    for hive in [HKEY_LOCAL_MACHINE, HKEY_CURRENT_USER] {
        let _ = RegKey::predef(hive).delete_subkey_all(POLICIES);
    }
    let person = RegKey::predef(HKEY_CURRENT_USER);
    for full_name in [PACKAGE, NEWER_PACKAGE, STORE_PACKAGE] {
        let _ = person.delete_subkey_all(format!(r"{PACKAGES}\{full_name}"));
    }
    for (path, names) in [
        (INTERNET, &["ProxyServer", "ProxyEnable", "AutoConfigURL"][..]),
        (DESKTOP, &["PreferredUILanguages"]),
        (ENVIRONMENT, &VARIABLES),
    ] {
        if let Ok((key, _)) = person.create_subkey(path) {
            names.iter().for_each(|name| drop(key.delete_value(name)));
        }
    }
}

/// Puts a built program under another name; linked, since there are many copies of large files.
fn put_program(name: &str, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to.parent().context("a folder")?)?;
    let from = programs().join(name);
    std::fs::copy(&from, to).with_context(|| format!("{} to {}", from.display(), to.display()))?;
    Ok(())
}

fn collect(folder: &Path, root: &str, files: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, root, files);
        } else if let Ok(bytes) = std::fs::read(&path) {
            files.push((path.to_string_lossy().into_owned(), bytes));
        }
    }
}
