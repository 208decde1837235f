//! The administrator's configuration. Where one is in force, Claude ignores every local value and writing
//! would have no effect, so the program refuses and names the owner.
//!
//! Each system has its own place for it: Linux one file, macOS two property lists that are merged, Windows
//! two registry hives that are not. The content is observed by the platform and judged here, with the rules
//! of [`super::policy`].

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::policy::{self, Data, Hives, Lists, Policy};
use super::version::Version;
use crate::finding::{Code, Finding};
use crate::json::{Document, NotEditable};

/// The content of the places for administrators' configuration.
#[derive(Debug, Clone, PartialEq)]
pub enum ManagedSource {
    /// Nothing.
    Absent,
    /// A file with the owner and mode that Claude requires.
    File {
        /// Its path.
        path: String,
        /// Its content.
        bytes: Vec<u8>,
    },
    /// Something that Claude rejects: a link, another owner, writable by others. It switches local settings
    /// off nevertheless (OD).
    Rejected {
        /// Its path.
        path: String,
        /// The reason, as a stable word.
        why: String,
    },
    /// The policy keys of the Windows registry.
    Registry(Hives),
    /// The managed preferences of macOS.
    Plists(Lists),
}

/// Keys of the app's behaviour. They leave local settings in force when nothing else is managed (OD; the
/// last four PI).
const APP_BEHAVIOUR: [&str; 7] = [
    "disableAutoUpdates",
    "autoUpdaterEnforcementHours",
    "updateViaUpdatesHost",
    "relaunchEnforcementHours",
    "configRecheckIntervalMinutes",
    "egressProxyUrl",
    "egressProxyPacUrl",
];

/// Before this version any policy locked the local settings (claude-code #54647, fixed according to OD).
const LEAVES_LOCAL_IN_FORCE: Version = Version(1, 15200, 0);

/// The finding about the administrator's configuration; `None` when there is none. `claude` is the
/// installed version, which decides how two registry hives are combined.
pub fn judge(source: &ManagedSource, claude: Option<Version>) -> Option<Finding> {
    match source {
        ManagedSource::Absent => None,
        ManagedSource::Rejected { path, why } => Some(rejected(path, why)),
        ManagedSource::File { path, bytes } => Some(match keys(bytes) {
            Err(error) => rejected(path, &error.to_string()),
            Ok(keys) => of_keys(path, &keys.into_keys().collect::<Vec<_>>(), claude),
        }),
        ManagedSource::Registry(hives) => of_policy(policy::of_registry(hives, claude), claude),
        ManagedSource::Plists(lists) => of_policy(policy::of_plists(lists), claude),
    }
}

/// The values that an administrator set, by their names, as far as Claude can read them.
pub fn values(source: &ManagedSource, claude: Option<Version>) -> Map<String, Value> {
    let mut values = Map::new();
    match source {
        ManagedSource::Absent | ManagedSource::Rejected { .. } => {}
        ManagedSource::File { bytes, .. } => {
            values.extend(Document::parse(bytes).map(|document| document.values().clone()).unwrap_or_default());
        }
        ManagedSource::Registry(hives) => {
            // The machine's value stands first and has precedence.
            for value in policy::values_of_registry(hives, claude).into_iter().rev() {
                let content = match &value.data {
                    Data::Text(text) => Value::String(text.clone()),
                    Data::Number(number) => Value::from(*number),
                    Data::Expandable | Data::Invisible => continue,
                };
                values.insert(value.name.clone(), content);
            }
        }
        ManagedSource::Plists(lists) => {
            // The person's list is merged over the machine's.
            for list in [&lists.machine, &lists.user].into_iter().flatten() {
                let read = plist::Value::from_reader(std::io::Cursor::new(&list.bytes)).ok();
                if let Some(Value::Object(more)) = read.and_then(|list| serde_json::to_value(list).ok()) {
                    values.extend(more.into_iter().filter(|(name, _)| !name.starts_with("Payload")));
                }
            }
        }
    }
    values
}

