//! What the window and the command line are told. The page gets these values and nothing else; none
//! of them can hold a secret.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::check::AuthScheme;
use crate::finding::{Evidence, Finding};
use crate::proof::Proof;
use crate::secret::KeyFace;

/// The languages that the program speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub enum Locale {
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    ZhCn,
    /// English.
    #[serde(rename = "en")]
    En,
}

impl Locale {
    /// The language for a system locale such as `zh_CN.UTF-8`, `zh-Hans-CN` or `de_DE`. Any Chinese gives
    /// Chinese, and any other language English, which its speakers are likelier to read. Where no language is
    /// set (`C`, `POSIX`, nothing, as for cron, services and containers) it is Chinese, the language of most
    /// people here and of their support; who wants another one there says `--lang`.
    pub fn from_system(tag: Option<&str>) -> Self {
        match tag.map(str::to_ascii_lowercase) {
            Some(tag) if tag.starts_with("zh") => Self::ZhCn,
            Some(tag) if tag.is_empty() || tag == "c" || tag == "posix" || tag.starts_with("c.") => Self::ZhCn,
            Some(_) => Self::En,
            None => Self::ZhCn,
        }
    }
}

/// The system, for words that name its things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum Os {
    /// Linux.
    Linux,
    /// macOS.
    Macos,
    /// Windows.
    Windows,
}

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

/// A gateway, as the page may know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[ts(export)]
pub struct PresetView {
    /// Its name for people.
    pub name: String,
    /// Its base address.
    pub base: String,
    /// The host of that address.
    pub host: String,
    /// True for the one that came with the program: nobody else may call an address official.
    pub built_in: bool,
    /// True when a console page is known.
    pub has_console: bool,
    /// That page.
    pub console: Option<String>,
    /// The models that it recommends, the default first.
    pub models: Vec<String>,
    /// Hosts that it wants opened for Claude's own tools; nothing leaves them as they are.
    pub egress: Option<Vec<String>>,
    /// Who made it.
    pub supporter: Option<String>,
    /// What they have to say.
    pub note: Option<String>,
    /// The last day on which it counts.
    pub expires: Option<String>,
    /// Who signed it, if that is somebody known.
    pub signer: Option<String>,
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
    /// True when a finding blocks the road before the key.
    pub blocked: bool,
    /// Set when Claude is connected by this program.
    pub status: Option<Status>,
    /// True when there is something to undo.
    pub can_undo: bool,
    /// The address of the gateway that the selected profile leads Claude to, whoever wrote it.
    pub in_use: Option<String>,
}

/// Claude Desktop on this computer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[ts(export)]
pub struct ClaudeView {
    /// It was found.
    pub installed: bool,
    /// It is running now.
    pub running: bool,
    /// The installed version, if it can be told.
    pub version: Option<String>,
    /// Where its program is.
    pub path: Option<String>,
}

/// The connection that this program made, value by value.
#[derive(Debug, Clone, Serialize, JsonSchema, TS)]
#[ts(export)]
pub struct Status {
    /// The gateway's name, as it was when it was connected.
    pub name: String,
    /// Its address.
    pub base: String,
    /// The host of that address.
    pub host: String,
    /// How the key is sent.
    pub scheme: AuthScheme,
    /// The chosen models, the default first; empty when every model is shown.
    pub models: Vec<String>,
    /// Where the key lives.
    pub key_place: KeyPlace,
    /// The stored key's face, if it could be read.
    pub key: Option<KeyFace>,
    /// Each value that Claude reads.
    pub rows: Vec<StatusRow>,
    /// True when every row is as expected.
    pub healthy: bool,
    /// Hosts that Claude's tools were allowed beside the gateway; nothing where that was left as it was.
    pub egress: Option<Vec<String>>,
}

/// One value that Claude reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[ts(export)]
pub struct StatusRow {
    /// Its name in Claude's files.
    pub name: String,
    /// What this program wrote.
    pub expected: Option<String>,
    /// What is there.
    pub actual: Option<String>,
    /// Both agree.
    pub ok: bool,
    /// Where what is there comes from.
    pub source: ValueSource,
    /// Why it differs, as far as it can be told.
    pub cause: Option<DriftCause>,
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum ValueSource {
    /// Claude's own files.
    Local,
    /// It stands nowhere, and Claude's default counts.
    Default,
    /// An administrator's configuration, beside which the local one does not count.
    Policy,
    /// What this program keeps: the helper program and the keychain's entry.
    ThisProgram,
}

/// Why a value is no longer what was written. A guess, in the order of what is seen most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum DriftCause {
    /// The person signed in to Anthropic, and Claude noted it.
    SignedIn,
    /// Another profile was selected, by another program or in Claude's own window.
    OtherProfile,
    /// The file is gone.
    Removed,
    /// Claude was updated since.
    ClaudeUpdated,
    /// Somebody changed it.
    Changed,
}

/// Where the key lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum KeyPlace {
    /// In the system's keychain; Claude asks the helper program for it.
    Keychain,
    /// In Claude's profile, in plain text: compatibility mode.
    Profile,
}

