//! Giving back what was changed: Claude's files, then the key.

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
use crate::helper::{self, LetGo, Naming};
use crate::places::{Places, root_of};
use crate::{claude, keychain, observe, state};

/// What came of undoing a journal.
pub(crate) struct Undone {
    /// What was put back and what was left.
    pub(crate) plan: UndoPlan,
    /// Nothing of Claude's files is left to be given back.
    pub(crate) is_whole: bool,
    /// Something is left to do: files to be given back, or a key that may still be stored.
    pub(crate) is_remembered: bool,
    /// Says what is left, where something is.
    pub(crate) unfinished: Finding,
}

/// Undoes a journal. A sudden end on the way is no end: the next start goes on. What cannot be given back
/// now stays in the journal.
///
/// # Errors
/// Why nothing can be said to be undone: a file could not be written, or Claude was started meanwhile and
/// will write its settings when it quits. The next start goes on.
pub(crate) fn give_everything_back(places: &Places, journal: &Journal) -> Result<Undone, Finding> {
    state::keep_journal(places, Some(&Journal { undoing: true, ..journal.clone() }))?;
    let mut plan = restore(|now| plan_undo(journal, now))?;
    let given_back = journal.files.iter().filter(|file| !plan.rest.iter().any(|rest| rest.path == file.path));
    give_modes_back(given_back)?;
    if !journal.is_key_alone() && claude::locate(places).is_some_and(|install| claude::is_running(&install)) {
        return Err(Finding::new(Code::ClaudeRunning));
    }
    files::remove_empty(journal.made_folders.iter().rev().map(Path::new));
    let key = let_go_of_key(places, Some(journal), false)?;
    plan.findings.extend(key.finding);
    // Where a file could not be given back, what it asks for is let go of together with it.
    let stays =
        key.fate == Fate::Stays || (key.fate == Fate::Needed && !plan.rest.is_empty() && journal.may_hold_key());
    let remainder = journal.remainder(plan.rest.clone(), stays);
    let is_left = !remainder.files.is_empty() || remainder.stray_key;
    state::keep_journal(places, is_left.then_some(&remainder))?;
    let is_whole = plan.rest.is_empty();
    Ok(Undone { is_whole, is_remembered: is_left, unfinished: observe::unfinished(&remainder), plan })
}

/// Gives files that are there the mode that they had before this program closed them to others. One that
/// somebody has changed since stays as it is.
///
/// # Errors
/// `CannotWrite` with the file and what the system says.
pub(crate) fn give_modes_back<'a>(files: impl IntoIterator<Item = &'a FileChange>) -> Result<(), Finding> {
    files.into_iter().try_for_each(|file| {
        let Some(mode) = file.mode else { return Ok(()) };
        let path = Path::new(&file.path);
        files::open_again(path, mode).map_err(|error| files::cannot_write(path, &error))
    })
}

