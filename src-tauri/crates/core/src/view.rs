//! The values that the window gets. The page gets nothing else; none of them can hold a secret. Types that
//! belong to another module are defined there and only re-exported here.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use crate::change::{EditView, FileView};
pub use crate::claude::{ClaudeView, FileRole};
pub use crate::locale::{Locale, Os};
pub use crate::plan::{ApplyReport, Outcome, Phase, PhaseState, PlanView, SetupWishes, StepId};
pub use crate::preset::PresetView;
pub use crate::status::{DriftCause, Status, StatusRow, ValueSource};
pub use crate::undo::{KeyPlace, UndoGoal, UndoReport};

use crate::check::AuthScheme;
use crate::finding::{Evidence, Finding};
use crate::secret::MaskedKey;

/// Everything that the first screen needs.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct Start {
    /// The language to start in.
    pub locale: Locale,
    /// The system.
    pub os: Os,
    /// This program's version.
    pub version: String,
    /// The gateway that is to be connected.
    pub preset: PresetView,
    /// Set when this is a rehearsal and nothing real is changed.
    pub rehearsal: Option<Rehearsal>,
    /// The present state of the computer.
    pub overview: Overview,
    /// An opened preset that waits for the person's confirmation.
    pub offer: Option<Offer>,
}

/// A preset that was opened by a file or a link. It has no effect before the person confirms it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Offer {
    /// Its content; `None` when it cannot be used.
    pub preset: Option<PresetView>,
    /// Why it cannot be used, and warnings.
    pub findings: Vec<Finding>,
}

/// A preset made from the connection on this computer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct MadePreset {
    /// The text of its file.
    pub text: String,
    /// The same as a link.
    pub link: String,
}

/// A rehearsal: a practice gateway and a stand-in Claude Desktop in a sandbox home.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct Rehearsal {
    /// The name of the present scenario.
    pub scenario: String,
    /// All scenarios, in the order of the list.
    pub scenarios: Vec<PracticeScenario>,
}

/// A scenario that can be rehearsed.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct PracticeScenario {
    /// Its name.
    pub id: String,
    /// Its topic, such as `network`.
    pub group: String,
    /// The practice key to paste, if there is one. No real gateway accepts it.
    pub key: Option<String>,
    /// The code that the customer will read out.
    pub code: String,
    /// The facts of the finding, as far as they change what the customer reads.
    pub facts: Vec<Evidence>,
    /// The script in Chinese.
    #[serde(rename = "zh-CN")]
    pub zh_cn: PracticeScript,
    /// The script in English.
    pub en: PracticeScript,
}

/// The script of a rehearsal for customer and supporter.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct PracticeScript {
    /// The scenario in a few words.
    pub title: String,
    /// How the customer begins.
    pub customer: String,
    /// What the supporter says, step by step.
    pub supporter: Vec<String>,
    /// How it ends well.
    pub end: String,
}

/// The observations of this computer.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct Overview {
    /// Claude Desktop.
    pub claude: ClaudeView,
    /// The folder of Claude's third-party configuration.
    pub root: String,
    /// All findings, worst first.
    pub findings: Vec<Finding>,
    /// True when a finding blocks the flow before the key.
    pub blocked: bool,
    /// Set when Claude is connected by this program.
    pub status: Option<Status>,
    /// True when there is something to undo.
    pub can_undo: bool,
    /// The address of the gateway in the selected profile, written by any program; without a slash
    /// at its end.
    pub in_use: Option<String>,
}

/// The result of reading a paste.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct KeyView {
    /// The masked form of the key.
    pub face: MaskedKey,
    /// The changes made to the pasted text, in order.
    pub notes: Vec<crate::key::KeyNote>,
    /// An address in the same text. It is used only when the person has seen it.
    pub address: Option<AddressView>,
}

/// An address in the form that is written to Claude's profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct AddressView {
    /// The base address.
    pub base: String,
    /// Its host in ASCII, so that look-alike letters are visible.
    pub host: String,
    /// The changes made to the typed text, in order.
    pub changes: Vec<crate::address::AddressChange>,
    /// True when it is the preset's own.
    pub is_preset: bool,
}

/// The request for a check. It cannot be printed: a proxy's address may hold a password.
#[derive(Clone, Deserialize, TS)]
#[ts(export)]
pub struct CheckWishes {
    /// The address; `None` means the preset's.
    pub address: Option<String>,
    /// The authentication header; `None` means: find out.
    pub scheme: Option<AuthScheme>,
    /// The typed proxy; `None` means the system's.
    pub proxy: Option<String>,
}

/// The answer of one model to a one-token message.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct ModelTrial {
    /// The tested id.
    pub id: String,
    /// Why it does not work; `None` means that it does.
    pub finding: Option<Finding>,
}

/// A report in the form that is shown before it is saved.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct ReportView {
    /// The page, in the person's language.
    pub page: String,
    /// What is in the archive.
    pub entries: Vec<crate::report::ReportEntry>,
    /// The name that its file will have.
    pub name: String,
}

/// A page that the program may open; its address is decided here and not in the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum Page {
    /// The download page of Claude Desktop.
    ClaudeDownload,
    /// The gateway's console, for keys and balance.
    Console,
    /// The list of requests in that console; the console itself where the preset names no such page.
    UsageLog,
}
