//! The whole flow on Windows, by the command line: from an empty account to the proof and back, with
//! redirected folders, beside other programs of the same name.

use airouter_practice::gateway::{Fault, GatewayOptions, start};
use anyhow::Result;
use e2e_windows::account::{Account, FAMILY, NEWER_PACKAGE, PACKAGE, VERSION};
use serde_json::{Value, json};

use crate::{apply, codes};

#[tokio::test(flavor = "multi_thread")]
async fn from_an_empty_account_to_the_proof_and_back() -> Result<()> {
    let gateway = start(GatewayOptions::default()).await?;
    let account = Account::new()?;
    let preset = account.preset(&gateway.base_url())?;
    let key = Fault::Ok.example_key();

    let (exit, answer) = account.cli(&["status", "--json"], "")?;
    assert_eq!((exit, codes(&answer)), (1, vec!["AR-101", "AR-710"]), "nothing is there yet");
    account.install_by_squirrel(VERSION)?;
    let (exit, answer) = account.cli(&["check", "--preset", &preset, "--key-stdin", "--json"], &key)?;
    assert_eq!((exit, &answer["passed"]), (0, &json!(true)), "{answer}");
    let (exit, answer) = account.cli(&apply(&preset, &["--dry-run"]), &key)?;
    assert_eq!((exit, &answer["outcome"]), (0, &json!("dry-run")), "{answer}");
    assert!(!account.root().exists(), "a dry run writes nothing");

    let (exit, answer) = account.cli(&apply(&preset, &[]), &key)?;
    assert_eq!((exit, &answer["outcome"]), (0, &json!("proved")), "{answer}");
    assert!(answer["proof"]["models"].as_u64().is_some_and(|models| models > 0), "{answer}");
    for (name, bytes) in account.claude_files() {
        // Claude itself keeps the credential that it got while it runs (OD).
        assert!(
            name.contains("host-creds-") || !String::from_utf8_lossy(&bytes).contains(&key),
            "the key is in {name}"
        );
    }

    let (exit, answer) = account.cli(&["status", "--json"], "")?;
    assert_eq!((exit, &answer["healthy"], &answer["claude"]["running"]), (0, &json!(true), &json!(true)), "{answer}");
    assert_eq!(answer["claude"]["version"], VERSION);
    let (exit, answer) = account.cli(&["undo", "--json"], "")?;
    assert_eq!((exit, codes(&answer)), (3, vec!["AR-102"]), "a running Claude is not quit without consent");

    let mode = account.root().join("claude_desktop_config.json");
    std::fs::write(&mode, r#"{"deploymentMode":"1p"}"#)?;
    let (exit, answer) = account.cli(&["status", "--json"], "")?;
    // The stand-in is not Anthropic's, and no package says otherwise.
    assert_eq!((exit, codes(&answer)), (1, vec!["AR-711", "AR-126"]), "drift is named");
    let (exit, answer) = account.cli(&["repair", "--yes", "--json"], "")?;
    assert_eq!((exit, &answer["outcome"]), (0, &json!("proved")), "{answer}");
    let saved: Value = serde_json::from_str(&std::fs::read_to_string(&mode)?)?;
    assert!(saved["windowBounds"].is_object(), "Claude was asked to quit and has saved its settings: {saved}");

    let (exit, answer) = account.cli(&["undo", "--yes", "--json"], "")?;
    assert_eq!((exit, &answer["undone"]), (0, &json!(true)), "{answer}");
    let left: Vec<String> = account.claude_files().into_iter().map(|(name, _)| name).collect();
    assert!(!left.iter().any(|name| name.contains("configLibrary")), "{left:?}");
    assert!(!account.local().join(r"airouter-setup\airouter-credential.exe").exists(), "the helper is gone");
    let (exit, answer) = account.cli(&["undo", "--yes", "--json"], "")?;
    assert_eq!((exit, codes(&answer)), (0, vec!["AR-708"]), "there is nothing more to undo");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_with_a_copy_in_its_container_is_connected_in_both_places() -> Result<()> {
    let gateway = start(GatewayOptions::default()).await?;
    let account = Account::new()?;
    account.install_package(PACKAGE)?;
    let preset = account.preset(&gateway.base_url())?;
    let key = Fault::Ok.example_key();
    let before = "{\r\n  \"deploymentMode\": \"1p\",\r\n  \"kept\": [1, 2]\r\n}";
    account.put(&account.container(FAMILY).join("claude_desktop_config.json"), before)?;
    account.put(&account.root().join("claude_desktop_config.json"), r#"{"other":true}"#)?;
    let first = account.claude_files();

    let (exit, answer) = account.cli(&apply(&preset, &[]), &key)?;
    assert_eq!((exit, &answer["outcome"]), (0, &json!("proved")), "{answer}");
    assert_eq!(answer["plan"]["files"].as_array().map(Vec::len), Some(6), "three files in two places: {answer}");
    for root in [account.root(), account.container(FAMILY)] {
        let mode: Value = serde_json::from_str(&std::fs::read_to_string(root.join("claude_desktop_config.json"))?)?;
        assert_eq!(mode["deploymentMode"], "3p", "{}", root.display());
        let meta: Value = serde_json::from_str(&std::fs::read_to_string(root.join(r"configLibrary\_meta.json"))?)?;
        let profile = root.join(format!(r"configLibrary\{}.json", meta["appliedId"].as_str().expect("an id")));
        let profile: Value = serde_json::from_str(&std::fs::read_to_string(profile)?)?;
        assert_eq!(profile["inferenceGatewayBaseUrl"], gateway.base_url(), "{}", root.display());
    }
    let (exit, answer) = account.cli(&["status", "--json"], "")?;
    assert_eq!((exit, &answer["healthy"]), (0, &json!(true)), "{answer}");

    // Claude saves the copy that it sees; the other one must be looked at as well.
    std::fs::write(account.root().join("claude_desktop_config.json"), r#"{"other":true,"deploymentMode":"1p"}"#)?;
    let (exit, answer) = account.cli(&["status", "--json"], "")?;
    assert_eq!((exit, codes(&answer)), (1, vec!["AR-711"]), "drift in the other place is named: {answer}");
    let (_, answer) = account.cli(&["repair", "--yes", "--json"], "")?;
    assert_eq!(answer["outcome"], "proved", "{answer}");

    let (exit, answer) = account.cli(&["undo", "--yes", "--json"], "")?;
    assert_eq!((exit, &answer["undone"]), (0, &json!(true)), "{answer}");
    let value = |files: &[(String, Vec<u8>)], name: &str| -> Value {
        let file = files.iter().find(|(path, _)| path.ends_with(name) && path.contains("Claude-3p"));
        file.and_then(|(_, bytes)| serde_json::from_slice(bytes).ok()).unwrap_or(Value::Null)
    };
    let after = account.claude_files();
    assert!(!after.iter().any(|(name, _)| name.contains("configLibrary")), "{after:?}");
    let real = std::fs::read_to_string(account.root().join("claude_desktop_config.json"))?;
    assert_eq!(real, r#"{"other":true}"#, "what nobody but this program has touched is as it was, byte for byte");
    let copy = account.container(FAMILY).join("claude_desktop_config.json").to_string_lossy().into_owned();
    assert_eq!(value(&after, &copy)["deploymentMode"], "1p", "{after:?}");
    assert_eq!(value(&after, &copy)["kept"], value(&first, &copy)["kept"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_person_is_asked_to_quit_a_claude_that_no_program_can_reach() -> Result<()> {
    let gateway = start(GatewayOptions::default()).await?;
    let account = Account::new()?;
    let stub = account.install_by_squirrel(VERSION)?;
    let app = account.local().join("AnthropicClaude");
    let preset = account.preset(&gateway.base_url())?;
    account.command(&stub).spawn()?.wait()?;
    account.wait_until("Claude runs", || !account.running(&app).is_empty())?;

    let words = [&apply(&preset, &[])[..], &["--lang", "en"]].concat();
    let (exit, answer, said) = account.cli_aloud(&words, &Fault::Ok.example_key())?;
    assert_eq!((exit, &answer["outcome"]), (0, &json!("proved")), "{answer}");
    assert!(said.contains("AR-123") && said.contains("right-click Claude's icon"), "{said}");
    assert_eq!(account.running(&app).len(), 1, "the new one runs and the old one is gone");
    let log = account.logs();
    assert!(log.contains("window closed; staying in the tray") && log.contains("quit requested"), "{log}");
    assert!(!log.contains("nobody sees"), "a window was told to close that no person sees: {log}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_ended_and_nothing_is_written_where_nobody_helps() -> Result<()> {
    let gateway = start(GatewayOptions::default()).await?;
    let account = Account::new()?;
    let stub = account.install_by_squirrel(VERSION)?;
    let app = account.local().join("AnthropicClaude");
    let preset = account.preset(&gateway.base_url())?;
    let mut code = account.start_namesake(r".local\bin\claude.exe")?;
    let mut agent = account.start_namesake(r"AppData\Local\Claude-3p\claude-code\2.1.0\claude.exe")?;
    account.command(&stub).env("PRACTICE_CLAUDE_PERSON", "away").spawn()?.wait()?;
    account.wait_until("Claude runs", || !account.running(&app).is_empty())?;
    let key = Fault::Ok.example_key();
    let (exit, answer) = account.cli(&["apply", "--preset", &preset, "--key-stdin", "--json"], &key)?;
    assert_eq!((exit, codes(&answer)), (3, vec!["AR-102"]), "nobody is quit without consent");
    let before = account.claude_files();

    let (exit, answer) = account.cli(&apply(&preset, &[]), &key)?;
    assert_eq!((exit, &answer["outcome"], codes(&answer)[0]), (3, &json!("refused"), "AR-103"), "{answer}");
    assert_eq!(account.running(&app).len(), 1, "Claude was ended without a word");
    assert!(!account.root().join("configLibrary").exists(), "something was written");
    assert_eq!(account.claude_files(), before);
    assert!(!account.logs().contains("nobody sees"), "a window was told to close that no person sees");
    assert!(code.try_wait()?.is_none(), "Claude Code was ended");
    assert!(agent.try_wait()?.is_none(), "Claude's own agent was ended");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_that_waited_for_claudes_end_is_the_one_that_runs() -> Result<()> {
    let gateway = start(GatewayOptions::default()).await?;
    let account = Account::new()?;
    account.install_package(PACKAGE)?;
    let preset = account.preset(&gateway.base_url())?;
    let key = Fault::Ok.example_key();
    let (exit, answer) = account.cli(&apply(&preset, &[]), &key)?;
    assert_eq!((exit, &answer["outcome"]), (0, &json!("proved")), "{answer}");

    // The shell of this account registers it before it starts the package, as Windows does when the last process of
    // the old version has ended.
    account.stage_update(NEWER_PACKAGE)?;
    let mode = account.container(FAMILY).join("claude_desktop_config.json");
    std::fs::write(&mode, r#"{"deploymentMode":"1p"}"#)?;
    let (exit, answer) = account.cli(&["repair", "--yes", "--json"], "")?;
    assert_eq!((exit, &answer["outcome"]), (0, &json!("proved")), "a running Claude is not \"not started\": {answer}");
    let (_, answer) = account.cli(&["status", "--json"], "")?;
    assert_eq!(answer["claude"]["version"], "2.30001.0", "{answer}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn older_data_is_moved_by_claude_and_not_suppressed() -> Result<()> {
    let gateway = start(GatewayOptions::default()).await?;
    let account = Account::new()?;
    account.install_by_squirrel(VERSION)?;
    let preset = account.preset(&gateway.base_url())?;
    account.put(&account.roaming().join(r"Claude-3p\claude_desktop_config.json"), "{}")?;
    let (exit, answer) = account.cli(&apply(&preset, &[]), &Fault::Ok.example_key())?;
    assert_eq!((exit, codes(&answer)[0]), (3, "AR-107"), "{answer}");
    assert!(!account.root().exists(), "the folder that would suppress the move was not made");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wizard_inside_claude_refuses() -> Result<()> {
    let account = Account::new()?;
    account.install_by_squirrel(VERSION)?;
    // A terminal of Claude's: a command interpreter that lies where Claude's programs lie.
    let shell = account.local().join(format!(r"AnthropicClaude\app-{VERSION}\terminal.exe"));
    std::fs::copy(r"C:\windows\system32\cmd.exe", &shell)?;
    let cli = e2e_windows::programs().join("airouter-setup-cli.exe").to_string_lossy().replace('/', r"\");
    let (exit, answer) = account.cli_of(&shell, &["/c", &cli, "status", "--json"], "", &[])?;
    assert_eq!((exit, codes(&answer).first()), (1, Some(&"AR-108")), "{answer}");
    Ok(())
}
