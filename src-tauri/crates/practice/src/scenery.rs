//! Dressing a scratch folder for a scenario: what an administrator or another tool has left there, and
//! what happens to a connected app later.

use std::io;
use std::path::PathBuf;

use serde_json::json;

use crate::claude::{Manner, NEWEST, write_for_its_owner};
use crate::scenario::{App, Scenario, Scenery, Since};

/// Where a stage has Claude's folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    /// The root of the system.
    pub system: PathBuf,
    /// Claude's third-party folder.
    pub third_party: PathBuf,
}

/// The profile of the other tool.
const OTHER_PROFILE: &str = "7a1f3c60-2b4d-4e8a-9c31-5d0e6f7a8b92";
/// Where that tool has its relay when it runs (PI). It is free on almost every computer.
const OTHER_RELAY: &str = "http://127.0.0.1:15721";

/// Puts everything in its place. The app itself is installed by whoever knows where it belongs.
pub fn dress(scenario: &Scenario, ground: &Ground) -> io::Result<()> {
    let scenery = &scenario.stage;
    write_for_its_owner(&playbill(ground), &scenario.id)?;
    let quirks = if scenery.claude == App::Stays { "refuse-quit" } else { "" };
    Manner { version: &version(scenery), quirks }.put(&ground.system)?;
    if let Some(policy) = &scenery.policy {
        let file = ground.system.join("etc/claude-desktop/managed-settings.json");
        write_for_its_owner(&file, &format!("{:#}", json!(policy)))?;
    }
    if scenery.relay {
        let library = ground.third_party.join("configLibrary");
        let entry = json!({ "id": OTHER_PROFILE, "name": "CC Switch" });
        let profile = json!({
            "inferenceProvider": "gateway",
            "inferenceGatewayBaseUrl": OTHER_RELAY,
            "inferenceCredentialKind": "static",
            "inferenceGatewayApiKey": "practice-0000000000000000",
        });
        let meta = json!({ "appliedId": OTHER_PROFILE, "entries": [entry] });
        write_for_its_owner(&library.join(format!("{OTHER_PROFILE}.json")), &format!("{profile:#}"))?;
        write_for_its_owner(&library.join("_meta.json"), &format!("{meta:#}"))?;
        write_mode(ground, "3p")?;
    }
    Ok(())
}

/// The name of the scenario that a folder was dressed for last.
pub fn last(ground: &Ground) -> Option<String> {
    std::fs::read_to_string(playbill(ground)).ok()
}

/// The version of the app on this stage.
pub fn version(scenery: &Scenery) -> String {
    scenery.version.clone().unwrap_or_else(|| NEWEST.to_string())
}

/// Lets pass what has happened since the app was connected; the newer app is installed by the caller.
pub fn let_pass(since: &Since, ground: &Ground) -> io::Result<()> {
    Manner { version: &since.version, quirks: "" }.put(&ground.system)?;
    write_mode(ground, &since.mode)
}

fn write_mode(ground: &Ground, mode: &str) -> io::Result<()> {
    let text = format!("{:#}", json!({ "deploymentMode": mode }));
    write_for_its_owner(&ground.third_party.join("claude_desktop_config.json"), &text)
}

fn playbill(ground: &Ground) -> PathBuf {
    ground.system.join("practice/scenario")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claude::{Mode, Sources, Tier, load};

    /// What the app makes of a folder that is dressed for a scenario.
    fn dressed(id: &str) -> (tempfile::TempDir, Ground, Sources) {
        let folder = tempfile::tempdir().expect("a folder");
        let ground = Ground { system: folder.path().join("system"), third_party: folder.path().join("Claude-3p") };
        dress(Scenario::named(id).expect("a scenario"), &ground).expect("a stage");
        let sources = Sources {
            ordinary_root: folder.path().join("Claude"),
            third_party_root: ground.third_party.clone(),
            system_root: ground.system.clone(),
            version: NEWEST,
        };
        (folder, ground, sources)
    }

    #[test]
    fn a_policy_is_in_force() {
        let (_folder, ground, sources) = dressed("policy");
        assert_eq!(load(&sources).tier, Tier::Managed);
        assert_eq!(last(&ground).as_deref(), Some("policy"));
    }

    #[test]
    fn another_tool_has_led_the_app_to_its_relay() {
        let (_folder, _, sources) = dressed("dead-relay");
        let loaded = load(&sources);
        assert_eq!((loaded.mode, loaded.refusal), (Mode::ThirdParty, None));
        assert_eq!(loaded.connection.expect("a gateway").base_url, OTHER_RELAY);
    }

    #[test]
    fn a_sign_in_leads_away_from_the_gateway() {
        let (_folder, ground, sources) = dressed("dead-relay");
        let since = Since { version: "2.26454.0".to_owned(), mode: "1p".to_owned() };
        let_pass(&since, &ground).expect("it passes");
        assert_eq!(load(&sources).mode, Mode::Ordinary);
    }
}
