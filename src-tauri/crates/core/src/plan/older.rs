//! Older forms in our own profile that Claude no longer accepts, or not after 2026-10-07 (OD), and their
//! replacements. Only our own profile is corrected, never those of others.

use serde_json::{Map, Value, json};

use crate::change::Content;
use crate::claude::keys;
use crate::claude::version::Version;
use crate::json::Document;

/// Keys that no current Claude knows, with the version that dropped each; they are removed.
const GONE: [(&str, Version); 4] = [
    ("betaFeaturesEnabled", Version(1, 24012, 0)),
    ("disableDefaultPlugins", Version(1, 18286, 0)),
    ("trustBootstrapLocalExec", Version(1, 46388, 0)),
    ("enduserAttribution", Version(1, 46388, 0)),
];

/// Keys for a helper program that is started differently from ours: ours has no arguments, and its path is
/// in the plain key on every system.
const OTHER_HELPER: [&str; 2] = ["inferenceCredentialHelperArgs", "inferenceCredentialHelperWindows"];

/// The replacements for the older forms in our profile.
pub(super) fn replaced(present: &Document, claude: Option<Version>) -> Vec<(&'static str, Content)> {
    let mut wanted = all_replaced(present, claude);
    // Changed values are stored in the journal, which must not hold a secret.
    wanted.retain(|(key, _)| present.get(key).is_none_or(|value| !holds_secret(value)));
    wanted.retain(|(key, content)| match content {
        Content::Plain(value) if *key == keys::CUSTOM_HEADERS => !holds_secret(value),
        _ => true,
    });
    wanted
}

fn holds_secret(value: &Value) -> bool {
    let text = value.to_string();
    crate::secret::masked(&text) != text
}

fn all_replaced(present: &Document, claude: Option<Version>) -> Vec<(&'static str, Content)> {
    let has_dropped = |since: Version| claude.is_none_or(|version| version >= since);
    let mut wanted: Vec<(&str, Content)> = GONE
        .into_iter()
        .filter(|(key, since)| present.get(key).is_some() && has_dropped(*since))
        .map(|(key, _)| (key, Content::Absent))
        .collect();
    wanted.extend(OTHER_HELPER.into_iter().filter(|key| present.get(key).is_some()).map(|key| (key, Content::Absent)));
    let renamed = [
        ("chatCodeExecutionEnabled", "chatAdvancedFileAnalysisEnabled", Version(1, 14271, 0)),
        ("inferenceGatewayHeaders", keys::CUSTOM_HEADERS, Version(1, 8089, 0)),
    ];
    for (old, new, since) in renamed {
        let Some(value) = present.get(old).filter(|_| has_dropped(since)) else { continue };
        wanted.push((old, Content::Absent));
        if present.get(new).is_none() {
            let value = if new == keys::CUSTOM_HEADERS { headers(value) } else { Some(value.clone()) };
            wanted.extend(value.map(|value| (new, Content::Plain(value))));
        }
    }
    if let Some(value) = present.get(keys::CUSTOM_HEADERS).filter(|value| !value.is_object()) {
        wanted.extend(headers(value).map(|value| (keys::CUSTOM_HEADERS, Content::Plain(value))));
    }
    wanted
}

/// Headers as an object, the only form with a future; `None` when they cannot be read.
fn headers(value: &Value) -> Option<Value> {
    let lines: Vec<&str> = match value {
        Value::Object(_) => return Some(value.clone()),
        Value::Array(lines) => lines.iter().map(Value::as_str).collect::<Option<_>>()?,
        Value::String(text) => text.split(['\n', ',']).collect(),
        _ => return None,
    };
    let pairs = lines.into_iter().map(str::trim).filter(|line| !line.is_empty());
    let read = |line: &str| line.split_once(':').map(|(name, value)| (name.trim().to_owned(), json!(value.trim())));
    pairs.map(read).collect::<Option<Map<String, Value>>>().map(Value::Object)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, version: Version, expected: &[(&str, Content)]) {
        let present = Document::parse(text.as_bytes()).unwrap();
        assert_eq!(replaced(&present, Some(version)), expected, "{text}");
    }

    #[test]
    fn older_forms_get_their_new_names() {
        let now = Version(2, 26454, 0);
        let list = json!({"X-Team": "a", "X-Room": "b:c"});
        check(
            r#"{"inferenceGatewayHeaders":["X-Team: a","X-Room: b:c"]}"#,
            now,
            &[("inferenceGatewayHeaders", Content::Absent), ("inferenceCustomHeaders", Content::Plain(list))],
        );
        check(
            r#"{"inferenceCustomHeaders":"X-Team: a"}"#,
            now,
            &[("inferenceCustomHeaders", Content::Plain(json!({"X-Team": "a"})))],
        );
        check(
            r#"{"chatCodeExecutionEnabled":true,"chatAdvancedFileAnalysisEnabled":false}"#,
            now,
            &[("chatCodeExecutionEnabled", Content::Absent)],
        );
        check(r#"{"inferenceCredentialHelperArgs":["x"]}"#, now, &[("inferenceCredentialHelperArgs", Content::Absent)]);
    }

    #[test]
    fn headers_with_a_key_in_them_are_not_touched() {
        let text = r#"{"inferenceGatewayHeaders":["Authorization: Bearer sk-abcdefghijklmnopqrstuvwxyz0123456789"]}"#;
        check(text, Version(2, 26454, 0), &[]);
    }

    #[test]
    fn what_the_installed_claude_still_knows_stays() {
        check(r#"{"betaFeaturesEnabled":true}"#, Version(1, 24011, 9), &[]);
        check(r#"{"betaFeaturesEnabled":true}"#, Version(1, 24012, 9), &[("betaFeaturesEnabled", Content::Absent)]);
        check(r#"{"autoModeEnabled":true,"inferenceCustomHeaders":{"a":"b"}}"#, Version(2, 0, 0), &[]);
    }
}
