use serde_json::Value;

use super::*;

fn turn(model: &str) -> Question {
    Question::new(AuthScheme::Bearer, model, Kind::Turn)
}

fn read(question: &Question) -> Value {
    serde_json::from_str(&question.body()).expect("a request is JSON")
}

/// Model; id as sent; max_tokens; thinking; effort; whether a turn of the role system follows; betas.
const PARAMS: &[(&str, &str, u32, &str, &str, bool, usize)] = &[
    ("claude-sonnet-5", "claude-sonnet-5", 64_000, "adaptive", "high", true, 3),
    ("claude-opus-5-5", "claude-opus-5-5", 128_000, "adaptive", "medium", true, 3),
    ("claude-opus-4-7", "claude-opus-4-7", 64_000, "adaptive", "xhigh", false, 3),
    ("claude-sonnet-4-6", "claude-sonnet-4-6", 32_000, "adaptive", "high", false, 3),
    ("claude-opus-4-5-20251101", "claude-opus-4-5-20251101", 32_000, "enabled", "high", false, 3),
    ("claude-haiku-4-5-20251001", "claude-haiku-4-5-20251001", 32_000, "enabled", "", false, 2),
    ("claude-3-7-sonnet-20250219", "claude-3-7-sonnet-20250219", 32_000, "", "", false, 2),
    ("claude-3-5-haiku-20241022", "claude-3-5-haiku-20241022", 8_192, "", "", false, 1),
    ("some-model[1m]", "some-model", 32_000, "adaptive", "high", true, 3),
    ("claude-opus-4-1-20250805", "claude-opus-5-5", 128_000, "adaptive", "medium", true, 3),
    ("anthropic/claude-opus-4-1", "anthropic/claude-opus-4-1", 32_000, "adaptive", "high", true, 3),
];

#[test]
fn each_model_is_asked_as_the_engine_asks_it() {
    for (model, wire, max_tokens, thinking, effort, system_turn, betas) in PARAMS {
        let question = turn(model);
        let body = read(&question);
        let roles: Vec<&str> =
            body["messages"].as_array().expect("turns").iter().filter_map(|turn| turn["role"].as_str()).collect();
        assert_eq!(body["model"], *wire, "{model}");
        assert_eq!(body["max_tokens"], *max_tokens, "{model}");
        assert_eq!(body["thinking"]["type"].as_str().unwrap_or_default(), *thinking, "{model}");
        assert_eq!(body["output_config"]["effort"].as_str().unwrap_or_default(), *effort, "{model}");
        assert_eq!(roles, if *system_turn { vec!["user", "system"] } else { vec!["user"] }, "{model}");
        assert_eq!(question.betas().expect("betas").split(',').count(), *betas, "{model}");
    }
}

#[test]
fn a_turn_has_every_part_of_the_engines_and_each_can_be_left_out() {
    let whole = turn("claude-sonnet-5");
    let body = read(&whole);
    assert_eq!(body["system"].as_array().map(Vec::len), Some(3));
    assert_eq!(body["tools"].as_array().map(Vec::len), Some(21));
    assert!(body["metadata"]["user_id"].as_str().is_some_and(|id| serde_json::from_str::<Value>(id).is_ok()));
    assert_eq!((body["stream"].as_bool(), body.get("tool_choice")), (Some(true), None));
    assert!((117_000..131_000).contains(&whole.body().len()), "{}", whole.body().len());
    assert!(whole.tokens() < 1_500, "{}", whole.tokens());
    for part in Part::ALL {
        let mut less = whole.clone();
        less.without.insert(part);
        let asked = |question: &Question| (question.route(), question.betas(), question.body());
        assert_ne!(asked(&less), asked(&whole), "{part:?} is still there");
    }
}

#[test]
fn a_result_follows_on_its_call_and_a_probe_is_small() {
    let call =
        Call { id: "toolu_1".to_owned(), name: "Read".to_owned(), input: serde_json::json!({"file_path": "/x"}) };
    let body = read(&Question::new(AuthScheme::Bearer, "claude-sonnet-4-6", Kind::Result(Box::new(call))));
    assert_eq!(body["messages"][1]["content"][0]["id"], "toolu_1");
    assert_eq!(body["messages"][2]["content"][0]["tool_use_id"], "toolu_1");
    let tiny = Question::new(AuthScheme::Bearer, "claude-sonnet-4-6", Kind::Tiny);
    assert_eq!((read(&tiny)["max_tokens"].as_u64(), tiny.betas(), tiny.route()), (Some(1), None, "/v1/messages"));
    assert!(tiny.body().len() < 200 && !tiny.stream);
}
