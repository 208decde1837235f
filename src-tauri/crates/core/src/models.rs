//! Which models Claude will show, and which to propose.
//!
//! Claude Desktop drops, or in some versions refuses a whole configuration for, an id that it does
//! not recognise as one of Anthropic's models. The list in a profile must hold only ids that every
//! known version accepts. No id is written down here: ids come from the gateway.

mod filter;
mod proposal;

pub use filter::{judge_id, tier_of};
pub use proposal::{offer, propose};

use schemars::JsonSchema;
use serde::Serialize;
use ts_rs::TS;

/// A family of Claude models, from strong to light.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum Tier {
    /// The strongest.
    Mythos,
    /// Above Opus.
    Fable,
    /// For hard work.
    Opus,
    /// For everyday work: the usual default.
    Sonnet,
    /// Quick and cheap: also titles and side tasks.
    Haiku,
}

/// A model that the gateway offers or the person typed, with Claude's verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[ts(export)]
pub struct OfferedModel {
    /// The exact id on the wire.
    pub id: String,
    /// A name for people, if the gateway gave one that differs from the id.
    pub display_name: Option<String>,
    /// The family, if the id tells it.
    pub tier: Option<Tier>,
    /// Why Claude would not show it; nothing means that it will.
    pub dropped: Option<DropReason>,
}

/// Why Claude would not show a model (PI: read from 1.46388 and a fixture of 2.26454.0).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case", tag = "kind")]
#[ts(export)]
pub enum DropReason {
    /// The id holds the name of another vendor.
    OtherVendor {
        /// The word that gives it away.
        word: String,
    },
    /// Nothing in the id says that it is one of Anthropic's models.
    NotClaude,
    /// A bare family name; Claude can resolve it only by asking the gateway for its list.
    BareAlias,
    /// A marker such as `[1m]` or a name such as `opusplan` that makes Claude refuse the whole list.
    RefusesList,
    /// The installed Claude is older than this family.
    ClaudeTooOld,
    /// Not an id at all: empty, with spaces, or longer than any real one.
    NotAnId,
}
