//! The helper program's life on this computer.
//!
//! Claude's profile names the helper by its path, while the program that brings it moves: an update puts
//! another one in its place, an AppImage lies somewhere else each day, an uninstaller takes it away. So
//! a copy of the helper lives in the person's own folder, and this is what happens to it: it comes with
//! the first connection, follows the program's updates, and goes when no profile names it any more. It
//! is never made older: whoever has two versions of the program keeps the newer helper. What a helper's
//! version is, it says itself; one that does not say it, or does not run, is older than any that does.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use airouter_core::claude::{keys, managed};
// Three numbers, compared one by one: this program's versions are of the same form.
use airouter_core::claude::version::Version;
use airouter_core::finding::{Code, Finding};
use airouter_core::keychain::Answer;
use airouter_core::view::KeyPlace;
use serde_json::Value;

use crate::account::{account_file, broken, name_entry};
use crate::keychain::{self, exit};
use crate::places::Places;
use crate::{command, files, observe, state, sys};

pub use crate::account::ACCOUNT_FILE;

/// How long a helper may take to say its version.
const LIMIT: Duration = Duration::from_secs(10);

/// Puts the helper program in its stable place, and beside it the name of the entry if it is not the
/// usual one.
///
/// # Errors
/// `HelperBroken` with what the system says.
pub fn install(places: &Places) -> Result<(), Finding> {
    // The name comes first: a helper that stands alone would store and forget the usual entry.
    name_entry(places)?;
    put(places)
}

/// Brings an installed helper up to date with this program, and puts one that is gone back where a
/// connection or a profile needs it. To be called at each start: an update of the program comes without
/// asking, an antivirus program takes the helper away without asking, and Claude goes on naming its path.
///
/// # Errors
/// `HelperBroken` with what the system says, or `AnotherCopy`; the earlier helper then stays.
pub fn refresh(places: &Places) -> Result<(), Finding> {
    if places.helper.is_file() {
        let _lock = state::lock(places)?;
        return put(places);
    }
    // It may be away on purpose, so that no address gets another one's key.
    let Ok(journal) = state::journal(places) else { return Ok(()) };
    if journal.as_ref().is_some_and(|journal| journal.pending.is_some() || journal.undoing || journal.stray_key) {
        return Ok(());
    }
    let is_connected =
        || journal.as_ref().is_some_and(|journal| journal.is_connection() && journal.key_place == KeyPlace::Keychain);
    if is_connected() || matches!(naming(places), Naming::Named { .. }) {
        let _lock = state::lock(places)?;
        return install(places);
    }
    Ok(())
}

/// What the keychain holds now. The helper may be gone, and only it can ask.
pub(crate) fn ask(places: &Places) -> Answer {
    if !places.helper.exists()
        && let Err(finding) = install(places)
    {
        return Answer::Unknown(finding);
    }
    keychain::read(places)
}

/// What came of letting the helper go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LetGo {
    /// The helper is gone, and the key with it.
    Gone,
    /// There was none.
    Nothing,
    /// A profile or an administrator's configuration names it, so it stays and Claude goes on working.
    Needed,
    /// The key may still be in the keychain, and why; so the helper stays, too.
    KeyStays(Finding),
}

/// Removes helper and key unless something of Claude's needs them; the caller holds the lock. `may_hold_key` says that the keychain may hold a key although the
/// helper that stored it is gone.
///
/// # Errors
/// `CannotWrite` when the helper cannot be removed.
pub(crate) fn let_go(places: &Places, may_hold_key: bool) -> Result<LetGo, Finding> {
    match naming(places) {
        // A profile that names it may have stored a key with it, whether or not it is there now.
        Naming::Named { bases } if !bases.is_empty() || places.helper.exists() || may_hold_key => Ok(LetGo::Needed),
        Naming::Named { .. } => Ok(LetGo::Nothing),
        Naming::Unknown(finding) => Ok(LetGo::KeyStays(finding)),
        Naming::Unnamed => forget_and_remove(places, may_hold_key),
    }
}

fn forget_and_remove(places: &Places, may_hold_key: bool) -> Result<LetGo, Finding> {
    if !places.helper.exists() {
        if !may_hold_key && !account_file(places).exists() {
            return Ok(LetGo::Nothing);
        }
        // Only the helper can take the key out again: it comes back for that.
        if let Err(finding) = install(places) {
            return Ok(LetGo::KeyStays(finding));
        }
        if keychain::is_stored(places) == Answer::None {
            return remove(places).map(|()| LetGo::Nothing);
        }
    }
    if let Err(finding) = keychain::forget(places) {
        return Ok(LetGo::KeyStays(finding));
    }
    remove(places).map(|()| LetGo::Gone)
}

