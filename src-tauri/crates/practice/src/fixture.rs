//! Dressing a scratch folder for a scenario: what an administrator or another tool has left there, and
//! what happens to a connected app later.

use std::io;
use std::path::PathBuf;

use serde_json::json;

use crate::claude::{Behaviour, NEWEST, write_for_its_owner};
use crate::scenario::{App, Fixture, Scenario, Since};

/// Where a stage has Claude's folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComputerPaths {
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
pub fn prepare(scenario: &Scenario, paths: &ComputerPaths) -> io::Result<()> {
    let fixture = &scenario.fixture;
    write_for_its_owner(&scenario_file(paths), &scenario.id)?;
    let quirks = if fixture.claude == App::Stays { "refuse-quit" } else { "" };
    Behaviour { version: &version(fixture), quirks }.write(&paths.system)?;
    if let Some(policy) = &fixture.policy {
        let file = paths.system.join("etc/claude-desktop/managed-settings.json");
        write_for_its_owner(&file, &format!("{:#}", json!(policy)))?;
    }
    if fixture.relay {
        let library = paths.third_party.join("configLibrary");
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
        write_mode(paths, "3p")?;
    }
    Ok(())
}

/// The name of the scenario that a folder was dressed for last.
pub fn last(paths: &ComputerPaths) -> Option<String> {
    std::fs::read_to_string(scenario_file(paths)).ok()
}

/// The version of the app on this stage.
pub fn version(fixture: &Fixture) -> String {
    fixture.version.clone().unwrap_or_else(|| NEWEST.to_string())
}

/// Lets pass what has happened since the app was connected; the newer app is installed by the caller.
pub fn advance(since: &Since, paths: &ComputerPaths) -> io::Result<()> {
    Behaviour { version: &since.version, quirks: "" }.write(&paths.system)?;
    write_mode(paths, &since.mode)
}

fn write_mode(paths: &ComputerPaths, mode: &str) -> io::Result<()> {
    let text = format!("{:#}", json!({ "deploymentMode": mode }));
    write_for_its_owner(&paths.third_party.join("claude_desktop_config.json"), &text)
}

fn scenario_file(paths: &ComputerPaths) -> PathBuf {
    paths.system.join("practice/scenario")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claude::{Mode, Sources, Tier, load};

    /// What the app makes of a folder that is dressed for a scenario.
    fn prepared(id: &str) -> (tempfile::TempDir, ComputerPaths, Sources) {
        let folder = tempfile::tempdir().expect("a folder");
        let paths =
            ComputerPaths { system: folder.path().join("system"), third_party: folder.path().join("Claude-3p") };
        prepare(Scenario::named(id).expect("a scenario"), &paths).expect("a stage");
        let sources = Sources {
            ordinary_root: folder.path().join("Claude"),
            third_party_root: paths.third_party.clone(),
            system_root: paths.system.clone(),
            version: NEWEST,
        };
        (folder, paths, sources)
    }

    #[test]
    fn a_policy_is_in_force() {
        let (_folder, paths, sources) = prepared("policy");
        assert_eq!(load(&sources).tier, Tier::Managed);
        assert_eq!(last(&paths).as_deref(), Some("policy"));
    }

    #[test]
    fn another_tool_has_led_the_app_to_its_relay() {
        let (_folder, _, sources) = prepared("dead-relay");
        let loaded = load(&sources);
        assert_eq!((loaded.mode, loaded.refusal), (Mode::ThirdParty, None));
        assert_eq!(loaded.connection.expect("a gateway").base_url, OTHER_RELAY);
    }

    #[test]
    fn a_sign_in_leads_away_from_the_gateway() {
        let (_folder, paths, sources) = prepared("dead-relay");
        let since = Since { version: "2.26454.0".to_owned(), mode: "1p".to_owned() };
        advance(&since, &paths).expect("it passes");
        assert_eq!(load(&sources).mode, Mode::Ordinary);
    }
}
