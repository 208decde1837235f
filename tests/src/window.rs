//! The program's window, driven through WebKit's own driver.

use std::ffi::OsStr;
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::key::Key;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::home::Home;
use crate::programs;

/// How long anything on the page may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(60);
/// Until the page has become what it is becoming.
const MOMENT: Duration = Duration::from_millis(50);

/// An open window.
pub struct Window {
    client: Client,
    driver: Child,
}

impl Window {
    /// Opens the program in a home, with these words and this system language.
    pub async fn open(home: &Home, words: &[&str], language: &str) -> Result<Self> {
        Self::start(home, programs().join("airouter-setup").as_os_str(), words, language).await
    }

    /// Opens the rehearsal program with a folder of its own.
    pub async fn rehearse(home: &Home, folder: &Path, language: &str) -> Result<Self> {
        let program = programs().join("airouter-rehearsal");
        Self::start(home, program.as_os_str(), &[&folder.to_string_lossy()], language).await
    }

    /// Opens the program's window around another page: the files of a folder.
    pub async fn around(home: &Home, page: &Path) -> Result<Self> {
        let program = programs().join("examples/any-page");
        Self::start(home, program.as_os_str(), &[&page.to_string_lossy()], "zh_CN.UTF-8").await
    }

    /// Starts a program that shows a window.
    pub async fn start(home: &Home, program: &OsStr, words: &[&str], language: &str) -> Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut driver = home.command("/usr/bin/WebKitWebDriver");
        driver
            .args([format!("--port={port}"), "--host=127.0.0.1".to_owned()])
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("LANG", language);
        let driver = Command::from(driver).kill_on_drop(true).stdout(std::process::Stdio::null()).spawn()?;
        let capabilities = json!({
            "webkitgtk:browserOptions": { "binary": program.to_string_lossy(), "args": words }
        });
        let capabilities = capabilities.as_object().context("an object")?.clone();
        wait_for_driver(port).await?;
        let address = format!("http://127.0.0.1:{port}");
        let mut client = ClientBuilder::new(HttpConnector::new());
        let client = client.capabilities(capabilities).connect(&address);
        let client = tokio::time::timeout(PATIENCE, client).await.context("the program shows no window")??;
        Ok(Self { client, driver })
    }

    /// Waits until something is there.
    pub async fn wait_for(&self, css: &str) -> Result<Element> {
        let end = Instant::now() + PATIENCE;
        loop {
            match self.client.wait().at_most(PATIENCE).every(MOMENT).for_element(Locator::Css(css)).await {
                Ok(element) => return Ok(element),
                Err(error) if is_passing(&error) && Instant::now() < end => tokio::time::sleep(MOMENT).await,
                Err(error) => {
                    let page = self.text("body").await.unwrap_or_default();
                    return Err(error).with_context(|| format!("waiting for {css}; the page says:\n{page}"));
                }
            }
        }
    }

    /// Waits until a screen is shown.
    pub async fn wait_for_screen(&self, name: &str) -> Result<()> {
        self.wait_for(&format!("#screen[data-screen=\"{name}\"]")).await.map(|_| ())
    }

    /// Waits until something can be clicked, and clicks it.
    pub async fn click(&self, css: &str) -> Result<()> {
        let end = Instant::now() + PATIENCE;
        loop {
            let found = self.wait_for(&format!("{css}:not(:disabled)")).await?;
            // The driver scrolls until a thing is in the window, though it may lie under the bar of buttons.
            let scroll = format!("document.querySelector({})?.scrollIntoView({{ block: 'center' }})", json!(css));
            self.run(&scroll).await?;
            if has_large_text() {
                self.run(&format!("document.querySelector({}).click()", json!(css))).await?;
                return Ok(());
            }
            match found.click().await {
                Err(error) if is_passing(&error) && Instant::now() < end => tokio::time::sleep(MOMENT).await,
                clicked => return clicked.with_context(|| format!("clicking {css}")),
            }
        }
    }

    /// Types into a field.
    pub async fn type_into(&self, css: &str, text: &str) -> Result<()> {
        Ok(self.wait_for(css).await?.send_keys(text).await?)
    }

    /// Presses a key where the focus is.
    pub async fn press(&self, key: Key) -> Result<()> {
        Ok(self.client.active_element().await?.send_keys(&char::from(key).to_string()).await?)
    }

    /// The text of something.
    pub async fn text(&self, css: &str) -> Result<String> {
        Ok(self.client.find(Locator::Css(css)).await?.text().await?)
    }

    /// An attribute of something.
    pub async fn attribute(&self, css: &str, name: &str) -> Result<Option<String>> {
        Ok(self.wait_for(css).await?.attr(name).await?)
    }

    /// How many there are of something.
    pub async fn count(&self, css: &str) -> Result<usize> {
        Ok(self.client.find_all(Locator::Css(css)).await?.len())
    }

    /// Runs a script in the page.
    pub async fn run(&self, script: &str) -> Result<Value> {
        Ok(self.client.execute(script, Vec::new()).await?)
    }

    /// Runs a script that calls its last argument when it is done.
    pub async fn run_and_wait(&self, script: &str) -> Result<Value> {
        Ok(self.client.execute_async(script, Vec::new()).await?)
    }

    /// What one of the page's measures gives (`ui/tests/gallery/measures.ts`), such as `measures.access()`.
    pub async fn measure<T: DeserializeOwned>(&self, expression: &str) -> Result<T> {
        if self.run("return typeof window.measures").await? == json!("undefined") {
            let path = crate::gallery().join("measures.js");
            let source = std::fs::read_to_string(path).context("the measures: run `cargo xtask test e2e`")?;
            self.run(&format!("{source}; return true")).await?;
        }
        self.value(expression).await
    }

    /// The value of an expression in the page, which may be one that is still to come.
    pub async fn value<T: DeserializeOwned>(&self, expression: &str) -> Result<T> {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             (async () => {{ return {expression} }})().then(
               (value) => done({{ value: value ?? null }}), (error) => done({{ failed: String(error) }}))"
        );
        let answer = self.run_and_wait(&script).await?;
        ensure!(answer["failed"].is_null(), "{expression}: {}", answer["failed"]);
        serde_json::from_value(answer["value"].clone()).with_context(|| format!("{expression}: {answer}"))
    }

    /// Takes a picture, once nothing that ends is moving.
    pub async fn picture(&self, path: &Path) -> Result<()> {
        self.run_and_wait(
            "const done = arguments[arguments.length - 1];
             const frame = () => new Promise(requestAnimationFrame);
             const drawn = async () => {
               // A screen that has only just come is not painted, and nothing of it moves yet.
               await frame();
               await frame();
               const ending = document.getAnimations().filter((one) => one.effect.getComputedTiming().iterations !== Infinity);
               await Promise.allSettled(ending.map((one) => one.finished));
               await frame();
             };
             void drawn().then(() => done(true))",
        )
        .await?;
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        Ok(std::fs::write(path, self.client.screenshot().await?)?)
    }

    /// Sets the window's size in points.
    pub async fn resize(&self, width: u32, height: u32) -> Result<()> {
        Ok(self.client.set_window_size(width, height).await?)
    }

    /// Closes it.
    pub async fn close(self) -> Result<()> {
        self.client.clone().close().await?;
        self.wait_until_ended().await
    }

    /// Waits until the program has ended: the next one would only show this one's window.
    pub async fn wait_until_ended(mut self) -> Result<()> {
        let end = std::time::Instant::now() + PATIENCE;
        while std::time::Instant::now() < end {
            if !self.is_open()? {
                self.driver.kill().await?;
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("the program has not ended")
    }

    fn is_open(&self) -> Result<bool> {
        let Some(driver) = self.driver.id() else { return Ok(false) };
        Ok(std::process::Command::new("pgrep").args(["-P", &driver.to_string()]).output()?.status.success())
    }
}

impl Drop for Window {
    /// A test that fails leaves the program open, and the next program of that name would only show it.
    fn drop(&mut self) {
        if let Some(driver) = self.driver.id() {
            let _ = std::process::Command::new("pkill").args(["-KILL", "-P", &driver.to_string()]).status();
        }
    }
}

async fn wait_for_driver(port: u16) -> Result<()> {
    for _ in 0..200 {
        if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bail!("the driver does not answer")
}

/// True where the system makes all text larger: the driver points beside what has grown.
fn has_large_text() -> bool {
    std::env::var("GDK_DPI_SCALE").is_ok_and(|scale| scale != "1")
}

/// True for a failure that means nothing: what was found gave way to something else in this very moment.
fn is_passing(error: &CmdError) -> bool {
    format!("{error:?}").to_lowercase().contains("stale")
}
