//! What a person has to do on a healthy computer, counted where it arrives: in the page.
#![allow(clippy::disallowed_methods, missing_docs, reason = "a test works on processes")]

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use airouter_practice::gateway::{Fault, GatewayOptions, start};
use anyhow::{Context, Result, ensure};
use e2e::home::Home;
use e2e::window::Window;
use serde_json::json;

/// More is too much.
const MOST: usize = 4;

/// Counts what a person does: clicks, keys that are no part of pasting, a paste, and a focus that moves
/// though neither the program moved it nor the same click. Nothing that the program does to itself counts:
/// its events are not trusted, and its own moving of the focus is told apart.
const COUNT: &str = "
    window.__done = [];
    let ours = false, clicking = false;
    const focus = HTMLElement.prototype.focus;
    HTMLElement.prototype.focus = function (...how) { ours = true; try { focus.apply(this, how) } finally { ours = false } };
    const does = (what, event) => {
        if (!event.isTrusted) return;
        __done.push(what + ' ' + (event.key ?? event.target.id));
        if (event.target.id === 'finish') window.__finished?.(__done);
    };
    const isPaste = (event) => event.ctrlKey || event.key === 'Control';
    const on = (name, act) => addEventListener(name, act, true);
    on('pointerdown', () => (clicking = true));
    on('click', (event) => { clicking = false; does('click', event) });
    on('keydown', (event) => isPaste(event) || does('key', event));
    on('paste', (event) => does('paste', event));
    on('focusin', (event) => ours || clicking || does('focus', event));
    return document.activeElement.id;";

/// What was done, if it is not too much.
fn at_most_four(done: &[String]) -> Result<()> {
    ensure!(done.len() <= MOST, "{} actions: {done:?}", done.len());
    Ok(())
}

async fn opened(preset: &str, home: &Home) -> Result<Window> {
    let window = Window::open(home, &["--preset", preset], "zh_CN.UTF-8").await?;
    window.wait_for_screen("key").await?;
    assert_eq!(window.run(COUNT).await?, json!("key-input"), "nobody has to look for the field");
    Ok(window)
}

async fn done(window: &Window) -> Result<Vec<String>> {
    Ok(serde_json::from_value(window.run("return window.__done").await?)?)
}

#[tokio::test(flavor = "multi_thread")]
async fn four_actions_lead_from_a_copied_key_to_the_closed_window() -> Result<()> {
    let gateway = start(GatewayOptions::default()).await?;
    let home = Home::new()?;
    let preset = home.preset(&gateway.base_url())?;
    let window = opened(&preset.to_string_lossy(), &home).await?;

    // The key was copied in a browser.
    copy(&Fault::Ok.example_key())?;
    keys(&["ctrl+v"])?;
    window.wait_for_screen("models").await?;
    click(&window, "#to-review").await?;
    window.wait_for_screen("review").await?;
    click(&window, "#apply").await?;
    window.wait_for("[data-outcome=\"proved\"]").await?;

    // The window is gone with the last click, so the count is asked for before.
    let pointed = point(&window, "#finish").await?;
    let count = window.run_and_wait("window.__finished = arguments[arguments.length - 1]");
    let press = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        press_at(pointed)
    };
    let (count, pressed) = tokio::join!(count, press);
    pressed?;
    let count: Vec<String> = serde_json::from_value(count?)?;
    assert_eq!(count, ["paste key-input", "click to-review", "click apply", "click finish"]);
    at_most_four(&count)?;
    window.wait_until_ended().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fifth_action_would_be_counted_whatever_it_is() -> Result<()> {
    let gateway = start(GatewayOptions::default()).await?;
    let home = Home::new()?;
    let preset = home.preset(&gateway.base_url())?;
    let window = opened(&preset.to_string_lossy(), &home).await?;

    // The program's own doings are none of the person's.
    window.run("document.querySelector('h1').focus(); document.querySelector('#advanced summary').click()").await?;
    assert_eq!(done(&window).await?, Vec::<String>::new());

    click(&window, "#address-input").await?;
    keys(&["Tab"])?;
    window.wait_for("#use-address:focus").await?;
    keys(&["x"])?;
    copy("no key")?;
    click(&window, "#key-input").await?;
    keys(&["ctrl+v"])?;
    window.wait_for("[data-code]").await?;
    let count = done(&window).await?;
    let expected =
        ["click address-input", "key Tab", "focus use-address", "key x", "click key-input", "paste key-input"];
    assert_eq!(count, expected);
    assert!(at_most_four(&count[..5]).is_err(), "five are too many");
    at_most_four(&count[..4])?;
    window.close().await
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

/// Presses keys on the keyboard.
fn keys(names: &[&str]) -> Result<()> {
    let pressed = Command::new("xdotool").args(["key", "--clearmodifiers"]).args(names).status()?;
    ensure!(pressed.success(), "no keys reach the window");
    Ok(())
}

/// Clicks with the mouse.
async fn click(window: &Window, css: &str) -> Result<()> {
    window.wait_for(&format!("{css}:not(:disabled)")).await?;
    press_at(point(window, css).await?)
}

/// Where something is on the display.
async fn point(window: &Window, css: &str) -> Result<(i64, i64)> {
    let place = window
        .run(&format!(
            "const element = document.querySelector('{css}');
             element.scrollIntoView({{ block: 'nearest' }});
             const {{ x, y, width, height }} = element.getBoundingClientRect();
             return [screenX + x + width / 2, screenY + y + height / 2].map(Math.round)"
        ))
        .await?;
    Ok(serde_json::from_value(place)?)
}

fn press_at((x, y): (i64, i64)) -> Result<()> {
    let at = [x.to_string(), y.to_string()];
    let pressed = Command::new("xdotool").arg("mousemove").args(at).args(["click", "1"]).status()?;
    ensure!(pressed.success(), "no mouse reaches the window");
    Ok(())
}
