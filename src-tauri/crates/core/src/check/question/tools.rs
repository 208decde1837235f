//! The tools that the check offers: as many and with such schemas as Claude's, but with short descriptions.

use serde_json::{Value, json};

/// The content of the file that the tool reads; the model's answer must hold the last part of it.
pub(super) const RESULT: &str = "The last word of this file is secret-kestrel";
/// The text that shows that a model used the tool's result.
pub(in crate::check) const WORD_IN_RESULT: &str = "kestrel";
/// The name of the tool that reads the file, as in Claude.
pub(super) const READ: &str = "Read";
/// The name of the tool without input.
pub(super) const READY: &str = "report_ready";
/// The number of tools in Claude's Code sessions.
const COUNT: usize = 21;
/// The largest integer that JavaScript represents exactly; Claude's schemas hold it.
const MOST: u64 = 9_007_199_254_740_991;

/// An offered tool, as far as a call of it can be judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedTool {
    /// Its name.
    pub name: String,
    /// The text members that its input must hold.
    pub required: Vec<&'static str>,
}

/// The offered tools; with `few` only the two that the check uses.
pub(super) fn offered(few: bool) -> Vec<OfferedTool> {
    let ours = [
        OfferedTool { name: READY.to_owned(), required: Vec::new() },
        OfferedTool { name: READ.to_owned(), required: vec!["file_path"] },
    ];
    let more = (3..=COUNT).map(|place| OfferedTool { name: format!("unused_{place}"), required: Vec::new() });
    ours.into_iter().chain(more.take(if few { 0 } else { COUNT })).collect()
}

/// The same as JSON; with `plain` the schemas hold only type, properties and required.
pub(super) fn to_json(few: bool, plain: bool) -> Value {
    offered(few)
        .into_iter()
        .map(|tool| {
            let (said, properties) = match tool.name.as_str() {
                READ => ("Reads a file.", json!({"file_path": {"type": "string"}})),
                READY => ("Says that tools work.", json!({})),
                // Keywords that the schemas of Claude's tools hold, and some gateways refuse (obs).
                "unused_3" if !plain => (
                    "Not used.",
                    json!({
                        "url": {"type": "string", "format": "uri"},
                        "count": {"type": "integer", "exclusiveMinimum": 0, "maximum": MOST},
                    }),
                ),
                _ => ("Not used.", json!({})),
            };
            let mut schema = json!({"type": "object", "properties": properties, "required": tool.required});
            if let Some(schema) = schema.as_object_mut().filter(|_| !plain) {
                schema.insert("additionalProperties".to_owned(), json!(false));
                schema.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
            }
            json!({"name": tool.name, "description": said, "input_schema": schema})
        })
        .collect()
}
