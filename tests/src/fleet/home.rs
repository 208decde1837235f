//! One home of a fleet: what was in it at first, what must be in it when it is connected.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::scattered;
use crate::watch::files_below;

const FOREIGN: &str = "0a1b2c3d-0000-4000-8000-00000000000f";

/// A home, and what it held at first.
#[derive(Debug)]
pub struct ManagedHome {
    /// Its number in the fleet.
    pub number: usize,
    /// Where it is.
    pub path: PathBuf,
    first: BTreeMap<PathBuf, Vec<u8>>,
}

impl ManagedHome {
    /// A home of one of six kinds: empty, or with what Claude and other programs have left there, in the
    /// usual folder, in one that the system names, or in one that Claude was told.
    pub fn make(folder: &Path, number: usize) -> Result<Self> {
        let path = folder.join(format!("homes/李 {number:04}"));
        std::fs::create_dir_all(&path)?;
        let mut home = Self { number, path, first: BTreeMap::new() };
        if !number.is_multiple_of(2) {
            let meta = json!({
                "appliedId": FOREIGN, "seen": number,
                "entries": [{"id": FOREIGN, "name": "Default", "note": "keep"}],
            });
            home.put("configLibrary/_meta.json", &format!("{meta:#}\n"))?;
            home.put(&format!("configLibrary/{FOREIGN}.json"), "{}")?;
            home.put("claude_desktop_config.json", "{ \"windowBounds\": {\"x\": 1},\n  \"deploymentMode\" : \"1p\" }")?;
        }
        home.first = home.files()?;
        Ok(home)
    }

    /// Its variables beside `HOME`.
    pub fn variables(&self) -> Vec<(&'static str, PathBuf)> {
        match self.number % 3 {
            0 => Vec::new(),
            1 => vec![("XDG_CONFIG_HOME", self.path.join("einstellungen")), ("XDG_DATA_HOME", self.path.join("daten"))],
            _ => vec![("CLAUDE_USER_DATA_DIR", self.path.join("claude data"))],
        }
    }

    /// The key of its person.
    pub fn key(&self) -> String {
        format!("sk-practice-ok-{:028}", 7_000_000 + self.number)
    }

    /// One in five has no keychain that can be used, so the key stands in the profile.
    pub fn has_static_key(&self) -> bool {
        scattered(self.number, "static").is_multiple_of(5)
    }

    /// Somebody signs in to Anthropic, and somebody else clears a value.
    pub fn drift(&self) -> Result<()> {
        let mode = self.claude().join("claude_desktop_config.json");
        let mut value: Value = serde_json::from_slice(&std::fs::read(&mode)?)?;
        value["deploymentMode"] = json!("1p");
        std::fs::write(&mode, value.to_string())?;
        if self.number.is_multiple_of(4) {
            let profile = self.profile()?.0;
            let mut value: Value = serde_json::from_slice(&std::fs::read(&profile)?)?;
            value["inferenceGatewayBaseUrl"] = json!("https://elsewhere.example");
            std::fs::write(&profile, value.to_string())?;
        }
        Ok(())
    }

