//! Reads a streamed answer as Claude's own client reads it.
//!
//! The client goes by the NAME of an event: events without one are ignored. Of the others it requires a
//! `message_start` with a message, blocks that are opened before their deltas and closed after them, and an
//! end. It accepts almost everything else: pings, unknown events, text that is not JSON under an unknown
//! name, missing ids, roles, indices, stop reasons. There are three kinds of end, because the client
//! continues differently: [`StreamState::Done`]; [`StreamState::Broken`], after which it requests a whole
//! answer; [`StreamState::Lost`], which it treats as a lost connection and retries (obs, engine 2.1.332).

mod blocks;

use serde_json::Value;

use super::answer::{Answer, Usage};
use super::case::{Asked, Route};
use super::classify::{Verdict, classify, classify_event};
use super::evidence;
use super::reply::Reply;
use super::signals::Signals;
use super::sse::{SseEvent, SseReader};
use crate::finding::{Code, Finding};
use blocks::Blocks;

/// The event names whose data the client requires to be JSON.
const NAMES: &[&str] = &[
    "message_start",
    "message_delta",
    "message_stop",
    "content_block_start",
    "content_block_delta",
    "content_block_stop",
];

/// The state of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamState {
    /// Not over.
    Progress,
    /// Over, with all that could be read of it.
    Done(Answer),
    /// Unusable for this reason; later events are ignored.
    Broken(Finding),
    /// It ended early.
    Lost(Finding),
}

/// Follows a stream event by event.
#[derive(Debug, Default)]
pub struct StreamWatch {
    started: bool,
    /// True when a `message_delta` gave the reason why the answer ended.
    has_stop_reason: bool,
    stopped: bool,
    named: bool,
    unnamed: bool,
    blocks: Blocks,
    stop_reason: Option<String>,
    usage: Usage,
    end: Option<StreamState>,
}

impl StreamWatch {
    /// The state before the first event.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a complete body; `cut` is true when it ended with a network error.
    pub fn read(reply: &Reply, cut: bool) -> StreamState {
        let mut watch = Self::new();
        if let Some(finding) = Self::refusal(reply).filter(|_| !(cut && reply.is_success())) {
            return StreamState::Broken(finding);
        }
        let mut reader = SseReader::new();
        for event in reader.push(&reply.body).iter().chain(reader.finish().iter()) {
            watch.push(event);
        }
        match watch.finish(cut) {
            StreamState::Broken(finding) if finding.fact("status").is_none() => {
                StreamState::Broken(evidence::attach(finding, reply, &Signals::read(reply)))
            }
            state => state,
        }
    }

    /// Why a reply is not a stream at all: an error, a page, or a whole answer although a stream was
    /// requested. `None` if its content can be read as events, whatever its content type says.
    pub fn refusal(reply: &Reply) -> Option<Finding> {
        let asked = Asked { route: Route::Messages, sent_key: true, models_accepted_key: false, base_host: "" };
        if reply.is_success() && (reply.body.is_empty() || SseReader::sees_names(&reply.body)) {
            return None;
        }
        match classify(reply, &asked) {
            Verdict::Ok if reply.json().is_none() => None,
            Verdict::Ok => {
                Some(evidence::attach(broken("whole-for-stream").with("form", "whole"), reply, &Signals::read(reply)))
            }
            Verdict::Failed(_) if reply.is_success() && reply.is_type("text/event-stream") && is_events(reply) => None,
            Verdict::Failed(finding) => Some(finding),
        }
    }

    /// Takes the next event and gives the new state. A final state does not change any more.
    pub fn push(&mut self, event: &SseEvent) -> StreamState {
        if self.end.is_none() {
            self.end = self.step(event);
        }
        self.end.clone().unwrap_or(StreamState::Progress)
    }

    /// Takes the end of the stream; `cut` is true when it ended with a network error.
    pub fn finish(&mut self, cut: bool) -> StreamState {
        if self.end.is_none() {
            self.end = Some(self.at_the_end(cut));
        }
        self.end.clone().unwrap_or(StreamState::Progress)
    }

