//! What undoing is told as.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::change::EditView;
use crate::finding::Finding;

/// How far back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum UndoGoal {
    /// To what was there before this program changed anything, be it another gateway.
    Before,
    /// To Anthropic's own sign-in, whatever was there before.
    Anthropic,
}

/// The result of undoing.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct UndoReport {
    /// How far back it was to go.
    pub goal: UndoGoal,
    /// Everything was undone, but for values that somebody changed later.
    pub undone: bool,
    /// Something could not be put back yet, and is remembered.
    pub unfinished: bool,
    /// Values that were put back.
    pub restored: Vec<EditView>,
    /// Values that were left alone, because somebody changed them later.
    pub left: Vec<EditView>,
    /// Worth saying, worst first.
    pub findings: Vec<Finding>,
}
