//! From a proved connection to the next computer: what is exported, and the script that uses it.
#![allow(clippy::disallowed_methods, missing_docs, reason = "a test works on files and processes")]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use airouter_practice::gateway::{Fault, GatewayOptions, start};
use anyhow::Result;
use e2e::home::{Home, keep_private};
use e2e::programs;
use e2e::watch::files_with;
use serde_json::{Value, json};

fn read(path: &Path) -> Result<Value> {
    Ok(serde_json::from_slice(&std::fs::read(path)?)?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proved_connection_is_exported_without_its_key_and_the_script_makes_the_same() -> Result<()> {
    let gateway = start(GatewayOptions::default()).await?;
    let home = Home::new()?;
    let preset = home.preset(&gateway.base_url())?.to_string_lossy().into_owned();
    let key = "sk-practice-ok-export7Q2mZ9xK4tB8wL3vN6pR5";
    let words = ["apply", "--preset", &preset, "--key-stdin", "--yes", "--json"];
    let (exit, answer) = home.cli_json(&words, key)?;
    assert_eq!((exit, &answer["outcome"]), (0, &json!("proved")), "{answer}");

    let to = home.path().join("out");
    let (exit, answer) = home.cli_json(&["export", "--to", &to.to_string_lossy(), "--json"], "")?;
    assert_eq!((exit, &answer["findings"]), (0, &json!([])), "{answer}");
    assert_eq!(files_with(&to, "export7Q2m"), Vec::<std::path::PathBuf>::new(), "no file holds the key");
    let pilot = read(&to.join("pilot.json"))?;
    assert_eq!((&pilot["proved"], &pilot["log"]["mode"]), (&json!(true), &json!("gateway")), "{pilot}");
    assert!(!pilot.to_string().contains(&*home.path().to_string_lossy()), "no folder of a person: {pilot}");
    assert_eq!(read(&to.join("linux/managed-settings.json"))?["inferenceCredentialKind"], "helper-script");

    let with_key = home.path().join("with key");
    let words = ["export", "--to", &with_key.to_string_lossy(), "--with-key", "--key-stdin", "--json"];
    let (exit, answer) = home.cli_json(&words, key)?;
    assert_eq!((exit, &answer["findings"][0]["code"]), (0, &json!("AR-909")), "{answer}");
    assert!(!answer.to_string().contains("export7Q2m"), "the answer holds the key");
    assert_eq!(files_with(&with_key, "export7Q2m").len(), 4);

    // The next computer: no Claude yet, a management system that runs the script for who is signed in.
    let next = Home::without_claude()?;
    for (name, text) in [
        ("stat", "#!/bin/sh\necho person\n"),
        ("launchctl", "#!/bin/sh\nshift 2\nexec \"$@\"\n"),
        ("sudo", "#!/bin/sh\nshift 3\nexec \"$@\"\n"),
        ("id", "#!/bin/sh\necho 501\n"),
    ] {
        let path = next.programs().join(name);
        std::fs::write(&path, text)?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755))?;
    }
    let key_file = next.path().join("key");
    keep_private(&key_file, key)?;
    let run = || {
        let mut script = next.command("sh");
        script.arg(to.join("macos/jamf.sh")).env("AIROUTER_KEY_FILE", &key_file);
        script.env("AIROUTER_CLI", programs().join("airouter-setup-cli")).output()
    };
    for expected in ["written", "unchanged"] {
        let output = run()?;
        let answer: Value = serde_json::from_slice(&output.stdout)?;
        assert_eq!((output.status.code(), &answer["outcome"]), (Some(0), &json!(expected)), "{answer}");
        assert!(!key_file.exists(), "the key is in the keychain, and nowhere else");
    }
    let (exit, answer) = next.cli_json(&["undo", "--json"], "")?;
    assert_eq!((exit, &answer["undone"]), (0, &json!(true)), "{answer}");
    Ok(())
}

#[test]
fn nothing_is_exported_where_nothing_is_connected() -> Result<()> {
    let home = Home::without_claude()?;
    let to = home.path().join("out");
    let (exit, answer) =
        home.cli_json(&["export", "--to", &to.to_string_lossy(), "--json"], &Fault::Ok.example_key())?;
    assert_eq!((exit, &answer["findings"][0]["code"], to.exists()), (3, &json!("AR-908"), false));
    assert_eq!(home.cli(&["export", "--json"], "")?.status.code(), Some(2), "where to is not said");
    assert_eq!(home.cli(&["export", "--to", "x", "--with-key"], "")?.status.code(), Some(2), "no key is named");
    Ok(())
}
