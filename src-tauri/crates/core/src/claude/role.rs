//! The files of Claude's that this program writes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A file of Claude's that this program writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum FileRole {
    /// `configLibrary/<id>.json`
    Profile,
    /// `configLibrary/_meta.json`
    Meta,
    /// `claude_desktop_config.json`
    Mode,
}
