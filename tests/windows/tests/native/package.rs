//! The package of the stand-in, installed for this account; removed when dropped.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use e2e_windows::programs;
use serde_json::Value;

/// The versions that `cargo xtask native` packs.
const VERSIONS: [&str; 2] = ["2.26454.0.0", "2.31226.1.0"];

pub(super) struct Installed {
    family: String,
    folder: tempfile::TempDir,
}

impl Installed {
    /// Installs the older version.
    pub(super) fn new() -> Result<Self> {
        add(VERSIONS[0], "")?;
        let family = powershell("(Get-AppxPackage -Name Claude).PackageFamilyName")?;
        ensure!(family.starts_with("Claude_"), "the package is not there: {family}");
        Ok(Self { family, folder: tempfile::tempdir()? })
    }

    /// The package's container for data of this computer.
    pub(super) fn container(&self) -> PathBuf {
        super::local().join("Packages").join(&self.family).join(r"LocalCache\Local")
    }

    /// A preset file for a gateway.
    pub(super) fn preset(&self, base: &str) -> Result<String> {
        let path = self.folder.path().join("preset.json");
        let console = "https://aigc.aochengcloud.com";
        let preset = serde_json::json!({"schema": 1, "name": "AIRouter", "base": base, "console": console});
        std::fs::write(&path, preset.to_string())?;
        Ok(path.to_string_lossy().into_owned())
    }

    /// Runs the command line program with a key on its standard input.
    pub(super) fn cli(&self, words: &[&str], key: &str) -> Result<(i32, Value)> {
        use std::io::Write;
        let mut command = Command::new(programs().join("airouter-setup-cli.exe"));
        let mut child = command.args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        child.stdin.take().context("standard input")?.write_all(key.as_bytes())?;
        let output = child.wait_with_output()?;
        let text = String::from_utf8(output.stdout)?;
        let value = serde_json::from_str(&text).with_context(|| format!("{words:?}: not one JSON object: {text}"))?;
        Ok((output.status.code().context("an exit code")?, value))
    }

    /// Runs one of the programs inside the package; gives what it printed, with its exit code at the end. The file
    /// for that lies where nothing is redirected.
    pub(super) fn inside(&self, name: &str, words: &str) -> Result<String> {
        let (program, output) = (programs().join(name), self.folder.path().join("output.txt"));
        let done = self.folder.path().join("done.txt");
        for path in [&output, &done] {
            let _ = std::fs::remove_file(path);
        }
        let script = self.folder.path().join("inside.cmd");
        let (program, shown) = (program.display(), output.display());
        let lines = format!(
            "@\"{program}\" {words} > \"{shown}\" 2>&1\r\n@echo %ERRORLEVEL%>> \"{shown}\"\r\n@echo done> \"{}\"\r\n",
            done.display()
        );
        std::fs::write(&script, lines)?;
        powershell(&format!(
            "Invoke-CommandInDesktopPackage -PackageFamilyName '{}' -AppId Claude -PreventBreakaway -Command cmd.exe -Args '/c \"{}\"'",
            self.family,
            script.display()
        ))?;
        for _ in 0..600 {
            if done.is_file() {
                return Ok(std::fs::read_to_string(&output)?.trim_end().to_owned());
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        anyhow::bail!("{name} {words} did not end inside the package")
    }

    /// Has Windows take over the newer version as soon as Claude does not run.
    pub(super) fn stage_the_newer_one(&self) -> Result<()> {
        add(VERSIONS[1], "-DeferRegistrationWhenPackagesAreInUse")
    }
}

impl Drop for Installed {
    fn drop(&mut self) {
        let _ = powershell("Get-AppxPackage -Name Claude | Remove-AppxPackage");
    }
}

fn add(version: &str, more: &str) -> Result<()> {
    let folder = std::env::var_os("MSIX").map(PathBuf::from).context("MSIX: `cargo xtask native` sets it")?;
    let path = folder.join(format!("{version}.msix"));
    powershell(&format!("Add-AppxPackage -Path '{}' {more}", path.display())).map(drop)
}

/// Runs a line of Windows' own PowerShell; gives what it prints.
fn powershell(line: &str) -> Result<String> {
    let mut command = Command::new("powershell.exe");
    command.args(["-NoProfile", "-Command", &format!("$ErrorActionPreference = 'Stop'; {line}")]);
    let output = command.stdin(Stdio::null()).output()?;
    ensure!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
