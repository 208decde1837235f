//! An answer that comes as a stream.
//!
//! `message_start`, blocks with deltas, `message_delta`, `message_stop`, pings anywhere. A relay may
//! answer 200, send heartbeats and then an `error` event, stop before `message_stop`, or send the whole
//! answer as JSON although a stream was asked for; Claude Desktop can use none of these, so each is a
//! finding.

use serde_json::Value;

use super::classify::{Asked, Route, Verdict, classify, classify_event};
use super::evidence;
use super::message::ToolUse;
use super::reply::Reply;
use super::signals::Signals;
use super::sse::{SseEvent, SseReader};
use crate::finding::{Code, Finding};

/// Text or tool input longer than this is cut: a probe asks for a few words.
const LONGEST: usize = 256 * 1024;
/// More blocks than this are no answer to a probe.
const MOST_BLOCKS: usize = 200;

/// How far a stream is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamState {
    /// Going on.
    Progress,
    /// Complete.
    Done {
        /// The text of all text blocks.
        text: String,
        /// The tools that it wants to use.
        tool_use: Vec<ToolUse>,
    },
    /// Not usable, for this reason; nothing after it counts.
    Broken(Finding),
}

/// Follows a stream event by event.
#[derive(Debug, Default)]
pub struct StreamWatch {
    started: bool,
    blocks: Vec<Block>,
    end: Option<StreamState>,
}

#[derive(Debug)]
struct Block {
    index: u64,
    /// The tool's name; nothing for a block of text.
    tool: Option<String>,
    /// Text, or the JSON of a tool's input as it came in pieces.
    text: String,
    /// A tool's input that came whole with the start of the block.
    given: Value,
    open: bool,
}

impl StreamWatch {
    /// A watch before the first event.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a body that was collected whole; `cut` is true when it ended with a network error.
    pub fn read(reply: &Reply, cut: bool) -> StreamState {
        let mut watch = Self::new();
        if let Some(finding) = Self::refusal(reply) {
            return StreamState::Broken(finding);
        }
        let mut reader = SseReader::new();
        for event in reader.push(&reply.body).iter().chain(reader.finish().iter()) {
            watch.push(event);
        }
        watch.finish(cut)
    }

    /// What is wrong with a reply that is no stream at all: an error, a page, or an answer that came
    /// whole although a stream was asked for. Nothing if its content can be read as events.
    pub fn refusal(reply: &Reply) -> Option<Finding> {
        let asked = Asked { route: Route::Messages, sent_key: true, models_accepted_key: false, base_host: "" };
        let signals = Signals::read(reply);
        if reply.is_success() && reply.is_type("text/event-stream") {
            return None;
        }
        match classify(reply, &asked) {
            Verdict::Ok if reply.json().is_none() => None,
            Verdict::Ok => {
                Some(evidence::attach(Finding::new(Code::StreamBroken).with("form", "whole"), reply, &signals))
            }
            Verdict::Trouble(finding) => Some(finding),
        }
    }

    /// Takes the next event. Once it is `Done` or `Broken` it stays so.
    pub fn push(&mut self, event: &SseEvent) -> StreamState {
        if self.end.is_none() {
            self.end = self.step(event);
        }
        self.end.clone().unwrap_or(StreamState::Progress)
    }

    /// The stream has ended; `cut` is true when it ended with a network error.
    pub fn finish(&mut self, cut: bool) -> StreamState {
        let unfinished = if cut { Finding::new(Code::Reset) } else { broken("ended early") };
        self.end.get_or_insert(StreamState::Broken(unfinished)).clone()
    }

