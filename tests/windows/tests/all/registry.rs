//! What is exported for Windows: the registry takes both files and gives back every value and nothing else, Claude
//! starts from them, and a third file takes everything away.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use airouter_practice::gateway::{Fault, GatewayOptions, start};
use anyhow::{Context, Result, ensure};
use e2e_windows::account::{Account, Hive, VERSION, policies};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn both_hives_are_imported_and_read_back_equal() -> Result<()> {
    let gateway = start(GatewayOptions::default()).await?;
    let account = Account::new()?;
    account.install_by_squirrel(VERSION)?;
    let preset = account.preset(&gateway.base_url())?;
    let key = Fault::Ok.example_key();
    let words = ["apply", "--preset", &preset, "--key-stdin", "--write-only", "--yes", "--json"];
    let (exit, answer) = account.cli(&words, &key)?;
    assert_eq!((exit, &answer["outcome"]), (0, &json!("written")), "{answer}");
    let (exit, answer) = account.cli(&words, &key)?;
    assert_eq!((exit, &answer["outcome"]), (0, &json!("unchanged")), "{answer}");

    let to = account.home().join("导出 out");
    let (exit, answer) = account.cli(&["export", "--to", &to.to_string_lossy(), "--json"], "")?;
    assert_eq!(exit, 0, "{answer}");
    let native: BTreeMap<String, Value> =
        serde_json::from_slice(&std::fs::read(to.join("linux/managed-settings.json"))?)?;
    let expected: BTreeMap<String, String> = native
        .into_iter()
        .map(|(name, value)| {
            let text = match (name.as_str(), &value) {
                ("inferenceCredentialHelper", _) => {
                    r"C:\Program Files\AIRouter Setup\airouter-credential.exe".to_owned()
                }
                (_, Value::String(text)) => text.clone(),
                (_, other) => other.to_string(),
            };
            (name, text)
        })
        .collect();
    assert_eq!(account.cli(&["undo", "--json"], "")?.0, 0);

    for (hive, file) in [(Hive::Machine, "claude-machine.reg"), (Hive::Person, "claude-person.reg")] {
        let key = policies(hive)?;
        // Left of an earlier export with a key: it must not stay beside what is set now.
        key.set_value("inferenceGatewayApiKey", &"sk-of-an-earlier-export")?;
        import(&to.join("windows").join(file))?;
        let read = key.enum_values().map(|value| {
            let (name, value) = value?;
            let text: String = key.get_value(&name).with_context(|| format!("{name} is {:?}", value.vtype))?;
            Ok((name, text))
        });
        assert_eq!(read.collect::<Result<BTreeMap<String, String>>>()?, expected, "{file}");
    }
    let (exit, answer) = account.cli(&words, &key)?;
    assert_eq!((exit, &answer["findings"][0]["code"]), (3, &json!("AR-110")), "the policy is in force: {answer}");

    let machine = policies(Hive::Machine)?;
    machine.set_value("disableAutoUpdates", &1u32)?;
    import(&to.join("windows").join("claude-remove.reg"))?;
    assert_eq!(machine.enum_values().count(), 0, "everything is withdrawn");
    Ok(())
}

fn import(file: &Path) -> Result<()> {
    let imported = Command::new("reg.exe").arg("import").arg(file).output()?;
    ensure!(imported.status.success(), "{}: {}", file.display(), String::from_utf8_lossy(&imported.stderr));
    Ok(())
}
