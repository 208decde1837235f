//! The one program that holds the key: it stores it in the system's keychain and prints it when
//! Claude Desktop asks.
//!
//! A program of its own, because a keychain lets the program that wrote an entry read it again without
//! asking the person, because a failed connection to a keychain stays failed for the life of a process,
//! and because a question that nobody answers must not hang a window.
//!
//! The contract: no word, or `print`, prints the key; `store` takes it from standard input; `forget`
//! removes it; `check` says whether there is one. Standard output has the key or nothing, standard
//! error one English line, and the exit code is one of [`exit`]. `version` alone prints this program's
//! version, so that an older program never replaces a newer helper.
#![allow(
    clippy::disallowed_methods,
    reason = "a program of its own: its words and the place where it lies are its input"
)]

use std::collections::HashMap;
use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;

use airouter_platform::helper::ACCOUNT_FILE;
use airouter_platform::keychain::{ENTRY_MODIFIERS, exit, is_withheld};
use airouter_platform::places::Places;
use keyring::{Entry, Error};
use zeroize::{Zeroize, Zeroizing};

/// The name under which the keychain files the entry, and shows it to the person.
const SERVICE: &str = "AIRouter Setup";
/// The entry's usual name. A file beside this program may name another one.
const ACCOUNT: &str = "Claude Desktop";
/// The Windows Credential Manager takes no more, in bytes; the limit is the same everywhere.
const LONGEST: usize = 2560;

fn main() -> ExitCode {
    airouter_platform::hardening::protect_memory();
    // A panic's text could quote what the program was working on.
    airouter_platform::hardening::on_panic(|_| complain("airouter-credential: internal error"));
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = std::panic::catch_unwind(|| match words.as_slice() {
        [] | ["print"] => print(),
        ["store"] => store(),
        ["forget"] => forget(),
        ["check"] => check(),
        ["version"] => say(env!("CARGO_PKG_VERSION").as_bytes()),
        _ => Err(Trouble {
            code: exit::USAGE,
            line: "usage: airouter-credential [store|print|forget|check|version]".to_owned(),
        }),
    });
    let code = match done {
        Ok(Ok(())) => exit::OK,
        Ok(Err(trouble)) => {
            complain(&trouble.line);
            trouble.code
        }
        Err(_) => exit::OTHER,
    };
    ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX))
}

/// Why something was not done.
struct Trouble {
    code: i32,
    line: String,
}

fn print() -> Result<(), Trouble> {
    // Asked before the key is: an interrupted change waits, and Claude must not send the new key to the old address.
    if Places::from_environment().is_some_and(|places| is_withheld(&places)) {
        return Err(other("the key is withheld until AIRouter Setup has finished an interrupted change"));
    }
    let secret = Zeroizing::new(entry()?.get_secret().map_err(|error| trouble(&error))?);
    say(&secret)
}

fn say(bytes: &[u8]) -> Result<(), Trouble> {
    let mut out = std::io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).map_err(|_| other("standard output is closed"))
}

fn check() -> Result<(), Trouble> {
    entry()?.get_secret().map(|mut secret| secret.zeroize()).map_err(|error| trouble(&error))
}

fn forget() -> Result<(), Trouble> {
    entry()?.delete_credential().map_err(|error| trouble(&error))
}

fn store() -> Result<(), Trouble> {
    let most = LONGEST as u64 + 3;
    // Room for all of it: what grows leaves copies of itself behind, and only the last is wiped.
    let mut input = Zeroizing::new(Vec::with_capacity(most as usize));
    std::io::stdin().take(most).read_to_end(&mut input).map_err(|_| other("standard input cannot be read"))?;
    let secret = input.strip_suffix(b"\n").unwrap_or(&input);
    let secret = secret.strip_suffix(b"\r").unwrap_or(secret);
    if secret.len() > LONGEST {
        return Err(Trouble { code: exit::TOO_LONG, line: format!("the key is longer than {LONGEST} bytes") });
    }
    // What Claude reads is one bare token; anything else would be stored in vain.
    if secret.is_empty() || !secret.iter().all(u8::is_ascii_graphic) {
        return Err(Trouble {
            code: exit::USAGE,
            line: "the key must be one word of visible ASCII characters".to_owned(),
        });
    }
    entry()?.set_secret(secret).map_err(|error| trouble(&error))
}

fn entry() -> Result<Entry, Trouble> {
    let beside = std::env::current_exe().ok().map(|program| program.with_file_name(ACCOUNT_FILE));
    let named = beside.and_then(|path| std::fs::read_to_string(Path::new(&path)).ok());
    let account = named.as_deref().map(str::trim).filter(|name| !name.is_empty()).unwrap_or(ACCOUNT);
    // The first entry connects the system's keychain as the default one; the second has what the first cannot have.
    let plain = Entry::new(SERVICE, account).map_err(|error| trouble(&error))?;
    if ENTRY_MODIFIERS.is_empty() {
        return Ok(plain);
    }
    let modifiers: HashMap<&str, &str> = ENTRY_MODIFIERS.iter().copied().collect();
    let entry = keyring_core::Entry::new_with_modifiers(SERVICE, account, &modifiers);
    entry.map(|inner| Entry { inner }).map_err(|error| trouble(&error))
}

fn trouble(error: &Error) -> Trouble {
    let (code, line) = match error {
        Error::NoEntry => (exit::NO_ENTRY, "no key is stored".to_owned()),
        Error::NoDefaultStore => (exit::UNAVAILABLE, why_no_keychain()),
        // A Secret Service without any collection: nobody has set a keychain up.
        Error::NoStorageAccess(source) if source.to_string().to_lowercase().contains("no result") => {
            (exit::UNAVAILABLE, "the system has no keychain set up".to_owned())
        }
        Error::NoStorageAccess(_) => (exit::LOCKED, "the keychain is locked or refused access".to_owned()),
        Error::TooLong(..) => (exit::TOO_LONG, "the key is longer than the keychain takes".to_owned()),
        // Other errors may quote the secret; their kind is enough.
        Error::PlatformFailure(_) => (exit::UNAVAILABLE, "the keychain does not answer".to_owned()),
        Error::Ambiguous(_) => (exit::OTHER, "the keychain holds this entry more than once".to_owned()),
        _ => (exit::OTHER, "the keychain reported an error".to_owned()),
    };
    Trouble { code, line }
}

fn why_no_keychain() -> String {
    match Entry::store_status() {
        Err(error) => format!("no keychain on this computer: {}", error.to_string().lines().next().unwrap_or_default()),
        Ok(()) => "no keychain on this computer".to_owned(),
    }
}

fn other(line: &str) -> Trouble {
    Trouble { code: exit::OTHER, line: line.to_owned() }
}

/// The one line that the contract promises. Nobody may be listening.
fn complain(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
