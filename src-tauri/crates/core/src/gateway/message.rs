//! One answer that came whole.
//!
//! Claude needs Anthropic's form; a chat completion in OpenAI's form is a working gateway of the wrong
//! kind. With one token asked for, an answer without text is a success.

use serde_json::Value;

use super::classify::{Asked, Route, Verdict, classify};
use super::evidence;
use super::reply::Reply;
use super::signals::Signals;
use crate::finding::{Code, Finding};

/// An answer in Anthropic's form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The model that answered, as the gateway names it.
    pub model: String,
    /// The text of all text blocks.
    pub text: String,
    /// Why it ended, such as `end_turn`, `max_tokens` or `tool_use`.
    pub stop_reason: Option<String>,
    /// The tools that it wants to use.
    pub tool_use: Vec<ToolUse>,
    /// What it cost.
    pub usage: Usage,
}

/// One wish to use a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolUse {
    /// The tool's name.
    pub name: String,
    /// What it is given.
    pub input: Value,
}

/// Tokens as the gateway counted them; zero where it did not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Tokens read.
    pub input_tokens: u64,
    /// Tokens written.
    pub output_tokens: u64,
}

/// Reads an answer to `POST /v1/messages` without streaming. Anything but an answer is a finding, as
/// [`classify`] would give it for a key of which nothing else is known.
pub fn read_message(reply: &Reply) -> Result<Message, Finding> {
    let asked = Asked { route: Route::Messages, sent_key: true, models_accepted_key: false, base_host: "" };
    if let Verdict::Trouble(finding) = classify(reply, &asked) {
        return Err(finding);
    }
    match reply.json().filter(is_message_value) {
        Some(value) => Ok(read_value(&value)),
        // A stream where a whole answer was asked for.
        None => Err(evidence::attach(Finding::new(Code::NotAnthropic), reply, &Signals::read(reply))),
    }
}

/// True when the body is an answer in Anthropic's form.
pub(super) fn is_message(reply: &Reply) -> bool {
    reply.json().is_some_and(|value| is_message_value(&value))
}

fn is_message_value(value: &Value) -> bool {
    let is = |name: &str, expected: &str| value.get(name).and_then(Value::as_str) == Some(expected);
    // Some relays leave `type` out, none leaves out the role; content may be empty but is a list.
    (is("type", "message") || (value.get("type").is_none() && is("role", "assistant")))
        && value.get("content").is_some_and(Value::is_array)
}

fn read_value(value: &Value) -> Message {
    let blocks = value.get("content").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let of_type = |block: &&Value, kind: &str| block.get("type").and_then(Value::as_str) == Some(kind);
    let string = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    Message {
        model: string(value, "model"),
        text: blocks.iter().filter(|block| of_type(block, "text")).map(|block| string(block, "text")).collect(),
        stop_reason: value.get("stop_reason").and_then(Value::as_str).map(str::to_owned),
        tool_use: blocks
            .iter()
            .filter(|block| of_type(block, "tool_use"))
            .map(|block| ToolUse {
                name: string(block, "name"),
                input: block.get("input").cloned().unwrap_or(Value::Null),
            })
            .collect(),
        usage: Usage { input_tokens: tokens(value, "input_tokens"), output_tokens: tokens(value, "output_tokens") },
    }
}

fn tokens(value: &Value, name: &str) -> u64 {
    value.get("usage").and_then(|usage| usage.get(name)).and_then(Value::as_u64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(status: u16, body: &str, expected: Result<&str, Code>) {
        let read = read_message(&Reply::new(status, [("content-type", "application/json")], body));
        assert_eq!(
            read.as_ref().map(|message| message.text.as_str()).map_err(|finding| finding.code),
            expected,
            "{body}"
        );
    }

    #[test]
    fn answers_are_read() {
        check(
            200,
            r#"{"type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"Hel"},{"type":"text","text":"lo"}]}"#,
            Ok("Hello"),
        );
        check(
            200,
            r#"{"type":"message","role":"assistant","model":"m","content":[],"stop_reason":"max_tokens"}"#,
            Ok(""),
        );
    }

    #[test]
    fn tools_and_costs_are_read() {
        let body = r#"{"type":"message","role":"assistant","model":"claude-a","content":[{"type":"tool_use","id":"t","name":"clock","input":{"zone":"UTC"}}],
            "stop_reason":"tool_use","usage":{"input_tokens":9,"output_tokens":2}}"#;
        let message = read_message(&Reply::new(200, [("a", "b")], body)).expect("a message");
        assert_eq!((message.model.as_str(), message.stop_reason.as_deref()), ("claude-a", Some("tool_use")));
        assert_eq!(message.tool_use, [ToolUse { name: "clock".to_owned(), input: serde_json::json!({"zone":"UTC"}) }]);
        assert_eq!(message.usage, Usage { input_tokens: 9, output_tokens: 2 });
    }

    #[test]
    fn everything_else_is_a_finding() {
        check(
            200,
            r#"{"id":"chatcmpl-1","object":"chat.completion","choices":[{"message":{"role":"assistant","content":"hi"}}]}"#,
            Err(Code::NotAnthropic),
        );
        check(200, "<html></html>", Err(Code::HtmlPage));
        check(200, "event: message_start\ndata: {}\n\n", Err(Code::NotAnthropic));
        check(401, r#"{"error":{"message":"Invalid API key"}}"#, Err(Code::KeyRejected));
    }
}
