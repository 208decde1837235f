//! Reads the list of models in every form in which gateways give it.
//!
//! Anthropic's list, OpenAI's list, one inside the other, bare objects without names, `null` instead of a
//! list, ids as plain strings, a bare array. Only the ids are needed; names and dates are optional. Gateways
//! mix Claude, GPT and Gemini ids and some list what the key may not use, so an id in the list does not
//! prove a permission.

use serde_json::Value;

use super::reply::Reply;

/// Models after this many are dropped: nobody chooses from a longer list.
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
    /// When it was created, as `2025-09-29T00:00:00Z`, if given and not zero.
    pub created: Option<String>,
    /// The family that the gateway declares (`anthropic_family_tier`), as Claude's discovery reads it.
    pub family_tier: Option<String>,
    /// True when the gateway says that the model takes a million tokens.
    pub supports_1m: bool,
}

impl RawModel {
    /// True when the id, or the declared family, says that it is one of Anthropic's models.
    pub fn is_claude(&self) -> bool {
        let id = self.id.to_ascii_lowercase();
        self.family_tier.is_some()
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
        /// True when the gateway says that there are more pages.
        has_more: bool,
        /// The value of `after_id=` for the next page.
        last_id: Option<String>,
    },
    /// A list without models: this key may use none.
    Empty,
    /// Not a list: an error, a page, something else, or an unsuccessful status.
    NotAList,
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
    let (items, object) = match value {
        Value::Array(items) => (items.as_slice(), None),
        Value::Object(object) => {
            if object.get("success") == Some(&Value::Bool(false))
                || object.get("error").is_some_and(|error| !error.is_null())
            {
                return ModelsReading::NotAList;
            }
            match object.get("data").or_else(|| object.get("models")) {
                Some(Value::Array(items)) => (items.as_slice(), Some(object)),
                // One level deeper: `{"code":0,"data":{"data":[…]}}`.
                Some(Value::Object(inner)) => match inner.get("data").or_else(|| inner.get("models")) {
                    Some(Value::Array(items)) => (items.as_slice(), Some(inner)),
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
    let field = |name: &str| object.and_then(|object| object.get(name));
    let has_more = field("has_more").and_then(Value::as_bool).unwrap_or(false);
    let last_id = field("last_id").and_then(Value::as_str).filter(|id| !id.is_empty()).map(str::to_owned);
    ModelsReading::Listed { models, has_more, last_id }
}

fn read_item(item: &Value) -> Option<RawModel> {
    let text = |name: &str| item.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let id = item.as_str().map(str::trim).or_else(|| text("id")).or_else(|| text("name")).or_else(|| text("model"))?;
    if id.is_empty() || id.len() > LONGEST_ID || id.chars().any(char::is_control) {
        return None;
    }
    let name =
        text("display_name").or_else(|| text("displayName")).filter(|name| *name != id && name.len() <= LONGEST_ID);
    let created = text("created_at").map(str::to_owned).or_else(|| {
        let seconds = item.get("created").or_else(|| item.get("created_at"))?.as_i64()?;
        moment(seconds)
    });
    let limit = item.get("max_input_tokens").and_then(Value::as_u64).unwrap_or(0);
    Some(RawModel {
        id: id.to_owned(),
        display_name: name.map(str::to_owned),
        created: created.filter(|created| created.len() <= 40),
        family_tier: text("anthropic_family_tier").map(str::to_lowercase),
        supports_1m: item.get("supports_1m").and_then(Value::as_bool).unwrap_or(limit >= 1_000_000),
    })
}

/// Seconds since 1970 as a date; `None` for zero and for dates that no model can have.
fn moment(seconds: i64) -> Option<String> {
    if !(1..=4_102_444_800).contains(&seconds) {
        return None;
    }
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    // Civil date from days, counted from 1 March 0000 so that leap days come last (Howard Hinnant).
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    Some(format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", rest / 3_600, rest / 60 % 60, rest % 60))
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
            ModelsReading::Listed { models, .. } => {
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
        let body = r#"{"data":[{"id":"claude-a","display_name":"Claude A","created":1626777600,"anthropic_family_tier":"Opus","max_input_tokens":1000000},
            {"id":"b","display_name":"b","created_at":"2025-09-29T00:00:00Z","created":0}],"has_more":true,"last_id":"b"}"#;
        let ModelsReading::Listed { models, has_more, last_id } = read(body) else { panic!("no list") };
        assert_eq!(models[0].display_name.as_deref(), Some("Claude A"));
        assert_eq!(models[0].created.as_deref(), Some("2021-07-20T10:40:00Z"));
        assert_eq!((models[0].family_tier.as_deref(), models[0].supports_1m), (Some("opus"), true));
        assert_eq!(
            (models[1].display_name.as_deref(), models[1].created.as_deref()),
            (None, Some("2025-09-29T00:00:00Z"))
        );
        assert_eq!((has_more, last_id.as_deref()), (true, Some("b")));
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
    fn dates_of_leap_years() {
        assert_eq!(moment(1_709_164_800).as_deref(), Some("2024-02-29T00:00:00Z"));
        assert_eq!(moment(1_735_689_599).as_deref(), Some("2024-12-31T23:59:59Z"));
        assert_eq!((moment(0), moment(-1), moment(i64::MAX)), (None, None, None));
    }

    #[test]
    fn the_count_is_bounded() {
        let body = format!("[{}]", (0..MOST + 9).map(|n| format!("\"claude-{n}\"")).collect::<Vec<_>>().join(","));
        let ModelsReading::Listed { models, .. } = read(&body) else { panic!("no list") };
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
