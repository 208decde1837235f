//! What the app writes of its own accord.
//!
//! The settings are written from memory, as they were read at the start: whoever edits the file while the
//! app runs loses the edit when it quits (claude-code #34359, #85005 and others).

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Map, Value, json};

use super::connection::{Connection, Scheme};
use super::credential::Credential;
use super::files;
use super::mode;

/// The app's settings as it remembers them; `None` where the file could not be read, and is left alone.
#[derive(Debug, Clone)]
pub(super) struct Memory {
    pub(super) path: PathBuf,
    pub(super) settings: Option<Map<String, Value>>,
}

impl Memory {
    /// Writes the settings with what the app adds to them.
    pub(super) fn save(&self) -> io::Result<()> {
        let Some(text) = self.text() else { return Ok(()) };
        if let Some(folder) = self.path.parent() {
            files::make_private_folder(folder)?;
        }
        files::write_private(&self.path, &text)
    }

    /// Leaves a save behind that happens about a second after the app has ended: by the system's shell,
    /// since nothing of the app's own may run any more.
    pub(super) fn save_after_the_end(&self, scratch: &Path) -> io::Result<()> {
        let Some(text) = self.text() else { return Ok(()) };
        let staged = scratch.join(format!("practice-late-{}.json", std::process::id()));
        files::write_private(&staged, &text)?;
        let mut later = shell();
        // As variables, so that no path is taken for a word of the shell's.
        later.env("STAGED", staged).env("SETTINGS", &self.path);
        later.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().map(drop)
    }

    fn text(&self) -> Option<String> {
        let mut settings = self.settings.clone()?;
        settings.insert("windowBounds".into(), json!({ "x": 120, "y": 80, "width": 1280, "height": 860 }));
        Some(format!("{:#}", Value::Object(settings)))
    }
}

/// The shell with what it shall do.
#[cfg(unix)]
fn shell() -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", "sleep 1; mv -f \"$STAGED\" \"$SETTINGS\""]);
    shell
}

/// The shell with what it shall do. It has no word for waiting; asking this computer twice takes as long.
#[cfg(windows)]
fn shell() -> Command {
    use std::os::windows::process::CommandExt;
    let mut shell = Command::new("cmd.exe");
    shell.raw_arg(r#"/d /c "ping -n 2 127.0.0.1 & move /y "%STAGED%" "%SETTINGS%"""#);
    shell
}

/// Writes the person's choices in the app's own window into the applied profile.
pub(super) fn save_choices(profile: &Path, choices: &Map<String, Value>) -> io::Result<()> {
    let Some(mut values) = mode::settings(profile) else { return Ok(()) };
    values.extend(choices.clone());
    files::write_private(profile, &format!("{:#}", Value::Object(values)))
}

/// Writes the resolved credential for the app's own engine, as the real app does even with a helper (PI).
pub(super) fn save_credential(path: &Path, connection: &Connection, credential: &Credential) -> io::Result<()> {
    let scheme = match connection.scheme {
        Scheme::Bearer => "bearer",
        Scheme::XApiKey => "x-api-key",
    };
    let text = json!({
        "provider": "gateway",
        "baseUrl": connection.base_url,
        "authScheme": scheme,
        "token": credential.token.expose(),
    });
    files::write_private(path, &text.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_save_comes_when_the_app_is_gone() {
        let folder = tempfile::Builder::new().prefix("李 雷").tempdir().expect("a folder");
        let path = folder.path().join("settings.json");
        let memory = Memory { path: path.clone(), settings: Some(Map::new()) };
        memory.save_after_the_end(folder.path()).expect("a shell");
        while !path.exists() {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        assert_eq!(std::fs::read_to_string(path).ok(), memory.text());
    }
}
