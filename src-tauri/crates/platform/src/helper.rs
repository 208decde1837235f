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
use airouter_core::secret::masked;

use crate::keychain::{self, exit};
use crate::places::Places;
use crate::{command, files, observe, recover, state, sys};

/// The file beside the helper program that names another keychain entry than the usual one.
pub const ACCOUNT_FILE: &str = "airouter-credential.account";

/// How long a helper may take to say its version.
const LIMIT: Duration = Duration::from_secs(10);

/// Puts the helper program in its stable place, and beside it the name of the entry if it is not the
/// usual one.
///
/// # Errors
/// `HelperBroken` with what the system says.
pub fn install(places: &Places) -> Result<(), Finding> {
    // The name comes first: a helper that stands alone would store and forget the usual entry.
    let account_file = places.helper.with_file_name(ACCOUNT_FILE);
    match &places.account {
        Some(account) => files::replace(&account_file, account.as_bytes(), files::Privacy::OwnerOnly),
        None => files::remove(&account_file),
    }
    .map_err(|error| broken(&error))?;
    put(places)
}

/// Brings an installed helper up to date with this program. To be called at each start: an update of
/// the program comes without asking, and Claude goes on naming the same path.
///
/// # Errors
/// `HelperBroken` with what the system says, or `AnotherCopy`; the earlier helper then stays.
pub fn refresh(places: &Places) -> Result<(), Finding> {
    if !places.helper.is_file() {
        return Ok(());
    }
    let _lock = state::lock(places)?;
    put(places)
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
    /// The keychain would not let go of the key, so the helper stays too.
    KeyStays(Finding),
}

/// For uninstallers: removes helper and key unless Claude still needs them.
///
/// # Errors
/// `AnotherCopy`, `Interrupted`, or `CannotWrite` when the helper cannot be removed.
pub fn clean(places: &Places) -> Result<LetGo, Finding> {
    let _lock = state::lock(places)?;
    match recover::within_lock(places).filter(Finding::blocks) {
        Some(finding) => Err(finding),
        None => let_go(places, None),
    }
}

/// The same for who holds the lock. `own` is a profile that does not count, because it goes too.
pub(crate) fn let_go(places: &Places, own: Option<&str>) -> Result<LetGo, Finding> {
    if is_named(places, own) {
        return Ok(if places.helper.exists() { LetGo::Needed } else { LetGo::Nothing });
    }
    if !places.helper.exists() {
        // A sudden end may have left the name of its entry.
        return remove(places).map(|()| LetGo::Nothing);
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
    for path in [&places.helper, &places.helper.with_file_name(ACCOUNT_FILE)] {
        files::remove(path).map_err(|error| Finding::new(Code::CannotWrite).with("reason", error))?;
    }
    Ok(())
}

/// True when the helper program or the name of its entry is here and nothing of Claude's names it.
pub(crate) fn is_left_over(places: &Places) -> bool {
    let is_here = places.helper.exists() || places.helper.with_file_name(ACCOUNT_FILE).exists();
    is_here && !is_named(places, None)
}

/// True when a profile in any of Claude's folders names the helper, or an administrator's configuration one
/// that lies elsewhere: it gives the same key.
fn is_named(places: &Places, own: Option<&str>) -> bool {
    let managed = managed::values(&sys::managed(places), None);
    let managed = managed.get(keys::CREDENTIAL_HELPER).and_then(|named| named.as_str()?.rsplit(['/', '\\']).next());
    if managed.is_some_and(|name| places.helper.file_name().is_some_and(|helper| helper.eq_ignore_ascii_case(name))) {
        return true;
    }
    let helper = places.helper.to_string_lossy();
    places.settled().roots().map(|root| observe::library(root, None)).any(|library| {
        library.profiles.iter().filter(|profile| own != Some(profile.id.as_str())).any(|profile| {
            let document = profile.file.document().ok();
            let named = document.as_ref().and_then(|document| document.get(keys::CREDENTIAL_HELPER)?.as_str());
            named == Some(helper.as_ref())
        })
    })
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

fn broken(error: &std::io::Error) -> Finding {
    Finding::new(Code::HelperBroken).with("reason", masked(&error.to_string()))
}