/// What a paste gave.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct KeyView {
    /// What may be shown of the key.
    pub face: KeyFace,
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

/// What will be done.
#[derive(Debug, Clone, Serialize, JsonSchema, TS)]
#[ts(export)]
pub struct PlanView {
    /// The steps in their order.
    pub steps: Vec<StepId>,
    /// The files that change.
    pub files: Vec<FileView>,
    /// Worth saying, worst first.
    pub findings: Vec<Finding>,
    /// A finding blocks: nothing will be written.
    pub refused: bool,
    /// Where the key will live.
    pub key_place: KeyPlace,
    /// Hosts that Claude's own tools will be able to reach beside the gateway.
    pub egress: Vec<String>,
    /// Values that count now and would not any more, and can be written into our profile, too.
    pub carryable: Vec<String>,
    /// Claude is running and will have to be quit.
    pub claude_running: bool,
    /// Claude is installed and can be started.
    pub claude_installed: bool,
}

/// The steps of applying.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum StepId {
    /// Ask Claude to quit and wait until it has.
    QuitClaude,
    /// Put the helper program in its place.
    InstallHelper,
    /// Put the key into the keychain.
    StoreKey,
    /// Write Claude's files.
    WriteFiles,
    /// Read them again and compare.
    Verify,
    /// Start Claude.
    StartClaude,
    /// Watch Claude's log for the proof.
    Prove,
}

/// A file that changes.
#[derive(Debug, Clone, Serialize, JsonSchema, TS)]
#[ts(export)]
pub struct FileView {
    /// What the file is.
    pub role: FileRole,
    /// Where it is.
    pub path: String,
    /// It does not exist yet.
    pub is_new: bool,
    /// Its values that change.
    pub edits: Vec<EditView>,
}

/// The files of Claude's that are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum FileRole {
    /// `configLibrary/<id>.json`
    Profile,
    /// `configLibrary/_meta.json`
    Meta,
    /// `claude_desktop_config.json`
    Mode,
}

/// A value that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[ts(export)]
pub struct EditView {
    /// Its name.
    pub key: String,
    /// Its JSON text before; nothing when it was absent.
    pub before: Option<String>,
    /// Its JSON text after; nothing when it is removed. A secret shows as `"•••"`.
    pub after: Option<String>,
}

/// One step, as it goes.
#[derive(Debug, Clone, Serialize, JsonSchema, TS)]
#[ts(export)]
pub struct Phase {
    /// Which.
    pub step: StepId,
    /// How it goes.
    pub state: PhaseState,
    /// Why it failed, or what to know.
    pub finding: Option<Finding>,
}

/// How a step goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum PhaseState {
    /// Under way.
    Running,
    /// Done.
    Done,
    /// Not needed.
    Skipped,
    /// Failed.
    Failed,
}

/// How applying ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum Outcome {
    /// Written, and Claude's own log proves it.
    Proved,
    /// Written; Claude was not started.
    Written,
    /// Written; Claude was started, but its log does not prove it.
    Unproved,
    /// A step failed; everything is as before.
    RolledBack,
    /// A step failed, and not everything could be put back yet; the next start goes on.
    Interrupted,
    /// Nothing was written.
    Refused,
}

/// The result of applying.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct ApplyReport {
    /// How it ended.
    pub outcome: Outcome,
    /// The steps that were gone.
    pub phases: Vec<Phase>,
    /// Worth saying, worst first.
    pub findings: Vec<Finding>,
    /// What Claude's log said.
    pub proof: Option<Proof>,
    /// Compatibility mode would get round what failed, and may be offered.
    pub static_key_may_help: bool,
}

/// How far back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum UndoGoal {
    /// To what was there before this program changed anything, be it another gateway.
    Before,
    /// To Anthropic's own sign-in, whatever was there before.
    Anthropic,
}

/// The result of undoing.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct UndoReport {
    /// How far back it was to go.
    pub goal: UndoGoal,
    /// Everything was undone, but for values that somebody changed later.
    pub undone: bool,
    /// Something could not be put back yet, and is remembered.
    pub unfinished: bool,
    /// Values that were put back.
    pub restored: Vec<EditView>,
    /// Values that were left alone, because somebody changed them later.
    pub left: Vec<EditView>,
    /// Worth saying, worst first.
    pub findings: Vec<Finding>,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(tag: Option<&str>, expected: Locale) {
        assert_eq!(Locale::from_system(tag), expected, "{tag:?}");
    }

    #[test]
    fn chinese_is_for_chinese_and_for_unknown_systems() {
        check(Some("zh_CN.UTF-8"), Locale::ZhCn);
        check(Some("zh-Hant-TW"), Locale::ZhCn);
        check(Some("en_US.UTF-8"), Locale::En);
        check(Some("de_DE"), Locale::En);
        check(Some("fr_FR.UTF-8"), Locale::En);
        for none in ["C", "C.UTF-8", "c.utf8", "POSIX", ""] {
            check(Some(none), Locale::ZhCn);
        }
        check(None, Locale::ZhCn);
    }
}
