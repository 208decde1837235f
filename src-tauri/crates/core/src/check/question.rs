//! The requests for messages, as the engine of Claude Desktop sends them.
//!
//! A gateway may answer a small plain request and refuse every one of Claude's: it does not know the `beta`
//! query, system prompts as a list of blocks, turns with the role `system`, or bodies of 117 kB. So the
//! check sends a request with all of these parts. Each part can be left out, to find the one that a refusal
//! is about.
//! Source of all figures: measured against the engine 2.1.332 on loopback (obs).

mod body;
mod engine_params;
mod tools;

pub use tools::OfferedTool;
pub(super) use tools::WORD_IN_RESULT;

use std::collections::BTreeSet;

use super::AuthScheme;
use crate::gateway::Call;

/// A part of a request that some gateways refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// The turn with the role `system` after the user's.
    RoleSystem,
    /// `output_config.effort` and its beta.
    Effort,
    /// Adaptive thinking; left out, thinking is enabled with a token budget.
    Adaptive,
    /// Thinking of any kind.
    Thinking,
    /// The usual `max_tokens`; left out, a small number is sent.
    MaxTokens,
    /// The `anthropic-beta` header.
    Betas,
    /// `?beta=true`.
    BetaQuery,
    /// `system` as a list of blocks; left out, it is a text.
    SystemList,
    /// `cache_control` anywhere.
    CacheControl,
    /// `metadata`.
    Metadata,
    /// `$schema` and other keywords of JSON Schema in the tools.
    ToolSchema,
    /// As many tools as Claude offers; left out, there are two.
    ToolCount,
    /// Tools of any kind.
    Tools,
    /// The body size of 117 kB.
    Size,
}

impl Part {
    /// All parts, the most often refused first.
    pub const ALL: [Self; 14] = [
        Self::RoleSystem,
        Self::Effort,
        Self::Adaptive,
        Self::Thinking,
        Self::MaxTokens,
        Self::Betas,
        Self::SystemList,
        Self::CacheControl,
        Self::Metadata,
        Self::ToolSchema,
        Self::ToolCount,
        Self::Tools,
        Self::Size,
        Self::BetaQuery,
    ];

    /// The name that evidence uses.
    pub fn word(self) -> &'static str {
        match self {
            Self::RoleSystem => "role-system",
            Self::Effort => "output_config.effort",
            Self::Adaptive => "thinking.adaptive",
            Self::Thinking => "thinking",
            Self::MaxTokens => "max_tokens",
            Self::Betas => "anthropic-beta",
            Self::BetaQuery => "beta-query",
            Self::SystemList => "system-list",
            Self::CacheControl => "cache_control",
            Self::Metadata => "metadata",
            Self::ToolSchema => "tools.schema",
            Self::ToolCount => "tools.count",
            Self::Tools => "tools",
            Self::Size => "size",
        }
    }
}

/// Which request of a conversation it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// The first of a turn: a prompt that asks for a tool call; whether to call is left to the model.
    Turn,
    /// The same with a tool call demanded, for models that answered with text.
    Forced,
    /// A demanded tool without input; `true` leaves the demand out, where it was refused.
    NoInput(bool),
    /// The second of a turn: the call, and the tool's result.
    Result(Box<Call>),
    /// A message of one token, like Claude Desktop's own health probe.
    Tiny,
}

/// One request for a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The header in which the key is sent.
    pub scheme: AuthScheme,
    /// The model id as the gateway lists it.
    pub model: String,
    /// Which request it is.
    pub kind: Kind,
    /// Whether the answer is to be streamed.
    pub stream: bool,
    /// The parts that are left out.
    pub without: BTreeSet<Part>,
    /// The token limit that the gateway named, where it refused the usual number.
    pub cap: Option<u32>,
    /// How often the same request was sent before; before a retry the platform waits.
    pub tries: u8,
    /// The delay that the gateway asked for, in seconds.
    pub wait: Option<u32>,
}

impl Question {
    /// A request with all its parts, streamed.
    pub fn new(scheme: AuthScheme, model: impl Into<String>, kind: Kind) -> Self {
        let stream = matches!(kind, Kind::Turn | Kind::Forced | Kind::Result(_));
        Self { scheme, model: model.into(), kind, stream, without: BTreeSet::new(), cap: None, tries: 0, wait: None }
    }

    /// The path and query after the base address.
    pub fn route(&self) -> &'static str {
        if self.kind == Kind::Tiny || self.leaves(Part::BetaQuery) { "/v1/messages" } else { "/v1/messages?beta=true" }
    }

    /// The value of the `anthropic-beta` header; `None` if it is not sent.
    pub fn betas(&self) -> Option<String> {
        if self.kind == Kind::Tiny || self.leaves(Part::Betas) {
            return None;
        }
        let params = self.params();
        let all = [
            Some("claude-code-20250219"),
            Some("interleaved-thinking-2025-05-14").filter(|_| params.interleaves),
            Some("effort-2025-11-24").filter(|_| params.effort.is_some() && !self.leaves(Part::Effort)),
        ];
        Some(all.into_iter().flatten().collect::<Vec<_>>().join(","))
    }

    /// The tools that the request offers.
    pub fn offered(&self) -> Vec<OfferedTool> {
        if self.kind == Kind::Tiny || self.leaves(Part::Tools) {
            return Vec::new();
        }
        tools::offered(self.leaves(Part::ToolCount))
    }

    /// The body of the request as JSON.
    pub fn body(&self) -> String {
        body::text(self)
    }

    /// An estimate of its input tokens; the white space that fills the body up costs none.
    pub fn tokens(&self) -> u32 {
        let letters = self.body().chars().filter(|letter| !letter.is_whitespace()).count();
        u32::try_from(letters / 4).unwrap_or(u32::MAX)
    }

    fn leaves(&self, part: Part) -> bool {
        self.without.contains(&part)
    }

    fn params(&self) -> engine_params::EngineParams {
        engine_params::of(engine_params::wire_id(&self.model))
    }
}

#[cfg(test)]
mod tests;
