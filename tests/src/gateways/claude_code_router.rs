//! claude-code-router 2.0.0: reads both headers, offers no list, refuses in plain text, and quotes
//! its upstream.

use std::process::Command;

use airouter_practice::gateway::Fault;
use anyhow::Result;
use serde_json::json;

use super::{MODEL, Running, UPSTREAM, free_port, install};

/// A running claude-code-router.
pub struct CodeRouter {
    /// Its base address, as Claude takes it.
    pub base: String,
    /// A key that works.
    pub good_key: String,
    _running: Running,
}

/// Starts one; [`CodeRouter::model_with_upstream`] names the models whose upstream fails.
pub async fn claude_code_router(upstream: &str) -> Result<CodeRouter> {
    let modules = install::from_npm()?;
    let folder = tempfile::tempdir()?;
    let port = free_port()?;
    let good_key = "test-ccr-key-0123456789".to_owned();
    let provider = |fault: Fault| {
        json!({"name": fault.name(), "api_base_url": format!("{upstream}/v1/messages"),
            "api_key": fault.example_key(), "models": [MODEL], "transformer": {"use": ["Anthropic"]}})
    };
    let providers: Vec<_> = std::iter::once(&Fault::Ok).chain(UPSTREAM).map(|fault| provider(*fault)).collect();
    let settings = json!({
        "APIKEY": good_key, "HOST": "127.0.0.1", "PORT": port, "LOG": false, "NON_INTERACTIVE_MODE": true,
        "Providers": providers,
        "Router": {"default": CodeRouter::model_with_upstream(Fault::Ok)},
    });
    let home = folder.path().join(".claude-code-router");
    std::fs::create_dir_all(&home)?;
    std::fs::write(home.join("config.json"), settings.to_string())?;
    let mut command = Command::new("node");
    command.arg(modules.join("@musistudio/claude-code-router/dist/cli.js")).arg("start").env("HOME", folder.path());
    let running = Running::start(&mut command, folder, &format!("127.0.0.1:{port}"))?;
    Ok(CodeRouter { base: format!("http://127.0.0.1:{port}"), good_key, _running: running })
}

impl CodeRouter {
    /// The model whose key upstream plays a fault.
    pub fn model_with_upstream(fault: Fault) -> String {
        format!("{},{MODEL}", fault.name())
    }
}
