//! The stand-in Claude as a running program: its log, its signals, what it leaves behind.
//!
//! Over 400 lines: many short tests, which share one started program.
#![cfg(unix)]
#![allow(clippy::disallowed_methods, reason = "the tests own their scratch folders")]

mod scratch;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use airouter_practice::gateway::{Fault, Gateway, GatewayOptions, OTHER_MODELS, start};
use scratch::{Home, KEY, SONNET, chmod, profile_for};
use serde_json::{Value, json};

/// Far longer than anything here takes; only a hopeless test waits for it.
const PATIENCE: Duration = Duration::from_secs(20);
const HEALTHY: &str = "ConfigHealth recomputed { state: 'healthy', provider: 'gateway' }";
const UNHEALTHY: &str = "ConfigHealth recomputed { state: 'unhealthy', provider: 'gateway' }";

/// A running stand-in; ended when dropped.
struct Claude {
    child: Child,
    third_party_log: PathBuf,
    ordinary_log: PathBuf,
}

impl Claude {
    fn start(home: &Home, variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_practice-claude"));
        command.arg("--no-sandbox").env("HOME", home.path()).env("PRACTICE_SYSTEM_ROOT", home.system());
        command
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("CLAUDE_USER_DATA_DIR")
            .env("PRACTICE_CLAUDE_PATIENCE_MS", "2000");
        command.envs(variables.iter().copied()).stdout(Stdio::null());
        let log = |root: PathBuf| root.join("logs/main.log");
        Self {
            child: command.spawn().expect("the stand-in starts"),
            third_party_log: log(home.root()),
            ordinary_log: log(home.ordinary()),
        }
    }

