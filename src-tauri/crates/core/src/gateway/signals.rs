//! Gathers what a body says, from all places where it may stand.
//!
//! Two envelope levels may disagree (one-hub: the outer `type` is right, the inner message is not), FastAPI
//! has `detail`, others `msg`, `errors[]`, plain text, or an `error` event in a stream; and a gateway may
//! quote the reply of its upstream, as JSON within a string. So all labels and messages are gathered as plain
//! words, and quotations are kept apart: they are about the gateway's own credentials, not the person's.

use serde_json::{Map, Value};

use super::envelope::{is_quoting, names_status, quotation, says_error, says_what, says_why, without_request_id};
use super::reply::Reply;
use super::sse::SseReader;
use super::words;

/// Longer bodies are no error messages; only their beginning is read. In bytes.
const READ_AT_MOST: usize = 256 * 1024;
/// Deeper levels are ignored; nothing relevant was ever seen there.
const DEEPEST: usize = 5;
/// Texts after this many are ignored.
const MOST_TEXTS: usize = 60;

/// The format of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// JSON, or an event stream with a JSON error in it.
    Json,
    /// A web page or XML.
    Html,
    /// An event stream without an error.
    Events,
    /// Some other text.
    Plain,
    /// Nothing.
    Empty,
}

/// What a body says.
#[derive(Debug)]
pub(super) struct Signals {
    /// The body's format.
    pub(super) shape: Shape,
    /// Labels and messages as plain words, in the order found, without quotations.
    pub(super) texts: Vec<String>,
    /// The texts quoted from an upstream; `None` if nothing is quoted.
    pub(super) quoted: Option<Vec<String>>,
    /// A status from 400 to 599 that the body itself names.
    pub(super) status: Option<u16>,
    /// True when JSON is an error by its form, whatever the HTTP status.
    pub(super) is_error: bool,
    /// The first message for people, unchanged, for evidence.
    pub(super) said: Option<String>,
    /// The beginning of a web page in lower case; empty for other formats.
    pub(super) page: String,
}

impl Signals {
    /// Reads a reply's body.
    pub(super) fn read(reply: &Reply) -> Self {
        let mut signals = Self {
            shape: Shape::Empty,
            texts: Vec::new(),
            quoted: None,
            status: None,
            is_error: false,
            said: None,
            page: String::new(),
        };
        let text = beginning(&reply.text());
        let text = text.trim();
        if text.is_empty() {
            return signals;
        }
        if let Some(value) = reply.json() {
            signals.shape = Shape::Json;
            signals.take(&value);
        } else if text.starts_with('<') || reply.is_type("text/html") {
            signals.shape = Shape::Html;
            signals.page = text.chars().take(64 * 1024).collect::<String>().to_lowercase();
        } else if looks_like_events(text) || reply.is_type("text/event-stream") {
            signals.shape = Shape::Events;
            if let Some(value) = error_event(reply) {
                signals.shape = Shape::Json;
                signals.take(&value);
                signals.is_error = true;
            }
        } else {
            signals.shape = Shape::Plain;
            signals.sentence(text);
        }
        signals
    }

    /// Reads one JSON value, such as the data of an `error` event.
    pub(super) fn of_value(value: &Value) -> Self {
        let mut signals = Self {
            shape: Shape::Json,
            texts: Vec::new(),
            quoted: None,
            status: None,
            is_error: true,
            said: None,
            page: String::new(),
        };
        signals.take(value);
        signals
    }

    /// True when one of the texts holds one of the stems.
    pub(super) fn any(&self, stems: &[&str]) -> bool {
        self.texts.iter().any(|text| words::any(text, stems))
    }

    /// True when the test holds for one of the texts.
    pub(super) fn one(&self, test: impl Fn(&str) -> bool) -> bool {
        self.texts.iter().any(|text| test(text))
    }

    fn take(&mut self, value: &Value) {
        self.is_error = self.is_error || says_error(value);
        match value {
            Value::String(text) => self.sentence(text),
            Value::Object(object) => self.object(object, DEEPEST),
            Value::Array(items) => items.iter().take(8).for_each(|item| self.under("error", item, DEEPEST)),
            _ => {}
        }
    }

    fn object(&mut self, object: &Map<String, Value>, depth: usize) {
        for (name, value) in object.iter().take(60) {
            self.under(&name.to_ascii_lowercase(), value, depth);
        }
        if let Some(Value::Array(path)) = object.get("loc") {
            // FastAPI: the missing part of the request, beside "msg": "Field required".
            let path: Vec<&str> = path.iter().filter_map(Value::as_str).collect();
            let message = object.get("msg").and_then(Value::as_str).unwrap_or_default();
            self.push(words::plain(&format!("{} {message}", path.join(" "))));
        }
    }

