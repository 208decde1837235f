//! An answer in Anthropic's form, however it came: streamed or whole.

use super::reply::Reply;
use serde_json::Value;

/// More tokens than this for a request of the check cannot be: a client that counts a conversation by them
/// takes it for too long.
const MOST_TOKENS: u64 = 900_000;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// The text of all text blocks.
    pub text: String,
    /// The calls of tools.
    pub calls: Vec<Call>,
    /// Calls in a stream that were begun and not ended: the client throws them away (obs).
    pub lost_calls: usize,
    /// Why it ended, such as `end_turn`, `max_tokens` or `tool_use`.
    pub stop_reason: Option<String>,
    /// What it cost.
    pub usage: Usage,
}

impl Answer {
    /// True when there is nothing to show and nothing to do. Thoughts alone are no answer.
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty() && self.calls.is_empty()
    }

    /// True when a tool was called, whether or not the call came whole.
    pub fn has_calls(&self) -> bool {
        !self.calls.is_empty() || self.lost_calls > 0
    }
}

/// One call of a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Its id; empty if it has none, or one that is no text.
    pub id: String,
    /// The tool's name; empty if it has none.
    pub name: String,
    /// What the tool is given; a text if it is no JSON, null if it is not there.
    pub input: Value,
}

impl Call {
    /// A block of a whole answer, or the start of one in a stream, with the input as it was put together.
    pub(super) fn read(block: &Value, input: Value) -> Self {
        let text = |name: &str| block.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        Self { id: text("id"), name: text("name"), input }
    }
}

/// Tokens as the gateway counted them; zero where it did not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Tokens read.
    pub input_tokens: u64,
    /// Tokens written.
    pub output_tokens: u64,
    /// True when the counts are missing where the Messages API has them. Claude's client bears it, older
    /// ones stop with "Cannot read properties of undefined".
    pub is_missing: bool,
    /// True when a count is no number, or one that cannot be: the client then takes the conversation for
    /// too long and cuts it down (obs, engine 2.1.332).
    pub is_broken: bool,
}

impl Usage {
    /// Takes in what a `usage` field says; nothing or null means that it is missing.
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
            match name.as_str() {
                "input_tokens" => self.input_tokens = count.unwrap_or(self.input_tokens),
                "output_tokens" => self.output_tokens = count.unwrap_or(self.output_tokens),
                _ => {}
            }
        }
        self.is_broken |= sum > MOST_TOKENS;
    }
}

/// True when the body is an answer in Anthropic's form.
pub(super) fn is_message(reply: &Reply) -> bool {
    reply.json().is_some_and(|value| is_message_value(&value))
}

/// True when the body is an answer in all but its content, which is a text or nothing.
pub(super) fn is_nearly_message(reply: &Reply) -> bool {
    reply.json().is_some_and(|value| {
        let content = value.get("content");
        says_message(&value) && content.is_none_or(|content| content.is_string() || content.is_null())
    })
}

pub(super) fn is_message_value(value: &Value) -> bool {
    // Content may be empty but is a list.
    says_message(value) && value.get("content").is_some_and(Value::is_array)
}

/// Some relays leave `type` out, others the role; Claude's client looks at neither.
fn says_message(value: &Value) -> bool {
    let is = |name: &str, expected: &str| value.get(name).and_then(Value::as_str) == Some(expected);
    let has_stop = value.get("stop_reason").is_some() && value.get("content").is_some();
    is("type", "message") || (value.get("type").is_none() && (is("role", "assistant") || has_stop))
}
