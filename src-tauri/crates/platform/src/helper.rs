//! Installs, updates and removes the helper program.
//!
//! Claude's profile names the helper by its path, but the path of this program changes: an update replaces it, an
//! AppImage is mounted elsewhere each time, an uninstaller removes it. So a copy of the helper is kept in the
//! person's own folder. It is installed with the first connection, follows the program's updates, and is removed
//! when no profile names it any more. It is never downgraded: with two versions of the program, the newer helper
//! stays. The helper reports its own version; one that does not, or does not run, counts as older than any other.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use airouter_core::claude::{keys, managed};
// This program's versions have the same form: three numbers, compared one by one.
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

/// How long a helper may take to report its version.
const LIMIT: Duration = Duration::from_secs(10);

/// Installs the helper program at its stable path, and beside it the name of the keychain entry if it is not the
/// default one.
///
/// # Errors
/// `HelperBroken` with the system's reason.
pub fn install(places: &Places) -> Result<(), Finding> {
    // The name is written first: without it, the helper would use the default entry.
    name_entry(places)?;
    update(places)
}

/// Updates an installed helper to this program's version, and installs a missing one if a connection or a profile
/// needs it. To be called at each start: the program may have been updated, or an antivirus program may have
/// removed the helper, while Claude still names its path.
///
/// # Errors
/// `HelperBroken` with the system's reason, or `AnotherCopy`; the former helper then stays.
pub fn refresh(places: &Places) -> Result<(), Finding> {
    if places.helper.is_file() {
        let _lock = state::lock(places)?;
        return update(places);
    }
    // It may have been removed on purpose, so that no address gets the key of another one.
    let Ok(journal) = state::journal(places) else { return Ok(()) };
    if journal.as_ref().is_some_and(|journal| journal.pending.is_some() || journal.undoing || journal.stray_key) {
        return Ok(());
    }
    let is_connected =
        || journal.as_ref().is_some_and(|journal| journal.is_connection() && journal.key_place == KeyPlace::Keychain);
    if is_connected() || matches!(usage(places), HelperUse::Named { .. }) {
        let _lock = state::lock(places)?;
        return install(places);
    }
    Ok(())
}

/// Reads the keychain. Installs the helper first if it is missing, because only the helper can read it.
pub(crate) fn ask(places: &Places) -> Answer {
    if !places.helper.exists()
        && let Err(finding) = install(places)
    {
        return Answer::Unknown(finding);
    }
    keychain::read(places)
}

/// The result of removing the helper and the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removal {
    /// The helper and the key were removed.
    Removed,
    /// There was no helper and no key.
    NothingToRemove,
    /// A profile or an administrator's configuration names the helper, so both were kept.
    StillNeeded,
    /// The key may still be in the keychain, for the reason of the finding; so the helper was kept as well.
    KeyRemains(Finding),
}

/// Removes the helper and the key unless a profile or a policy names the helper; the caller holds the lock.
/// `may_hold_key` says that the keychain may hold a key although the helper that stored it is gone.
///
/// # Errors
/// `CannotWrite` if the helper cannot be removed.
pub(crate) fn remove_unless_needed(places: &Places, may_hold_key: bool) -> Result<Removal, Finding> {
    match usage(places) {
        // For a profile that names the helper a key may be stored, whether or not the helper is there now.
        HelperUse::Named { bases } if !bases.is_empty() || places.helper.exists() || may_hold_key => {
            Ok(Removal::StillNeeded)
        }
        HelperUse::Named { .. } => Ok(Removal::NothingToRemove),
        HelperUse::Unknown(finding) => Ok(Removal::KeyRemains(finding)),
        HelperUse::Unused => forget_and_remove(places, may_hold_key),
    }
}

fn forget_and_remove(places: &Places, may_hold_key: bool) -> Result<Removal, Finding> {
    if !places.helper.exists() {
        if !may_hold_key && !account_file(places).exists() {
            return Ok(Removal::NothingToRemove);
        }
        // Only the helper can remove the key, so it is installed for that.
        if let Err(finding) = install(places) {
            return Ok(Removal::KeyRemains(finding));
        }
        if keychain::is_stored(places) == Answer::None {
            return remove(places).map(|()| Removal::NothingToRemove);
        }
    }
    if let Err(finding) = keychain::forget(places) {
        return Ok(Removal::KeyRemains(finding));
    }
    remove(places).map(|()| Removal::Removed)
}

