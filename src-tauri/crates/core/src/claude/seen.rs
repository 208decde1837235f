//! What is told of Claude Desktop, the program.

use schemars::JsonSchema;
use serde::Serialize;
use ts_rs::TS;

/// Claude Desktop on this computer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[ts(export)]
pub struct ClaudeView {
    /// It was found.
    pub installed: bool,
    /// It is running now.
    pub running: bool,
    /// The installed version, if it can be told.
    pub version: Option<String>,
    /// Where its program is.
    pub path: Option<String>,
}