/// Plans and carries out; plans again where somebody has written meanwhile, so that what they wrote
/// stays.
///
/// # Errors
/// `CannotWrite`, `NotAsWritten`, or `ChangedMeanwhile` when somebody never stops writing.
pub(crate) fn restore(make: impl Fn(&dyn Fn(&str) -> FileFact) -> UndoPlan) -> Result<UndoPlan, Finding> {
    let mut restored = Vec::new();
    for _ in 0..TRIES {
        let seen = Seen::default();
        let mut plan = make(&|path| seen.look(path));
        if write(&plan, &seen)? {
            // What an earlier round put back belongs to the whole, unless somebody changed it again.
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

/// How often is planned again because somebody wrote in the same moment.
const TRIES: usize = 20;

/// Files as they were when they were looked at: what is written is compared with this.
#[derive(Default)]
pub(crate) struct Seen(RefCell<BTreeMap<String, FileFact>>);

impl Seen {
    /// What a file was when it was first asked for.
    pub(crate) fn look(&self, path: &str) -> FileFact {
        let mut seen = self.0.borrow_mut();
        seen.entry(path.to_owned()).or_insert_with(|| observe::now(path)).clone()
    }
}

/// False when somebody was quicker with a file; theirs is kept, and a new plan is needed.
fn write(plan: &UndoPlan, seen: &Seen) -> Result<bool, Finding> {
    for (name, restore) in &plan.files {
        let (path, seen) = (Path::new(name), seen.look(name));
        let done = match restore {
            Restore::Unchanged | Restore::Wait => Ok(true),
            Restore::Write(document) => replace(path, &seen, document),
            Restore::PutBack { copy } => put_back(path, &seen, Path::new(copy)),
            Restore::Delete => files::remove_if(path, &seen),
        };
        if !done.map_err(|error| files::cannot_write(path, &error))? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Gives a file that was damaged its bytes of before, and takes the copy away.
fn put_back(path: &Path, seen: &FileFact, copy: &Path) -> io::Result<bool> {
    let bytes = fs_err::read(copy)?;
    if *seen != FileFact::Present(bytes.clone())
        && !matches!(files::replace_if(path, seen, &bytes, Privacy::AsBefore)?, Replaced::Done(_))
    {
        return Ok(false);
    }
    files::remove(copy)?;
    Ok(true)
}

/// Replaces a file and reads it again.
pub(crate) fn replace(path: &Path, seen: &FileFact, document: &Document) -> io::Result<bool> {
    let done = files::replace_if(path, seen, document.text().as_bytes(), Privacy::AsBefore)?;
    let Replaced::Done(mut former) = done else { return Ok(false) };
    let ours = FileFact::Present(document.text().as_bytes().to_vec());
    if let Some(late) = former.read().filter(|late| FileFact::Present(late.clone()) != *seen) {
        // Somebody had the replaced file open and wrote into it only now.
        files::replace_if(path, &ours, &late, Privacy::AsBefore)?;
        return Ok(false);
    }
    Ok(files::look(path, root_of(path)) == ours)
}

/// What became of the key.
pub(crate) struct KeyLetGo {
    /// Where it is now.
    fate: Fate,
    /// Worth saying.
    pub(crate) finding: Option<Finding>,
}

/// Where a key is after letting go of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// In no keychain of ours.
    Gone,
    /// In the keychain, because something of Claude's asks for it.
    Needed,
    /// Perhaps in the keychain, though nothing asks for it.
    Stays,
}

/// Removes the key and the helper program, unless something of Claude's names the helper. A keychain that
/// does not answer is worth saying and no reason to stay connected; another undo tries again. `journal` is
/// what was undone, if there was one; `may_hold_key` says that a key may be stored though none tells of it.
///
/// # Errors
/// `CannotWrite` when the helper cannot be removed; the next start tries again.
pub(crate) fn let_go_of_key(
    places: &Places,
    journal: Option<&Journal>,
    may_hold_key: bool,
) -> Result<KeyLetGo, Finding> {
    let of_a_connection = journal.is_some_and(Journal::may_hold_key);
    let gone = KeyLetGo { fate: Fate::Gone, finding: None };
    Ok(match helper::let_go(places, of_a_connection || may_hold_key)? {
        // Whether a profile asks for the key, a file that cannot be read does not say.
        LetGo::KeyStays(finding) if finding.code == Code::FileNotUnderstood => {
            let stays = Finding::new(Code::HelperNeeded).with("because", "unread");
            KeyLetGo { fate: Fate::Stays, finding: Some(stays.with("path", finding.fact("path").unwrap_or_default())) }
        }
        LetGo::KeyStays(finding) => KeyLetGo { fate: Fate::Stays, finding: Some(finding.softened()) },
        LetGo::Gone | LetGo::Nothing => gone,
        LetGo::Needed => match (journal, helper::naming(places)) {
            // A profile of before asks for a key, and ours was given for another address.
            (Some(journal), Naming::Named { bases })
                if of_a_connection && !bases.is_empty() && !bases.contains(&journal.base) =>
            {
                take_ours_out(places, journal)
            }
            _ => KeyLetGo { fate: Fate::Needed, finding: Some(Finding::new(Code::HelperNeeded)) },
        },
    })
}

/// Takes the key of a connection out of the keychain, whose helper a profile with another address asks. A key
/// that this connection did not store is that profile's own.
fn take_ours_out(places: &Places, journal: &Journal) -> KeyLetGo {
    let gone = || KeyLetGo {
        fate: Fate::Gone,
        finding: Some(Finding::new(Code::KeyNotStored).with("because", "address").softened()),
    };
    let stays = |finding| {
        // Until it is gone, nobody gets it.
        let _ = files::remove(&places.helper);
        KeyLetGo { fate: Fate::Stays, finding: Some(finding) }
    };
    match helper::ask(places).masked() {
        // A journal of an older version does not say which key it was.
        Answer::Key(now) if journal.key.as_ref().map_or(!journal.is_connection(), |ours| *ours != now) => {
            KeyLetGo { fate: Fate::Needed, finding: Some(Finding::new(Code::HelperNeeded)) }
        }
        Answer::None => gone(),
        Answer::Unknown(finding) => stays(finding),
        Answer::Key(_) => keychain::forget(places).map_or_else(stays, |()| gone()),
    }
}
