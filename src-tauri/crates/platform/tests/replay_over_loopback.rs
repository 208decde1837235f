//! Replays every recorded reply over a real connection to the real check: the check's verdict must be what the reply
//! means.
//!
//! A row is one reply of one endpoint. The other endpoints answer as the same gateway would, and so that this one is
//! reached: a key that is refused for messages is refused by the list too, unless the list is open to everybody or not
//! offered; a message that fails for another cause follows a list that accepted the key; where nothing is served,
//! neither endpoint serves anything.
#![allow(missing_docs, clippy::disallowed_methods, reason = "a test, which reads its fixtures")]

mod scripted;

use std::collections::BTreeMap;
use std::time::Duration;

use airouter_core::address::GatewayUrl;
use airouter_core::check::{AuthScheme, CheckReport};
use airouter_core::finding::{Code, Severity};
use airouter_core::secret::Secret;
use airouter_platform::check::{CheckRequest, check_with};
use airouter_platform::net::Options;
use scripted::{Answer, Kind, Request, Server};
use serde_json::{Value, json};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

const ROWS: &str = include_str!("../../../../tests/fixtures/gateway-responses.dev.jsonl");
const CODES: &str = include_str!("../../../../tests/fixtures/expect-codes.json");
const LABELS: &str = include_str!("../../../../tests/fixtures/expect-labels.txt");

/// Rows (from 1) for which the verdict of the whole check differs from that of the reply alone, and why.
const WHOLE_CHECK: &[(&[usize], &[&str], &str)] = &[
    (&[65, 69], &[], "the list is not offered, but messages are answered: that is enough"),
    (&[227, 257], &["AR-307"], "the list is served here and messages are not: an address for other programs"),
    (
        &[96, 97, 98, 99, 100, 101, 102, 103, 104, 105],
        &["AR-405"],
        "sent in `x-api-key` as the person insisted: the gateway does not read it",
    ),
    (&[51], &["AR-405"], "said to both headers, of which then neither is read; one that is read is tested below"),
    (&[131, 270], &["AR-612"], "it was sent as large as Claude's own requests are, so each of those is refused"),
    (&[184, 223, 253], &[], "about counting tokens, which the check does not ask for: it proves nothing"),
];

/// What the list of models replies if a row is about another endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum List {
    /// The row itself: every endpoint gives the same reply.
    Same,
    /// It is returned only with a key.
    Guarded,
    /// It is returned to everybody.
    Open,
    /// Not offered.
    Absent,
}

/// One replay of a row.
struct Replay {
    place: usize,
    row: Value,
    list: List,
    pinned: Option<AuthScheme>,
    expected: Vec<String>,
}

/// All replays, sixteen at a time: each mostly waits for its sockets.
#[derive(Default)]
struct Replays {
    playing: JoinSet<Option<String>>,
    differ: Vec<String>,
}

impl Replays {
    fn begin(&mut self, replay: Replay) {
        self.playing.spawn(async move {
            static SLOTS: Semaphore = Semaphore::const_new(16);
            let _slot = SLOTS.acquire().await.expect("nobody closes it");
            replay.differs().await
        });
    }

