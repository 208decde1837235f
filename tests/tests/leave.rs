//! Other programs' gateways: named, left with consent, and found again by undo.
#![allow(clippy::disallowed_methods, missing_docs, reason = "a test works on files and processes")]

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use airouter_practice::gateway::{Fault, GatewayOptions, start};
use anyhow::Result;
use e2e::home::Home;
use serde_json::{Value, json};

const RELAY: &str = "99999999-9999-4999-8999-999999999999";

fn finding<'a>(answer: &'a Value, code: &str) -> Option<&'a Value> {
    answer["findings"].as_array().expect("a list").iter().find(|finding| finding["code"] == code)
}

/// A home in which another program has selected its relay on a port where nobody listens.
fn with_a_dead_relay() -> Result<Home> {
    let home = Home::new()?;
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let meta = format!(r#"{{"appliedId":"{RELAY}","entries":[{{"id":"{RELAY}","name":"CC Switch","note":"x"}}]}}"#);
    home.put(".config/Claude-3p/configLibrary/_meta.json", &meta)?;
    let profile = format!(
        r#"{{"inferenceProvider":"gateway","inferenceGatewayBaseUrl":"http://127.0.0.1:{port}","inferenceGatewayApiKey":"x"}}"#
    );
    home.put(&format!(".config/Claude-3p/configLibrary/{RELAY}.json"), &profile)?;
    home.put(".config/Claude-3p/claude_desktop_config.json", r#"{ "mcpServers": {}, "deploymentMode": "3p" }"#)?;
    // Claude wants its files to be the owner's alone.
    let alone = |path: &std::path::Path, mode| std::fs::set_permissions(path, Permissions::from_mode(mode));
    for folder in [home.claude(), home.claude().join("configLibrary")] {
        alone(&folder, 0o700)?;
    }
    for file in e2e::watch::files_below(&home.claude()) {
        alone(&file, 0o600)?;
    }
    Ok(home)
}

fn texts(home: &Home) -> Vec<(std::path::PathBuf, String)> {
    let files = e2e::watch::files_below(&home.claude());
    let json = files.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "json"));
    json.map(|path| (path.clone(), std::fs::read_to_string(&path).unwrap_or_default())).collect()
}

#[test]
fn a_dead_relay_is_named_and_left_and_undo_finds_it_again() -> Result<()> {
    let home = with_a_dead_relay()?;
    let before = texts(&home);
    let (exit, answer) = home.cli_json(&["status", "--json"], "")?;
    let dead = finding(&answer, "AR-716").expect("it is named");
    assert_eq!((exit, &dead["evidence"][0]["value"]), (0, &json!("CC Switch")), "{answer}");

    let (exit, answer) = home.cli_json(&["leave", "--json"], "")?;
    assert_eq!((exit, &answer["undone"]), (0, &json!(true)), "{answer}");
    let (_, answer) = home.cli_json(&["status", "--json"], "")?;
    assert!(finding(&answer, "AR-716").is_none(), "{answer}");
    let profile = home.claude().join(format!("configLibrary/{RELAY}.json"));
    assert!(profile.exists(), "the other program's profile stays");
    let (exit, answer) = home.cli_json(&["leave", "--json"], "")?;
    assert_eq!((exit, finding(&answer, "AR-708").is_some()), (0, true), "there is nothing more to leave");

    let (exit, _) = home.cli_json(&["undo", "--json"], "")?;
    assert_eq!((exit, texts(&home)), (0, before), "every byte is as it was");
    Ok(())
}

#[test]
fn claude_itself_starts_in_its_ordinary_mode_afterwards() -> Result<()> {
    let home = with_a_dead_relay()?;
    let claude = home.programs().join("claude-desktop");
    let log_of = |folder: &str| {
        let path = home.path().join(".config").join(folder).join("logs/main.log");
        move || std::fs::read_to_string(&path).unwrap_or_default()
    };
    let (third_party, ordinary) = (log_of("Claude-3p"), log_of("Claude"));
    let mut child = home.command(&claude).spawn()?;
    e2e::watch::until(|| third_party().contains("3P mode active"))?;
    // The running one is quit and started again with consent.
    let (exit, answer) = home.cli_json(&["leave", "--yes", "--json"], "")?;
    assert_eq!((exit, &answer["undone"]), (0, &json!(true)), "{answer}");
    child.wait()?;
    e2e::watch::until(|| !ordinary().is_empty())?;
    assert_eq!(third_party().matches("3P mode active").count(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn from_our_gateway_back_to_anthropic_although_another_one_was_there_before() -> Result<()> {
    let gateway = start(GatewayOptions::default()).await?;
    let home = with_a_dead_relay()?;
    let preset = home.preset(&gateway.base_url())?;
    let preset = preset.to_string_lossy();
    let words = ["apply", "--preset", &preset, "--key-stdin", "--write-only", "--egress", "PyPI.org", "--json"];
    let (exit, answer) = home.cli_json(&words, &Fault::Ok.example_key())?;
    assert_eq!((exit, &answer["plan"]["egress"]), (0, &json!(["pypi.org"])), "{answer}");
    assert_eq!(finding(&answer, "AR-712").map(|other| &other["evidence"][1]["value"]), Some(&json!("CC Switch")));
    let written = e2e::watch::files_with(&home.claude(), "coworkEgressAllowedHosts");
    assert_eq!(written.len(), 1, "{written:?}");

    let (exit, answer) = home.cli_json(&["leave", "--json"], "")?;
    assert_eq!((exit, &answer["undone"]), (0, &json!(true)), "{answer}");
    assert!(!home.path().join(".local/share/airouter-setup/airouter-credential").exists());
    let (_, answer) = home.cli_json(&["status", "--json"], "")?;
    assert!(finding(&answer, "AR-716").is_none() && finding(&answer, "AR-710").is_some(), "{answer}");
    Ok(())
}

#[test]
fn a_site_that_claude_would_not_take_is_refused_by_name() -> Result<()> {
    let home = Home::new()?;
    let words = [
        "apply",
        "--address",
        "https://gateway.example",
        "--key-stdin",
        "--without-check",
        "--egress",
        "pypi.org:443",
        "--json",
    ];
    let (exit, answer) = home.cli_json(&words, &Fault::Ok.example_key())?;
    assert_eq!((exit, finding(&answer, "AR-717").is_some()), (3, true), "{answer}");
    assert!(!home.claude().exists(), "nothing is written");
    Ok(())
}
