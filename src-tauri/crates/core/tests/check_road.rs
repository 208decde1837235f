//! The order of the check and whom it blames, with replies from a script instead of a network.

use airouter_core::address::GatewayUrl;
use airouter_core::check::{
    AuthScheme, CheckReport, Kind, Lamp, LampId, LampState, Part, Question, Reach, Road, Step, Told,
};
use airouter_core::finding::{Code, Finding};
use airouter_core::gateway::{NetFault, Reply};
use serde_json::{Value, json};

const MODELS: &str = r#"{"object":"list","data":[{"id":"claude-haiku-4-5-20251001","object":"model"}]}"#;

fn json(status: u16, body: &str) -> Reply {
    Reply::new(status, [("content-type", "application/json")], body)
}

/// Walks the whole check, answering each request by the script; gives the report and the requests.
fn walk(scheme: Option<AuthScheme>, script: impl Fn(&Step) -> Reply) -> (CheckReport, Vec<Step>) {
    walk_for(Vec::new(), scheme, |step| Ok(script(step)))
}

fn walk_for(
    models: Vec<String>,
    scheme: Option<AuthScheme>,
    script: impl Fn(&Step) -> Result<Reply, NetFault>,
) -> (CheckReport, Vec<Step>) {
    let base = GatewayUrl::parse("https://gate.example/claude").expect("an address");
    let mut road = Road::new(base, scheme, models, None);
    road.tell_reach(Reach::default());
    let mut asked = Vec::new();
    while !road.is_over() {
        let ready = road.take_ready();
        assert_eq!(ready.len(), 1, "one request at a time: {ready:?}");
        for step in ready {
            asked.push(step.clone());
            assert!(asked.len() < 60, "no end: {asked:?}");
            let reply = script(&step);
            road.tell(step, Told { reply, millis: 5 });
        }
    }
    let report = road.report();
    assert_eq!(report.requests as usize, asked.len());
    (report, asked)
}

/// The blocks of a good answer to a question.
fn blocks(question: &Question) -> Value {
    let call = |name: &str, input: Value| json!([{"type": "tool_use", "id": "toolu_1", "name": name, "input": input}]);
    match question.kind {
        Kind::Turn | Kind::Forced => call("Read", json!({"file_path": "/tmp/airouter-setup-check.txt"})),
        Kind::Least(_) => call("report_ready", json!({})),
        Kind::Result(_) => json!([{"type": "text", "text": "secret-kestrel"}]),
        Kind::Tiny => json!([{"type": "text", "text": "Hi"}]),
    }
}

fn message(content: Value) -> Value {
    json!({"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-haiku-4-5-20251001",
        "content": content, "stop_reason": "end_turn", "usage": {"input_tokens": 9, "output_tokens": 2}})
}

