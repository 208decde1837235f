//! What a plan, its steps and its end are told as.

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
