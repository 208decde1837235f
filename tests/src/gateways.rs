//! Gateways that nobody here wrote, from PyPI, in virtual environments below the target folder. Each
//! is given the practice gateway as its upstream.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::root;

/// A gateway that is running; it is ended when this is dropped.
pub struct Running {
    /// Its base address, as Claude takes it.
    pub base: String,
    /// A key that works.
    pub good_key: String,
    child: Child,
    _folder: tempfile::TempDir,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The model that both gateways offer and the practice gateway answers.
const MODEL: &str = "claude-haiku-4-5-20251001";

/// keyway-router 0.2.0: reads a key in `Authorization` only, lists models the OpenAI way.
pub async fn keyway(upstream: &str) -> Result<Running> {
    let programs = install("keyway")?;
    let folder = tempfile::tempdir()?;
    let (port, admin) = (free_port()?, "test-admin-token-0123456789abcdef");
    let child = Command::new(programs.join("keyway"))
        .env("KEYWAY_HOST", "127.0.0.1")
        .env("KEYWAY_PORT", port.to_string())
        .env("KEYWAY_DATA_DIR", folder.path())
        .env("KEYWAY_ADMIN_TOKEN", admin)
        .env("KEYWAY_SECRET", "test-secret-0123456789abcdef0123456789abcdef0123456789")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let base = format!("http://127.0.0.1:{port}");
    let mut running = Running { good_key: String::new(), child, _folder: folder, base };
    wait_until_it_answers(&running.base)?;

    let ask =
        |path: &str, body: Value| curl(&format!("{}{path}", running.base), &format!("X-Admin-Token: {admin}"), &body);
    ask("/admin/llm/groups", json!({"group_id": "g", "name": "g"}))?;
    ask(
        "/admin/llm/groups/g/providers",
        json!({"provider_id": "up", "name": "up", "base_url": upstream, "api_key": airouter_practice::gateway::Fault::Ok.example_key(), "protocol": "anthropic"}),
    )?;
    ask("/admin/llm/groups/g/routes", json!({"alias": MODEL, "provider_id": "up", "upstream_model": MODEL}))?;
    let made = ask("/admin/llm/groups/g/keys", json!({"name": "ok"}))?;
    running.good_key = made["plaintext"].as_str().context("a key")?.to_owned();
    Ok(running)
}

/// LiteLLM 1.99.4: reads both headers, wraps errors of its upstream.
pub async fn litellm(upstream: &str) -> Result<Running> {
    let programs = install("litellm")?;
    let folder = tempfile::tempdir()?;
    let port = free_port()?;
    let key = "sk-test-master-1234567890";
    let settings = json!({
        "model_list": [{"model_name": MODEL, "litellm_params": {
            "model": format!("anthropic/{MODEL}"), "api_base": upstream, "api_key": airouter_practice::gateway::Fault::Ok.example_key()}}],
        "litellm_settings": {"num_retries": 0, "telemetry": false, "drop_params": true},
        "router_settings": {"num_retries": 0, "disable_cooldowns": true},
        "general_settings": {"master_key": key},
    });
    let path = folder.path().join("litellm.yaml");
    // JSON is YAML too.
    std::fs::write(&path, settings.to_string())?;
    let child = Command::new(programs.join("litellm"))
        .args(["--config", &path.to_string_lossy(), "--host", "127.0.0.1", "--port", &port.to_string()])
        .env("LITELLM_LOCAL_MODEL_COST_MAP", "True")
        .env("PATH", format!("{}:/usr/bin:/bin", programs.display()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let base = format!("http://127.0.0.1:{port}");
    let running = Running { good_key: key.to_owned(), child, _folder: folder, base };
    wait_until_it_answers(&running.base)?;
    Ok(running)
}

/// Installs a gateway's pinned packages once; what is there is used again.
fn install(name: &str) -> Result<PathBuf> {
    let wanted = root().join(format!("tests/gateways/{name}.txt"));
    let target = crate::programs().parent().context("the target folder")?.join("gateways").join(name);
    let stamp = target.join("installed.txt");
    let pins = std::fs::read_to_string(&wanted).with_context(|| format!("{}", wanted.display()))?;
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == pins) {
        return Ok(target.join("bin"));
    }
    eprintln!("installing {name} from PyPI …");
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&target))?;
    run(Command::new(target.join("bin/pip"))
        .args(["install", "--quiet", "--disable-pip-version-check", "--no-cache-dir", "--no-deps", "-r"])
        .arg(&wanted))?;
    std::fs::write(&stamp, pins)?;
    Ok(target.join("bin"))
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("{command:?}"))?;
    ensure!(status.success(), "{command:?} failed: {status}");
    Ok(())
}

fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

fn wait_until_it_answers(base: &str) -> Result<()> {
    let address = base.trim_start_matches("http://");
    for _ in 0..1200 {
        if std::net::TcpStream::connect(address).is_ok() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    bail!("nothing answers at {base}")
}

fn curl(url: &str, header: &str, body: &Value) -> Result<Value> {
    let output = Command::new("curl")
        .args([
            "-sS",
            "--fail-with-body",
            "-X",
            "POST",
            url,
            "-H",
            header,
            "-H",
            "content-type: application/json",
            "-d",
            &body.to_string(),
        ])
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(output.status.success(), "{url}: {text} {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(&text).with_context(|| text.clone())
}
