use serde_json::Value;

use super::*;
use crate::address::GatewayUrl;
use crate::check::AuthScheme;
use crate::claude::library::ProfileFact;
use crate::claude::managed::ManagedSource;

fn wishes() -> Wishes {
    Wishes {
        name: "AIRouter".to_owned(),
        base: GatewayUrl::parse("https://aigc.aochengcloud.com/claude").unwrap(),
        scheme: AuthScheme::Bearer,
        models: vec!["claude-sonnet-4-6".to_owned(), "claude-haiku-4-5-20251001".to_owned()],
        every_model: false,
        key_place: KeyPlace::Keychain,
        egress: None,
        carry_over: false,
        restart: true,
    }
}

/// The text of each file after the plan.
fn texts(facts: &Facts, plan: &Plan) -> Vec<(FileRole, String)> {
    plan.files
        .iter()
        .map(|change| {
            let file = facts.file(&change.path);
            (change.role, change.apply(&file.document().unwrap(), None).text().to_owned())
        })
        .collect()
}

fn file(text: &str) -> FileFact {
    FileFact::Present(text.as_bytes().to_vec())
}

#[test]
fn an_empty_home_gets_three_new_files() {
    let facts = Facts::of_an_empty_home();
    let plan = plan(&facts, &wishes());
    let texts = texts(&facts, &plan);
    let roles: Vec<FileRole> = texts.iter().map(|(role, _)| *role).collect();
    assert_eq!(roles, [FileRole::Profile, FileRole::Meta, FileRole::Mode], "the mode is written last");
    let profile: Value = serde_json::from_str(&texts[0].1).unwrap();
    assert_eq!(
        profile,
        json!({
            "inferenceProvider": "gateway",
            "inferenceGatewayBaseUrl": "https://aigc.aochengcloud.com/claude",
            "inferenceGatewayAuthScheme": "bearer",
            "inferenceCredentialKind": "helper-script",
            "inferenceCredentialHelper": "/home/li/.local/share/airouter-setup/airouter-credential",
            "inferenceModels": ["claude-sonnet-4-6", "claude-haiku-4-5-20251001"],
            "modelDiscoveryEnabled": false,
            "chatTabEnabled": true,
            "deploymentOrganizationUuid": "22222222-2222-4222-8222-222222222222",
            "deploymentDisplayName": "AIRouter",
        })
    );
    let meta: Value = serde_json::from_str(&texts[1].1).unwrap();
    let id = "11111111-1111-4111-8111-111111111111";
    assert_eq!(meta, json!({"entries": [{"id": id, "name": "AIRouter"}], "appliedId": id}));
    assert_eq!(texts[2].1, "{\n  \"deploymentMode\": \"3p\"\n}");
}

