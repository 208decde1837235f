//! The whole flow in a real window, with a real keychain: from the key to the proof and back.
#![allow(clippy::disallowed_methods, missing_docs, reason = "a test works on files and processes")]

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use airouter_practice::gateway::{GatewayOptions, start};
use anyhow::Result;
use e2e::home::Home;
use e2e::watch::{ProcessWatch, files_below, files_with};
use e2e::window::Window;
use e2e::{flow, stand_in};
use serde_json::{Value, json};

/// A key whose middle stands nowhere else.
const KEY: &str = "sk-practice-ok-canary7Q2mZ9xK4tB8wL3vN6pR5";
const CANARY: &str = "canary7Q2mZ9xK4tB8";
const OTHER: &str = "99999999-9999-4999-8999-999999999999";

/// Keeps every reply that the page gets from the program, whichever way it comes.
const TAP: &str = "
    window.__replies = [];
    const fetch = window.fetch.bind(window);
    window.fetch = async (...words) => {
        const reply = await fetch(...words);
        window.__replies.push(await reply.clone().text());
        return reply;
    };
    // Messages of a channel come by a callback that Tauri looks up by its number.
    const get = Map.prototype.get;
    Map.prototype.get = function (id) {
        const found = get.call(this, id);
        if (typeof id !== 'number' || typeof found !== 'function') return found;
        return (...data) => { window.__replies.push(JSON.stringify(data)); return found(...data); };
    };
    return true;";

#[tokio::test(flavor = "multi_thread")]
async fn from_an_empty_home_to_the_proof_and_back() -> Result<()> {
    let gateway = start(GatewayOptions::default()).await?;
    let home = Home::new()?;
    let preset = home.preset(&gateway.base_url())?;
    let processes = ProcessWatch::begin(CANARY);
    let window = Window::open(&home, &["--preset", &preset.to_string_lossy()], "zh_CN.UTF-8").await?;
    window.wait_for_screen("key").await?;
    window.run(TAP).await?;
    flow::to_proof(&window, KEY).await?;

    the_three_files_are_exact(&home, &gateway.base_url())?;
    the_key_is_in_the_key_ring(&home)?;
    the_key_is_nowhere_else(&home, &window).await?;
    assert!(
        gateway.requests().iter().any(|request| request.path.contains("beta=true")),
        "Claude itself asked the gateway"
    );

    flow::undo(&window).await?;
    window.close().await?;
    assert_eq!(processes.end(), std::collections::BTreeSet::new(), "the key was seen in a process");
    home.close_claude();
    let left: Vec<String> = home.claude_files()?.into_iter().map(|(name, _)| name).collect();
    assert_eq!(left, ["claude_desktop_config.json"], "only what Claude itself saved is left");
    assert_eq!(home.claude_files()?[0].1.get("deploymentMode"), None);
    let helper = home.path().join(".local/share/airouter-setup/airouter-credential");
    assert!(!helper.exists(), "the helper program is gone");
    assert_eq!(stored_key(&home)?, None, "the key is gone");
    Ok(())
}

fn the_three_files_are_exact(home: &Home, base: &str) -> Result<()> {
    let library = home.claude().join("configLibrary");
    let meta: Value = serde_json::from_str(&std::fs::read_to_string(library.join("_meta.json"))?)?;
    let id = meta["appliedId"].as_str().expect("an id").to_owned();
    assert_eq!(meta, json!({"entries": [{"id": id, "name": "AIRouter"}], "appliedId": id}));
    let text = std::fs::read_to_string(library.join(format!("{id}.json")))?;
    let profile: Value = serde_json::from_str(&text)?;
    let organization = profile["deploymentOrganizationUuid"].as_str().expect("an id").to_owned();
    assert_ne!(organization, id);
    assert_eq!(
        text,
        format!(
            r#"{{
  "inferenceProvider": "gateway",
  "inferenceGatewayBaseUrl": "{base}",
  "inferenceGatewayAuthScheme": "bearer",
  "inferenceCredentialKind": "helper-script",
  "inferenceCredentialHelper": "{helper}",
  "inferenceModels": ["claude-sonnet-4-5-20250929", "claude-opus-4-5-20251101", "claude-haiku-4-5-20251001"],
  "modelDiscoveryEnabled": false,
  "chatTabEnabled": true,
  "deploymentOrganizationUuid": "{organization}",
  "deploymentDisplayName": "AIRouter"
}}"#,
            helper = home.path().join(".local/share/airouter-setup/airouter-credential").display(),
        )
    );
    let mode = std::fs::read_to_string(home.claude().join("claude_desktop_config.json"))?;
    assert_eq!(mode, "{\n  \"deploymentMode\": \"3p\"\n}");
    for file in ["_meta.json", &format!("{id}.json")] {
        assert_eq!(std::fs::metadata(library.join(file))?.permissions().mode() & 0o777, 0o600, "{file}");
    }
    assert_eq!(std::fs::metadata(&library)?.permissions().mode() & 0o777, 0o700);
    Ok(())
}

