//! The tools that the check offers: as many and with such schemas as Claude's, but hardly any words.

use serde_json::{Value, json};

/// What stands in the file that the tool reads; the answer must hold the last part of it.
pub(super) const RESULT: &str = "The last word of this file is secret-kestrel";
/// A part of the answer of a model that was given the result.
pub(in crate::check) const WORD_IN_RESULT: &str = "kestrel";
/// The tool that reads the file, as Claude's own is called.
pub(super) const READ: &str = "Read";
/// The tool that wants nothing.
pub(super) const READY: &str = "report_ready";
/// Claude's Code sessions offer so many.
const COUNT: usize = 21;
/// The largest whole number that JavaScript is sure of; it stands in Claude's schemas.
const MOST: u64 = 9_007_199_254_740_991;

/// A tool as far as a call of it can be judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// Its name.
    pub name: String,
    /// The texts that its input must hold.
    pub required: Vec<&'static str>,
}

/// The tools on offer; only the two that matter if few are wanted.
pub(super) fn offered(few: bool) -> Vec<Offered> {
    let ours = [
        Offered { name: READY.to_owned(), required: Vec::new() },
        Offered { name: READ.to_owned(), required: vec!["file_path"] },
    ];
    let more = (3..=COUNT).map(|place| Offered { name: format!("unused_{place}"), required: Vec::new() });
    ours.into_iter().chain(more.take(if few { 0 } else { COUNT })).collect()
}

/// The same as JSON; plain schemas hold nothing but type, properties and required.
pub(super) fn to_json(few: bool, plain: bool) -> Value {
    offered(few)
        .into_iter()
        .map(|tool| {
            let (said, properties) = match tool.name.as_str() {
                READ => ("Reads a file.", json!({"file_path": {"type": "string"}})),
                READY => ("Says that tools work.", json!({})),
                // What the schemas of Claude's tools hold besides, and some gateways refuse (obs).
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
