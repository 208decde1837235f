//! The values of the configuration that counts, as a version of Claude takes them.
//!
//! A key that the version does not know is not there for it. In the library values have their own
//! types; an administrator's source may write them as text (OD). A key of the wrong type is said,
//! because Claude then uses nothing of the block.

use serde_json::{Map, Value};

use super::{Source, Unusable};
use crate::claude::keys;
use crate::claude::version::Version;

/// A configuration, seen by a version.
pub(super) struct Values<'a> {
    all: &'a Map<String, Value>,
    source: Source,
    pub(super) version: Option<Version>,
}

impl<'a> Values<'a> {
    pub(super) fn new(all: &'a Map<String, Value>, source: Source, version: Option<Version>) -> Self {
        Self { all, source, version }
    }

    /// Third-party inference is set: a provider, or a server that tells one (PI).
    pub(super) fn is_activated(&self) -> bool {
        self.get(keys::PROVIDER).is_some() || self.is_served()
    }

    /// A server of the organization tells the configuration; it takes the place of all values (OD).
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
        let native = |value: &Value| value.as_bool();
        let written = |text: &str| text.parse().ok();
        self.read(key, native, written)
    }

    pub(super) fn list(&self, key: &'static str) -> Result<Option<Vec<Value>>, Unusable> {
        let native = |value: &Value| value.as_array().cloned();
        let written = |text: &str| serde_json::from_str(text).ok();
        self.read(key, native, written)
    }

    fn read<T>(
        &self,
        key: &'static str,
        native: impl Fn(&Value) -> Option<T>,
        written: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Unusable> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let as_text = || value.as_str().filter(|_| self.source == Source::Managed).and_then(written);
        native(value).or_else(as_text).map(Some).ok_or(Unusable::WrongType(key))
    }

    fn get(&self, key: &str) -> Option<&'a Value> {
        self.all.get(key).filter(|_| keys::is_known(key, self.version))
    }
}
