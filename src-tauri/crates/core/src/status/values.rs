//! Every value that Claude reads: those that this program wrote, those that others wrote, and unset ones
//! with their defaults. Where an administrator's configuration is in force, it is the only source, and local
//! values do not count (OD).

use serde_json::{Map, Value, json};

use crate::address::GatewayUrl;
use crate::change::Content;
use crate::claude::{keys, managed};
use crate::plan::Facts;
use crate::secret::{masked, shown_value};
use crate::status::{Status, StatusRow, ValueSource};

/// Claude's defaults for unset values (OD; section 4 of what is known of Claude).
const DEFAULTS: [(&str, &str); 11] = [
    (keys::AUTH_SCHEME, "\"bearer\""),
    ("inferenceCredentialHelperTtlSec", "3600"),
    ("inferenceCredentialHelperTimeoutSec", "60"),
    (keys::CHAT_TAB, "false"),
    ("coworkTabEnabled", "true"),
    ("isClaudeCodeForDesktopEnabled", "true"),
    ("toolSearchEnabled", "false"),
    ("inferenceStreamIdleTimeoutSec", "300"),
    ("inferenceModelPricingEnabled", "false"),
    (keys::NO_CHOOSER, "false"),
    (keys::EGRESS, "[]"),
];

/// The table of values. `status` is the comparison with what this program wrote, `base` the wanted address
/// where it wrote nothing.
pub fn values(facts: &Facts, status: Option<&Status>, base: &GatewayUrl) -> Vec<StatusRow> {
    let is_managed = managed::judge(&facts.managed, facts.claude.version).is_some_and(|finding| finding.blocks());
    let policy = if is_managed { managed::values(&facts.managed, facts.claude.version) } else { Map::new() };
    let local = if is_managed { Map::new() } else { selected(facts) };
    let mut rows = status.map_or_else(|| wanted(facts, base, is_managed), |status| status.rows.clone());
    if is_managed {
        rows.iter_mut().filter(|row| row.source != ValueSource::ThisProgram).for_each(|row| overrule(row, &policy));
    }
    let given = if is_managed { (policy, ValueSource::Policy) } else { (local, ValueSource::Local) };
    for (name, value) in given.0 {
        if rows.iter().all(|row| row.name != name) {
            rows.push(row(&name, None, Some(shown(&name, &value)), given.1));
        }
    }
    for (name, default) in DEFAULTS {
        if keys::is_known(name, facts.claude.version) && rows.iter().all(|row| row.name != name) {
            rows.push(row(name, None, Some(default.to_owned()), ValueSource::Default));
        }
    }
    rows
}

/// The expected values where this program has not written yet: enough to see why nothing is connected.
fn wanted(facts: &Facts, base: &GatewayUrl, is_managed: bool) -> Vec<StatusRow> {
    let profile = selected(facts);
    let mode = facts.library.mode.document().ok();
    let mode = mode.and_then(|mode| mode.get(keys::MODE).cloned()).filter(|_| !is_managed);
    let wanted = [
        (keys::PROVIDER, json!("gateway"), profile.get(keys::PROVIDER).cloned()),
        (keys::BASE_URL, json!(base.as_str()), profile.get(keys::BASE_URL).cloned()),
        (keys::MODE, json!("3p"), mode),
    ];
    wanted
        .into_iter()
        .map(|(name, expected, actual)| {
            let source = if actual.is_some() { ValueSource::Local } else { ValueSource::Default };
            row(name, Some(shown(name, &expected)), actual.map(|actual| shown(name, &actual)), source)
        })
        .collect()
}

fn overrule(row: &mut StatusRow, policy: &Map<String, Value>) {
    // The persisted mode and the selection are Claude's own, whoever configures it.
    if [keys::MODE, keys::APPLIED, keys::ENTRIES].contains(&row.name.as_str()) {
        return;
    }
    row.actual = policy.get(&row.name).map(|value| shown(&row.name, value));
    row.source = if row.actual.is_some() { ValueSource::Policy } else { ValueSource::Default };
    row.ok = row.expected == row.actual;
    row.cause = None;
}

fn selected(facts: &Facts) -> Map<String, Value> {
    let library = &facts.library;
    let profile = library.applied().and_then(|id| library.profile(&id)?.file.document().ok());
    profile.map(|profile| profile.values().clone()).unwrap_or_default()
}

