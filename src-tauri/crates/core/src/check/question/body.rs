//! The JSON body of a request. White space between its members brings it to the size of Claude's requests
//! without costing tokens.

use serde_json::{Value, json};

use super::engine_params::{EngineParams, Thinking, wire_id};
use super::tools::{READ, READY, RESULT, to_json};
use super::{Kind, Part, Question};

/// The size in bytes of the engine's request for a prompt of two words.
const SIZE: usize = 120_000;
/// The token budget that the engine gives for thinking.
const BUDGET: u32 = 31_999;
/// The small `max_tokens`: enough for an answer to the check.
const FEW_TOKENS: u32 = 1_024;
const PATH: &str = "/tmp/airouter-setup-check.txt";

pub(super) fn text(question: &Question) -> String {
    let model = wire_id(&question.model);
    if question.kind == Kind::Tiny {
        return json!({"model": model, "max_tokens": 1, "messages": [{"role": "user", "content": "."}]}).to_string();
    }
    let params = question.params();
    let max_tokens = max_tokens(question, &params);
    let mut members = vec![("model", json!(model)), ("max_tokens", json!(max_tokens))];
    members.push(("messages", messages(question, &params)));
    members.push(("system", system(question)));
    if !question.leaves(Part::Tools) {
        let few = question.leaves(Part::ToolCount);
        members.push(("tools", to_json(few, question.leaves(Part::ToolSchema))));
    }
    members.extend(demand(question).map(|demand| ("tool_choice", demand)));
    members.extend(thinking(question, &params, max_tokens).map(|thinking| ("thinking", thinking)));
    if let Some(effort) = params.effort.filter(|_| !question.leaves(Part::Effort)) {
        members.push(("output_config", json!({"effort": effort})));
    }
    if !question.leaves(Part::Metadata) {
        let who = json!({"device_id": "0".repeat(64), "account_uuid": "", "session_id": "airouter-setup"}).to_string();
        members.push(("metadata", json!({"user_id": who})));
    }
    members.push(("stream", json!(question.stream)));
    spread(&members, if question.leaves(Part::Size) { 0 } else { SIZE })
}

fn max_tokens(question: &Question, params: &EngineParams) -> u32 {
    if let Some(cap) = question.cap {
        return cap.min(params.max_tokens);
    }
    if question.leaves(Part::MaxTokens) { FEW_TOKENS } else { params.max_tokens }
}

fn thinking(question: &Question, params: &EngineParams, max_tokens: u32) -> Option<Value> {
    // A tool call cannot be demanded of a model that thinks first.
    let is_demanded = matches!(question.kind, Kind::Forced | Kind::NoInput(_));
    if question.leaves(Part::Thinking) || is_demanded {
        return None;
    }
    match params.thinking {
        Thinking::Off => None,
        Thinking::Adaptive if !question.leaves(Part::Adaptive) => Some(json!({"type": "adaptive"})),
        Thinking::Adaptive | Thinking::Budget => {
            let budget = BUDGET.min(max_tokens.saturating_sub(1));
            (budget >= FEW_TOKENS).then(|| json!({"type": "enabled", "budget_tokens": budget}))
        }
    }
}

fn demand(question: &Question) -> Option<Value> {
    if question.leaves(Part::Tools) {
        return None;
    }
    match question.kind {
        Kind::Forced => Some(json!({"type": "tool", "name": READ})),
        Kind::NoInput(false) => Some(json!({"type": "tool", "name": READY})),
        _ => None,
    }
}

fn system(question: &Question) -> Value {
    let texts = ["This is a check by AIRouter Setup.", "Be brief.", "Use tools when you are told to."];
    if question.leaves(Part::SystemList) {
        return json!(texts.join(" "));
    }
    let block = |(place, text): (usize, &&str)| if place == 0 { said(text) } else { cached(said(text), question) };
    texts.iter().enumerate().map(block).collect()
}

fn messages(question: &Question, params: &EngineParams) -> Value {
    let prompt = match question.kind {
        Kind::NoInput(_) => format!("Call the tool {READY} now."),
        _ => format!(
            "READ THE FILE {PATH} now by calling the tool {READ} with this file_path. Then reply with the last word of the file and nothing else."
        ),
    };
    let mut turns = Vec::new();
    match &question.kind {
        Kind::Result(call) => {
            turns.push(json!({"role": "user", "content": [said(&prompt)]}));
            let asked = json!({"type": "tool_use", "id": call.id, "name": call.name, "input": call.input});
            turns.push(json!({"role": "assistant", "content": [asked]}));
            let given = json!({"type": "tool_result", "tool_use_id": call.id, "content": RESULT});
            turns.push(json!({"role": "user", "content": [cached(given, question)]}));
        }
        _ => turns.push(json!({"role": "user", "content": [cached(said(&prompt), question)]})),
    }
    if params.system_turn && !question.leaves(Part::RoleSystem) {
        turns.push(json!({"role": "system", "content": "Answer in English."}));
    }
    Value::Array(turns)
}

fn said(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

fn cached(mut block: Value, question: &Question) -> Value {
    if let Some(block) = block.as_object_mut().filter(|_| !question.leaves(Part::CacheControl)) {
        block.insert("cache_control".to_owned(), json!({"type": "ephemeral"}));
    }
    block
}

/// Writes the members of an object with white space between them, so that the whole has about `size` bytes.
fn spread(members: &[(&str, Value)], size: usize) -> String {
    let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    let length: usize = members.iter().map(String::len).sum();
    let gap = size.saturating_sub(length) / members.len().max(1);
    let between = format!(",\n{}", " ".repeat(gap));
    format!("{{\n{}{}}}", " ".repeat(gap), members.join(&between))
}
