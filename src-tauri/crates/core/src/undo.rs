//! What was written, and how to take it back.
//!
//! The [`Journal`] is on disk before the first change is made. It holds values, not files: the value
//! before the *first* time that this program touched it, and the value that it wrote last. Undo puts
//! a value back only where it still is what was written, so that later edits of others stay.

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
    /// It is right already.
    Unchanged,
    /// It cannot be understood or read now. It is left alone, and what belongs into it stays remembered.
    Wait,
    /// It gets this text.
    Write(Document),
    /// It was damaged before, and the copy that was kept aside takes its place again.
    PutBack {
        /// Where the copy is.
        copy: String,
    },
    /// It was made by this program and nothing of others is in it.
    Delete,
}

/// What undo will do.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UndoPlan {
    /// The files, in the order in which they are written: the mode first, the profile last, so that
    /// nothing ever points at what is gone.
    pub files: Vec<(String, Restore)>,
    /// Values that are put back.
    pub restored: Vec<EditView>,
    /// Values that are left alone, because somebody changed them later.
    pub left: Vec<EditView>,
    /// What could not be given back now, and is to be remembered.
    pub rest: Vec<FileChange>,
    /// Worth saying.
    pub findings: Vec<Finding>,
}

/// Plans the undoing of a journal. `now` tells what a file is now.
pub fn plan_undo(journal: &Journal, now: impl Fn(&str) -> FileFact) -> UndoPlan {
    let mut plan = UndoPlan::default();
    // What each list will select, by its folder: nothing where the list cannot be understood.
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
                        // The list may still name it, and its file must be there then.
                        None => Restore::Wait,
                        // Somebody selected it later: without its file Claude would take an undocumented path.
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

/// Plans the taking back of changes that are under way, and of nothing before them.
pub fn plan_rollback(journal: &Journal, pending: &Pending, now: impl Fn(&str) -> FileFact) -> UndoPlan {
    plan_undo(&Journal { files: pending.files.clone(), pending: None, ..journal.clone() }, now)
}

/// The id that a list will select once it is restored; nothing where that cannot be told.
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

/// Plans one file, and notes in `plan` which values go back and which are left.
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
        // All that stood in it is lost, and nobody knows whose that was.
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
            // The entry is ours by its id, whatever else was noted in it.
            Target::Entry(_) => current != Content::Absent,
            Target::Value(_) => journal.has_written(&file.path, &edit.target, &current),
        };
        if edit.before == Content::Key && holds_key_of_another_address(journal, file, &document) {
            // The key of before is not known to anybody any more, and ours must not go to the address of before.
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
        let before = undangled(edit, file, &document, now);
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

/// True when the key in a profile is the one that this program wrote, and the profile's address was another
/// one before.
fn holds_key_of_another_address(journal: &Journal, file: &FileChange, document: &Document) -> bool {
    let key = document.get(keys::API_KEY).and_then(Value::as_str).map(|key| Secret::new(key.to_owned()).masked());
    let is_address = |edit: &&Edit| edit.target == Target::Value(keys::BASE_URL.to_owned());
    let has_moved = file.edits.iter().find(is_address).is_some_and(|edit| edit.before != edit.after);
    has_moved && key.is_some() && key == journal.key
}

/// True for a value of this file as it is told; the names of files differ in what they hold.
fn is_of(file: &FileChange, view: &EditView) -> bool {
    file.edits.iter().any(|edit| reversed(edit, &edit.before) == *view)
}

/// True for the file of this profile.
fn is_profile_of(path: &str, id: &str) -> bool {
    is_profile_id(id) && name_of(path).strip_suffix(".json") == Some(id)
}

/// What was before, but never a selection of a profile that is gone: Claude would then take an
/// undocumented path. No selection at all is a documented way out of this mode (PI).
fn undangled(edit: &Edit, list: &FileChange, meta: &Document, now: &impl Fn(&str) -> FileFact) -> Content {
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

/// A path without its last part. Claude's files may lie in two folders, and a list names its own.
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
