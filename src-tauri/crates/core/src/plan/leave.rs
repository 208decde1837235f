//! Plans the return to Anthropic's own sign-in, away from any gateway: also from another program's profile
//! whose relay no longer works.
//!
//! A neutral profile is selected, as Claude's own list has one (`Default`, empty), and the mode is set to
//! ordinary. Either leaves the third-party mode (PI); both together work in every version. Profiles of other
//! programs are neither changed nor removed, and undo reverts everything.

use serde_json::{Value, json};

use super::{Facts, Plan, edits, understood};
use crate::change::{Content, FileChange, Target};
use crate::claude::FileRole;
use crate::claude::library::{FileFact, Library, NEUTRAL};
use crate::claude::prediction::predict_start;
use crate::claude::{keys, managed};
use crate::finding::{Code, Finding, worst_first};
use crate::json::Document;
use crate::plan::StepId;
use crate::undo::KeyPlace;

/// Plans what to write so that Claude starts in its ordinary mode. Without files when it does so already;
/// refused where local settings do not count or a file is not understood.
pub fn plan_leaving(facts: &Facts) -> Plan {
    let mut plan = Plan {
        profile_id: facts.fresh_profile_id.clone(),
        organization: String::new(),
        steps: vec![StepId::WriteFiles, StepId::Verify],
        files: Vec::new(),
        findings: managed::judge(&facts.managed, facts.claude.version).into_iter().collect(),
        key_place: KeyPlace::Keychain,
        egress: Vec::new(),
        carryable: Vec::new(),
    };
    plan.findings.extend(facts.obstacle.clone());
    if !plan.is_refused() {
        for library in facts.libraries() {
            // A file that cannot be read now may select a gateway when it can be read again.
            for (path, file) in [(&library.meta_path, &library.meta), (&library.mode_path, &library.mode)] {
                if let FileFact::Irregular(what) = file {
                    plan.findings.push(super::not_understood(path, what));
                }
            }
            let leads_away = predict_start(&facts.managed, library, facts.claude.version).leads_away();
            if !leads_away && !library.selects_unread() {
                continue;
            }
            match changes(library, &facts.fresh_profile_id) {
                Ok((profile_id, mut files)) => {
                    plan.profile_id = profile_id;
                    for (path, file) in [(&library.meta_path, &library.meta), (&library.mode_path, &library.mode)] {
                        let is_set_aside = file.is_damaged() && files.iter().any(|change| change.path == *path);
                        let aside = is_set_aside.then(|| Finding::new(Code::FileKeptAside).with("path", path));
                        plan.findings.extend(aside);
                    }
                    plan.files.append(&mut files);
                }
                Err(finding) => plan.findings.push(finding),
            }
        }
    }
    if plan.is_refused() {
        plan.files.clear();
    }
    worst_first(&mut plan.findings);
    plan
}

/// The neutral profile of one of Claude's folders, and the changes that select it.
fn changes(library: &Library, fresh_id: &str) -> Result<(String, Vec<FileChange>), Finding> {
    let meta = understood(FileRole::Meta, &library.meta_path, &library.meta)?;
    let mode = understood(FileRole::Mode, &library.mode_path, &library.mode)?;
    let known = meta.elements(keys::ENTRIES).iter().find_map(|entry| neutral(library, entry));
    let id = known.clone().unwrap_or_else(|| fresh_id.to_owned());

    let mut files = Vec::new();
    let profile = library.profile(&id).map(|profile| &profile.file);
    if profile.is_none_or(|file| file.is_absent()) {
        let path = library.profile_path(&id);
        files.push(FileChange::new(FileRole::Profile, &path, false, Vec::new()));
    }
    let mut wanted = Vec::new();
    if known.is_none() {
        wanted.push((Target::Entry(id.clone()), Content::Plain(json!({"id": id, "name": NEUTRAL}))));
    }
    wanted.push((Target::Value(keys::APPLIED.to_owned()), Content::Plain(json!(id))));
    let mut change = |role, path: &str, existed, edits: Vec<_>| {
        if !edits.is_empty() {
            files.push(FileChange::new(role, path, existed, edits));
        }
    };
    change(FileRole::Meta, &library.meta_path, !library.meta.is_absent(), edits(&meta, wanted));
    let ordinary = (Target::Value(keys::MODE.to_owned()), Content::Plain(json!("1p")));
    change(FileRole::Mode, &library.mode_path, !library.mode.is_absent(), edits(&mode, vec![ordinary]));
    Ok((id, files))
}

