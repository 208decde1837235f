//! Reads the list of models in every form in which gateways give it.
//!
//! Anthropic's list, OpenAI's list, one inside the other, bare objects without names, `null` instead of a
//! list, ids as plain strings, a bare array. Only the ids are needed; names are optional. Gateways
//! mix Claude, GPT and Gemini ids and some list what the key may not use, so an id in the list does not
//! prove a permission.

use serde_json::Value;

use super::reply::Reply;

/// Models after this many are dropped: no person can choose from a longer list.
const MOST: usize = 50_000;
/// Longer ids are ignored. In bytes.
const LONGEST_ID: usize = 256;

/// One model as the gateway lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawModel {
    /// The id, exactly as it is sent.
    pub id: String,
    /// A name for people, if one is given that differs from the id.
    pub display_name: Option<String>,
    /// True when the gateway declares a family (`anthropic_family_tier`), as Claude's discovery reads it.
    pub has_family_tier: bool,
}

impl RawModel {
    /// True when the id, or the declared family, says that it is one of Anthropic's models.
    pub fn is_claude(&self) -> bool {
        let id = self.id.to_ascii_lowercase();
        self.has_family_tier
            || ["claude", "anthropic", "opus", "sonnet", "haiku", "fable", "mythos"]
                .iter()
                .any(|name| id.contains(name))
    }
}

/// The content of a reply to `GET /v1/models`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelsReading {
    /// A list with at least one id.
    Listed {
        /// The models in the order of the list, each id once.
        models: Vec<RawModel>,
    },
    /// A list without models: this key may use none.
    Empty,
    /// Not a list: an error, a page, something else, or an unsuccessful status.
    NotAList,
}

impl ModelsReading {
    /// The models of the list, if it is one.
    pub fn into_models(self) -> Vec<RawModel> {
        match self {
            Self::Listed { models } => models,
            Self::Empty | Self::NotAList => Vec::new(),
        }
    }
}

/// Reads a list of models. Never fails: everything else is [`ModelsReading::NotAList`].
pub fn read_models(reply: &Reply) -> ModelsReading {
    if !reply.is_success() {
        return ModelsReading::NotAList;
    }
    match reply.json() {
        Some(value) => read_value(&value),
        None => ModelsReading::NotAList,
    }
}

fn read_value(value: &Value) -> ModelsReading {
    let items = match value {
        Value::Array(items) => items,
        Value::Object(object) => {
            if object.get("success") == Some(&Value::Bool(false))
                || object.get("error").is_some_and(|error| !error.is_null())
            {
                return ModelsReading::NotAList;
            }
            match object.get("data").or_else(|| object.get("models")) {
                Some(Value::Array(items)) => items,
                // One level deeper: `{"code":0,"data":{"data":[…]}}`.
                Some(Value::Object(inner)) => match inner.get("data").or_else(|| inner.get("models")) {
                    Some(Value::Array(items)) => items,
                    _ => return ModelsReading::NotAList,
                },
                Some(Value::Null) => return ModelsReading::Empty,
                _ => return ModelsReading::NotAList,
            }
        }
        _ => return ModelsReading::NotAList,
    };
    let mut seen = std::collections::HashSet::new();
    let models: Vec<RawModel> =
        items.iter().filter_map(read_item).filter(|model| seen.insert(model.id.clone())).take(MOST).collect();
    if models.is_empty() {
        return if items.is_empty() { ModelsReading::Empty } else { ModelsReading::NotAList };
    }
    ModelsReading::Listed { models }
}

fn read_item(item: &Value) -> Option<RawModel> {
    let text = |name: &str| item.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let id = item.as_str().map(str::trim).or_else(|| text("id")).or_else(|| text("name")).or_else(|| text("model"))?;
    if id.is_empty() || id.len() > LONGEST_ID || id.chars().any(char::is_control) {
        return None;
    }
    let name =
        text("display_name").or_else(|| text("displayName")).filter(|name| *name != id && name.len() <= LONGEST_ID);
    Some(RawModel {
        id: id.to_owned(),
        display_name: name.map(str::to_owned),
        has_family_tier: text("anthropic_family_tier").is_some(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(body: &str) -> ModelsReading {
        read_models(&Reply::new(200, [("content-type", "text/plain")], body))
    }

    #[track_caller]
    fn check(body: &str, expected: &[&str]) {
        match read(body) {
            ModelsReading::Listed { models } => {
                assert_eq!(models.iter().map(|model| model.id.as_str()).collect::<Vec<_>>(), expected, "{body}");
            }
            other => panic!("{other:?} for {body}"),
        }
    }

    #[test]
    fn every_form_is_read() {
        check(r#"{"data":[{"type":"model","id":"claude-a"}],"has_more":false,"first_id":"claude-a"}"#, &["claude-a"]);
        check(
            r#"{"object":"list","data":[{"id":"claude-a","object":"model","created":1626777600}],"success":true}"#,
            &["claude-a"],
        );
        check(r#"{"models":["claude-a","claude-b","claude-a"]}"#, &["claude-a", "claude-b"]);
        check(r#"[{"id":"claude-a"},{"name":"gpt-b"},7,null]"#, &["claude-a", "gpt-b"]);
        check(r#"{"code":0,"data":{"data":[{"id":"claude-a"}]}}"#, &["claude-a"]);
    }

    #[test]
    fn extras_are_read() {
        let body = r#"{"data":[{"id":"claude-a","display_name":"Claude A","anthropic_family_tier":"Opus","created":1626777600},
            {"id":"b","display_name":"b","created_at":"2025-09-29T00:00:00Z"}],"has_more":true,"last_id":"b"}"#;
        let ModelsReading::Listed { models } = read(body) else { panic!("no list") };
        assert_eq!(
            models.iter().map(|model| model.display_name.as_deref()).collect::<Vec<_>>(),
            [Some("Claude A"), None]
        );
        assert_eq!(models.iter().map(|model| model.has_family_tier).collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn empty_is_not_the_same_as_no_list() {
        for empty in [
            r#"{"data":null}"#,
            r#"{"data":[]}"#,
            r#"{"data":[],"first_id":"","has_more":false}"#,
            "[]",
            r#"{"models":[]}"#,
        ] {
            assert_eq!(read(empty), ModelsReading::Empty, "{empty}");
        }
        for other in [
            "",
            "<html>",
            "7",
            "{}",
            r#"{"data":"x"}"#,
            r#"{"success":false,"data":[]}"#,
            r#"{"error":{"message":"x"},"data":[]}"#,
            r#"{"data":[{"x":1}]}"#,
        ] {
            assert_eq!(read(other), ModelsReading::NotAList, "{other}");
        }
        assert_eq!(read_models(&Reply::new(401, [("a", "b")], r#"{"data":[]}"#)), ModelsReading::NotAList);
    }

    #[test]
    fn the_count_is_bounded() {
        let body = format!("[{}]", (0..MOST + 9).map(|n| format!("\"claude-{n}\"")).collect::<Vec<_>>().join(","));
        let ModelsReading::Listed { models } = read(&body) else { panic!("no list") };
        assert_eq!(models.len(), MOST);
    }

    proptest! {
        #[test]
        fn no_body_makes_it_panic(body in prop::collection::vec(any::<u8>(), 0..300), text in "[\\[\\]{}:,\"a-z0-9]{0,60}") {
            read_models(&Reply::new(200, [("a", "b")], body));
            read(&format!("{{\"data\":[{text}]}}"));
        }
    }
}
