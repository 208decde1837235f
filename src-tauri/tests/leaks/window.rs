//! Everything that comes out of the window: the answers to the page, and the files it leaves.

use airouter_core::address::GatewayUrl;
use airouter_core::secret::Secret;
use airouter_platform::check::{CheckRequest, check};
use serde_json::{Value, json};

use crate::shell::Shell;
use crate::ways_out::collected;

/// Goes the person's way with a key as far as the gateway lets it, and gives all that was said and written.
pub(crate) fn walked(base: &str, key: &str) -> String {
    let shell = Shell::open(base);
    let mut said = String::new();
    let mut ask = |command: &str, arguments: Value| {
        let answer = shell.ask(command, arguments);
        let (Ok(value) | Err(value)) = &answer;
        said.push_str(&format!("{command}: {value}\n"));
        answer.unwrap_or_default()
    };
    let channel = "__CHANNEL__:7";
    let wishes = json!({"models": [], "every_model": true, "static_key": true, "egress": null, "carry_over": false, "restart": false});
    ask("start", json!({}));
    ask("read_key", json!({"text": key}));
    let report = ask("check", json!({"wishes": {"address": null, "scheme": null, "proxy": null}, "onLamp": channel}));
    let model = report["proposal"][0].as_str().unwrap_or("claude-haiku-4-5-20251001").to_owned();
    ask("try_model", json!({"id": model}));
    ask("plan", json!({"wishes": wishes}));
    ask("apply", json!({"wishes": wishes, "onPhase": channel}));
    ask("look", json!({}));
    ask("doctor", json!({}));
    ask("preview_report", json!({}));
    ask("save_report", json!({}));
    let files = collected(shell.folder.path());
    ask("undo", json!({"goal": "before", "restart": false, "onPhase": channel}));
    ask("forget_session", json!({}));
    said + &files
}

/// Every lamp that the page is told of while a check is under way.
pub(crate) fn lamps(base: &str, key: &str) -> String {
    let wanted = CheckRequest {
        base: GatewayUrl::parse(base).unwrap(),
        key: Secret::new(key.to_owned()),
        scheme: None,
        models: Vec::new(),
        claude: None,
        proxy: None,
    };
    let (_stop, never) = tokio::sync::watch::channel(false);
    let mut said = String::new();
    tauri::async_runtime::block_on(check(wanted, never, |lamp| {
        said.push_str(&serde_json::to_string(lamp).unwrap());
    }));
    said
}
