//! Restores what was changed: Claude's files, then the key.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use airouter_core::change::FileChange;
use airouter_core::claude::library::FileFact;
use airouter_core::finding::{Code, Finding};
use airouter_core::json::Document;
use airouter_core::keychain::Answer;
use airouter_core::undo::{Journal, Restore, UndoPlan, plan_undo};
use airouter_core::view::EditView;

use crate::files::{self, Privacy, Replaced};
use crate::helper::{self, HelperUse, Removal};
use crate::places::{Places, root_of};
use crate::{claude, keychain, observe, state};

/// The result of undoing a journal.
pub(crate) struct JournalUndo {
    /// What was restored and what was left.
    pub(crate) plan: UndoPlan,
    /// All of Claude's files are restored.
    pub(crate) files_restored: bool,
    /// A journal remains: files are still to be restored, or a key may still be stored.
    pub(crate) has_remainder: bool,
    /// The finding about the remainder; has a meaning only if there is one.
    pub(crate) unfinished: Finding,
}

/// Undoes a journal. If it is interrupted, the next start continues. What cannot be restored now stays in the
/// journal.
///
/// # Errors
/// `CannotWrite`, or `ClaudeRunning` if Claude was started meanwhile: it writes its settings when it quits. The
/// next start continues.
pub(crate) fn undo_journal(places: &Places, journal: &Journal) -> Result<JournalUndo, Finding> {
    state::write_journal(places, Some(&Journal { undoing: true, ..journal.clone() }))?;
    let mut plan = restore(|now| plan_undo(journal, now))?;
    let restored = journal.files.iter().filter(|file| !plan.rest.iter().any(|rest| rest.path == file.path));
    restore_modes(restored)?;
    if !journal.is_key_alone() && claude::locate(places).is_some_and(|install| claude::is_running(&install)) {
        return Err(Finding::new(Code::ClaudeRunning));
    }
    files::remove_empty(journal.made_folders.iter().rev().map(Path::new));
    let key = remove_key_unless_needed(places, Some(journal), false)?;
    plan.findings.extend(key.finding);
    // A file that could not be restored may still need the key; both are then left to the next undo.
    let stays = key.state == KeyState::MayRemain
        || (key.state == KeyState::StillNeeded && !plan.rest.is_empty() && journal.may_hold_key());
    let remainder = journal.remainder(plan.rest.clone(), stays);
    let is_left = !remainder.files.is_empty() || remainder.stray_key;
    state::write_journal(places, is_left.then_some(&remainder))?;
    let files_restored = plan.rest.is_empty();
    Ok(JournalUndo { files_restored, has_remainder: is_left, unfinished: observe::unfinished(&remainder), plan })
}

/// Restores the modes that existing files had before this program made them private. A mode that was changed
/// since is kept.
///
/// # Errors
/// `CannotWrite` with the file and the system's reason.
pub(crate) fn restore_modes<'a>(files: impl IntoIterator<Item = &'a FileChange>) -> Result<(), Finding> {
    files.into_iter().try_for_each(|file| {
        let Some(mode) = file.mode else { return Ok(()) };
        let path = Path::new(&file.path);
        files::restore_mode(path, mode).map_err(|error| files::cannot_write(path, &error))
    })
}

/// Makes an undo plan with `make` and carries it out. If another program writes a file meanwhile, plans again, so
/// that its changes are kept. Returns the plan with everything that was restored.
///
/// # Errors
/// `CannotWrite`, `NotAsWritten`, or `ChangedMeanwhile` if another program never stops writing.
pub(crate) fn restore(make: impl Fn(&dyn Fn(&str) -> FileFact) -> UndoPlan) -> Result<UndoPlan, Finding> {
    let mut restored = Vec::new();
    for _ in 0..TRIES {
        let seen = Snapshots::default();
        let mut plan = make(&|path| seen.get(path));
        if write(&plan, &seen)? {
            // Add what earlier rounds restored, unless it was changed again.
            let is_new =
                |edit: &EditView| !plan.restored.contains(edit) && !plan.left.iter().any(|left| left.key == edit.key);
            let earlier: Vec<EditView> = restored.into_iter().filter(is_new).collect();
            plan.restored.extend(earlier);
            return Ok(plan);
        }
        restored = plan.restored;
    }
    Err(Finding::new(Code::ChangedMeanwhile))
}

/// How often to plan again because another program wrote in the same moment.
const TRIES: usize = 20;

/// Files as they were when they were first read: a file is replaced only if it is still the same.
#[derive(Default)]
pub(crate) struct Snapshots(RefCell<BTreeMap<String, FileFact>>);

impl Snapshots {
    /// The file as it was when it was first asked for.
    pub(crate) fn get(&self, path: &str) -> FileFact {
        let mut seen = self.0.borrow_mut();
        seen.entry(path.to_owned()).or_insert_with(|| observe::file_fact(path)).clone()
    }
}

