//! Plans undo and rollback from the journal.
//!
//! The [`Journal`] is on disk before the first change is made. It holds values, not files: the value
//! before the *first* change by this program, and the value that it wrote last. Undo restores a value only
//! where it still is what was written, so that later edits of others are kept.

mod journal;
mod report;

pub use journal::{Journal, KeyBefore, KeyPlace, Pending, Purpose, SCHEMA};
pub use report::{UndoGoal, UndoReport};

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::change::{Content, Edit, EditView, FileChange, Target};
use crate::claude::library::{FileFact, NEUTRAL, is_profile_id};
use crate::claude::{FileRole, keys};
use crate::finding::{Code, Finding};
use crate::json::Document;
use crate::secret::Secret;

/// What undo does with one file.
#[derive(Debug, Clone, PartialEq)]
pub enum Restore {
    /// Nothing has to be done.
    Unchanged,
    /// The file cannot be understood or read now. It is not changed, and its values remain in the journal.
    Wait,
    /// This text is written.
    Write(Document),
    /// The file was damaged before, and its copy replaces it again.
    PutBack {
        /// The path of the copy.
        copy: String,
    },
    /// The file is deleted: this program created it and it holds nothing of others.
    Delete,
}

/// What undo will do.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UndoPlan {
    /// The files, in the order in which they are written: the mode first, the profile last, so that
    /// nothing ever refers to a missing file.
    pub files: Vec<(String, Restore)>,
    /// Values that are restored.
    pub restored: Vec<EditView>,
    /// Values that are not restored, because they were changed later.
    pub left: Vec<EditView>,
    /// Changes that cannot be reverted now and remain in the journal.
    pub rest: Vec<FileChange>,
    /// Findings about what is not restored.
    pub findings: Vec<Finding>,
}

/// Plans the undo of a journal. `now` gives the present state of a file by its path.
pub fn plan_undo(journal: &Journal, now: impl Fn(&str) -> FileFact) -> UndoPlan {
    let mut plan = UndoPlan::default();
    // What each list will select, by its folder: `None` where the list cannot be understood.
    let mut selected: BTreeMap<String, Option<Option<String>>> = BTreeMap::new();
    for role in [FileRole::Mode, FileRole::Meta, FileRole::Profile] {
        for file in journal.files.iter().filter(|file| file.role == role) {
            let folder = folder_of(&file.path);
            let mut restore = restore(file, &now(&file.path), journal, &now, &mut plan);
            match role {
                FileRole::Meta => {
                    selected.insert(folder.to_owned(), selection(&restore, &now(&file.path), &now));
                }
                FileRole::Profile if restore == Restore::Delete => {
                    let list = format!("{}_meta.json", &file.path[..file.path.len() - name_of(&file.path).len()]);
                    let selected = selected.entry(folder.to_owned()).or_insert_with(|| applied(&now(&list)));
                    restore = match selected {
                        // The list may still name the profile, so its file must exist.
                        None => Restore::Wait,
                        // The profile was selected later: without its file Claude's behaviour is undocumented.
                        Some(Some(id)) if is_profile_of(&file.path, id) => Restore::Unchanged,
                        Some(_) => Restore::Delete,
                    };
                }
                _ => {}
            }
            if restore == Restore::Wait {
                plan.rest.push(file.clone());
                plan.restored.retain(|view| !is_of(file, view));
            }
            plan.files.push((file.path.clone(), restore));
        }
    }
    if !plan.left.is_empty() {
        let names: Vec<&str> = plan.left.iter().map(|edit| edit.key.as_str()).collect();
        plan.findings.push(Finding::new(Code::UndoLeft).with("keys", names.join(", ")));
    }
    plan
}

/// Plans the rollback of the changes that are under way, and of nothing before them.
pub fn plan_rollback(journal: &Journal, pending: &Pending, now: impl Fn(&str) -> FileFact) -> UndoPlan {
    plan_undo(&Journal { files: pending.files.clone(), pending: None, ..journal.clone() }, now)
}

/// The id that a list will select once it is restored; `None` where that is unknown.
fn selection(restore: &Restore, fact: &FileFact, now: &impl Fn(&str) -> FileFact) -> Option<Option<String>> {
    match restore {
        Restore::Write(list) => Some(list.get(keys::APPLIED).and_then(Value::as_str).map(str::to_owned)),
        Restore::Unchanged => applied(fact),
        Restore::PutBack { copy } => applied(&now(copy)),
        Restore::Delete => Some(None),
        Restore::Wait => None,
    }
}

fn applied(list: &FileFact) -> Option<Option<String>> {
    let list = list.document().ok()?;
    Some(list.get(keys::APPLIED).and_then(Value::as_str).map(str::to_owned))
}

