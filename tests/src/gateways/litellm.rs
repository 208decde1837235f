//! LiteLLM 1.99.4: reads both headers, wraps errors of its upstream. Without a database it knows one
//! key only, and refuses every other with a 400 about the database.

use std::process::Command;

use airouter_practice::gateway::Fault;
use anyhow::Result;
use serde_json::json;

use super::{MODEL, Running, UPSTREAM, free_port, install};

/// A running LiteLLM.
pub struct LiteLlm {
    /// Its base address, as Claude takes it.
    pub base: String,
    /// A key that works.
    pub good_key: String,
    _running: Running,
}

/// Starts one; [`LiteLlm::model_with_upstream`] names the models whose upstream fails.
pub async fn litellm(upstream: &str) -> Result<LiteLlm> {
    let programs = install::from_pypi("litellm")?;
    let folder = tempfile::tempdir()?;
    let port = free_port()?;
    let good_key = "sk-test-master-1234567890".to_owned();
    let model = |name: String, fault: Fault| {
        json!({"model_name": name, "litellm_params": {
            "model": format!("anthropic/{MODEL}"), "api_base": upstream, "api_key": fault.example_key()}})
    };
    let mut models = vec![model(MODEL.to_owned(), Fault::Ok)];
    models.extend(UPSTREAM.iter().map(|fault| model(LiteLlm::model_with_upstream(*fault), *fault)));
    let settings = json!({
        "model_list": models,
        "litellm_settings": {"num_retries": 0, "telemetry": false, "drop_params": true},
        "router_settings": {"num_retries": 0, "disable_cooldowns": true},
        "general_settings": {"master_key": good_key},
    });
    let path = folder.path().join("litellm.yaml");
    // JSON is YAML too.
    std::fs::write(&path, settings.to_string())?;
    let mut command = Command::new(programs.join("litellm"));
    command
        .args(["--config", &path.to_string_lossy(), "--host", "127.0.0.1", "--port", &port.to_string()])
        .env("LITELLM_LOCAL_MODEL_COST_MAP", "True")
        .env("PATH", format!("{}:/usr/bin:/bin", programs.display()));
    let running = Running::start(&mut command, folder, &format!("127.0.0.1:{port}"))?;
    Ok(LiteLlm { base: format!("http://127.0.0.1:{port}"), good_key, _running: running })
}

impl LiteLlm {
    /// The model whose key upstream plays a fault.
    pub fn model_with_upstream(fault: Fault) -> String {
        format!("claude-haiku-{}", fault.name())
    }
}
