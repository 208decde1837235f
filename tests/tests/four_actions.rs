//! What a person has to do on a healthy computer, counted where it arrives: in the page.
#![allow(clippy::disallowed_methods, missing_docs, reason = "a test works on processes")]

use std::io::Write;
use std::process::{Command, Stdio};

use airouter_practice::gateway::{Fault, GatewayOptions, start};
use anyhow::{Context, Result, ensure};
use e2e::home::Home;
use e2e::window::Window;
use serde_json::json;

/// Counts what a person does: clicks, keys that are no part of pasting, and the focus that is moved
/// without the program having moved it.
const COUNT: &str = "
    window.__done = [];
    const isPaste = (event) => event.ctrlKey || event.key === 'Control';
    addEventListener('click', (event) => event.isTrusted && __done.push('click ' + event.target.id), true);
    addEventListener('keydown', (event) => event.isTrusted && !isPaste(event) && __done.push('key ' + event.key), true);
    addEventListener('paste', (event) => event.isTrusted && __done.push('paste'), true);
    return document.activeElement.id;";

#[tokio::test(flavor = "multi_thread")]
async fn four_actions_lead_from_a_copied_key_to_the_proof() -> Result<()> {
    let gateway = start(GatewayOptions::default()).await?;
    let home = Home::new()?;
    let preset = home.preset(&gateway.base_url())?;
    let window = Window::open(&home, &["--preset", &preset.to_string_lossy()], "zh_CN.UTF-8").await?;
    window.wait_for_screen("key").await?;
    let focus = window.run(COUNT).await?;
    assert_eq!(focus, json!("key-input"), "nobody has to look for the field");

    // The key was copied in a browser. Pasting is a person's: real keys, real clipboard.
    copy(&Fault::Ok.example_key())?;
    let paste = Command::new("xdotool").args(["key", "--clearmodifiers", "ctrl+v"]).status()?;
    ensure!(paste.success(), "no keys reach the window");
    window.wait_for_screen("models").await?;
    window.click("#to-review").await?;
    window.wait_for_screen("review").await?;
    window.click("#apply").await?;
    window.wait_for("[data-outcome=\"proved\"]").await?;

    let done = window.run("return window.__done").await?;
    assert_eq!(done, json!(["paste", "click to-review", "click apply"]), "with closing the window, four actions");
    // The window is gone before the click is answered.
    let _ = window.click("#finish").await;
    window.wait_until_ended().await
}

/// Puts a text into the display's clipboard, as a browser does.
fn copy(text: &str) -> Result<()> {
    let mut xclip = Command::new("xclip")
        .args(["-selection", "clipboard"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    xclip.stdin.take().context("standard input")?.write_all(text.as_bytes())?;
    ensure!(xclip.wait()?.success(), "no clipboard");
    Ok(())
}
