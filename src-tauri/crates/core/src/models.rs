//! The models that Claude will show, and those to propose.
//!
//! Claude Desktop drops an id that it does not recognise as one of Anthropic's models, or in some versions
//! refuses the whole configuration for it. So a profile must list only ids that every known version accepts.
//! No id is written down here: ids come from the gateway.

mod proposal;

pub use crate::claude::models::{DropReason, Tier, judge_id, tier_of};
pub use proposal::{offer, propose};

use schemars::JsonSchema;
use serde::Serialize;
use ts_rs::TS;

/// A model that the gateway offers or the person typed, with Claude's verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[ts(export)]
pub struct OfferedModel {
    /// The id, exactly as it is sent.
    pub id: String,
    /// A name for people, if the gateway gave one that differs from the id.
    pub display_name: Option<String>,
    /// The family, if the id names it.
    pub tier: Option<Tier>,
    /// Why Claude would not show it; `None` if it will.
    pub dropped: Option<DropReason>,
}
