//! The live check of a gateway: what to request next, what the replies mean, and the result as six
//! lamps (the JSON name of the stages that a person sees), each with its own verdict.
//!
//! A gateway may serve its model list to a key that has no money, answer `200` with a home page, or
//! stream nothing at all (see `gateway`). So no lamp implies another: each needs its own evidence, and
//! what was not reached is *not tested*, never green.

mod clock;
mod flow;
mod layer_id;
mod layers;
mod question;
mod redact;
mod route_probe;

pub use clock::hours_off;
pub use flow::{CheckFlow, Step, TimedReply, judge_trial};
pub use layer_id::LayerId;
pub use layers::{Layer, layer_of};
pub use question::{Kind, OfferedTool, Part, Question};
pub use route_probe::{ProbeFailure, ProbeStep, RouteProbe};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::finding::{Evidence, Finding};
use crate::models::OfferedModel;

/// The lamps in the order in which they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum LampId {
    /// The address leads to a gateway that serves the Messages API.
    Address,
    /// The key is accepted.
    Key,
    /// The list of models has at least one that Claude can use.
    Models,
    /// A message is answered.
    Answer,
    /// An answer is streamed.
    Streaming,
    /// The model calls a tool.
    Tools,
}

impl LampId {
    /// All lamps, in the order in which they are shown.
    pub const ALL: [Self; 6] = [Self::Address, Self::Key, Self::Models, Self::Answer, Self::Streaming, Self::Tools];
}

/// The state of a lamp or of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum LampState {
    /// Not tested yet.
    Waiting,
    /// Being tested.
    Running,
    /// Passed.
    Ok,
    /// Passed with a limitation; the finding says which.
    Warning,
    /// Failed; the finding says why and who has to act.
    Failed,
    /// An earlier lamp failed, or the person stopped the check.
    NotTested,
}

/// One lamp: a part of the check with a verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[ts(export)]
pub struct Lamp {
    /// Which lamp.
    pub id: LampId,
    /// Its state.
    pub state: LampState,
    /// Why it is not simply passed.
    pub finding: Option<Finding>,
    /// What was seen, such as `models` = `6`.
    pub facts: Vec<Evidence>,
    /// How long its request took, in milliseconds.
    pub millis: Option<u32>,
}

impl Lamp {
    /// A lamp that is not tested yet.
    pub fn waiting(id: LampId) -> Self {
        Self { id, state: LampState::Waiting, finding: None, facts: Vec::new(), millis: None }
    }
}

/// The header in which the key is sent. Gateways differ in which header they read, and in which one wins
/// when both are there, so exactly one is ever sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum AuthScheme {
    /// `Authorization: Bearer …`
    #[default]
    Bearer,
    /// `x-api-key: …`
    XApiKey,
}

impl AuthScheme {
    /// All headers, in the order in which they are tried. The first is used where nothing was tried.
    pub const ALL: [Self; 2] = [Self::Bearer, Self::XApiKey];

    /// The name that Claude's profile and the command line use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Bearer => "bearer",
            Self::XApiKey => "x-api-key",
        }
    }
}

/// The result of a whole check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct CheckReport {
    /// The address that was tested, in the form that is written to Claude's profile.
    pub base: String,
    /// The authentication header that worked, or the one that was tried last.
    pub scheme: AuthScheme,
    /// All six lamps.
    pub lamps: Vec<Lamp>,
    /// All twelve layers, the lowest first.
    pub layers: Vec<Layer>,
    /// All findings, worst first.
    pub findings: Vec<Finding>,
    /// The models of the gateway's list, each with the reason why Claude drops it, if it does.
    pub models: Vec<OfferedModel>,
    /// The model ids proposed for Claude's list, the default first.
    pub proposal: Vec<String>,
    /// True when no finding blocks connecting Claude.
    pub passed: bool,
    /// True when it passed and nothing has to be read before going on: every lamp is ok, and no finding is
    /// worse than good to know.
    pub clean: bool,
    /// How many requests were sent to the gateway.
    pub requests: u32,
    /// An estimate of the tokens they cost, input and output together.
    pub tokens_estimate: u32,
}
