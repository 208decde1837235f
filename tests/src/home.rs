//! A scratch home in which the stand-in Claude Desktop is installed.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::{programs, stand_in};

/// A home of its own for one test. What was started in it is ended with it, and the key that was
/// stored is forgotten.
pub struct Home {
    folder: tempfile::TempDir,
    path: String,
}

impl Home {
    /// An empty home with the stand-in on the path, under the real app's name.
    pub fn new() -> Result<Self> {
        let home = Self::without_claude()?;
        std::fs::copy(stand_in(), home.folder.path().join("bin/claude-desktop")).context("the stand-in")?;
        Ok(home)
    }

    /// An empty home on a computer without Claude Desktop.
    pub fn without_claude() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        for part in ["home/.config/gtk-3.0", "bin"] {
            std::fs::create_dir_all(folder.path().join(part))?;
        }
        let path = format!("{}:/usr/bin:/bin", folder.path().join("bin").display());
        let home = Self { folder, path };
        home.theme(false)?;
        Ok(home)
    }

    /// The home folder.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// The folder with the stand-in Claude.
    pub fn programs(&self) -> PathBuf {
        self.folder.path().join("bin")
    }

    /// Claude's third-party folder.
    pub fn claude(&self) -> PathBuf {
        self.path().join(".config/Claude-3p")
    }

    /// Light or dark windows; animations are off either way, so that pictures catch nothing half-faded.
    pub fn theme(&self, dark: bool) -> Result<()> {
        let text =
            format!("[Settings]\ngtk-application-prefer-dark-theme={}\ngtk-enable-animations=0\n", u8::from(dark));
        Ok(std::fs::write(self.path().join(".config/gtk-3.0/settings.ini"), text)?)
    }

    /// Puts a file below the home folder.
    pub fn put(&self, path: &str, text: &str) -> Result<()> {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().context("a folder")?)?;
        Ok(std::fs::write(path, text)?)
    }

    /// A preset file for a gateway.
    pub fn preset(&self, base: &str) -> Result<PathBuf> {
        let path = self.folder.path().join("preset.json");
        let preset = serde_json::json!({"schema": 1, "name": "AIRouter", "base": base, "console": "https://aigc.aochengcloud.com"});
        std::fs::write(&path, preset.to_string())?;
        Ok(path)
    }

    /// A program that sees this home and nothing of another.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command
            .env("HOME", self.path())
            .env("PATH", &self.path)
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_DATA_HOME");
        command
    }

    /// Runs the command line program with a key on its standard input.
    pub fn cli(&self, words: &[&str], key: &str) -> Result<Output> {
        use std::io::Write;
        let mut child = self
            .command(programs().join("airouter-setup-cli"))
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        child.stdin.take().context("standard input")?.write_all(key.as_bytes())?;
        Ok(child.wait_with_output()?)
    }

    /// Runs the command line program and reads its one JSON object.
    pub fn cli_json(&self, words: &[&str], key: &str) -> Result<(i32, Value)> {
        let output = self.cli(words, key)?;
        let text = String::from_utf8(output.stdout)?;
        let value = serde_json::from_str(&text).with_context(|| format!("not one JSON object: {text}"))?;
        Ok((output.status.code().context("an exit code")?, value))
    }

    /// Every JSON file below Claude's folder as a value, by its path; logs are left out.
    pub fn claude_files(&self) -> Result<Vec<(String, Value)>> {
        let mut files = Vec::new();
        for path in crate::watch::files_below(&self.claude()) {
            if path.extension().is_some_and(|ending| ending == "json") {
                let name = path.strip_prefix(self.claude())?.to_string_lossy().into_owned();
                files.push((name, serde_json::from_str(&std::fs::read_to_string(&path)?)?));
            }
        }
        files.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(files)
    }

    /// Ends the stand-in.
    pub fn close_claude(&self) {
        let program = self.programs().join("claude-desktop");
        let _ = Command::new("pkill").args(["-TERM", "-f"]).arg(&program).status();
        for _ in 0..100 {
            let is_gone =
                Command::new("pgrep").arg("-f").arg(&program).output().is_ok_and(|output| output.stdout.is_empty());
            if is_gone {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    }
}

/// A file for its owner alone, such as one with a key.
pub fn keep_private(path: &Path, text: &str) -> Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    Ok(file.write_all(text.as_bytes())?)
}

impl Drop for Home {
    fn drop(&mut self) {
        self.close_claude();
        let _ = self.command(programs().join("airouter-credential")).arg("forget").stderr(Stdio::null()).status();
    }
}
