//! Nothing moves while the lamps fill in, in the engine that people have and at the gateway's own pace.
#![allow(missing_docs, reason = "a test")]

use std::time::Duration;

use airouter_practice::gateway::{Fault, GatewayOptions, start};
use anyhow::Result;
use e2e::home::Home;
use e2e::window::Window;
use fantoccini::key::Key;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_moves_while_the_lamps_fill_in() -> Result<()> {
    // Far enough away for each lamp to be seen on its way.
    let gateway = start(GatewayOptions { delay: Duration::from_millis(150), ..GatewayOptions::default() }).await?;
    let home = Home::new()?;
    let preset = home.preset(&gateway.base_url())?;
    for fault in [Fault::Ok, Fault::NoBalance] {
        let window = Window::open(&home, &["--preset", &preset.to_string_lossy()], "zh_CN.UTF-8").await?;
        window.wait_for_screen("key").await?;
        window.type_into("#key-input", &fault.example_key()).await?;
        window.measure::<()>("void (window.moving = measures.movementsOfCheck())").await?;
        window.press(Key::Enter).await?;
        let seen: Value = window.measure("window.moving").await?;
        assert_eq!(seen["moved"], json!([]), "{}", fault.example_key());
        assert!(seen["frames"].as_u64() > Some(3), "the check was missed: {seen}");
        window.close().await?;
    }
    Ok(())
}
