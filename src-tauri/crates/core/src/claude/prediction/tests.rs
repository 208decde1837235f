use super::*;
use crate::claude::library::ProfileFact;
use serde_json::{Value, json};

/// An absolute path, which has another form on Windows.
const PROGRAM: &str = if cfg!(windows) { r"C:\key.exe" } else { "/opt/key" };

const ID: &str = "7d4c1a90-5b2e-4f38-9a61-0c8e3f5d2b47";
const HOST: &str = "gate.example";

/// A computer in memory.
struct Computer {
    managed: ManagedSource,
    meta: Value,
    profile: Option<Value>,
    mode: Value,
    version: Option<Version>,
}

impl Computer {
    /// One with a valid configuration.
    fn connected() -> Self {
        Self {
            managed: ManagedSource::Absent,
            meta: json!({ "appliedId": ID, "entries": [{ "id": ID, "name": "A" }] }),
            profile: Some(block()),
            mode: json!({ "deploymentMode": "3p" }),
            version: None,
        }
    }

    fn with_profile(changes: Value) -> Self {
        let mut profile = block();
        for (key, value) in changes.as_object().unwrap() {
            profile[key] = value.clone();
        }
        Self { profile: Some(profile), ..Self::connected() }
    }

    fn managed(self, values: &Value) -> Self {
        let managed = ManagedSource::File { path: "/etc/x".to_owned(), bytes: values.to_string().into_bytes() };
        Self { managed, ..self }
    }

    fn predict_start(&self) -> StartPrediction {
        let file = |value: &Value| match value {
            Value::Null => FileFact::Absent,
            Value::String(text) => FileFact::Present(text.clone().into_bytes()),
            value => FileFact::Present(value.to_string().into_bytes()),
        };
        let profile = self.profile.as_ref().map_or(FileFact::Absent, file);
        let library = Library {
            root: "/r".to_owned(),
            meta_path: "/r/configLibrary/_meta.json".to_owned(),
            meta: file(&self.meta),
            mode_path: "/r/claude_desktop_config.json".to_owned(),
            mode: file(&self.mode),
            profiles: vec![ProfileFact { id: ID.to_owned(), path: "/r/p".to_owned(), file: profile }],
        };
        predict_start(&self.managed, &library, self.version)
    }
}

fn block() -> Value {
    json!({
        "inferenceProvider": "gateway",
        "inferenceGatewayBaseUrl": "https://gate.example/claude",
        "inferenceCredentialKind": "static",
        "inferenceGatewayApiKey": "sk-0123456789",
        "inferenceModels": ["claude-sonnet-4-6"],
        "modelDiscoveryEnabled": false,
    })
}

#[track_caller]
fn check(computer: &Computer, expected: StartPrediction) {
    assert_eq!(computer.predict_start(), expected);
}

#[track_caller]
fn check_ordinary(computer: &Computer, reason: Reason) {
    check(computer, StartPrediction::Ordinary(reason));
}

/// The prediction for a profile with these values changed.
#[track_caller]
fn check_block(changes: Value, expected: Result<(KeySource, &[&str], bool), Unusable>) {
    let expected = match expected {
        Err(unusable) => StartPrediction::Degraded(Source::Local, unusable),
        Ok((key, models, asks_for_models)) => {
            let models = models.iter().map(|id| (*id).to_owned()).collect();
            StartPrediction::Gateway(Inference {
                source: Source::Local,
                host: HOST.to_owned(),
                key,
                models,
                asks_for_models,
            })
        }
    };
    assert_eq!(Computer::with_profile(changes.clone()).predict_start(), expected, "{changes}");
}

fn is_gateway_of(predicted: &StartPrediction, source: Source, host: &str) -> bool {
    predicted.gateway().is_some_and(|inference| (inference.source, inference.host.as_str()) == (source, host))
}

#[test]
fn a_right_profile_in_the_right_mode_connects() {
    let predicted = Computer::connected().predict_start();
    assert!(is_gateway_of(&predicted, Source::Local, HOST), "{predicted:?}");
    assert!(!format!("{predicted:?}").contains("sk-0123456789"), "a key is shown");
}

