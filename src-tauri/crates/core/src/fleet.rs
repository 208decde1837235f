//! Exports a tested connection for many computers: the configuration in the form of each system, scripts for
//! the tools that distribute it, a preset, the proof of the computer on which it was tested, and a page to
//! read first.
//!
//! Nothing is distributed here: administrators have tools of their own for that. Every value is compared with
//! the table of Claude's keys, and every file is read back as its system would, before anything is returned.
//! The files hold no key unless that is requested; without one, Claude calls the helper program for the key
//! of each person.

mod forms;
mod pilot;
mod scripts;
mod values;

pub use forms::{mobileconfig, read_mobileconfig, read_registry, read_registry_removals, registry, registry_removal};
pub use pilot::Pilot;
pub use values::values;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::check::AuthScheme;
use crate::claude::version::Version;
use crate::claude::{keys, policy, schema};
use crate::finding::{Code, Finding};
use crate::locale::Os;
use crate::preset::Preset;
use crate::secret::Secret;

/// The path of the helper program on every computer of a fleet. A configuration for all people of a
/// computer cannot name a folder of one of them, and Claude expands nothing in the path (PI).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Helpers {
    /// On Windows.
    pub windows: String,
    /// On macOS.
    pub macos: String,
    /// On Linux.
    pub linux: String,
}

impl Default for Helpers {
    /// Where this program's packages install it for everybody.
    fn default() -> Self {
        Self {
            windows: r"C:\Program Files\AIRouter Setup\airouter-credential.exe".to_owned(),
            macos: "/Applications/AIRouter Setup.app/Contents/MacOS/airouter-credential".to_owned(),
            linux: "/usr/bin/airouter-credential".to_owned(),
        }
    }
}

/// A connection for a fleet.
#[derive(Debug)]
pub struct Fleet {
    /// The gateway, the models and the hosts, as a preset.
    pub preset: Preset,
    /// The header in which the key is sent.
    pub scheme: AuthScheme,
    /// The id under which Claude files the history.
    pub organization: String,
    /// The paths of the helper program.
    pub helpers: Helpers,
    /// The key, only where it is to be written to the files in plain text.
    pub key: Option<Secret>,
    /// The oldest Claude of the fleet; `None` when all are new.
    pub oldest: Option<Version>,
    /// The computer on which it was tested.
    pub pilot: Pilot,
}

/// A file of the export.
pub struct Exported {
    /// Its path below the folder, with `/`.
    pub path: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
    /// True when it holds the key.
    pub holds_key: bool,
}

impl Fleet {
    /// All files.
    ///
    /// # Errors
    /// `ExportInvalid` when a value is not one that Claude accepts, or a file does not read back as what it was
    /// made of. Then there are no files.
    pub fn files(&self) -> Result<Vec<Exported>, Finding> {
        let preset = self.preset.to_json()?;
        let of = |os: Os| -> Result<Vec<(&'static str, Value)>, Finding> {
            let values = values(self, os);
            schema::lint(values.iter().map(|(name, value)| (*name, value)), self.oldest)?;
            // The default authentication header may be left out, any other may not.
            if self.scheme != AuthScheme::Bearer && !values.iter().any(|(name, _)| *name == keys::AUTH_SCHEME) {
                return Err(Finding::new(Code::ExportInvalid).with("key", keys::AUTH_SCHEME).with("reason", "newer"));
            }
            Ok(values)
        };
        let (windows, macos, linux) = (of(Os::Windows)?, of(Os::Macos)?, of(Os::Linux)?);

        let profile = mobileconfig(&self.preset, &macos)?;
        same("claude.mobileconfig", &macos, read_mobileconfig(&profile))?;
        let hives = forms::HIVES.map(|hive| registry(hive, &windows));
        for (hive, bytes) in forms::HIVES.iter().zip(&hives) {
            same("claude.reg", &windows, read_registry(bytes, hive))?;
        }
        let [machine, person] = hives;
        let removal = registry_removal(policy::MACHINE);
        same("claude-remove.reg", &[], read_registry(&removal, policy::MACHINE))?;
        let settings = forms::settings(&linux);

        let secret = |path, bytes| Exported { path, bytes, holds_key: self.key.is_some() };
        let mut files = vec![
            secret("macos/claude.mobileconfig", profile),
            secret("windows/claude-machine.reg", machine),
            secret("windows/claude-person.reg", person),
            secret("linux/managed-settings.json", settings),
        ];
        let plain =
            |(path, text): (&'static str, String)| Exported { path, bytes: text.into_bytes(), holds_key: false };
        files.extend(scripts::scripts(&preset).map(plain));
        files.push(Exported { path: "windows/claude-remove.reg", bytes: removal, holds_key: false });
        files.push(plain(("gateway.airouter", preset)));
        files.push(plain(("pilot.json", self.pilot.to_json())));
        files.extend(scripts::readmes(self).map(plain));
        Ok(files)
    }
}

/// Shows nothing of the content, which may be a key.
impl std::fmt::Debug for Exported {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Exported").field("path", &self.path).field("holds_key", &self.holds_key).finish_non_exhaustive()
    }
}

/// Compares what a file says with what it was made of.
fn same(file: &str, wanted: &[(&'static str, Value)], read: Option<BTreeMap<String, Value>>) -> Result<(), Finding> {
    let wanted = wanted.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    if read == Some(wanted) {
        Ok(())
    } else {
        Err(Finding::new(Code::ExportInvalid).with("path", file).with("reason", "reads back otherwise"))
    }
}

#[cfg(test)]
mod tests;
