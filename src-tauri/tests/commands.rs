//! The shell without a window: every command once, by the real list of permissions.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, missing_docs, reason = "a test works on files")]

mod shell;

use std::path::Path;

use airouter_core::finding::Code;
use airouter_practice::gateway::{Gateway, GatewayOptions, start};
use airouter_setup::COMMAND_NAMES;
use serde_json::{Value, json};
use shell::Shell;

const KEY: &str = "sk-practice-ok-canary7Q2mZ9xK4tB8wL3vN6pR5";
const CANARY: &str = "canary7Q2mZ9xK4tB8";

/// The practice gateway, and a shell for it.
fn open() -> (Shell, Gateway) {
    let gateway = tauri::async_runtime::block_on(start(GatewayOptions::default())).unwrap();
    (Shell::open(&gateway.base_url()), gateway)
}

#[test]
fn every_command_answers_and_no_answer_holds_the_key() {
    let (shell, _gateway) = open();
    let wishes = json!({"models": [], "every_model": true, "static_key": true, "carry_over": false, "restart": false});
    let channel = "__CHANNEL__:7";
    let mut asked = Vec::new();
    let mut ask = |command: &str, arguments: Value| {
        asked.push(command.to_owned());
        let answer = shell.ask(command, arguments);
        assert!(!format!("{answer:?}").contains(CANARY), "{command} gives the key back: {answer:?}");
        answer
    };

    let begin = ask("start", json!({})).unwrap();
    assert_eq!((&begin["os"], &begin["rehearsal"]), (&json!(std::env::consts::OS), &Value::Null));
    assert_eq!(ask("look", json!({})).unwrap()["findings"][0]["code"], "AR-101");
    ask("remember_locale", json!({"locale": "en"})).unwrap();
    assert_eq!(ask("start", json!({})).unwrap()["locale"], "en");
    let no_console = ask("open_page", json!({"page": "console"})).unwrap_err();
    assert_eq!(no_console["code"], Code::PresetInvalid.number(), "this preset names no console: {no_console}");
    assert_eq!(ask("read_key", json!({"text": "sk-ab****cd0000"})).unwrap_err()["code"], "AR-401");
    let view = ask("read_key", json!({"text": format!("export KEY=\"{KEY}\"\n")})).unwrap();
    assert!(view["face"].to_string().contains("6pR5"), "{view}");
    let address = ask("read_address", json!({"text": "gate.example/v1/"})).unwrap();
    assert_eq!(address["base"], "https://gate.example");
    let report = ask("check", json!({"wishes": {"address": null, "scheme": null}, "onLamp": channel})).unwrap();
    assert_eq!(report["passed"], true, "{report}");
    ask("cancel_check", json!({})).unwrap();
    let trial = ask("try_model", json!({"id": report["proposal"][0]})).unwrap();
    assert_eq!(trial["finding"], Value::Null, "{trial}");
    assert_eq!(ask("add_model", json!({"id": " claude-sonnet-4-5 "})).unwrap()["id"], "claude-sonnet-4-5");
    let plan = ask("plan", json!({"wishes": wishes})).unwrap();
    assert!(!plan["files"].as_array().unwrap().is_empty(), "{plan}");
    let applied = ask("apply", json!({"wishes": wishes, "onPhase": channel})).unwrap();
    assert_eq!(applied["outcome"], "written", "{applied}");
    assert!(holds(&shell.places.library(), CANARY), "compatibility mode has put the key into the profile");
    let causes = ask("doctor", json!({})).unwrap();
    assert_eq!(causes["configured"], true, "{causes}");
    let unseen = ask("save_report", json!({})).unwrap_err();
    assert_eq!(unseen["code"], Code::CannotWrite.number(), "what nobody has seen is not saved: {unseen}");
    let preview = ask("preview_report", json!({})).unwrap();
    let saved = ask("save_report", json!({})).unwrap();
    let saved = Path::new(saved.as_str().unwrap());
    assert_eq!(saved.file_name().unwrap().to_str(), preview["name"].as_str(), "{preview}");
    assert!(saved.is_file() && !holds(saved.parent().unwrap(), CANARY), "the report gives the key away");
    let told = "Source: local (configLibrary)\ninferenceProvider: bedrock\n";
    let told = ask("read_claude_report", json!({"text": told, "file": false})).unwrap();
    assert_eq!(told["findings"][0]["code"], Code::ProviderNotGateway.number(), "{told}");
    let nothing = ask("read_claude_report", json!({"text": "%", "file": true})).unwrap_err();
    assert_eq!(nothing["code"], Code::ClaudeReportUnreadable.number(), "{nothing}");
    let made = ask("make_preset", json!({})).unwrap();
    assert!(made["link"].as_str().unwrap().starts_with("airouter-setup://preset/"), "{made}");
    let undone = ask("undo", json!({"goal": "before", "restart": false, "onPhase": channel})).unwrap();
    assert_eq!(undone["undone"], true, "{undone}");
    assert!(!holds(shell.folder.path(), CANARY), "and undoing has taken it away");
    assert!(ask("end_claude", json!({})).unwrap().is_null(), "a Claude that does not run needs no end");
    ask("forget_session", json!({})).unwrap();
    assert_eq!(
        ask("check", json!({"wishes": {"address": null, "scheme": null}, "onLamp": channel})).unwrap_err()["code"],
        Code::KeyNotStored.number(),
        "a forgotten key is not used"
    );

    let outside = ask("set_scenario", json!({"id": "no-balance"})).unwrap_err();
    assert_eq!(outside["code"], Code::RehearsalNotSet.number(), "the real thing is no stage: {outside}");
    ask("await_preset", json!({"onOffer": channel})).unwrap();
    let answered = ask("answer_preset", json!({"used": "https://x.example"})).unwrap();
    assert_eq!(answered["preset"]["name"], "Practice", "there is none to use: {answered}");

    // A mock shell cannot be left; the end-to-end tests press the button.
    asked.push("finish".to_owned());
    let missed: Vec<_> = COMMAND_NAMES.iter().filter(|name| !asked.iter().any(|asked| asked == *name)).collect();
    assert!(missed.is_empty(), "never asked: {missed:?}");
}

