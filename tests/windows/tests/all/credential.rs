//! The real Credential Manager, by the one program that knows it.

use std::collections::HashMap;

use airouter_practice::gateway::Fault;
use anyhow::{Result, ensure};
use e2e_windows::account::Account;

/// The entry's two names, as the program files it.
const ENTRY: (&str, &str) = ("AIRouter Setup", "Claude Desktop");

/// What Windows takes in one entry (`CRED_MAX_CREDENTIAL_BLOB_SIZE`), in bytes: a text would be stored with
/// two bytes a letter, and half of it would fit.
const LONGEST: usize = 2560;

#[test]
fn a_key_is_stored_by_bytes_and_printed_as_it_was() -> Result<()> {
    let account = Account::new()?;
    let said = |words: &[&str], input: &[u8]| -> Result<(Option<i32>, Vec<u8>)> {
        let output = account.credential(words, input)?;
        Ok((output.status.code(), output.stdout))
    };
    assert_eq!(said(&["check"], b"")?, (Some(3), Vec::new()), "nothing is there yet");
    let longest = "k".repeat(LONGEST).into_bytes();
    assert_eq!(said(&["store"], &longest)?, (Some(0), Vec::new()));
    assert_eq!(said(&[], b"")?, (Some(0), longest.clone()), "all of it comes back");

    let too_long = account.credential(&["store"], "k".repeat(LONGEST + 1).as_bytes())?;
    assert_eq!((too_long.status.code(), too_long.stdout.len()), (Some(6), 0));
    assert!(String::from_utf8_lossy(&too_long.stderr).contains("2560"), "the limit is told: {too_long:?}");
    assert_eq!(said(&["print"], b"")?, (Some(0), longest), "what was there before is kept");

    let key = Fault::Ok.example_key();
    assert_eq!(said(&["store"], format!("{key}\r\n").as_bytes())?.0, Some(0));
    assert_eq!(said(&[], b"")?, (Some(0), key.into_bytes()), "Windows ends a line with two letters");
    assert_eq!(said(&["store"], "密钥".as_bytes())?.0, Some(2), "a key is one word of visible letters");
    assert_eq!(said(&["forget"], b"")?.0, Some(0));
    assert_eq!(said(&["forget"], b"")?.0, Some(3));
    assert_eq!(said(&[], b"")?, (Some(3), Vec::new()));
    Ok(())
}

/// How the entry is kept, by the store itself.
fn persistence() -> Result<Option<String>> {
    let (service, account) = ENTRY;
    let entry = keyring_core::Entry::new(service, account)?;
    Ok(entry.get_attributes()?.remove("persistence"))
}

#[test]
fn the_key_stays_on_this_computer() -> Result<()> {
    let account = Account::new()?;
    let (service, name) = ENTRY;
    // An older version stored it so that it goes along with a roaming profile.
    ensure!(keyring::Entry::store_status().is_ok(), "the store is not there");
    let roaming = HashMap::from([("persistence", "Enterprise")]);
    keyring_core::Entry::new_with_modifiers(service, name, &roaming)?.set_secret(b"sk-older")?;
    assert_eq!(persistence()?.as_deref(), Some("Enterprise"));
    let stored = account.credential(&["store"], Fault::Ok.example_key().as_bytes())?;
    assert_eq!(stored.status.code(), Some(0), "{stored:?}");
    assert_eq!(persistence()?.as_deref(), Some("Local"));
    assert_eq!(account.credential(&[], b"")?.stdout, Fault::Ok.example_key().into_bytes());
    assert_eq!(account.credential(&["forget"], b"")?.status.code(), Some(0));
    assert_eq!(account.credential(&["check"], b"")?.status.code(), Some(3), "the older one is not left");
    Ok(())
}

#[test]
fn a_withheld_key_is_not_printed() -> Result<()> {
    let account = Account::new()?;
    let key = Fault::Ok.example_key();
    assert_eq!(account.credential(&["store"], key.as_bytes())?.status.code(), Some(0));
    let mark = account.local().join(r"airouter-setup\airouter-credential.withheld");
    account.put(&mark, "")?;
    let withheld = account.credential(&[], b"")?;
    assert_eq!((withheld.status.code(), withheld.stdout.len()), (Some(7), 0), "{withheld:?}");
    assert_eq!(account.credential(&["check"], b"")?.status.code(), Some(0), "the key itself is kept");
    std::fs::remove_file(mark)?;
    assert_eq!(account.credential(&[], b"")?.stdout, key.into_bytes());
    assert_eq!(account.credential(&["forget"], b"")?.status.code(), Some(0));
    Ok(())
}
