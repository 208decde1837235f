//! Replies that give a text back, each in another place.

use airouter_core::gateway::Reply;
use serde_json::{Value, json};

use crate::script;

/// Stands beside the key in each reply, so that a way out that shows nothing of it is seen to be empty.
pub(crate) const MARK: &str = "marked-sentence";

/// What was asked, as far as a reply depends on it.
pub(crate) struct Asked {
    pub(crate) is_list: bool,
    pub(crate) is_stream: bool,
    /// The blocks of a good answer.
    pub(crate) blocks: Value,
}

impl Asked {
    pub(crate) fn healthy(&self) -> Reply {
        if self.is_list { script::json(200, script::MODELS) } else { self.answer(&self.blocks) }
    }

    fn answer(&self, blocks: &Value) -> Reply {
        if self.is_stream {
            script::stream(&script::events(blocks))
        } else {
            script::json(200, &script::message(blocks.clone()).to_string())
        }
    }

    /// A reply to messages alone.
    fn message_or_healthy(&self, reply: impl FnOnce() -> Reply) -> Reply {
        if self.is_list { self.healthy() } else { reply() }
    }

    /// The events of a good answer, changed by the place.
    fn events(&self, change: impl Fn(&mut Value)) -> Reply {
        if self.is_list || !self.is_stream {
            return self.healthy();
        }
        let mut events = script::events(&self.blocks);
        events.iter_mut().for_each(change);
        script::stream(&events)
    }
}

fn error(status: u16, text: &str) -> Reply {
    let body = json!({"type": "error", "error": {"type": "authentication_error", "message": text}});
    script::json(status, &body.to_string())
}

fn page(status: u16, body: &str) -> Reply {
    Reply::new(status, [("content-type", "text/html")], format!("<!doctype html><html>{body}</html>"))
}

/// A gateway that gives a text back in one place.
pub(crate) type Place = (&'static str, fn(&Asked, &str) -> Reply);

pub(crate) const PLACES: &[Place] = &[
    ("error of the list", |_, text| error(401, text)),
    ("error of a message", |asked, text| asked.message_or_healthy(|| error(403, text))),
    ("a kind of error", |asked, text| {
        let body = json!({"error": {"type": text, "code": text, "param": text, "message": MARK}});
        asked.message_or_healthy(|| script::json(400, &body.to_string()))
    }),
    ("a crash", |asked, text| asked.message_or_healthy(|| error(500, text))),
    ("a plain body", |_, text| Reply::new(502, [("content-type", "text/plain")], text)),
    ("a page", |_, text| page(200, &format!("<head><title>{text}</title></head><body><h1>{text}</h1></body>"))),
    ("a firewall's page", |_, text| {
        let mut reply = page(403, &format!("<head><title>Access denied | {text}</title></head><body>{text}</body>"));
        reply.headers.extend([("server", "cloudflare"), ("cf-ray", text)].map(|(a, b)| (a.to_owned(), b.to_owned())));
        reply
    }),
    ("the software's name", |_, text| {
        Reply::new(404, [("content-type", "text/html"), ("server", text)], "<html></html>")
    }),
    ("each field of the head", |asked, text| {
        const NAMES: [&str; 12] = [
            "server",
            "via",
            "x-powered-by",
            "x-request-id",
            "request-id",
            "x-oneapi-request-id",
            "cf-ray",
            "set-cookie",
            "www-authenticate",
            "retry-after",
            "x-error",
            "anthropic-organization-id",
        ];
        let mut reply = if asked.is_list { error(401, MARK) } else { asked.healthy() };
        reply.headers.extend(NAMES.map(|name| (name.to_owned(), text.to_owned())));
        reply
    }),
    ("a request's id", |_, text| {
        let body = json!({"error": {"message": MARK}}).to_string();
        Reply::new(400, [("content-type", "application/json"), ("x-request-id", text), ("request-id", text)], body)
    }),
    ("the kind of a body", |_, text| Reply::new(415, [("content-type", text)], MARK)),
    ("where a redirect leads", |_, text| {
        let to = format!("https://elsewhere.example/?key={text}");
        Reply::new(302, [("location", to.as_str())], "")
    }),
    ("when to ask again", |asked, text| {
        asked.message_or_healthy(|| {
            let body = json!({"error": {"type": "rate_limit_error", "message": text}}).to_string();
            Reply::new(429, [("content-type", "application/json"), ("retry-after", "90")], body)
        })
    }),
    ("a model's id and name", |asked, text| {
        let list = json!({"data": [
            {"id": "claude-haiku-4-5-20251001", "display_name": text},
            {"id": format!("claude-{text}"), "display_name": "Claude"},
        ]});
        if asked.is_list { script::json(200, &list.to_string()) } else { asked.healthy() }
    }),
    ("an error in a stream", |asked, text| {
        asked.message_or_healthy(|| {
            script::stream(&[json!({"type": "error", "error": {"type": "api_error", "message": text}})])
        })
    }),
    ("the head of a stream", |asked, text| {
        asked.events(|event| {
            if event["type"] == "message_start" {
                for name in ["id", "model", "role"] {
                    event["message"][name] = json!(text);
                }
            }
        })
    }),
    ("a piece of a stream", |asked, text| {
        asked.events(|event| {
            if event["type"] == "content_block_delta" {
                event["delta"] = json!({"type": text, "text": text});
            }
        })
    }),
    ("the end of a stream", |asked, text| {
        asked.events(|event| {
            if event["type"] == "message_delta" {
                event["delta"] = json!({"stop_reason": text, "stop_sequence": text});
            }
        })
    }),
    ("a name of an event", |asked, text| {
        asked.message_or_healthy(|| {
            Reply::new(200, [("content-type", "text/event-stream")], format!("event: {text}\ndata: {text}\n\n"))
        })
    }),
    ("what is answered", |asked, text| {
        asked.message_or_healthy(|| asked.answer(&json!([{"type": "text", "text": text}])))
    }),
    ("a tool's name", |asked, text| {
        let call = json!([{"type": "tool_use", "id": text, "name": text, "input": {"text": text, text: text}}]);
        asked.message_or_healthy(|| asked.answer(&call))
    }),
    ("an answer with an odd field", |asked, text| {
        asked.message_or_healthy(|| script::json(200, &json!({text: text, "object": text}).to_string()))
    }),
];
