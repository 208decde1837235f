//! A gateway in the form for the page.

use schemars::JsonSchema;
use serde::Serialize;
use ts_rs::TS;

/// A gateway in the form for the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[ts(export)]
pub struct PresetView {
    /// Its name for people.
    pub name: String,
    /// Its base address.
    pub base: String,
    /// The host of that address.
    pub host: String,
    /// True for the built-in one: only its address may be called official.
    pub built_in: bool,
    /// True when a console page is known.
    pub has_console: bool,
    /// That page.
    pub console: Option<String>,
    /// The models that it recommends, the default first.
    pub models: Vec<String>,
    /// Hosts to allow for Claude's own tools; `None` leaves the setting unchanged.
    pub egress: Option<Vec<String>>,
    /// The author's name.
    pub supporter: Option<String>,
    /// The author's message.
    pub note: Option<String>,
    /// The last day of validity.
    pub expires: Option<String>,
    /// The signer's name, if the key is known.
    pub signer: Option<String>,
}