    /// Whether Claude would start through the gateway with these models, and nothing else has changed.
    pub fn is_connected(&self, base: &str, models: &[&str]) -> Result<()> {
        let (path, mut profile) = self.profile()?;
        let values = profile.as_object_mut().context("an object")?;
        let organization = values.remove("deploymentOrganizationUuid").context("an organization")?;
        ensure!(organization.as_str().is_some_and(|id| id.len() == 36), "{organization}");
        let mut wanted = json!({
            "inferenceProvider": "gateway",
            "inferenceGatewayBaseUrl": base,
            "inferenceGatewayAuthScheme": "bearer",
            "inferenceModels": models,
            "modelDiscoveryEnabled": false,
            "chatTabEnabled": true,
            "deploymentDisplayName": "练习网关",
        });
        let helper = self.state().join("airouter-credential");
        if self.has_static_key() {
            wanted["inferenceCredentialKind"] = json!("static");
            wanted["inferenceGatewayApiKey"] = json!(self.key());
            ensure!(!helper.exists(), "a helper that nobody asks");
        } else {
            wanted["inferenceCredentialKind"] = json!("helper-script");
            wanted["inferenceCredentialHelper"] = json!(helper);
            ensure!(self.asks(&helper)? == self.key(), "another key comes out of the key ring");
        }
        ensure!(profile == wanted, "the profile is {profile}");
        ensure!(private(&path)?, "others can read the profile");

        let meta = self.read("configLibrary/_meta.json")?;
        let names: Vec<&str> =
            meta["entries"].as_array().into_iter().flatten().filter_map(|entry| entry["name"].as_str()).collect();
        let (expected, mode) = if self.number.is_multiple_of(2) {
            (vec!["练习网关"], json!({"deploymentMode": "3p"}))
        } else {
            ensure!(meta["seen"] == self.number && meta["entries"][0]["note"] == "keep", "{meta}");
            (vec!["Default", "练习网关"], json!({"windowBounds": {"x": 1}, "deploymentMode": "3p"}))
        };
        ensure!(names == expected, "{meta}");
        ensure!(self.read("claude_desktop_config.json")? == mode);
        Ok(())
    }

    /// Whether every byte is as it was; only the id of the history and the lock may be new.
    pub fn is_as_at_first(&self) -> Result<()> {
        let mut now = self.files()?;
        let state = self.state();
        now.retain(|path, _| ![state.join("organization"), state.join("lock")].contains(path));
        let names = |files: &BTreeMap<PathBuf, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
        ensure!(names(&now) == names(&self.first), "the files are {:?}", names(&now));
        let changed = now.iter().find(|(path, bytes)| self.first.get(*path) != Some(bytes));
        if let Some((path, bytes)) = changed {
            // A repair after a drift cannot bring back white space that somebody else removed.
            let value = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).ok();
            let first = self.first.get(path).and_then(|bytes| value(bytes));
            ensure!(
                first.is_some() && value(bytes) == first,
                "{} is {}",
                path.display(),
                String::from_utf8_lossy(bytes)
            );
        }
        ensure!(!self.claude().exists() || !self.number.is_multiple_of(2), "a folder is left");
        Ok(())
    }

    /// Claude's folder.
    fn claude(&self) -> PathBuf {
        match self.number % 3 {
            0 => self.path.join(".config/Claude-3p"),
            1 => self.path.join("einstellungen/Claude-3p"),
            _ => self.path.join("claude data"),
        }
    }

    fn state(&self) -> PathBuf {
        self.path.join(if self.number % 3 == 1 { "daten" } else { ".local/share" }).join("airouter-setup")
    }

    fn profile(&self) -> Result<(PathBuf, Value)> {
        let meta = self.read("configLibrary/_meta.json")?;
        let id = meta["appliedId"].as_str().context("nothing is selected")?;
        let path = format!("configLibrary/{id}.json");
        Ok((self.claude().join(&path), self.read(&path)?))
    }

    fn read(&self, path: &str) -> Result<Value> {
        let path = self.claude().join(path);
        let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
        Ok(serde_json::from_slice(&bytes)?)
    }

    fn put(&self, path: &str, text: &str) -> Result<()> {
        let path = self.claude().join(path);
        std::fs::create_dir_all(path.parent().context("a folder")?)?;
        Ok(std::fs::write(path, text)?)
    }

    fn files(&self) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
        files_below(&self.path).into_iter().map(|path| Ok((path.clone(), std::fs::read(path)?))).collect()
    }

    fn asks(&self, helper: &Path) -> Result<String> {
        let output = std::process::Command::new(helper).env("HOME", &self.path).output()?;
        Ok(String::from_utf8(output.stdout)?)
    }
}

fn private(path: &Path) -> Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(std::fs::metadata(path)?.permissions().mode() & 0o077 == 0)
}