#[test]
fn foreign_profiles_and_settings_stay() {
    let mut facts = Facts::of_an_empty_home();
    let other = "99999999-9999-4999-8999-999999999999";
    facts.library.meta =
        file(&format!(r#"{{"appliedId":"{other}","entries":[{{"id":"{other}","name":"Ollama","note":1}}],"x":{{}}}}"#));
    facts.library.mode = file(r#"{"mcpServers":{"a":{"env":{"TOKEN":"t"}}},"deploymentMode":"1p"}"#);
    let plan = plan(&facts, &wishes());
    let texts = texts(&facts, &plan);
    assert!(texts[1].1.contains(&format!(r#"{{"id":"{other}","name":"Ollama","note":1}}"#)), "{}", texts[1].1);
    assert!(texts[1].1.contains(r#""x":{}"#));
    assert_eq!(texts[2].1, r#"{"mcpServers":{"a":{"env":{"TOKEN":"t"}}},"deploymentMode":"3p"}"#);
    assert!(plan.findings.iter().any(|finding| finding.code == Code::OtherProfile));
    assert!(!plan.files.iter().any(|file| file.path.contains(other)), "another tool's profile is never touched");
}

#[test]
fn values_that_go_out_of_force_are_named_before() {
    let other = "99999999-9999-4999-8999-999999999999";
    let lost = |profile: &str, ours: &str| {
        let mut facts = Facts::of_an_empty_home();
        facts.library.meta =
            file(&format!(r#"{{"appliedId":"{other}","entries":[{{"id":"{other}","name":"Default"}}]}}"#));
        let path = facts.library.profile_path(other);
        facts.library.profiles.push(ProfileFact { id: other.to_owned(), path, file: file(profile) });
        if !ours.is_empty() {
            let id = facts.fresh_profile_id.clone();
            let path = facts.library.profile_path(&id);
            facts.library.profiles.push(ProfileFact { id, path, file: file(ours) });
        }
        let plan = plan(&facts, &wishes());
        assert!(!plan.is_refused());
        let finding = plan.findings.into_iter().find(|finding| finding.code == Code::SettingsLeftBehind);
        finding.and_then(|finding| finding.fact("keys").map(str::to_owned))
    };
    let proxy = r#"{"egressProxyUrl":"http://proxy.example:8080","disableAutoUpdates":true,"deploymentDisplayName":"x","note":1}"#;
    assert_eq!(lost(proxy, "").as_deref(), Some("egressProxyUrl, disableAutoUpdates"));
    let same = r#"{"egressProxyUrl":"http://proxy.example:8080"}"#;
    assert_eq!(lost(proxy, same).as_deref(), Some("disableAutoUpdates"));
    assert_eq!(lost(r#"{"inferenceProvider":"gateway","inferenceGatewayBaseUrl":"https://a.example"}"#, ""), None);
    assert_eq!(lost("{}", ""), None);
}

#[test]
fn what_holds_no_secret_is_brought_along_where_the_person_says_so() {
    let other = "99999999-9999-4999-8999-999999999999";
    let mut facts = Facts::of_an_empty_home();
    facts.library.meta = file(&format!(r#"{{"appliedId":"{other}","entries":[{{"id":"{other}","name":"Default"}}]}}"#));
    let path = facts.library.profile_path(other);
    let present = json!({
        "inferenceProvider": "gateway", "inferenceGatewayBaseUrl": "https://old.example",
        "inferenceCustomHeaders": {"X-Secret": "hunter2-hunter2"},
        "egressProxyUrl": "http://proxy.example:8080", "disableAutoUpdates": true,
        "coworkEgressAllowedHosts": ["pypi.org"], "otlpEndpoint": "https://me:hunter2-hunter2@collector.example",
    });
    facts.library.profiles.push(ProfileFact { id: other.to_owned(), path, file: file(&present.to_string()) });
    let written = |carry_over: bool| {
        let plan = plan(&facts, &Wishes { carry_over, ..wishes() });
        let profile = plan.files.iter().find(|file| file.role == FileRole::Profile).unwrap();
        let named = plan.findings.iter().find(|finding| finding.code == Code::SettingsLeftBehind);
        let named = named.and_then(|finding| finding.fact("keys")).unwrap_or_default().to_owned();
        (profile.apply(&Document::empty(), None), named, plan.carryable)
    };
    let (profile, named, carryable) = written(false);
    assert!(carryable.contains(&"egressProxyUrl".to_owned()) && !carryable.iter().any(|name| name.contains("otlp")));
    assert!(named.contains("egressProxyUrl") && profile.get("egressProxyUrl").is_none(), "{named}");
    let (profile, named, carryable_then) = written(true);
    assert_eq!(carryable_then, carryable, "the choice can be taken back");
    assert_eq!(profile.get("egressProxyUrl"), Some(&json!("http://proxy.example:8080")));
    assert_eq!(profile.get("disableAutoUpdates"), Some(&json!(true)));
    assert_eq!(profile.get("inferenceGatewayBaseUrl"), Some(&json!(wishes().base.as_str())), "ours stays ours");
    assert!(!profile.text().contains("hunter2") && !named.contains("egressProxyUrl"), "{named}");
}

#[test]
fn a_library_that_an_organisation_owns_is_refused_whatever_its_pointer_says() {
    for pointer in ["{\"x\":1}", "null", "\"\"", "7"] {
        let mut facts = Facts::of_an_empty_home();
        facts.library.meta = file(&format!(r#"{{"hybridPointer":{pointer},"entries":[]}}"#));
        let plan = plan(&facts, &wishes());
        assert_eq!(plan.files, [], "{pointer}");
        let blocking: Vec<Code> =
            plan.findings.iter().filter(|finding| finding.blocks()).map(|finding| finding.code).collect();
        assert_eq!(blocking, [Code::PointedElsewhere], "{pointer}");
    }
}

#[test]
fn the_persons_own_choices_in_our_profile_stay() {
    let mut facts = Facts::of_an_empty_home();
    let id = facts.fresh_profile_id.clone();
    let text = format!(
        r#"{{"inferenceCredentialHelper":"{}","chatTabEnabled":false,"autoModeEnabled":true,"deploymentOrganizationUuid":"kept"}}"#,
        facts.helper
    );
    facts.library.profiles = vec![ProfileFact { path: facts.library.profile_path(&id), id, file: file(&text) }];
    facts.fresh_profile_id = "33333333-3333-4333-8333-333333333333".to_owned();
    let plan = plan(&facts, &wishes());
    let profile: Value = serde_json::from_str(&texts(&facts, &plan)[0].1).unwrap();
    assert_eq!(plan.profile_id, "11111111-1111-4111-8111-111111111111", "the profile with our helper is ours");
    assert_eq!(
        (&profile["chatTabEnabled"], &profile["autoModeEnabled"], &profile["deploymentOrganizationUuid"]),
        (&json!(false), &json!(true), &json!("kept"))
    );
}

#[test]
fn planning_what_is_there_already_changes_nothing() {
    let mut facts = Facts::of_an_empty_home();
    let first = plan(&facts, &wishes());
    for (role, text) in texts(&facts, &first) {
        match role {
            FileRole::Profile => {
                let id = first.profile_id.clone();
                facts.library.profiles =
                    vec![ProfileFact { path: facts.library.profile_path(&id), id, file: file(&text) }];
            }
            FileRole::Meta => facts.library.meta = file(&text),
            FileRole::Mode => facts.library.mode = file(&text),
        }
    }
    assert_eq!(plan(&facts, &wishes()).files, []);
}

#[test]
fn an_old_claude_gets_no_newer_keys() {
    let mut facts = Facts::of_an_empty_home();
    facts.claude.version = Some(Version(1, 6259, 0));
    let plan = plan(&facts, &wishes());
    let profile = &texts(&facts, &plan)[0].1;
    assert!(!profile.contains("chatTabEnabled") && !profile.contains("inferenceCredentialKind"), "{profile}");
    assert!(profile.contains("inferenceCredentialHelper"), "{profile}");
}

#[test]
fn compatibility_mode_leaves_the_key_out_of_the_plan() {
    let facts = Facts::of_an_empty_home();
    let plan = plan(&facts, &Wishes { key_place: KeyPlace::Profile, ..wishes() });
    assert!(!plan.steps.contains(&StepId::StoreKey));
    let view = serde_json::to_string(&plan.view(&facts.claude)).unwrap();
    assert!(view.contains("•••") && view.contains("\"static\\\""), "{view}");
}

#[test]
fn every_model_means_discovery() {
    let facts = Facts::of_an_empty_home();
    let plan = plan(&facts, &Wishes { every_model: true, models: Vec::new(), ..wishes() });
    let profile: Value = serde_json::from_str(&texts(&facts, &plan)[0].1).unwrap();
    assert_eq!((&profile["modelDiscoveryEnabled"], profile.get("inferenceModels")), (&json!(true), None));
}

#[track_caller]
fn check_refused(change: impl FnOnce(&mut Facts, &mut Wishes), expected: Code) {
    let (mut facts, mut wishes) = (Facts::of_an_empty_home(), wishes());
    change(&mut facts, &mut wishes);
    let plan = plan(&facts, &wishes);
    let blocking: Vec<Code> = plan.findings.iter().filter(|finding| finding.blocks()).map(|f| f.code).collect();
    assert_eq!(blocking, [expected]);
    assert!(plan.files.is_empty() && plan.steps.is_empty(), "a refused plan does nothing");
}

#[test]
fn what_is_not_safe_is_refused() {
    check_refused(
        |facts, _| {
            let bytes = br#"{"inferenceProvider":"bedrock"}"#.to_vec();
            facts.managed = ManagedSource::File { path: "/etc/m".to_owned(), bytes };
        },
        Code::ManagedByPolicy,
    );
    check_refused(|facts, _| facts.library.meta = file("{\"a\":1,}"), Code::FileNotUnderstood);
    check_refused(|facts, _| facts.library.meta = file(r#"{"entries":{}}"#), Code::FileNotUnderstood);
    check_refused(|facts, _| facts.library.mode = file("\u{feff}{}"), Code::FileNotUnderstood);
    check_refused(|facts, _| facts.library.mode = FileFact::Irregular("link"), Code::FileNotUnderstood);
    check_refused(|facts, _| facts.claude.version = Some(Version(1, 2000, 0)), Code::ClaudeTooOld);
    check_refused(
        |facts, wishes| {
            facts.claude.is_running = true;
            wishes.restart = false;
        },
        Code::ClaudeRunning,
    );
    check_refused(|_, wishes| wishes.models = vec!["gpt-5".to_owned()], Code::ModelNotForClaude);
    check_refused(|_, wishes| wishes.models.clear(), Code::NoUsableModel);
    check_refused(
        |facts, _| facts.keychain = KeychainFact::Unusable(Finding::new(Code::KeychainMissing)),
        Code::KeychainMissing,
    );
}

#[test]
fn a_missing_claude_is_only_a_warning_here() {
    let mut facts = Facts::of_an_empty_home();
    facts.claude = ClaudeFacts::default();
    let plan = plan(&facts, &wishes());
    assert!(!plan.is_refused());
    assert!(!plan.steps.contains(&StepId::StartClaude));
}

#[test]
fn no_more_hosts_are_allowed_than_were_chosen() {
    let mut facts = Facts::of_an_empty_home();
    let hosts = |facts: &Facts, egress: Option<Vec<String>>| {
        let plan = plan(facts, &Wishes { egress, ..wishes() });
        let profile: Value = serde_json::from_str(&texts(facts, &plan)[0].1).unwrap();
        (profile.get("coworkEgressAllowedHosts").cloned(), plan.egress)
    };
    assert_eq!(hosts(&facts, None), (None, vec![]));
    let chosen = vec!["pypi.org".to_owned()];
    assert_eq!(hosts(&facts, Some(chosen.clone())), (Some(json!(["pypi.org"])), chosen.clone()));
    // A choice made in Claude is kept until another one is made here.
    let id = facts.fresh_profile_id.clone();
    let text = format!(r#"{{"inferenceCredentialHelper":"{}","coworkEgressAllowedHosts":["pypi.org"]}}"#, facts.helper);
    facts.library.profiles = vec![ProfileFact { path: facts.library.profile_path(&id), id, file: file(&text) }];
    assert_eq!(hosts(&facts, None), (Some(json!(["pypi.org"])), chosen));
    assert_eq!(hosts(&facts, Some(Vec::new())), (None, vec![]));
}

#[test]
fn older_forms_in_our_own_profile_are_replaced() {
    let mut facts = Facts::of_an_empty_home();
    let id = facts.fresh_profile_id.clone();
    let text = format!(
        r#"{{"inferenceCredentialHelper":"{}","inferenceGatewayAuthScheme":"auto","inferenceCredentialKind":"oauth","inferenceGatewayHeaders":["X-Team: a"],"betaFeaturesEnabled":true}}"#,
        facts.helper
    );
    facts.library.profiles = vec![ProfileFact { path: facts.library.profile_path(&id), id, file: file(&text) }];
    let plan = plan(&facts, &wishes());
    let profile: Value = serde_json::from_str(&texts(&facts, &plan)[0].1).unwrap();
    assert_eq!(profile["inferenceGatewayAuthScheme"], "bearer");
    assert_eq!(profile["inferenceCredentialKind"], "helper-script");
    assert_eq!(profile["inferenceCustomHeaders"], json!({"X-Team": "a"}));
    assert_eq!((profile.get("inferenceGatewayHeaders"), profile.get("betaFeaturesEnabled")), (None, None));
}

#[test]
fn an_unknown_version_is_said_and_hinders_nothing() {
    let mut facts = Facts::of_an_empty_home();
    facts.claude.version = None;
    let unknown = |facts: &Facts| {
        let plan = plan(facts, &wishes());
        assert!(!plan.is_refused() || !facts.claude.is_installed, "{:?}", plan.findings);
        plan.findings.iter().any(|finding| finding.code == Code::ClaudeVersionUnknown)
    };
    assert!(unknown(&facts));
    facts.claude.is_installed = false;
    assert!(!unknown(&facts), "what is not there has no version");
}

#[test]
fn a_key_in_the_profile_is_said_and_needs_no_keychain() {
    let mut facts = Facts::of_an_empty_home();
    facts.keychain = KeychainFact::Unusable(Finding::new(Code::KeychainMissing));
    let plan = plan(&facts, &Wishes { key_place: KeyPlace::Profile, ..wishes() });
    assert!(!plan.is_refused(), "{:?}", plan.findings);
    let said: Vec<Code> = plan.findings.iter().map(|finding| finding.code).collect();
    assert_eq!(said, [Code::KeyInProfile]);
    assert!(!plan.findings[0].blocks());
}