/// Removes the helper program from its place, and then the name of its entry: never is it without.
///
/// # Errors
/// `CannotWrite` with what the system says.
pub fn remove(places: &Places) -> Result<(), Finding> {
    for path in [&places.helper, &account_file(places)] {
        files::remove(path).map_err(|error| files::cannot_write(path, &error))?;
    }
    Ok(())
}

/// True when the helper program or the name of its entry is here and it is certain that nothing of
/// Claude's names it.
pub(crate) fn is_left_over(places: &Places) -> bool {
    is_here(places) && matches!(naming(places), Naming::Unnamed)
}

/// True when the helper program or the name of its entry is here: a key may be stored.
pub(crate) fn is_here(places: &Places) -> bool {
    places.helper.exists() || account_file(places).exists()
}

/// Whether something of Claude's names the helper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Naming {
    /// Something does: these addresses of profiles, none for an administrator's configuration.
    Named {
        /// The addresses of the profiles that name it.
        bases: Vec<String>,
    },
    /// Nothing does.
    Unnamed,
    /// A file that may name it cannot be read or understood now.
    Unknown(Finding),
}

/// Looks through the profiles in all of Claude's folders and the administrator's configuration, which may
/// name one that lies elsewhere: it gives the same key.
pub(crate) fn naming(places: &Places) -> Naming {
    let managed = managed::values(&sys::managed(places), None);
    let managed = managed.get(keys::CREDENTIAL_HELPER).and_then(|named| named.as_str()?.rsplit(['/', '\\']).next());
    if managed.is_some_and(|name| places.helper.file_name().is_some_and(|helper| helper.eq_ignore_ascii_case(name))) {
        return Naming::Named { bases: Vec::new() };
    }
    let helper = places.helper.to_string_lossy();
    let (mut bases, mut unknown) = (Vec::new(), None);
    let not_understood = |path: &str, why: &dyn std::fmt::Display| {
        Finding::new(Code::FileNotUnderstood).with("path", path).with("reason", why)
    };
    for library in places.resolved().roots().map(|root| observe::library(root, None)) {
        if let Err(why) = library.meta.document() {
            unknown = Some(not_understood(&library.meta_path, &why));
        }
        for profile in &library.profiles {
            match profile.file.document() {
                Ok(document)
                    if document.get(keys::CREDENTIAL_HELPER).and_then(Value::as_str) == Some(helper.as_ref()) =>
                {
                    bases.push(document.get(keys::BASE_URL).and_then(Value::as_str).unwrap_or_default().to_owned());
                }
                Ok(_) => {}
                // What is plainly text and does not hold the path does not name it, whatever else is wrong.
                Err(_) if profile.file.text().is_some_and(|text| !holds_path(text, &helper)) => {}
                Err(why) => unknown = Some(not_understood(&profile.path, &why)),
            }
        }
    }
    match unknown {
        _ if !bases.is_empty() => Naming::Named { bases },
        Some(finding) => Naming::Unknown(finding),
        None => Naming::Unnamed,
    }
}

/// True for a text in which the path stands, as it is or as JSON writes it.
fn holds_path(text: &str, path: &str) -> bool {
    let escaped = Value::from(path).to_string();
    // A sign that may be written in another way could hide it.
    text.contains(path) || text.contains(escaped.trim_matches('"')) || text.contains("\\u") || text.contains("\\/")
}

/// Whether the helper in its place is the very one that came with this program, or a newer one.
pub(crate) fn is_up_to_date(places: &Places) -> bool {
    is_same(&places.helper, &places.bundled_helper) || is_newer(&places.helper, &places.bundled_helper)
}

fn put(places: &Places) -> Result<(), Finding> {
    if is_newer(&places.helper, &places.bundled_helper) {
        tracing::info!("the installed helper is newer than this program's");
        return Ok(());
    }
    files::install_program(&places.bundled_helper, &places.helper).map_err(|error| broken(&error))
}

fn is_newer(installed: &Path, bundled: &Path) -> bool {
    // Nearly always they are the same, and neither need be run.
    !is_same(installed, bundled) && version(installed) > version(bundled)
}

fn is_same(installed: &Path, bundled: &Path) -> bool {
    matches!((fs_err::read(installed), fs_err::read(bundled)), (Ok(one), Ok(other)) if one == other)
}

fn version(helper: &Path) -> Option<Version> {
    let ended = command::run(Command::new(helper).arg("version"), "", LIMIT).ok()?;
    if ended.code == Some(exit::OK) { ended.output.parse().ok() } else { None }
}
