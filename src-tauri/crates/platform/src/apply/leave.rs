//! Switches Claude back to Anthropic's own sign-in, as a change with a journal like any other.

use airouter_core::finding::Finding;
use airouter_core::plan::{Plan, plan_leaving};
use airouter_core::undo::Journal;

use super::write::Writing;
use super::{attributes, folders_to_make, write};
use crate::places::Places;
use crate::{observe, recover, state};

/// Deselects every gateway. The caller holds the lock, and Claude is closed. Returns the plan that was carried
/// out; it has no files if nothing was to be done.
///
/// # Errors
/// A blocking finding; then everything is as before. If the rollback failed, an `Interrupted` finding and the
/// findings about damaged files that were copied.
pub(crate) fn leave(places: &Places) -> Result<Plan, Vec<Finding>> {
    let single = |finding| vec![finding];
    let facts = observe::facts(places, None).map_err(single)?;
    let plan = plan_leaving(&facts);
    if let Some(finding) = plan.findings.iter().find(|finding| finding.blocks()) {
        return Err(vec![finding.clone()]);
    }
    if plan.files.is_empty() {
        return Ok(plan);
    }
    write::may_write(&plan.files).map_err(single)?;
    let mut journal = Journal::of_leaving(&plan, &facts, folders_to_make(places));
    let changes = attributes::record(&mut journal, facts.journal.as_ref(), places);
    state::write_journal(places, Some(&journal)).map_err(single)?;
    let mut writing = Writing::new(places);
    let done = writing
        .prepare(&changes, None)
        .and_then(|()| writing.write(None))
        .and_then(|()| writing.verify(false))
        .and_then(|()| {
            journal.pending = None;
            state::write_journal(places, Some(&journal))
        });
    if let Err(finding) = done {
        let back = writing.roll_back().and_then(|()| state::write_journal(places, facts.journal.as_ref()));
        return Err(match back {
            Ok(()) => vec![finding],
            // The journal stays on disk, and the next start rolls the change back.
            Err(cause) => [recover::interrupted(&cause)].into_iter().chain(plan.kept_aside().cloned()).collect(),
        });
    }
    Ok(plan)
}