    /// What differs, by place.
    async fn differ(mut self) -> Vec<String> {
        while let Some(played) = self.playing.join_next().await {
            self.differ.extend(played.expect("a scene ends"));
        }
        self.differ.sort();
        self.differ
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_recorded_reply_is_diagnosed_over_a_real_connection() {
    let codes: BTreeMap<String, Vec<String>> = serde_json::from_str(CODES).expect("the table of codes");
    let (mut rows, mut playing) = (0, Replays::default());
    for (place, line) in ROWS.lines().enumerate().filter(|(_, line)| !line.is_empty()) {
        rows += 1;
        let row: Value = serde_json::from_str(line).expect("a row");
        let other = WHOLE_CHECK.iter().find(|(rows, ..)| rows.contains(&(place + 1)));
        let expected: Vec<String> = match other {
            Some((_, numbers, _)) => numbers.iter().map(ToString::to_string).collect(),
            None => codes[text(&row, "expect")].clone(),
        };
        for list in lists(&row) {
            for pinned in schemes(&row) {
                playing.begin(Replay { place: place + 1, row: row.clone(), list, pinned, expected: expected.clone() });
            }
        }
    }
    assert_eq!(rows, 276, "rows were lost or added");
    let wrong = playing.differ().await;
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bare_refusal_of_a_message_after_a_guarded_list_is_never_the_keys_fault() {
    let mut playing = Replays::default();
    for (place, line) in ROWS.lines().enumerate().filter(|(_, line)| !line.is_empty()) {
        let row: Value = serde_json::from_str(line).expect("a row");
        let is_bare = text(&row, "expect") == "key_rejected" && matches!(row["status"].as_u64(), Some(401));
        // A refusal with a text about the key's state is not a bare one.
        if is_bare && text(&row, "route").starts_with("POST") {
            let expected = vec![Code::UpstreamError.number().to_owned()];
            playing.begin(Replay { place: place + 1, row, list: List::Guarded, pinned: None, expected });
        }
    }
    let wrong = playing.differ().await;
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test]
async fn an_unread_header_leads_to_the_other_one() {
    for line in ROWS.lines().filter(|line| line.contains("\"auth_scheme\"") || line.contains("\"key_missing\"")) {
        let row: Value = serde_json::from_str(line).expect("a row");
        let server =
            Server::start(move |asked| if asked.by_x_api_key { healthy(asked.kind) } else { recorded(&row) }).await;
        let report = run(&server.base, "sk-any-0000000000000000000000000000", None).await;
        assert_eq!((report.passed, report.scheme), (true, AuthScheme::XApiKey), "{line}");
        assert!(report.findings.iter().any(|finding| finding.code == Code::AuthScheme), "{line}");
    }
}

#[test]
fn every_label_of_a_diagnosis_has_its_code() {
    let codes: BTreeMap<String, Vec<String>> = serde_json::from_str(CODES).expect("the table of codes");
    let labels: Vec<&str> = LABELS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let unknown: Vec<_> = labels.iter().filter(|label| !codes.contains_key(**label)).collect();
    assert!(unknown.is_empty(), "no code for {unknown:?}");
    for (label, numbers) in &codes {
        assert!(labels.contains(&label.as_str()), "{label} is no label");
        assert_eq!(numbers.is_empty(), label == "ok", "{label}");
        // The names agree, so that a wrong number is noticed.
        let slug = |number: &String| Code::ALL.iter().find(|code| code.number() == number).map(|code| code.slug());
        let is_same = label == "ok" || label == "client_error" || numbers.iter().any(|n| slug(n) == Some(label));
        assert!(is_same, "{label} has {numbers:?}");
    }
}

/// The list replies that are consistent with a row.
fn lists(row: &Value) -> Vec<List> {
    let is_message = text(row, "route").starts_with("POST") && text(row, "route").contains("/v1/messages");
    if !is_message || text(row, "route").contains("count_tokens") {
        return vec![List::Same];
    }
    match text(row, "expect") {
        _ if text(row, "route").contains("(host root)") => vec![List::Guarded],
        "html_page" | "wrong_base_url" | "redirect" | "wrong_scheme" => vec![List::Same],
        "key_rejected" | "key_missing" | "key_expired" | "key_disabled" | "auth_scheme" => {
            vec![List::Open, List::Absent, List::Same]
        }
        // Anthropic's own permission error; after a list that accepted the key it would mean another account's.
        "no_claude_permission" if row["body"].as_str().is_some_and(|body| body.contains("permission_error")) => {
            vec![List::Open, List::Absent]
        }
        "upstream_error" if row["context"]["models_status"] == 200 => vec![List::Guarded],
        _ => vec![List::Guarded, List::Absent],
    }
}

/// The schemes with which a row is replayed: `None` for automatic, which begins with `Authorization`, and the recorded
/// one.
fn schemes(row: &Value) -> Vec<Option<AuthScheme>> {
    let auth = text(row, "auth");
    if auth.starts_with("x-api-key") {
        vec![Some(AuthScheme::XApiKey)]
    } else if auth.contains("x-api-key") || auth == "any" {
        vec![None, Some(AuthScheme::XApiKey)]
    } else {
        vec![None]
    }
}

impl Replay {
    /// Runs the replay; returns how the verdict differs from the expected one, or `None`.
    async fn differs(&self) -> Option<String> {
        let key = match text(&self.row, "expect") {
            // The real cause: a key that fits into no header.
            "client_error" => "sk-ab\ncd",
            _ => "sk-any-0000000000000000000000000000",
        };
        let (row, list) = (self.row.clone(), self.list);
        let server = Server::start(move |asked| answer(&row, list, asked)).await;
        let report = run(&server.base, key, self.pinned).await;
        let first = report.findings.first();
        let is_for_claude_alone = first.is_some_and(|finding| finding.fact("for") == Some("claude"));
        let agrees = match first.filter(|finding| finding.severity == Severity::Blocking || is_for_claude_alone) {
            None => self.expected.is_empty() && report.passed,
            Some(finding) => self.expected.iter().any(|number| number == finding.code.number()),
        };
        let was_met = text(&self.row, "expect") == "client_error"
            || text(&self.row, "route").contains("count_tokens")
            || server.seen().iter().any(|asked| is_for(&self.row, asked.kind) || list == List::Same);
        if agrees && was_met {
            return None;
        }
        let found = first.map_or("ok", |finding| finding.code.slug());
        let route = text(&self.row, "route");
        let (place, expected, pinned, expect, status) =
            (self.place, &self.expected, self.pinned, text(&self.row, "expect"), &self.row["status"]);
        let body: String = text(&self.row, "body").chars().take(120).collect();
        Some(format!(
            "{place}: {expect} {expected:?} not {found} (met: {was_met}): {status} {route} {list:?} {pinned:?} {body}"
        ))
    }
}

/// True if the row is the reply to this kind of request. A refusal is given whether or not the message streams; a good
/// reply only in the form in which it was recorded.
fn is_for(row: &Value, kind: Kind) -> bool {
    let is_stream = text(row, "body").starts_with("event:");
    let is_bad = text(row, "expect") != "ok";
    let is_message = text(row, "route").starts_with("POST") || text(row, "route").starts_with("any");
    match kind {
        Kind::Stream => is_message && (is_stream || is_bad),
        Kind::Tools => is_message && is_bad,
        Kind::Message => is_message && (is_bad || !is_stream),
        Kind::Models => !text(row, "route").starts_with("POST"),
        Kind::Other => false,
    }
}

/// The same error for a request without streaming: the data of the stream's error event as a JSON reply.
fn whole(row: &Value) -> Answer {
    let data = text(row, "body").lines().rev().find_map(|line| line.strip_prefix("data: "));
    match data.and_then(|data| serde_json::from_str::<Value>(data).ok()) {
        Some(said) if said.get("error").is_some() => as_json(200, &said),
        _ => recorded(row),
    }
}

fn answer(row: &Value, list: List, asked: Request) -> Answer {
    let is_bad = text(row, "expect") != "ok";
    if text(row, "route").contains("count_tokens") {
        return if asked.kind == Kind::Other { recorded(row) } else { healthy(asked.kind) };
    }
    if text(row, "software") == "claude-code-router" && text(row, "condition") == "valid key" && is_bad {
        // Seen in the same run: the list is not offered, messages are answered.
        return if asked.kind == Kind::Models { recorded(row) } else { healthy(asked.kind) };
    }
    if is_for(row, asked.kind) || is_bad && list == List::Same {
        let is_stream = text(row, "body").starts_with("event:");
        return if is_stream && asked.kind != Kind::Stream { whole(row) } else { recorded(row) };
    }
    match (asked.kind, list) {
        (Kind::Models, List::Absent) => {
            as_json(404, &json!({"message": "Route GET:/v1/models not found", "error": "Not Found", "statusCode": 404}))
        }
        (Kind::Models, List::Guarded) if !asked.has_key => {
            as_json(401, &json!({"error": {"message": "No api key passed in."}}))
        }
        (kind, _) => healthy(kind),
    }
}

/// The row, byte for byte; a row without a status is a connection that was closed.
fn recorded(row: &Value) -> Answer {
    let Some(status) = row["status"].as_u64() else { return Answer::Nothing };
    let headers = row["headers"].as_object().into_iter().flatten();
    let headers = headers.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()));
    Answer::Reply(u16::try_from(status).expect("a status"), headers.collect(), text(row, "body").as_bytes().to_vec())
}

fn healthy(kind: Kind) -> Answer {
    let message = |content: Value, reason: &str| {
        json!({"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-haiku-4-5-20251001",
            "content": [content], "stop_reason": reason, "stop_sequence": null,
            "usage": {"input_tokens": 8, "output_tokens": 1}})
    };
    let hi = json!({"type": "text", "text": "Hi"});
    match kind {
        Kind::Models => as_json(
            200,
            &json!({"data": [{"type": "model", "id": "claude-haiku-4-5-20251001"},
                {"type": "model", "id": "claude-sonnet-4-5-20250929"}], "has_more": false}),
        ),
        Kind::Message => as_json(200, &message(hi, "max_tokens")),
        Kind::Tools => {
            let call = json!({"type": "tool_use", "id": "toolu_1", "name": "report_ready", "input": {"ready": true}});
            as_json(200, &message(call, "tool_use"))
        }
        Kind::Stream => {
            let mut begun = message(hi, "end_turn");
            begun["content"] = json!([]);
            begun["stop_reason"] = Value::Null;
            let events = [
                json!({"type": "message_start", "message": begun}),
                json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
                json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi"}}),
                json!({"type": "content_block_stop", "index": 0}),
                json!({"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": null},
                    "usage": {"output_tokens": 1}}),
                json!({"type": "message_stop"}),
            ];
            let body: String =
                events.iter().map(|event| format!("event: {}\ndata: {event}\n\n", text(event, "type"))).collect();
            Answer::Reply(200, vec![("content-type".to_owned(), "text/event-stream".to_owned())], body.into_bytes())
        }
        Kind::Other => as_json(404, &json!({"detail": "Not Found"})),
    }
}

async fn run(base: &str, key: &str, scheme: Option<AuthScheme>) -> CheckReport {
    let base = GatewayUrl::parse(base).expect("an address");
    let wanted =
        CheckRequest { base, key: Secret::new(key.to_owned()), scheme, models: Vec::new(), claude: None, proxy: None };
    let (_stop, never) = watch::channel(false);
    let mut options = Options::default();
    options.limits.gaps = [Duration::ZERO; 2];
    options.limits.longest_wait = Duration::ZERO;
    check_with(wanted, options, never, |_| {}).await
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn as_json(status: u16, body: &Value) -> Answer {
    let kind = ("content-type".to_owned(), "application/json".to_owned());
    Answer::Reply(status, vec![kind], body.to_string().into_bytes())
}
