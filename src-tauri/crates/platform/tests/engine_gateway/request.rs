//! A request, as far as the rows distinguish requests.

use serde_json::Value;
use tokio::net::TcpStream;

use super::read_some;

/// Betas that are older than September 2025.
const OLD_BETAS: &[&str] = &[
    "claude-code-20250219",
    "interleaved-thinking-2025-05-14",
    "fine-grained-tool-streaming-2025-05-14",
    "context-1m-2025-08-07",
    "prompt-caching-2024-07-31",
];

#[derive(Debug)]
pub(super) struct Request {
    pub(super) is_message: bool,
    pub(super) model: String,
    target: String,
    head: String,
    body: Value,
    size: usize,
}

impl Request {
    /// Reads one request; `None` if the client sends none.
    pub(super) async fn read(connection: &mut TcpStream) -> std::io::Result<Option<Self>> {
        let mut text = Vec::new();
        let end = loop {
            if let Some(end) = text.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            if read_some(connection, &mut text).await? == 0 {
                return Ok(None);
            }
        };
        let head = String::from_utf8_lossy(&text[..end]).into_owned();
        let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
        let mut request = Self { is_message: false, model: String::new(), target, head, body: Value::Null, size: 0 };
        let length = request.field("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        while text.len() < end + length {
            if read_some(connection, &mut text).await? == 0 {
                return Ok(None);
            }
        }
        request.size = length;
        request.is_message = request.target.split('?').next() == Some("/claude/v1/messages");
        request.body = serde_json::from_slice(&text[end..]).unwrap_or_default();
        request.model = request.body["model"].as_str().unwrap_or_default().to_owned();
        Ok(Some(request))
    }

    fn field(&self, name: &str) -> Option<&str> {
        let named = |line: &&str| line.split_once(':').is_some_and(|(said, _)| said.eq_ignore_ascii_case(name));
        self.head.lines().find(named)?.split_once(':').map(|(_, value)| value.trim())
    }

    fn scheme(&self) -> &'static str {
        match (self.field("authorization"), self.field("x-api-key")) {
            (Some(_), _) => "bearer",
            (None, Some(_)) => "x-api-key",
            (None, None) => "none",
        }
    }

    /// The names under which the fixture may have the reply, the most specific first.
    pub(super) fn keys(&self) -> Vec<String> {
        let scheme = self.scheme();
        if !self.is_message {
            return vec![format!("models {scheme}")];
        }
        let form = if self.body["stream"] == true { "stream" } else { "whole" };
        let (model, scene) = (&self.model, self.scene());
        [(scheme, "*"), ("*", model.as_str()), ("*", "*")]
            .map(|(scheme, model)| format!("messages {scheme} {model} {form} {scene}"))
            .to_vec()
    }

    fn scene(&self) -> String {
        if self.body["max_tokens"] == 1 {
            return "tiny".to_owned();
        }
        if let Some(name) = self.body["tool_choice"]["name"].as_str() {
            return format!("forced-{name}");
        }
        let said = self.body["messages"].to_string();
        let wants_tool = said.contains("READ THE FILE") && !self.tools().is_empty();
        let scene = if said.contains("tool_result") {
            "result"
        } else if wants_tool {
            "tool"
        } else {
            "text"
        };
        scene.to_owned()
    }

    fn tools(&self) -> &[Value] {
        self.body["tools"].as_array().map_or(&[], Vec::as_slice)
    }

    /// Whether the request has a part, by the names of `tests/engine/record.py`.
    pub(super) fn has(&self, part: &str) -> bool {
        let betas = self.field("anthropic-beta").unwrap_or_default();
        let text = |name: &str| self.body[name].to_string();
        let known = |name: &String| matches!(name.as_str(), "name" | "description" | "input_schema" | "cache_control");
        let is_open = |tool: &Value| tool.as_object().is_some_and(|tool| !tool.keys().all(known));
        match part {
            "betas" => !betas.is_empty(),
            "new_betas" => betas.split(',').any(|beta| !beta.is_empty() && !OLD_BETAS.contains(&beta.trim())),
            "query" => self.target.contains("beta"),
            "output_config" | "thinking" | "context_management" | "metadata" | "tool_choice" => {
                self.body.get(part).is_some()
            }
            "adaptive" => self.body["thinking"]["type"] == "adaptive",
            "cache_control" => {
                ["system", "messages", "tools"].iter().any(|name| text(name).contains("\"cache_control\""))
            }
            "role_system" => text("messages").contains("\"role\":\"system\""),
            "system_list" => self.body["system"].is_array(),
            "max_tokens" => self.body["max_tokens"].as_u64() > Some(8_192),
            "many_tools" => self.tools().len() > 16,
            "tools" => !self.tools().is_empty(),
            "schema" => text("tools").contains("\"$schema\"") || text("tools").contains("\"additionalProperties\""),
            "tool_fields" => self.tools().iter().any(is_open),
            "other_client" => !self.field("user-agent").unwrap_or_default().contains("claude-cli"),
            "large" => self.size > 65_536,
            other => panic!("no such part: {other}"),
        }
    }
}
