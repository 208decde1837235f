//! Walks the road in rehearsal and takes a picture of every screen.
//!
//! `pictures road FOLDER` once, in Chinese, light; `pictures shots FOLDER` in both languages, light
//! and dark, wide and narrow, with a sheet of all.
#![allow(clippy::disallowed_methods, clippy::print_stderr, reason = "a tool for the people who build the program")]

use std::path::{Path, PathBuf};
use std::process::Command;

use airouter_practice::gateway::Fault;
use anyhow::{Context, Result, bail, ensure};
use e2e::home::Home;
use e2e::road;
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
    let [what, folder] = words.as_slice() else { bail!("usage: pictures road|shots FOLDER") };
    let folder = PathBuf::from(folder);
    match what.as_str() {
        "road" => {
            let look = Look { name: "road".to_owned(), language: "zh_CN.UTF-8", dark: false, size: (960, 720) };
            walk(&look, &folder).await
        }
        "shots" => {
            for look in looks() {
                walk(&look, &folder.join(&look.name)).await.with_context(|| look.name.clone())?;
                sheet(&folder.join(&look.name), &folder.join(format!("{}.png", look.name)))?;
            }
            Ok(())
        }
        _ => bail!("usage: pictures road|shots FOLDER"),
    }
}

fn looks() -> Vec<Look> {
    let mut looks = Vec::new();
    for (tag, language) in [("zh", "zh_CN.UTF-8"), ("en", "en_US.UTF-8")] {
        for (theme, dark) in [("light", false), ("dark", true)] {
            for (width, size) in [("wide", (960, 720)), ("narrow", (400, 720))] {
                looks.push(Look { name: format!("{tag}-{theme}-{width}"), language, dark, size });
            }
        }
    }
    looks
}

/// The road with a missing Claude, a failed check, and then everything that goes well.
async fn walk(look: &Look, folder: &Path) -> Result<()> {
    let home = Home::without_claude()?;
    home.theme(look.dark)?;
    let picture = |name: &'static str| folder.join(format!("{name}.png"));

    let window = Window::open(&home, &[], look.language).await?;
    window.resize(look.size.0, look.size.1).await?;
    window.wait_for_screen("prepare").await?;
    window.picture(&picture("01-prepare")).await?;
    window.close().await?;

    let stage = home.path().join("rehearsal");
    let words = ["--rehearsal", &stage.to_string_lossy()];
    let open = async || -> Result<Window> {
        let window = Window::open(&home, &words, look.language).await?;
        window.resize(look.size.0, look.size.1).await?;
        Ok(window)
    };
    let window = open().await?;
    window.wait_for_screen("key").await?;
    window.picture(&picture("02-key")).await?;
    ensure!(road::refused_code(&window, &Fault::NoBalance.example_key()).await? == "AR-503", "the wrong finding");
    window.picture(&picture("03-no-balance")).await?;
    window.close().await?;

    let window = open().await?;
    road::key_to_models(&window, &Fault::Mixed.example_key()).await?;
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
    road::undo(&window).await?;
    window.picture(&picture("09-undone")).await?;
    window.close().await?;
    let _ = Command::new("pkill").args(["-TERM", "-f"]).arg(stage.join("system")).status();
    Ok(())
}

/// All pictures of a folder on one sheet.
fn sheet(folder: &Path, sheet: &Path) -> Result<()> {
    let mut pictures: Vec<PathBuf> = std::fs::read_dir(folder)?.flatten().map(|entry| entry.path()).collect();
    pictures.sort();
    let status =
        Command::new("montage").args(pictures).args(["-tile", "3x", "-geometry", "640x+12+12"]).arg(sheet).status()?;
    ensure!(status.success(), "montage failed");
    Ok(())
}
