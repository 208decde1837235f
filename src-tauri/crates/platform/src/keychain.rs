//! Accesses the keychain through the helper program, the only program that is linked with it: the program that
//! writes the entry is then the one that reads it, and the system does not ask the person again.

mod mark;

use std::path::Path;
use std::time::Duration;

use airouter_core::finding::{Code, Finding};
use airouter_core::keychain::{Answer, another_key};
use airouter_core::plan::KeychainFact;
use airouter_core::secret::{Secret, masked};

use crate::account;
use crate::command::{self, Ended};
use crate::places::Places;
use crate::sys;

pub use mark::is_withheld;
pub(crate) use mark::{is_helper_there, mark};

/// The helper program's exit codes, a contract with `airouter-credential`.
pub mod exit {
    /// Done.
    pub const OK: i32 = 0;
    /// Wrong use.
    pub const USAGE: i32 = 2;
    /// There is no entry.
    pub const NO_ENTRY: i32 = 3;
    /// There is no keychain.
    pub const UNAVAILABLE: i32 = 4;
    /// The keychain is locked, or the person refused access.
    pub const LOCKED: i32 = 5;
    /// The key is longer than the keychain allows.
    pub const TOO_LONG: i32 = 6;
    /// Anything else.
    pub const OTHER: i32 = 7;
}

/// What the entry must be made with besides its name, as pairs of the library's names and values.
pub const ENTRY_MODIFIERS: &[(&str, &str)] = sys::ENTRY_MODIFIERS;

/// Time limit for calls in which the keychain may ask the person for a password.
const LIMIT: Duration = Duration::from_secs(90);
/// Time limit for calls in which the person has nothing to answer.
const SHORT_LIMIT: Duration = Duration::from_secs(20);

/// Tests with this program's own helper whether the keychain can be used at all.
pub fn usable(places: &Places) -> KeychainFact {
    match run(&places.bundled_helper, &["check"], "", SHORT_LIMIT) {
        Ok(ended) if matches!(ended.code, Some(exit::OK | exit::NO_ENTRY)) => KeychainFact::Usable,
        Ok(ended) => KeychainFact::Unusable(finding(&ended)),
        Err(finding) => KeychainFact::Unusable(finding),
    }
}

/// Tests whether a key is stored, without reading it.
pub fn is_stored(places: &Places) -> Answer<()> {
    match ask(places, &["check"], "", SHORT_LIMIT) {
        Ok(ended) => answer(&ended, ()),
        Err(finding) => Answer::Unknown(finding),
    }
}

/// Stores a key with the installed helper, then reads it exactly as Claude will and compares.
///
/// # Errors
/// Why it is not stored, or `KeyDiffers` if another key came back. The keychain may then hold either key.
pub fn store(places: &Places, key: &Secret) -> Result<(), Finding> {
    expect_ok(&ask(places, &["store"], key.reveal(), LIMIT)?)?;
    if read(places).required()? == *key { Ok(()) } else { Err(another_key()) }
}

/// Reads the stored key as Claude does, by the helper without arguments. If the helper is missing or prints what
/// cannot be a key, the answer is unknown.
pub fn read(places: &Places) -> Answer {
    let mut ended = match ask(places, &[], "", LIMIT) {
        Ok(ended) => ended,
        Err(finding) => return Answer::Unknown(finding),
    };
    let printed = Secret::new(std::mem::take(&mut *ended.output));
    let key = printed.reveal().trim_end_matches(['\r', '\n']);
    let is_key = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic());
    if ended.code == Some(exit::OK) && !is_key {
        return Answer::Unknown(Finding::new(Code::HelperBroken).with("reason", "what came back is no key"));
    }
    answer(&ended, Secret::new(key.to_owned()))
}

/// Removes the stored key and verifies that; a missing key is no error.
///
/// # Errors
/// Why it cannot be removed.
pub fn forget(places: &Places) -> Result<(), Finding> {
    let ended = ask(places, &["forget"], "", LIMIT)?;
    if ended.code != Some(exit::NO_ENTRY) {
        expect_ok(&ended)?;
    }
    match is_stored(places) {
        Answer::Key(()) => Err(Finding::new(Code::HelperBroken).with("reason", "the key is still stored")),
        // The helper reported success, and cannot be asked again.
        Answer::None | Answer::Unknown(_) => Ok(()),
    }
}

/// The answer that the helper's exit code means; `key` is what a success returns.
fn answer<T>(ended: &Ended, key: T) -> Answer<T> {
    match ended.code {
        Some(exit::OK) => Answer::Key(key),
        Some(exit::NO_ENTRY) => Answer::None,
        _ => Answer::Unknown(finding(ended)),
    }
}

