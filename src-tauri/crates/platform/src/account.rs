//! The name of the keychain's entry, where it is not the usual one: it stands in a file beside the helper.

use std::path::PathBuf;

use airouter_core::finding::{Code, Finding};
use airouter_core::secret::masked;

use crate::files;
use crate::places::Places;

/// The file beside the helper program that names another keychain entry than the usual one.
pub const ACCOUNT_FILE: &str = "airouter-credential.account";

/// Writes the name of the entry beside the helper, if it is not the usual one, and takes another one away.
///
/// # Errors
/// `HelperBroken` with what the system says.
pub(crate) fn name_entry(places: &Places) -> Result<(), Finding> {
    let path = account_file(places);
    let named = match files::read(&path) {
        Ok(name) => Some(name),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(broken(&error)),
    };
    if named.as_deref() == places.account.as_deref().map(str::as_bytes) {
        return Ok(());
    }
    match &places.account {
        Some(account) => files::replace(&path, account.as_bytes(), files::Privacy::OwnerOnly),
        None => files::remove(&path),
    }
    .map_err(|error| broken(&error))
}

pub(crate) fn account_file(places: &Places) -> PathBuf {
    places.helper.with_file_name(ACCOUNT_FILE)
}

pub(crate) fn broken(error: &std::io::Error) -> Finding {
    Finding::new(Code::HelperBroken).with("reason", masked(&error.to_string()))
}
