//! A message: what a request must hold, and what the model behind the gateway says to it.
//!
//! Requests are checked as strictly as the documented protocol is written, because a lenient double would
//! let a malformed request through to real gateways.

use serde_json::{Map, Value, json};

/// Why a request is refused before any model is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Malformed {
    NotJson,
    NoModel,
    NoMaxTokens,
    NoMessages,
    BadMessage,
    BadTool,
}

impl Malformed {
    /// The sentence of the reply.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::NotJson => "The request body is not valid JSON",
            Self::NoModel => "model: Field required",
            Self::NoMaxTokens => "max_tokens: Input should be greater than or equal to 1",
            Self::NoMessages => "messages: at least one message is required",
            Self::BadMessage => "messages.0: role and content are required",
            Self::BadTool => "tools.0: name and input_schema are required",
        }
    }
}

/// What the model answers with.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Content {
    Text(String),
    ToolUse { name: String, input: Value },
}

/// A whole answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    pub(super) model: String,
    pub(super) content: Content,
    pub(super) stop_reason: &'static str,
    pub(super) output_tokens: u64,
}

/// Checks a request; `counting` leaves `max_tokens` out, as `count_tokens` does.
pub(super) fn check(body: &Value, counting: bool) -> Result<(), Malformed> {
    if !body.is_object() {
        return Err(Malformed::NotJson);
    }
    if body["model"].as_str().is_none_or(str::is_empty) {
        return Err(Malformed::NoModel);
    }
    if !counting && body["max_tokens"].as_u64().is_none_or(|tokens| tokens == 0) {
        return Err(Malformed::NoMaxTokens);
    }
    let messages = body["messages"].as_array().filter(|list| !list.is_empty()).ok_or(Malformed::NoMessages)?;
    let said = |message: &Value| {
        // Newer models take turns of the system between the others.
        matches!(message["role"].as_str(), Some("user" | "assistant" | "system"))
            && (message["content"].is_string() || message["content"].is_array())
    };
    // A conversation begins with the person.
    if messages[0]["role"] == "system" || !messages.iter().all(said) {
        return Err(Malformed::BadMessage);
    }
    let usable = |tool: &Value| tool["name"].is_string() && tool["input_schema"].is_object();
    if tools(body).iter().all(usable) { Ok(()) } else { Err(Malformed::BadTool) }
}

/// The answer to a request that passed [`check`].
pub(super) fn answer(body: &Value, uses_tools: bool) -> Answer {
    let model = body["model"].as_str().unwrap_or_default().to_owned();
    if let Some(tool) = wanted_tool(body).filter(|_| uses_tools) {
        let name = tool["name"].as_str().unwrap_or_default().to_owned();
        let input = sample(&tool["input_schema"]);
        return Answer { model, content: Content::ToolUse { name, input }, stop_reason: "tool_use", output_tokens: 34 };
    }
    if body["max_tokens"] == 1 {
        return Answer { model, content: Content::Text("Hi".to_owned()), stop_reason: "max_tokens", output_tokens: 1 };
    }
    let text = match result(body) {
        Some(result) => format!("The tool says: {result}"),
        None => "你好，这里是练习网关。 Hello from the practice gateway.".to_owned(),
    };
    Answer { model, content: Content::Text(text), stop_reason: "end_turn", output_tokens: 18 }
}

impl Answer {
    /// The answer as one JSON reply.
    pub(super) fn to_json(&self) -> Value {
        let block = match &self.content {
            Content::Text(text) => json!({ "type": "text", "text": text }),
            Content::ToolUse { name, input } => {
                json!({ "type": "tool_use", "id": "toolu_practice01", "name": name, "input": input })
            }
        };
        json!({
            "id": "msg_practice01",
            "type": "message",
            "role": "assistant",
            "model": self.model,
            "content": [block],
            "stop_reason": self.stop_reason,
            "stop_sequence": null,
            "usage": { "input_tokens": 12, "output_tokens": self.output_tokens },
        })
    }
}

fn tools(body: &Value) -> &[Value] {
    body["tools"].as_array().map_or(&[], Vec::as_slice)
}

/// The last turn that is not the system's.
fn last_turn(body: &Value) -> Option<&Value> {
    body["messages"].as_array()?.iter().rev().find(|turn| turn["role"] != "system")
}

/// What a tool gave, if the last turn brings that.
fn result(body: &Value) -> Option<String> {
    let blocks = last_turn(body)?["content"].as_array()?;
    let result = &blocks.iter().find(|block| block["type"] == "tool_result")?["content"];
    Some(result.as_str().map_or_else(|| result.to_string(), str::to_owned))
}

