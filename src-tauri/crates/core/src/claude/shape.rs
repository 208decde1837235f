//! The formats of Claude's files that this program knows.
//!
//! A file in a newer format may look like an older one and mean something else, so it is not changed until
//! this program knows it: a false refusal costs an update, a wrong edit costs the person's settings.

use serde_json::Value;

use super::keys;
use crate::claude::FileRole;
use crate::json::Document;

/// The newest known `$schemaVersion`, from exported profiles (OD).
const NEWEST_PROFILE: u64 = 2;
/// The key that holds a file's format version.
const SCHEMA: &str = "$schemaVersion";

/// Why a file is not in a known format; `None` if it is. The words are stable.
pub fn unknown_format(role: FileRole, document: &Document) -> Option<&'static str> {
    let schema = document.get(SCHEMA);
    match role {
        FileRole::Profile => {
            let is_known = schema.is_none_or(|schema| schema.as_u64().is_some_and(|schema| schema <= NEWEST_PROFILE));
            (!is_known).then_some("newer-schema")
        }
        // No `_meta.json` and no settings file with a schema version are known.
        FileRole::Meta | FileRole::Mode if schema.is_some() => Some("newer-schema"),
        FileRole::Meta => (!is_list_of_profiles(document)).then_some("shape"),
        FileRole::Mode => (!is_text_or_nothing(document.get(keys::MODE))).then_some("shape"),
    }
}

fn is_list_of_profiles(meta: &Document) -> bool {
    let entries = meta.get(keys::ENTRIES);
    let is_known = entries.is_none_or(|entries| {
        let has_id = |entry: &Value| entry.is_object() && is_text_or_nothing(entry.get("id"));
        entries.as_array().is_some_and(|entries| entries.iter().all(has_id))
    });
    is_known && is_text_or_nothing(meta.get(keys::APPLIED))
}

fn is_text_or_nothing(value: Option<&Value>) -> bool {
    value.is_none_or(|value| value.is_string() || value.is_null())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(role: FileRole, text: &str, expected: Option<&str>) {
        assert_eq!(unknown_format(role, &Document::parse(text.as_bytes()).unwrap()), expected, "{text}");
    }

    #[test]
    fn known_forms_are_known() {
        check(FileRole::Profile, r#"{"inferenceProvider":"gateway","more":{}}"#, None);
        check(FileRole::Profile, r#"{"$schemaVersion":2}"#, None);
        check(FileRole::Meta, r#"{"appliedId":null,"entries":[{"id":"a","provider":1},{}],"more":1}"#, None);
        check(FileRole::Mode, r#"{"deploymentMode":"2p","mcpServers":{}}"#, None);
    }

    #[test]
    fn newer_and_unknown_ones_are_unknown() {
        for schema in ["3", "\"2\"", "2.5", "null"] {
            check(FileRole::Profile, &format!(r#"{{"$schemaVersion":{schema}}}"#), Some("newer-schema"));
        }
        check(FileRole::Meta, r#"{"$schemaVersion":1,"entries":[]}"#, Some("newer-schema"));
        check(FileRole::Mode, r#"{"$schemaVersion":1}"#, Some("newer-schema"));
        for meta in
            [r#"{"entries":{}}"#, r#"{"entries":["a"]}"#, r#"{"appliedId":{"id":"a"}}"#, r#"{"entries":[{"id":1}]}"#]
        {
            check(FileRole::Meta, meta, Some("shape"));
        }
        check(FileRole::Mode, r#"{"deploymentMode":{"kind":"3p"}}"#, Some("shape"));
    }
}
