//! The command line's contract: one JSON object, fixed exit codes, the same flow as the window.
#![allow(clippy::disallowed_methods, missing_docs, reason = "a test works on files and processes")]

use airouter_practice::gateway::{Fault, GatewayOptions, start};
use anyhow::Result;
use e2e::home::Home;
use e2e::programs;
use serde_json::{Value, json};

fn codes(answer: &Value) -> Vec<&str> {
    answer["findings"].as_array().expect("a list").iter().filter_map(|finding| finding["code"].as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn check_apply_status_undo() -> Result<()> {
    let gateway = start(GatewayOptions::default()).await?;
    let home = Home::new()?;
    let preset = home.preset(&gateway.base_url())?;
    let preset = preset.to_string_lossy();
    let key = Fault::Ok.example_key();

    let (exit, answer) = home.cli_json(&["check", "--preset", &preset, "--key-stdin", "--json"], &key)?;
    assert_eq!((exit, &answer["passed"], &answer["auth"]), (0, &json!(true), &json!("bearer")), "{answer}");

    let (exit, answer) = home.cli_json(&["apply", "--preset", &preset, "--key-stdin", "--dry-run", "--json"], &key)?;
    assert_eq!((exit, &answer["outcome"]), (0, &json!("dry-run")));
    assert!(!home.claude().exists(), "a dry run writes nothing");

    let (exit, answer) = home.cli_json(&["apply", "--preset", &preset, "--key-stdin", "--yes", "--json"], &key)?;
    assert_eq!((exit, &answer["outcome"]), (0, &json!("proved")), "{answer}");
    assert!(codes(&answer).contains(&"AR-860"));

    let (exit, answer) = home.cli_json(&["status", "--json"], "")?;
    assert_eq!((exit, &answer["healthy"]), (0, &json!(true)), "{answer}");

    let mode = home.claude().join("claude_desktop_config.json");
    home.close_claude();
    std::fs::write(&mode, r#"{"deploymentMode":"1p"}"#)?;
    let (exit, answer) = home.cli_json(&["status", "--json"], "")?;
    assert_eq!((exit, codes(&answer)), (1, vec!["AR-711"]), "drift is named");
    let (exit, answer) = home.cli_json(&["repair", "--yes", "--json"], "")?;
    assert_eq!((exit, &answer["outcome"]), (0, &json!("proved")), "{answer}");

    let (exit, answer) = home.cli_json(&["undo", "--json"], "")?;
    assert_eq!((exit, codes(&answer)), (3, vec!["AR-102"]), "a running Claude is not quit without consent");
    let (exit, answer) = home.cli_json(&["undo", "--yes", "--json"], "")?;
    assert_eq!((exit, &answer["undone"]), (0, &json!(true)), "{answer}");
    let (exit, answer) = home.cli_json(&["undo", "--yes", "--json"], "")?;
    assert_eq!((exit, codes(&answer)), (0, vec!["AR-708"]), "there is nothing more to undo");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn cleaning_takes_nothing_away_that_claude_needs() -> Result<()> {
    let gateway = start(GatewayOptions::default()).await?;
    let home = Home::new()?;
    let preset = home.preset(&gateway.base_url())?;
    let words = ["apply", "--preset", &preset.to_string_lossy(), "--key-stdin", "--without-check", "--write-only"];
    assert_eq!(home.cli(&words, &Fault::Ok.example_key())?.status.code(), Some(0));
    let (exit, answer) = home.cli_json(&["clean", "--json"], "")?;
    assert_eq!((exit, &answer["helper"], codes(&answer)), (0, &json!("needed"), vec!["AR-950"]), "{answer}");
    let (exit, answer) = home.cli_json(&["status", "--json"], "")?;
    assert_eq!((exit, &answer["healthy"]), (0, &json!(true)), "{answer}");

    // A profile that somebody else takes away leaves helper and key behind.
    std::fs::remove_dir_all(home.claude())?;
    let (exit, answer) = home.cli_json(&["clean", "--json"], "")?;
    assert_eq!((exit, &answer["helper"]), (0, &json!("gone")), "{answer}");
    let left = home.command(programs().join("airouter-credential")).arg("check").output()?;
    assert_eq!(left.status.code(), Some(3), "the key is gone");
    let (exit, answer) = home.cli_json(&["clean", "--json"], "")?;
    assert_eq!((exit, &answer["helper"]), (0, &json!("none")), "{answer}");
    assert_eq!(home.cli(&["undo"], "")?.status.code(), Some(0));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_way_to_end_has_its_exit_code() -> Result<()> {
    let gateway = start(GatewayOptions::default()).await?;
    let home = Home::new()?;
    let preset = home.preset(&gateway.base_url())?;
    let preset = preset.to_string_lossy();
    let key = Fault::NoBalance.example_key();

    assert_eq!(home.cli(&["chek"], "")?.status.code(), Some(2));
    assert_eq!(home.cli(&["apply", "--model"], "")?.status.code(), Some(2));
    let (exit, answer) = home.cli_json(&["check", "--preset", &preset, "--key-stdin", "--json"], &key)?;
    assert_eq!((exit, codes(&answer)), (1, vec!["AR-503"]));
    let (exit, answer) = home.cli_json(&["apply", "--preset", &preset, "--key-stdin", "--yes", "--json"], &key)?;
    assert_eq!((exit, codes(&answer)[0]), (3, "AR-503"), "{answer}");
    assert!(!home.claude().exists(), "refused: nothing is written");

    home.put(".config/Claude-3p/configLibrary/_meta.json", "{\"entries\":[],}")?;
    let key = Fault::Ok.example_key();
    let (exit, answer) = home.cli_json(&["apply", "--preset", &preset, "--key-stdin", "--yes", "--json"], &key)?;
    assert_eq!((exit, codes(&answer)[0]), (3, "AR-701"), "{answer}");
    assert_eq!(std::fs::read_to_string(home.claude().join("configLibrary/_meta.json"))?, "{\"entries\":[],}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_computer_is_prepared_before_claude_is_on_it() -> Result<()> {
    let gateway = start(GatewayOptions::default()).await?;
    let home = Home::without_claude()?;
    let preset = home.preset(&gateway.base_url())?;
    let key = Fault::Ok.example_key();
    let words = ["apply", "--preset", &preset.to_string_lossy(), "--key-stdin", "--without-check", "--yes", "--json"];
    let (exit, answer) = home.cli_json(&words, &key)?;
    assert_eq!((exit, &answer["outcome"]), (0, &json!("written")), "{answer}");
    assert!(codes(&answer).contains(&"AR-101"), "a warning: {answer}");
    let (exit, _) = home.cli_json(&["undo", "--json"], "")?;
    assert_eq!(exit, 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn compatibility_mode_puts_the_key_into_a_private_profile_and_undo_takes_it_away() -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let gateway = start(GatewayOptions::default()).await?;
    let home = Home::new()?;
    let preset = home.preset(&gateway.base_url())?;
    let key = "sk-practice-ok-static7Q2mZ9xK4tB8wL3vN6pR5";
    let words = ["apply", "--preset", &preset.to_string_lossy(), "--key-stdin", "--static-key", "--yes", "--json"];
    let (exit, answer) = home.cli_json(&words, key)?;
    assert_eq!((exit, &answer["outcome"]), (0, &json!("proved")), "{answer}");
    assert!(!answer.to_string().contains("static7Q2m"), "the answer holds the key");
    home.close_claude();
    let holding = e2e::watch::files_with(&home.path(), "static7Q2m");
    assert_eq!(holding.len(), 1, "the profile alone: {holding:?}");
    assert_eq!(std::fs::metadata(&holding[0])?.permissions().mode() & 0o777, 0o600);
    assert_eq!(home.cli(&["undo"], "")?.status.code(), Some(0));
    assert_eq!(e2e::watch::files_with(&home.path(), "static7Q2m"), Vec::<std::path::PathBuf>::new());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_pasted_around_a_key_is_cleaned_and_said() -> Result<()> {
    let gateway = start(GatewayOptions::default()).await?;
    let home = Home::new()?;
    let preset = home.preset(&gateway.base_url())?;
    let paste = format!("export KEY=\"{}\"\n", Fault::Ok.example_key());
    let (exit, answer) =
        home.cli_json(&["check", "--preset", &preset.to_string_lossy(), "--key-stdin", "--json"], &paste)?;
    assert_eq!((exit, codes(&answer)), (0, vec!["AR-407"]), "{answer}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_tried_and_what_does_not_work_are_told_apart() -> Result<()> {
    let gateway = start(GatewayOptions::default()).await?;
    let (home, other) = (Home::new()?, Home::new()?);
    let preset = home.preset(&gateway.base_url())?;
    let preset = preset.to_string_lossy();
    let key = Fault::Overloaded.example_key();
    let words = ["apply", "--preset", &preset, "--key-stdin", "--without-check", "--yes", "--json"];
    let (exit, answer) = home.cli_json(&[&words[..], &["--write-only"]].concat(), &key)?;
    assert_eq!((exit, &answer["outcome"]), (0, &json!("written")), "{answer}");
    assert!(codes(&answer).contains(&"AR-713"), "nobody has tried it: {answer}");
    let (exit, answer) = home.cli_json(&words, &key)?;
    assert_eq!((exit, &answer["outcome"]), (0, &json!("unchanged")), "what is right already is left: {answer}");
    let (exit, answer) = other.cli_json(&words, &key)?;
    assert_eq!((exit, &answer["outcome"]), (0, &json!("unproved")), "{answer}");
    assert!(codes(&answer).contains(&"AR-857"), "Claude's own check fails: {answer}");
    Ok(())
}
