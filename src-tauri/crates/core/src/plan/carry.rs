//! Values of the selected profile that no longer count when this program's profile is selected: a proxy,
//! updates, tools. Values of the connection are not copied, and values that this program writes need not be.

use serde_json::Value;

use super::Facts;
use crate::change::{Content, Target};
use crate::claude::keys;
use crate::claude::schema::{self, Standing};
use crate::finding::{Code, Finding};
use crate::proxy::secrets_in;
use crate::secret::masked;

/// Keys that this program writes to its profile itself.
const OURS: [&str; 4] = [keys::CHAT_TAB, keys::ORGANIZATION, keys::DISPLAY_NAME, keys::DISCOVERY];

/// The values that will no longer count.
pub(super) struct Left {
    /// Those that can be copied into our profile.
    pub(super) carryable: Vec<(String, Value)>,
    /// The names of the others.
    others: Vec<String>,
}

/// Finds them.
pub(super) fn left_behind(facts: &Facts, profile_id: &str) -> Left {
    let mut left = Left { carryable: Vec::new(), others: Vec::new() };
    let document = |id: &str| facts.library.profile(id).and_then(|profile| profile.file.document().ok());
    let selected = facts.library.applied().filter(|id| id != profile_id);
    let Some(present) = selected.and_then(|id| document(&id)) else { return left };
    let ours = document(profile_id);
    for (name, value) in present.values() {
        let standing = schema::standing(name).filter(|standing| *standing != Standing::Reserved);
        let counts = standing.is_some() && !OURS.contains(&name.as_str()) && keys::is_known(name, facts.claude.version);
        let same = ours.as_ref().and_then(|ours| ours.get(name));
        match same {
            _ if !counts => {}
            Some(same) if same == value => {}
            // A value in our profile was chosen for it.
            None if is_plain(value) => left.carryable.push((name.clone(), value.clone())),
            _ => left.others.push(name.clone()),
        }
    }
    left
}

/// True for a value without a secret: only such values may be in a journal and be shown.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::Bool(_) | Value::Number(_) => true,
        Value::String(text) => secrets_in(text).is_empty() && masked(text) == *text,
        Value::Array(items) => items.iter().all(|item| !item.is_array() && is_plain(item)),
        Value::Null | Value::Object(_) => false,
    }
}

impl Left {
    /// The finding that names them.
    pub(super) fn finding(&self, carry_over: bool) -> Option<Finding> {
        let carryable = self.carryable.iter().map(|(name, _)| name.as_str()).filter(|_| !carry_over);
        let names: Vec<&str> = carryable.chain(self.others.iter().map(String::as_str)).collect();
        (!names.is_empty()).then(|| Finding::new(Code::SettingsLeftBehind).with("keys", names.join(", ")))
    }

    /// Adds those that can be copied to the wanted values of our profile, unless it sets the key already.
    pub(super) fn add_to(&self, wanted: &mut Vec<(Target, Content)>) {
        for (name, value) in &self.carryable {
            let target = Target::Value(name.clone());
            if wanted.iter().all(|(wanted, _)| *wanted != target) {
                wanted.push((target, Content::Plain(value.clone())));
            }
        }
    }
}
