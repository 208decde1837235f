//! Is everything already as it is wanted? A management system applies the same wishes every day, and on
//! all days but the first nothing may happen: no file touched, Claude not restarted.

use airouter_core::change::Content;
use airouter_core::plan::{Facts, Plan, Wishes, plan};
use airouter_core::secret::Secret;
use airouter_core::undo::Journal;
use airouter_core::view::{FileRole, KeyPlace};

use crate::places::{Places, library_in};
use crate::{files, helper, observe};

/// The plan that has nothing to do, if these wishes and this key are what was applied and all of it is
/// still in its place. Only looks; that Claude runs is no hindrance then.
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
    let helps = || match wishes.key_place {
        KeyPlace::Keychain => helper::is_up_to_date(places),
        // A key that the keychain did not give up is no reason to do everything again each day.
        KeyPlace::Profile => !places.helper.exists() || journal.stray_key,
    };
    let is_settled = is_as_wished && helps() && observe::key_in_use(places, journal).is_ok_and(|stored| stored == *key);
    is_settled.then_some(Plan { steps: Vec::new(), files: Vec::new(), ..plan })
}

/// True when a journal says that these wishes were carried out to the end.
fn is_applied(journal: &Journal, wishes: &Wishes) -> bool {
    let is_whole = journal.is_connection() && journal.pending.is_none() && !journal.undoing;
    let same = |applied: Wishes| {
        // No wish about hosts leaves them as they are.
        let egress = wishes.egress.is_none() || applied.egress == wishes.egress;
        egress && Wishes { egress: None, ..applied } == Wishes { egress: None, ..wishes.clone() }
    };
    is_whole && Wishes::of(journal, wishes.restart).is_ok_and(same)
}
