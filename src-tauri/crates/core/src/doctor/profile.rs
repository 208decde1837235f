//! Checks the selected profile value by value: what Claude would refuse, drop or read differently.

use serde_json::{Map, Value};

use super::DoctorStep::Applied;
use super::checklist::CheckList;
use super::facts::DoctorFacts;
use crate::claude::models::{DropReason, judge_id};
use crate::claude::prediction::{StartPrediction, Unusable};
use crate::claude::schema::{self, Standing, UnknownName};
use crate::claude::{keys, managed, tools};
use crate::finding::{Code, Finding};
use crate::json::Document;
use crate::secret::masked;

/// The id under which the history is filed if none is set (PI).
const USUAL_HISTORY: &str = "00000000-0000-4000-8000-000000000001";

pub(super) fn look(facts: &DoctorFacts, predicted: &StartPrediction, list: &mut CheckList) {
    let profile = facts.selected().filter(|_| !facts.is_managed());
    let profile = profile.as_ref();
    list.tested_if(Applied, Code::ProviderNotGateway, profile.map(provider));
    let mistyped = match predicted {
        StartPrediction::Degraded(_, Unusable::WrongType(key)) => {
            Some(Finding::new(Code::ValueMistyped).with("keys", key))
        }
        _ => None,
    };
    list.tested_if(Applied, Code::ValueMistyped, profile.map(|_| mistyped));
    let written = written(facts);
    let ignored = written.as_ref().map(|values| wrong_value(values, facts).or_else(|| unknown_name(values)));
    list.tested_if(Applied, Code::SettingIgnored, ignored);
    let empty =
        matches!(predicted, StartPrediction::Degraded(_, Unusable::Models)).then(|| Finding::new(Code::NoUsableModel));
    let dropped = profile.map(|profile| dropped_model(profile, facts));
    // One bad id may make Claude refuse the whole list; then the id is reported.
    let is_told = dropped.as_ref().is_some_and(Option::is_some);
    list.tested_if(Applied, Code::NoUsableModel, profile.map(|_| empty.filter(|_| !is_told)));
    list.tested_if(Applied, Code::ModelNotForClaude, dropped);
    list.tested_if(Applied, Code::ModelDoubled, profile.map(doubled_model));
    list.tested_if(Applied, Code::KeysTooNew, profile.map(|profile| too_new(profile, facts)));
    list.tested_if(Applied, Code::HistoryMoved, profile.and_then(|profile| history(profile, facts)));
    list.tested_if(Applied, Code::SecretInHeaders, profile.map(secret_in_headers));
}

/// The values in force: the administrator's, else the selected profile's.
fn written(facts: &DoctorFacts) -> Option<Map<String, Value>> {
    let computer = &facts.computer;
    let managed = || Some(managed::values(&computer.managed, computer.claude.version)).filter(|it| !it.is_empty());
    if facts.is_managed() { managed() } else { facts.selected().map(|profile| profile.values().clone()) }
}

/// A value that Claude drops, while all others are in force. Only what Anthropic's validator judges is
/// judged, in the same way.
fn wrong_value(values: &Map<String, Value>, facts: &DoctorFacts) -> Option<Finding> {
    let is_wrong = |(name, value): &(&String, &Value)| {
        schema::standing(name) == Some(Standing::Anywhere)
            && keys::is_known(name, facts.computer.claude.version)
            && schema::key_named(name).is_some_and(|key| key.kind.read(value).is_none())
    };
    let wrong: Vec<&str> = values.iter().filter(is_wrong).map(|(name, _)| name.as_str()).collect();
    let finding = || Finding::new(Code::SettingIgnored).with("keys", wrong.join(", ")).with("because", "value");
    (!wrong.is_empty()).then(finding)
}

