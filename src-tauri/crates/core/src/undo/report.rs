//! The result of an undo, as the page and the command line show it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::change::EditView;
use crate::finding::Finding;

/// The state to return to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum UndoGoal {
    /// The state before this program's first change, which may be another gateway.
    Before,
    /// Anthropic's own sign-in, whatever the state was before.
    Anthropic,
}

/// The result of undoing.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct UndoReport {
    /// The state that was to be restored.
    pub goal: UndoGoal,
    /// True when everything was undone, except for values that were changed later.
    pub undone: bool,
    /// True when something could not be restored yet and remains in the journal.
    pub unfinished: bool,
    /// Values that were restored.
    pub restored: Vec<EditView>,
    /// Values that were not restored, because they were changed later.
    pub left: Vec<EditView>,
    /// All findings, worst first.
    pub findings: Vec<Finding>,
}
