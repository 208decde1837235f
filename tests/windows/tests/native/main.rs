//! The stand-in Claude as a real package: containers, identities and updates as Windows itself makes them. Only with
//! `cargo xtask native`, on a Windows that is thrown away afterwards: packages see the real folders of the account
//! and nothing else.
#![cfg(windows)]
#![allow(clippy::disallowed_methods, missing_docs, reason = "a test works on files and processes")]

mod package;

use std::path::PathBuf;

use airouter_practice::gateway::{Fault, GatewayOptions, start};
use anyhow::Result;
use package::Installed;
use serde_json::json;

/// The account's own folder for data of this computer.
fn local() -> PathBuf {
    std::env::var_os("LOCALAPPDATA").map(PathBuf::from).expect("every account has one")
}

/// One test after the other: there is one account.
#[tokio::test(flavor = "multi_thread")]
async fn a_real_package_is_connected_updated_and_left() -> Result<()> {
    let gateway = start(GatewayOptions::default()).await?;
    let package = Installed::new()?;
    let preset = package.preset(&gateway.base_url())?;
    let key = Fault::Ok.example_key();

    // Connected: the folder is excluded from redirection, so the profile is in the real one.
    let words = ["apply", "--preset", &preset, "--key-stdin", "--yes", "--json"];
    let (exit, answer) = package.cli(&words, &key)?;
    assert_eq!((exit, &answer["outcome"]), (0, &json!("proved")), "{answer}");
    assert!(local().join(r"Claude-3p\configLibrary\_meta.json").is_file(), "{answer}");
    assert!(!package.container().join("Claude-3p").exists(), "build 20348 and later honour the exclusion");

    // A program that is started inside the package has its identity, and is refused.
    let answer = package.inside("airouter-setup-cli.exe", "status --json")?;
    assert!(answer.contains("AR-108"), "{answer}");
    // The credential that was stored outside is there inside: the helper gives it to Claude.
    let answer = package.inside("airouter-credential.exe", "check")?;
    assert!(answer.ends_with("0"), "the exit code of a stored key: {answer}");

    // A newer version that arrives while Claude runs waits for its end, and apply goes on with it.
    package.stage_the_newer_one()?;
    let (exit, answer) = package.cli(&words, &key)?;
    assert_eq!((exit, &answer["outcome"]), (0, &json!("proved")), "{answer}");
    let (exit, answer) = package.cli(&["status", "--json"], "")?;
    assert_eq!((exit, &answer["healthy"]), (0, &json!(true)), "{answer}");

    let (exit, answer) = package.cli(&["undo", "--yes", "--json"], "")?;
    assert_eq!((exit, &answer["undone"]), (0, &json!(true)), "{answer}");
    Ok(())
}
