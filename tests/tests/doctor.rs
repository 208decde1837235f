//! Check and report in the real window: after the proof nothing is wrong, a change by somebody else is
//! found and mended, and the report that is saved is the one that was seen, without the key.
#![allow(clippy::disallowed_methods, missing_docs, reason = "a test works on files and processes")]

use std::path::PathBuf;

use airouter_practice::gateway::{Fault, GatewayOptions, start};
use anyhow::{Context, Result};
use e2e::flow;
use e2e::home::Home;
use e2e::watch::files_with;
use e2e::window::Window;
use fantoccini::key::Key;

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_changed_is_found_and_mended_and_told_without_the_key() -> Result<()> {
    let gateway = start(GatewayOptions::default()).await?;
    let home = Home::new()?;
    let preset = home.preset(&gateway.base_url())?;
    let key = Fault::Ok.example_key();
    let window = Window::open(&home, &["--preset", &preset.to_string_lossy()], "zh_CN.UTF-8").await?;
    flow::to_proof(&window, &key).await?;

    window.click("#to-doctor").await?;
    window.click("#examine").await?;
    window.wait_for("#examine:not(:disabled)").await?;
    // The test's gateway has no encryption, and the download server is not to be had here.
    let troubles =
        window.run("return [...document.querySelectorAll('#doctor-blocking [data-state=trouble]')].length").await?;
    assert_eq!(troubles, 0, "{}", window.text("body").await?);

    let mode = home.claude().join("claude_desktop_config.json");
    let written = std::fs::read_to_string(&mode)?;
    std::fs::write(&mode, written.replace("3p", "1p"))?;
    window.click("#examine").await?;
    window.wait_for("#doctor-blocking [data-code=\"AR-723\"]").await?;
    window.click("#make-report").await?;
    let page = window.wait_for("#report-page").await?.text().await?;
    assert!(page.contains("AR-723") && !page.contains(&key), "{page}");
    window.click("#save-report").await?;
    let saved = window.wait_for("#report-saved .mono").await?.text().await?;
    let archive = std::fs::read(&saved).with_context(|| saved.clone())?;
    assert!(archive.starts_with(b"PK"), "{saved} is no archive");
    // Claude itself keeps the key that it was given in a file of its own while it runs.
    let holding: Vec<PathBuf> =
        files_with(&home.path(), &key).into_iter().filter(|path| !path.starts_with(home.claude())).collect();
    assert_eq!(holding, Vec::<PathBuf>::new());

    window.click("#claude-report summary").await?;
    window.type_into("#claude-text", "Source: local (configLibrary)").await?;
    window.press(Key::Enter).await?;
    window.type_into("#claude-text", "inferenceProvider: bedrock").await?;
    window.click("#read-claude").await?;
    window.wait_for("#claude-told [data-code=\"AR-725\"]").await?;

    window.click("[data-code=\"AR-723\"] button").await?;
    window.click("#apply").await?;
    window.wait_for_screen("result").await?;
    let mended: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&mode)?)?;
    assert_eq!(mended["deploymentMode"], "3p", "{mended}");
    window.close().await
}