    fn step(&mut self, event: &SseEvent) -> Option<StreamState> {
        let value: Value = match serde_json::from_str(&event.data) {
            Ok(value) => value,
            Err(_) if event.name == "error" => Value::String(event.data.clone()),
            // OpenAI's end mark; some relays add it to Anthropic's stream.
            Err(_) if event.data.trim() == "[DONE]" || event.name == "ping" => return None,
            Err(_) => return Some(StreamState::Broken(broken("not JSON"))),
        };
        let kind = value.get("type").and_then(Value::as_str).unwrap_or(&event.name);
        let is_error =
            event.name == "error" || kind == "error" || value.get("error").is_some_and(|error| !error.is_null());
        if is_error {
            return Some(StreamState::Broken(classify_event(&value)));
        }
        match kind {
            "ping" => None,
            "message_start" if self.started => Some(StreamState::Broken(broken("started twice"))),
            "message_start" => {
                self.started = true;
                None
            }
            _ if value.get("choices").is_some() => {
                Some(StreamState::Broken(Finding::new(Code::NotAnthropic).with("form", "openai")))
            }
            "content_block_start" | "content_block_delta" | "content_block_stop" | "message_delta" | "message_stop"
                if !self.started =>
            {
                Some(StreamState::Broken(broken("no start")))
            }
            "content_block_start" => self.open_block(&value),
            "content_block_delta" => self.extend_block(&value),
            "content_block_stop" => {
                let index = index_of(&value);
                self.blocks.iter_mut().filter(|block| block.index == index).for_each(|block| block.open = false);
                None
            }
            "message_stop" => Some(self.complete()),
            // `message_delta`, and kinds that may be added later.
            _ => None,
        }
    }

    fn open_block(&mut self, value: &Value) -> Option<StreamState> {
        if self.blocks.len() >= MOST_BLOCKS {
            return Some(StreamState::Broken(broken("too many blocks")));
        }
        let content = value.get("content_block").unwrap_or(&Value::Null);
        let string = |name: &str| content.get(name).and_then(Value::as_str).map(str::to_owned);
        let is_tool = content.get("type").and_then(Value::as_str) == Some("tool_use");
        self.blocks.push(Block {
            index: index_of(value),
            tool: is_tool.then(|| string("name").unwrap_or_default()),
            text: string("text").filter(|_| !is_tool).unwrap_or_default(),
            given: content.get("input").cloned().unwrap_or(Value::Null),
            open: true,
        });
        None
    }

    fn extend_block(&mut self, value: &Value) -> Option<StreamState> {
        let index = index_of(value);
        let Some(block) = self.blocks.iter_mut().rev().find(|block| block.index == index && block.open) else {
            return Some(StreamState::Broken(broken("delta without a block")));
        };
        let delta = value.get("delta").unwrap_or(&Value::Null);
        // Thinking and signatures are no part of the answer.
        let piece = ["text", "partial_json"].iter().find_map(|name| delta.get(*name)?.as_str());
        if let Some(piece) = piece.filter(|piece| block.text.len() + piece.len() <= LONGEST) {
            block.text.push_str(piece);
        }
        None
    }

    fn complete(&mut self) -> StreamState {
        let mut text = String::new();
        let mut tool_use = Vec::new();
        for block in std::mem::take(&mut self.blocks) {
            let Some(name) = block.tool else {
                text.push_str(&block.text);
                continue;
            };
            let input = if block.text.trim().is_empty() { Ok(block.given) } else { serde_json::from_str(&block.text) };
            match input {
                Ok(input) => tool_use.push(ToolUse { name, input }),
                Err(_) => return StreamState::Broken(Finding::new(Code::ToolsBroken).with("tool", name)),
            }
        }
        StreamState::Done { text, tool_use }
    }
}

fn index_of(value: &Value) -> u64 {
    value.get("index").and_then(Value::as_u64).unwrap_or(0)
}

