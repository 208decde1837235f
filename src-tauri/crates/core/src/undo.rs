//! What was written, and how to take it back.
//!
//! The [`Journal`] is on disk before the first change is made. It holds values, not files: the value
//! before the *first* time that this program touched it, and the value that it wrote last. Undo puts
//! a value back only where it still is what was written, so that later edits of others stay.

mod patch;

pub use patch::Patch;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::change::{Content, Edit, FileChange, Target};
use crate::check::AuthScheme;
use crate::claude::keys;
use crate::claude::library::{FileFact, NEUTRAL, is_profile_id};
use crate::claude::version::Version;
use crate::finding::{Code, Finding};
use crate::json::Document;
use crate::plan::{Facts, Plan, Wishes};
use crate::secret::KeyFace;
use crate::view::{EditView, FileRole, KeyPlace};

/// The form of journal that this program writes; newer ones are refused.
pub const SCHEMA: u32 = 1;

/// What this program did to Claude's files. It holds no secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Journal {
    /// The form, [`SCHEMA`].
    pub schema: u32,
    /// What is being done right now; nothing once everything was written and read back.
    pub pending: Option<Pending>,
    /// True while everything is being undone.
    pub undoing: bool,
    /// What the changes are for.
    #[serde(default)]
    pub purpose: Purpose,
    /// Claude's version when they were made, if it was known.
    #[serde(default)]
    pub claude: Option<Version>,
    /// The profile that was selected: ours, or the neutral one.
    pub profile_id: String,
    /// The gateway's name, as the profile shows it.
    pub name: String,
    /// The address that was written.
    pub base: String,
    /// How the key is sent.
    pub scheme: AuthScheme,
    /// The chosen models.
    pub models: Vec<String>,
    /// Every model is shown instead.
    pub every_model: bool,
    /// Where the key lives.
    pub key_place: KeyPlace,
    /// What may be shown of the key.
    pub key: Option<KeyFace>,
    /// Hosts that Claude's own tools may reach, if the person chose them.
    #[serde(default)]
    pub egress: Option<Vec<String>>,
    /// The files with each value before the first and after the last writing.
    pub files: Vec<FileChange>,
    /// Folders that were made for these files, the outermost first.
    pub made_folders: Vec<String>,
}

/// What changes are for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// A gateway was connected.
    #[default]
    Connected,
    /// Claude was led back to Anthropic's own sign-in; there is no connection.
    Left,
}

/// Changes under way. If the program ends now, the next start takes them back or completes them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pending {
    /// The journal before these changes.
    pub earlier: Option<Box<Journal>>,
    /// The files with each value before and after these changes.
    pub files: Vec<FileChange>,
}

impl Pending {
    /// True when every value is as it was to become.
    pub fn is_done(&self, now: impl Fn(&str) -> FileFact) -> bool {
        self.files.iter().all(|file| {
            let document = now(&file.path).document();
            document.is_ok_and(|document| file.edits.iter().all(|edit| edit.target.read(&document) == edit.after))
        })
    }

    /// The texts that complete the changes, in the order in which they are written; nothing if a file
    /// is not what these changes were made for, or a key would be needed.
    pub fn completion(&self, now: impl Fn(&str) -> FileFact) -> Option<Vec<(String, Document)>> {
        let complete = |file: &FileChange| {
            let document = now(&file.path).document().ok()?;
            let is_known = file.edits.iter().all(|edit| {
                let current = edit.target.read(&document);
                edit.after != Content::Key && (current == edit.before || current == edit.after)
            });
            is_known.then(|| (file.path.clone(), file.apply(&document, None)))
        };
        self.files.iter().map(complete).collect()
    }
}

impl Journal {
    /// True when a gateway is connected, not left.
    pub fn is_connection(&self) -> bool {
        self.purpose == Purpose::Connected
    }

    /// The journal for leading Claude back to Anthropic's own sign-in.
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
        }
    }

    /// The journal for a plan that is about to be carried out. What an earlier journal knows of the
    /// time before is kept.
    pub fn of(plan: &Plan, facts: &Facts, wishes: &Wishes, key: Option<KeyFace>, made_folders: Vec<String>) -> Self {
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
        }
    }
}

/// What was there before the first change, what is under way now, and the folders that were made.
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
    (files, Pending { earlier: earlier.cloned().map(Box::new), files: pending }, folders)
}

/// The text before the first change, if it can be had from what is there now.
fn first_text(known: &FileChange, now: &Document) -> Option<String> {
    known.patch.as_ref()?.apply(put_back(known, now).text())
}

