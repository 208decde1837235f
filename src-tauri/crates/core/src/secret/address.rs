//! Reduces a foreign address to what may be shown: where it leads, without secrets.
//!
//! People who edit Claude's files write `https://user:password@host` and `?key=…` into them.

use serde_json::Value;

use super::{ERASED, masked};

/// An address without name and password, without query and fragment, and without what looks like a key. A
/// text without any of these is not changed.
pub fn shown_address(text: &str) -> String {
    let begin = text.find("://").map_or(0, |at| at + 3);
    let (scheme, rest) = text.split_at(begin);
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    // A password may hold a slash that was not encoded.
    let end = rest.rfind('@').map_or(end, |at| end.max(at));
    let (authority, path) = rest.split_at(end);
    let host = match authority.rsplit_once('@') {
        Some((_, host)) => format!("{ERASED}@{host}"),
        None if path.starts_with('@') => ERASED.to_owned(),
        None => authority.to_owned(),
    };
    let mut shown = format!("{scheme}{host}");
    match path.find(['?', '#']) {
        Some(at) => {
            shown.push_str(&path[..=at]);
            if at + 1 < path.len() {
                shown.push_str(ERASED);
            }
        }
        None => shown.push_str(path),
    }
    masked(&shown)
}

/// A value of Claude's files as JSON text, with every address in it reduced.
pub fn shown_value(value: &Value) -> String {
    fn cleaned(value: &Value) -> Value {
        match value {
            Value::String(text) if is_address(text) => Value::String(shown_address(text)),
            Value::Array(items) => items.iter().map(cleaned).collect(),
            Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), cleaned(value))).collect(),
            other => other.clone(),
        }
    }
    cleaned(value).to_string()
}

/// True for `user:password@host` as well; `claude-3-5@20240620` is a model.
fn is_address(text: &str) -> bool {
    text.contains("://") || text.split_once('@').is_some_and(|(before, _)| before.contains(':'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(shown_address(text), expected, "{text}");
    }

    #[test]
    fn credentials_are_not_shown() {
        check("https://gate.example/claude", "https://gate.example/claude");
        check("https://li:geheim@gate.example/claude", "https://•••@gate.example/claude");
        check("https://li:ge@heim@gate.example", "https://•••@gate.example");
        check("https://li:ge/heim@gate.example/x", "https://•••@gate.example/x");
        check("li:geheim@gate.example", "•••@gate.example");
        check("https://gate.example/v1?key=geheim#more", "https://gate.example/v1?•••");
        check("https://gate.example/v1#geheim", "https://gate.example/v1#•••");
        check("https://gate.example/sk-0123456789abcdef/v1", "https://gate.example/***/v1");
        check("gate.example:8080/x", "gate.example:8080/x");
        check("https:\\\\li:geheim@gate.example", "•••@gate.example");
    }

    #[test]
    fn values_are_gone_through_to_the_end() {
        let value = json!({"a": ["https://li:geheim@x.example", "claude-3-5@20240620"], "b": {"c": "li:geheim@x"}});
        let expected = r#"{"a":["https://•••@x.example","claude-3-5@20240620"],"b":{"c":"•••@x"}}"#;
        assert_eq!(shown_value(&value), expected);
    }
}
