//! Values of the profile that is selected now, which no longer count when ours is: a proxy, updates, tools.
//! What makes the connection is not meant to stay, and what we write ourselves is there anyway.

use serde_json::Value;

use super::Facts;
use crate::change::{Content, Target};
use crate::claude::keys;
use crate::claude::schema::{self, Standing};
use crate::finding::{Code, Finding};
use crate::proxy::secrets_in;
use crate::secret::masked;

/// What our profile writes itself.
const OURS: [&str; 4] = [keys::CHAT_TAB, keys::ORGANIZATION, keys::DISPLAY_NAME, keys::DISCOVERY];

/// What would no longer count.
pub(super) struct Left {
    /// What can be written into our profile, too.
    pub(super) carryable: Vec<(String, Value)>,
    /// The names of the rest.
    others: Vec<String>,
}

/// Looks for them.
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
            // What stands in our profile was chosen for it.
            None if is_plain(value) => left.carryable.push((name.clone(), value.clone())),
            _ => left.others.push(name.clone()),
        }
    }
    left
}

/// True for a value that holds no secret: only such a one may stand in a journal and in what is shown.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::Bool(_) | Value::Number(_) => true,
        Value::String(text) => secrets_in(text).is_empty() && masked(text) == *text,
        Value::Array(items) => items.iter().all(|item| !item.is_array() && is_plain(item)),
        Value::Null | Value::Object(_) => false,
    }
}

impl Left {
    /// Names what will no longer count.
    pub(super) fn finding(&self, carry_over: bool) -> Option<Finding> {
        let carryable = self.carryable.iter().map(|(name, _)| name.as_str()).filter(|_| !carry_over);
        let names: Vec<&str> = carryable.chain(self.others.iter().map(String::as_str)).collect();
        (!names.is_empty()).then(|| Finding::new(Code::SettingsLeftBehind).with("keys", names.join(", ")))
    }

    /// Adds what can be carried over to what is wanted of our profile, unless something else is wanted there.
    pub(super) fn add_to(&self, wanted: &mut Vec<(Target, Content)>) {
        for (name, value) in &self.carryable {
            let target = Target::Value(name.clone());
            if wanted.iter().all(|(wanted, _)| *wanted != target) {
                wanted.push((target, Content::Plain(value.clone())));
            }
        }
    }
}
