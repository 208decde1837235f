//! Every state of every screen in the engine that people have: the page with its double
//! (`ui/tests/gallery`) in the program's own kind of window. Chromium is asked by the page's own tests;
//! WebKitGTK knows no forced colours.
#![allow(missing_docs, reason = "a test")]

use anyhow::Result;
use e2e::home::Home;
use e2e::window::Window;

/// How the page is shown: the window's width and the size of text in percent.
type Shape = (u32, u32);

/// Shows each state in both languages and collects what a measure finds.
async fn walk(window: &Window, (width, text): Shape, measure: &str, found: &mut Vec<String>) -> Result<()> {
    window.resize(width, 720).await?;
    window.measure::<()>(&format!("measures.enlarge({text})")).await?;
    let names: Vec<String> = window.measure("gallery.names").await?;
    assert!(names.len() > 40, "the gallery is nearly empty: {names:?}");
    for locale in ["zh-CN", "en"] {
        for name in &names {
            let faults = format!("(await gallery.show({name:?}, {locale:?}), {measure})");
            let faults: Vec<String> = window.measure(&faults).await?;
            found.extend(faults.into_iter().map(|fault| format!("{name}, {locale}, {width} wide, {text} %: {fault}")));
        }
    }
    Ok(())
}

async fn open(dark: bool) -> Result<(Home, Window)> {
    let home = Home::without_claude()?;
    home.theme(dark)?;
    let window = Window::around(&home, &e2e::gallery()).await?;
    window.wait_for("#app").await?;
    let is_dark: bool = window.measure("matchMedia('(prefers-color-scheme: dark)').matches").await?;
    assert_eq!(is_dark, dark, "the theme did not reach the page");
    Ok((home, window))
}

async fn access(dark: bool) -> Result<Vec<String>> {
    let (_home, window) = open(dark).await?;
    let mut found = Vec::new();
    walk(&window, (960, 100), "measures.access()", &mut found).await?;
    window.close().await?;
    Ok(found)
}

/// No text is lost, and the focus is where it can be seen.
async fn fit() -> Result<Vec<String>> {
    const MEASURE: &str = "[...measures.clippings(), measures.focusFault()].filter(Boolean)";
    let (_home, window) = open(false).await?;
    let mut found = Vec::new();
    for shape in [(960, 100), (320, 100), (960, 200)] {
        walk(&window, shape, MEASURE, &mut found).await?;
    }
    window.close().await?;
    Ok(found)
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_in_any_state() -> Result<()> {
    let (light, dark) = tokio::try_join!(access(false), access(true))?;
    assert_eq!([light, dark], [Vec::<String>::new(), Vec::new()]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_text_is_lost_in_a_narrow_window_or_at_twice_the_size() -> Result<()> {
    assert_eq!(fit().await?, Vec::<String>::new());
    Ok(())
}
