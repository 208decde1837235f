//! What the state of a connection is told as.

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
    /// The gateway's name, as it was when it was connected.
    pub name: String,
    /// Its address.
    pub base: String,
    /// The host of that address.
    pub host: String,
    /// How the key is sent.
    pub scheme: AuthScheme,
    /// The chosen models, the default first; empty when every model is shown.
    pub models: Vec<String>,
    /// Where the key lives.
    pub key_place: KeyPlace,
    /// The stored key's masked, if it could be read.
    pub key: Option<MaskedKey>,
    /// Each value that Claude reads.
    pub rows: Vec<StatusRow>,
    /// True when every row is as expected.
    pub healthy: bool,
    /// Hosts that Claude's tools were allowed beside the gateway; nothing where that was left as it was.
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
    /// What is there.
    pub actual: Option<String>,
    /// Both agree.
    pub ok: bool,
    /// Where what is there comes from.
    pub source: ValueSource,
    /// Why it differs, as far as it can be told.
    pub cause: Option<DriftCause>,
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum ValueSource {
    /// Claude's own files.
    Local,
    /// It stands nowhere, and Claude's default counts.
    Default,
    /// An administrator's configuration, beside which the local one does not count.
    Policy,
    /// What this program keeps: the helper program and the keychain's entry.
    ThisProgram,
}

/// Why a value is no longer what was written. A guess, in the order of what is seen most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum DriftCause {
    /// The person signed in to Anthropic, and Claude noted it.
    SignedIn,
    /// Another profile was selected, by another program or in Claude's own window.
    OtherProfile,
    /// The file is gone.
    Removed,
    /// Claude was updated since.
    ClaudeUpdated,
    /// Somebody changed it.
    Changed,
}
