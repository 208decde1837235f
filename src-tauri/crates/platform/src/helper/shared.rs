//! A helper that a package installed for all users of the computer.
//!
//! Where an administrator allows programs only where administrators put them (AppLocker's default rules, OD), a copy in
//! the person's own folder would not be started. So such a helper is named where it lies. It is not this person's: it
//! is neither updated nor removed. Where the person's own copy would be removed, so that Claude gets no key for now, a
//! mark in this program's folder says so, and the helper itself obeys it.

use std::io;
use std::path::PathBuf;

use airouter_core::keychain::Answer;

use crate::keychain::{is_withheld, mark};
use crate::places::{HELPER_NAME, Places};
use crate::{files, keychain};

/// Keeps the key from Claude until [`give_back`].
///
/// # Errors
/// The system's error.
pub(super) fn withhold(places: &Places) -> io::Result<()> {
    files::replace(&mark(places), b"", files::Privacy::OwnerOnly)
}

/// Ends what [`withhold`] began.
///
/// # Errors
/// The system's error.
pub(super) fn give_back(places: &Places) -> io::Result<()> {
    files::remove(&mark(places))
}

/// The copy in the person's own folder, from a time when this program was not installed for all users.
pub(super) fn own_copy(places: &Places) -> PathBuf {
    places.state.join(HELPER_NAME)
}

/// True if a key may be stored: the helper is there in any case and says nothing about that.
pub(super) fn may_hold_key(places: &Places) -> bool {
    is_withheld(places) || own_copy(places).exists() || keychain::is_stored(places) != Answer::None
}