fn broken(how: &str) -> Finding {
    Finding::new(Code::StreamBroken).with("how", how)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const START: &str = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{}}\n\n";
    const STOP: &str = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

    fn block(start: &str, deltas: &[&str]) -> String {
        let mut out = format!("data: {{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{start}}}\n\n");
        for delta in deltas {
            out += &format!("data: {{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{delta}}}\n\n");
        }
        out + "data: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
    }

    fn read(body: &str, cut: bool) -> StreamState {
        StreamWatch::read(&Reply::new(200, [("content-type", "text/event-stream")], body), cut)
    }

    #[track_caller]
    fn check(body: &str, expected: Result<&str, Code>) {
        match (read(body, false), expected) {
            (StreamState::Done { text, .. }, Ok(expected)) => assert_eq!(text, expected),
            (StreamState::Broken(finding), Err(expected)) => assert_eq!(finding.code, expected, "{body}"),
            (other, _) => panic!("{other:?} for {body}"),
        }
    }

    #[test]
    fn a_whole_stream_is_done() {
        let text = block(
            r#"{"type":"text","text":""}"#,
            &[r#"{"type":"text_delta","text":"Hel"}"#, r#"{"type":"text_delta","text":"lo"}"#],
        );
        check(
            &format!("{START}: beat\n\nevent: ping\ndata: {{\"type\":\"ping\"}}\n\n{text}{STOP}data: [DONE]\n\n"),
            Ok("Hello"),
        );
        check(&format!("{START}{STOP}"), Ok(""));
    }

    #[test]
    fn tools_are_put_together() {
        let tool = block(
            r#"{"type":"tool_use","id":"t","name":"clock","input":{}}"#,
            &[
                r#"{"type":"input_json_delta","partial_json":"{\"zone\":"}"#,
                r#"{"type":"input_json_delta","partial_json":"\"UTC\"}"}"#,
            ],
        );
        let StreamState::Done { tool_use, .. } = read(&format!("{START}{tool}{STOP}"), false) else {
            panic!("not done")
        };
        assert_eq!(tool_use, [ToolUse { name: "clock".to_owned(), input: serde_json::json!({"zone":"UTC"}) }]);
        let torn = block(
            r#"{"type":"tool_use","name":"clock","input":{}}"#,
            &[r#"{"type":"input_json_delta","partial_json":"{\"zone"}"#],
        );
        check(&format!("{START}{torn}{STOP}"), Err(Code::ToolsBroken));
    }

    #[test]
    fn an_error_may_come_after_the_200() {
        let error = |kind: &str, text: &str| {
            format!(
                "{START}event: error\ndata: {{\"type\":\"error\",\"error\":{{\"type\":\"{kind}\",\"message\":\"{text}\"}}}}\n\n"
            )
        };
        check(&error("overloaded_error", "Overloaded"), Err(Code::Overloaded));
        check(&error("x", "用户额度不足"), Err(Code::QuotaExhausted));
        check(&error("authentication_error", "invalid x-api-key"), Err(Code::UpstreamError));
        check("event: error\ndata: Too many requests\n\n", Err(Code::RateLimited));
    }

    #[test]
    fn half_a_stream_is_broken() {
        check(START, Err(Code::StreamBroken));
        check("", Err(Code::StreamBroken));
        check(STOP, Err(Code::StreamBroken));
        check("data: {\"choices\":[]}\n\ndata: [DONE]\n\n", Err(Code::NotAnthropic));
        let StreamState::Broken(finding) = read(START, true) else { panic!("not broken") };
        assert_eq!(finding.code, Code::Reset);
    }

    #[test]
    fn what_is_no_stream_is_refused() {
        let refusal = |status, kind: &str, body: &str| {
            StreamWatch::refusal(&Reply::new(status, [("content-type", kind)], body)).map(|finding| finding.code)
        };
        let whole = r#"{"type":"message","role":"assistant","model":"m","content":[]}"#;
        assert_eq!(refusal(200, "application/json", whole), Some(Code::StreamBroken));
        assert_eq!(refusal(200, "text/html", "<html>"), Some(Code::HtmlPage));
        assert_eq!(refusal(529, "application/json", "{}"), Some(Code::Overloaded));
        assert_eq!(refusal(200, "text/event-stream", ""), None);
        assert_eq!(refusal(200, "application/octet-stream", START), None);
    }

    proptest! {
        #[test]
        fn no_stream_makes_it_panic(
            bytes in prop::collection::vec(any::<u8>(), 0..200),
            parts in "(event: error|data: |\\{|\\}|\"type\":|\"message_start\"|\"content_block_start\"|\"content_block_delta\"|\"index\":-1|,|\\n|\\n\\n){0,30}",
            cut in any::<bool>(),
        ) {
            read(&String::from_utf8_lossy(&bytes), cut);
            read(&format!("{START}{parts}"), cut);
        }
    }
}
