use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::*;

#[track_caller]
fn check(name: &str, value: Value, from: Option<Version>, reason: Option<&str>) {
    let found = lint([(name, &value)], from).err();
    let said = found.as_ref().and_then(|finding| finding.fact("reason"));
    assert_eq!(said, reason, "{name} = {value}");
}

#[test]
fn what_the_table_does_not_know_is_found() {
    check("inferenceProvider", json!("gateway"), None, None);
    check("inferenceProvider", json!("gatway"), None, Some("value"));
    check("inferenceGatewayHeaders", json!({}), None, Some("unknown"));
    check("chatTabEnabled", json!(true), Some(Version(1, 13576, 0)), None);
    check("chatTabEnabled", json!(true), Some(Version(1, 13575, 9)), Some("newer"));
    check("chatTabEnabled", json!("true"), None, Some("value"));
    check("inferenceModels", json!(["claude-sonnet-4-6", {"name": "claude-opus-5"}]), None, None);
    check("inferenceModels", json!("claude-sonnet-4-6"), None, Some("value"));
    check("deploymentDisplayName", json!("字".repeat(61)), None, Some("value"));
    check("deploymentOrganizationUuid", json!("11111111-1111-4111-8111-11111111111"), None, Some("value"));
    check("inferenceCredentialHelperTimeoutSec", json!(601), None, Some("value"));
    check("inferenceGatewayApiKey", json!(""), None, Some("value"));
}

#[test]
fn a_text_and_its_value_are_one() {
    for (name, value) in [
        ("chatTabEnabled", json!(true)),
        ("inferenceModels", json!(["a", {"name": "b"}])),
        ("deploymentDisplayName", json!("智 \"x\" \\")),
        ("inferenceCredentialHelperTtlSec", json!(3600)),
    ] {
        let kind = key_named(name).unwrap().kind;
        assert_eq!(kind.read(&encoded(&value).into()), Some(value), "{name}");
    }
}

#[test]
fn each_name_stands_once() {
    let names: std::collections::HashSet<_> = keys().map(|(key, _)| key.name).collect();
    assert_eq!(names.len(), keys().count());
    assert!(table::RENAMED.iter().all(|(before, now)| key_named(before).is_none() && key_named(now).is_some()));
}

#[test]
fn a_misspelled_name_is_reported_with_the_right_one() {
    for (written, intended) in [
        ("chatTabEnable", "chatTabEnabled"),
        ("ChatTab_Enabled", "chatTabEnabled"),
        ("inferenceGatewayBaseURL", "inferenceGatewayBaseUrl"),
        ("inferenceGatewayApiKeys", "inferenceGatewayApiKey"),
        ("coworkEgressAlowedHost", "coworkEgressAllowedHosts"),
    ] {
        assert_eq!(judge_unknown(written), Some(UnknownName::Misspelled(intended)), "{written}");
    }
    assert_eq!(judge_unknown("chatTabEnab"), Some(UnknownName::Newer), "three letters are too many");
    assert_eq!(judge_unknown("isDxtEnabled"), Some(UnknownName::Renamed("isDesktopExtensionEnabled")));
    assert_eq!(judge_unknown("chatTabEnabled"), None);
    let finding = lint([("chatTabEnable", &json!(true))], None).unwrap_err();
    assert_eq!(finding.fact("instead"), Some("chatTabEnabled"));
}

/// What Anthropic's validator answered to each name and value.
#[derive(Deserialize)]
struct Answers {
    keys: BTreeMap<String, Answer>,
}

#[derive(Deserialize)]
struct Answer {
    standing: String,
    note: Option<String>,
    #[serde(rename = "use")]
    instead: Option<String>,
    #[serde(default)]
    takes: Vec<Value>,
    #[serde(default)]
    warns: BTreeMap<String, Vec<Value>>,
    #[serde(default)]
    refuses: BTreeMap<String, Vec<Value>>,
    #[serde(default)]
    more: Vec<More>,
}

#[derive(Deserialize)]
struct More {
    value: Value,
    taken: bool,
}