/// Removes the helper program, and then the name of its entry: in this order, so that a helper is never without
/// the name.
///
/// # Errors
/// `CannotWrite` with the system's reason.
pub fn remove(places: &Places) -> Result<(), Finding> {
    for path in [&places.helper, &account_file(places)] {
        files::remove(path).map_err(|error| files::cannot_write(path, &error))?;
    }
    Ok(())
}

/// True if the helper program or the name of its entry exists and it is certain that no profile and no policy
/// names the helper.
pub(crate) fn is_left_over(places: &Places) -> bool {
    is_present(places) && matches!(usage(places), HelperUse::Unused)
}

/// True if the helper program or the name of its entry exists, so that a key may be stored.
pub(crate) fn is_present(places: &Places) -> bool {
    places.helper.exists() || account_file(places).exists()
}

/// Whether a profile or a policy names the helper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum HelperUse {
    /// The helper is named.
    Named {
        /// The addresses of the profiles that name it; empty if it is an administrator's configuration.
        bases: Vec<String>,
    },
    /// The helper is not named.
    Unused,
    /// A file that may name it cannot be read or parsed now.
    Unknown(Finding),
}

/// Searches the profiles in all of Claude's folders and the administrator's configuration for the helper's name.
/// A policy may name a copy at another path, which gives the same key.
pub(crate) fn usage(places: &Places) -> HelperUse {
    let managed = managed::values(&sys::managed(places), None);
    let managed = managed.get(keys::CREDENTIAL_HELPER).and_then(|named| named.as_str()?.rsplit(['/', '\\']).next());
    if managed.is_some_and(|name| places.helper.file_name().is_some_and(|helper| helper.eq_ignore_ascii_case(name))) {
        return HelperUse::Named { bases: Vec::new() };
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
                // A broken file that is text and does not contain the path cannot name the helper.
                Err(_) if profile.file.text().is_some_and(|text| !holds_path(text, &helper)) => {}
                Err(why) => unknown = Some(not_understood(&profile.path, &why)),
            }
        }
    }
    match unknown {
        _ if !bases.is_empty() => HelperUse::Named { bases },
        Some(finding) => HelperUse::Unknown(finding),
        None => HelperUse::Unused,
    }
}

/// True if the text may contain the path, verbatim or as JSON writes it.
fn holds_path(text: &str, path: &str) -> bool {
    let escaped = Value::from(path).to_string();
    // Escapes could hide the path.
    text.contains(path) || text.contains(escaped.trim_matches('"')) || text.contains("\\u") || text.contains("\\/")
}

/// True if the installed helper is identical to the one of this program, or newer.
pub(crate) fn is_up_to_date(places: &Places) -> bool {
    is_same(&places.helper, &places.bundled_helper) || is_newer(&places.helper, &places.bundled_helper)
}

fn update(places: &Places) -> Result<(), Finding> {
    if is_newer(&places.helper, &places.bundled_helper) {
        tracing::info!("the installed helper is newer than this program's");
        return Ok(());
    }
    files::install_program(&places.bundled_helper, &places.helper).map_err(|error| broken(&error))
}

fn is_newer(installed: &Path, bundled: &Path) -> bool {
    // Nearly always they are identical, and neither has to be run.
    !is_same(installed, bundled) && version(installed) > version(bundled)
}

fn is_same(installed: &Path, bundled: &Path) -> bool {
    matches!((fs_err::read(installed), fs_err::read(bundled)), (Ok(one), Ok(other)) if one == other)
}

fn version(helper: &Path) -> Option<Version> {
    let ended = command::run(Command::new(helper).arg("version"), "", LIMIT).ok()?;
    if ended.code == Some(exit::OK) { ended.output.parse().ok() } else { None }
}