#[test]
fn the_persisted_mode_decides_unless_the_chooser_is_off() {
    for (mode, chooser_off, expected) in [
        (json!({ "deploymentMode": "3p" }), json!(null), "gateway"),
        (json!({ "deploymentMode": "3p" }), json!(true), "gateway"),
        (json!({ "deploymentMode": "1p" }), json!(false), "ordinary"),
        (json!({ "deploymentMode": "1p" }), json!(true), "gateway"),
        (json!({ "deploymentMode": "3P" }), json!(false), "sign-in"),
        (json!({ "deploymentMode": 3 }), json!(false), "sign-in"),
        (json!({}), json!(false), "sign-in"),
        (json!({}), json!(true), "gateway"),
        (Value::Null, json!(false), "sign-in"),
        (json!("\u{feff}{\"deploymentMode\":\"1p\"}"), json!(false), "sign-in"),
    ] {
        let mut computer = Computer::connected();
        if !chooser_off.is_null() {
            computer = Computer::with_profile(json!({ "disableDeploymentModeChooser": chooser_off }));
        }
        computer.mode = mode.clone();
        let word = match computer.predict_start() {
            StartPrediction::Gateway(_) => "gateway",
            StartPrediction::SignIn(_) => "sign-in",
            StartPrediction::Ordinary(Reason::ModeIsOrdinary) => "ordinary",
            other => panic!("{mode} {chooser_off}: {other:?}"),
        };
        assert_eq!(word, expected, "{mode} {chooser_off}");
    }
}

#[test]
fn a_chooser_that_the_version_does_not_know_is_not_off() {
    let mut computer = Computer::with_profile(json!({ "disableDeploymentModeChooser": true }));
    computer.mode = json!({ "deploymentMode": "1p" });
    computer.version = Some(Version(1, 3_036, 0));
    check_ordinary(&computer, Reason::ModeIsOrdinary);
}

#[test]
fn the_library_has_a_form() {
    let entries = json!([{ "id": ID, "name": "A" }]);
    for (meta, reason) in [
        (Value::Null, Reason::NoLibrary),
        (json!("{ not json"), Reason::LibraryUnreadable),
        (json!({ "entries": entries }), Reason::NothingSelected),
        (json!({ "appliedId": "", "entries": entries }), Reason::NothingSelected),
        (json!({ "appliedId": ID.to_uppercase(), "entries": entries }), Reason::SelectionMalformed),
        (json!({ "appliedId": 7, "entries": entries }), Reason::SelectionMalformed),
        (json!({ "appliedId": ID, "entries": [] }), Reason::SelectionNotListed),
        (json!({ "appliedId": ID, "entries": [{ "id": ID }] }), Reason::SelectionNotListed),
        (json!({ "appliedId": ID, "entries": entries, "hybridPointer": null }), Reason::PointedElsewhere),
    ] {
        check_ordinary(&Computer { meta, ..Computer::connected() }, reason);
    }
    check_ordinary(&Computer { profile: None, ..Computer::connected() }, Reason::ProfileMissing);
    let broken = Some(json!("\u{feff}{}"));
    check_ordinary(&Computer { profile: broken, ..Computer::connected() }, Reason::ProfileUnreadable);
    check_ordinary(&Computer { profile: Some(json!({})), ..Computer::connected() }, Reason::NoInference);
}

#[test]
fn the_administrator_comes_first() {
    let mut company = block();
    company["inferenceGatewayBaseUrl"] = json!("https://company.example:8443");
    company["inferenceModels"] = json!("[\"claude-opus-5\"]");
    // The registry holds a flag as a number, too, and people write it in several forms.
    for flag in [json!("false"), json!(0), json!("0"), json!(" FALSE ")] {
        company["modelDiscoveryEnabled"] = flag.clone();
        let predicted = Computer::connected().managed(&company).predict_start();
        assert!(is_gateway_of(&predicted, Source::Managed, "company.example:8443"), "{flag}: {predicted:?}");
    }
    company["modelDiscoveryEnabled"] = json!("no");
    let predicted = Computer::connected().managed(&company).predict_start();
    assert_eq!(predicted, StartPrediction::Degraded(Source::Managed, Unusable::WrongType("modelDiscoveryEnabled")));
    check_ordinary(&Computer::connected().managed(&json!({ "chatTabEnabled": true })), Reason::PolicyWithoutInference);
    let rejected = ManagedSource::Rejected { path: "/etc/x".to_owned(), why: "owner".to_owned() };
    check_ordinary(&Computer { managed: rejected, ..Computer::connected() }, Reason::PolicyRejected);
}

