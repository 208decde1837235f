//! The installed package's life, met by a person who stays at the desk: connected with an older build,
//! updated, removed. Updating and removing is done outside, by whoever started this (`cargo xtask test
//! deb`): a line on standard output asks for it, a line on standard input says that it is done.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test works on files and processes, and asks on standard output"
)]

use std::path::Path;

use airouter_practice::gateway::{GatewayOptions, start};
use anyhow::{Result, ensure};
use e2e::home::Home;
use e2e::window::Window;
use e2e::{flow, programs, watch};

const KEY: &str = "sk-practice-ok-packaged7Q2mZ9xK4tB8wL3vN6pR5";

#[tokio::main]
async fn main() -> Result<()> {
    let gateway = start(GatewayOptions::default()).await?;
    let home = Home::new()?;
    let preset = home.preset(&gateway.base_url())?;
    let words = ["--preset", &preset.to_string_lossy()];
    let helper = home.path().join(".local/share/airouter-setup/airouter-credential");
    let came_with = programs().join("airouter-credential");

    let window = Window::open(&home, &words, "zh_CN.UTF-8").await?;
    flow::to_proof(&window, KEY).await?;
    window.close().await?;
    let older = std::fs::read(&came_with)?;
    ensure!(std::fs::read(&helper)? == older, "the helper is the one that came with the program");
    println!("connected, proved by Claude's log");

    outside("update")?;
    let newer = std::fs::read(&came_with)?;
    ensure!(newer != older, "the update brings another helper");
    let window = Window::open(&home, &words, "zh_CN.UTF-8").await?;
    window.wait_for_screen("status").await?;
    window.close().await?;
    ensure!(std::fs::read(&helper)? == newer, "the installed helper did not follow the update");
    let (exit, status) = home.cli_json(&["status", "--json"], "")?;
    ensure!(exit == 0 && status["healthy"] == true, "after the update: {status}");
    println!("updated: the connection is as it was, the helper is the new one");

    outside("remove")?;
    ensure!(!came_with.exists() && !programs().join("airouter-setup").exists(), "the programs are still there");
    ensure!(std::fs::read(&helper)? == newer, "the helper in the person's folder is gone");
    let printed = home.command(&helper).output()?;
    ensure!(printed.stdout == KEY.as_bytes(), "the helper does not give the key");
    claude_still_works(&home, || {
        gateway.requests().iter().filter(|request| request.path.contains("beta=true")).count()
    })?;
    println!("removed: Claude still works through the gateway");
    Ok(())
}

/// Starts Claude again, and waits until it has asked the gateway, with the key that the helper gave.
fn claude_still_works(home: &Home, asked: impl Fn() -> usize) -> Result<()> {
    home.close_claude();
    let before = asked();
    let mut claude = home.command(home.programs().join("claude-desktop")).spawn()?;
    watch::until(|| asked() > before)?;
    home.close_claude();
    claude.wait()?;
    let log = std::fs::read_to_string(Path::new(&home.path()).join(".config/Claude-3p/logs/main.log"))?;
    ensure!(log.matches("3P mode active").count() >= 2, "Claude did not start in gateway mode again:\n{log}");
    Ok(())
}

/// Asks for something that only root may do, and waits for it.
fn outside(wish: &str) -> Result<()> {
    println!("outside: {wish}");
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    ensure!(answer.trim() == "done", "nobody did: {wish}");
    Ok(())
}
