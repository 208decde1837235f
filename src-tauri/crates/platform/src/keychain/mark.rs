//! A mark that keeps the helper from printing the key.
//!
//! While a change is interrupted, Claude must not get the new key for the old address. The person's own copy of the
//! helper is removed then. One that a package installed for all users cannot be removed, so a mark in this program's
//! folder says it, and the helper itself obeys it, also one that was installed for this person meanwhile.

use std::path::PathBuf;

use crate::places::Places;

/// Where the mark lies.
pub(crate) fn mark(places: &Places) -> PathBuf {
    places.state.join("airouter-credential.withheld")
}

/// True while Claude must not get the key; asked by the helper itself before it prints the key.
pub fn is_withheld(places: &Places) -> bool {
    mark(places).exists()
}

/// True if Claude can get the key from the helper.
pub(crate) fn is_helper_there(places: &Places) -> bool {
    places.helper.is_file() && !is_withheld(places)
}