    fn under(&mut self, name: &str, value: &Value, depth: usize) {
        if depth == 0 || self.texts.len() >= MOST_TEXTS {
            return;
        }
        if is_quoting(name) {
            return self.quote_value(value);
        }
        match value {
            Value::String(text) if says_why(name) || says_what(name) => self.string(text, says_what(name)),
            Value::Number(number) if names_status(name) => {
                let status = number.as_u64().and_then(|number| u16::try_from(number).ok());
                self.status = self.status.or(status.filter(|status| (400..600).contains(status)));
            }
            Value::Object(inner) => self.object(inner, depth - 1),
            Value::Array(items) if says_what(name) || name == "errors" => {
                items.iter().take(8).for_each(|item| self.under(name, item, depth - 1));
            }
            _ => {}
        }
    }

    fn string(&mut self, text: &str, for_people: bool) {
        let text = text.trim();
        if let Ok(status) = text.parse::<u16>() {
            self.status = self.status.or(Some(status).filter(|status| (400..600).contains(status)));
        } else if words::is_label(text) && !(for_people && text.contains(['.', '/', ':'])) {
            if !matches!(text.to_ascii_lowercase().as_str(), "none" | "null" | "error" | "fail" | "failed" | "failure")
            {
                self.push(words::label_words(text));
            }
            if for_people && self.said.is_none() {
                self.said = Some(text.to_owned());
            }
        } else {
            self.sentence(text);
        }
    }

    fn sentence(&mut self, text: &str) {
        if self.said.is_none() && !text.is_empty() {
            self.said = Some(text.chars().take(600).collect());
        }
        match quotation(text) {
            Some((own, inner)) => {
                self.push(words::plain(&own));
                self.quote_value(&inner);
            }
            None => {
                let plain = words::plain(&without_request_id(text));
                if plain.contains("<html") || plain.contains("<!doctype") {
                    self.quoted.get_or_insert_default();
                }
                self.push(plain);
            }
        }
    }

    fn quote_value(&mut self, value: &Value) {
        let inner = match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => return,
            Value::String(text) => match serde_json::from_str::<Value>(text) {
                Ok(inner @ Value::Object(_)) => Self::of_value(&inner).texts,
                _ => vec![words::plain(text)],
            },
            other => Self::of_value(other).texts,
        };
        self.quoted.get_or_insert_default().extend(inner);
    }

    fn push(&mut self, text: String) {
        let text = words::without_paths(&text);
        if !text.is_empty() && self.texts.len() < MOST_TEXTS && !self.texts.contains(&text) {
            self.texts.push(text);
        }
    }
}

fn looks_like_events(text: &str) -> bool {
    ["event:", "data:", ": ", ":\n"].iter().any(|start| text.starts_with(start))
        && text.lines().any(|line| line.starts_with("data:") || line.starts_with("event:"))
}

/// The data of the first error event, by its name or by its form.
fn error_event(reply: &Reply) -> Option<Value> {
    let mut reader = SseReader::new();
    let mut events = reader.push(&reply.body[..reply.body.len().min(READ_AT_MOST)]);
    events.extend(reader.finish());
    events.iter().find_map(|event| match serde_json::from_str::<Value>(&event.data) {
        Ok(value) if event.name == "error" || says_error(&value) => Some(value),
        Err(_) if event.name == "error" => Some(Value::String(event.data.clone())),
        _ => None,
    })
}

fn beginning(text: &str) -> String {
    text.chars().take(READ_AT_MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, texts: &[&str], quoted: Option<&[&str]>) {
        let signals = Signals::read(&Reply::new(400, [("content-type", "text/plain")], body));
        assert_eq!(signals.texts, texts, "{body}");
        let quoted = quoted.map(|texts| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        assert_eq!(signals.quoted, quoted, "{body}");
    }

    #[test]
    fn both_levels_are_gathered() {
        check(
            r#"{"type":"insufficient_user_quota","error":{"type":"system_error","message":"上游负载已饱和"}}"#,
            &["insufficient user quota", "system error", "上游负载已饱和"],
            None,
        );
    }

    #[test]
    fn other_envelopes_are_gathered() {
        check(r#"{"detail":"API key expired."}"#, &["api key expired."], None);
        check(
            r#"{"success":false,"errors":[{"code":10000,"message":"Authentication error"}]}"#,
            &["authentication error"],
            None,
        );
        check("Invalid API key", &["invalid api key"], None);
        check("event: error\ndata: {\"error\":{\"type\":\"overloaded_error\"}}\n\n", &["overloaded error"], None);
    }

    #[test]
    fn what_is_quoted_is_kept_apart() {
        check(
            r#"{"detail":{"type":"upstream_error","message":"upstream 401: {\"error\":{\"message\":\"invalid x-api-key\"}}"}}"#,
            &["upstream error", "upstream 401:"],
            Some(&["invalid x-api key"]),
        );
        check(
            r#"{"error":{"message":"Provider returned error","metadata":{"raw":"no money"}}}"#,
            &["provider returned error"],
            Some(&["no money"]),
        );
    }

    #[test]
    fn the_request_id_is_not_a_word() {
        check(r#"{"error":{"message":"无效的令牌 (request id: 2026abc)"}}"#, &["无效的令牌"], None);
    }

    #[test]
    fn a_status_within_the_body_is_read() {
        let signals = Signals::read(&Reply::new(200, [("a", "b")], r#"{"code":401,"msg":"x y"}"#));
        assert_eq!((signals.status, signals.is_error), (Some(401), true));
    }
}
