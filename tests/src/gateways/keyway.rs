//! keyway-router 0.2.0: reads a key in `Authorization` only, lists models the OpenAI way, and has
//! keys in every state.

use std::process::Command;

use airouter_practice::gateway::Fault;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{MODEL, Running, free_port, install};

const ADMIN: &str = "test-admin-token-0123456789abcdef";

/// A running keyway-router with its keys.
pub struct Keyway {
    /// Its base address, as Claude takes it.
    pub base: String,
    /// A key that works.
    pub good_key: String,
    upstream: String,
    _running: Running,
}

/// Starts one.
pub async fn keyway(upstream: &str) -> Result<Keyway> {
    let programs = install::from_pypi("keyway")?;
    let folder = tempfile::tempdir()?;
    let address = format!("127.0.0.1:{}", free_port()?);
    let mut command = Command::new(programs.join("keyway"));
    command
        .env("KEYWAY_HOST", "127.0.0.1")
        .env("KEYWAY_PORT", address.rsplit(':').next().unwrap_or_default())
        .env("KEYWAY_DATA_DIR", folder.path())
        .env("KEYWAY_ADMIN_TOKEN", ADMIN)
        .env("KEYWAY_SECRET", "test-secret-0123456789abcdef0123456789abcdef0123456789");
    let running = Running::start(&mut command, folder, &address)?;
    let base = format!("http://{address}");
    let mut keyway = Keyway { base, good_key: String::new(), upstream: upstream.to_owned(), _running: running };
    keyway.good_key = keyway.key_with_upstream(Fault::Ok)?;
    Ok(keyway)
}

impl Keyway {
    /// A key of a group whose own key upstream plays a fault. Each has its own provider: a failing one
    /// is left alone by the gateway for a while.
    pub fn key_with_upstream(&self, fault: Fault) -> Result<String> {
        let group = fault.name();
        self.ask("POST", "groups", &json!({"group_id": group, "name": group}))?;
        let provider = json!({"provider_id": group, "name": group, "base_url": self.upstream,
            "api_key": fault.example_key(), "protocol": "anthropic"});
        self.ask("POST", &format!("groups/{group}/providers"), &provider)?;
        let route = json!({"alias": MODEL, "provider_id": group, "upstream_model": MODEL});
        self.ask("POST", &format!("groups/{group}/routes"), &route)?;
        Ok(self.new_key(group, &json!({"name": "ok"}))?.1)
    }

    /// A key that expired.
    pub fn expired_key(&self) -> Result<String> {
        Ok(self.new_key("ok", &json!({"name": "old", "expires_at": "2024-01-01T00:00:00Z"}))?.1)
    }

    /// A key that was switched off.
    pub fn disabled_key(&self) -> Result<String> {
        let (id, key) = self.new_key("ok", &json!({"name": "off"}))?;
        self.ask("PATCH", &format!("keys/{id}"), &json!({"enabled": false}))?;
        Ok(key)
    }

    /// A key that was deleted.
    pub fn deleted_key(&self) -> Result<String> {
        let (id, key) = self.new_key("ok", &json!({"name": "gone"}))?;
        self.ask("DELETE", &format!("keys/{id}"), &json!({}))?;
        Ok(key)
    }

    /// A key for one message, which was sent.
    pub fn exhausted_key(&self) -> Result<String> {
        let key = self.new_key("ok", &json!({"name": "used", "max_requests": 1}))?.1;
        let message = json!({"model": MODEL, "max_tokens": 1, "messages": [{"role": "user", "content": "hi"}]});
        curl("POST", &format!("{}/v1/messages", self.base), &format!("Authorization: Bearer {key}"), &message)?;
        Ok(key)
    }

    /// A key for one message a minute.
    pub fn slow_key(&self) -> Result<String> {
        Ok(self.new_key("ok", &json!({"name": "slow", "rpm_limit": 1}))?.1)
    }

    fn new_key(&self, group: &str, what: &Value) -> Result<(String, String)> {
        let made = self.ask("POST", &format!("groups/{group}/keys"), what)?;
        let id = made["key"]["key_id"].as_str().context("an id")?;
        Ok((id.to_owned(), made["plaintext"].as_str().context("a key")?.to_owned()))
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        curl(method, &format!("{}/admin/llm/{path}", self.base), &format!("X-Admin-Token: {ADMIN}"), body)
    }
}

fn curl(method: &str, url: &str, header: &str, body: &Value) -> Result<Value> {
    let output = Command::new("curl")
        .args([
            "-sS",
            "--fail-with-body",
            "-X",
            method,
            url,
            "-H",
            header,
            "-H",
            "content-type: application/json",
            "-d",
        ])
        .arg(body.to_string())
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(output.status.success(), "{url}: {text} {}", String::from_utf8_lossy(&output.stderr));
    if text.is_empty() { Ok(Value::Null) } else { serde_json::from_str(&text).with_context(|| text.clone()) }
}
