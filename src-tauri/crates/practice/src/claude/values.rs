//! From the keys of a file to the values a version takes from it.

use std::fmt;

use serde_json::{Map, Value};

use super::keys::{is_app_behaviour, known};
use super::refusal::Refusal;
use super::version::Version;

/// The values in force. Its `Debug` shows the names only: one of the values may be a key.
#[derive(Clone, PartialEq, Default)]
pub struct Values(pub Map<String, Value>);

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// The local file: unknown keys are ignored one by one, a value of a wrong type spoils everything.
pub(super) fn of_local(file: Map<String, Value>, version: Version) -> Result<(Values, Vec<String>), Refusal> {
    let (mut values, mut ignored) = (Map::new(), Vec::new());
    for (name, value) in file {
        match known(&name, version) {
            None => ignored.push(name),
            Some(key) if key.kind.accepts(&value) => {
                values.insert(name, value);
            }
            Some(key) => return Err(Refusal::WrongType(key.name)),
        }
    }
    Ok((Values(values), ignored))
}

/// The managed file: one unknown key spoils everything (PI, 1.24012.9); texts may stand for values (OD).
pub(super) fn of_managed(file: Map<String, Value>, version: Version) -> Result<Values, Refusal> {
    let mut values = Map::new();
    for (name, value) in file {
        let Some(key) = known(&name, version) else { return Err(Refusal::ManagedUnknownKey(name)) };
        let native = match value {
            Value::String(text) => key.kind.decoded(&text).ok_or(Refusal::WrongType(key.name))?,
            value => value,
        };
        if !key.kind.accepts(&native) {
            return Err(Refusal::WrongType(key.name));
        }
        values.insert(name, native);
    }
    Ok(Values(values))
}

impl Values {
    /// Whether nothing but the app's own behaviour is managed, so that the local library stays in force.
    pub(super) fn leave_local_in_force(&self, version: Version) -> bool {
        // Any policy locked the local file before 1.15200.0 (claude-code #54647). A managed file without
        // any key is not documented; it counts as managed.
        version >= Version::new(1, 15_200, 0) && !self.0.is_empty() && self.0.keys().all(|name| is_app_behaviour(name))
    }

    /// Takes the app-behaviour keys from the managed file alone, as a group (OD).
    pub(super) fn with_behaviour_of(mut self, managed: &Self) -> Self {
        self.0.retain(|name, _| !is_app_behaviour(name));
        self.0.extend(managed.0.clone());
        self
    }
}
