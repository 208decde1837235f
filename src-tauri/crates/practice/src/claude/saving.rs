//! What the app writes of its own accord.
//!
//! The settings are written from memory, as they were read at the start: whoever edits the file while the
//! app runs loses the edit when it quits (claude-code #34359, #85005 and others).

use std::io;
use std::path::{Path, PathBuf};

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

    /// Leaves a save behind that happens about a second after the app has ended.
    #[cfg(unix)]
    pub(super) fn save_after_the_end(&self, scratch: &Path) -> io::Result<()> {
        let Some(text) = self.text() else { return Ok(()) };
        let staged = scratch.join(format!("practice-late-{}.json", std::process::id()));
        files::write_private(&staged, &text)?;
        let mut later = std::process::Command::new("sh");
        later.args(["-c", "sleep 1; mv -f \"$0\" \"$1\""]).arg(staged).arg(&self.path);
        let nothing = std::process::Stdio::null;
        later.stdin(nothing()).stdout(nothing()).stderr(nothing()).spawn().map(drop)
    }

    /// Without a shell nobody is left to save anything.
    #[cfg(not(unix))]
    pub(super) fn save_after_the_end(&self, _scratch: &Path) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn text(&self) -> Option<String> {
        let mut settings = self.settings.clone()?;
        settings.insert("windowBounds".into(), json!({ "x": 120, "y": 80, "width": 1280, "height": 860 }));
        Some(format!("{:#}", Value::Object(settings)))
    }
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
