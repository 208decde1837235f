//! The command line as management tools see it: every command and every way to fail prints what the
//! published schema says, and what is right already is left alone.
//!
//! Over 400 lines: one contract, and its tests share how the program is called and its answer is read.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, missing_docs, reason = "a test works on files and processes")]
#![cfg(unix)]

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::SystemTime;

use airouter_practice::gateway::{Fault, Gateway, GatewayOptions, start};
use serde_json::{Value, json};

const CLI: &str = env!("CARGO_BIN_EXE_airouter-setup-cli");
const PUBLISHED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/schema/airouter-setup-cli.schema.json");
const MODEL: &str = "claude-sonnet-4-5-20250929";

/// A computer without Claude Desktop and without a keychain, and a gateway.
struct Computer {
    folder: tempfile::TempDir,
    preset: String,
    schema: jsonschema::Validator,
    fields: Value,
    runtime: tokio::runtime::Runtime,
    gateway: Gateway,
}

impl Computer {
    fn new() -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let gateway = runtime.block_on(start(GatewayOptions::default())).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let preset = folder.path().join("gateway.airouter");
        std::fs::write(&preset, json!({"schema": 1, "name": "Practice", "base": gateway.base_url()}).to_string())
            .unwrap();
        std::fs::create_dir(folder.path().join("home")).unwrap();
        let schema: Value = serde_json::from_slice(&std::fs::read(PUBLISHED).unwrap()).unwrap();
        Self {
            preset: preset.to_str().unwrap().to_owned(),
            folder,
            schema: jsonschema::validator_for(&schema).unwrap(),
            fields: schema["properties"].clone(),
            runtime,
            gateway,
        }
    }

    fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    fn claude(&self) -> PathBuf {
        self.home().join(".config/Claude-3p")
    }

    /// It in this home, without the terminal of whoever runs the test.
    fn program(&self, words: &[&str]) -> Command {
        let mut program = Command::new("setsid");
        program.args(["--wait", CLI]).args(words).env_clear().env("HOME", self.home()).env("PATH", "/usr/bin:/bin");
        program.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
        program
    }

    fn run(&self, words: &[&str], input: &str) -> Output {
        let mut program = self.program(words);
        program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = program.spawn().unwrap();
        // A program that needs no key may have ended already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// Runs a command with `--json` and holds what it prints against the published schema.
    #[track_caller]
    fn ask(&self, words: &[&str], input: &str) -> (i32, Value) {
        let output = self.run(&[words, &["--json"]].concat(), input);
        let text = String::from_utf8(output.stdout).unwrap();
        let answer: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{words:?}: not one object: {text}"));
        let errors: Vec<String> =
            self.schema.iter_errors(&answer).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert_eq!(errors, Vec::<String>::new(), "{words:?}: {answer:#}");
        for name in answer.as_object().unwrap().keys() {
            assert!(self.fields.get(name).is_some(), "{words:?}: the schema does not know {name}");
        }
        let exit = output.status.code().unwrap();
        assert_eq!(answer["exit"], exit, "{words:?}");
        (exit, answer)
    }

    #[track_caller]
    fn check(&self, words: &[&str], input: &str, exit: i32, code: Option<&str>) -> Value {
        let (ended, answer) = self.ask(words, input);
        let found = answer["findings"][0]["code"].as_str();
        assert_eq!((ended, code.and(found)), (exit, code), "{words:?}: {answer:#}");
        answer
    }

    /// All files with their bytes and their times.
    fn files(&self) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
        let mut files = BTreeMap::new();
        collect(&self.home(), &mut files);
        files
    }
}

fn collect(folder: &Path, files: &mut BTreeMap<PathBuf, (Vec<u8>, SystemTime)>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let (path, meta) = (entry.path(), entry.metadata().unwrap());
        if meta.is_dir() {
            files.insert(path.clone(), (Vec::new(), meta.modified().unwrap()));
            collect(&path, files);
        } else {
            files.insert(path.clone(), (std::fs::read(&path).unwrap(), meta.modified().unwrap()));
        }
    }
}

#[test]
fn the_published_schema_is_the_programs_own() {
    let computer = Computer::new();
    let output = computer.run(&["schema"], "");
    let published = std::fs::read_to_string(PUBLISHED).unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), published, "run `cargo xtask published`");
    let nonsense = json!({"schema": 1, "exit": 0, "findings": [{"code": "AR-1"}]});
    assert!(!computer.schema.is_valid(&nonsense), "a schema that takes anything says nothing");
}

