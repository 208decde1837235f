//! What the page may do: nothing but call this program's own commands.
#![allow(missing_docs, reason = "a test")]

use anyhow::Result;
use e2e::home::Home;
use e2e::window::Window;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn the_page_has_no_network_and_no_foreign_command() -> Result<()> {
    let home = Home::new()?;
    let window = Window::open(&home, &[], "zh_CN.UTF-8").await?;
    window.wait_for_screen("key").await?;

    assert_eq!(window.run("return typeof window.__TAURI__").await?, json!("undefined"));
    assert_eq!(window.run("return Object.isFrozen(Object.prototype)").await?, json!(true));
    let evaluated = window.run("try { return String(new Function('return 1')()) } catch { return 'refused' }").await?;
    assert_eq!(evaluated, json!("refused"));

    let fetched = window
        .run_and_wait("const done = arguments[arguments.length - 1]; fetch('http://127.0.0.1:9/').then(() => done('reached'), (error) => done(error.name))")
        .await?;
    assert_eq!(fetched, json!("TypeError"));
    let violated = window
        .run_and_wait(
            "const done = arguments[arguments.length - 1];
             document.addEventListener('securitypolicyviolation', (event) => done(event.effectiveDirective), { once: true });
             fetch('http://127.0.0.1:9/').catch(() => undefined);",
        )
        .await?;
    assert_eq!(violated, json!("connect-src"), "the policy itself refuses the network");

    for command in [
        "plugin:opener|open_url",
        "plugin:window|close",
        "plugin:app|version",
        "plugin:event|listen",
        "no_such_command",
    ] {
        let answer = window
            .run_and_wait(&format!(
                "const done = arguments[arguments.length - 1];
                 window.__TAURI_INTERNALS__.invoke('{command}', {{ url: 'https://example.com' }}).then(() => done('allowed'), (error) => done(String(error)))"
            ))
            .await?;
        let answer = answer.as_str().unwrap_or_default();
        assert!(answer.contains("not allowed") || answer.contains("not found"), "{command}: {answer}");
    }
    let own = window
        .run_and_wait(
            "const done = arguments[arguments.length - 1];
             window.__TAURI_INTERNALS__.invoke('look').then((found) => done(typeof found.root), (error) => done(String(error)))",
        )
        .await?;
    assert_eq!(own, json!("string"), "our own command is allowed");
    window.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_cannot_be_led_elsewhere() -> Result<()> {
    let home = Home::new()?;
    let window = Window::open(&home, &[], "zh_CN.UTF-8").await?;
    window.wait_for_screen("key").await?;
    window.run("location.href = 'http://127.0.0.1:9/'; return true").await?;
    window.run("window.open('http://127.0.0.1:9/'); return true").await?;
    assert_eq!(window.run("return location.protocol").await?, json!("tauri:"));
    window.close().await
}
