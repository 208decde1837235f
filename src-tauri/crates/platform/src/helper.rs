//! Installs, updates and removes the helper program.
//!
//! Claude's profile names the helper by its path, but the path of this program changes: an update replaces it, an
//! AppImage is mounted elsewhere each time, an uninstaller removes it. So a copy of the helper is kept in the
//! person's own folder. It is installed with the first connection, follows the program's updates, and is removed
//! when no profile names it any more. It is never downgraded: with two versions of the program, the newer helper
//! stays. The helper reports its own version; one that does not, or does not run, counts as older than any other. A
//! helper that a package installed for all users is named where it lies, see `shared`.

mod shared;

use std::path::Path;
use std::time::Duration;

use airouter_core::claude::{keys, managed};
// This program's versions have the same form: three numbers, compared one by one.
use airouter_core::claude::version::Version;
use airouter_core::finding::{Code, Finding};
use airouter_core::json::Document;
use airouter_core::keychain::Answer;
use airouter_core::view::KeyPlace;
use serde_json::Value;

use crate::account::{account_file, broken, name_entry};
use crate::files::{NotInstalled, Operation};
use crate::keychain::{self, exit, is_withheld};
use crate::places::{HELPER_NAME, Places};
use crate::{command, files, observe, state, sys};

pub use crate::account::ACCOUNT_FILE;
pub(crate) use crate::keychain::is_helper_there as is_there;

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
    if is_withheld(places) {
        shared::give_back(places).map_err(|error| broken(&error))?;
    }
    if places.has_shared_helper() { Ok(()) } else { update(places) }
}

/// Keeps Claude from getting the key until the helper is installed again. The key itself is kept.
///
/// # Errors
/// The system's error.
pub(crate) fn take_away(places: &Places) -> std::io::Result<()> {
    if places.has_shared_helper() {
        shared::withhold(places)?;
        // An own copy of an earlier version does not know the mark, and a profile may still name it.
        return files::remove(&shared::own_copy(places));
    }
    files::remove(&places.helper)
}

/// Updates an installed helper to this program's version, and installs a missing one if a connection or a profile
/// needs it. To be called at each start: the program may have been updated, or an antivirus program may have
/// removed the helper, while Claude still names its path.
///
/// # Errors
/// `HelperBroken` with the system's reason, or `AnotherCopy`; the former helper then stays.
pub fn refresh(places: &Places) -> Result<(), Finding> {
    if is_there(places) {
        let own = shared::own_copy(places);
        if places.has_shared_helper() && !is_named(places, &own) {
            return Ok(());
        }
        let _lock = state::lock(places)?;
        // A profile may still name the copy from before this program was installed for all users.
        return if places.has_shared_helper() { update_at(places, &own) } else { update(places) };
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
    if !is_there(places)
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
        HelperUse::Named { bases } if !bases.is_empty() || is_there(places) || may_hold_key => Ok(Removal::StillNeeded),
        HelperUse::Named { .. } => Ok(Removal::NothingToRemove),
        HelperUse::Unknown(finding) => Ok(Removal::KeyRemains(finding)),
        HelperUse::Unused => forget_and_remove(places, may_hold_key),
    }
}

