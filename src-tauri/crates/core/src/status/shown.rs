//! The state of a connection, as the page and the command line show it.

use schemars::JsonSchema;
use serde::Serialize;
use ts_rs::TS;

use crate::check::AuthScheme;
use crate::secret::MaskedKey;
use crate::undo::KeyPlace;

/// The connection that this program made, value by value.
#[derive(Debug, Clone, Serialize, JsonSchema, TS)]
#[ts(export)]
pub struct Status {
    /// The gateway's name when it was connected.
    pub name: String,
    /// Its address.
    pub base: String,
    /// The host of that address.
    pub host: String,
    /// The header in which the key is sent.
    pub scheme: AuthScheme,
    /// The chosen models, the default first; empty when every model is shown.
    pub models: Vec<String>,
    /// Where the key is stored.
    pub key_place: KeyPlace,
    /// The masked form of the stored key, if it could be read.
    pub key: Option<MaskedKey>,
    /// Each value that Claude reads.
    pub rows: Vec<StatusRow>,
    /// True when every row is as expected.
    pub healthy: bool,
    /// Hosts that Claude's tools were allowed beside the gateway; `None` where the setting was not changed.
    pub egress: Option<Vec<String>>,
}

/// One value that Claude reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[ts(export)]
pub struct StatusRow {
    /// Its name in Claude's files.
    pub name: String,
    /// What this program wrote.
    pub expected: Option<String>,
    /// The present value.
    pub actual: Option<String>,
    /// True when both agree.
    pub ok: bool,
    /// The source of the present value.
    pub source: ValueSource,
    /// Why it differs, as far as known.
    pub cause: Option<DriftCause>,
}

/// The source of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum ValueSource {
    /// Claude's own files.
    Local,
    /// It is not set, and Claude's default is in force.
    Default,
    /// An administrator's configuration, beside which the local one does not count.
    Policy,
    /// Managed by this program: the helper program and the keychain's entry.
    ThisProgram,
}

/// Why a value is no longer what was written. A guess; frequent causes come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum DriftCause {
    /// The person signed in to Anthropic, and Claude recorded it.
    SignedIn,
    /// Another profile was selected, by another program or in Claude's own window.
    OtherProfile,
    /// The file was removed.
    Removed,
    /// Claude was updated since.
    ClaudeUpdated,
    /// It was changed for an unknown reason.
    Changed,
}
