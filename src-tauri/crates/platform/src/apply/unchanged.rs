//! Checks whether the wishes are in effect already. A management system applies the same wishes every day; on
//! all days but the first, no file may be touched and Claude must not be restarted.

use airouter_core::change::Content;
use airouter_core::plan::{Facts, Plan, Wishes, plan};
use airouter_core::secret::Secret;
use airouter_core::undo::Journal;
use airouter_core::view::{FileRole, KeyPlace};

use crate::places::{Places, library_in};
use crate::{files, helper, observe};

/// Returns a plan without steps if these wishes and this key were applied before and everything is still in
/// place, else `None`. Only reads, so Claude may be running.
pub fn unchanged(places: &Places, facts: &Facts, wishes: &Wishes, key: &Secret) -> Option<Plan> {
    let places = &places.resolved();
    let journal = facts.journal.as_ref()?;
    let plan = plan(facts, &Wishes { restart: true, ..wishes.clone() });
    let is_as_wished = is_applied(journal, wishes)
        && journal.key.as_ref() == Some(&key.masked())
        && !plan.is_refused()
        && plan
            .files
            .iter()
            .flat_map(|file| &file.edits)
            .all(|edit| edit.before == Content::Key && edit.after == Content::Key)
        && journal.files.iter().any(|file| file.role == FileRole::Profile)
        && places.roots().all(|root| files::is_private(&library_in(root).join(format!("{}.json", plan.profile_id))));
    let helper_is_right = || match wishes.key_place {
        KeyPlace::Keychain => helper::is_up_to_date(places),
        // A key that the keychain did not remove is no reason to apply again every day.
        KeyPlace::Profile => !helper::is_left(places) || journal.stray_key,
    };
    let is_unchanged =
        is_as_wished && helper_is_right() && observe::key_in_use(places, journal).is_ok_and(|stored| stored == *key);
    is_unchanged.then_some(Plan { steps: Vec::new(), files: Vec::new(), ..plan })
}

/// True if the journal says that these wishes were applied completely.
fn is_applied(journal: &Journal, wishes: &Wishes) -> bool {
    let is_whole = journal.is_connection() && journal.pending.is_none() && !journal.undoing;
    let same = |applied: Wishes| {
        // Without a wish about hosts the present ones are kept.
        let egress = wishes.egress.is_none() || applied.egress == wishes.egress;
        egress && Wishes { egress: None, ..applied } == Wishes { egress: None, ..wishes.clone() }
    };
    is_whole && Wishes::of(journal, wishes.restart).is_ok_and(same)
}