/// The tool to use: one that is demanded, or one that the last message asks for.
fn wanted_tool(body: &Value) -> Option<&Value> {
    let tools = tools(body);
    match body["tool_choice"]["type"].as_str() {
        Some("none") => None,
        Some("any") => tools.first(),
        Some("tool") => tools.iter().find(|tool| tool["name"] == body["tool_choice"]["name"]),
        _ => {
            let last = last_turn(body)?["content"].to_string().to_lowercase();
            let named = |tool: &&Value| {
                let name = tool["name"].as_str().unwrap_or_default().to_lowercase();
                last.contains(&name)
            };
            let asked = last.contains("tool") || last.contains("工具");
            match result(body) {
                Some(_) => None,
                None => tools.iter().find(named).or_else(|| tools.first().filter(|_| asked)),
            }
        }
    }
}

/// A value that a JSON schema accepts: its required properties and nothing else.
fn sample(schema: &Value) -> Value {
    if let Some(constant) = schema.get("const") {
        return constant.clone();
    }
    if let Some(first) = schema["enum"].as_array().and_then(|choices| choices.first()) {
        return first.clone();
    }
    match schema["type"].as_str() {
        Some("string") => json!("practice"),
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(1)),
        Some("boolean") => json!(true),
        Some("array") => json!([]),
        Some("null") => Value::Null,
        _ => {
            let required =
                schema["required"].as_array().map_or(&[][..], Vec::as_slice).iter().filter_map(Value::as_str);
            let filled: Map<String, Value> =
                required.map(|name| (name.to_owned(), sample(&schema["properties"][name]))).collect();
            Value::Object(filled)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Value {
        json!({ "model": "m", "max_tokens": 8, "messages": [{ "role": "user", "content": "use the tool" }],
            "tools": [{ "name": "weather", "input_schema": { "type": "object", "required": ["city", "days", "unit"],
                "properties": { "city": { "type": "string" }, "days": { "type": "integer", "minimum": 3 },
                    "unit": { "enum": ["celsius", "kelvin"] }, "note": { "type": "string" } } } }] })
    }

    #[track_caller]
    fn check_with(place: &str, value: Value, expected: Result<(), Malformed>) {
        let mut body = good();
        body[place] = value;
        assert_eq!(check(&body, false), expected, "{place}");
    }

    #[test]
    fn a_request_needs_its_fields() {
        check_with("stream", json!(true), Ok(()));
        check_with("model", json!(""), Err(Malformed::NoModel));
        check_with("max_tokens", json!(0), Err(Malformed::NoMaxTokens));
        check_with("max_tokens", json!("8"), Err(Malformed::NoMaxTokens));
        check_with("messages", json!([]), Err(Malformed::NoMessages));
        check_with("messages", json!([{ "role": "system", "content": "x" }]), Err(Malformed::BadMessage));
        check_with("messages", json!([{ "role": "user" }]), Err(Malformed::BadMessage));
        let later = json!([{ "role": "user", "content": "x" }, { "role": "system", "content": "y" }]);
        check_with("messages", later, Ok(()));
        check_with("tools", json!([{ "name": "t" }]), Err(Malformed::BadTool));
        assert_eq!(check(&json!([]), false), Err(Malformed::NotJson));
    }

    #[test]
    fn a_tool_is_used_with_its_required_properties() {
        let expected = json!({ "city": "practice", "days": 3, "unit": "celsius" });
        assert_eq!(answer(&good(), true).content, Content::ToolUse { name: "weather".into(), input: expected });
    }

    #[test]
    fn a_tool_is_left_alone_when_nobody_asks_for_it() {
        for (place, value) in [
            ("tool_choice", json!({ "type": "none" })),
            ("messages", json!([{ "role": "user", "content": "hello" }])),
            ("messages", json!([{ "role": "user", "content": [{ "type": "tool_result", "content": "tool" }] }])),
        ] {
            let mut body = good();
            body[place] = value;
            assert!(matches!(answer(&body, true).content, Content::Text(_)), "{place}");
        }
        assert!(matches!(answer(&good(), false).content, Content::Text(_)), "a gateway without tools");
    }

    #[test]
    fn one_token_is_enough_for_a_probe() {
        let body = json!({ "model": "m", "max_tokens": 1, "messages": [{ "role": "user", "content": "." }] });
        assert_eq!(answer(&body, true).to_json()["stop_reason"], "max_tokens");
    }
}
