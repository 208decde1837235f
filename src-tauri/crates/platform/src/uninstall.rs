//! For uninstallers.

use airouter_core::finding::Finding;

use crate::helper::{LetGo, let_go};
use crate::places::Places;
use crate::{recover, state};

/// Removes helper and key unless Claude still needs them.
///
/// # Errors
/// `AnotherCopy`, `Interrupted`, or `CannotWrite` when the helper cannot be removed.
pub fn clean(places: &Places) -> Result<LetGo, Finding> {
    let _lock = state::lock(places)?;
    let settled = recover::within_lock(places);
    if let Some(finding) = settled.filter(Finding::blocks) {
        return Err(finding);
    }
    let journal = state::journal(places)?;
    let_go(places, journal.is_some_and(|journal| journal.may_hold_key()))
}