/// A name that Claude ignores; one with a known correction is reported first.
fn unknown_name(values: &Map<String, Value>) -> Option<Finding> {
    let names = values.keys().filter(|name| !tools::is_mark(name));
    let unknown_names: Vec<_> = names.filter_map(|name| Some((name, schema::judge_unknown(name)?))).collect();
    let of = |name: &str, because: &str| {
        Finding::new(Code::SettingIgnored).with("keys", masked(name)).with("because", because)
    };
    let first = |wanted: fn(&UnknownName) -> bool| unknown_names.iter().find(|(_, unknown)| wanted(unknown));
    let (name, unknown) = first(|it| matches!(it, UnknownName::Misspelled(_)))
        .or_else(|| first(|it| matches!(it, UnknownName::Renamed(_))))
        .or_else(|| first(|it| *it == UnknownName::NotAKey))
        .or(unknown_names.first())?;
    Some(match unknown {
        UnknownName::Misspelled(intended) => of(name, "misspelled").with("instead", intended),
        UnknownName::Renamed(now) => of(name, "renamed").with("instead", now),
        UnknownName::NotAKey => of(name, "no-key"),
        // Other programs leave marks of their own there, and a newer Claude may know more.
        UnknownName::Newer => of(name, "newer"),
    })
}

fn provider(profile: &Document) -> Option<Finding> {
    let provider = profile.get(keys::PROVIDER).and_then(Value::as_str).unwrap_or_default();
    (provider != "gateway").then(|| Finding::new(Code::ProviderNotGateway).with("provider", masked(provider)))
}

fn names(profile: &Document) -> Vec<&str> {
    profile
        .elements(keys::MODELS)
        .iter()
        .filter_map(|item| item.as_str().or_else(|| item.get("name").and_then(Value::as_str)))
        .collect()
}

/// An id that Claude drops, or for which it refuses the list. A bare family name is valid where Claude
/// requests the gateway's list.
fn dropped_model(profile: &Document, facts: &DoctorFacts) -> Option<Finding> {
    let asks = profile.get(keys::DISCOVERY).and_then(Value::as_bool) != Some(false);
    let is_bad = |id: &&str| match judge_id(id, facts.computer.claude.version) {
        None => false,
        Some(DropReason::BareAlias) => !asks,
        Some(_) => true,
    };
    let bad: Vec<&str> = names(profile).into_iter().filter(is_bad).collect();
    let first = bad.first()?;
    let finding = Finding::new(Code::ModelNotForClaude).with("model", masked(first));
    // Some models are left to choose from, unless one makes Claude refuse the whole list.
    let spoils = bad.iter().any(|id| judge_id(id, None) == Some(DropReason::RefusesList));
    Some(if spoils || bad.len() == names(profile).len() { finding } else { finding.softened() })
}

fn doubled_model(profile: &Document) -> Option<Finding> {
    let names = names(profile);
    let doubled = names.iter().enumerate().find(|(at, name)| names[..*at].contains(name)).map(|(_, name)| *name)?;
    Some(Finding::new(Code::ModelDoubled).with("model", masked(doubled)))
}

fn too_new(profile: &Document, facts: &DoctorFacts) -> Option<Finding> {
    let version = facts.computer.claude.version?;
    let is_unknown = |key: &&String| !keys::is_known(key, Some(version));
    let unknown: Vec<&str> = profile.values().keys().filter(is_unknown).map(String::as_str).collect();
    (!unknown.is_empty())
        .then(|| Finding::new(Code::KeysTooNew).with("keys", unknown.join(", ")).with("version", version))
}

/// The history id differs from the recorded one; not tested where no id was ever recorded.
fn history(profile: &Document, facts: &DoctorFacts) -> Option<Option<Finding>> {
    let kept = facts.computer.organization.as_deref()?;
    let is_connection = facts.computer.journal.as_ref().is_some_and(crate::undo::Journal::is_connection);
    let present = profile.get(keys::ORGANIZATION).and_then(Value::as_str).unwrap_or(USUAL_HISTORY);
    is_connection.then(|| (present != kept).then(|| Finding::new(Code::HistoryMoved).with("keys", keys::ORGANIZATION)))
}

fn secret_in_headers(profile: &Document) -> Option<Finding> {
    let headers = profile.get(keys::CUSTOM_HEADERS).or_else(|| profile.get("inferenceGatewayHeaders"))?;
    let text = headers.to_string();
    let lower = text.to_lowercase();
    let is_named = ["authorization", "api-key", "token", "secret", "cookie"].iter().any(|word| lower.contains(word));
    (is_named || masked(&text) != text).then(|| Finding::new(Code::SecretInHeaders).with("keys", keys::CUSTOM_HEADERS))
}
