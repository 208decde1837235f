//! The steps of the flow as a screen reader meets them, in the system's own tree.
#![allow(missing_docs, reason = "a test")]

use airouter_practice::gateway::{Fault, GatewayOptions, start};
use anyhow::{Result, ensure};
use atspi_common::{Role, State};
use e2e::flow;
use e2e::home::Home;
use e2e::screen_reader::{ScreenReader, TimedReply};
use e2e::window::Window;

const PROGRAM: &str = "airouter-setup";

/// The list of lamps, each with its state in words.
fn lamps(page: &TimedReply) -> Result<Vec<&str>> {
    let list = page.find(Role::List, |name| name == "检查结果")?;
    let items = list.all().into_iter().filter(|told| told.role == Role::ListItem);
    Ok(items.map(|told| told.name.as_str()).collect())
}

/// What is told of a screen whenever one is entered: its heading, and that the focus is in it.
fn entered<'a>(page: &'a TimedReply, title: &str) -> Result<&'a TimedReply> {
    page.find(Role::Heading, |name| name.contains(title))?;
    let focused = page.all().into_iter().find(|told| told.is(State::Focused) && told.role != Role::DocumentWeb);
    focused.ok_or_else(|| anyhow::anyhow!("nothing has the focus in:\n{page}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_road_is_told_step_by_step() -> Result<()> {
    let gateway = start(GatewayOptions::default()).await?;
    let home = Home::new()?;
    let preset = home.preset(&gateway.base_url())?;
    let window = Window::open(&home, &["--preset", &preset.to_string_lossy()], "zh_CN.UTF-8").await?;
    let reader = ScreenReader::listen().await?;

    window.wait_for_screen("key").await?;
    let page = reader.page(PROGRAM).await?;
    let focused = entered(&page, "密钥")?;
    assert_eq!((focused.role, focused.name.as_str()), (Role::Entry, "密钥"), "the field for the key has the focus");
    page.find(Role::Button, |name| name == "检查")?;
    let waiting = lamps(&page)?;
    assert_eq!(waiting.len(), 6, "{page}");
    for (lamp, name) in waiting.iter().zip(["地址", "密钥", "模型", "回答", "逐字显示", "工具"]) {
        ensure!(lamp.starts_with(name) && lamp.ends_with("待检查"), "{name} is told as {lamp}");
    }
    ensure!(page.all().iter().any(|told| told.live == "polite"), "nothing is told while it happens:\n{page}");

    assert_eq!(flow::refused_code(&window, &Fault::NoBalance.example_key()).await?, "AR-503");
    let page = reader.page(PROGRAM).await?;
    let told = lamps(&page)?;
    ensure!(told[2].ends_with("通过") && told[3].ends_with("未通过") && told[5].ends_with("未测试"), "{told:?}");
    let finding = page.find(Role::Notification, |_| true).or_else(|_| page.find(Role::Alert, |_| true))?;
    ensure!(finding.words().contains("余额"), "{finding}");

    flow::key_to_models(&window, &Fault::Ok.example_key()).await?;
    entered(&reader.page(PROGRAM).await?, "模型")?;
    window.click("#to-review").await?;
    window.wait_for("#apply:not(:disabled)").await?;
    let page = reader.page(PROGRAM).await?;
    entered(&page, "")?;
    page.find(Role::Button, |name| name.contains("Claude"))?;

    window.click("#apply").await?;
    window.wait_for("[data-outcome=\"proved\"]").await?;
    let page = reader.page(PROGRAM).await?;
    let focused = entered(&page, "AIRouter")?;
    assert_eq!(focused.role, Role::Heading, "the result is told first");
    page.find(Role::Button, |name| name == "完成")?;
    window.close().await
}