/// The id of an entry if it is a neutral one: with that name, and with an empty file.
fn neutral(library: &Library, entry: &Value) -> Option<String> {
    let id = entry.get("id")?.as_str().filter(|id| crate::claude::library::is_profile_id(id))?;
    let is_named = entry.get("name").and_then(Value::as_str) == Some(NEUTRAL);
    let profile = library.profile(id).map(|profile| profile.file.document());
    let is_empty = profile.is_none_or(|document| document.is_ok_and(|document: Document| document.is_empty()));
    (is_named && is_empty).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claude::library::{FileFact, ProfileFact};

    const RELAY: &str = "99999999-9999-4999-8999-999999999999";

    fn of_a_relay(meta: &Value, mode: &str) -> Facts {
        let mut facts = Facts::of_an_empty_home();
        let file = |text: String| FileFact::Present(text.into_bytes());
        facts.library.meta = file(meta.to_string());
        facts.library.mode = file(mode.to_owned());
        let profile = r#"{"inferenceProvider":"gateway","inferenceGatewayBaseUrl":"http://127.0.0.1:18080"}"#;
        let path = facts.library.profile_path(RELAY);
        facts.library.profiles.push(ProfileFact { id: RELAY.to_owned(), path, file: file(profile.to_owned()) });
        facts
    }

    fn meta() -> Value {
        json!({"appliedId": RELAY, "entries": [{"id": RELAY, "name": "CC Desktop Switch"}]})
    }

    #[test]
    fn a_neutral_profile_is_selected_and_the_other_one_stays() {
        let facts = of_a_relay(&meta(), r#"{"deploymentMode":"3p","mcpServers":{}}"#);
        let plan = plan_leaving(&facts);
        let roles: Vec<FileRole> = plan.files.iter().map(|file| file.role).collect();
        assert_eq!(roles, [FileRole::Profile, FileRole::Meta, FileRole::Mode]);
        assert_eq!(plan.files[0].apply(&Document::empty(), None).text(), "{}");
        let written = plan.files[1].apply(&facts.library.meta.document().unwrap(), None);
        assert_eq!(written.get(keys::APPLIED), Some(&json!(plan.profile_id)));
        assert!(written.element(keys::ENTRIES, RELAY).is_some());
        let mode = plan.files[2].apply(&facts.library.mode.document().unwrap(), None);
        assert_eq!(mode.get(keys::MODE), Some(&json!("1p")));
    }

    #[test]
    fn claudes_own_empty_profile_is_used_if_there_is_one() {
        let mut meta = meta();
        let own = "88888888-8888-4888-8888-888888888888";
        meta["entries"].as_array_mut().unwrap().push(json!({"id": own, "name": "Default"}));
        assert_eq!(plan_leaving(&of_a_relay(&meta, "{}")).profile_id, own);
    }

    #[test]
    fn nothing_is_written_where_nothing_leads_away_or_something_is_not_understood() {
        assert!(plan_leaving(&Facts::of_an_empty_home()).files.is_empty());
        assert!(plan_leaving(&of_a_relay(&meta(), r#"{"deploymentMode":"1p"}"#)).files.is_empty());
        let plan =
            plan_leaving(&of_a_relay(&json!({"appliedId": RELAY, "entries": [{"id": RELAY, "name": "x"}, 7]}), "{}"));
        assert!(plan.is_refused() && plan.files.is_empty());
        assert_eq!(plan.findings[0].code, Code::FileNotUnderstood);
    }
}
