//! What the window is told. The page gets these values and nothing else; none of them can hold a secret. What
//! a module tells of its own stands there, and is only named here.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use crate::change::{EditView, FileView};
pub use crate::claude::{ClaudeView, FileRole};
pub use crate::locale::{Locale, Os};
pub use crate::plan::{ApplyReport, Outcome, Phase, PhaseState, PlanView, StepId};
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
    /// Set when nothing real is touched.
    pub rehearsal: Option<Rehearsal>,
    /// The computer as it is now.
    pub overview: Overview,
    /// A preset that was opened and waits for the person's word.
    pub offer: Option<Offer>,
}

/// A preset that somebody opened, by a file or a link. Nothing of it counts before the person says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Offer {
    /// What it says; nothing when it cannot be used.
    pub preset: Option<PresetView>,
    /// Why it cannot be used, or what to know.
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

/// Rehearsal: a practice gateway and a stand-in Claude Desktop in a scratch home.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct Rehearsal {
    /// The scenario that is being played, by its name.
    pub scenario: String,
    /// All scenarios, in the order of a list.
    pub scenarios: Vec<PracticeScenario>,
}

/// A scenario that can be rehearsed.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct PracticeScenario {
    /// Its name.
    pub id: String,
    /// What it is about, such as `network`.
    pub group: String,
    /// The practice key to paste, if there is one. It opens nothing real.
    pub key: Option<String>,
    /// The code that the customer will read out.
    pub code: String,
    /// What is found with it, as far as it changes what the customer reads.
    pub facts: Vec<Evidence>,
    /// What is said in Chinese.
    #[serde(rename = "zh-CN")]
    pub zh_cn: PracticeScript,
    /// What is said in English.
    pub en: PracticeScript,
}

/// What customer and supporter say in a rehearsal.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct PracticeScript {
    /// The scenario in a few words.
    pub title: String,
    /// How the customer begins.
    pub customer: String,
    /// What the supporter says, one thing at a time.
    pub supporter: Vec<String>,
    /// How it ends well.
    pub end: String,
}

/// What was found on this computer.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct Overview {
    /// Claude Desktop.
    pub claude: ClaudeView,
    /// The folder in which Claude keeps its third-party configuration.
    pub root: String,
    /// Worth saying, worst first.
    pub findings: Vec<Finding>,
    /// True when a finding blocks the flow before the key.
    pub blocked: bool,
    /// Set when Claude is connected by this program.
    pub status: Option<Status>,
    /// True when there is something to undo.
    pub can_undo: bool,
    /// The address of the gateway that the selected profile leads Claude to, whoever wrote it.
    pub in_use: Option<String>,
}

/// What a paste gave.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct KeyView {
    /// What may be shown of the key.
    pub face: MaskedKey,
    /// What was done to the pasted text, in order.
    pub notes: Vec<crate::key::KeyNote>,
    /// An address that stood beside the key. It is used only when the person has seen it.
    pub address: Option<AddressView>,
}

/// An address as Claude will be given it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct AddressView {
    /// The base address.
    pub base: String,
    /// Its host, in the form that cannot be mistaken for another.
    pub host: String,
    /// What was changed of what was typed, in order.
    pub changes: Vec<crate::address::AddressChange>,
    /// True when it is the preset's own.
    pub is_preset: bool,
}

/// What the person wants checked. It cannot be printed: a proxy's address may hold a password.
#[derive(Clone, Deserialize, TS)]
#[ts(export)]
pub struct CheckWishes {
    /// The address; nothing means the preset's.
    pub address: Option<String>,
    /// How to send the key; nothing means: find out.
    pub scheme: Option<AuthScheme>,
    /// The proxy, typed by hand; nothing means the system's.
    pub proxy: Option<String>,
}

/// What the person wants set up.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export)]
pub struct SetupWishes {
    /// The ids of the chosen models, the default first.
    pub models: Vec<String>,
    /// Show every model that the gateway lists, now and later, instead of the chosen ones.
    pub every_model: bool,
    /// Compatibility mode: the key in the profile.
    pub static_key: bool,
    /// Hosts that Claude's own tools may reach beside the gateway, none for the gateway alone; nothing
    /// leaves it as it is.
    pub egress: Option<Vec<String>>,
    /// What counts now and would not any more is written into our profile, too, where it can be.
    pub carry_over: bool,
    /// Quit Claude if it runs, and start it afterwards.
    pub restart: bool,
}

/// How one model answered a one-token message.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct ModelTrial {
    /// The id that was tried.
    pub id: String,
    /// Why it does not work; nothing means that it does.
    pub finding: Option<Finding>,
}

/// A report as it is shown before it is saved.
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

/// A page that the program may open; which address that is, is decided here and not in the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum Page {
    /// Where Claude Desktop is downloaded.
    ClaudeDownload,
    /// The gateway's console, for keys and balance.
    Console,
    /// The list of requests in that console; the console itself where the preset names no such page.
    UsageLog,
}
