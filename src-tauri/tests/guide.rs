//! The manual guide that this program replaces: each row of its troubleshooting tables is played with
//! the practice gateway and the stand-in Claude, and `check` says the code and whose it is.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, missing_docs, reason = "a test works on files and processes")]
#![cfg(unix)]

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

use airouter_core::address::GatewayUrl;
use airouter_platform::doctor::{Depth, examine};
use airouter_platform::places::Places;
use airouter_practice::gateway::{Fault, Gateway, GatewayOptions, start};
use airouter_practice::scenario::Way;
use airouter_practice::way;
use serde_json::{Value, json};

const CLI: &str = env!("CARGO_BIN_EXE_airouter-setup-cli");
const ROWS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/guide-codes.json");
const MODEL: &str = "claude-sonnet-4-5-20250929";
const NEUTRAL: &str = "88888888-8888-4888-8888-888888888888";
const STARTED: &str =
    "[info] Starting app { appVersion: '2.26454.0' }\n[info] [custom-3p] 3P mode active { provider: 'gateway' }\n";

/// A computer with the stand-in Claude, and a gateway.
struct Computer {
    folder: tempfile::TempDir,
    runtime: tokio::runtime::Runtime,
    gateway: Gateway,
    running: Option<Child>,
}

impl Computer {
    fn new() -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let gateway = runtime.block_on(start(GatewayOptions::default())).unwrap();
        let folder = tempfile::tempdir().unwrap();
        for part in ["home", "bin"] {
            std::fs::create_dir(folder.path().join(part)).unwrap();
        }
        // The stand-in of another package: cargo builds it for that package's tests, into the same folder.
        let stand_in = Path::new(CLI).with_file_name("practice-claude");
        // Copied by another program: a child that a test beside this one starts in that moment would hold our open
        // copy, and what is open for writing is not run.
        let copied = Command::new("cp").arg(stand_in).arg(folder.path().join("bin/claude-desktop")).status();
        assert!(copied.unwrap().success(), "the stand-in: run `cargo build -p airouter-practice`");
        Self { folder, runtime, gateway, running: None }
    }

    /// The same, connected in compatibility mode, so that no keychain is needed.
    fn connected() -> Self {
        let computer = Self::new();
        let words = ["apply", "--static-key", "--without-check", "--write-only", "--model", MODEL, "--key-stdin"];
        let answer = computer.ask(&words, &computer.gateway.base_url(), &Fault::Ok.example_key());
        assert_eq!(answer["outcome"], "written", "{answer:#}");
        computer
    }

    fn command(&self, program: &str) -> Command {
        let path = format!("{}:/usr/bin:/bin", self.folder.path().join("bin").display());
        let mut command = Command::new(program);
        command.env_clear().env("HOME", self.folder.path().join("home")).env("PATH", path);
        command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
        command
    }

    fn ask(&self, words: &[&str], base: &str, input: &str) -> Value {
        let preset = self.folder.path().join("gateway.airouter");
        std::fs::write(&preset, json!({"schema": 1, "name": "Practice", "base": base}).to_string()).unwrap();
        let mut child = self
            .command(CLI)
            .args(words)
            .arg("--preset")
            .arg(&preset)
            .arg("--json")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{words:?}: not one object"))
    }

    fn check(&self) -> Value {
        self.check_with(&[], &Fault::Ok.example_key())
    }

    fn check_with(&self, words: &[&str], key: &str) -> Value {
        self.check_at(&self.gateway.base_url(), words, key)
    }

    fn check_at(&self, base: &str, words: &[&str], key: &str) -> Value {
        self.ask(&[&["check", "--key-stdin"], words].concat(), base, key)
    }

    fn claude(&self) -> PathBuf {
        self.folder.path().join("home/.config/Claude-3p")
    }

    fn meta(&self) -> PathBuf {
        self.claude().join("configLibrary/_meta.json")
    }

    fn profile(&self) -> PathBuf {
        let meta: Value = serde_json::from_slice(&std::fs::read(self.meta()).unwrap()).unwrap();
        self.claude().join(format!("configLibrary/{}.json", meta["appliedId"].as_str().unwrap()))
    }

    /// Somebody edits a value of a file.
    fn edit(&self, path: &PathBuf, change: impl FnOnce(&mut Value)) {
        let mut value: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        change(&mut value);
        std::fs::write(path, value.to_string()).unwrap();
    }

    fn edit_profile(&self, key: &str, value: Value) {
        self.edit(&self.profile(), |profile| profile[key] = value);
    }

    /// What Claude has written to its log since it was started last.
    fn log(&self, lines: &str) {
        let path = self.claude().join("logs/main.log");
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let host = format!("[info] [custom-3p] inference apiHost={}\n", self.gateway.base_url());
        std::fs::write(path, format!("{STARTED}{host}{lines}")).unwrap();
    }

    /// Claude is opened with nothing applied, and stays open.
    fn open_claude(&mut self) {
        let program = self.folder.path().join("bin/claude-desktop");
        let child = self.command(&program.to_string_lossy()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let child = self.running.insert(child.unwrap());
        let log = self.folder.path().join("home/.config/Claude/logs/main.log");
        while !std::fs::read_to_string(&log).is_ok_and(|text| text.contains("Starting app")) {
            assert_eq!(child.try_wait().unwrap(), None, "the stand-in ended before it had written its log");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The empty profile is selected, as in Claude's own window.
    fn select_nothing(&self) {
        std::fs::write(self.claude().join(format!("configLibrary/{NEUTRAL}.json")), "{}").unwrap();
        self.edit(&self.meta(), |meta| {
            meta["entries"].as_array_mut().unwrap().push(json!({"id": NEUTRAL, "name": "Default"}));
            meta["appliedId"] = json!(NEUTRAL);
        });
    }
}

impl Drop for Computer {
    fn drop(&mut self) {
        if let Some(mut child) = self.running.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A port at which nobody listens.
fn closed_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// A server that knows nothing of gateways.
fn another_server() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let body = r#"{"detail":"Not Found"}"#;
            let head = "HTTP/1.1 404 Not Found\r\ncontent-type: application/json\r\nconnection: close\r\n";
            let _ = write!(stream, "{head}content-length: {}\r\n\r\n{body}", body.len());
        }
    });
    port
}