fn row(name: &str, expected: Option<String>, actual: Option<String>, source: ValueSource) -> StatusRow {
    let ok = expected.is_none() || expected == actual;
    StatusRow { name: name.to_owned(), expected, actual, ok, source, cause: None }
}

/// A value as it may be shown: no key, and of headers only their names.
fn shown(name: &str, value: &Value) -> String {
    if name == keys::API_KEY {
        return Content::Key.shown().unwrap_or_default();
    }
    let is_headers = name == keys::CUSTOM_HEADERS || name == "inferenceGatewayHeaders";
    match value {
        Value::Object(headers) if is_headers => {
            json!(headers.keys().map(|name| (masked(name), "•••")).collect::<std::collections::BTreeMap<_, _>>())
                .to_string()
        }
        _ if is_headers => "\"•••\"".to_owned(),
        _ => masked(&shown_value(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claude::library::{FileFact, ProfileFact};
    use crate::claude::managed::ManagedSource;

    const ID: &str = "33333333-3333-4333-8333-333333333333";

    fn facts(profile: &Value, policy: Option<&Value>) -> Facts {
        let mut facts = Facts::of_an_empty_home();
        let meta = json!({"appliedId": ID, "entries": [{"id": ID, "name": "x"}]});
        facts.library.meta = FileFact::Present(meta.to_string().into_bytes());
        let file = FileFact::Present(profile.to_string().into_bytes());
        facts.library.profiles = vec![ProfileFact { id: ID.to_owned(), path: format!("/{ID}.json"), file }];
        if let Some(policy) = policy {
            facts.managed = ManagedSource::File { path: "/etc/x".to_owned(), bytes: policy.to_string().into_bytes() };
        }
        facts
    }

    #[track_caller]
    fn check(
        profile: &Value,
        policy: Option<&Value>,
        name: &str,
        expected: (Option<&str>, Option<&str>, bool, ValueSource),
    ) {
        let base = GatewayUrl::parse("https://gate.example/claude").unwrap();
        let rows = values(&facts(profile, policy), None, &base);
        let row = rows.iter().find(|row| row.name == name).unwrap_or_else(|| panic!("{name}: {rows:?}"));
        assert_eq!((row.expected.as_deref(), row.actual.as_deref(), row.ok, row.source), expected, "{name}");
    }

    #[test]
    fn every_value_has_its_source() {
        let profile = json!({"inferenceProvider": "gateway", "inferenceGatewayBaseUrl": "https://gate.example/v1",
            "autoModeEnabled": true, "inferenceGatewayApiKey": "sk-canary", "inferenceCustomHeaders": {"X-Team": "canary"}});
        let base = Some("\"https://gate.example/claude\"");
        check(
            &profile,
            None,
            "inferenceProvider",
            (Some("\"gateway\""), Some("\"gateway\""), true, ValueSource::Local),
        );
        let other = Some("\"https://gate.example/v1\"");
        check(&profile, None, "inferenceGatewayBaseUrl", (base, other, false, ValueSource::Local));
        check(&profile, None, "deploymentMode", (Some("\"3p\""), None, false, ValueSource::Default));
        check(&profile, None, "autoModeEnabled", (None, Some("true"), true, ValueSource::Local));
        check(&profile, None, "inferenceGatewayApiKey", (None, Some("\"•••\""), true, ValueSource::Local));
        check(&profile, None, "inferenceCustomHeaders", (None, Some("{\"X-Team\":\"•••\"}"), true, ValueSource::Local));
        check(&profile, None, "chatTabEnabled", (None, Some("false"), true, ValueSource::Default));
    }

    #[test]
    fn a_policy_is_the_only_source() {
        let profile = json!({"inferenceProvider": "gateway", "autoModeEnabled": true});
        let policy = json!({"inferenceProvider": "bedrock", "x": 1});
        let gateway = Some("\"gateway\"");
        check(&profile, Some(&policy), "inferenceProvider", (gateway, Some("\"bedrock\""), false, ValueSource::Policy));
        check(&profile, Some(&policy), "x", (None, Some("1"), true, ValueSource::Policy));
        let base = GatewayUrl::parse("https://gate.example/claude").unwrap();
        let rows = values(&facts(&profile, Some(&policy)), None, &base);
        assert!(rows.iter().all(|row| row.name != "autoModeEnabled"), "{rows:?}");
    }
}
