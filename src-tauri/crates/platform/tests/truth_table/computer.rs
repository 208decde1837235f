//! A scratch home with a Claude of some version, a library, a mode and a policy.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use airouter_core::address::GatewayUrl;
use airouter_core::check::AuthScheme;
use airouter_core::claude::prediction::StartPrediction;
use airouter_core::plan::Wishes;
use airouter_core::secret::Secret;
use airouter_core::view::{KeyPlace, Outcome, UndoGoal};
use airouter_platform::places::Places;
use airouter_platform::{apply, claude, observe, state, undo};
use airouter_practice::claude::{Sources, Version};
use serde_json::{Value, json};

/// Another tool's profile, selected at first.
pub(crate) const OTHER: &str = "99999999-9999-4999-8999-999999999999";
/// The host that is connected.
pub(crate) const OUR_HOST: &str = "gate.example:8443";

/// The inference block of the profile that is selected at first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Block {
    Absent,
    Valid,
    Unusable,
}

/// The administrator's configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Policy {
    None,
    AppOnly,
    Full,
    Rejected,
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    pub(crate) number: usize,
    pub(crate) version: (u32, u32, u32),
    pub(crate) mode: Option<&'static str>,
    pub(crate) block: Block,
    pub(crate) chooser_off: Option<bool>,
    pub(crate) policy: Policy,
}

impl Case {
    /// A computer with default values.
    pub(crate) fn plain() -> Self {
        let version = (2, 26_454, 0);
        Self { number: 0, version, mode: None, block: Block::Absent, chooser_off: None, policy: Policy::None }
    }

    fn profile(&self) -> Value {
        let mut profile = match self.block {
            Block::Absent => json!({}),
            Block::Valid | Block::Unusable => json!({
                "inferenceProvider": "gateway",
                "inferenceGatewayBaseUrl": "https://other.example/claude",
                "inferenceGatewayApiKey": "sk-other-0123456789",
                "inferenceModels": ["claude-sonnet-4-6"],
            }),
        };
        if self.block == Block::Unusable {
            let (key, value) = [
                ("inferenceGatewayApiKey", json!("")),
                ("inferenceGatewayBaseUrl", json!("http://192.168.1.5/claude")),
                ("inferenceModels", json!("claude-sonnet-4-6")),
                ("inferenceGatewayBaseUrl", Value::Null),
                ("inferenceModels", json!(["claude-opus-5[1m]"])),
            ][self.number % 5]
                .clone();
            profile[key] = value;
        }
        if let Some(off) = self.chooser_off {
            profile["disableDeploymentModeChooser"] = json!(off);
        }
        profile
    }
}

pub(crate) struct Computer {
    _folder: tempfile::TempDir,
    places: Places,
    key_place: KeyPlace,
}

impl Computer {
    pub(crate) fn of(case: &Case) -> Self {
        let parent = if Path::new("/dev/shm").is_dir() { "/dev/shm" } else { "/tmp" };
        let folder = tempfile::tempdir_in(parent).unwrap();
        let bundled_helper = folder.path().join("came-with-it");
        let places = Places { bundled_helper, account: None, ..Places::in_scratch(folder.path()).unwrap() };
        let chain = folder.path().join("keychain");
        let script = format!(
            "#!/bin/sh\nc={}\ncase \"$1\" in\nstore) cat > $c ;;\nforget) test -f $c || exit 3; rm $c ;;\ncheck) test -f $c || exit 3 ;;\nversion) printf 0.1.0 ;;\n*) test -f $c || exit 3; cat $c ;;\nesac\n",
            chain.display()
        );
        put(&places.bundled_helper, &script, 0o700);
        let (major, minor, patch) = case.version;
        put(&places.system.join("usr/bin/claude-desktop"), "#!/bin/sh\n", 0o755);
        let status =
            format!("Package: claude-desktop\nStatus: install ok installed\nVersion: {major}.{minor}.{patch}\n");
        put(&places.system.join("var/lib/dpkg/status"), &status, 0o644);
        // Mostly with the key in the profile, because then no helper has to be started.
        let key_place = if case.number.is_multiple_of(8) { KeyPlace::Keychain } else { KeyPlace::Profile };
        let computer = Self { _folder: folder, places, key_place };
        computer.put_library(
            &json!({ "appliedId": OTHER, "entries": [{ "id": OTHER, "name": "Other" }] }).to_string(),
            Some(&case.profile().to_string()),
        );
        if let Some(mode) = case.mode {
            put(&computer.places.mode(), &json!({ "deploymentMode": mode, "scale": 1.5 }).to_string(), 0o600);
        }
        computer.put_policy(case.policy);
        computer
    }

