//! Every scenario for training, walked by the built command line program in a scratch folder: it ends
//! with the code that the customer reads out and with the one who has to mend it, and nothing is left.
#![allow(clippy::disallowed_methods, missing_docs, reason = "a test works on files")]

use std::path::Path;
use std::time::{Duration, Instant};

use airouter_practice::scenario::Scenario;
use anyhow::{Context, Result, ensure};
use e2e::flow;
use e2e::home::Home;
use e2e::window::Window;
use serde_json::{Value, json};

/// What the guide for support says of each.
const SCENARIOS: [(&str, &str, &str); 28] = [
    ("good", "AR-860", "claude"),
    ("slow", "AR-860", "claude"),
    ("masked-key", "AR-401", "key"),
    ("bad-key", "AR-402", "key"),
    ("disabled-key", "AR-403", "key"),
    ("expired-key", "AR-404", "key"),
    ("no-balance", "AR-503", "account"),
    ("no-claude", "AR-504", "account"),
    ("other-network", "AR-502", "account"),
    ("no-models", "AR-507", "account"),
    ("too-fast", "AR-509", "account"),
    ("busy", "AR-603", "gateway"),
    ("upstream", "AR-604", "gateway"),
    ("no-streaming", "AR-606", "gateway"),
    ("web-page", "AR-305", "airouter-setup"),
    ("gateway-gone", "AR-204", "network"),
    ("cut-stream", "AR-207", "network"),
    ("proxy-password", "AR-221", "network"),
    ("proxy-refuses", "AR-223", "company-policy"),
    ("proxy-gone", "AR-222", "this-computer"),
    ("intercepted", "AR-213", "company-policy"),
    ("captive-portal", "AR-224", "network"),
    ("claude-missing", "AR-101", "claude"),
    ("policy", "AR-110", "company-policy"),
    ("claude-stays", "AR-103", "claude"),
    ("full-disk", "AR-702", "this-computer"),
    ("after-update", "AR-711", "this-computer"),
    ("dead-relay", "AR-716", "this-computer"),
];

/// Plays one and tells what is wrong with it.
fn play(home: &Home, id: &str, code: &str, owner: &str) -> Result<()> {
    let (exit, answer) = home.cli_json(&["rehearse", id, "--json"], "")?;
    ensure!(exit == 0 && answer["as_foreseen"] == json!(true), "{answer}");
    let met = answer["met"].as_array().context("what was met")?;
    let read_out = met
        .iter()
        .find(|finding| finding["severity"] == "blocking")
        .or_else(|| met.iter().find(|it| it["code"] == code));
    let read_out = read_out.with_context(|| format!("{code} is not met: {answer}"))?;
    ensure!(read_out["code"] == code && read_out["owner"] == owner, "{read_out}");
    Ok(())
}

#[test]
fn every_scenario_ends_with_its_code_and_owner() -> Result<()> {
    let named: Vec<&str> = Scenario::all().iter().map(|scenario| scenario.id.as_str()).collect();
    assert_eq!(SCENARIOS.map(|(id, _, _)| id).as_slice(), named, "each is in this table");
    let home = Home::without_claude()?;
    // Some of them only wait, so several are played at once.
    let lanes = 4;
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let lane = |at: usize| {
            let (home, scenarios) = (&home, SCENARIOS.iter().skip(at).step_by(lanes));
            scope.spawn(move || {
                let wrong = |(id, code, owner): &(&str, &str, &str)| {
                    play(home, id, code, owner).err().map(|why| format!("{id}: {why}"))
                };
                scenarios.filter_map(wrong).collect::<Vec<_>>()
            })
        };
        let lanes: Vec<_> = (0..lanes).map(lane).collect();
        lanes.into_iter().flat_map(|lane| lane.join().unwrap_or_else(|_| vec!["a lane fell".to_owned()])).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(!home.claude().exists(), "the person's own folders are not touched");
    assert_eq!(e2e::watch::files_with(&home.path(), "sk-practice"), Vec::<std::path::PathBuf>::new());
    Ok(())
}

#[test]
fn people_read_what_customer_and_supporter_say() -> Result<()> {
    let home = Home::without_claude()?;
    let output = home.cli(&["rehearse", "no-balance"], "")?;
    assert_eq!(output.status.code(), Some(0));
    let said = String::from_utf8(output.stdout)?;
    let scenario = Scenario::named("no-balance").context("a scenario")?;
    let (zh, en) = (said.contains(&scenario.zh_cn.customer), said.contains(&scenario.en.customer));
    assert!(zh != en, "in one language: {said}");
    assert!(said.contains("AR-503"), "{said}");
    assert!(!said.contains("sk-practice"), "{said}");

    let list = String::from_utf8(home.cli(&["rehearse", "--list"], "")?.stdout)?;
    assert!(Scenario::all().iter().all(|scenario| list.contains(&scenario.id)), "{list}");
    assert_eq!(home.cli(&["rehearse", "no-such"], "")?.status.code(), Some(2));
    Ok(())
}

#[test]
fn a_code_is_explained_in_both_languages_and_near_ones_are_named() -> Result<()> {
    let home = Home::without_claude()?;
    let (exit, answer) = home.cli_json(&["explain", "503", "--json"], "")?;
    assert_eq!((exit, &answer["code"], &answer["owner"]), (0, &json!("AR-503"), &json!("account")), "{answer}");
    for language in ["zh-CN", "en"] {
        for field in ["title", "meaning", "action"] {
            assert!(answer["words"][language][field].as_str().is_some_and(|text| !text.is_empty()), "{answer}");
        }
    }
    let (exit, answer) = home.cli_json(&["explain", "AR-599", "--json"], "")?;
    assert_eq!((exit, &answer["near"][0]), (2, &json!("AR-601")), "{answer}");
    assert_eq!(answer["findings"], Value::Array(Vec::new()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trainer_picks_one_scenario_after_the_other_in_the_window() -> Result<()> {
    let home = Home::without_claude()?;
    let folder = home.path().join("rehearsal");
    let window = Window::rehearse(&home, &folder, "zh_CN.UTF-8").await?;
    window.wait_for_screen("key").await?;
    for (id, found) in [
        ("proxy-refuses", "[data-code=\"AR-223\"]"),
        ("claude-missing", "[data-code=\"AR-101\"]"),
        ("intercepted", "[data-code=\"AR-213\"]"),
        ("after-update", "#repair"),
    ] {
        window.click(&format!("#scenario option[value=\"{id}\"]")).await?;
        window.click("#scenario-start").await?;
        window.wait_for("#scenario-start:not(:disabled)").await?;
        if window.count("#practice-key").await? == 1 {
            window.click("#practice-key").await?;
            window.click("#check").await?;
        }
        window.wait_for(found).await.with_context(|| id.to_owned())?;
    }
    window.click("#scenario option[value=\"good\"]").await?;
    window.click("#scenario-start").await?;
    flow::to_proof(&window, &Scenario::named("good").and_then(Scenario::paste).context("a key")?).await?;
    ensure!(runs_in(&folder)?, "the stand-in runs");
    // The program may be gone before the driver has its answer.
    let _ = window.click("#finish").await;
    window.wait_until_ended().await?;
    let end = Instant::now() + Duration::from_secs(30);
    while runs_in(&folder)? {
        ensure!(Instant::now() < end, "the stand-in stayed behind");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// Whether a program of the rehearsal runs.
fn runs_in(folder: &Path) -> Result<bool> {
    let program = format!("^{}/", folder.display());
    Ok(std::process::Command::new("pgrep").args(["-f", &program]).output()?.status.success())
}
