//! Reads a whole (not streamed) answer.
//!
//! Claude needs Anthropic's form; a chat completion in OpenAI's form comes from a working gateway of the
//! wrong kind. Since one token may be requested, an answer without text is a success.

use serde_json::Value;

use super::answer::{Answer, Call, Usage, is_message_value, is_nearly_message};
use super::case::{Asked, Route};
use super::classify::{Verdict, classify};
use super::evidence;
use super::reply::Reply;
use super::signals::{Shape, Signals};
use crate::finding::{Code, Finding};

/// Reads the reply to `POST /v1/messages` without streaming.
///
/// # Errors
///
/// Anything but an answer is the finding that [`classify`] gives for a key of which nothing else is known.
pub fn read_message(reply: &Reply) -> Result<Answer, Finding> {
    let asked = Asked { route: Route::Messages, sent_key: true, models_accepted_key: false, base_host: "" };
    let verdict = classify(reply, &asked);
    let is_unfit = |finding: &Finding| finding.code == Code::NotAnthropic && reply.is_success();
    match (verdict, reply.json().filter(is_message_value)) {
        (Verdict::Ok, Some(value)) => Ok(read_value(&value)),
        (Verdict::Failed(finding), _) if !(is_unfit(&finding) && is_nearly_message(reply)) => Err(finding),
        _ => {
            let signals = Signals::read(reply);
            // A stream where a whole answer was requested, or content that is not a list.
            let rule = if signals.shape == Shape::Events { STREAM_UNASKED } else { NO_CONTENT };
            Err(evidence::attach(Finding::new(Code::NotAnthropic).with("rule", rule), reply, &signals))
        }
    }
}

const STREAM_UNASKED: &str = "stream-unasked";
const NO_CONTENT: &str = "content-not-a-list";

/// True for replies that are nearly right: their server does speak Anthropic's protocol.
pub(crate) fn is_nearly_right(finding: &Finding) -> bool {
    matches!(finding.fact("rule"), Some(STREAM_UNASKED | NO_CONTENT))
}

fn read_value(value: &Value) -> Answer {
    let blocks = value.get("content").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let of_type = |block: &&Value, kind: &str| block.get("type").and_then(Value::as_str) == Some(kind);
    let text = |block: &Value| block.get("text").and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut usage = Usage::default();
    usage.take(value.get("usage"));
    Answer {
        text: blocks.iter().filter(|block| of_type(block, "text")).map(text).collect(),
        lost_calls: 0,
        calls: blocks
            .iter()
            .filter(|block| of_type(block, "tool_use"))
            .map(|block| Call::read(block, block.get("input").cloned().unwrap_or(Value::Null)))
            .collect(),
        stop_reason: value.get("stop_reason").and_then(Value::as_str).map(str::to_owned),
        usage,
    }
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
        assert_eq!(message.stop_reason.as_deref(), Some("tool_use"));
        let call = Call { id: "t".to_owned(), name: "clock".to_owned(), input: serde_json::json!({"zone":"UTC"}) };
        assert_eq!(message.calls, [call]);
        assert_eq!(message.usage, Usage { output_tokens: 2, is_missing: false, is_broken: false });
    }

    #[test]
    fn counts_that_are_texts_or_absurd_are_broken() {
        let usage = |usage: &str| {
            let body = format!(r#"{{"type":"message","content":[],"usage":{usage}}}"#);
            read_message(&Reply::new(200, [("a", "b")], body)).expect("a message").usage
        };
        assert!(usage(r#"{"input_tokens":"25","output_tokens":12}"#).is_broken);
        assert!(usage(r#"{"input_tokens":2,"cache_read_input_tokens":99000000}"#).is_broken);
        assert!(!usage(r#"{"input_tokens":2,"cache_creation_input_tokens":null,"service_tier":"standard"}"#).is_broken);
        assert!(usage("null").is_missing && !usage("null").is_broken);
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
