//! Where the key comes from: standard input, a terminal, or the keychain. Never an argument or a
//! variable, which others can see.

use std::io::Read;

use airouter_core::finding::{Code, Finding};
use airouter_core::key::{Paste, read};
use airouter_core::preset::Preset;
use airouter_core::secret::{Secret, holds_key};
use airouter_core::view::Locale;
use airouter_platform::places::Places;
use airouter_platform::redaction;
use zeroize::Zeroizing;

use crate::arguments::{Command, Gateway};
use crate::people;

/// Longest standard input that is read for a key, in bytes.
const LONGEST_INPUT: usize = 64 * 1024;

/// The key that the command line brings, if it brings one.
pub(crate) fn pasted(arguments: &Gateway, is_built_in: bool, locale: Locale) -> Result<Option<Paste>, Finding> {
    match (arguments.key_stdin, arguments.key_prompt) {
        (true, _) => of_standard_input(is_built_in).map(Some),
        (false, true) => of_terminal(is_built_in, locale).map(Some),
        (false, false) => Ok(None),
    }
}

/// The key on standard input.
pub(crate) fn of_standard_input(is_built_in: bool) -> Result<Paste, Finding> {
    let text = whole(std::io::stdin())?;
    noted(&text, is_built_in)
}

/// All of an input, without the line end of `echo`.
///
/// # Errors
/// `KeyLint`: an input that is too long is never cut, because half a key is not to be taken for a whole one.
fn whole(input: impl Read) -> Result<Zeroizing<String>, Finding> {
    let fault = |reason| Finding::new(Code::KeyLint).with("reason", reason);
    // With room for all of it, so that no copy is left behind by growing.
    let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST_INPUT + 1));
    input.take(LONGEST_INPUT as u64 + 1).read_to_end(&mut bytes).map_err(|_| fault("unreadable"))?;
    if bytes.len() > LONGEST_INPUT {
        return Err(fault("too-long"));
    }
    let mut text = Zeroizing::new(str::from_utf8(&bytes).map_err(|_| fault("not-ascii"))?.to_owned());
    // The line end of `echo` is nobody's slip and not worth a word.
    let length = text.strip_suffix('\n').map_or(text.len(), |line| line.strip_suffix('\r').unwrap_or(line).len());
    text.truncate(length);
    Ok(text)
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
        Ok(paste) => redaction::register([paste.key.clone()]),
        Err(_) if holds_key(text) => {
            redaction::register(text.split_whitespace().map(|word| Secret::new(word.to_owned())))
        }
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
    redaction::register_proxy(command.gateway().and_then(|gateway| gateway.proxy.as_deref()));
    redaction::exempt(Preset::airouter().base.as_str());
    if let Some(places) = Places::from_environment() {
        redaction::register_files(&places);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_at_the_limit_is_whole_and_a_longer_one_is_refused() {
        let longest = "a".repeat(LONGEST_INPUT);
        assert_eq!(whole(longest.as_bytes()).unwrap().len(), LONGEST_INPUT);
        let finding = whole(format!("{longest}b").as_bytes()).unwrap_err();
        assert_eq!((finding.code, finding.fact("reason")), (Code::KeyLint, Some("too-long")));
        assert_eq!(whole("sk-1\r\n".as_bytes()).unwrap().as_str(), "sk-1");
        assert_eq!(whole(&[0xff][..]).unwrap_err().fact("reason"), Some("not-ascii"));
    }
}
