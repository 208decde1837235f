//! Where the key comes from: standard input, a terminal, or the keychain. Never an argument or a
//! variable, which others can see.

use std::io::Read;

use airouter_core::address::GatewayUrl;
use airouter_core::finding::{Code, Finding};
use airouter_core::key::{Paste, read};
use airouter_core::secret::Secret;
use airouter_core::view::Locale;
use airouter_platform::places::Places;
use airouter_platform::{observe, state};
use zeroize::Zeroizing;

use crate::people;

/// Longest standard input that is read for a key, in bytes.
const LONGEST_INPUT: u64 = 64 * 1024;

/// The key on standard input.
pub(crate) fn of_standard_input(is_built_in: bool) -> Result<Paste, Finding> {
    let mut text = Zeroizing::new(String::new());
    std::io::stdin()
        .take(LONGEST_INPUT)
        .read_to_string(&mut text)
        .map_err(|_| Finding::new(Code::KeyLint).with("reason", "not-ascii"))?;
    // The line end of `echo` is nobody's slip and not worth a word.
    let length = text.strip_suffix('\n').map_or(text.len(), |line| line.strip_suffix('\r').unwrap_or(line).len());
    text.truncate(length);
    read(&text, is_built_in)
}

/// The key that the person types on the terminal, which does not show it.
pub(crate) fn of_terminal(is_built_in: bool, locale: Locale) -> Result<Paste, Finding> {
    let typed = rpassword::prompt_password(people::term("askKey", locale));
    let typed = Zeroizing::new(typed.map_err(|_| Finding::new(Code::NoTerminal))?);
    read(&typed, is_built_in)
}

/// The stored key, for the address that it was stored for and no other.
pub(crate) fn stored(places: &Places, base: &GatewayUrl) -> Result<Secret, Finding> {
    match state::journal(places)? {
        Some(journal) if journal.is_connection() && journal.base == base.as_str() => {
            observe::key_in_use(places, &journal)
        }
        _ => Err(Finding::new(Code::KeyNotStored)),
    }
}
