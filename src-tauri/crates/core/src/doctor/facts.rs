//! The observations that the doctor judges.

use crate::address::GatewayUrl;
use crate::check::CheckReport;
use crate::claude::keys;
use crate::claude::managed;
use crate::finding::Finding;
use crate::json::Document;
use crate::plan::Facts;
use crate::secret::MaskedKey;
use crate::status::KeyStorage;

/// The observations of one computer. It holds no secret: keys are there in masked form.
#[derive(Debug, Clone, PartialEq)]
pub struct DoctorFacts {
    /// Claude, its files, the administrator's configuration, the journal.
    pub computer: Facts,
    /// The address that Claude is to use.
    pub base: GatewayUrl,
    /// The stored key and the helper program; `None` where this program made no connection.
    pub storage: Option<KeyStorage>,
    /// The result of the live check, if one was made.
    pub live: Option<CheckReport>,
    /// Why the first of Claude's files that would be written is not writable.
    pub unwritable: Option<Finding>,
    /// True when Claude Code, another program, is installed.
    pub has_claude_code: bool,
    /// The helper program that the configuration names.
    pub program: Option<ProgramFact>,
    /// The running Claude and what it left.
    pub run: RunFacts,
    /// True when nothing answers at the local relay that the selected profile names.
    pub relay_is_dead: bool,
    /// Settings of Claude Code that may take precedence.
    pub overrides: Vec<Override>,
    /// Requirements of Claude's virtual machine and agent.
    pub parts: Parts,
}

/// A program by its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramFact {
    /// The path, as it is written in the configuration.
    pub path: String,
    /// True when an executable file is there.
    pub runs: bool,
}

/// Observations of the running Claude.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunFacts {
    /// When it was started, in seconds.
    pub started: Option<u64>,
    /// When the selected profile or the list was last written, in seconds.
    pub written: Option<u64>,
    /// The keys that Claude was given and passed on to its engine, in masked form.
    pub handed_on: Vec<MaskedKey>,
    /// Its log in third-party mode.
    pub log: Option<LogFact>,
}

/// A log.
#[derive(Clone, PartialEq, Eq)]
pub struct LogFact {
    /// Its path.
    pub path: String,
    /// The last part of it.
    pub text: String,
    /// When it was last written, in seconds.
    pub written: Option<u64>,
}

impl std::fmt::Debug for LogFact {
    /// Programs write keys into logs, so only the length is printed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LogFact({}, {} bytes)", self.path, self.text.len())
    }
}

/// A setting that Claude's engine may use instead of the written one (PI, user reports).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Its name, such as `ANTHROPIC_AUTH_TOKEN`.
    pub name: String,
    /// Where it is set: `environment`, or a file.
    pub place: String,
}

/// Requirements of Claude's virtual machine and its agent (OD). `None` means not observed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parts {
    /// Free space on the disk that holds Claude's folder, in bytes.
    pub free: Option<u64>,
    /// Whether a virtual machine can run here.
    pub virtualisation: Option<bool>,
    /// Why the download server of these parts cannot be reached; an inner `None` when it can.
    pub downloads: Option<Option<Finding>>,
}

impl DoctorFacts {
    /// True when an administrator's configuration is in force, or switches the local one off.
    pub(super) fn is_managed(&self) -> bool {
        managed::judge(&self.computer.managed, self.computer.claude.version).is_some_and(|finding| finding.blocks())
    }

    /// The profile that `_meta.json` selects, as far as it can be read.
    pub(super) fn selected(&self) -> Option<Document> {
        let library = &self.computer.library;
        let id = library.applied()?;
        library.profile(&id)?.file.document().ok().filter(|profile| !profile.is_empty())
    }

    /// A text value of the selected profile.
    pub(super) fn selected_text(&self, key: &str) -> Option<String> {
        Some(self.selected()?.get(key)?.as_str()?.to_owned())
    }

    /// The helper program that the selected profile names.
    pub fn named_helper(computer: &Facts) -> Option<String> {
        let library = &computer.library;
        let profile = library.profile(&library.applied()?)?.file.document().ok()?;
        Some(profile.get(keys::CREDENTIAL_HELPER)?.as_str()?.to_owned())
    }
}
