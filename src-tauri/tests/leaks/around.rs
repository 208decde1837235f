//! What stands in Claude's own files and log, and in the environment, and is nobody's business.

use std::path::PathBuf;

use serde_json::json;

use crate::places::MARK;
use crate::shapes::Shape;
use crate::ways_out::{Home, collected};

const ID: &str = "99999999-9999-4999-8999-999999999999";

/// A home in which another tool's gateway is selected: its key, its login in the address and its secret header
/// are in the profile, and the key is in Claude's log, too.
pub(crate) fn put(home: &Home, key: &str, form: &str) {
    let root = home.path().join(".config/Claude-3p");
    let library = root.join("configLibrary");
    std::fs::create_dir_all(&library).unwrap();
    std::fs::create_dir_all(root.join("logs")).unwrap();
    let meta = json!({"appliedId": ID, "entries": [{"id": ID, "name": MARK}]});
    std::fs::write(library.join("_meta.json"), meta.to_string()).unwrap();
    let mut address = url::Url::parse("https://relay.example/claude").unwrap();
    address.set_username("team").unwrap();
    address.set_password(Some(key)).unwrap();
    let profile = json!({
        "inferenceProvider": "gateway", "inferenceGatewayBaseUrl": address.as_str(), "inferenceGatewayApiKey": key,
        "inferenceCustomHeaders": {"X-Team-Secret": key, "Authorization": format!("Bearer {key}")},
        "deploymentDisplayName": MARK,
    });
    std::fs::write(library.join(format!("{ID}.json")), profile.to_string()).unwrap();
    std::fs::write(root.join("claude_desktop_config.json"), r#"{"deploymentMode":"3p"}"#).unwrap();
    let log = [
        "2026-11-28 10:00:00 [info] Starting app { appVersion: '2.2553.0' }".to_owned(),
        "2026-11-28 10:00:00 [info] [custom-3p] 3P mode active { provider: 'gateway' }".to_owned(),
        format!("2026-11-28 10:00:01 [info] [custom-3p] inference apiHost={address}"),
        format!("2026-11-28 10:00:02 [error] [custom-3p] configError: {MARK} {form}: expected array"),
        format!("2026-11-28 10:00:02 [error] [custom-3p] helper spawn failed: {form} {MARK}"),
        format!("2026-11-28 10:00:03 [error] API error 401 {{\"error\":{{\"message\":\"{MARK} {form}\"}}}}"),
        "2026-11-28 10:00:09 [info] [custom-3p] ConfigHealth recomputed { state: 'unhealthy' }".to_owned(),
    ];
    std::fs::write(root.join("logs/main.log"), log.join("\n") + "\n").unwrap();
}

/// Every command in such a home: what it says, and what this program writes down.
pub(crate) fn walked(shape: &Shape, form: &str) -> String {
    let home = Home::new();
    put(&home, &shape.key(), form);
    let told = home.path().join("told.txt");
    std::fs::write(
        &told,
        format!("Source: local (configLibrary)\ninferenceGatewayApiKey: {form}\nlast error: {form}\n"),
    )
    .unwrap();
    let told = told.to_str().unwrap();
    let ours = ["--address", "https://gate.example", "--without-check", "--key-stdin", "--static-key", "--write-only"];
    let apply = [&["apply", "--yes", "--model", "claude-sonnet-4-5-20250929"], &ours[..]].concat();
    let key = "sk-quite-another-0123456789abcdef";
    let run = |words: &[&str]| home.run(&[words, &["--json"]].concat(), key) + &home.run(words, key);
    let mut out = run(&["status"]) + &run(&["doctor", "--local"]);
    out += &run(&["doctor", "--local", "--claude-report", told]);
    out += &run(&[&apply[..], &["--dry-run"]].concat());
    out += &(run(&apply) + &run(&["status"]) + &run(&["repair", "--write-only", "--dry-run"]));
    out += &run(&["report", "--local", "--out", "r.zip"]);
    out += &(run(&["export", "--preset"]) + &run(&["undo", "--dry-run"]) + &run(&["leave"]));
    out += &(collected(&ours_in(&home)) + &run(&["undo"]) + &run(&["check", "--proxy", &proxy(&shape.key())]));
    out + &collected(&home.path().join("r.zip"))
}

/// The address of a proxy that nobody can reach, with a login.
fn proxy(password: &str) -> String {
    let mut proxy = url::Url::parse("http://127.0.0.1:9").unwrap();
    proxy.set_username("me").unwrap();
    proxy.set_password(Some(password)).unwrap();
    proxy.into()
}

fn ours_in(home: &Home) -> PathBuf {
    home.path().join(".local/share/airouter-setup")
}