/// An administrator's file stands in a scratch folder, since the real place is not a test's to write; what
/// is judged there is what `check` judges.
fn under_policy() -> Value {
    let folder = tempfile::tempdir().unwrap();
    let places = Places::in_scratch(folder.path()).unwrap();
    let file = places.system.join("etc/claude-desktop/managed-settings.json");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, r#"{"inferenceProvider":"bedrock"}"#).unwrap();
    for path in [file.as_path(), file.parent().unwrap()] {
        let mode = if path.is_dir() { 0o755 } else { 0o644 };
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    let base = GatewayUrl::parse("https://gate.example/claude").unwrap();
    json!({ "findings": examine(&places, &base, None, Depth::Local).unwrap().local_findings() })
}

/// Somebody filled everything in and did not apply it.
fn not_applied() -> Value {
    let computer = Computer::connected();
    computer.select_nothing();
    computer.check()
}

/// The settings were applied while Claude was open, and it was not quit since.
fn not_quit() -> Value {
    let mut computer = Computer::connected();
    let applied = std::fs::read(computer.meta()).unwrap();
    computer.select_nothing();
    computer.open_claude();
    std::fs::write(computer.meta(), applied).unwrap();
    let file = std::fs::File::options().append(true).open(computer.meta()).unwrap();
    file.set_modified(SystemTime::now() + Duration::from_secs(60)).unwrap();
    computer.check()
}

fn said_in_the_log(lines: &str) -> Value {
    let computer = Computer::connected();
    computer.log(lines);
    computer.check()
}

fn with_key(fault: Fault) -> Value {
    Computer::new().check_with(&[], &fault.example_key())
}

fn with_address(path: &str) -> Value {
    let computer = Computer::new();
    let origin = computer.gateway.base_url().replace("/claude", "");
    computer.check_with(&["--address", &format!("{origin}{path}")], &Fault::Ok.example_key())
}

fn profile_with(key: &str, value: Value) -> Value {
    let computer = Computer::connected();
    computer.edit_profile(key, value);
    computer.check()
}

fn inspected() -> Value {
    let computer = Computer::new();
    let line = computer.runtime.block_on(way::open(Way::Intercepted, GatewayOptions::default())).unwrap();
    computer.check_at(line.base(), &[], &Fault::Ok.example_key())
}

const NOWHERE: &str = "https://gateway.practice.invalid/claude";

/// Plays a row: what `check` says, the code that is expected, and whose it is.
fn play(part: &str, row: &str) -> (Value, &'static str, &'static str) {
    let key = Fault::Ok.example_key();
    match (part, row) {
        ("地址不要写错", "https://aigc.aochengcloud.com/v1") => (with_address("/v1"), "AR-302", "airouter-setup"),
        ("地址不要写错", "https://aigc.aochengcloud.com/claude/v1") => {
            (with_address("/claude/v1"), "AR-302", "airouter-setup")
        }
        ("地址不要写错", _) => (with_address("/claude/"), "AR-302", "airouter-setup"),
        (_, "是否点击 Apply locally") => (not_applied(), "AR-710", "airouter-setup"),
        (_, "Claude 是否完全退出") => (not_quit(), "AR-131", "claude"),
        (_, "Provider 是否为 Gateway") => {
            (profile_with("inferenceProvider", json!("bedrock")), "AR-725", "this-computer")
        }
        (_, "是否有企业策略覆盖") => (under_policy(), "AR-110", "company-policy"),
        (_, "地址是否填错") => {
            let computer = Computer::connected();
            let origin = computer.gateway.base_url().replace("/claude", "/v1");
            computer.edit_profile("inferenceGatewayBaseUrl", json!(origin));
            (computer.check(), "AR-727", "this-computer")
        }
        (_, "API Key 填写错误、复制不完整或带了空格") => {
            (Computer::new().check_with(&[], "sk-ab****cd0000"), "AR-401", "key")
        }
        (_, "API Key 已禁用、删除或过期") => (with_key(Fault::Disabled), "AR-403", "key"),
        (_, "账号余额不足") => (with_key(Fault::NoBalance), "AR-503", "account"),
        (_, "API Key 没有 Claude 模型权限") => (with_key(Fault::Group), "AR-504", "account"),
        (_, "Gateway auth scheme 不匹配") => {
            let answer = Computer::new().check_with(&["--auth", "bearer"], &Fault::XApiKey.example_key());
            (answer, "AR-405", "airouter-setup")
        }
        ("模型列表为空", "确认 Gateway base URL") => {
            let computer = Computer::new();
            let base = computer.gateway.base_url().replace("/claude", "/elsewhere");
            (computer.check_at(&base, &[], &key), "AR-305", "airouter-setup")
        }
        (_, "确认当前账号可用 Claude 模型") => (with_key(Fault::Empty), "AR-507", "account"),
        (_, "手动添加可用模型 ID") => (profile_with("inferenceModels", json!(["gpt-5"])), "AR-706", "claude"),
        ("模型列表为空", "完全退出 Claude Desktop 后重新打开") => {
            let empty = "[info] [custom-3p] Model discovery: 0 found in 3ms; picker = 0 (empty)\n";
            (said_in_the_log(empty), "AR-855", "claude")
        }
        (_, "网络访问") => (Computer::new().check_at(NOWHERE, &[], &key), "AR-20", "network"),
        (_, "防火墙/代理") => {
            let proxy = format!("127.0.0.1:{}", closed_port());
            (Computer::new().check_at(NOWHERE, &["--proxy", &proxy], &key), "AR-222", "this-computer")
        }
        (_, "SSL 证书") => (inspected(), "AR-213", "company-policy"),
        (_, "上游模型状态") => (with_key(Fault::Overloaded), "AR-603", "gateway"),
        (_, "Copy Managed Configuration Report") => {
            let computer = Computer::connected();
            let text = std::fs::read_to_string(computer.meta()).unwrap();
            std::fs::write(computer.meta(), format!("\u{feff}{text}")).unwrap();
            (computer.check(), "AR-701", "this-computer")
        }
        (_, "确认 AIRouter API Key 可用") => (with_key(Fault::Rejected), "AR-402", "key"),
        ("推荐排查顺序", "确认 Gateway base URL") => {
            let base = format!("http://127.0.0.1:{}/claude", another_server());
            (Computer::new().check_at(&base, &[], &key), "AR-306", "airouter-setup")
        }
        (_, "确认没有填写 /v1 或尾部 /") => (with_address("/claude/v1/"), "AR-302", "airouter-setup"),
        (_, "点击 Apply locally 并完全重启 Claude Desktop") => (not_applied(), "AR-710", "airouter-setup"),
        (_, "AIRouter 日志" | "通过使用日志判断请求是否成功进入中转站") => {
            let ill = "[warn] ConfigHealth recomputed { state: 'degraded', provider: 'gateway' }\n";
            (said_in_the_log(ill), "AR-857", "claude")
        }
        _ => panic!("nobody plays {part}: {row}"),
    }
}

#[test]
fn each_row_of_the_guide_is_found_with_its_code_and_its_owner() {
    let rows: Vec<Value> = serde_json::from_slice(&std::fs::read(ROWS).unwrap()).unwrap();
    assert_eq!(rows.len(), 28, "a row was added or is missing");
    for row in &rows {
        let (answer, code, owner) = play(row["part"].as_str().unwrap(), row["row"].as_str().unwrap());
        let found = answer["findings"].as_array().unwrap();
        let is_it = |finding: &&Value| {
            finding["code"].as_str().unwrap().starts_with(code)
                && row["codes"].as_array().unwrap().contains(&finding["code"])
        };
        let finding = found.iter().find(is_it).unwrap_or_else(|| panic!("{row}: no {code} in {found:#?}"));
        assert_eq!(finding["owner"], owner, "{row}");
    }
}

#[test]
fn a_connected_computer_has_nothing_to_say() {
    let answer = Computer::connected().check();
    assert_eq!((&answer["passed"], &answer["findings"]), (&json!(true), &json!([])), "{answer:#}");
    assert_eq!(answer["doctor"]["configured"], true);
}
