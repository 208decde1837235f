//! Walks the flow in rehearsal and takes a picture of every screen.
//!
//! `pictures flow FOLDER` once, in Chinese, light; `pictures shots FOLDER` in both languages, light
//! and dark, wide and narrow; `pictures large FOLDER` the same with the text that the environment's
//! `GDK_DPI_SCALE` makes large; `pictures sheets FOLDER` then makes one sheet for each theme.
#![allow(clippy::disallowed_methods, clippy::print_stderr, reason = "a tool for the people who build the program")]

use std::path::{Path, PathBuf};
use std::process::Command;

use airouter_practice::gateway::Fault;
use anyhow::{Context, Result, bail, ensure};
use e2e::flow;
use e2e::home::Home;
use e2e::window::Window;

/// A way to look at the program.
struct Look {
    name: String,
    language: &'static str,
    dark: bool,
    size: (u32, u32),
}

#[tokio::main]
async fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [what, folder] = words.as_slice() else { bail!("usage: pictures flow|shots|large|sheets FOLDER") };
    let folder = PathBuf::from(folder);
    match what.as_str() {
        "flow" => {
            let look = Look { name: "flow".to_owned(), language: "zh_CN.UTF-8", dark: false, size: (960, 720) };
            walk(&look, &folder).await
        }
        "shots" => walk_all(&[("wide", (960, 720)), ("narrow", (400, 720))], &folder).await,
        "large" => walk_all(&[("large", (960, 720))], &folder).await,
        "sheets" => THEMES.iter().try_for_each(|(theme, _)| sheet(&folder, theme)),
        _ => bail!("usage: pictures flow|shots|large|sheets FOLDER"),
    }
}

const THEMES: [(&str, bool); 2] = [("light", false), ("dark", true)];

/// In both languages and both themes, in windows of these sizes.
async fn walk_all(sizes: &[(&str, (u32, u32))], folder: &Path) -> Result<()> {
    for (tag, language) in [("zh", "zh_CN.UTF-8"), ("en", "en_US.UTF-8")] {
        for (theme, dark) in THEMES {
            for (width, size) in sizes {
                let look = Look { name: format!("{theme}-{tag}-{width}"), language, dark, size: *size };
                walk(&look, &folder.join(&look.name)).await.with_context(|| look.name.clone())?;
            }
        }
    }
    Ok(())
}

/// The flow with a missing Claude, a failed check, and then everything that goes well.
async fn walk(look: &Look, folder: &Path) -> Result<()> {
    let home = Home::without_claude()?;
    home.theme(look.dark)?;
    let picture = |name: &'static str| folder.join(format!("{name}.png"));

    let window = Window::open(&home, &[], look.language).await?;
    window.resize(look.size.0, look.size.1).await?;
    window.wait_for_screen("prepare").await?;
    window.picture(&picture("01-prepare")).await?;
    window.close().await?;

    let folder_of_rehearsal = home.path().join("rehearsal");
    let open = async || -> Result<Window> {
        let window = Window::rehearse(&home, &folder_of_rehearsal, look.language).await?;
        window.resize(look.size.0, look.size.1).await?;
        Ok(window)
    };
    let window = open().await?;
    window.wait_for_screen("key").await?;
    window.picture(&picture("02-key")).await?;
    ensure!(flow::refused_code(&window, &Fault::NoBalance.example_key()).await? == "AR-503", "the wrong finding");
    window.picture(&picture("03-no-balance")).await?;
    window.close().await?;

    let window = open().await?;
    flow::key_to_models(&window, &Fault::Mixed.example_key()).await?;
    window.picture(&picture("04-models")).await?;
    window.click("#to-review").await?;
    window.wait_for("#apply:not(:disabled)").await?;
    window.picture(&picture("05-review")).await?;
    window.click("#apply").await?;
    window.wait_for("[data-screen=\"apply\"] [data-state=\"running\"]").await?;
    window.picture(&picture("06-apply")).await?;
    window.wait_for("[data-outcome=\"proved\"]").await?;
    window.picture(&picture("07-proved")).await?;
    window.close().await?;

    // The stage is still set: the next start shows how things stand. The gateway is a new one.
    let window = open().await?;
    window.wait_for_screen("status").await?;
    window.picture(&picture("08-status")).await?;
    flow::undo(&window).await?;
    window.picture(&picture("09-undone")).await?;
    window.close().await?;
    let _ = Command::new("pkill").args(["-TERM", "-f"]).arg(folder_of_rehearsal.join("system")).status();
    Ok(())
}

/// All pictures of a theme on one sheet: a line for each look, a column for each step of the flow.
fn sheet(folder: &Path, theme: &str) -> Result<()> {
    let mut pictures = Vec::new();
    for look in std::fs::read_dir(folder)?.flatten().map(|entry| entry.path()) {
        let is_of_theme = look.file_name().is_some_and(|name| name.to_string_lossy().starts_with(theme));
        if look.is_dir() && is_of_theme {
            pictures.extend(std::fs::read_dir(look)?.flatten().map(|entry| entry.path()));
        }
    }
    pictures.sort();
    let status = Command::new("montage")
        .args(pictures)
        .args(["-tile", "9x", "-geometry", "480x480+10+10", "-background", "#808080"])
        .arg(folder.join(format!("sheet-{theme}.png")))
        .status()?;
    ensure!(status.success(), "montage failed");
    Ok(())
}
