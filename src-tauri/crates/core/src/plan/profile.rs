//! The values of our profile: the connection, and defaults that a person expects.

use serde_json::{Value, json};

use super::{Facts, Wishes, older};
use crate::change::{Content, Target};
use crate::claude::keys;
use crate::json::Document;
use crate::undo::KeyPlace;

/// The values that our profile has to hold, given its present values. Values that Claude stored in it for
/// the person are not listed here and therefore not changed.
pub(super) fn wanted(facts: &Facts, wishes: &Wishes, organization: &str, present: &Document) -> Vec<(Target, Content)> {
    let mut wanted = connection(facts, wishes);
    wanted.extend(models(wishes));
    wanted.extend(older::replaced(present, facts.claude.version));
    // The hosts are set only as the person chose them; without a choice Claude's own value is not changed.
    wanted.extend(wishes.egress.iter().map(|hosts| {
        let content = if hosts.is_empty() { Content::Absent } else { Content::Plain(json!(hosts)) };
        (keys::EGRESS, content)
    }));
    // Set only once, then the person's own: the Chat tab is off by default in this mode, and the history is
    // filed under the organization id, so that a new one would hide it.
    let once = [
        (keys::CHAT_TAB, json!(true)),
        (keys::ORGANIZATION, json!(organization)),
        (keys::DISPLAY_NAME, json!(wishes.name)),
    ];
    wanted.extend(
        once.into_iter().filter(|(key, _)| present.get(key).is_none()).map(|(key, value)| (key, Content::Plain(value))),
    );
    wanted
        .into_iter()
        .filter(|(key, content)| *content == Content::Absent || keys::is_known(key, facts.claude.version))
        .map(|(key, content)| (Target::Value(key.to_owned()), content))
        .collect()
}

fn connection(facts: &Facts, wishes: &Wishes) -> Vec<(&'static str, Content)> {
    let plain = |value: &str| Content::Plain(json!(value));
    let mut wanted = vec![
        (keys::PROVIDER, plain("gateway")),
        (keys::BASE_URL, plain(wishes.base.as_str())),
        (keys::AUTH_SCHEME, plain(wishes.scheme.word())),
    ];
    // One credential and its kind, never both: with the kind set, only that source counts (OD).
    wanted.extend(match wishes.key_place {
        KeyPlace::Keychain => [
            (keys::CREDENTIAL_KIND, plain("helper-script")),
            (keys::CREDENTIAL_HELPER, plain(&facts.helper)),
            (keys::API_KEY, Content::Absent),
        ],
        KeyPlace::Profile => [
            (keys::CREDENTIAL_KIND, plain("static")),
            (keys::CREDENTIAL_HELPER, Content::Absent),
            (keys::API_KEY, Content::Key),
        ],
    });
    wanted
}

fn models(wishes: &Wishes) -> [(&'static str, Content); 2] {
    if wishes.every_model {
        return [(keys::MODELS, Content::Absent), (keys::DISCOVERY, Content::Plain(json!(true)))];
    }
    let mut ids: Vec<Value> = Vec::new();
    for id in &wishes.models {
        // A duplicate name would be selected together with the other one (PI).
        if !ids.contains(&json!(id)) {
            ids.push(json!(id));
        }
    }
    [(keys::MODELS, Content::Plain(Value::Array(ids))), (keys::DISCOVERY, Content::Plain(json!(false)))]
}
