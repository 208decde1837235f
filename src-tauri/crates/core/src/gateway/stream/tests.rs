//! The requirements for a stream, rule by rule, as measured.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::gateway::Call;

fn event(name: &str, data: &Value) -> String {
    format!("event: {name}\ndata: {data}\n\n")
}

fn named(value: &Value) -> String {
    event(value["type"].as_str().unwrap_or_default(), value)
}

/// A good answer in text, event by event.
fn good() -> Vec<Value> {
    vec![
        json!({"type": "message_start", "message": {"id": "m", "content": [], "usage": {"input_tokens": 1, "output_tokens": 0}}}),
        json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hel"}}),
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "lo"}}),
        json!({"type": "content_block_stop", "index": 0}),
        json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 1}}),
        json!({"type": "message_stop"}),
    ]
}

fn without(kind: &str) -> Vec<Value> {
    good().into_iter().filter(|event| event["type"] != kind).collect()
}

fn text(events: &[Value]) -> String {
    events.iter().map(named).collect()
}

fn read(body: &str, cut: bool) -> StreamState {
    StreamWatch::read(&Reply::new(200, [("content-type", "text/event-stream")], body), cut)
}

/// The expected result: the text of an answer, or the kind of end and its rule.
#[derive(Debug, PartialEq, Eq)]
enum Is {
    Done(&'static str),
    Broken(&'static str),
    Lost(&'static str),
}

#[track_caller]
fn check(body: &str, expected: Is) {
    let rule = |finding: &Finding| finding.fact("rule").unwrap_or_default().to_owned();
    match (read(body, false), expected) {
        (StreamState::Done(answer), Is::Done(expected)) => assert_eq!(answer.text, expected, "{body}"),
        (StreamState::Broken(finding), Is::Broken(expected)) => assert_eq!(rule(&finding), expected, "{body}"),
        (StreamState::Lost(finding), Is::Lost(expected)) => assert_eq!(rule(&finding), expected, "{body}"),
        (other, expected) => panic!("{other:?} and not {expected:?} for {body}"),
    }
}

#[test]
fn what_is_odd_but_does_no_harm() {
    let done = |body: &str| check(body, Is::Done("Hello"));
    done(&text(&good()));
    done(&format!(": beat\n\nevent: ping\ndata: {{\"type\": \"ping\"}}\n\n{}data: [DONE]\n\n", text(&good())));
    done(&format!("\u{feff}{}", text(&good()).replace('\n', "\r\n")));
    done(&text(&good()).replace(": ", ":").replace("\n\n", "\nid: 1\nretry: 9\n\n"));
    done(text(&good()).trim_end());
    done(&text(&without("message_stop")));
    done(&text(&without("message_delta")));
    // The name may be wrong but not missing, and the data under an unknown one need not be JSON.
    done(&good().iter().map(|value| event("message", value)).collect::<String>());
    done(&format!("event: note\ndata: hello there\n\n{}", text(&good())));
    let mut odd = good();
    odd[0]["message"] = json!({"content": null});
    odd.iter_mut().for_each(|event| drop(event.as_object_mut().and_then(|event| event.remove("index"))));
    done(&text(&odd));
    let twice = [&good()[..1], &good()[..2], &good()[1..]].concat();
    done(&text(&twice));
    let stop_first = [&good()[..1], &good()[6..], &good()[1..6]].concat();
    done(&text(&stop_first));
    let after = text(&good()) + "<html>bye</html>\n\n";
    done(&after);
}

#[test]
fn after_which_a_whole_answer_is_asked_for() {
    let broken = |events: &[Value], rule: &'static str| check(&text(events), Is::Broken(rule));
    check("", Is::Broken("stream-empty"));
    check("event: ping\ndata: {\"type\":\"ping\"}\n\n", Is::Broken("stream-without-start"));
    let bare: String = good().iter().map(|value| format!("data: {value}\n\n")).collect();
    check(&bare, Is::Broken("events-without-names"));
    check(&bare.replace("data:", "event:\ndata:"), Is::Broken("events-without-names"));
    check("data: {\"choices\":[]}\n\ndata: [DONE]\n\n", Is::Broken("events-without-names"));
    let typeless =
        text(&good()).replace("\"type\":\"message_start\",", "").replace("\"type\":\"content_block", "\"t\":\"c");
    check(&typeless, Is::Broken("no-message-start"));
    broken(&without("message_start"), "no-message-start");
    broken(&without("content_block_start"), "delta-without-block");
    let mut events = good();
    events[0] = json!({"type": "message_start"});
    broken(&events, "start-without-message");
    let mut events = good();
    events[2] = json!({"type": "content_block_delta", "index": 0, "delta": {"text": "Hel"}});
    broken(&events, "delta-without-type");
    let mut events = good();
    events[1]["content_block"] = json!({"text": ""});
    broken(&events, "delta-of-another-kind");
    let mut events = good();
    events[5] = json!({"type": "message_delta", "usage": {}});
    broken(&events, "message-delta-without-delta");
    let early = [&good()[..1], &good()[2..3], &good()[1..2], &good()[3..]].concat();
    broken(&early, "delta-without-block");
    check(&text(&good()).replace("data: {", "data: data: {"), Is::Broken("event-not-json"));
    check(
        &format!("{}event: content_block_delta\n\n{}", text(&good()[..2]), text(&good()[2..])),
        Is::Broken("event-not-json"),
    );
}

#[test]
fn what_is_taken_for_a_lost_connection() {
    check(&text(&good()[..5]), Is::Lost("stream-without-end"));
    check(&text(&good()[..1]), Is::Lost("stream-without-end"));
    let StreamState::Lost(finding) = read(&text(&good()[..4]), true) else { panic!("not lost") };
    assert_eq!(finding.code, Code::Reset);
    let StreamState::Lost(_) = read(": hi\n\n", true) else { panic!("not lost") };
    // Cut after its end, it is complete.
    let StreamState::Done(_) = read(&text(&good()), true) else { panic!("not done") };
}

#[test]
fn what_is_lost_although_the_stream_is_whole() {
    check(&text(&without("content_block_stop")), Is::Done(""));
    let mut events = without("content_block_delta");
    events[1]["content_block"]["text"] = json!("Hello");
    check(&text(&events), Is::Done(""));
    let renamed = text(&good()).replace("text_delta", "text");
    check(&renamed, Is::Done(""));
    let late = [&good()[..1], &good()[5..], &good()[1..5]].concat();
    check(&text(&late), Is::Done(""));
}

#[test]
fn calls_are_put_together() {
    let call = |start: Value, pieces: &[&str]| {
        let mut events =
            vec![good()[0].clone(), json!({"type": "content_block_start", "index": 0, "content_block": start})];
        let delta = |piece: &&str| json!({"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": piece}});
        events.extend(pieces.iter().map(delta));
        events.extend(good()[4..].iter().cloned());
        match read(&text(&events), false) {
            StreamState::Done(answer) => answer.calls[0].clone(),
            other => panic!("{other:?}"),
        }
    };
    let start = || json!({"type": "tool_use", "id": "t", "name": "clock", "input": ""});
    let whole = Call { id: "t".to_owned(), name: "clock".to_owned(), input: json!({"zone": "UTC"}) };
    assert_eq!(call(start(), &["", "{\"zone\":", "\"UTC\"}"]), whole);
    assert_eq!(call(start(), &["{\"zone"]).input, json!("{\"zone"));
    assert_eq!(call(start(), &["\"{}\""]).input, json!("{}"));
    let at_once = json!({"type": "tool_use", "id": null, "name": "clock", "input": {"zone": "UTC"}});
    assert_eq!(call(at_once, &[]), Call { id: String::new(), input: json!({}), ..whole });
}

#[test]
fn an_error_may_come_after_the_200() {
    let error = |kind: &str, text: &str, code: Code| {
        let body = event("error", &json!({"type": "error", "error": {"type": kind, "message": text}}));
        let StreamState::Broken(finding) = read(&(named(&good()[0]) + &body), false) else { panic!("not broken") };
        assert_eq!((finding.code, finding.fact("rule")), (code, Some("error-event")), "{text}");
    };
    error("overloaded_error", "Overloaded", Code::Overloaded);
    error("x", "用户额度不足", Code::QuotaExhausted);
    error("authentication_error", "invalid x-api-key", Code::UpstreamError);
    let StreamState::Broken(finding) = read("event: error\ndata: Too many requests\n\n", false) else { panic!("no") };
    assert_eq!(finding.code, Code::RateLimited);
}

#[test]
fn what_is_no_stream_is_refused_whatever_it_calls_itself() {
    let refusal = |status, kind: &str, body: &str| {
        StreamWatch::refusal(&Reply::new(status, [("content-type", kind)], body)).map(|finding| finding.code)
    };
    let whole = r#"{"type":"message","role":"assistant","model":"m","content":[]}"#;
    assert_eq!(refusal(200, "application/json", whole), Some(Code::StreamBroken));
    assert_eq!(refusal(200, "text/event-stream", whole), Some(Code::StreamBroken));
    assert_eq!(refusal(200, "text/html", "<html>"), Some(Code::HtmlPage));
    assert_eq!(refusal(529, "application/json", "{}"), Some(Code::Overloaded));
    assert_eq!(refusal(200, "text/event-stream", ""), None);
    for kind in ["application/octet-stream", "text/html", "text/plain", "application/json", ""] {
        assert_eq!(refusal(200, kind, &text(&good())), None, "{kind}");
    }
}

#[test]
fn counts_of_tokens_are_looked_at() {
    let usage = |events: &[Value]| match read(&text(events), false) {
        StreamState::Done(answer) => answer.usage,
        other => panic!("{other:?}"),
    };
    assert_eq!(usage(&good()), Usage { output_tokens: 1, is_missing: false, is_broken: false });
    let mut none = good();
    none[0]["message"]["usage"] = Value::Null;
    assert!(usage(&none).is_missing && !usage(&none).is_broken);
    let mut texts = good();
    texts[0]["message"]["usage"] = json!({"input_tokens": "25"});
    assert!(usage(&texts).is_broken);
}

proptest! {
    #[test]
    fn no_stream_makes_it_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        parts in "(event: error|event: x|data: |\\{|\\}|\"type\":|\"message_start\"|\"content_block_start\"|\"content_block_delta\"|\"index\":-1|,|\\n|\\n\\n){0,30}",
        cut in any::<bool>(),
    ) {
        read(&String::from_utf8_lossy(&bytes), cut);
        read(&format!("{}{parts}", named(&good()[0])), cut);
    }
}