/// The same answer as events.
fn events(content: &Value) -> Vec<Value> {
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

fn stream(events: &[Value]) -> Reply {
    let named = |event: &Value| format!("event: {}\ndata: {event}\n\n", event["type"].as_str().unwrap_or_default());
    let body: String = events.iter().map(named).collect();
    Reply::new(200, [("content-type", "text/event-stream")], body)
}

fn answer(question: &Question, content: Value) -> Reply {
    if question.stream { stream(&events(&content)) } else { json(200, &message(content).to_string()) }
}

fn healthy(step: &Step) -> Reply {
    match step {
        Step::Models(_) | Step::OpenList => json(200, MODELS),
        Step::Ask(question) => answer(question, blocks(question)),
    }
}

fn by_scheme(step: &Step) -> Option<AuthScheme> {
    match step {
        Step::OpenList => None,
        Step::Models(scheme) => Some(*scheme),
        Step::Ask(question) => Some(question.scheme),
    }
}

fn questions(asked: &[Step]) -> Vec<&Question> {
    asked.iter().filter_map(|step| if let Step::Ask(question) = step { Some(&**question) } else { None }).collect()
}

fn lamps(report: &CheckReport) -> String {
    let letter = |lamp: &Lamp| match lamp.state {
        LampState::Ok => 'o',
        LampState::Warning => 'w',
        LampState::Failed => 'F',
        _ => '-',
    };
    report.lamps.iter().map(letter).collect()
}

fn found(report: &CheckReport, code: Code) -> Option<&Finding> {
    report.findings.iter().find(|finding| finding.code == code)
}

fn failed(report: &CheckReport) -> (LampId, Code) {
    let lamp = report.lamps.iter().find(|lamp| lamp.state == LampState::Failed).expect("a lamp that failed");
    (lamp.id, lamp.finding.as_ref().expect("a reason").code)
}

#[test]
fn a_healthy_gateway_passes_with_bearer_at_once() {
    let (report, asked) = walk(None, healthy);
    assert!(report.passed, "{report:?}");
    assert_eq!(report.scheme, AuthScheme::Bearer);
    assert_eq!(asked.len(), 4, "{asked:?}");
}

#[test]
fn the_header_that_is_read_tells_about_the_key() {
    // keyway-router reads `Authorization` only.
    let (report, asked) = walk(None, |step| match by_scheme(step) {
        Some(AuthScheme::Bearer) => json(401, r#"{"detail":"Invalid or disabled API key."}"#),
        _ => json(401, r#"{"detail":"Missing or invalid Authorization header. Use 'Bearer db_sk_...'."}"#),
    });
    assert_eq!(failed(&report), (LampId::Key, Code::KeyRejected));
    assert_eq!(report.scheme, AuthScheme::Bearer, "the scheme that the gateway understands");
    assert_eq!(asked.len(), 3, "the list in both ways, and one message: {asked:?}");

    // Anthropic's own way: only `x-api-key` is read, and the key has a cause of its own.
    let (report, _) = walk(None, |step| match by_scheme(step) {
        Some(AuthScheme::XApiKey) => json(401, r#"{"detail":"API key expired."}"#),
        _ => json(
            401,
            r#"{"type":"error","error":{"type":"authentication_error","message":"x-api-key header is required"}}"#,
        ),
    });
    assert_eq!(failed(&report), (LampId::Key, Code::KeyExpired));
    assert_eq!(report.scheme, AuthScheme::XApiKey);
}

#[test]
fn x_api_key_is_found_by_trying() {
    let (report, asked) = walk(None, |step| match by_scheme(step) {
        Some(AuthScheme::Bearer) => json(401, r#"{"error":{"message":"Invalid token"}}"#),
        _ => healthy(step),
    });
    assert!(report.passed, "{report:?}");
    assert_eq!(report.scheme, AuthScheme::XApiKey);
    assert!(report.findings.iter().any(|finding| finding.code == Code::AuthScheme));
    assert_eq!(asked.iter().filter(|step| by_scheme(step) == Some(AuthScheme::Bearer)).count(), 1);
}

#[test]
fn a_pinned_scheme_is_kept_and_its_failure_blocks() {
    let (report, asked) = walk(Some(AuthScheme::XApiKey), |_| {
        json(401, r#"{"detail":"Missing or invalid Authorization header. Use 'Bearer db_sk_...'."}"#)
    });
    let (lamp, code) = failed(&report);
    assert_eq!((lamp, code), (LampId::Key, Code::KeyMissing));
    assert!(report.findings[0].blocks());
    assert!(asked.iter().all(|step| by_scheme(step) == Some(AuthScheme::XApiKey)) && asked.len() == 2, "{asked:?}");
}

#[test]
fn an_accepted_key_is_not_blamed_for_what_the_message_met() {
    // The first way was refused, the second let the list through: the key is good.
    let (report, _) = walk(None, |step| match (by_scheme(step), step) {
        (Some(AuthScheme::Bearer), _) | (None, _) => json(401, r#"{"error":{"message":"Invalid token"}}"#),
        (_, Step::Models(_)) => json(200, MODELS),
        _ => json(503, r#"{"error":{"message":"Service Unavailable"}}"#),
    });
    let (lamp, code) = failed(&report);
    assert_eq!(lamp, LampId::Answer, "{code}");
    assert!(!code.number().starts_with("AR-4"), "{code}");
}

#[test]
fn only_who_knows_the_key_lights_its_lamp() {
    let key_lamp = |status: u16, body: &str| {
        let (report, _) = walk(None, |step| match step {
            Step::Ask(_) => json(status, body),
            _ => json(404, r#"{"error":{"message":"not found"}}"#),
        });
        report.lamps.iter().find(|lamp| lamp.id == LampId::Key).expect("its lamp").state
    };
    let crash = r#"{"error":{"message":"internal error","type":"api_error"}}"#;
    assert_eq!(key_lamp(500, crash), LampState::NotTested, "a crash proves nothing");
    let poor = r#"{"error":{"message":"insufficient balance","code":"insufficient_user_quota"}}"#;
    assert_eq!(key_lamp(402, poor), LampState::Ok, "who knows the balance knows the key");
}

#[test]
fn a_list_without_a_small_model_is_a_warning() {
    let small = |models: &str| {
        let list = format!(r#"{{"object":"list","data":[{models}]}}"#);
        let (report, _) = walk(None, |step| match step {
            Step::Models(_) => json(200, &list),
            _ => healthy(step),
        });
        assert!(report.passed, "{report:?}");
        report.findings.iter().any(|finding| finding.code == Code::NoSmallModel && !finding.blocks())
    };
    assert!(small(r#"{"id":"claude-sonnet-4-6","object":"model"}"#));
    assert!(!small(
        r#"{"id":"claude-sonnet-4-6","object":"model"},{"id":"claude-haiku-4-5-20251001","object":"model"}"#
    ));
}

#[test]
fn a_good_gateway_is_asked_four_times() {
    let (report, asked) = walk(None, healthy);
    let kinds: Vec<&Kind> = questions(&asked).iter().map(|question| &question.kind).collect();
    assert!(matches!(kinds[..], [Kind::Turn, Kind::Result(_), Kind::Tiny]), "{kinds:?}");
    assert_eq!((report.requests, lamps(&report).as_str()), (4, "oooooo"));
    assert!((1_000..5_000).contains(&report.tokens_estimate), "{}", report.tokens_estimate);
}

#[test]
fn a_model_that_answers_with_words_is_asked_to_call_a_tool() {
    let words = |question: &Question| answer(question, json!([{"type": "text", "text": "Certainly."}]));
    let (report, asked) = walk(None, |step| match step {
        Step::Ask(question) if question.kind == Kind::Turn => words(question),
        _ => healthy(step),
    });
    assert_eq!((lamps(&report).as_str(), asked.len()), ("oooooo", 5));
    // Thinking models refuse a demand; Claude never makes one.
    let (report, _) = walk(None, |step| match step {
        Step::Ask(question) if matches!(question.kind, Kind::Forced | Kind::Least(false)) => {
            json(400, r#"{"error":{"message":"Thinking may not be enabled when tool_choice forces tool use."}}"#)
        }
        Step::Ask(question) if question.kind == Kind::Turn => words(question),
        _ => healthy(step),
    });
    assert_eq!(lamps(&report), "oooooo", "{:?}", report.findings);
    // No tool is ever called.
    let (report, _) = walk(None, |step| match step {
        Step::Ask(question) => words(question),
        _ => healthy(step),
    });
    assert_eq!(failed(&report), (LampId::Tools, Code::ToolsBroken));
    assert_eq!(found(&report, Code::ToolsBroken).and_then(|f| f.fact("rule")), Some("never-called"));
}

#[test]
fn a_call_needs_id_name_and_an_object_that_fits() {
    for (rule, call) in [
        ("call-without-id", json!({"type": "tool_use", "name": "Read", "input": {"file_path": "/x"}})),
        ("call-without-id", json!({"type": "tool_use", "id": "", "name": "Read", "input": {"file_path": "/x"}})),
        ("tool-not-offered", json!({"type": "tool_use", "id": "t", "name": "read", "input": {"file_path": "/x"}})),
        ("input-not-an-object", json!({"type": "tool_use", "id": "t", "name": "Read", "input": "{}"})),
        ("input-not-an-object", json!({"type": "tool_use", "id": "t", "name": "Read", "input": null})),
        ("input-incomplete", json!({"type": "tool_use", "id": "t", "name": "Read", "input": {}})),
        ("input-incomplete", json!({"type": "tool_use", "id": "t", "name": "Read", "input": {"file_path": 7}})),
    ] {
        let (report, _) = walk(None, |step| match step {
            Step::Ask(question) if question.kind == Kind::Turn => answer(question, json!([call])),
            _ => healthy(step),
        });
        assert_eq!(failed(&report), (LampId::Tools, Code::ToolsBroken), "{call}");
        assert_eq!(found(&report, Code::ToolsBroken).and_then(|f| f.fact("rule")), Some(rule), "{call}");
    }
}

#[test]
fn a_result_that_is_refused_or_lost_is_no_use_of_tools() {
    for (rule, said) in [
        ("result-lost", json!([{"type": "text", "text": "I see no file."}])),
        ("result-not-answered", json!([])),
    ] {
        let (report, _) = walk(None, |step| match step {
            Step::Ask(question) if matches!(question.kind, Kind::Result(_)) => answer(question, said.clone()),
            _ => healthy(step),
        });
        assert_eq!(found(&report, Code::ToolsBroken).and_then(|f| f.fact("rule")), Some(rule));
    }
    let (report, _) = walk(None, |step| match step {
        Step::Ask(question) if matches!(question.kind, Kind::Result(_)) => {
            json(400, r#"{"error":{"message":"unexpected tool_use_id found in tool_result blocks"}}"#)
        }
        _ => healthy(step),
    });
    assert_eq!(failed(&report), (LampId::Tools, Code::ToolsBroken));
}

/// What is refused, in which words; whether the engine heals it; the part that is named.
const PARTS: &[(Part, &str, bool)] = &[
    (Part::RoleSystem, "messages: Input should be 'user' or 'assistant'", true),
    (Part::RoleSystem, "参数错误：role 只能是 user 或 assistant", false),
    (Part::Effort, "output_config.effort: Extra inputs are not permitted", true),
    (Part::Effort, "Unknown parameter: 'output_config'", false),
    (Part::Adaptive, "adaptive thinking is not supported on this model", true),
    (Part::Thinking, "thinking: Extra inputs are not permitted", false),
    (Part::MaxTokens, "max_tokens: 64000 > 8192, which is the maximum allowed number of output tokens for claude-x", true),
    (Part::MaxTokens, "max_tokens must be less than or equal to 8192", false),
    (Part::CacheControl, "cache_control: Extra inputs are not permitted", false),
    (Part::Metadata, "metadata: Extra inputs are not permitted", false),
    (Part::SystemList, "system: Input should be a valid string", false),
    (Part::ToolCount, "tools: at most 16 tools are supported", false),
    (Part::ToolSchema, "tools.0.input_schema: unknown name \"$schema\"", false),
    (Part::Betas, "invalid beta flag", false),
    (Part::Metadata, "invalid request", false),
    (Part::SystemList, "请求参数有误", false),
    (Part::BetaQuery, "bad request", false),
];

#[test]
fn a_refused_part_is_healed_as_the_engine_heals_it_or_else_found() {
    let list = r#"{"data":[{"id":"claude-sonnet-5"},{"id":"claude-haiku-4-5-20251001"}]}"#;
    for (part, words, heals) in PARTS {
        let refuses = |question: &Question| {
            let is_small = |question: &Question| question.cap.is_some_and(|cap| cap <= 8192);
            let is_thought_of = *part != Part::Adaptive || !question.without.contains(&Part::Thinking);
            let is_out = question.without.contains(part) || (*part == Part::MaxTokens && is_small(question));
            let is_out = is_out || !is_thought_of || (*part == Part::ToolCount && question.without.contains(&Part::Tools));
            question.kind != Kind::Tiny && !is_out
        };
        let (report, asked) = walk(None, |step| match step {
            Step::Models(_) => json(200, list),
            Step::Ask(question) if refuses(question) => {
                json(400, &json!({"type": "error", "error": {"type": "invalid_request_error", "message": words}}).to_string())
            }
            _ => healthy(step),
        });
        assert_eq!(report.passed, *heals, "{words}: {:?}", report.findings);
        if !heals {
            assert_eq!(failed(&report), (LampId::Answer, Code::PartRefused), "{words}");
            assert_eq!(found(&report, Code::PartRefused).and_then(|f| f.fact("part")), Some(part.word()), "{words}");
        }
        assert!(asked.len() <= 18, "{words}: {}", asked.len());
    }
}

#[test]
fn what_passes_by_itself_is_tried_again_and_what_lasts_is_told() {
    let turns = |status: u16, more: &[(&str, &str)], times: usize| {
        let left = std::cell::Cell::new(times);
        let (report, asked) = walk(None, |step| match step {
            Step::Ask(question) if question.kind == Kind::Turn && left.get() > 0 => {
                left.set(left.get() - 1);
                Reply::new(status, more.iter().copied(), r#"{"error":{"message":"slow down"}}"#)
            }
            _ => healthy(step),
        });
        let turns = questions(&asked).iter().filter(|question| question.kind == Kind::Turn).count();
        (report.passed, turns)
    };
    for status in [408, 409, 429, 500, 503, 529] {
        assert_eq!(turns(status, &[], 2), (true, 3), "{status}");
        assert_eq!(turns(status, &[], 9), (false, 3), "{status}");
    }
    assert_eq!(turns(500, &[("x-should-retry", "false")], 1), (false, 1));
    assert_eq!(turns(400, &[("x-should-retry", "true")], 1), (true, 2));
    assert_eq!(turns(429, &[("retry-after", "60")], 1), (true, 2));
    assert_eq!(turns(429, &[("retry-after", "61")], 1), (false, 1));
}

#[test]
fn a_lost_stream_is_tried_again_and_blames_no_whole_answer() {
    let cut = |times: usize| {
        let left = std::cell::Cell::new(times);
        walk_for(Vec::new(), None, |step| match step {
            Step::Ask(question) if question.stream && left.get() > 0 => {
                left.set(left.get() - 1);
                let mut reply = stream(&events(&blocks(question))[..2]);
                reply.cut = true;
                Ok(reply)
            }
            _ => Ok(healthy(step)),
        })
        .0
    };
    assert_eq!(lamps(&cut(2)), "oooooo");
    let report = cut(99);
    assert_eq!((lamps(&report).as_str(), failed(&report)), ("ooooF-", (LampId::Streaming, Code::Reset)));
}

#[test]
fn a_stream_without_use_is_asked_for_as_a_whole_answer() {
    let unnamed = |question: &Question| {
        let body: String = events(&blocks(question)).iter().map(|event| format!("data: {event}\n\n")).collect();
        Reply::new(200, [("content-type", "text/event-stream")], body)
    };
    let (report, _) = walk(None, |step| match step {
        Step::Ask(question) if question.stream => unnamed(question),
        _ => healthy(step),
    });
    assert_eq!((report.passed, lamps(&report).as_str()), (true, "oooowo"), "{:?}", report.findings);
    let rule = found(&report, Code::StreamFallback).and_then(|finding| finding.fact("rule"));
    assert_eq!(rule, Some("events-without-names"));
    // Without a whole answer either, nothing works.
    let (report, _) = walk(None, |step| match step {
        Step::Ask(question) if question.stream => unnamed(question),
        Step::Ask(_) => json(500, "{}"),
        _ => healthy(step),
    });
    assert!(!report.passed);
}

#[test]
fn an_answer_that_holds_nothing_is_no_answer() {
    let (report, _) = walk(None, |step| match step {
        Step::Ask(question) if question.stream => answer(question, json!([])),
        _ => healthy(step),
    });
    assert_eq!(failed(&report), (LampId::Answer, Code::EmptyAnswer));
}

#[test]
fn a_list_that_is_refused_is_no_end() {
    for (status, body) in [
        (403, r#"{"detail":"Virtual key is not allowed to call this route. Only allowed to call routes: ['/v1/messages']."}"#),
        (403, r#"{"error":{"message":"Only proxy admin can be used to generate new keys. Your role=unknown.","type":"auth_error"}}"#),
        (422, r#"{"detail":[{"loc":["query","limit"],"msg":"Input should be less than or equal to 100"}]}"#),
        (401, r#"{"error":{"message":"invalid x-api-key"}}"#),
        (403, r#"{"error":{"message":"无权查看模型列表"}}"#),
        (429, r#"{"error":{"message":"slow down"}}"#),
        (402, r#"{"error":{"message":"payment required"}}"#),
    ] {
        for models in [Vec::new(), vec!["claude-sonnet-5".to_owned()]] {
            let (report, _) = walk_for(models, None, |step| match step {
                Step::Models(_) | Step::OpenList => Ok(json(status, body)),
                Step::Ask(_) => Ok(healthy(step)),
            });
            assert!(report.passed && found(&report, Code::ModelsNotListed).is_some(), "{body}: {:?}", report.findings);
        }
    }
    // Nothing for Claude in the list, but the person knows an id.
    let named = vec!["claude-sonnet-5".to_owned()];
    let (report, _) = walk_for(named, None, |step| match step {
        Step::Models(_) => Ok(json(200, r#"{"data":[{"id":"gpt-5"}]}"#)),
        _ => Ok(healthy(step)),
    });
    assert!(report.passed, "{:?}", report.findings);
}

#[test]
fn a_gateway_for_claude_alone_is_a_warning_and_one_for_others_is_not() {
    for (words, is_for_claude) in [
        ("This group only allows Claude Code clients", true),
        ("请勿在 Claude Code CLI 之外使用接口", true),
        ("该分组仅限 Claude Code 客户端使用", true),
        ("invalid claude code request", true),
        ("This group only allows Codex CLI clients", false),
        ("Claude Code is not allowed to use this key", false),
        ("Your client is not authorized to use this API key", false),
    ] {
        let (report, _) = walk(None, |step| match step {
            Step::Ask(_) => json(403, &json!({"error": {"message": words}}).to_string()),
            _ => healthy(step),
        });
        let finding = found(&report, Code::ClientRestricted).unwrap_or_else(|| panic!("{words}: {:?}", report.findings));
        assert_eq!((report.passed, finding.blocks()), (is_for_claude, !is_for_claude), "{words}");
    }
}

#[test]
fn the_model_that_will_be_written_is_the_one_that_is_asked() {
    let list = r#"{"data":[{"id":"claude-haiku-4-5-20251001"},{"id":"claude-sonnet-5"},{"id":"claude-opus-5"}]}"#;
    let serving = |served: &'static str| {
        walk(None, move |step| match step {
            Step::Models(_) => json(200, list),
            Step::Ask(question) if question.model != served => {
                json(404, &json!({"error": {"type": "not_found_error", "message": format!("model: {}", question.model)}}).to_string())
            }
            _ => healthy(step),
        })
        .0
    };
    assert_eq!(serving("claude-sonnet-5").proposal[0], "claude-sonnet-5");
    let second = serving("claude-opus-5");
    assert_eq!((second.passed, second.proposal[0].as_str()), (true, "claude-opus-5"), "what answers comes first");
    assert_eq!(failed(&serving("claude-haiku-4-5-20251001")), (LampId::Answer, Code::ModelNotFound));
}
