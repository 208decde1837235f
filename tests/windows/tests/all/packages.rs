//! Packages: two families, and folders that depend on the Windows they are on.

use airouter_practice::gateway::{Fault, GatewayOptions, start};
use anyhow::Result;
use e2e_windows::account::{Account, FAMILY, PACKAGE};
#[cfg(not(feature = "native"))]
use e2e_windows::account::{STORE_FAMILY, STORE_PACKAGE, VERSION};
use serde_json::json;

use crate::apply;
#[cfg(not(feature = "native"))]
use crate::codes;

/// How many files a plan writes.
fn files(answer: &serde_json::Value) -> Option<usize> {
    answer["plan"]["files"].as_array().map(Vec::len)
}

// A Windows of an older build: only Wine believes the registry.
#[cfg(not(feature = "native"))]
#[tokio::test(flavor = "multi_thread")]
async fn on_windows_10_each_family_has_a_folder_of_its_own() -> Result<()> {
    let gateway = start(GatewayOptions::default()).await?;
    let account = Account::new()?;
    account.install_package(PACKAGE)?;
    account.install_package(STORE_PACKAGE)?;
    let preset = account.preset(&gateway.base_url())?;
    let (exit, answer) = account.cli(&apply(&preset, &[]), &Fault::Ok.example_key())?;
    assert_eq!((exit, &answer["outcome"], files(&answer)), (0, &json!("proved"), Some(6)), "{answer}");
    for family in [FAMILY, STORE_FAMILY] {
        assert!(account.container(family).join(r"configLibrary\_meta.json").is_file(), "{family}");
    }
    assert!(!account.root().exists(), "nobody reads the real folder here");
    let (exit, answer) = account.cli(&["undo", "--yes", "--json"], "")?;
    assert_eq!((exit, &answer["undone"]), (0, &json!(true)), "{answer}");
    assert!(!account.claude_files().iter().any(|(name, _)| name.contains("configLibrary")));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn on_windows_11_the_real_folder_is_the_one() -> Result<()> {
    let gateway = start(GatewayOptions::default()).await?;
    let account = Account::new()?;
    account.be_windows("22631")?;
    account.install_package(PACKAGE)?;
    let preset = account.preset(&gateway.base_url())?;
    let (exit, answer) = account.cli(&apply(&preset, &[]), &Fault::Ok.example_key())?;
    assert_eq!((exit, &answer["outcome"], files(&answer)), (0, &json!("proved"), Some(3)), "{answer}");
    assert!(account.root().join(r"configLibrary\_meta.json").is_file());
    assert!(!account.container(FAMILY).exists(), "a copy there would mask the real folder");
    Ok(())
}

// A Windows of an older build: only Wine believes the registry.
#[cfg(not(feature = "native"))]
#[tokio::test(flavor = "multi_thread")]
async fn an_older_install_beside_the_package_is_connected_too() -> Result<()> {
    let gateway = start(GatewayOptions::default()).await?;
    let account = Account::new()?;
    account.install_package(PACKAGE)?;
    account.install_by_squirrel("1.44121.2")?;
    let preset = account.preset(&gateway.base_url())?;
    let (exit, answer) = account.cli(&apply(&preset, &["--write-only"]), &Fault::Ok.example_key())?;
    assert_eq!((exit, files(&answer)), (0, Some(6)), "{answer}");
    for root in [account.root(), account.container(FAMILY)] {
        assert!(root.join(r"configLibrary\_meta.json").is_file(), "{}", root.display());
    }
    let (_, answer) = account.cli(&["status", "--json"], "")?;
    assert_eq!(answer["claude"]["version"], VERSION, "the package is the one that is started");
    Ok(())
}

// A Windows of an older build: only Wine believes the registry.
#[cfg(not(feature = "native"))]
#[test]
fn an_older_windows_is_refused() -> Result<()> {
    let account = Account::new()?;
    account.be_windows("17134")?;
    account.install_by_squirrel(VERSION)?;
    let (exit, answer) = account.cli(&["status", "--json"], "")?;
    assert_eq!((exit, codes(&answer).first()), (1, Some(&"AR-120")), "{answer}");
    Ok(())
}
