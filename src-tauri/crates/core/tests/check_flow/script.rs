//! A gateway by a script, and what is read off a report.

use airouter_core::address::GatewayUrl;
use airouter_core::check::{
    AuthScheme, CheckFlow, CheckReport, Kind, Lamp, LampId, LampState, Question, RouteProbe, Step, TimedReply,
};
use airouter_core::finding::{Code, Finding};
use airouter_core::gateway::{NetFault, Reply};
use serde_json::{Value, json};

pub(super) const MODELS: &str = r#"{"object":"list","data":[{"id":"claude-haiku-4-5-20251001","object":"model"}]}"#;

pub(super) fn json(status: u16, body: &str) -> Reply {
    Reply::new(status, [("content-type", "application/json")], body)
}

/// Walks the whole check, answering each request by the script; gives the report and the requests.
pub(super) fn walk(scheme: Option<AuthScheme>, script: impl Fn(&Step) -> Reply) -> (CheckReport, Vec<Step>) {
    walk_for(Vec::new(), scheme, |step| Ok(script(step)))
}

pub(super) fn walk_for(
    models: Vec<String>,
    scheme: Option<AuthScheme>,
    script: impl Fn(&Step) -> Result<Reply, NetFault>,
) -> (CheckReport, Vec<Step>) {
    let base = GatewayUrl::parse("https://gate.example/claude").expect("an address");
    let mut flow = CheckFlow::new(base, scheme, models, None);
    flow.on_route_probe(RouteProbe::default());
    let mut asked = Vec::new();
    while !flow.is_over() {
        let ready = flow.take_ready();
        assert_eq!(ready.len(), 1, "one request at a time: {ready:?}");
        for step in ready {
            asked.push(step.clone());
            assert!(asked.len() < 60, "no end: {asked:?}");
            let reply = script(&step);
            flow.on_reply(step, TimedReply { reply, millis: 5 });
        }
    }
    let report = flow.report();
    assert_eq!(report.requests as usize, asked.len());
    (report, asked)
}

/// The blocks of a good answer to a question.
pub(super) fn blocks(question: &Question) -> Value {
    let call = |name: &str, input: Value| json!([{"type": "tool_use", "id": "toolu_1", "name": name, "input": input}]);
    match question.kind {
        Kind::Turn | Kind::Forced => call("Read", json!({"file_path": "/tmp/airouter-setup-check.txt"})),
        Kind::NoInput(_) => call("report_ready", json!({})),
        Kind::Result(_) => json!([{"type": "text", "text": "secret-kestrel"}]),
        Kind::Tiny => json!([{"type": "text", "text": "Hi"}]),
    }
}

pub(super) fn message(content: Value) -> Value {
    json!({"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-haiku-4-5-20251001",
        "content": content, "stop_reason": "end_turn", "usage": {"input_tokens": 9, "output_tokens": 2}})
}

/// The same answer as events.
pub(super) fn events(content: &Value) -> Vec<Value> {
    let mut events = vec![json!({"type": "message_start", "message": message(json!([]))})];
    for (index, block) in content.as_array().expect("blocks").iter().enumerate() {
        let (start, delta) = match block["type"].as_str() {
            Some("text") => (json!({"type": "text", "text": ""}), json!({"type": "text_delta", "text": block["text"]})),
            _ => {
                let mut start = block.clone();
                start["input"] = json!({});
                (start, json!({"type": "input_json_delta", "partial_json": block["input"].to_string()}))
            }
        };
        events.push(json!({"type": "content_block_start", "index": index, "content_block": start}));
        events.push(json!({"type": "content_block_delta", "index": index, "delta": delta}));
        events.push(json!({"type": "content_block_stop", "index": index}));
    }
    events.push(json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}}));
    events.push(json!({"type": "message_stop"}));
    events
}

pub(super) fn stream(events: &[Value]) -> Reply {
    let named = |event: &Value| format!("event: {}\ndata: {event}\n\n", event["type"].as_str().unwrap_or_default());
    let body: String = events.iter().map(named).collect();
    Reply::new(200, [("content-type", "text/event-stream")], body)
}

pub(super) fn answer(question: &Question, content: Value) -> Reply {
    if question.stream { stream(&events(&content)) } else { json(200, &message(content).to_string()) }
}

pub(super) fn healthy(step: &Step) -> Reply {
    match step {
        Step::Models(_) | Step::OpenList => json(200, MODELS),
        Step::Ask(question) => answer(question, blocks(question)),
    }
}

pub(super) fn by_scheme(step: &Step) -> Option<AuthScheme> {
    match step {
        Step::OpenList => None,
        Step::Models(scheme) => Some(*scheme),
        Step::Ask(question) => Some(question.scheme),
    }
}

pub(super) fn questions(asked: &[Step]) -> Vec<&Question> {
    asked.iter().filter_map(|step| if let Step::Ask(question) = step { Some(&**question) } else { None }).collect()
}

pub(super) fn lamps(report: &CheckReport) -> String {
    let letter = |lamp: &Lamp| match lamp.state {
        LampState::Ok => 'o',
        LampState::Warning => 'w',
        LampState::Failed => 'F',
        _ => '-',
    };
    report.lamps.iter().map(letter).collect()
}

pub(super) fn found(report: &CheckReport, code: Code) -> Option<&Finding> {
    report.findings.iter().find(|finding| finding.code == code)
}

pub(super) fn failed(report: &CheckReport) -> (LampId, Code) {
    let lamp = report.lamps.iter().find(|lamp| lamp.state == LampState::Failed).expect("a lamp that failed");
    (lamp.id, lamp.finding.as_ref().expect("a reason").code)
}