fn answers() -> BTreeMap<String, Answer> {
    let text = include_str!("../../../../../../tests/fixtures/official-keys.json");
    serde_json::from_str::<Answers>(text).expect("the validator's answers").keys
}

#[test]
fn every_name_has_the_standing_that_the_validator_gives_it() {
    let answers = answers();
    assert!(answers.len() > 180);
    for (name, answer) in &answers {
        let is_refused = answer.note.as_deref() == Some("refused, not only warned of");
        let expected = match answer.standing.as_str() {
            // The validator knows the name and has refused each of its values since 2026-10-07.
            "checked" if name == "organizationPluginsUrl" => {
                (None, Some(UnknownName::Renamed("allowedPluginMarketplaces")))
            }
            "checked" => (Some(Standing::Anywhere), None),
            "reserved" => (Some(Standing::Reserved), None),
            "local_or_mdm_only" => (Some(Standing::LocalOnly), None),
            "deprecated_name" => {
                let now = key_named(answer.instead.as_ref().unwrap()).unwrap().name;
                (None, Some(UnknownName::Renamed(now)))
            }
            _ if is_refused => (None, Some(UnknownName::NotAKey)),
            _ => (None, Some(UnknownName::Newer)),
        };
        assert_eq!((standing(name), judge_unknown(name)), expected, "{name}");
    }
    let strangers = keys().map(|(key, _)| key.name).filter(|name| !answers.contains_key(*name));
    assert_eq!(strangers.collect::<Vec<_>>(), [] as [&str; 0]);
}

/// Answers of the validator that this program deviates from, each with its reason.
fn is_ours(name: &str, value: &Value, is_taken: bool) -> bool {
    match name {
        // A history id that is not a UUID is never given by this program.
        "deploymentOrganizationUuid" => is_taken && value.is_string(),
        // Only Anthropic's own server may serve them; an administrator may write them.
        "usageMetricsEnabled" | "claudeInChromeEnabled" => !is_taken,
        // JavaScript's own conversions: `true` and `[1]` as the number 1. No administrator writes that on purpose.
        "inferenceModelPricingMultiplier"
        | "inferenceMaxTokensPerWindow"
        | "inferenceTokenWindowHours"
        | "autoUpdaterEnforcementHours" => {
            let text = value.as_str().unwrap_or_default();
            is_taken
                && (value.is_boolean()
                    || value.is_array()
                    || ["true", "false"].contains(&text)
                    || text.starts_with('['))
        }
        // As a text an unknown field is refused and as an object it is not; a policy for unknown tools, a
        // second form of the same list, and servers with requirements beyond their shape.
        "claudeAiImport" | "banner" => !is_taken && value.is_string(),
        "builtinToolPolicy" => {
            [json!({"Bash": "ask-session"}), json!({"WebFetch(domain:a.example)": "allow"})].contains(value)
        }
        "orgPluginSettings" => is_taken && encoded(value).starts_with('{'),
        "managedMcpServers" => !is_taken && value.pointer("/0/server").is_some(),
        // A list with one bad entry is refused by the gateway that serves it; Claude drops the entry.
        "coworkEgressAllowedHosts" => *value == json!(["a.example", "bad entry"]),
        _ => false,
    }
}

#[test]
fn every_value_is_judged_as_the_validator_judges_it() {
    let (mut judged, mut differ) = (0, Vec::new());
    for (name, answer) in answers() {
        let Some(key) = key_named(&name).filter(|_| answer.standing == "checked") else { continue };
        let taken = answer.takes.iter().chain(answer.warns.values().flatten()).map(|value| (value, true));
        let refused = answer.refuses.values().flatten().map(|value| (value, false));
        let more = answer.more.iter().map(|more| (&more.value, more.taken));
        for (value, is_taken) in taken.chain(refused).chain(more) {
            let ours = key.kind.read(value).is_some();
            if ours != is_taken && !is_ours(&name, value, is_taken) {
                differ.push(format!("{name} = {value}: ours {ours}, theirs {is_taken}"));
            }
            judged += 1;
        }
    }
    assert_eq!(differ, [] as [&str; 0]);
    assert!(judged > 3_500, "{judged}");
}