/// Plans one file, and records in `plan` which values are restored and which are not.
fn restore(
    file: &FileChange,
    fact: &FileFact,
    journal: &Journal,
    now: &impl Fn(&str) -> FileFact,
    plan: &mut UndoPlan,
) -> Restore {
    if fact.is_absent() {
        return Restore::Unchanged;
    }
    let is_ours_alone = file.role == FileRole::Profile && !file.existed;
    let document = match fact.document() {
        Ok(document) => document,
        Err(_) if is_ours_alone && matches!(fact, FileFact::Present(_)) => return Restore::Delete,
        Err(error) => {
            plan.findings.push(Finding::new(Code::FileNotUnderstood).with("path", &file.path).with("reason", error));
            return Restore::Wait;
        }
    };
    if fact.is_damaged() && document.is_empty() && !is_ours_alone {
        // All of its content is lost, and whose it was is unknown.
        plan.left.extend(file.edits.iter().map(Edit::view));
        return Restore::Unchanged;
    }
    if is_ours_alone {
        plan.restored.extend(file.edits.iter().map(|edit| reversed(edit, &edit.before)));
        return Restore::Delete;
    }
    let mut edited = document.clone();
    for edit in &file.edits {
        let current = edit.target.read(&document);
        let is_as_written = match &edit.target {
            // The entry is ours by its id, even if members were added to it.
            Target::Entry(_) => current != Content::Absent,
            Target::Value(_) => journal.has_written(&file.path, &edit.target, &current),
        };
        if edit.before == Content::Key && holds_key_of_another_address(journal, file, &document) {
            // There is no copy of the previous key left, and the new key must not be sent to the previous address.
            edited = edit.target.write(&edited, &Content::Absent, None);
            plan.left
                .push(Edit { target: edit.target.clone(), before: Content::Absent, after: edit.before.clone() }.view());
            continue;
        }
        if current == edit.before {
            continue;
        }
        if !is_as_written || edit.before == Content::Key {
            let kept = Edit { target: edit.target.clone(), before: current, after: edit.before.clone() };
            plan.left.push(kept.view());
            continue;
        }
        let before = without_dangling_selection(edit, file, &document, now);
        edited = edit.target.write(&edited, &before, None);
        plan.restored.push(reversed(edit, &before));
    }
    let leftover_entries = edited.get(keys::ENTRIES) == Some(&json!([])) && !file.existed;
    let bare = if leftover_entries { edited.with(keys::ENTRIES, None) } else { edited.clone() };
    if !file.existed && bare.is_empty() {
        return Restore::Delete;
    }
    let exact = file.patch.as_ref().and_then(|patch| Document::parse(patch.apply(edited.text())?.as_bytes()).ok());
    let whole = exact.unwrap_or(edited);
    if let Some(copy) = &file.kept_aside {
        let damaged = now(copy);
        if !damaged.is_absent() && damaged.document().is_ok_and(|sound| sound == whole) {
            return Restore::PutBack { copy: copy.clone() };
        }
    }
    if whole == document { Restore::Unchanged } else { Restore::Write(whole) }
}

/// True when the key in a profile is the one that this program wrote, and the profile had another address
/// before.
fn holds_key_of_another_address(journal: &Journal, file: &FileChange, document: &Document) -> bool {
    let key = document.get(keys::API_KEY).and_then(Value::as_str).map(|key| Secret::new(key.to_owned()).masked());
    let is_address = |edit: &&Edit| edit.target == Target::Value(keys::BASE_URL.to_owned());
    let has_moved = file.edits.iter().find(is_address).is_some_and(|edit| edit.before != edit.after);
    has_moved && key.is_some() && key == journal.key
}

/// True for a shown value that belongs to this file; no value name occurs in two kinds of file.
fn is_of(file: &FileChange, view: &EditView) -> bool {
    file.edits.iter().any(|edit| reversed(edit, &edit.before) == *view)
}

/// True for the file of this profile.
fn is_profile_of(path: &str, id: &str) -> bool {
    is_profile_id(id) && name_of(path).strip_suffix(".json") == Some(id)
}

/// The previous value, but never a selection of a missing profile: Claude's behaviour would then be
/// undocumented. No selection at all is a documented way to leave this mode (PI).
fn without_dangling_selection(
    edit: &Edit,
    list: &FileChange,
    meta: &Document,
    now: &impl Fn(&str) -> FileFact,
) -> Content {
    if edit.target != Target::Value(keys::APPLIED.to_owned()) {
        return edit.before.clone();
    }
    let Content::Plain(Value::String(id)) = &edit.before else { return edit.before.clone() };
    // The app's own empty `Default` may have no file.
    let is_default = || {
        let entry = meta.element(keys::ENTRIES, id);
        entry.is_some_and(|entry| entry.get("name").and_then(Value::as_str) == Some(NEUTRAL))
    };
    let profile = format!("{}{id}.json", &list.path[..list.path.len() - name_of(&list.path).len()]);
    let is_there = !now(&profile).is_absent() || is_default();
    if is_there || id.is_empty() { edit.before.clone() } else { Content::Absent }
}

/// A path without its last part. Claude's files may lie in two folders, and a list refers to its own folder.
fn folder_of(path: &str) -> &str {
    path.rsplit_once(['/', '\\']).map_or("", |(folder, _)| folder)
}

/// The last part of a path.
fn name_of(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or_default()
}

fn reversed(edit: &Edit, before: &Content) -> EditView {
    EditView { key: edit.target.name().to_owned(), before: edit.after.shown(), after: before.shown() }
}

#[cfg(test)]
mod tests;