    fn at_the_end(&mut self, cut: bool) -> StreamState {
        if self.started && (self.has_stop_reason || self.stopped) {
            return self.complete();
        }
        if cut {
            return StreamState::Lost(Finding::new(Code::Reset).with("rule", "stream-cut"));
        }
        if self.started {
            return StreamState::Lost(broken("stream-without-end"));
        }
        StreamState::Broken(broken(match (self.named, self.unnamed) {
            (true, _) => "stream-without-start",
            (false, true) => "events-without-names",
            (false, false) => "stream-empty",
        }))
    }

    fn step(&mut self, event: &SseEvent) -> Option<StreamState> {
        if event.name.is_empty() {
            self.unnamed |= !matches!(event.data.trim(), "" | "[DONE]");
            return None;
        }
        self.named = true;
        // The client ignores events of this name, whatever they hold.
        if event.name == "ping" {
            return None;
        }
        let is_known = NAMES.contains(&event.name.as_str());
        let value: Value = match serde_json::from_str(&event.data) {
            Ok(value) => value,
            Err(_) if event.name == "error" => Value::String(event.data.clone()),
            Err(_) if is_known => return Some(StreamState::Broken(broken("event-not-json"))),
            Err(_) => return None,
        };
        let kind = value.get("type").and_then(Value::as_str).unwrap_or_default();
        if event.name == "error" || kind == "error" {
            return Some(StreamState::Broken(classify_event(&value).with("rule", "error-event")));
        }
        let taken = match kind {
            "message_start" => self.start(&value),
            "content_block_start" => self.within().and_then(|blocks| blocks.open(&value)),
            "content_block_delta" => self.within().and_then(|blocks| blocks.extend(&value)),
            "content_block_stop" => self.within().and_then(|blocks| blocks.close(&value)),
            "message_delta" => self.take_stop_reason(&value),
            "message_stop" => {
                self.stopped |= self.started;
                Ok(())
            }
            _ => Ok(()),
        };
        match taken {
            Err(rule) => Some(StreamState::Broken(broken(rule))),
            // The client reads on after an early `message_stop`, but not once it knows why the answer ended.
            Ok(()) if kind == "message_stop" && self.has_stop_reason => Some(self.complete()),
            Ok(()) => None,
        }
    }

    fn start(&mut self, value: &Value) -> Result<(), &'static str> {
        let Some(message @ Value::Object(_)) = value.get("message") else { return Err("start-without-message") };
        self.started = true;
        self.usage.take(message.get("usage"));
        Ok(())
    }

    fn within(&mut self) -> Result<&mut Blocks, &'static str> {
        if self.started { Ok(&mut self.blocks) } else { Err("no-message-start") }
    }

    fn take_stop_reason(&mut self, value: &Value) -> Result<(), &'static str> {
        if !self.started {
            return Err("no-message-start");
        }
        let Some(delta @ Value::Object(_)) = value.get("delta") else { return Err("message-delta-without-delta") };
        self.has_stop_reason = true;
        self.stop_reason = delta.get("stop_reason").and_then(Value::as_str).map(str::to_owned);
        self.usage.take(value.get("usage"));
        Ok(())
    }

    fn complete(&mut self) -> StreamState {
        let blocks = std::mem::take(&mut self.blocks);
        let lost_calls = blocks.lost_calls();
        let (text, calls) = blocks.into_parts();
        StreamState::Done(Answer { text, calls, lost_calls, stop_reason: self.stop_reason.take(), usage: self.usage })
    }
}

fn broken(rule: &str) -> Finding {
    Finding::new(Code::StreamBroken).with("rule", rule)
}

/// True when the body holds events, even if none has a name.
fn is_events(reply: &Reply) -> bool {
    let mut reader = SseReader::new();
    !reader.push(&reply.body).is_empty() || reader.finish().is_some()
}

#[cfg(test)]
mod tests;
