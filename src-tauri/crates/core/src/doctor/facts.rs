//! What the doctor looks at: all that decides whether Claude gets to the gateway.

use crate::address::GatewayUrl;
use crate::check::CheckReport;
use crate::claude::keys;
use crate::claude::managed;
use crate::finding::Finding;
use crate::json::Document;
use crate::plan::Facts;
use crate::secret::MaskedKey;
use crate::status::KeyStorage;

/// A computer, as the doctor sees it. No secret is storage: keys are there by their faces.
#[derive(Debug, Clone, PartialEq)]
pub struct DoctorFacts {
    /// Claude, its files, the administrator's, the journal.
    pub computer: Facts,
    /// The address that Claude is to use.
    pub base: GatewayUrl,
    /// The stored key and the helper program; nothing where this program has connected nothing.
    pub storage: Option<KeyStorage>,
    /// What the gateway answered, if it was asked.
    pub live: Option<CheckReport>,
    /// Why the first of Claude's files that would be written cannot be.
    pub unwritable: Option<Finding>,
    /// Claude Code is there, which is another program.
    pub has_claude_code: bool,
    /// The program that the configuration names for the key.
    pub program: Option<ProgramFact>,
    /// The running Claude and what it left.
    pub run: RunFacts,
    /// Nobody answers at the relay on this computer to which the selected profile leads.
    pub relay_is_dead: bool,
    /// Settings of Claude Code that may win.
    pub overrides: Vec<Override>,
    /// What Claude's own parts need.
    pub parts: Parts,
}

/// A program by its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramFact {
    /// The path, as it stands there.
    pub path: String,
    /// A file that can be run is there.
    pub runs: bool,
}

/// What is known of the running Claude.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunFacts {
    /// When it was started, in seconds.
    pub started: Option<u64>,
    /// When the selected profile or the list was last written, in seconds.
    pub written: Option<u64>,
    /// The keys that it was given and handed on to its own engine.
    pub handed_on: Vec<MaskedKey>,
    /// Its log in third-party mode.
    pub log: Option<LogFact>,
}

/// A log.
#[derive(Clone, PartialEq, Eq)]
pub struct LogFact {
    /// Where.
    pub path: String,
    /// Its end.
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

/// A setting that Claude's engine may take instead of what was written (PI, user reports).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Its name, such as `ANTHROPIC_AUTH_TOKEN`.
    pub name: String,
    /// Where it stands: `environment`, or a file.
    pub place: String,
}

/// What Claude's own parts need: its virtual machine and its agent (OD). Nothing means: not looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parts {
    /// Room on the disk that holds Claude's folder, in bytes.
    pub free: Option<u64>,
    /// A virtual machine can run here.
    pub virtualisation: Option<bool>,
    /// Why the place from which they are fetched cannot be reached; an inner nothing when it can.
    pub downloads: Option<Option<Finding>>,
}

impl DoctorFacts {
    /// An administrator's configuration counts, or switches the local one off.
    pub(super) fn is_managed(&self) -> bool {
        managed::judge(&self.computer.managed, self.computer.claude.version).is_some_and(|finding| finding.blocks())
    }

    /// The profile that the list selects, as far as it can be read.
    pub(super) fn selected(&self) -> Option<Document> {
        let library = &self.computer.library;
        let id = library.applied()?;
        library.profile(&id)?.file.document().ok().filter(|profile| !profile.is_empty())
    }

    /// A text of the selected profile.
    pub(super) fn selected_text(&self, key: &str) -> Option<String> {
        Some(self.selected()?.get(key)?.as_str()?.to_owned())
    }

    /// The program that the selected profile names for the key.
    pub fn named_helper(computer: &Facts) -> Option<String> {
        let library = &computer.library;
        let profile = library.profile(&library.applied()?)?.file.document().ok()?;
        Some(profile.get(keys::CREDENTIAL_HELPER)?.as_str()?.to_owned())
    }
}
