//! Where the key comes from: standard input, a terminal, or the keychain. Never an argument or a
//! variable, which others can see.

use std::io::Read;

use airouter_core::address::GatewayUrl;
use airouter_core::finding::{Code, Finding};
use airouter_core::key::{Paste, read};
use airouter_core::preset::Preset;
use airouter_core::secret::{Secret, holds_key};
use airouter_core::view::Locale;
use airouter_platform::places::Places;
use airouter_platform::{known, observe, state};
use zeroize::Zeroizing;

use crate::arguments::Command;
use crate::people;

/// Longest standard input that is read for a key, in bytes.
const LONGEST_INPUT: u64 = 64 * 1024;

/// The key on standard input.
pub(crate) fn of_standard_input(is_built_in: bool) -> Result<Paste, Finding> {
    // Room for all of it: a text that grows leaves copies of itself behind, and only the last is wiped.
    let mut text = Zeroizing::new(String::with_capacity(LONGEST_INPUT as usize + 1));
    std::io::stdin()
        .take(LONGEST_INPUT)
        .read_to_string(&mut text)
        .map_err(|_| Finding::new(Code::KeyLint).with("reason", "not-ascii"))?;
    // The line end of `echo` is nobody's slip and not worth a word.
    let length = text.strip_suffix('\n').map_or(text.len(), |line| line.strip_suffix('\r').unwrap_or(line).len());
    text.truncate(length);
    noted(&text, is_built_in)
}

/// The key that the person types on the terminal, which does not show it.
pub(crate) fn of_terminal(is_built_in: bool, locale: Locale) -> Result<Paste, Finding> {
    let typed = rpassword::prompt_password(people::term("askKey", locale));
    let typed = Zeroizing::new(typed.map_err(|_| Finding::new(Code::NoTerminal))?);
    noted(&typed, is_built_in)
}

/// Reads a paste, and notes what must never come back: the key, and of one that is refused the text itself.
fn noted(text: &str, is_built_in: bool) -> Result<Paste, Finding> {
    let paste = read(text, is_built_in);
    match &paste {
        Ok(paste) => known::note([paste.key.clone()]),
        Err(_) if holds_key(text) => known::note(text.split_whitespace().map(|word| Secret::new(word.to_owned()))),
        Err(_) => {}
    }
    paste
}

/// Notes what else must never be said: what lets into a proxy, and the secrets in Claude's files.
pub(crate) fn note_around(command: &Command) {
    let speaks_of_no_file = matches!(
        command,
        Command::Explain(_) | Command::Rehearse(_) | Command::Completions { .. } | Command::Man | Command::Schema
    );
    if speaks_of_no_file {
        return;
    }
    known::note_proxy(command.gateway().and_then(|gateway| gateway.proxy.as_deref()));
    known::spare(Preset::airouter().base.as_str());
    if let Some(places) = Places::from_environment() {
        known::note_files(&places);
    }
}

/// The stored key, for the address that it was stored for and no other.
pub(crate) fn stored(places: &Places, base: &GatewayUrl) -> Result<Secret, Finding> {
    match state::journal(places)? {
        Some(journal) if journal.is_connection() && journal.base == base.as_str() => {
            let key = observe::key_in_use(places, &journal)?;
            known::note([key.clone()]);
            Ok(key)
        }
        _ => Err(Finding::new(Code::KeyNotStored)),
    }
}
