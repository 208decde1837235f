//! Which of its modes the app starts in.
//!
//! A complete configuration is not enough: one sign-in to Claude.ai persists `"1p"`, and a perfect profile
//! is ignored from then on (opencodex #4666, cc-switch #5753). With no mode persisted the app shows its
//! sign-in screen, which only offers third-party mode; nothing is proved until a person chooses it.

use std::io::ErrorKind;
use std::path::Path;

use serde_json::{Map, Value};

use super::strict_json;

/// How the app starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Claude.ai, as if there were no configuration.
    Ordinary,
    /// The sign-in screen, where third-party mode is offered.
    SignIn,
    /// Third-party inference.
    ThirdParty,
}

/// What `deploymentMode` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Persisted {
    /// Nothing that is understood.
    Absent,
    /// `"1p"`.
    FirstParty,
    /// `"3p"`.
    ThirdParty,
}

/// The mode of a usable configuration.
pub(super) fn of_configured(persisted: Persisted, chooser_disabled: bool) -> Mode {
    match (persisted, chooser_disabled) {
        (_, true) | (Persisted::ThirdParty, false) => Mode::ThirdParty,
        (Persisted::FirstParty, false) => Mode::Ordinary,
        (Persisted::Absent, false) => Mode::SignIn,
    }
}

/// Reads `deploymentMode` from the settings as they were at start.
pub(super) fn persisted(settings: Option<&Map<String, Value>>) -> Persisted {
    match settings.and_then(|settings| settings.get("deploymentMode")).and_then(Value::as_str) {
        Some("1p") => Persisted::FirstParty,
        Some("3p") => Persisted::ThirdParty,
        _ => Persisted::Absent,
    }
}

/// The app's own settings, empty where there is no file; `None` when there is one that cannot be read.
pub(super) fn settings(path: &Path) -> Option<Map<String, Value>> {
    match std::fs::read(path) {
        Ok(text) => strict_json::object(&text).ok(),
        Err(error) if error.kind() == ErrorKind::NotFound => Some(Map::new()),
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(settings: Value, chooser_disabled: bool, expected: Mode) {
        let persisted = persisted(settings.as_object());
        assert_eq!(of_configured(persisted, chooser_disabled), expected, "{settings}");
    }

    #[test]
    fn the_truth_table_of_the_modes() {
        check(json!({ "deploymentMode": "3p" }), false, Mode::ThirdParty);
        check(json!({ "deploymentMode": "3p" }), true, Mode::ThirdParty);
        check(json!({ "deploymentMode": "1p" }), false, Mode::Ordinary);
        check(json!({ "deploymentMode": "1p" }), true, Mode::ThirdParty);
        check(json!({}), false, Mode::SignIn);
        check(json!({}), true, Mode::ThirdParty);
        check(json!({ "deploymentMode": "3P" }), false, Mode::SignIn);
        check(json!({ "deploymentMode": true }), false, Mode::SignIn);
        check(Value::Null, false, Mode::SignIn);
    }
}
