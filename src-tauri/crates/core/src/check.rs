//! The live check as a person sees it: six lamps in a row, each with a verdict of its own.
//!
//! A relay may serve its model list to a key that has no money, answer `200` with a home page, or
//! stream nothing at all (`gateway` explains). So no lamp vouches for another: each is lit by its own
//! evidence, and what was not reached is *not tested*, never green.

mod clock;
mod flow;
mod layer_id;
mod layers;
mod question;
mod reach;
mod redact;

pub use clock::hours_off;
pub use flow::{CheckFlow, Step, TimedReply, judge_trial};
pub use layer_id::LayerId;
pub use layers::{Layer, layer_of};
pub use question::{Kind, Offered, Part, Question};
pub use reach::{Leg, Reach, Trouble};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::finding::{Evidence, Finding};
use crate::models::OfferedModel;

/// The lamps in the order of the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum LampId {
    /// The gateway is reached at this address and speaks the right language.
    Address,
    /// The key is accepted.
    Key,
    /// The list of models has something for Claude.
    Models,
    /// A message is answered.
    Answer,
    /// An answer streams.
    Streaming,
    /// A tool is called.
    Tools,
}

impl LampId {
    /// All lamps, in the order of the row.
    pub const ALL: [Self; 6] = [Self::Address, Self::Key, Self::Models, Self::Answer, Self::Streaming, Self::Tools];
}

/// How a lamp looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum LampState {
    /// Its turn has not come.
    Waiting,
    /// Being tested.
    Running,
    /// Good.
    Ok,
    /// Good enough to go on; the finding says what to know.
    Warning,
    /// Bad; the finding says why and whose it is.
    Failed,
    /// An earlier lamp failed, or the person stopped the check.
    NotTested,
}

/// One lamp.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[ts(export)]
pub struct Lamp {
    /// Which.
    pub id: LampId,
    /// How it looks.
    pub state: LampState,
    /// Why, when it is not simply good.
    pub finding: Option<Finding>,
    /// What was seen, such as `models` = `6`.
    pub facts: Vec<Evidence>,
    /// How long its request took, in milliseconds.
    pub millis: Option<u32>,
}

impl Lamp {
    /// A lamp whose turn has not come.
    pub fn waiting(id: LampId) -> Self {
        Self { id, state: LampState::Waiting, finding: None, facts: Vec::new(), millis: None }
    }
}

/// How the key is sent. Gateways differ in which header they read, and in which wins when both are
/// there, so exactly one is ever sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum AuthScheme {
    /// `Authorization: Bearer …`
    Bearer,
    /// `x-api-key: …`
    XApiKey,
}

impl AuthScheme {
    /// The word that Claude's profile and the command line use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Bearer => "bearer",
            Self::XApiKey => "x-api-key",
        }
    }
}

/// What a whole check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct CheckReport {
    /// The address that was tested, as Claude will be given it.
    pub base: String,
    /// The way of sending the key that worked, or the one tried last.
    pub scheme: AuthScheme,
    /// All six lamps.
    pub lamps: Vec<Lamp>,
    /// All twelve layers beneath and behind them, the lowest first.
    pub layers: Vec<Layer>,
    /// Everything worth saying, worst first.
    pub findings: Vec<Finding>,
    /// What the gateway offers, with Claude's verdict on each.
    pub models: Vec<OfferedModel>,
    /// The ids proposed to be chosen, the default first.
    pub proposal: Vec<String>,
    /// True when Claude can be connected: nothing blocks.
    pub passed: bool,
    /// How many requests were made of the gateway.
    pub requests: u32,
    /// About how many tokens they cost, those read and those written together.
    pub tokens_estimate: u32,
}