#[test]
fn a_policy_on_updates_leaves_the_library_in_force_since_a_version() {
    let updates = json!({ "disableAutoUpdates": true });
    let mut computer = Computer::connected().managed(&updates);
    assert!(is_gateway_of(&computer.predict_start(), Source::Local, HOST));
    computer.version = Some(Version(1, 15_199, 9));
    check_ordinary(&computer, Reason::PolicyWithoutInference);
    check_ordinary(&Computer::connected().managed(&json!({})), Reason::PolicyWithoutInference);
}

#[test]
fn what_is_not_a_gateway_is_said() {
    let bedrock = Computer::with_profile(json!({ "inferenceProvider": "bedrock" }));
    check(&bedrock, StartPrediction::OtherProvider(Source::Local, "bedrock".to_owned()));
    let served = json!({ "bootstrapUrl": "https://company.example/bootstrap" });
    check(&Computer::with_profile(served), StartPrediction::FromServer(Source::Local));
    let old = Computer { version: Some(Version(1, 2_580, 0)), ..Computer::connected() };
    check_ordinary(&old, Reason::TooOld);
}

#[test]
fn a_block_that_cannot_be_used_is_degraded() {
    let sonnet: &[&str] = &["claude-sonnet-4-6"];
    let helper = |path: &str| json!({ "inferenceCredentialKind": "helper-script", "inferenceCredentialHelper": path });
    check_block(helper(PROGRAM), Ok((KeySource::Program(PROGRAM.to_owned()), sonnet, false)));
    check_block(helper("~/key"), Err(Unusable::Credential));
    check_block(json!({ "inferenceGatewayApiKey": " " }), Err(Unusable::Credential));
    check_block(json!({ "inferenceCredentialKind": "oauth" }), Err(Unusable::Credential));
    check_block(json!({ "inferenceGatewayBaseUrl": "http://192.168.1.5/claude" }), Err(Unusable::Address));
    check_block(json!({ "inferenceGatewayBaseUrl": "https://me:secret@gate.example" }), Err(Unusable::Address));
    check_block(json!({ "inferenceGatewayBaseUrl": "" }), Err(Unusable::Address));
    check_block(json!({ "inferenceGatewayBaseUrl": " gate.example/claude " }), Ok((KeySource::Written, sonnet, false)));
    check_block(json!({ "inferenceModels": "claude-x" }), Err(Unusable::WrongType("inferenceModels")));
    check_block(json!({ "inferenceModels": ["sonnet"] }), Err(Unusable::Models));
    check_block(json!({ "inferenceModels": ["claude-opus-5[1m]"] }), Err(Unusable::Models));
    check_block(json!({ "inferenceModels": ["gpt-5", "claude-sonnet-4-6"] }), Ok((KeySource::Written, sonnet, false)));
    check_block(json!({ "inferenceModels": [], "modelDiscoveryEnabled": true }), Ok((KeySource::Written, &[], true)));
}

#[test]
fn one_foreign_model_spoils_the_list_of_an_old_version() {
    let mut computer = Computer::with_profile(json!({ "inferenceModels": ["gpt-5", "claude-sonnet-4-6"] }));
    computer.version = Some(Version(1, 44_121, 1));
    check(&computer, StartPrediction::Degraded(Source::Local, Unusable::Models));
}

#[test]
fn without_a_kind_the_program_wins() {
    let mut computer = Computer::with_profile(json!({ "inferenceCredentialHelper": PROGRAM }));
    computer.version = Some(Version(1, 2_581, 0));
    let predicted = computer.predict_start();
    let key = predicted.gateway().map(|inference| &inference.key);
    assert_eq!(key, Some(&KeySource::Program(PROGRAM.to_owned())), "1.2581 does not know kinds");
}
