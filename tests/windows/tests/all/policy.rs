//! Policies in the real registry, in both hives, with values of every type.

use airouter_practice::gateway::{Fault, GatewayOptions, start};
use anyhow::Result;
use e2e_windows::account::{Account, Hive, VERSION, policies};
use winreg::enums::{REG_BINARY, REG_EXPAND_SZ, REG_MULTI_SZ, REG_QWORD, REG_SZ, RegType};
use winreg::{RegKey, RegValue};

use crate::{apply, codes};

/// The last version that merges the hives.
const MERGING: &str = "1.19366.9";
/// Puts one value under a policy key.
type Put = fn(&RegKey) -> Result<()>;

fn raw(key: &RegKey, name: &str, vtype: RegType, bytes: &[u8]) -> Result<()> {
    Ok(key.set_raw_value(name, &RegValue { vtype, bytes: bytes.to_vec().into() })?)
}

fn gateway(key: &RegKey) -> Result<()> {
    Ok(key.set_value("inferenceProvider", &"gateway")?)
}

fn updates(key: &RegKey) -> Result<()> {
    Ok(key.set_value("disableAutoUpdates", &1u32)?)
}

/// The first policy code that `status` tells, and where it says the policy is.
fn told(machine: Option<Put>, person: Option<Put>, version: &str) -> Result<Option<(String, String)>> {
    let account = Account::new()?;
    account.install_by_squirrel(version)?;
    for (hive, put) in [(Hive::Machine, machine), (Hive::Person, person)] {
        put.map_or(Ok(()), |put| put(&policies(hive)?))?;
    }
    let (_, answer) = account.cli(&["status", "--json"], "")?;
    let findings = answer["findings"].as_array().expect("a list");
    let policy = findings.iter().find(|it| it["code"].as_str().is_some_and(|code| code.starts_with("AR-11")));
    Ok(policy.map(|finding| {
        let place = finding["evidence"][0]["value"].as_str().unwrap_or_default();
        let hives = place.replace(r"\SOFTWARE\Policies\Claude", "");
        (finding["code"].as_str().unwrap_or_default().to_owned(), hives)
    }))
}

#[track_caller]
fn check(machine: Option<Put>, person: Option<Put>, version: &str, expected: Option<(&str, &str)>) {
    let told = told(machine, person, version).expect("an answer");
    let told = told.as_ref().map(|(code, hives)| (code.as_str(), hives.as_str()));
    assert_eq!(told, expected, "with {version}");
}

#[test]
fn a_value_counts_by_its_type() {
    let blocked = Some(("AR-110", "HKLM"));
    check(Some(gateway), None, VERSION, blocked);
    check(Some(updates), None, VERSION, Some(("AR-112", "HKLM")));
    check(Some(|key| raw(key, "disableAutoUpdates", REG_EXPAND_SZ, b"%\0a\0%\0\0\0")), None, VERSION, blocked);
    check(Some(|key| raw(key, "", REG_SZ, b"x\0\0\0")), None, VERSION, blocked);
    check(Some(|key| raw(key, "inferenceProvider", REG_QWORD, &[0; 8])), None, VERSION, None);
    check(Some(|key| raw(key, "inferenceProvider", REG_MULTI_SZ, b"a\0\0\0\0\0")), None, VERSION, None);
    check(Some(|key| raw(key, "inferenceProvider", REG_BINARY, &[1, 2])), None, VERSION, None);
    check(Some(|key| gateway(&key.create_subkey("Nested")?.0)), None, VERSION, None);
}

#[test]
fn the_machines_values_hide_the_persons_and_were_once_merged_with_them() {
    let person = Some(("AR-110", "HKCU"));
    check(None, Some(gateway), VERSION, person);
    check(Some(updates), Some(gateway), VERSION, Some(("AR-112", "HKLM")));
    check(Some(updates), Some(gateway), "1.19367.0", Some(("AR-112", "HKLM")));
    check(Some(updates), Some(gateway), MERGING, Some(("AR-110", "HKLM, HKCU")));
    check(Some(|key| raw(key, "x", REG_BINARY, &[1])), Some(gateway), VERSION, person);
    let misspelled: Put = |key| Ok(key.set_value("inferenceProvidr", &"gateway")?);
    check(Some(misspelled), Some(gateway), VERSION, Some(("AR-110", "HKLM")));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_policy_decides_nothing_is_written() -> Result<()> {
    let gateway_server = start(GatewayOptions::default()).await?;
    let account = Account::new()?;
    account.install_by_squirrel(VERSION)?;
    let preset = account.preset(&gateway_server.base_url())?;
    let key = Fault::Ok.example_key();

    gateway(&policies(Hive::Person)?)?;
    let (exit, answer) = account.cli(&apply(&preset, &[]), &key)?;
    assert_eq!((exit, codes(&answer).first()), (3, Some(&"AR-110")), "{answer}");
    assert!(!account.root().exists(), "nothing is written where it would not count");

    // The machine's key hides that one, and has nothing to say about inference.
    updates(&policies(Hive::Machine)?)?;
    let (exit, answer) = account.cli(&apply(&preset, &["--dry-run"]), &key)?;
    assert_eq!((exit, codes(&answer).contains(&"AR-112")), (0, true), "{answer}");
    Ok(())
}
