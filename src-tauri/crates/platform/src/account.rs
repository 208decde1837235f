//! The name of the keychain entry, if it is not the default one: it is written to a file beside the helper.

use std::path::PathBuf;

use airouter_core::finding::{Code, Finding};
use airouter_core::secret::masked;

use crate::files;
use crate::places::Places;

/// Name of the file beside the helper program that holds the name of the keychain entry, if it is not the default.
pub const ACCOUNT_FILE: &str = "airouter-credential.account";

/// Writes the name of the entry beside the helper if it is not the default one, else removes the file.
///
/// # Errors
/// `HelperBroken` with the system's reason.
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

/// Path of the file with the name of the keychain entry.
pub(crate) fn account_file(places: &Places) -> PathBuf {
    places.helper.with_file_name(ACCOUNT_FILE)
}

/// A `HelperBroken` finding with the system's reason.
pub(crate) fn broken(error: &std::io::Error) -> Finding {
    let finding = Finding::new(Code::HelperBroken);
    let finding = files::because(error).into_iter().fold(finding, |finding, because| finding.with("because", because));
    finding.with("reason", masked(&error.to_string()))
}