    /// Waits for a line of either log.
    #[track_caller]
    fn says(&self, fragment: &str) {
        let begun = Instant::now();
        while !self.log().contains(fragment) {
            assert!(begun.elapsed() < PATIENCE, "{fragment} is not in:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn log(&self) -> String {
        let read = |path: &Path| fs::read_to_string(path).unwrap_or_default();
        read(&self.ordinary_log) + &read(&self.third_party_log)
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(sent.expect("kill runs").success());
    }

    #[track_caller]
    fn ended(&mut self) -> ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("the child is ours") {
                return status;
            }
            assert!(begun.elapsed() < PATIENCE, "still running:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    #[track_caller]
    fn quit(&mut self) {
        self.signal("TERM");
        assert!(self.ended().success());
    }
}

impl Drop for Claude {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A gateway that lives on a thread of its own, since the tests block.
fn gateway() -> (Gateway, tokio::runtime::Runtime) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let gateway = runtime.block_on(start(GatewayOptions::default())).expect("a free port");
    (gateway, runtime)
}

/// Starts with a profile changed by these values and waits for a line; the key is never in a log.
#[track_caller]
fn check(changes: &Value, expected: &[&str]) {
    let (gateway, _runtime) = gateway();
    let mut profile = profile_for(&gateway.base_url());
    let fields = profile.as_object_mut().expect("an object");
    for (key, value) in changes.as_object().expect("an object") {
        if value.is_null() {
            fields.remove(key)
        } else {
            fields.insert(key.clone(), value.clone())
        };
    }
    let home = Home::with(&profile);
    let claude = Claude::start(&home, &[]);
    for line in expected {
        claude.says(line);
    }
    assert!(!claude.log().contains("sk-practice"), "a key is in the log:\n{}", claude.log());
}

fn settings(home: &Home) -> Value {
    let text = fs::read_to_string(home.root().join("claude_desktop_config.json")).expect("settings");
    serde_json::from_str(&text).expect("JSON")
}

fn credential_files(home: &Home) -> usize {
    let names = fs::read_dir(home.root()).expect("the root").flatten().map(|entry| entry.file_name());
    names.filter(|name| name.to_string_lossy().starts_with("host-creds-")).count()
}

#[test]
fn a_good_profile_becomes_healthy() {
    let skipped = "Model discovery: skipped (inferenceModels obviates discovery); picker = 1 (inferenceModels)";
    let active = "[info] [custom-3p] 3P mode active { provider: 'gateway' }";
    check(
        &json!({}),
        &[active, "inference apiHost=http://127.0.0.1:", "Credentials loaded from managed config {", skipped, HEALTHY],
    );
    check(&json!({ "inferenceGatewayAuthScheme": "x-api-key" }), &[HEALTHY]);
}

#[test]
fn a_line_has_the_time_and_the_level_before_it() {
    let (gateway, _runtime) = gateway();
    let home = Home::with(&profile_for(&gateway.base_url()));
    let claude = Claude::start(&home, &[]);
    claude.says(HEALTHY);
    let log = claude.log();
    let shape: String = log.chars().take(27).map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect();
    assert_eq!(shape, "0000-00-00 00:00:00 [info] ");
    let asked: Vec<_> = gateway.requests().into_iter().map(|seen| (seen.path, seen.model)).collect();
    assert_eq!(asked, [("/claude/v1/messages?beta=true".to_owned(), Some(SONNET.to_owned()))]);
}

#[test]
fn discovery_fills_the_picker_when_the_list_is_open() {
    check(&json!({ "inferenceModels": null }), &["6 found in ", "picker = 6 (discovery)", HEALTHY]);
    check(&json!({ "inferenceModels": ["sonnet", "opus-4.1"] }), &["picker = 2 (inferenceModels)", HEALTHY]);
    let mixed = Fault::Mixed.example_key();
    let found = format!("{} found in ", 6 + OTHER_MODELS.len());
    check(&json!({ "inferenceModels": null, "inferenceGatewayApiKey": mixed }), &[&found, "picker = 6 (discovery)"]);
    let none = Fault::NoList.example_key();
    check(
        &json!({ "inferenceModels": null, "inferenceGatewayApiKey": none }),
        &["failed (HTTP 404); picker = 0 (empty)", UNHEALTHY],
    );
    let none = json!({ "modelDiscoveryEnabled": true, "inferenceGatewayApiKey": Fault::NoList.example_key() });
    check(&none, &["failed (HTTP 404); picker = 1 (inferenceModels)", HEALTHY]);
}

#[test]
fn a_gateway_that_refuses_is_unhealthy() {
    for (fault, error) in [
        (Fault::Rejected, "HTTP 401"),
        (Fault::NoBalance, "HTTP 403"),
        (Fault::Html, "unexpected reply"),
        (Fault::Redirect, "HTTP 302"),
        (Fault::Hang, "no reply"),
        (Fault::XApiKey, "HTTP 401"),
    ] {
        check(&json!({ "inferenceGatewayApiKey": fault.example_key() }), &["3P mode active", error, UNHEALTHY]);
    }
}

/// A profile that names a helper instead of a key.
fn helper(path: &Path) -> Value {
    json!({ "inferenceCredentialKind": "helper-script", "inferenceGatewayApiKey": null, "inferenceCredentialHelper": path })
}

#[test]
fn a_helper_is_run_for_a_person_and_for_the_health_check() {
    let home = Home::empty();
    let note = home.path().join("contexts");
    let script =
        format!("#!/bin/sh\necho $CLAUDE_HELPER_CONTEXT >> {}\necho key is {KEY} >&2\necho {KEY}\n", note.display());
    check(&helper(&home.program("key", &script)), &["helper stderr: key is [redacted]", HEALTHY]);
    assert_eq!(fs::read_to_string(note).expect("it ran"), "interactive\nbackground\n");
}

#[test]
fn a_helper_that_fails_is_said_to() {
    let home = Home::empty();
    check(&helper(&home.path().join("none")), &["helper spawn failed", "ENOENT", UNHEALTHY]);
    let with_argument =
        PathBuf::from(format!("{} print", home.program("key", &format!("#!/bin/sh\necho {KEY}")).display()));
    check(&helper(&with_argument), &["helper spawn failed", "ENOENT", UNHEALTHY]);
    check(&helper(&home.program("fails", "#!/bin/sh\nexit 4")), &["helper failed: exit 4", UNHEALTHY]);
    check(
        &helper(&home.program("two", &format!("#!/bin/sh\necho hello\necho {KEY}"))),
        &["helper failed: stdout", UNHEALTHY],
    );
    let locked = home.program("locked", "#!/bin/sh\necho x");
    chmod(&locked, 0o600);
    check(&helper(&locked), &["helper spawn failed", "EACCES", UNHEALTHY]);
}

#[test]
fn the_credential_is_on_disk_only_while_it_runs() {
    use std::os::unix::fs::PermissionsExt;
    let (gateway, _runtime) = gateway();
    let home = Home::with(&profile_for(&gateway.base_url()));
    let mut claude = Claude::start(&home, &[]);
    claude.says(HEALTHY);
    assert_eq!(credential_files(&home), 1);
    let entries = fs::read_dir(home.root()).expect("the root").flatten();
    let file =
        entries.map(|entry| entry.path()).find(|path| path.to_string_lossy().contains("host-creds-")).expect("a file");
    assert_eq!(fs::metadata(&file).expect("a file").permissions().mode() & 0o777, 0o600);
    claude.quit();
    assert_eq!(credential_files(&home), 0);
}

#[test]
fn quitting_writes_the_settings_from_memory() {
    let home = Home::with(&profile_for("https://127.0.0.1:9/claude"));
    home.settings(r#"{"deploymentMode":"3p","kept":[1]}"#);
    let mut claude = Claude::start(&home, &[]);
    claude.says("3P mode active");
    home.settings(r#"{"deploymentMode":"1p"}"#);
    claude.quit();
    let saved = settings(&home);
    assert_eq!((&saved["deploymentMode"], &saved["kept"]), (&json!("3p"), &json!([1])));
    assert!(saved["windowBounds"].is_object());
    assert!(claude.log().ends_with("[info] quit\n"));
}

#[test]
fn settings_that_cannot_be_read_are_left_alone() {
    let mut profile = profile_for("https://127.0.0.1:9/claude");
    profile["disableDeploymentModeChooser"] = json!(true);
    let home = Home::with(&profile);
    home.settings("{ not json");
    let mut claude = Claude::start(&home, &[]);
    claude.says("3P mode active");
    claude.quit();
    assert_eq!(fs::read_to_string(home.root().join("claude_desktop_config.json")).expect("settings"), "{ not json");
}

#[test]
fn ordinary_mode_leaves_the_other_root_alone() {
    let home = Home::empty();
    let mut claude = Claude::start(&home, &[]);
    claude.says("Starting in ordinary mode");
    claude.quit();
    assert!(!home.root().exists());
    assert!(home.ordinary().join("claude_desktop_config.json").exists());
}

#[test]
fn the_configuration_is_read_once() {
    let home = Home::empty();
    let mut claude = Claude::start(&home, &[]);
    claude.says("Starting in ordinary mode");
    home.apply(&profile_for("https://127.0.0.1:9/claude"));
    home.settings(r#"{"deploymentMode":"3p"}"#);
    claude.signal("USR1");
    claude.says("staying in the tray");
    claude.quit();
    assert!(!claude.log().contains("3P mode active"));
    Claude::start(&home, &[]).says("3P mode active");
}

#[test]
fn a_second_start_shows_the_first() {
    let home = Home::empty();
    let mut first = Claude::start(&home, &[]);
    first.says("Starting in ordinary mode");
    let mut second = Claude::start(&home, &[]);
    assert!(second.ended().success());
    first.says("second instance started; showing the window");
    assert_eq!(first.log().matches("Starting app").count(), 1);
    first.quit();
    let third = Claude::start(&home, &[]);
    third.says("quit\n");
    while third.log().matches("Starting app").count() < 2 {
        std::thread::yield_now();
    }
}

#[test]
fn another_root_is_another_app() {
    let home = Home::empty();
    let first = Claude::start(&home, &[]);
    first.says("Starting in ordinary mode");
    let other = home.path().join("other");
    let second = Claude::start(&home, &[("CLAUDE_USER_DATA_DIR", other.to_str().expect("text"))]);
    while second.log().matches("Starting app").count() < 2 {
        std::thread::yield_now();
    }
}

#[test]
fn an_app_may_refuse_to_quit_or_take_its_time() {
    let home = Home::empty();
    let mut claude = Claude::start(&home, &[("PRACTICE_CLAUDE_QUIRKS", "refuse-quit")]);
    claude.says("Starting in ordinary mode");
    claude.signal("TERM");
    claude.says("quit requested; not now");
    assert!(claude.child.try_wait().expect("the child is ours").is_none());
    drop(claude);
    let home = Home::empty();
    let mut claude = Claude::start(&home, &[("PRACTICE_CLAUDE_QUIRKS", "slow-quit")]);
    claude.says("Starting in ordinary mode");
    claude.signal("TERM");
    claude.says("quit requested");
    assert!(claude.child.try_wait().expect("the child is ours").is_none());
    assert!(claude.ended().success());
}

#[test]
fn a_late_save_undoes_what_was_written_after_the_end() {
    let home = Home::with(&profile_for("https://127.0.0.1:9/claude"));
    let mut claude = Claude::start(&home, &[("PRACTICE_CLAUDE_QUIRKS", "late-save")]);
    claude.says("3P mode active");
    claude.quit();
    home.settings(r#"{"deploymentMode":"1p"}"#);
    let begun = Instant::now();
    while settings(&home)["deploymentMode"] != "3p" {
        assert!(begun.elapsed() < PATIENCE, "no late save");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn an_app_may_crash_or_keep_silent() {
    let home = Home::with(&profile_for("https://127.0.0.1:9/claude"));
    let mut claude = Claude::start(&home, &[("PRACTICE_CLAUDE_QUIRKS", "crash-at-start")]);
    assert_eq!(claude.ended().code(), Some(133));
    assert!(!claude.log().contains("3P mode active"));
    let (gateway, _runtime) = gateway();
    let home = Home::with(&profile_for(&gateway.base_url()));
    let mut claude = Claude::start(&home, &[("PRACTICE_CLAUDE_QUIRKS", "silent")]);
    while gateway.requests().is_empty() {
        std::thread::yield_now();
    }
    claude.quit();
    assert_eq!(claude.log(), "");
}

#[test]
fn nothing_starts_before_a_person_chooses_it() {
    let (gateway, _runtime) = gateway();
    for (mode, quirks) in [(None, ""), (Some("3p"), "click-through")] {
        let home = Home::empty();
        home.apply(&profile_for(&gateway.base_url()));
        if let Some(mode) = mode {
            home.settings(&json!({ "deploymentMode": mode }).to_string());
        }
        let claude = Claude::start(&home, &[("PRACTICE_CLAUDE_QUIRKS", quirks)]);
        claude.says("Sign-in screen: waiting for a person");
        assert!(!claude.log().contains("3P mode active"));
        claude.signal("USR2");
        claude.says("deploymentMode written { mode: '3p' }");
        claude.says(HEALTHY);
        assert_eq!(settings(&home)["deploymentMode"], "3p");
    }
}

#[test]
fn choices_of_the_person_are_merged_into_the_profile() {
    let home = Home::with(&profile_for("https://127.0.0.1:9/claude"));
    let choices = [("PRACTICE_CLAUDE_USER_TOGGLES", r#"{"autoModeEnabled":true,"chatTabEnabled":false}"#)];
    let mut claude = Claude::start(&home, &choices);
    claude.says("3P mode active");
    claude.quit();
    let profile: Value = serde_json::from_str(&fs::read_to_string(home.profile()).expect("a profile")).expect("JSON");
    assert_eq!((&profile["autoModeEnabled"], &profile["chatTabEnabled"]), (&json!(true), &json!(false)));
    assert_eq!(profile["inferenceProvider"], "gateway");
}

#[test]
fn a_library_is_seeded_only_where_there_is_none() {
    let seed = [("PRACTICE_CLAUDE_QUIRKS", "seed-default")];
    let home = Home::empty();
    Claude::start(&home, &seed).says("Starting in ordinary mode");
    assert!(home.root().join("configLibrary/_meta.json").exists());
    let home = Home::with(&profile_for("https://127.0.0.1:9/claude"));
    Claude::start(&home, &seed).says("3P mode active");
}

#[test]
fn the_health_check_may_ask_for_a_model_beyond_the_list() {
    let (gateway, _runtime) = gateway();
    let home = Home::with(&profile_for(&gateway.base_url()));
    Claude::start(&home, &[("PRACTICE_CLAUDE_QUIRKS", "haiku-probe")]).says(HEALTHY);
    assert_eq!(gateway.requests()[0].model.as_deref(), Some("claude-haiku-4-5-20251001"));
}
