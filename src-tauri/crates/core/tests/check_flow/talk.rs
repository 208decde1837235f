//! The conversation: what is healed, tried again, asked for in another way, and what a call of a tool must have.

use airouter_core::check::{Kind, LampId, LampState, Part, Question, Step};
use airouter_core::finding::Code;
use airouter_core::gateway::Reply;
use serde_json::json;

use super::script::*;

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
        Step::Ask(question) if matches!(question.kind, Kind::Forced | Kind::NoInput(false)) => {
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
    for (rule, said) in
        [("result-lost", json!([{"type": "text", "text": "I see no file."}])), ("result-not-answered", json!([]))]
    {
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
    (
        Part::MaxTokens,
        "max_tokens: 64000 > 8192, which is the maximum allowed number of output tokens for claude-x",
        true,
    ),
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
            let is_out =
                is_out || !is_thought_of || (*part == Part::ToolCount && question.without.contains(&Part::Tools));
            question.kind != Kind::Tiny && !is_out
        };
        let (report, asked) = walk(None, |step| match step {
            Step::Models(_) => json(200, list),
            Step::Ask(question) if refuses(question) => json(
                400,
                &json!({"type": "error", "error": {"type": "invalid_request_error", "message": words}}).to_string(),
            ),
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
        (
            403,
            r#"{"detail":"Virtual key is not allowed to call this route. Only allowed to call routes: ['/v1/messages']."}"#,
        ),
        (
            403,
            r#"{"error":{"message":"Only proxy admin can be used to generate new keys. Your role=unknown.","type":"auth_error"}}"#,
        ),
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
        let finding =
            found(&report, Code::ClientRestricted).unwrap_or_else(|| panic!("{words}: {:?}", report.findings));
        assert_eq!((report.passed, finding.blocks()), (is_for_claude, !is_for_claude), "{words}");
    }
}

#[test]
fn the_model_that_will_be_written_is_the_one_that_is_asked() {
    let list = r#"{"data":[{"id":"claude-haiku-4-5-20251001"},{"id":"claude-sonnet-5"},{"id":"claude-opus-5"}]}"#;
    let serving = |served: &'static str| {
        walk(None, move |step| match step {
            Step::Models(_) => json(200, list),
            Step::Ask(question) if question.model != served => json(
                404,
                &json!({"error": {"type": "not_found_error", "message": format!("model: {}", question.model)}})
                    .to_string(),
            ),
            _ => healthy(step),
        })
        .0
    };
    assert_eq!(serving("claude-sonnet-5").proposal[0], "claude-sonnet-5");
    let second = serving("claude-opus-5");
    assert_eq!((second.passed, second.proposal[0].as_str()), (true, "claude-opus-5"), "what answers comes first");
    assert_eq!(failed(&serving("claude-haiku-4-5-20251001")), (LampId::Answer, Code::ModelNotFound));
}

#[test]
fn a_call_with_more_than_was_offered_is_refused_by_claude() {
    for (input, expected) in [
        (json!({"file_path": "/x", "limit": 5}), None),
        (json!({"file_path": "/x", "mode": "r"}), Some("input-not-offered")),
    ] {
        let call = json!([{"type": "tool_use", "id": "t", "name": "Read", "input": input}]);
        let (report, _) = walk(None, |step| match step {
            Step::Ask(question) if question.kind == Kind::Turn => answer(question, call.clone()),
            _ => healthy(step),
        });
        assert_eq!(found(&report, Code::ToolsBroken).and_then(|f| f.fact("rule")), expected, "{call}");
    }
}

#[test]
fn a_call_that_is_never_ended_is_lost() {
    let (report, _) = walk(None, |step| match step {
        Step::Ask(question) if question.kind == Kind::Turn => {
            let mut events = events(&json!([{"type": "text", "text": "Reading."}]));
            let start = json!({"type": "content_block_start", "index": 1,
                "content_block": {"type": "tool_use", "id": "t", "name": "Read", "input": {}}});
            events.insert(4, start);
            stream(&events)
        }
        _ => healthy(step),
    });
    assert_eq!(failed(&report), (LampId::Tools, Code::ToolsBroken));
    assert_eq!(found(&report, Code::ToolsBroken).and_then(|f| f.fact("rule")), Some("call-never-ended"));
}

#[test]
fn a_second_turn_is_healed_like_a_first() {
    let words = r#"{"error":{"message":"adaptive thinking is not supported on this model"}}"#;
    let list = r#"{"data":[{"id":"claude-sonnet-5"}]}"#;
    let (report, asked) = walk(None, |step| match step {
        Step::Models(_) => json(200, list),
        Step::Ask(question)
            if matches!(question.kind, Kind::Result(_)) && !question.without.contains(&Part::Adaptive) =>
        {
            json(400, words)
        }
        _ => healthy(step),
    });
    assert_eq!((lamps(&report).as_str(), asked.len()), ("oooooo", 5), "{:?}", report.findings);
}

#[test]
fn a_list_behind_a_page_or_a_redirect_is_no_end_either() {
    for list in [
        Reply::new(502, [("content-type", "text/html")], "<html><h1>502 Bad Gateway</h1></html>"),
        Reply::new(302, [("location", "/login")], ""),
    ] {
        let (report, _) = walk(None, |step| if matches!(step, Step::Models(_)) { list.clone() } else { healthy(step) });
        assert_eq!(lamps(&report), "oowooo", "{:?}", report.findings);
        let (report, _) = walk(None, |_| list.clone());
        assert_eq!(report.lamps[0].state, LampState::Failed, "nothing else answers: {:?}", report.findings);
    }
}

#[test]
fn what_only_others_look_at_is_a_remark() {
    // Claude's health probe asks for a whole answer of one token.
    let (report, _) = walk(None, |step| match step {
        Step::Ask(question) if question.kind == Kind::Tiny => {
            json(400, r#"{"error":{"message":"max_tokens must be at least 16"}}"#)
        }
        _ => healthy(step),
    });
    assert_eq!((lamps(&report).as_str(), report.passed), ("ooowoo", true), "{:?}", report.findings);
    assert_eq!(report.findings.iter().map(|finding| finding.code).collect::<Vec<_>>(), [Code::WholeAnswerOdd]);
    // Older clients stop where no tokens are counted.
    let (report, _) = walk(None, |step| match step {
        Step::Ask(question) if question.kind == Kind::Turn => {
            let mut events = events(&blocks(question));
            for event in &mut events {
                if let Some(event) = event.as_object_mut() {
                    event.remove("usage");
                }
            }
            events[0]["message"]["usage"] = json!(null);
            stream(&events)
        }
        _ => healthy(step),
    });
    assert_eq!((lamps(&report).as_str(), report.passed), ("oooooo", true), "{:?}", report.findings);
    let odd = found(&report, Code::AnswerOdd).expect("a remark");
    assert_eq!((odd.fact("rule"), odd.blocks()), (Some("usage-missing"), false));
}
