//! Leading Claude back to Anthropic's own sign-in, as one more journalled change.

use airouter_core::finding::Finding;
use airouter_core::plan::{Plan, plan_leaving};
use airouter_core::undo::Journal;

use super::write::Writing;
use super::{carried, folders_to_make, write};
use crate::places::Places;
use crate::{observe, recover, state};

/// Selects nobody's gateway, if one is selected. The caller holds the lock, and Claude is closed.
///
/// # Errors
/// A blocking finding; then everything is as before. Where it says that the change waits, what else is worth
/// saying of it follows.
pub(crate) fn leave(places: &Places) -> Result<Plan, Vec<Finding>> {
    let alone = |finding| vec![finding];
    let facts = observe::facts(places, None).map_err(alone)?;
    let plan = plan_leaving(&facts);
    if let Some(finding) = plan.findings.iter().find(|finding| finding.blocks()) {
        return Err(vec![finding.clone()]);
    }
    if plan.files.is_empty() {
        return Ok(plan);
    }
    write::may_write(&plan.files).map_err(alone)?;
    let mut journal = Journal::of_leaving(&plan, &facts, folders_to_make(places));
    let changes = carried::note(&mut journal, facts.journal.as_ref(), places);
    state::keep_journal(places, Some(&journal)).map_err(alone)?;
    let mut writing = Writing::new(places);
    let done = writing
        .prepare(&changes, None)
        .and_then(|()| writing.write(None))
        .and_then(|()| writing.verify(false))
        .and_then(|()| {
            journal.pending = None;
            state::keep_journal(places, Some(&journal))
        });
    if let Err(finding) = done {
        let back = writing.roll_back().and_then(|()| state::keep_journal(places, facts.journal.as_ref()));
        return Err(match back {
            Ok(()) => vec![finding],
            // The journal stays, and the next start takes it back.
            Err(cause) => [recover::interrupted(&cause)].into_iter().chain(plan.kept_aside().cloned()).collect(),
        });
    }
    Ok(plan)
}
