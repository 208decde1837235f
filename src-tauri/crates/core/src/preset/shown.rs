//! What the page may know of a gateway.

use schemars::JsonSchema;
use serde::Serialize;
use ts_rs::TS;

/// A gateway, as the page may know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[ts(export)]
pub struct PresetView {
    /// Its name for people.
    pub name: String,
    /// Its base address.
    pub base: String,
    /// The host of that address.
    pub host: String,
    /// True for the one that came with the program: nobody else may call an address official.
    pub built_in: bool,
    /// True when a console page is known.
    pub has_console: bool,
    /// That page.
    pub console: Option<String>,
    /// The models that it recommends, the default first.
    pub models: Vec<String>,
    /// Hosts that it wants opened for Claude's own tools; nothing leaves them as they are.
    pub egress: Option<Vec<String>>,
    /// Who made it.
    pub supporter: Option<String>,
    /// What they have to say.
    pub note: Option<String>,
    /// The last day on which it counts.
    pub expires: Option<String>,
    /// Who signed it, if that is somebody known.
    pub signer: Option<String>,
}
