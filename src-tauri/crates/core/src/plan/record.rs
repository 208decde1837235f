//! The journal of a plan: written before the plan is carried out, with all that is needed to revert it.

use super::{Facts, Plan, Wishes};
use crate::change::{Content, Edit, FileChange, Target};
use crate::check::AuthScheme;
use crate::claude::keys;
use crate::json::Document;
use crate::patch::Patch;
use crate::secret::MaskedKey;
use crate::undo::{Journal, KeyBefore, KeyPlace, Pending, Purpose, SCHEMA};

impl Journal {
    /// The journal for the return to Anthropic's own sign-in.
    pub fn of_leaving(plan: &Plan, facts: &Facts, made_folders: Vec<String>) -> Self {
        let (files, pending, made_folders) = remembered(plan, facts, made_folders);
        Self {
            schema: SCHEMA,
            pending: Some(pending),
            undoing: false,
            purpose: Purpose::Left,
            claude: facts.claude.version,
            profile_id: plan.profile_id.clone(),
            name: String::new(),
            base: String::new(),
            scheme: AuthScheme::Bearer,
            models: Vec::new(),
            every_model: false,
            key_place: KeyPlace::Keychain,
            key: None,
            egress: None,
            files,
            made_folders,
            stray_key: facts.journal.as_ref().is_some_and(|earlier| earlier.stray_key),
        }
    }

    /// The journal for a plan that is about to be carried out. What an earlier journal recorded of the original
    /// state is kept.
    pub fn of(plan: &Plan, facts: &Facts, wishes: &Wishes, key: Option<MaskedKey>, made_folders: Vec<String>) -> Self {
        let (files, pending, made_folders) = remembered(plan, facts, made_folders);
        Self {
            schema: SCHEMA,
            pending: Some(pending),
            undoing: false,
            purpose: Purpose::Connected,
            claude: facts.claude.version,
            profile_id: plan.profile_id.clone(),
            name: wishes.name.clone(),
            base: wishes.base.as_str().to_owned(),
            scheme: wishes.scheme,
            models: if wishes.every_model { Vec::new() } else { wishes.models.clone() },
            every_model: wishes.every_model,
            key_place: wishes.key_place,
            key,
            egress: wishes.egress.clone(),
            files,
            made_folders,
            stray_key: facts.journal.as_ref().is_some_and(|earlier| earlier.stray_key),
        }
    }
}

/// The values before the first change, the changes under way, and the created folders.
fn remembered(plan: &Plan, facts: &Facts, made_folders: Vec<String>) -> (Vec<FileChange>, Pending, Vec<String>) {
    let earlier = facts.journal.as_ref();
    let mut files = earlier.map_or_else(Vec::new, |journal| journal.files.clone());
    let mut pending = Vec::new();
    for change in &plan.files {
        let now = facts.file(&change.path).document().ok();
        let exact = now.as_ref().and_then(|now| patch(change, &change.apply(now, None), now.text()));
        pending.push(FileChange { patch: exact.clone(), ..change.clone() });
        match files.iter_mut().find(|file| file.path == change.path) {
            Some(known) => {
                let first = now.as_ref().and_then(|now| first_text(known, now));
                merge(&mut known.edits, &change.edits);
                known.patch = now.and_then(|now| patch(known, &change.apply(&now, None), &first?));
            }
            None => files.push(FileChange { patch: exact, ..change.clone() }),
        }
    }
    let mut folders = earlier.map_or_else(Vec::new, |journal| journal.made_folders.clone());
    folders.extend(made_folders.into_iter().filter(|folder| !folders.contains(folder)).collect::<Vec<_>>());
    (
        files,
        Pending { earlier: earlier.cloned().map(Box::new), files: pending, key_before: KeyBefore::NotAsked },
        folders,
    )
}

/// The text before the first change, if it can be computed from the present one.
fn first_text(known: &FileChange, now: &Document) -> Option<String> {
    known.patch.as_ref()?.apply(put_back(known, now).text())
}

/// The difference between the text with restored values and the first text, as far as it can be recorded
/// without any of the text itself. `None` where a key is involved.
fn patch(change: &FileChange, after: &Document, first: &str) -> Option<Patch> {
    let holds_key = change.edits.iter().any(|edit| edit.before == Content::Key || edit.after == Content::Key);
    if holds_key || first.contains(keys::API_KEY) {
        return None;
    }
    // The texts of the changed values; the values themselves are in the journal anyway.
    let known = || {
        let first = Document::parse(first.as_bytes()).unwrap_or_else(|_| Document::empty());
        let texts = change.edits.iter().filter_map(|edit| match &edit.target {
            Target::Value(key) => first.raw(key),
            Target::Entry(_) => None,
        });
        texts.collect::<Vec<_>>().join("\n")
    };
    Patch::between(put_back(change, after).text(), first, known)
}

/// The document with every value as it was before.
fn put_back(change: &FileChange, after: &Document) -> Document {
    let puts: Vec<_> = change.edits.iter().filter_map(|edit| edit.target.put(&edit.before, None)).collect();
    after.with_all(&puts)
}

fn merge(known: &mut Vec<Edit>, new: &[Edit]) {
    for edit in new {
        match known.iter_mut().find(|known| known.target == edit.target) {
            Some(known) => known.after.clone_from(&edit.after),
            None => known.push(edit.clone()),
        }
    }
}