/// Asks the key ring with the system's own tool.
fn stored_key(home: &Home) -> Result<Option<String>> {
    // The entry is named after a home that is not the account's own.
    let entry = format!("home {}", home.path().display());
    let output = home
        .command("/usr/bin/secret-tool")
        .args(["lookup", "service", "AIRouter Setup", "username", &entry])
        .output()?;
    let text = String::from_utf8(output.stdout)?;
    Ok(if text.is_empty() { None } else { Some(text) })
}

fn the_key_is_in_the_key_ring(home: &Home) -> Result<()> {
    assert_eq!(stored_key(home)?.as_deref(), Some(KEY));
    let printed = home.command(home.path().join(".local/share/airouter-setup/airouter-credential")).output()?;
    assert_eq!(String::from_utf8(printed.stdout)?, KEY, "what Claude gets from the helper");
    Ok(())
}

async fn the_key_is_nowhere_else(home: &Home, window: &Window) -> Result<()> {
    let found: Vec<_> = files_with(&home.path(), CANARY)
        .into_iter()
        // The real app writes this file for its own agents while it runs.
        .filter(|path| !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("host-creds-")))
        .collect();
    assert_eq!(found, Vec::<std::path::PathBuf>::new(), "the key is in a file");
    assert!(!files_below(&home.path().join(".local/share/airouter-setup/logs")).is_empty(), "there is a log to search");

    let replies: Vec<String> = serde_json::from_value(window.run("return window.__replies").await?)?;
    assert!(replies.len() > 10, "replies were seen: {}", replies.len());
    assert!(replies.iter().any(|reply| reply.contains("proved")), "the last reply was seen");
    assert!(replies.iter().any(|reply| reply.contains(r#""running""#)), "what came by a channel was seen");
    assert_eq!(replies.iter().filter(|reply| reply.contains(CANARY)).count(), 0, "a reply holds the key");
    let page = window.run("return document.documentElement.outerHTML + [...document.querySelectorAll('input,textarea')].map((field) => field.value).join()").await?;
    assert!(!page.to_string().contains(CANARY), "the page still holds the key");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lived_in_home_gets_everything_back() -> Result<()> {
    let gateway = start(GatewayOptions::default()).await?;
    let home = Home::new()?;
    home.put(
        ".config/Claude-3p/configLibrary/_meta.json",
        &format!(r#"{{"appliedId":"{OTHER}","entries":[{{"id":"{OTHER}","name":"Ollama","note":"x"}}],"unknown":{{"a":[1,2.50]}}}}"#),
    )?;
    home.put(
        &format!(".config/Claude-3p/configLibrary/{OTHER}.json"),
        r#"{"inferenceProvider":"gateway","inferenceGatewayBaseUrl":"http://127.0.0.1:11434"}"#,
    )?;
    home.put(
        ".config/Claude-3p/claude_desktop_config.json",
        r#"{"mcpServers":{"files":{"command":"npx","env":{"TOKEN":"t"}}},"deploymentMode":"1p","scale":1.0}"#,
    )?;
    let before = home.claude_files()?;
    let preset = home.preset(&gateway.base_url())?;
    let window = Window::open(&home, &["--preset", &preset.to_string_lossy()], "en_US.UTF-8").await?;
    flow::to_proof(&window, KEY).await?;
    assert_ne!(home.claude_files()?, before);
    flow::undo(&window).await?;
    window.close().await?;
    home.close_claude();

    let mut after = home.claude_files()?;
    for (_, value) in &mut after {
        // Claude saved where its window was, as it does whenever it quits.
        if let Some(values) = value.as_object_mut() {
            values.remove("windowBounds");
        }
    }
    assert_eq!(after, before);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_claude_is_quit_and_cannot_overwrite_what_was_written() -> Result<()> {
    let gateway = start(GatewayOptions::default()).await?;
    let home = Home::new()?;
    let preset = home.preset(&gateway.base_url())?;
    let mut claude = home.command(home.programs().join("claude-desktop")).spawn()?;
    while !home.path().join(".config/Claude/logs/main.log").exists() {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    // Claude Code has the same name on some systems, and must survive.
    let code = home.path().join(".config/Claude-3p/claude-code/2.1/claude-desktop");
    std::fs::create_dir_all(code.parent().expect("a folder"))?;
    std::fs::copy("/bin/sleep", &code)?;
    let mut agent = Command::new(&code).arg("600").spawn()?;

    let window = Window::open(&home, &["--preset", &preset.to_string_lossy()], "zh_CN.UTF-8").await?;
    flow::to_proof(&window, KEY).await?;
    window.close().await?;
    assert!(claude.try_wait()?.is_some(), "the Claude that was running has quit");
    assert!(agent.try_wait()?.is_none(), "another program of that name was ended");
    agent.kill()?;
    agent.wait()?;
    let mode: Value =
        serde_json::from_str(&std::fs::read_to_string(home.claude().join("claude_desktop_config.json"))?)?;
    assert_eq!(mode["deploymentMode"], "3p");
    assert_eq!(home.cli(&["undo", "--yes"], "")?.status.code(), Some(0));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn troubles_have_their_own_findings() -> Result<()> {
    let gateway = start(GatewayOptions::default()).await?;
    let home = Home::new()?;
    let preset = home.preset(&gateway.base_url())?;
    let preset = preset.to_string_lossy();
    for (key, code) in [
        ("sk-practice-nobalance-0000000000000000000000000000", "AR-503"),
        ("sk-wrong-0000000000000000000000000000000000", "AR-402"),
        ("sk-ab****cd0000000000", "AR-401"),
    ] {
        let window = Window::open(&home, &["--preset", &preset], "zh_CN.UTF-8").await?;
        assert_eq!(flow::refused_code(&window, key).await?, code, "{key}");
        assert_eq!(window.count("[data-screen=\"models\"]").await?, 0);
        window.close().await?;
    }
    let nobody = home.preset("http://127.0.0.1:9/claude")?;
    let window = Window::open(&home, &["--preset", &nobody.to_string_lossy()], "zh_CN.UTF-8").await?;
    assert_eq!(flow::refused_code(&window, KEY).await?, "AR-204");
    window.close().await?;
    assert!(!home.claude().exists(), "nothing is written before the person agrees");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn claude_is_found_as_soon_as_it_is_installed() -> Result<()> {
    let gateway = start(GatewayOptions::default()).await?;
    let home = Home::without_claude()?;
    let preset = home.preset(&gateway.base_url())?;
    let window = Window::open(&home, &["--preset", &preset.to_string_lossy()], "zh_CN.UTF-8").await?;
    window.wait_for_screen("prepare").await?;
    window.wait_for("[data-code=\"AR-101\"]").await?;
    std::fs::copy(stand_in(), home.programs().join("claude-desktop"))?;
    window.wait_for_screen("key").await?;
    window.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rehearsal_touches_nothing_real() -> Result<()> {
    let home = Home::without_claude()?;
    let folder = home.path().join("rehearsal");
    let window = Window::rehearse(&home, &folder, "zh_CN.UTF-8").await?;
    window.wait_for("#rehearsal").await?;
    flow::to_proof(&window, KEY).await?;
    assert_eq!(stored_key(&home)?, None, "the real entry of the key ring is not touched");
    assert!(!home.claude().exists(), "the real folder of Claude is not touched");
    flow::undo(&window).await?;
    window.close().await?;
    let _ = Command::new("pkill").args(["-TERM", "-f"]).arg(folder.join("system")).status();
    Ok(())
}