fn forget_and_remove(places: &Places, may_hold_key: bool) -> Result<Removal, Finding> {
    if places.has_shared_helper() && keychain::is_stored(places) == Answer::None {
        return remove(places).map(|()| Removal::NothingToRemove);
    }
    if !is_there(places) {
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
/// the name. Of a helper for all users only what belongs to this person is removed.
///
/// # Errors
/// `CannotWrite` with the system's reason.
pub fn remove(places: &Places) -> Result<(), Finding> {
    let (program, name) = (places.helper.clone(), account_file(places));
    if is_withheld(places) {
        shared::give_back(places).map_err(|error| files::cannot_write(&places.state, &error))?;
    }
    let paths = if places.has_shared_helper() {
        let own = shared::own_copy(places);
        let name = own.with_file_name(ACCOUNT_FILE);
        [own, name]
    } else {
        [program, name]
    };
    for path in &paths {
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
    if places.has_shared_helper() {
        return shared::may_hold_key(places);
    }
    places.helper.exists() || account_file(places).exists()
}

/// True if the helper program is there although the key is in the profile; of one for all users, if a key may be stored.
pub(crate) fn is_left(places: &Places) -> bool {
    if places.has_shared_helper() { shared::may_hold_key(places) } else { places.helper.exists() }
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
                    if document
                        .get(keys::CREDENTIAL_HELPER)
                        .and_then(Value::as_str)
                        .is_some_and(|named| is_a_helper(places, Path::new(named))) =>
                {
                    bases.push(document.get(keys::BASE_URL).and_then(Value::as_str).unwrap_or_default().to_owned());
                }
                Ok(_) => {}
                // A broken file that is text and does not contain the path cannot name the helper.
                Err(_) if profile.file.text().is_some_and(|text| !sys::may_be_named_in(text, &places.helper)) => {}
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

/// True if a profile names this very helper.
fn is_named(places: &Places, helper: &Path) -> bool {
    let names = |document: Document| {
        let named = document.get(keys::CREDENTIAL_HELPER).and_then(Value::as_str).map(Path::new);
        named.is_some_and(|named| sys::is_same_path(named, helper))
    };
    let places = places.resolved();
    let mut libraries = places.roots().map(|root| observe::library(root, None));
    libraries.any(|library| library.profiles.iter().any(|it| it.file.document().is_ok_and(names)))
}

/// True if a path leads to a helper that gives this person's key: the one of this program, the person's own copy, or one
/// for all users.
fn is_a_helper(places: &Places, named: &Path) -> bool {
    let is_for_all = || {
        let is_named_so = named.file_name().is_some_and(|name| name.eq_ignore_ascii_case(HELPER_NAME));
        is_named_so && sys::is_for_all_users(named)
    };
    [&places.helper, &shared::own_copy(places)].iter().any(|helper| sys::is_same_path(named, helper)) || is_for_all()
}

/// True if the installed helper is identical to the one of this program, or newer.
pub(crate) fn is_up_to_date(places: &Places) -> bool {
    is_same(&places.helper, &places.bundled_helper) || is_newer(&places.helper, &places.bundled_helper)
}

fn update(places: &Places) -> Result<(), Finding> {
    update_at(places, &places.helper)
}

fn update_at(places: &Places, helper: &Path) -> Result<(), Finding> {
    if is_newer(helper, &places.bundled_helper) {
        tracing::info!("the installed helper is newer than this program's");
        return Ok(());
    }
    let installed = files::install_program(&places.bundled_helper, helper, try_out);
    installed.map_err(|why| match why {
        NotInstalled::File(error) => broken(&error),
        NotInstalled::Trial(finding) => finding,
    })
}

/// Starts a helper once, so that whatever keeps it from running shows before it takes the place of one that runs.
///
/// # Errors
/// `HelperBroken` with the cause.
fn try_out(helper: &Path) -> Result<(), Finding> {
    let run = || command::run(command::program(helper).arg("version"), "", LIMIT);
    // A virus scanner may still have the new file open.
    let ended = files::patiently(Operation::Open, run).map_err(|error| broken(&error))?;
    match ended.code {
        Some(exit::OK) => Ok(()),
        Some(code) => {
            Err(Finding::new(Code::HelperBroken).with("because", "ended").with("reason", format!("exit code {code}")))
        }
        None => Err(Finding::new(Code::HelperBroken).with("because", "no-answer")),
    }
}

fn is_newer(installed: &Path, bundled: &Path) -> bool {
    // Nearly always they are identical, and neither has to be run.
    // One of this program that does not run is newer than nothing, but why it does not run has to be told.
    !is_same(installed, bundled)
        && version(bundled).is_some_and(|bundled| version(installed).is_some_and(|installed| installed > bundled))
}

fn is_same(installed: &Path, bundled: &Path) -> bool {
    matches!((files::read(installed), files::read(bundled)), (Ok(one), Ok(other)) if one == other)
}

fn version(helper: &Path) -> Option<Version> {
    let ended = command::run(command::program(helper).arg("version"), "", LIMIT).ok()?;
    if ended.code == Some(exit::OK) { ended.output.parse().ok() } else { None }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_helper_for_all_users_is_withheld_by_a_mark_and_given_back() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_scratch(folder.path()).unwrap();
        let program = folder.path().join("helper");
        std::fs::write(&program, "#!/bin/sh\nexit 3\n").unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let places = Places { bundled_helper: program.clone(), helper: program, account: None, ..places };
        assert!(is_there(&places) && !is_withheld(&places) && !is_present(&places), "no key is stored");
        let own = shared::own_copy(&places);
        std::fs::create_dir_all(own.parent().unwrap()).unwrap();
        std::fs::write(&own, "an earlier version, which knows no mark").unwrap();
        take_away(&places).unwrap();
        assert!(places.helper.is_file(), "it is not this person's");
        assert!(!own.exists(), "a profile may still name this one");
        assert!(!is_there(&places) && is_withheld(&places) && is_present(&places));
        refresh(&places).unwrap();
        assert!(is_withheld(&places), "nothing needs it");
        assert_eq!(ask(&places), Answer::None, "it is given back where the keychain has to be asked");
        assert!(is_there(&places) && !is_withheld(&places));
    }
}

#[cfg(test)]
#[cfg(windows)]
mod tests_on_windows {
    use super::*;

    #[test]
    fn a_profile_names_the_helper_in_any_spelling() {
        const ID: &str = "99999999-9999-4999-8999-999999999999";
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_scratch(folder.path()).unwrap();
        std::fs::create_dir_all(places.library()).unwrap();
        let meta = serde_json::json!({"appliedId": ID, "entries": [{"id": ID, "name": "AIRouter"}]});
        std::fs::write(places.meta(), meta.to_string()).unwrap();
        let named = |path: String| {
            let profile = serde_json::json!({keys::CREDENTIAL_HELPER: path});
            std::fs::write(places.profile(ID), profile.to_string()).unwrap();
            usage(&places)
        };
        let text = places.helper.to_string_lossy().into_owned();
        let for_all = r"C:\PROGRAM FILES\AIRouter Setup\Airouter-Credential.exe".to_owned();
        for path in [text.clone(), text.to_uppercase(), text.replace('\\', "/"), format!(r"\\?\{text}"), for_all] {
            assert!(matches!(named(path.clone()), HelperUse::Named { .. }), "{path}");
        }
        assert_eq!(named(format!("{text}.old")), HelperUse::Unused);
    }
}
