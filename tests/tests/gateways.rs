//! The same flow against gateways that nobody here wrote, with a good key and a bad one.
#![allow(missing_docs, reason = "a test")]

use airouter_practice::gateway::{GatewayOptions, start};
use anyhow::Result;
use e2e::flow;
use e2e::gateways::{keyway, litellm};
use e2e::home::Home;
use e2e::window::Window;

async fn the_road_passes(base: &str, good_key: &str, bad_key: &str) -> Result<()> {
    let home = Home::new()?;
    let preset = home.preset(base)?;
    let preset = preset.to_string_lossy();
    let window = Window::open(&home, &["--preset", &preset], "zh_CN.UTF-8").await?;
    assert_eq!(flow::refused_code(&window, bad_key).await?, "AR-402");
    window.close().await?;
    let window = Window::open(&home, &["--preset", &preset], "en_US.UTF-8").await?;
    flow::to_proof(&window, good_key).await?;
    flow::undo(&window).await?;
    window.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn keyway_router() -> Result<()> {
    let upstream = start(GatewayOptions::default()).await?;
    let gateway = keyway(&upstream.base_url()).await?;
    the_road_passes(&gateway.base, &gateway.good_key, "db_sk_0123456789abcdef0123456789abcdef").await
}

#[tokio::test(flavor = "multi_thread")]
async fn lite_llm() -> Result<()> {
    let upstream = start(GatewayOptions::default()).await?;
    let gateway = litellm(&upstream.base_url()).await?;
    the_road_passes(&gateway.base, &gateway.good_key, "sk-test-wrong-0123456789").await
}
