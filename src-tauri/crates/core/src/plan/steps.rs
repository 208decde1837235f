//! A plan, its steps and its result, as the page and the command line show them.

use schemars::JsonSchema;
use serde::Serialize;
use ts_rs::TS;

use crate::change::FileView;
use crate::finding::Finding;
use crate::proof::Proof;
use crate::undo::KeyPlace;

/// What will be done.
#[derive(Debug, Clone, Serialize, JsonSchema, TS)]
#[ts(export)]
pub struct PlanView {
    /// The steps in their order.
    pub steps: Vec<StepId>,
    /// The files that change.
    pub files: Vec<FileView>,
    /// Warnings and refusals, worst first.
    pub findings: Vec<Finding>,
    /// True when a finding blocks: nothing will be written.
    pub refused: bool,
    /// Where the key will be stored.
    pub key_place: KeyPlace,
    /// Hosts that Claude's own tools will be able to reach beside the gateway.
    pub egress: Vec<String>,
    /// Names of values that are in force now and will not be afterwards, and that can be copied into the profile.
    pub carryable: Vec<String>,
    /// True when Claude is running and will have to be quit.
    pub claude_running: bool,
    /// True when Claude is installed and can be started.
    pub claude_installed: bool,
}

/// The steps of applying.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum StepId {
    /// Ask Claude to quit and wait until it has.
    QuitClaude,
    /// Install the helper program.
    InstallHelper,
    /// Store the key in the keychain.
    StoreKey,
    /// Write Claude's files.
    WriteFiles,
    /// Read them again and compare.
    Verify,
    /// Start Claude.
    StartClaude,
    /// Wait for the proof in Claude's log.
    Prove,
}

impl StepId {
    /// All steps, in the order in which they are taken.
    pub const ALL: [Self; 7] = [
        Self::QuitClaude,
        Self::InstallHelper,
        Self::StoreKey,
        Self::WriteFiles,
        Self::Verify,
        Self::StartClaude,
        Self::Prove,
    ];

    /// True for the steps that start Claude: they are left out where only the files are to be written.
    pub fn starts_claude(self) -> bool {
        matches!(self, Self::StartClaude | Self::Prove)
    }
}

/// The progress of one step.
#[derive(Debug, Clone, Serialize, JsonSchema, TS)]
#[ts(export)]
pub struct Phase {
    /// Which step.
    pub step: StepId,
    /// Its state.
    pub state: PhaseState,
    /// Why it failed, or a warning.
    pub finding: Option<Finding>,
}

/// The state of a step.
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

/// The result of applying.
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
    /// A step failed; everything was rolled back.
    RolledBack,
    /// A step failed, and not everything could be rolled back yet; the next start continues.
    Interrupted,
    /// Nothing was written.
    Refused,
}

/// The report on applying.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct ApplyReport {
    /// The result.
    pub outcome: Outcome,
    /// The steps that were carried out.
    pub phases: Vec<Phase>,
    /// All findings, worst first.
    pub findings: Vec<Finding>,
    /// The proof in Claude's log.
    pub proof: Option<Proof>,
    /// True when compatibility mode would avoid the failure and may be offered.
    pub static_key_may_help: bool,
}
