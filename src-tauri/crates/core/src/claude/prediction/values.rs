//! The values of the configuration in force, as a version of Claude reads them.
//!
//! A key that the version does not know is treated as missing. In the library values have their own types;
//! an administrator's source may write them as text (OD) or, in the registry, as a number. A value of the
//! wrong type is an error, because Claude then uses nothing of the block.

use serde_json::{Map, Value};

use super::{Source, Unusable};
use crate::claude::keys;
use crate::claude::schema::Kind;
use crate::claude::version::Version;

/// A configuration as a version of Claude reads it.
pub(super) struct Values<'a> {
    all: &'a Map<String, Value>,
    source: Source,
    pub(super) version: Option<Version>,
}

impl<'a> Values<'a> {
    pub(super) fn new(all: &'a Map<String, Value>, source: Source, version: Option<Version>) -> Self {
        Self { all, source, version }
    }

    /// True when third-party inference is set: a provider, or a server that names one (PI).
    pub(super) fn is_activated(&self) -> bool {
        self.get(keys::PROVIDER).is_some() || self.is_served()
    }

    /// True when a server of the organization gives the configuration; it replaces all values (OD).
    pub(super) fn is_served(&self) -> bool {
        let is_set = self.get("bootstrapUrl").and_then(Value::as_str).is_some_and(|url| !url.is_empty());
        is_set && self.flag("bootstrapEnabled") != Ok(Some(false))
    }

    pub(super) fn source(&self) -> Source {
        self.source
    }

    pub(super) fn text(&self, key: &'static str) -> Result<Option<&'a str>, Unusable> {
        self.get(key).map(|value| value.as_str().ok_or(Unusable::WrongType(key))).transpose()
    }

    pub(super) fn flag(&self, key: &'static str) -> Result<Option<bool>, Unusable> {
        self.read(key, Kind::Flag, |value| value.as_bool())
    }

    pub(super) fn list(&self, key: &'static str) -> Result<Option<Vec<Value>>, Unusable> {
        self.read(key, Kind::Items, |value| value.as_array().cloned())
    }

    fn read<T>(
        &self,
        key: &'static str,
        kind: Kind,
        native: impl Fn(&Value) -> Option<T>,
    ) -> Result<Option<T>, Unusable> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let is_managed = self.source == Source::Managed;
        let written = || kind.read(value).filter(|_| is_managed).and_then(|value| native(&value));
        native(value).or_else(written).map(Some).ok_or(Unusable::WrongType(key))
    }

    fn get(&self, key: &str) -> Option<&'a Value> {
        self.all.get(key).filter(|_| keys::is_known(key, self.version))
    }
}
