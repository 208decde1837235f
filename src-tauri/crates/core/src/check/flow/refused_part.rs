//! Which part of a request the words of a refusal name, and for which words the engine leaves the part out.
//!
//! The exact words decide: the same refusal in other words ends the engine's turn (obs, engine 2.1.332).

use crate::check::question::Part;

/// The part that the engine leaves out after a 400 in these words, and the limit that it takes over.
pub(super) fn left_out_by_engine(text: &str) -> Option<(Part, Option<u32>)> {
    let text = text.to_lowercase().replace('\\', "");
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&["input should be 'user' or 'assistant'", "unexpected role \"system\""]) {
        return Some((Part::RoleSystem, None));
    }
    let names_beta = has(&["unexpected value(s)"]) && has(&["anthropic-beta"]) && has(&["effort-2025-11-24"]);
    if names_beta
        || has(&["does not support the effort parameter", "output_config.effort: extra inputs are not permitted"])
    {
        return Some((Part::Effort, None));
    }
    if has(&["adaptive thinking is not supported", "thinking.type.adaptive is not supported"]) {
        return Some((Part::Adaptive, None));
    }
    most_tokens(&text).map(|most| (Part::MaxTokens, Some(most)))
}

/// `max_tokens: 64000 > 8192, which is the maximum allowed number of output tokens for MODEL`
fn most_tokens(text: &str) -> Option<u32> {
    let rest = text.split_once("max_tokens: ")?.1;
    let (most, said) =
        rest.split_once(" > ")?.1.split_once(", which is the maximum allowed number of output tokens")?;
    let names_model = said.trim_start().strip_prefix("for ").is_some_and(|model| !model.trim().is_empty());
    most.trim().parse().ok().filter(|_| names_model)
}

/// Words that name a part, the more specific ones first.
const NAMES: &[(Part, &[&str])] = &[
    (Part::CacheControl, &["cache_control", "cache control"]),
    (
        Part::Betas,
        &["anthropic-beta", "beta header", "invalid beta", "anthropic_beta", "unsupported beta", "beta flag"],
    ),
    (Part::Effort, &["output_config", "effort"]),
    (Part::Adaptive, &["adaptive", "disabled' or 'enabled"]),
    (Part::Thinking, &["thinking", "budget_tokens"]),
    (Part::MaxTokens, &["max_tokens", "maxtokens", "max tokens", "output tokens"]),
    (Part::RoleSystem, &["role", "user or assistant", "'user' or 'assistant'"]),
    (Part::Metadata, &["metadata", "user_id"]),
    (Part::ToolSchema, &["$schema", "input_schema", "additionalproperties", "json schema", "parameters schema"]),
    (
        Part::ToolCount,
        &["many tools", "number of tools", "tools are supported", "tools are allowed", "at most", "工具数量"],
    ),
    (Part::Tools, &["tools", "tool use", "function call", "不支持工具", "工具调用"]),
    (
        Part::SystemList,
        &[
            "system:",
            "`system`",
            "'system'",
            "\"system\"",
            "system prompt",
            "system field",
            "system message",
            "system must",
            "system 字段",
            "system字段",
        ],
    ),
    (
        Part::Size,
        &[
            "too large",
            "too long",
            "too big",
            "maximum size",
            "body size",
            "content length",
            "请求体过大",
            "请求体太大",
            "请求体超",
        ],
    ),
];

/// The parts that the words of a refusal may name, likelier ones first.
pub(super) fn named(text: &str) -> Vec<Part> {
    let text = text.to_lowercase().replace('\\', "");
    NAMES.iter().filter(|(_, words)| words.iter().any(|word| text.contains(word))).map(|(part, _)| *part).collect()
}

/// True for words about the gateway's own rules for long conversations.
pub(super) fn is_about_context(text: &str) -> bool {
    let text = text.to_lowercase();
    ["1m context", "1m 上下文", "1m上下文", "context-1m", "long context", "长上下文", "context window", "上下文窗口"]
        .iter()
        .any(|words| text.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_engines_words_heal() {
        let part_of = |text: &str| left_out_by_engine(text).map(|(part, _)| part);
        assert_eq!(part_of("messages: Input should be 'user' or 'assistant'"), Some(Part::RoleSystem));
        assert_eq!(part_of(r#"{"message":"Unexpected role \"system\""}"#), Some(Part::RoleSystem));
        assert_eq!(part_of("This model does not support the effort parameter."), Some(Part::Effort));
        assert_eq!(
            part_of("Unexpected value(s) `effort-2025-11-24` for the `anthropic-beta` header"),
            Some(Part::Effort)
        );
        assert_eq!(part_of("thinking.type.adaptive is not supported"), Some(Part::Adaptive));
        let most = "max_tokens: 64000 > 8192, which is the maximum allowed number of output tokens";
        assert_eq!(left_out_by_engine(&format!("{most} for claude-x")), Some((Part::MaxTokens, Some(8192))));
        for other in [
            most,
            "role must be user or assistant",
            "Invalid role: system",
            "output_config: Extra inputs are not permitted",
            "Unknown parameter: 'output_config'",
            "invalid beta flag",
            "thinking: Extra inputs are not permitted",
            "Input should be 'disabled' or 'enabled'",
            "cache_control: Extra inputs are not permitted",
            "metadata: Extra inputs are not permitted",
        ] {
            assert_eq!(part_of(other), None, "{other}");
        }
    }

    #[test]
    fn words_name_their_part() {
        for (text, part) in [
            ("参数错误：role 只能是 user 或 assistant", Part::RoleSystem),
            ("system: Input should be a valid string", Part::SystemList),
            ("tools: at most 16 tools are supported", Part::ToolCount),
            (r#"tools.0.input_schema: unknown name "$schema""#, Part::ToolSchema),
            ("invalid beta flag", Part::Betas),
            ("max_tokens must be less than or equal to 8192", Part::MaxTokens),
        ] {
            assert_eq!(named(text).first(), Some(&part), "{text}");
        }
        for text in ["invalid request", "Invalid JSON payload: unexpected character", "请求体格式错误"] {
            assert!(named(text).is_empty(), "{text}");
        }
    }
}