/// A key that stood with another address waits until the person has named one of the two.
#[test]
fn a_key_waits_until_its_address_is_named() {
    let (shell, gateway) = open();
    let (base, channel) = (gateway.base_url(), "__CHANNEL__:7");
    let pasted = format!("ANTHROPIC_BASE_URL=https://other.example/claude\nANTHROPIC_AUTH_TOKEN={KEY}");
    shell.ask("read_key", json!({ "text": pasted })).unwrap();
    let check = |address: Value| {
        let wishes = json!({"address": address, "scheme": null, "proxy": null});
        shell.ask("check", json!({"wishes": wishes, "onLamp": channel}))
    };
    let finding = check(Value::Null).unwrap_err();
    assert_eq!((&finding["code"], &finding["severity"]), (&json!("AR-408"), &json!("blocking")), "{finding}");
    assert!(finding.to_string().contains("other.example"), "{finding}");
    assert_eq!(check(json!(base)).unwrap()["passed"], true);
}

/// What is connected is written anew with its own key, whatever was pasted meanwhile.
#[test]
fn a_repair_takes_the_connected_gateway_and_its_key() {
    let (shell, _gateway) = open();
    let channel = "__CHANNEL__:7";
    let check = |address: Value| {
        let wishes = json!({"address": address, "scheme": null, "proxy": null});
        shell.ask("check", json!({"wishes": wishes, "onLamp": channel}))
    };
    let wishes = json!({"models": [], "every_model": true, "static_key": true, "egress": null, "carry_over": false, "restart": false});
    shell.ask("read_key", json!({ "text": KEY })).unwrap();
    check(Value::Null).unwrap();
    shell.ask("plan", json!({ "wishes": wishes })).unwrap();
    shell.ask("apply", json!({"wishes": wishes, "onPhase": channel})).unwrap();
    shell.ask("forget_session", json!({})).unwrap();

    // Another key, for an address at which nobody answers.
    let other = "sk-other-0123456789abcdef0123456789abcdef";
    shell.ask("read_key", json!({ "text": other })).unwrap();
    let refused = check(json!("http://127.0.0.1:9/claude"));
    assert!(refused.is_err() || refused.unwrap()["passed"] == false);
    shell.ask("plan", json!({ "wishes": wishes })).unwrap();
    let report = shell.ask("apply", json!({"wishes": wishes, "onPhase": channel})).unwrap();
    assert!(!holds(shell.folder.path(), other), "the refused key was stored: {report}");
    assert!(holds(shell.folder.path(), KEY), "the key that works is lost: {report}");
}

#[test]
fn what_is_not_ours_is_refused() {
    let (shell, _gateway) = open();
    for command in ["plugin:opener|open_url", "plugin:window|close", "plugin:event|listen", "no_such_command"] {
        let refusal = shell.ask(command, json!({"url": "https://example.com"})).unwrap_err().to_string();
        assert!(refusal.contains("not allowed") || refusal.contains("not found"), "{command}: {refusal}");
    }
    let refusal = shell.ask_from("https://example.com", "start", json!({})).unwrap_err().to_string();
    assert!(refusal.contains("not allowed"), "another site's page: {refusal}");
    assert!(shell.ask("read_key", json!({"words": 1})).is_err(), "wrong arguments");
}

/// The list of commands stands in four places, because three tools read it.
#[test]
fn every_list_of_commands_is_the_same() {
    let read = |path: &str| std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    let capability: Value = serde_json::from_str(&read("capabilities/main.json")).unwrap();
    let permissions: Vec<String> =
        COMMAND_NAMES.iter().map(|name| format!("allow-{}", name.replace('_', "-"))).collect();
    assert_eq!(capability["permissions"], json!(permissions));

    let between = |text: &str, start: &str, end: &str| -> Vec<String> {
        let inside = text.split_once(start).unwrap().1.split_once(end).unwrap().0;
        inside.split(',').map(|word| word.trim().trim_matches('"').to_owned()).filter(|word| !word.is_empty()).collect()
    };
    assert_eq!(between(&read("../ui/src/lib/backend/backend.ts"), "COMMANDS = [", "]"), COMMAND_NAMES);
    let handled: Vec<String> = COMMAND_NAMES.iter().map(|name| format!("commands::{name}")).collect();
    assert_eq!(between(&read("src/lib.rs"), "generate_handler![", "]"), handled);
}

fn holds(folder: &Path, word: &str) -> bool {
    std::fs::read_dir(folder).into_iter().flatten().flatten().any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            holds(&path, word)
        } else {
            std::fs::read_to_string(&path).is_ok_and(|text| text.contains(word))
        }
    })
}
