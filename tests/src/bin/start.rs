//! How long it takes until a person can do something, beside an empty window of the same toolkit.
//!
//! From the moment at which the system is told to start the program until the page says that its screen
//! stands: the program's page with a mark of its own (`performance.mark("screen")`), the empty one in the
//! only line that it has. Both are opened through the same driver, which takes the same from both.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a tool for the people who build the program")]

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use e2e::figures;
use e2e::home::Home;
use e2e::window::Window;
use serde_json::json;

/// How often each is started.
const ROUNDS: usize = 25;
/// The program may take this much longer than an empty window.
const LIMIT: f64 = 1.25;

const EMPTY: &str =
    r#"<!doctype html><meta charset="utf-8"><title>empty</title><script type="module" src="/empty.js"></script>"#;
const MARK: &str = r#"performance.mark("screen");"#;
/// Writes down when it starts what comes after, and becomes it.
const STOPWATCH: &str = r#"date +%s%3N >"$0"; exec "$@""#;

#[tokio::main]
async fn main() -> Result<()> {
    let page = tempfile::tempdir()?;
    std::fs::write(page.path().join("index.html"), EMPTY)?;
    std::fs::write(page.path().join("empty.js"), MARK)?;
    let home = Home::new()?;
    let programs = e2e::programs();
    let ours = [programs.join("airouter-setup")];
    let empty = [programs.join("examples/any-page"), page.path().to_owned()];
    let (mut our_times, mut empty_times, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    // In turns, so that a busy moment of the machine meets both of a round; the first warms up.
    for round in 0..=ROUNDS {
        let (our_time, empty_time) = (start(&home, &ours).await?, start(&home, &empty).await?);
        if round > 0 {
            our_times.push(our_time);
            empty_times.push(empty_time);
            ratios.push(our_time / empty_time);
        }
    }
    let (ours, empty, ratio) = (figures::median(our_times), figures::median(empty_times), figures::median(ratios));
    println!("{ROUNDS} starts, medians");
    println!("until the first screen stands  {ours:6.0} ms");
    println!("an empty window                {empty:6.0} ms");
    println!("ratio {ratio:.3}, at most {LIMIT}");
    figures::note(
        "start",
        &json!({"first_screen_ms": ours, "empty_window_ms": empty, "ratio": ratio, "limit": LIMIT}),
    )?;
    ensure!(ratio <= LIMIT, "the first screen comes too late");
    Ok(())
}

/// Milliseconds from the start of a program to its page's mark.
async fn start(home: &Home, command: &[PathBuf]) -> Result<f64> {
    let begun = home.path().join("begun");
    let mut words = vec!["-c".into(), STOPWATCH.into(), begun.to_string_lossy()];
    words.extend(command.iter().map(|word| word.to_string_lossy()));
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    let window = Window::start(home, Path::new("/bin/sh").as_os_str(), &words, "zh_CN.UTF-8").await?;
    let stood: f64 = window
        .value(
            "new Promise((stands) => {
               const look = () => {
                 const [mark] = performance.getEntriesByName('screen');
                 if (mark) stands(performance.timeOrigin + mark.startTime); else setTimeout(look, 10);
               };
               look();
             })",
        )
        .await?;
    window.close().await?;
    let begun: f64 = std::fs::read_to_string(&begun).context("the stopwatch")?.trim().parse()?;
    Ok(stood - begun)
}
