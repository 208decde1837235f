//! For everybody: the keyboard alone completes the flow, and axe-core finds nothing on any screen.
#![allow(missing_docs, reason = "a test")]

use airouter_practice::gateway::{Fault, GatewayOptions, start};
use anyhow::{Result, ensure};
use e2e::flow;
use e2e::home::Home;
use e2e::window::Window;
use fantoccini::key::Key;

/// Neither axe-core finds anything, nor is any text cut off.
async fn nothing_to_find(window: &Window, where_: &str) -> Result<()> {
    let faults: Vec<String> = window.measure("[...await measures.access(), ...measures.clippings()]").await?;
    ensure!(faults.is_empty(), "{where_}: {faults:#?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_on_any_screen() -> Result<()> {
    let gateway = start(GatewayOptions::default()).await?;
    for (language, dark) in [("zh_CN.UTF-8", false), ("en_US.UTF-8", true)] {
        let home = Home::new()?;
        home.theme(dark)?;
        let preset = home.preset(&gateway.base_url())?;
        let preset = preset.to_string_lossy();

        let bare = Home::without_claude()?;
        let window = Window::open(&bare, &["--preset", &preset], language).await?;
        window.wait_for_screen("prepare").await?;
        nothing_to_find(&window, "prepare").await?;
        window.close().await?;

        let window = Window::open(&home, &["--preset", &preset], language).await?;
        flow::refused_code(&window, &Fault::NoBalance.example_key()).await?;
        nothing_to_find(&window, "a failed check").await?;
        window.close().await?;

        let window = Window::open(&home, &["--preset", &preset], language).await?;
        window.wait_for_screen("key").await?;
        nothing_to_find(&window, "key").await?;
        flow::key_to_models(&window, &Fault::Mixed.example_key()).await?;
        nothing_to_find(&window, "models").await?;
        window.click("#to-review").await?;
        window.wait_for_screen("review").await?;
        nothing_to_find(&window, "review").await?;
        window.click("#apply").await?;
        window.wait_for_screen("result").await?;
        nothing_to_find(&window, "result").await?;
        window.close().await?;

        let window = Window::open(&home, &["--preset", &preset], language).await?;
        window.wait_for_screen("status").await?;
        nothing_to_find(&window, "status").await?;
        flow::undo(&window).await?;
        nothing_to_find(&window, "undone").await?;
        window.close().await?;
    }
    Ok(())
}

/// Whoever has no mouse must see at any time where they are.
async fn the_focus_is_seen(window: &Window) -> Result<()> {
    let fault: Option<String> = window.measure("measures.focusFault()").await?;
    ensure!(fault.is_none(), "{}; the page says:\n{}", fault.unwrap_or_default(), window.text("body").await?);
    Ok(())
}

/// Presses Tab until something has the focus, as a person without a mouse would.
async fn tab_to(window: &Window, css: &str) -> Result<()> {
    window.wait_for(&format!("{css}:not(:disabled)")).await?;
    the_focus_is_seen(window).await?;
    for _ in 0..80 {
        let is_there = window.run(&format!("return document.activeElement?.matches('{css}') ?? false")).await?;
        if is_there == serde_json::json!(true) {
            return Ok(());
        }
        window.press(Key::Tab).await?;
        the_focus_is_seen(window).await?;
    }
    anyhow::bail!("the keyboard does not reach {css}")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_alone_completes_the_flow() -> Result<()> {
    let gateway = start(GatewayOptions::default()).await?;
    // At the usual size, and in the narrowest window, where most is hidden beneath the bar of buttons.
    for (width, height) in [(960, 720), (360, 480)] {
        let home = Home::new()?;
        let preset = home.preset(&gateway.base_url())?;
        let window = Window::open(&home, &["--preset", &preset.to_string_lossy()], "zh_CN.UTF-8").await?;
        window.resize(width, height).await?;
        window.wait_for_screen("key").await?;
        tab_to(&window, "#key-input").await?;
        window.type_into("#key-input", &Fault::Ok.example_key()).await?;
        window.press(Key::Enter).await?;
        window.wait_for_screen("models").await?;
        tab_to(&window, "#to-review").await?;
        window.press(Key::Enter).await?;
        window.wait_for_screen("review").await?;
        tab_to(&window, "#apply").await?;
        window.press(Key::Enter).await?;
        window.wait_for_screen("result").await?;
        window.wait_for("[data-outcome=\"proved\"]").await?;
        tab_to(&window, "#undo").await?;
        window.press(Key::Enter).await?;
        // Whoever does not want it after all is back where they were.
        tab_to(&window, "#undo-cancel").await?;
        window.press(Key::Enter).await?;
        the_focus_is_seen(&window).await?;
        tab_to(&window, "#undo").await?;
        window.press(Key::Enter).await?;
        tab_to(&window, "#undo-confirm").await?;
        window.press(Key::Enter).await?;
        window.wait_for_screen("undone").await?;
        tab_to(&window, "#finish").await?;
        // The program may be gone before the driver has its answer.
        let _ = window.press(Key::Enter).await;
        window.wait_until_ended().await?;
    }
    Ok(())
}
