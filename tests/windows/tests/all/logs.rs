//! Claude's logs: which of them says what happened, and that a report has them all.

use airouter_practice::gateway::{Fault, GatewayOptions, start};
use anyhow::Result;
use e2e_windows::account::{Account, FAMILY, PACKAGE, STORE_FAMILY};
use e2e_windows::programs;

use crate::{apply, codes};

#[tokio::test(flavor = "multi_thread")]
async fn a_package_that_starts_in_ordinary_mode_is_named_by_its_log() -> Result<()> {
    let gateway = start(GatewayOptions::default()).await?;
    let account = Account::new()?;
    account.install_package(PACKAGE)?;
    let preset = account.preset(&gateway.base_url())?;
    let cli = programs().join("airouter-setup-cli.exe");
    // It waits for a person to choose third-party mode, and logs where the ordinary mode does.
    let waits = [("PRACTICE_CLAUDE_QUIRKS", "click-through")];
    let (exit, answer) = account.cli_of(&cli, &apply(&preset, &[]), &Fault::Ok.example_key(), &waits)?;
    // Before build 20348 the folder is in the container. A real Windows here is newer.
    let local = account.local();
    let container = local.join("Packages").join(FAMILY).join(r"LocalCache\Local");
    let log = if cfg!(feature = "native") { local } else { container }.join(r"Claude\Logs\main.log");
    assert!(log.is_file(), "{answer}");
    assert_eq!((exit, codes(&answer).first()), (1, Some(&"AR-851")), "{answer}");
    Ok(())
}

#[test]
fn a_report_has_the_log_of_every_place() -> Result<()> {
    let account = Account::new()?;
    account.install_package(PACKAGE)?;
    let packages = account.local().join("Packages");
    let mut logs = vec![account.local().join(r"Claude\Logs\main.log"), account.roaming().join(r"Claude\logs\main.log")];
    for family in [FAMILY, STORE_FAMILY] {
        logs.push(packages.join(family).join(r"LocalCache\Local\Claude\Logs\main.log"));
        logs.push(packages.join(family).join(r"LocalCache\Roaming\Claude\logs\main.log"));
    }
    for log in &logs {
        account.put(log, "2026-11-28 10:00:00 [info] Starting app\n")?;
    }
    let report = account.home().join("report.zip");
    let path = report.to_string_lossy().into_owned();
    let (_, answer) = account.cli(&["report", "--local", "--out", &path, "--json"], "")?;
    let bytes = std::fs::read(&report)?;
    // The archive's own list has the names as they are.
    let text = String::from_utf8_lossy(&bytes).into_owned();
    for name in ["claude-ordinary.log", "claude-ordinary-2.log", "claude-ordinary-6.log"] {
        assert!(text.contains(&format!("logs/{name}")), "{name}: {answer}");
    }
    Ok(())
}
