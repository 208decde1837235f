//! Claude Desktop as the page and the command line show it.

use schemars::JsonSchema;
use serde::Serialize;
use ts_rs::TS;

/// Claude Desktop on this computer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[ts(export)]
pub struct ClaudeView {
    /// True when it was found.
    pub installed: bool,
    /// True when it is running now.
    pub running: bool,
    /// The installed version, if known.
    pub version: Option<String>,
    /// The path of its program.
    pub path: Option<String>,
}