#[test]
fn every_command_and_every_failure_prints_what_the_schema_says() {
    let computer = Computer::new();
    let preset = computer.preset.as_str();
    let (good, poor) = (Fault::Ok.example_key(), Fault::NoBalance.example_key());
    let with_key = ["--preset", preset, "--key-stdin"];
    let apply = ["apply", "--preset", preset, "--key-stdin", "--static-key", "--model", MODEL, "--write-only", "--yes"];
    let bad = computer.folder.path().join("bad.airouter");
    std::fs::write(&bad, r#"{"schema":1,"name":"x","base":"https://x.example","note":"sk-0123456789abcdef"}"#).unwrap();
    let bad = bad.to_str().unwrap();
    let old = computer.folder.path().join("old.airouter");
    std::fs::write(&old, r#"{"schema":1,"name":"x","base":"https://x.example","expires":"2020-01-01"}"#).unwrap();

    computer.check(&["status", "--bogus"], "", 2, None);
    computer.check(&["explain"], "", 2, None);
    computer.check(&["explain", "AR-599"], "", 2, None);
    let told = computer.check(&["explain", "AR-401"], "", 0, None);
    assert!(told["cases"]["en"].as_array().unwrap().len() > 10, "{told}");
    computer.check(&["rehearse", "no-such-scenario"], "", 2, None);
    assert!(computer.check(&["rehearse"], "", 0, None)["scenarios"].as_array().unwrap().len() > 20);
    assert_eq!(computer.check(&["rehearse", "claude-missing"], "", 0, None)["as_foreseen"], true);
    assert_eq!(computer.check(&["clean"], "", 0, None)["helper"], "none");
    computer.check(&["status"], "", 1, Some("AR-101"));
    computer.check(&["repair"], "", 3, Some("AR-710"));
    computer.check(&["undo"], "", 0, Some("AR-708"));
    computer.check(&["undo", "--dry-run"], "", 0, Some("AR-708"));
    computer.check(&["leave"], "", 0, Some("AR-708"));
    computer.check(&["export", "--preset"], "", 3, Some("AR-908"));
    computer.check(&["check", "--preset", preset], "", 1, Some("AR-804"));
    computer.check(&["check", "--preset", preset, "--key-prompt"], "", 1, Some("AR-913"));
    computer.check(&["check", "--preset", bad, "--key-stdin"], &good, 1, Some("AR-905"));
    computer.check(&["check", "--preset", old.to_str().unwrap(), "--key-stdin"], &good, 1, Some("AR-904"));
    computer.check(
        &["check", "--preset", preset, "--signed-by", "RWQnonsense", "--key-stdin"],
        &good,
        1,
        Some("AR-906"),
    );
    computer.check(&[&["check"][..], &with_key].concat(), &poor, 1, Some("AR-503"));
    computer.check(&[&["check"][..], &with_key].concat(), "", 1, Some("AR-401"));
    let passed = computer.check(&[&["check"][..], &with_key].concat(), &good, 0, None);
    assert_eq!(passed["passed"], true);
    let listed = computer.check(&[&["models"][..], &with_key].concat(), &good, 0, None);
    let models = listed["models"].as_array().unwrap();
    assert!(models.iter().any(|model| model["tier"] == "sonnet" && model["dropped"].is_null()), "{listed}");
    let mixed = computer.check(&[&["models"][..], &with_key].concat(), &Fault::Mixed.example_key(), 0, None);
    let models = mixed["models"].as_array().unwrap();
    assert!(models.iter().any(|model| model["dropped"]["kind"].is_string()), "{mixed}");
    computer.check(&[&["models"][..], &with_key].concat(), &Fault::Rejected.example_key(), 1, Some("AR-402"));

    let refused = computer.check(&apply, &poor, 3, Some("AR-503"));
    assert_eq!(refused["check"]["passed"], false);
    computer.check(&[&apply[..], &["--egress", "not a host"]].concat(), &good, 3, Some("AR-717"));
    let keychain: Vec<&str> = apply.iter().copied().filter(|word| *word != "--static-key").collect();
    computer.check(&keychain, &good, 3, Some("AR-801"));
    assert!(!computer.claude().exists(), "refused: nothing is written");
    assert_eq!(computer.check(&[&apply[..], &["--dry-run"]].concat(), &good, 0, None)["outcome"], "dry-run");
    assert!(!computer.claude().exists(), "a dry run writes nothing");

    assert_eq!(computer.check(&apply, &good, 0, None)["outcome"], "written");
    computer.check(&["status"], "", 1, Some("AR-101"));
    assert_eq!(computer.check(&["repair", "--dry-run"], "", 0, None)["outcome"], "dry-run");
    assert_eq!(computer.check(&["repair", "--write-only"], "", 0, None)["outcome"], "unchanged");
    std::fs::write(computer.claude().join("claude_desktop_config.json"), r#"{"deploymentMode":"1p"}"#).unwrap();
    computer.check(&["status"], "", 1, None);
    assert_eq!(computer.check(&["repair", "--write-only"], "", 0, None)["outcome"], "written");

    let told = computer.folder.path().join("told.txt");
    std::fs::write(&told, "Source: local (configLibrary)\ninferenceProvider: bedrock\n").unwrap();
    let told = told.to_str().unwrap();
    let doctor = ["doctor", "--local", "--preset", preset];
    assert_eq!(computer.check(&doctor, "", 1, Some("AR-101"))["doctor"]["configured"], true);
    let told = computer.check(&[&doctor[..], &["--claude-report", told]].concat(), "", 1, None);
    assert!(told["claude_report"]["findings"].to_string().contains("AR-725"), "{told}");
    let absent = computer.check(&[&doctor[..], &["--claude-report", "/nowhere"]].concat(), "", 1, None);
    assert!(absent["findings"].to_string().contains("AR-862"), "{absent}");
    let asked = computer.check(&["doctor", "--preset", preset, "--key-stdin"], &poor, 1, None);
    assert!(asked["findings"].to_string().contains("AR-503"), "{asked}");
    let report = ["report", "--local", "--preset", preset];
    assert_eq!(computer.check(&report, "", 0, None)["saved"], Value::Null);
    let archive = computer.folder.path().join("reports/report.zip");
    computer.check(&[&report[..], &["--out", archive.to_str().unwrap()]].concat(), "", 0, None);
    assert!(archive.is_file());
    computer.check(&[&report[..], &["--out", "/proc/report.zip"]].concat(), "", 3, Some("AR-702"));
    computer.check(&["report", "--address", "ftp://x", "--preset", preset], "", 3, None);

    let (to, only) = (computer.folder.path().join("to"), computer.folder.path().join("only"));
    let (to, only) = (to.to_str().unwrap(), only.to_str().unwrap());
    assert_eq!(computer.check(&["export", "--to", to, "--dry-run"], "", 0, Some("AR-912"))["outcome"], "dry-run");
    assert!(!Path::new(to).exists(), "a dry run writes nothing");
    computer.check(&["export", "--to", to], "", 0, Some("AR-912"));
    computer.check(&["export", "--to", to], "", 3, Some("AR-911"));
    computer.check(&["export", "--preset", "--to", only, "--supporter", "王", "--expires", "2030-01-01"], "", 0, None);
    assert_eq!(std::fs::read_dir(only).unwrap().count(), 1);
    computer.check(&["export", "--preset", "--note", "sk-0123456789abcdef"], "", 3, Some("AR-905"));

    let files = computer.files();
    assert_eq!(computer.check(&["undo", "--dry-run"], "", 0, None)["outcome"], "dry-run");
    assert_eq!(computer.check(&["leave", "--dry-run"], "", 0, None)["undone"], false);
    let touched = |name: &PathBuf| !name.ends_with("lock") && !name.ends_with("airouter-setup");
    let kept = |files: BTreeMap<PathBuf, _>| files.into_iter().filter(|(name, _)| touched(name)).collect::<Vec<_>>();
    assert_eq!(kept(computer.files()), kept(files), "a dry run writes nothing");
    assert_eq!(computer.check(&["undo"], "", 0, None)["undone"], true);
    std::fs::create_dir_all(computer.claude().join("configLibrary")).unwrap();
    std::fs::write(computer.claude().join("configLibrary/_meta.json"), "{broken").unwrap();
    computer.check(&apply, &good, 3, Some("AR-701"));
    drop(computer.runtime);
}

#[test]
fn what_is_right_already_is_not_touched() {
    let computer = Computer::new();
    let preset = computer.preset.as_str();
    let apply = ["apply", "--preset", preset, "--key-stdin", "--static-key", "--model", MODEL, "--yes"];
    let key = Fault::Ok.example_key();
    assert_eq!(computer.check(&apply, &key, 0, None)["outcome"], "written");
    let before = computer.files();
    let again = computer.check(&apply, &key, 0, None);
    assert_eq!((&again["outcome"], &again["plan"]["files"]), (&json!("unchanged"), &json!([])));
    assert_eq!(computer.files(), before, "not a byte, not a time");

    // Anything else is something to do.
    let other_key = key.replace("000", "111");
    assert_eq!(computer.check(&apply, &other_key, 0, None)["outcome"], "written");
    assert_eq!(
        computer.check(&[&apply[..], &["--egress", "pypi.org"]].concat(), &other_key, 0, None)["outcome"],
        "written"
    );
    assert_eq!(
        computer.check(&apply, &other_key, 0, None)["outcome"],
        "unchanged",
        "no wish leaves the hosts as they are"
    );
    let mode = computer.claude().join("claude_desktop_config.json");
    std::fs::write(&mode, r#"{"deploymentMode":"1p"}"#).unwrap();
    assert_eq!(computer.check(&apply, &other_key, 0, None)["outcome"], "written");
    let profile = computer
        .files()
        .into_keys()
        .find(|path| path.to_string_lossy().contains("configLibrary/") && !path.ends_with("_meta.json"));
    open_to_others(&profile.unwrap());
    assert_eq!(computer.check(&apply, &other_key, 0, None)["outcome"], "written", "it was readable by others");
    assert_eq!(computer.check(&apply, &other_key, 0, None)["outcome"], "unchanged");
}

fn open_to_others(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644)).unwrap();
}

#[test]
fn people_are_told_in_their_language() {
    let computer = Computer::new();
    let words = |language| {
        let words =
            ["apply", "--preset", &computer.preset, "--key-stdin", "--static-key", "--dry-run", "--lang", language];
        let output = computer.run(&words, &Fault::Ok.example_key());
        assert!(output.stdout.is_empty(), "people are told on standard error");
        String::from_utf8(output.stderr).unwrap()
    };
    let (chinese, english) = (words("zh-CN"), words("en"));
    for part in ["改动的文件", "接入配置", "deploymentMode", "写入配置", "没有改动任何东西"] {
        assert!(chinese.contains(part), "{part} is missing: {chinese}");
    }
    for part in ["Files that change", "deploymentMode", "nothing was changed", "AR-806"] {
        assert!(english.contains(part), "{part} is missing: {english}");
    }
    assert!(!english.chars().any(|c| ('\u{4e00}'..'\u{9fff}').contains(&c)), "{english}");
}

#[test]
fn people_are_told_what_was_found_as_in_the_window() {
    let computer = Computer::new();
    let told = |language| {
        let words = ["check", "--preset", &computer.preset, "--key-stdin", "--lang", language];
        String::from_utf8(computer.run(&words, "sk-pr********************ac9f").stderr).unwrap()
    };
    let (chinese, english) = (told("zh-CN"), told("en"));
    assert!(chinese.contains("AR-401  密钥被隐藏了一部分。请") && chinese.contains("reason = masked"), "{chinese}");
    assert!(english.contains("AR-401  Part of the key is hidden. Copy"), "{english}");
}

#[test]
fn people_are_told_what_the_check_cost() {
    let computer = Computer::new();
    let told = |language| {
        let words = ["check", "--preset", &computer.preset, "--key-stdin", "--lang", language];
        String::from_utf8(computer.run(&words, &Fault::Ok.example_key()).stderr).unwrap()
    };
    let (chinese, english) = (told("zh-CN"), told("en"));
    assert!(chinese.contains("发了4次请求，大约用了"), "{chinese}");
    assert!(english.contains("This check made 4 requests of the server and used about "), "{english}");
}

#[test]
fn every_command_speaks_the_language_that_was_asked_for() {
    let computer = Computer::new();
    let commands: [&[&str]; 6] = [
        &["explain", "AR-401"],
        &["explain", "AR-599"],
        &["rehearse"],
        &["rehearse", "no-such-scenario"],
        &["rehearse", "claude-missing"],
        &["doctor", "--local"],
    ];
    let is_chinese = |told: &str| told.chars().any(|letter| ('\u{4e00}'..'\u{9fff}').contains(&letter));
    for command in commands {
        for (language, expected) in [("zh-CN", true), ("en", false)] {
            let output = computer.run(&[command, &["--lang", language]].concat(), "");
            let told = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
            assert_eq!(is_chinese(&told), expected, "{command:?} {language}: {told}");
        }
    }
}

/// A reader that leaves, a full disk, nobody at all: the code is one of the contract's, and no one panics.
#[test]
fn the_contract_is_kept_whatever_becomes_of_the_streams() {
    let computer = Computer::new();
    let full = || Stdio::from(std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    let gone = || {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        Stdio::from(writer)
    };
    let code = |words: &[&str], out: Stdio, err: Stdio| {
        let mut child = computer.program(words).stdin(Stdio::null()).stdout(out).stderr(err).spawn().unwrap();
        child.wait().unwrap().code()
    };
    for words in [&["status", "--json"][..], &["explain", "AR-702"], &["schema"], &["rehearse", "--list"], &["undo"]] {
        let usual = computer.run(words, "").status.code();
        assert_eq!(code(words, gone(), gone()), usual, "{words:?}, nobody reads");
        assert_eq!(code(words, Stdio::null(), full()), usual, "{words:?}, words for people are lost");
        let prints = !computer.run(words, "").stdout.is_empty();
        let expected = if prints && usual == Some(0) { Some(4) } else { usual };
        assert_eq!(code(words, full(), full()), expected, "{words:?}, the answer is lost");
    }
    assert_eq!(code(&["--no-such"], full(), gone()), Some(2));
}

#[test]
fn a_key_goes_only_to_the_address_that_it_was_pasted_with_or_that_was_named() {
    let computer = Computer::new();
    let key = Fault::Ok.example_key();
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/cases/K06.txt");
    let fixture = std::fs::read_to_string(fixture).unwrap();
    let pasted = fixture.replace("@BASE@", "https://other.example/claude").replace("@KEY@", &key);
    for command in ["check", "apply"] {
        let words = [command, "--preset", &computer.preset, "--key-stdin"];
        let (exit, answer) = computer.ask(&words, &pasted);
        let finding = &answer["findings"][0];
        assert_eq!((finding["code"].as_str(), finding["severity"].as_str()), (Some("AR-408"), Some("blocking")));
        assert!(exit == 1 || exit == 3, "{answer:#}");
    }
    let address = computer.gateway.base_url();
    let answer = computer.check(&["check", "--address", &address, "--key-stdin"], &pasted, 0, None);
    let codes: Vec<&str> = answer["findings"].as_array().unwrap().iter().filter_map(|it| it["code"].as_str()).collect();
    assert!(codes.contains(&"AR-409") && answer["base"] == address.as_str(), "{answer:#}");
}

#[test]
fn a_wrong_call_says_in_json_what_is_wrong() {
    let computer = Computer::new();
    for words in [&["check", "--json", "--no-such\u{1b}[2J"][..], &["explain", "AR-999", "--json"]] {
        let output = computer.run(words, "");
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(answer["exit"], 2);
        let said = answer["wrong_use"].as_str().unwrap();
        assert!(!said.is_empty() && !told.contains('\u{1b}') && !said.contains('\u{1b}'), "{said:?} {told:?}");
    }
}

#[test]
fn a_preset_and_a_link_lead_others_to_the_same() {
    let computer = Computer::new();
    let key = Fault::Ok.example_key();
    let apply = [
        "apply",
        "--preset",
        &computer.preset,
        "--key-stdin",
        "--static-key",
        "--model",
        MODEL,
        "--egress",
        "pypi.org",
    ];
    computer.check(&apply, &key, 0, None);
    let made = computer.check(&["export", "--preset"], "", 0, None);
    let link = made["link"].as_str().unwrap();
    let printed = computer.run(&["export", "--preset"], "").stdout;
    assert!(!String::from_utf8_lossy(&printed).contains(&key) && !link.contains(&key));

    let other = Computer::new();
    let answer =
        other.check(&["apply", "--preset", link, "--key-stdin", "--static-key", "--without-check"], &key, 0, None);
    assert_eq!(answer["plan"]["egress"], json!(["pypi.org"]));
    assert!(answer["plan"]["files"][0]["edits"].to_string().contains(MODEL), "{answer}");
}

#[test]
fn completions_and_the_manual_know_every_command() {
    let computer = Computer::new();
    for words in [
        &["completions", "bash"][..],
        &["completions", "zsh"],
        &["completions", "fish"],
        &["completions", "powershell"],
        &["man"],
    ] {
        let output = computer.run(words, "");
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{words:?}");
        for command in ["check", "models", "apply", "status", "repair", "undo", "leave", "export"] {
            assert!(text.to_lowercase().contains(command), "{words:?} does not know {command}");
        }
        assert!(text.contains("key-stdin") || text.contains(r"key\-stdin"), "{words:?}");
    }
}
