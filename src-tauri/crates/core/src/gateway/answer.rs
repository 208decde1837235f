//! An answer in Anthropic's form, streamed or whole.

use super::reply::Reply;
use serde_json::Value;

/// A request of the check cannot have more tokens than this. A client that measures a conversation by the
/// reported count would take it for too long.
const MOST_TOKENS: u64 = 900_000;

/// One answer of a model.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// The text of all text blocks.
    pub text: String,
    /// The tool calls.
    pub calls: Vec<Call>,
    /// How many calls of a stream were begun and not ended: the client drops them (obs).
    pub lost_calls: usize,
    /// Why it ended, such as `end_turn`, `max_tokens` or `tool_use`.
    pub stop_reason: Option<String>,
    /// The reported token counts.
    pub usage: Usage,
}

impl Answer {
    /// True when there is neither text nor a call. Thinking alone is no answer.
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty() && self.calls.is_empty()
    }

    /// True when a tool was called, whether or not the call is complete.
    pub fn has_calls(&self) -> bool {
        !self.calls.is_empty() || self.lost_calls > 0
    }
}

/// One tool call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Its id; empty if it has none, or one that is not text.
    pub id: String,
    /// The tool's name; empty if it has none.
    pub name: String,
    /// The tool's input; a text if it is not JSON, null if it is missing.
    pub input: Value,
}

impl Call {
    /// Reads a block of a whole answer, or the start of one in a stream; `input` is its input.
    pub(super) fn read(block: &Value, input: Value) -> Self {
        let text = |name: &str| block.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        Self { id: text("id"), name: text("name"), input }
    }
}

/// Token counts as the gateway reports them; zero where it does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Output tokens.
    pub output_tokens: u64,
    /// True when the counts are missing where the Messages API has them. Claude's client accepts that, older
    /// ones stop with "Cannot read properties of undefined".
    pub is_missing: bool,
    /// True when a count is not a number, or impossibly high: the client then takes the conversation for
    /// too long and shortens it (obs, engine 2.1.332).
    pub is_broken: bool,
}

impl Usage {
    /// Takes the value of a `usage` field; `None` or null means that it is missing.
    pub(super) fn take(&mut self, usage: Option<&Value>) {
        let Some(Value::Object(usage)) = usage else {
            self.is_missing = true;
            return;
        };
        let mut sum = 0_u64;
        for (name, value) in usage.iter().filter(|(name, _)| name.ends_with("_tokens")) {
            let count = value.as_u64();
            self.is_broken |= value.is_string();
            sum = sum.saturating_add(count.unwrap_or(0));
            if name == "output_tokens" {
                self.output_tokens = count.unwrap_or(self.output_tokens);
            }
        }
        self.is_broken |= sum > MOST_TOKENS;
    }
}

/// True when the body is an answer in Anthropic's form.
pub(super) fn is_message(reply: &Reply) -> bool {
    reply.json().is_some_and(|value| is_message_value(&value))
}

/// True when the body is an answer except for its content, which is a text or missing.
pub(super) fn is_nearly_message(reply: &Reply) -> bool {
    reply.json().is_some_and(|value| {
        let content = value.get("content");
        says_message(&value) && content.is_none_or(|content| content.is_string() || content.is_null())
    })
}

/// True when the value is an answer in Anthropic's form.
pub(super) fn is_message_value(value: &Value) -> bool {
    // The content may be empty but must be a list.
    says_message(value) && value.get("content").is_some_and(Value::is_array)
}

/// Some gateways leave `type` out, others the role; Claude's client checks neither.
fn says_message(value: &Value) -> bool {
    let is = |name: &str, expected: &str| value.get(name).and_then(Value::as_str) == Some(expected);
    let has_stop = value.get("stop_reason").is_some() && value.get("content").is_some();
    is("type", "message") || (value.get("type").is_none() && (is("role", "assistant") || has_stop))
}