fn of_policy(policy: Policy, claude: Option<Version>) -> Option<Finding> {
    match policy {
        Policy::None => None,
        Policy::Broken { place, why } => Some(rejected(&place, &why)),
        // An unreadable value may be anything, so it is not treated as harmless.
        Policy::InForce { place, keys, unreadable } if !unreadable.is_empty() => {
            let all: Vec<String> = keys.into_iter().chain(unreadable.iter().cloned()).collect();
            Some(by_policy(&place, &all).with("unreadable", unreadable.join(", ")))
        }
        Policy::InForce { place, keys, .. } => Some(of_keys(&place, &keys, claude)),
    }
}

fn of_keys(place: &str, keys: &[String], claude: Option<Version>) -> Finding {
    let is_excepted = claude.is_none_or(|version| version >= LEAVES_LOCAL_IN_FORCE);
    if keys.is_empty() {
        Finding::new(Code::ManagedAppOnly).with("path", place)
    } else if is_excepted && keys.iter().all(|key| APP_BEHAVIOUR.contains(&key.as_str())) {
        Finding::new(Code::ManagedAppOnly).with("path", place).with("keys", keys.join(", "))
    } else {
        by_policy(place, keys)
    }
}

fn by_policy(place: &str, keys: &[String]) -> Finding {
    Finding::new(Code::ManagedByPolicy).with("path", place).with("keys", keys.join(", "))
}

fn rejected(place: &str, why: &str) -> Finding {
    Finding::new(Code::ManagedRejected).with("path", place).with("reason", why)
}

fn keys(bytes: &[u8]) -> Result<BTreeMap<String, Value>, NotEditable> {
    let document = Document::parse(bytes)?;
    Ok(document.values().iter().map(|(key, value)| (key.clone(), value.clone())).collect())
}

#[cfg(test)]
mod tests {
    use super::super::policy::PolicyValue;
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Code) {
        let source = ManagedSource::File { path: "/etc/x".to_owned(), bytes: text.as_bytes().to_vec() };
        assert_eq!(judge(&source, None).map(|finding| finding.code), Some(expected), "{text}");
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
        assert_eq!(judge(&rejected, None).map(|finding| finding.code), Some(Code::ManagedRejected));
        assert_eq!(judge(&ManagedSource::Absent, None), None);
    }

    #[test]
    fn an_old_claude_is_locked_by_any_policy() {
        let source =
            ManagedSource::File { path: "/etc/x".to_owned(), bytes: br#"{"disableAutoUpdates": true}"#.to_vec() };
        let code = |version| judge(&source, Some(version)).map(|finding| finding.code);
        assert_eq!(code(Version(1, 15199, 9)), Some(Code::ManagedByPolicy));
        assert_eq!(code(Version(1, 15200, 0)), Some(Code::ManagedAppOnly));
    }

    #[test]
    fn a_policy_of_the_registry_is_reported_with_its_place_and_its_names() {
        let hives = |values: &[(&str, Data)]| {
            let value = |(name, data): &(&str, Data)| PolicyValue { name: (*name).to_owned(), data: data.clone() };
            ManagedSource::Registry(Hives { machine: values.iter().map(value).collect(), user: Vec::new() })
        };
        let code = |values: &[(&str, Data)]| judge(&hives(values), None).map(|finding| finding.code);
        assert_eq!(code(&[]), None);
        assert_eq!(code(&[("disableAutoUpdates", Data::Number(1))]), Some(Code::ManagedAppOnly));
        assert_eq!(code(&[("disableAutoUpdates", Data::Expandable)]), Some(Code::ManagedByPolicy), "unreadable");
        let finding = judge(&hives(&[("inferenceProvider", Data::Text("gateway".to_owned()))]), None).unwrap();
        let evidence: Vec<&str> = finding.evidence.iter().map(|fact| fact.value.as_str()).collect();
        assert_eq!(evidence, [r"HKLM\SOFTWARE\Policies\Claude", "inferenceProvider"]);
    }
}