/// Runs the installed helper after making sure that it uses the right entry: without the name beside it, it would
/// read, overwrite or remove the person's default entry.
fn ask(places: &Places, words: &[&str], input: &str, limit: Duration) -> Result<Ended, Finding> {
    if places.helper.is_file() {
        account::name_entry(places)?;
    }
    run(&places.helper, words, input, limit)
}

fn run(helper: &Path, words: &[&str], input: &str, limit: Duration) -> Result<Ended, Finding> {
    command::run(command::program(helper).args(words), input, limit).map_err(|error| account::broken(&error))
}

fn expect_ok(ended: &Ended) -> Result<(), Finding> {
    if ended.code == Some(exit::OK) { Ok(()) } else { Err(finding(ended)) }
}

fn finding(ended: &Ended) -> Finding {
    let code = match ended.code {
        Some(exit::NO_ENTRY) => Code::KeyNotStored,
        Some(exit::UNAVAILABLE) => Code::KeychainMissing,
        // A timeout means that the person did not answer the system's question.
        Some(exit::LOCKED) | None => Code::KeychainLocked,
        Some(exit::TOO_LONG) => Code::KeyTooLong,
        Some(_) => Code::HelperBroken,
    };
    // Windows asks the person nothing, so a helper that does not answer is kept from running.
    if ended.code.is_none() && sys::keychain_cause(code).is_some() {
        return Finding::new(Code::HelperBroken).with("because", "no-answer");
    }
    let finding = Finding::new(code);
    let finding =
        sys::keychain_cause(code).into_iter().fold(finding, |finding, because| finding.with("because", because));
    finding.with("reason", masked(ended.reason()))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// Places whose helper program, installed and bundled, is this script.
    fn places(script: &str) -> (tempfile::TempDir, Places) {
        let folder = tempfile::tempdir().unwrap();
        let helper = folder.path().join("helper");
        std::fs::write(&helper, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&helper, std::fs::Permissions::from_mode(0o755)).unwrap();
        let scratch = Places::in_scratch(folder.path()).unwrap();
        (folder, Places { bundled_helper: helper.clone(), helper, ..scratch })
    }

    #[test]
    fn each_exit_code_of_the_helper_has_its_finding() {
        let expected = [
            (exit::NO_ENTRY, Code::KeyNotStored),
            (exit::UNAVAILABLE, Code::KeychainMissing),
            (exit::LOCKED, Code::KeychainLocked),
            (exit::TOO_LONG, Code::KeyTooLong),
            (exit::OTHER, Code::HelperBroken),
        ];
        let key = Secret::new("sk-0123456789".to_owned());
        for (exit, code) in expected {
            let (_folder, places) = places(&format!("cat >/dev/null; exit {exit}"));
            let finding = store(&places, &key).unwrap_err();
            assert_eq!(finding.code, code, "{exit}");
            assert!(!format!("{finding:?}").contains("sk-0123"), "{finding:?}");
        }
    }

    #[test]
    fn only_the_exit_code_for_it_says_that_there_is_no_key() {
        for code in 0..=9 {
            let (_folder, places) = places(&format!("[ $# = 0 ] && printf sk-0123456789; exit {code}"));
            let answer = read(&places);
            match code {
                exit::OK => assert!(matches!(answer, Answer::Key(_))),
                exit::NO_ENTRY => assert_eq!(answer, Answer::None),
                _ => assert!(matches!(answer, Answer::Unknown(_)), "{code}"),
            }
        }
    }

    #[test]
    fn a_key_that_is_still_there_was_not_forgotten() {
        let (_folder, deaf) = places("exit 0");
        assert!(forget(&deaf).is_err());
        let (_folder, good) = places("[ \"$1\" = check ] && exit 3; exit 0");
        assert_eq!(forget(&good), Ok(()));
        let (_folder, empty) = places("exit 3");
        assert_eq!(forget(&empty), Ok(()), "there was none");
    }

    #[test]
    fn a_helper_that_is_gone_or_gives_another_key_is_broken() {
        let (folder, missing) = places("exit 0");
        std::fs::remove_file(&missing.helper).unwrap();
        assert_eq!(read(&missing).required().unwrap_err().code, Code::HelperBroken, "and not: there is none");
        assert!(matches!(is_stored(&missing), Answer::Unknown(_)));
        drop(folder);
        for printed in ["", "printf ''", "printf 'two words'", "printf 'schl\\374ssel'"] {
            let (_folder, silent) = places(printed);
            assert!(matches!(read(&silent), Answer::Unknown(_)), "{printed}");
        }
        let (_folder, forgetful) = places("[ \"$1\" = store ] && cat >/dev/null || printf sk-another");
        let finding = store(&forgetful, &Secret::new("sk-0123456789".to_owned())).unwrap_err();
        assert_eq!(finding.code, Code::KeyDiffers);
    }
}
