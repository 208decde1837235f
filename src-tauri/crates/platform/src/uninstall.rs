//! What an uninstaller calls.

use airouter_core::finding::Finding;

use crate::helper::{Removal, remove_unless_needed};
use crate::places::Places;
use crate::{recover, state};

/// Removes the helper and the key unless Claude still needs them. An interrupted change is recovered first.
///
/// # Errors
/// `AnotherCopy`, `Interrupted`, `JournalUnusable`, or `CannotWrite` if the helper cannot be removed.
pub fn clean(places: &Places) -> Result<Removal, Finding> {
    let _lock = state::lock(places)?;
    let recovered = recover::recover_locked(places);
    if let Some(finding) = recovered.filter(Finding::blocks) {
        return Err(finding);
    }
    let journal = state::journal(places)?;
    remove_unless_needed(places, journal.is_some_and(|journal| journal.may_hold_key()))
}
