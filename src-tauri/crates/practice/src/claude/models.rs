//! The model list of a profile, and whether the gateway must be asked for more.

use serde_json::{Map, Value};

use super::model_ids::{ModelId, sort};
use super::refusal::ModelsFault;
use super::version::Version;

/// The listed models that survived, and what they make necessary.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listed {
    /// Wire ids and aliases in order; the first is the default.
    pub names: Vec<String>,
    /// Names that were thrown out.
    pub removed: Vec<String>,
    /// Whether the list was given at all.
    pub given: bool,
    /// Whether `GET /v1/models` is asked.
    pub discovery: bool,
}

/// A version from here on drops a bad row; an earlier one refuses everything.
const DROPS_ROWS: Version = Version::new(1, 46_388, 0);
const MOST: usize = 200;
const TIERS: &[&str] = &["sonnet", "opus", "haiku", "fable", "mythos"];

/// Reads `inferenceModels` together with `modelDiscoveryEnabled`.
pub(super) fn read(list: Option<&Value>, discovery: Option<bool>, version: Version) -> Result<Listed, ModelsFault> {
    let items = list.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if items.len() > MOST {
        return Err(ModelsFault::TooMany);
    }
    let mut listed = Listed { given: !items.is_empty(), ..Listed::default() };
    let (mut seen, mut aliases) = (Vec::new(), false);
    for item in items {
        let name = name(item, version)?;
        let lower = name.to_lowercase();
        if seen.contains(&lower) {
            return Err(ModelsFault::Doubled);
        }
        match sort(name, version) {
            ModelId::Foreign if version < DROPS_ROWS => return Err(ModelsFault::NotAnthropic),
            ModelId::Foreign => listed.removed.push(name.to_owned()),
            kind => {
                aliases |= kind == ModelId::Alias;
                listed.names.push(name.to_owned());
            }
        }
        seen.push(lower);
    }
    listed.discovery = discovery.unwrap_or(!listed.given || aliases);
    if !listed.discovery && (!listed.given || aliases) {
        return Err(ModelsFault::NeedsDiscovery);
    }
    Ok(listed)
}

fn name(item: &Value, version: Version) -> Result<&str, ModelsFault> {
    let name = match item {
        Value::String(name) => name.as_str(),
        Value::Object(fields) => {
            if !fields.iter().all(|(field, value)| is_field(field, value, version)) {
                return Err(ModelsFault::Item);
            }
            named(fields).ok_or(ModelsFault::Item)?
        }
        _ => return Err(ModelsFault::Item),
    };
    let lower = name.to_lowercase();
    if lower.contains("[1m]") {
        return Err(ModelsFault::Marked1m);
    }
    if lower == "opusplan" {
        return Err(ModelsFault::OpusPlan);
    }
    let odd = |letter: char| letter.is_whitespace() || letter.is_control();
    if name.is_empty() || name.contains(odd) { Err(ModelsFault::Name) } else { Ok(name) }
}

fn named(fields: &Map<String, Value>) -> Option<&str> {
    fields.get("name").and_then(Value::as_str)
}

/// The fields of an item; one that the version does not know spoils the item.
fn is_field(field: &str, value: &Value, version: Version) -> bool {
    match field {
        "name" | "labelOverride" => value.is_string(),
        "supports1m" | "isFamilyDefault" => value.is_boolean(),
        "prefer1m" => value.is_boolean() && version >= Version::new(1, 21_459, 0),
        "anthropicFamilyTier" => {
            value.as_str().is_some_and(|tier| TIERS.contains(&tier)) && version >= Version::new(1, 13_576, 0)
        }
        "maxEffort" => value.is_string() && version >= Version::new(2, 19_675, 0),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::version::NEWEST;
    use super::*;
    use serde_json::json;

    const SONNET: &str = "claude-sonnet-4-5-20250929";

    #[track_caller]
    fn check(list: Value, discovery: Option<bool>, expected: Result<(&[&str], bool), ModelsFault>) {
        let found = read(Some(&list), discovery, NEWEST);
        let found = found
            .as_ref()
            .map(|listed| (listed.names.iter().map(String::as_str).collect::<Vec<_>>(), listed.discovery));
        assert_eq!(found.map_err(|fault| *fault), expected.map(|(names, asks)| (names.to_vec(), asks)), "{list}");
    }

    #[test]
    fn discovery_is_asked_when_the_list_does_not_settle_it() {
        check(json!([SONNET]), None, Ok((&[SONNET], false)));
        check(json!([SONNET]), Some(true), Ok((&[SONNET], true)));
        check(json!([SONNET]), Some(false), Ok((&[SONNET], false)));
        check(json!([SONNET, "opus"]), None, Ok((&[SONNET, "opus"], true)));
        check(json!([]), None, Ok((&[], true)));
        check(json!([]), Some(false), Err(ModelsFault::NeedsDiscovery));
        check(json!(["opus"]), Some(false), Err(ModelsFault::NeedsDiscovery));
    }

    #[test]
    fn an_item_may_carry_known_fields() {
        let whole = json!([{ "name": SONNET, "labelOverride": "S", "supports1m": true, "prefer1m": false,
            "anthropicFamilyTier": "sonnet", "isFamilyDefault": true, "maxEffort": "high" }]);
        check(whole, None, Ok((&[SONNET], false)));
        check(json!([{ "name": SONNET, "colour": "red" }]), None, Err(ModelsFault::Item));
        check(json!([{ "name": SONNET, "supports1m": "true" }]), None, Err(ModelsFault::Item));
        check(json!([{ "name": SONNET, "anthropicFamilyTier": "gpt" }]), None, Err(ModelsFault::Item));
        check(json!([{ "labelOverride": "S" }]), None, Err(ModelsFault::Item));
        check(json!([7]), None, Err(ModelsFault::Item));
    }

    #[test]
    fn names_that_spoil_the_list() {
        check(json!(["claude-opus-4-5[1m]"]), None, Err(ModelsFault::Marked1m));
        check(json!(["opusplan"]), None, Err(ModelsFault::OpusPlan));
        check(json!([SONNET, { "name": SONNET }]), None, Err(ModelsFault::Doubled));
        check(json!([format!(" {SONNET}")]), None, Err(ModelsFault::Name));
        check(json!([""]), None, Err(ModelsFault::Name));
        let many: Vec<String> = (0..201).map(|number| format!("claude-sonnet-{number}")).collect();
        check(json!(many), None, Err(ModelsFault::TooMany));
    }

    #[test]
    fn a_foreign_id_is_dropped_by_new_versions_and_fatal_to_old_ones() {
        let list = json!(["gpt-5.1", SONNET]);
        check(list.clone(), None, Ok((&[SONNET], false)));
        check(json!(["gpt-5.1"]), None, Ok((&[], false)));
        assert_eq!(read(Some(&list), None, Version::new(1, 44_121, 1)), Err(ModelsFault::NotAnthropic));
    }
}
