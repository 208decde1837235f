//! The administrator's configuration. Where one is in force, Claude ignores every local value, so
//! writing would help nobody: the program refuses and names the owner.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::finding::{Code, Finding};
use crate::json::{Document, NotEditable};

/// What was found where administrators put configuration.
#[derive(Debug, Clone, PartialEq)]
pub enum ManagedSource {
    /// Nothing.
    Absent,
    /// A file that Claude accepts as far as its owner and mode go.
    File {
        /// Where.
        path: String,
        /// What is in it.
        bytes: Vec<u8>,
    },
    /// Something that Claude rejects: a link, another owner, writable by others. It switches local
    /// settings off all the same (OD).
    Rejected {
        /// Where.
        path: String,
        /// Why, as a stable word.
        why: String,
    },
}

/// Keys that decide how the app behaves, and leave local settings in force when nothing else is
/// managed (OD; the last four PI).
const APP_BEHAVIOUR: [&str; 7] = [
    "disableAutoUpdates",
    "autoUpdaterEnforcementHours",
    "updateViaUpdatesHost",
    "relaunchEnforcementHours",
    "configRecheckIntervalMinutes",
    "egressProxyUrl",
    "egressProxyPacUrl",
];

/// What the administrator's configuration means for us; nothing when there is none.
pub fn judge(source: &ManagedSource) -> Option<Finding> {
    match source {
        ManagedSource::Absent => None,
        ManagedSource::Rejected { path, why } => {
            Some(Finding::new(Code::ManagedRejected).with("path", path).with("reason", why))
        }
        ManagedSource::File { path, bytes } => Some(match keys(bytes) {
            Err(error) => Finding::new(Code::ManagedRejected).with("path", path).with("reason", error),
            Ok(keys) if keys.is_empty() => Finding::new(Code::ManagedAppOnly).with("path", path),
            Ok(keys) if keys.keys().all(|key| APP_BEHAVIOUR.contains(&key.as_str())) => {
                Finding::new(Code::ManagedAppOnly).with("path", path).with("keys", list(&keys))
            }
            Ok(keys) => Finding::new(Code::ManagedByPolicy).with("path", path).with("keys", list(&keys)),
        }),
    }
}

fn keys(bytes: &[u8]) -> Result<BTreeMap<String, Value>, NotEditable> {
    let document = Document::parse(bytes)?;
    Ok(document.values().iter().map(|(key, value)| (key.clone(), value.clone())).collect())
}

fn list(keys: &BTreeMap<String, Value>) -> String {
    keys.keys().cloned().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Code) {
        let source = ManagedSource::File { path: "/etc/x".to_owned(), bytes: text.as_bytes().to_vec() };
        assert_eq!(judge(&source).map(|finding| finding.code), Some(expected), "{text}");
    }

    #[test]
    fn only_app_behaviour_leaves_local_settings_in_force() {
        check(r#"{"disableAutoUpdates": true}"#, Code::ManagedAppOnly);
        check("{}", Code::ManagedAppOnly);
        check(r#"{"inferenceProvider": "gateway"}"#, Code::ManagedByPolicy);
        check(r#"{"disableAutoUpdates": true, "somethingElse": 1}"#, Code::ManagedByPolicy);
    }

    #[test]
    fn a_file_that_claude_rejects_switches_local_settings_off_too() {
        check("not json", Code::ManagedRejected);
        let rejected = ManagedSource::Rejected { path: "/etc/x".to_owned(), why: "owner".to_owned() };
        assert_eq!(judge(&rejected).map(|finding| finding.code), Some(Code::ManagedRejected));
        assert_eq!(judge(&ManagedSource::Absent), None);
    }
}