    fn put_policy(&self, policy: Policy) {
        let full = r#"{"inferenceProvider":"gateway","inferenceGatewayBaseUrl":"https://company.example","inferenceGatewayApiKey":"sk-company-0123456789"}"#;
        let (text, mode) = match policy {
            Policy::None => return,
            Policy::AppOnly => (r#"{"disableAutoUpdates":true}"#, 0o644),
            Policy::Full => (full, 0o644),
            Policy::Rejected => (r#"{"disableAutoUpdates":true}"#, 0o666),
        };
        put(&self.places.system.join("etc/claude-desktop/managed-settings.json"), text, mode);
    }

    /// Replaces the list of profiles, and writes or removes the other tool's profile.
    pub(crate) fn put_library(&self, meta: &str, profile: Option<&str>) {
        let path = self.places.library().join(format!("{OTHER}.json"));
        put(&self.places.meta(), meta, 0o600);
        match profile {
            Some(text) => put(&path, text, 0o600),
            None => fs::remove_file(path).unwrap(),
        }
    }

    /// Connects; false if it was refused.
    pub(crate) fn connect(&self) -> bool {
        let wishes = Wishes {
            name: "AIRouter".to_owned(),
            base: GatewayUrl::parse("https://gate.example:8443/claude").unwrap(),
            scheme: AuthScheme::Bearer,
            models: vec!["claude-sonnet-4-6".to_owned(), "claude-haiku-4-5".to_owned()],
            every_model: false,
            key_place: self.key_place,
            egress: None,
            carry_over: false,
            restart: false,
        };
        let key = Secret::new("sk-ours-0123456789abcdef".to_owned());
        let report = apply::apply(&self.places, &wishes, &key, None, &mut |_| {});
        match report.outcome {
            Outcome::Written => true,
            Outcome::Refused => false,
            other => panic!("{other:?}: {:?}", report.findings),
        }
    }

    /// Sets the case's mode and chooser in the written files, calls `look`, and restores the files.
    pub(crate) fn while_others_edit<T>(&self, case: &Case, look: impl FnOnce() -> T) {
        let paths = [self.our_profile(), self.places.mode()];
        let texts = paths.clone().map(|path| fs::read_to_string(path).unwrap());
        let [mut profile, mut mode] = texts.clone().map(|text| serde_json::from_str::<Value>(&text).unwrap());
        if let Some(off) = case.chooser_off {
            profile["disableDeploymentModeChooser"] = json!(off);
        }
        mode["deploymentMode"] = json!(case.mode);
        for (path, value) in paths.iter().zip([profile, mode]) {
            fs::write(path, value.to_string()).unwrap();
        }
        look();
        for (path, text) in paths.iter().zip(texts) {
            fs::write(path, text).unwrap();
        }
    }

    pub(crate) fn undo(&self) {
        let report = undo::undo(&self.places, UndoGoal::Before, false, &mut |_| {});
        assert!(report.undone && report.left.is_empty(), "{report:?}");
    }

    /// Makes our profile readable for everybody, as another program might.
    pub(crate) fn open_our_profile(&self) {
        fs::set_permissions(self.our_profile(), fs::Permissions::from_mode(0o644)).unwrap();
    }

    fn our_profile(&self) -> PathBuf {
        let journal = state::journal(&self.places).unwrap().unwrap();
        self.places.library().join(format!("{}.json", journal.profile_id))
    }

    /// This program's prediction.
    pub(crate) fn predict_start(&self) -> StartPrediction {
        observe::predict_start(&self.places, claude::locate(&self.places).as_ref()).unwrap()
    }

    /// The folders that the stand-in reads.
    pub(crate) fn sources(&self, case: &Case) -> Sources {
        let (major, minor, patch) = case.version;
        Sources {
            ordinary_root: self.places.root.with_file_name("Claude"),
            third_party_root: self.places.root.clone(),
            system_root: self.places.system.clone(),
            version: Version::new(major, minor, patch),
        }
    }
}

fn put(path: &Path, text: &str, mode: u32) {
    let folder = path.parent().unwrap();
    fs::create_dir_all(folder).unwrap();
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}