/// Carries out a plan. Returns false if another program has changed a file; its change is kept, and a new plan is
/// needed.
fn write(plan: &UndoPlan, seen: &Snapshots) -> Result<bool, Finding> {
    for (name, restore) in &plan.files {
        let (path, seen) = (Path::new(name), seen.get(name));
        let done = match restore {
            Restore::Unchanged | Restore::Wait => Ok(true),
            Restore::Write(document) => replace(path, &seen, document),
            Restore::PutBack { copy } => restore_damaged(path, &seen, Path::new(copy)),
            Restore::Delete => files::remove_if(path, &seen),
        };
        if !done.map_err(|error| files::cannot_write(path, &error))? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Restores the bytes of a damaged file from its copy, and removes the copy.
fn restore_damaged(path: &Path, seen: &FileFact, copy: &Path) -> io::Result<bool> {
    let bytes = fs_err::read(copy)?;
    if *seen != FileFact::Present(bytes.clone())
        && !matches!(files::replace_if(path, seen, &bytes, Privacy::AsBefore)?, Replaced::Done(_))
    {
        return Ok(false);
    }
    files::remove(copy)?;
    Ok(true)
}

/// Replaces a file if it is as `seen`, and reads it again. False if it was changed or differs afterwards.
pub(crate) fn replace(path: &Path, seen: &FileFact, document: &Document) -> io::Result<bool> {
    let done = files::replace_if(path, seen, document.text().as_bytes(), Privacy::AsBefore)?;
    let Replaced::Done(mut former) = done else { return Ok(false) };
    let ours = FileFact::Present(document.text().as_bytes().to_vec());
    if let Some(late) = former.read().filter(|late| FileFact::Present(late.clone()) != *seen) {
        // A program that had the replaced file open has written to it after the replacement.
        files::replace_if(path, &ours, &late, Privacy::AsBefore)?;
        return Ok(false);
    }
    Ok(files::inspect(path, root_of(path)) == ours)
}

/// The result of removing the key.
pub(crate) struct KeyRemoval {
    /// Where the key is now.
    state: KeyState,
    /// What to tell the person.
    pub(crate) finding: Option<Finding>,
}

/// Whether a key is in the keychain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KeyState {
    /// It is not in our entry of the keychain.
    Removed,
    /// It is in the keychain, because a profile or a policy names the helper.
    StillNeeded,
    /// It may be in the keychain, though nothing needs it.
    MayRemain,
}

/// Removes the key and the helper program, unless a profile or a policy names the helper. A keychain that does
/// not answer is reported as a finding and does not stop the undo; the next undo tries again. `journal` is what was
/// undone, if there was one; `may_hold_key` says that a key may be stored although no journal tells of it.
///
/// # Errors
/// `CannotWrite` if the helper cannot be removed; the next start tries again.
pub(crate) fn remove_key_unless_needed(
    places: &Places,
    journal: Option<&Journal>,
    may_hold_key: bool,
) -> Result<KeyRemoval, Finding> {
    let of_a_connection = journal.is_some_and(Journal::may_hold_key);
    let gone = KeyRemoval { state: KeyState::Removed, finding: None };
    Ok(match helper::remove_unless_needed(places, of_a_connection || may_hold_key)? {
        // A file that cannot be read may be a profile that needs the key.
        Removal::KeyRemains(finding) if finding.code == Code::FileNotUnderstood => {
            let stays = Finding::new(Code::HelperNeeded).with("because", "unread");
            KeyRemoval {
                state: KeyState::MayRemain,
                finding: Some(stays.with("path", finding.fact("path").unwrap_or_default())),
            }
        }
        Removal::KeyRemains(finding) => KeyRemoval { state: KeyState::MayRemain, finding: Some(finding.softened()) },
        Removal::Removed | Removal::NothingToRemove => gone,
        Removal::StillNeeded => match (journal, helper::usage(places)) {
            // An older profile names the helper, and our key belongs to another address.
            (Some(journal), HelperUse::Named { bases })
                if of_a_connection && !bases.is_empty() && !bases.contains(&journal.base) =>
            {
                remove_own_key(places, journal)
            }
            _ => KeyRemoval { state: KeyState::StillNeeded, finding: Some(Finding::new(Code::HelperNeeded)) },
        },
    })
}

/// Removes the key of this connection from the keychain while a profile with another address names the helper. A
/// key that this connection did not store belongs to that profile and is kept.
fn remove_own_key(places: &Places, journal: &Journal) -> KeyRemoval {
    let gone = || KeyRemoval {
        state: KeyState::Removed,
        finding: Some(Finding::new(Code::KeyNotStored).with("because", "address").softened()),
    };
    let stays = |finding| {
        // Without the helper, Claude cannot get the key.
        let _ = helper::take_away(places);
        KeyRemoval { state: KeyState::MayRemain, finding: Some(finding) }
    };
    match helper::ask(places).masked() {
        // A journal of an older version does not record which key it was.
        Answer::Key(now) if journal.key.as_ref().map_or(!journal.is_connection(), |ours| *ours != now) => {
            KeyRemoval { state: KeyState::StillNeeded, finding: Some(Finding::new(Code::HelperNeeded)) }
        }
        Answer::None => gone(),
        Answer::Unknown(finding) => stays(finding),
        Answer::Key(_) => keychain::forget(places).map_or_else(stays, |()| gone()),
    }
}