/// The way from the values put back to the first text. Where a key is in play, or where more than
/// white space of somebody's settings would have to be kept, there is none.
fn patch(change: &FileChange, after: &Document, first: &str) -> Option<Patch> {
    let holds_key = change.edits.iter().any(|edit| edit.before == Content::Key || edit.after == Content::Key);
    let patch = Patch::between(put_back(change, after).text(), first)?;
    let is_kept = !holds_key && !first.contains(keys::API_KEY) && (change.role != FileRole::Mode || patch.is_blank());
    is_kept.then_some(patch)
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

/// What undo does with one file.
#[derive(Debug, Clone, PartialEq)]
pub enum Restore {
    /// It is right already, or cannot be touched.
    Keep,
    /// It gets this text.
    Write(Document),
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
    /// Values that are left alone.
    pub left: Vec<EditView>,
    /// Worth saying.
    pub findings: Vec<Finding>,
}

/// Plans the undoing of a journal. `now` tells what a file is now.
pub fn plan_undo(journal: &Journal, now: impl Fn(&str) -> FileFact) -> UndoPlan {
    let mut plan = UndoPlan::default();
    let mut selected = None;
    for role in [FileRole::Mode, FileRole::Meta, FileRole::Profile] {
        for file in journal.files.iter().filter(|file| file.role == role) {
            let mut restore = restore(file, &now(&file.path), journal, &now, &mut plan);
            if role == FileRole::Meta {
                let meta = match &restore {
                    Restore::Write(meta) => Some(meta.clone()),
                    Restore::Keep => now(&file.path).document().ok(),
                    Restore::Delete => None,
                };
                selected = meta.and_then(|meta| meta.get(keys::APPLIED)?.as_str().map(str::to_owned));
            }
            // Somebody selected it later: without its file Claude would take an undocumented road.
            let is_selected = selected.as_deref().is_some_and(|id| is_profile_of(&file.path, id));
            if restore == Restore::Delete && is_selected {
                restore = Restore::Keep;
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

fn restore(
    file: &FileChange,
    fact: &FileFact,
    journal: &Journal,
    now: &impl Fn(&str) -> FileFact,
    plan: &mut UndoPlan,
) -> Restore {
    if fact.is_absent() {
        return Restore::Keep;
    }
    let is_ours_alone = file.role == FileRole::Profile && !file.existed;
    let document = match fact.document() {
        Ok(document) => document,
        Err(_) if is_ours_alone && matches!(fact, FileFact::Present(_)) => return Restore::Delete,
        Err(error) => {
            plan.left.extend(file.edits.iter().map(Edit::view));
            plan.findings
                .push(Finding::new(Code::FileNotUnderstood).with("path", &file.path).with("reason", error).softened());
            return Restore::Keep;
        }
    };
    if is_ours_alone {
        plan.restored.extend(file.edits.iter().map(reversed));
        return Restore::Delete;
    }
    let mut edited = document.clone();
    for edit in &file.edits {
        let current = edit.target.read(&document);
        let is_as_written = match &edit.target {
            // The entry is ours by its id, whatever else was noted in it.
            Target::Entry(_) => current != Content::Absent,
            Target::Value(_) => current == edit.after,
        };
        if current == edit.before {
            continue;
        }
        if !is_as_written || edit.before == Content::Key {
            let kept = Edit { target: edit.target.clone(), before: current, after: edit.before.clone() };
            plan.left.push(kept.view());
            continue;
        }
        let before = undangled(edit, file, &document, journal, now);
        edited = edit.target.write(&edited, &before, None);
        plan.restored.push(reversed(edit));
    }
    let leftover_entries = edited.get(keys::ENTRIES) == Some(&json!([])) && !file.existed;
    let bare = if leftover_entries { edited.with(keys::ENTRIES, None) } else { edited.clone() };
    if !file.existed && bare.is_empty() {
        Restore::Delete
    } else if edited == document {
        Restore::Keep
    } else {
        let exact = file.patch.as_ref().and_then(|patch| Document::parse(patch.apply(edited.text())?.as_bytes()).ok());
        Restore::Write(exact.unwrap_or(edited))
    }
}

/// True for the file of this profile.
fn is_profile_of(path: &str, id: &str) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    is_profile_id(id) && name.strip_suffix(".json") == Some(id)
}

/// What was before, but never a selection of a profile that is gone: Claude would then take an
/// undocumented road. No selection at all is a documented way out of this mode (PI).
fn undangled(
    edit: &Edit,
    list: &FileChange,
    meta: &Document,
    journal: &Journal,
    now: &impl Fn(&str) -> FileFact,
) -> Content {
    if edit.target != Target::Value(keys::APPLIED.to_owned()) {
        return edit.before.clone();
    }
    let Content::Plain(Value::String(id)) = &edit.before else { return edit.before.clone() };
    let profile = journal
        .files
        .iter()
        .find(|file| file.role == FileRole::Profile && folder_of(&file.path) == folder_of(&list.path))
        .map(|file| file.path.replace(&journal.profile_id, id));
    // The app's own empty `Default` may have no file.
    let is_default = || {
        let entry = meta.element(keys::ENTRIES, id);
        entry.is_some_and(|entry| entry.get("name").and_then(Value::as_str) == Some(NEUTRAL))
    };
    let is_there = profile.is_some_and(|path| !now(&path).is_absent()) || is_default();
    if is_there || id.is_empty() { edit.before.clone() } else { Content::Absent }
}

/// A path without its last part. Claude's files may lie in two folders, and a list names its own.
fn folder_of(path: &str) -> &str {
    path.rsplit_once(['/', '\\']).map_or("", |(folder, _)| folder)
}

fn reversed(edit: &Edit) -> EditView {
    EditView { key: edit.target.name().to_owned(), before: edit.after.shown(), after: edit.before.shown() }
}

#[cfg(test)]
mod tests;
