//! What Claude Desktop would do with these files: each rule of the loader, kept and broken.
#![allow(clippy::disallowed_methods, reason = "the tests own their scratch folders")]

mod scratch;

#[cfg(unix)]
use airouter_practice::claude::Distrust;
use airouter_practice::claude::{
    AddressFault, JsonFault, LibraryFile, Loaded, Mode, ModelsFault, Refusal, Tier, Version, load,
};
#[cfg(unix)]
use scratch::chmod;
use scratch::{Home, ID, KEY, SONNET, good_profile};
use serde_json::{Value, json};

#[track_caller]
fn check(home: &Home, mode: Mode, refusal: Option<Refusal>) -> Loaded {
    let loaded = load(&home.sources());
    assert_eq!((loaded.mode, &loaded.refusal), (mode, &refusal), "{:#?}", loaded.lines);
    loaded
}

/// A good profile with some values replaced; null takes one away.
#[track_caller]
fn check_profile(changes: Value, expected: Result<(), Refusal>) -> Loaded {
    let mut profile = good_profile();
    let fields = profile.as_object_mut().expect("an object");
    for (key, value) in changes.as_object().expect("an object") {
        if value.is_null() {
            fields.remove(key)
        } else {
            fields.insert(key.clone(), value.clone())
        };
    }
    let mode = if expected.is_ok() { Mode::ThirdParty } else { Mode::Ordinary };
    check(&Home::with(&profile), mode, expected.err())
}

#[track_caller]
fn says(loaded: &Loaded, fragment: &str) {
    assert!(loaded.lines.iter().any(|line| line.text.contains(fragment)), "{fragment}: {:#?}", loaded.lines);
}

#[test]
fn a_good_profile_starts_third_party_mode() {
    let loaded = check(&Home::with(&good_profile()), Mode::ThirdParty, None);
    assert_eq!((loaded.tier, loaded.picker.as_slice()), (Tier::Local, &[SONNET.to_owned()][..]));
    says(&loaded, "3P mode active { provider: 'gateway' }");
    says(&loaded, "inference apiHost=https://gateway.example/claude");
}

#[test]
fn an_empty_home_starts_in_ordinary_mode() {
    let loaded = check(&Home::empty(), Mode::Ordinary, None);
    says(&loaded, "ordinary mode");
    check(&Home::with(&json!({})), Mode::Ordinary, None);
}

#[test]
fn a_key_is_in_no_line_and_in_no_debug_text() {
    let loaded = check(&Home::with(&good_profile()), Mode::ThirdParty, None);
    assert!(!format!("{loaded:?}").contains(KEY));
}

#[test]
fn the_persisted_mode_decides() {
    let home = Home::with(&good_profile());
    for (settings, mode) in [
        (r#"{"deploymentMode":"1p"}"#, Mode::Ordinary),
        (r#"{"other":1}"#, Mode::SignIn),
        ("{ not json", Mode::SignIn),
        ("\u{feff}{\"deploymentMode\":\"3p\"}", Mode::SignIn),
        (r#"{"deploymentMode":"3p"}"#, Mode::ThirdParty),
    ] {
        home.settings(settings);
        check(&home, mode, None);
    }
    let mut profile = good_profile();
    profile["disableDeploymentModeChooser"] = json!(true);
    home.apply(&profile);
    home.settings(r#"{"deploymentMode":"1p"}"#);
    check(&home, Mode::ThirdParty, None);
}

#[test]
fn the_mode_in_the_ordinary_folder_does_not_count() {
    let home = Home::empty();
    home.apply(&good_profile());
    home.private(&home.ordinary().join("claude_desktop_config.json"), r#"{"deploymentMode":"3p"}"#);
    check(&home, Mode::SignIn, None);
}

#[test]
fn the_applied_id_must_be_a_listed_lower_case_uuid() {
    let home = Home::with(&good_profile());
    let entry = json!([{ "id": ID, "name": "AIRouter" }]);
    for (meta, refusal) in [
        (json!({ "appliedId": ID.to_uppercase(), "entries": entry }), Some(Refusal::AppliedIdShape)),
        (json!({ "appliedId": "airouter", "entries": entry }), Some(Refusal::AppliedIdShape)),
        (json!({ "appliedId": 7, "entries": entry }), Some(Refusal::AppliedIdShape)),
        (json!({ "appliedId": ID, "entries": [] }), Some(Refusal::AppliedIdNotListed)),
        (json!({ "appliedId": ID }), Some(Refusal::AppliedIdNotListed)),
        (json!({ "appliedId": ID, "entries": [{ "id": ID }] }), Some(Refusal::AppliedIdNotListed)),
        (json!({ "appliedId": ID, "entries": entry, "hybridPointer": "x" }), Some(Refusal::HybridPointer)),
        (json!({ "appliedId": "", "entries": entry }), None),
        (json!({ "entries": entry }), None),
    ] {
        home.meta(&meta.to_string());
        check(&home, Mode::Ordinary, refusal);
    }
    let kept = json!({ "appliedId": ID, "entries": [{ "id": ID, "name": "A", "note": "n" }], "own": 1 });
    home.meta(&kept.to_string());
    check(&home, Mode::ThirdParty, None);
}

#[test]
fn a_missing_profile_is_not_replaced_by_another() {
    let home = Home::with(&good_profile());
    std::fs::remove_file(home.profile()).expect("the profile was there");
    check(&home, Mode::Ordinary, Some(Refusal::ProfileMissing));
}

#[test]
fn the_library_is_strict_json() {
    let home = Home::with(&good_profile());
    let bad = |fault| Some(Refusal::Unreadable(LibraryFile::Profile, fault));
    for (text, refusal) in [
        ("\u{feff}{}", bad(JsonFault::ByteOrderMark)),
        (r#"{"chatTabEnabled":true,"chatTabEnabled":true}"#, bad(JsonFault::Unreadable { line: 1 })),
        ("{} // note", bad(JsonFault::Unreadable { line: 1 })),
        ("[]", bad(JsonFault::NotAnObject)),
    ] {
        home.private(&home.profile(), text);
        check(&home, Mode::Ordinary, refusal);
    }
    home.meta("\u{feff}{}");
    let meta = Refusal::Unreadable(LibraryFile::Meta, JsonFault::ByteOrderMark);
    check(&home, Mode::Ordinary, Some(meta));
}

#[cfg(unix)]
#[test]
fn the_library_belongs_to_its_owner() {
    for (place, mode, refused) in [
        ("profile", 0o644, Some(LibraryFile::Profile)),
        ("profile", 0o640, Some(LibraryFile::Profile)),
        ("meta", 0o664, Some(LibraryFile::Meta)),
        ("meta", 0o644, None),
        ("folder", 0o770, Some(LibraryFile::Folder)),
        ("folder", 0o755, None),
    ] {
        let home = Home::with(&good_profile());
        let folder = home.root().join("configLibrary");
        let path = match place {
            "profile" => home.profile(),
            "meta" => folder.join("_meta.json"),
            _ => folder,
        };
        chmod(&path, mode);
        let expected = if refused.is_some() { Mode::Ordinary } else { Mode::ThirdParty };
        check(&home, expected, refused.map(Refusal::Exposed));
    }
}

#[cfg(unix)]
#[test]
fn a_linked_profile_is_refused() {
    let home = Home::with(&good_profile());
    let elsewhere = home.path().join("elsewhere.json");
    std::fs::rename(home.profile(), &elsewhere).expect("moved");
    std::os::unix::fs::symlink(&elsewhere, home.profile()).expect("linked");
    check(&home, Mode::Ordinary, Some(Refusal::Exposed(LibraryFile::Profile)));
}

#[test]
fn unknown_keys_are_ignored_with_a_line() {
    for key in ["inferenceGatewayHeaders", "betaFeaturesEnabled", "inference", "$schemaVersion"] {
        let loaded = check_profile(json!({ key: { "x": "y" } }), Ok(()));
        says(&loaded, &format!("Ignoring local configuration {key}: not a recognized configuration key"));
    }
}

#[test]
fn a_key_newer_than_the_app_is_unknown_to_it() {
    let home = Home::with(&good_profile());
    let loaded = load(&home.sources_of(Version::new(1, 10_628, 0)));
    says(&loaded, "Ignoring local configuration chatTabEnabled: not a recognized configuration key");
    assert_eq!(loaded.mode, Mode::ThirdParty);
}

#[test]
fn only_native_types_are_taken() {
    check_profile(json!({ "chatTabEnabled": "true" }), Err(Refusal::WrongType("chatTabEnabled")));
    check_profile(json!({ "inferenceModels": SONNET }), Err(Refusal::WrongType("inferenceModels")));
    check_profile(
        json!({ "inferenceCredentialHelperTtlSec": "60" }),
        Err(Refusal::WrongType("inferenceCredentialHelperTtlSec")),
    );
    let seconds = "inferenceCredentialHelperTimeoutSec";
    check_profile(json!({ seconds: 601 }), Err(Refusal::WrongType(seconds)));
    check_profile(json!({ seconds: 600 }), Ok(()));
    let uuid = "deploymentOrganizationUuid";
    check_profile(json!({ uuid: "x" }), Err(Refusal::WrongType(uuid)));
    let loaded = check_profile(json!({ "inferenceProvider": "Gateway" }), Err(Refusal::WrongType("inferenceProvider")));
    says(&loaded, "Invalid custom3p enterprise config");
}

#[test]
fn dead_forms_are_dead() {
    for scheme in ["auto", "sso"] {
        let refusal = Refusal::WrongType("inferenceGatewayAuthScheme");
        check_profile(json!({ "inferenceGatewayAuthScheme": scheme }), Err(refusal));
    }
    check_profile(json!({ "inferenceCredentialKind": "oauth" }), Err(Refusal::WrongType("inferenceCredentialKind")));
    let strings = json!({ "inferenceCustomHeaders": "X-Team: a" });
    check_profile(strings, Err(Refusal::WrongType("inferenceCustomHeaders")));
}

#[test]
fn an_address_that_cannot_be_used_leaves_the_app_in_ordinary_mode() {
    let loaded =
        check_profile(json!({ "inferenceGatewayBaseUrl": null }), Err(Refusal::Address(AddressFault::Missing)));
    says(&loaded, "baseUrl: Required");
    says(&loaded, "apiHost=http://custom-3p-unused.invalid");
    let lan = json!({ "inferenceGatewayBaseUrl": "http://192.168.1.5/claude" });
    let loaded = check_profile(lan, Err(Refusal::Address(AddressFault::NotSecure)));
    says(&loaded, "baseUrl: must use https (or http on loopback)");
    let doubled = json!({ "inferenceGatewayBaseUrl": "https://gateway.example/claude/v1" });
    check_profile(doubled, Err(Refusal::Address(AddressFault::Version)));
}

#[test]
fn a_credential_is_required() {
    let loaded = check_profile(json!({ "inferenceGatewayApiKey": null }), Err(Refusal::NoCredential));
    says(&loaded, "no credential configured for provider \"gateway\"");
    check_profile(json!({ "inferenceGatewayApiKey": "" }), Err(Refusal::BadKey));
    let helper = json!({ "inferenceCredentialKind": "helper-script", "inferenceCredentialHelper": "~/bin/key" });
    check_profile(helper, Err(Refusal::HelperNotAbsolute));
}

#[test]
fn a_model_list_is_filtered_or_refused() {
    let loaded = check_profile(json!({ "inferenceModels": ["gpt-5.1", SONNET] }), Ok(()));
    assert_eq!(loaded.picker, [SONNET]);
    says(&loaded, "\"gpt-5.1\" is not an Anthropic model and was removed from the list");
    let refused = |list: Value, fault| check_profile(json!({ "inferenceModels": list }), Err(Refusal::Models(fault)));
    refused(json!(["claude-opus-4-5[1m]"]), ModelsFault::Marked1m);
    refused(json!([SONNET, SONNET]), ModelsFault::Doubled);
    let off = json!({ "inferenceModels": ["sonnet"], "modelDiscoveryEnabled": false });
    check_profile(off, Err(Refusal::Models(ModelsFault::NeedsDiscovery)));
}

#[test]
fn managed_settings_win_over_everything_local() {
    let home = Home::with(&good_profile());
    let mut managed = good_profile();
    managed["inferenceGatewayBaseUrl"] = json!("https://company.example");
    managed["chatTabEnabled"] = json!("true");
    home.managed(&managed.to_string(), 0o644);
    let loaded = check(&home, Mode::ThirdParty, None);
    assert_eq!(loaded.tier, Tier::Managed);
    says(&loaded, "Managed MDM config detected");
    says(&loaded, "apiHost=https://company.example");
    home.managed(r#"{"chatTabEnabled":true}"#, 0o644);
    check(&home, Mode::Ordinary, None);
}

#[test]
fn managed_settings_of_the_app_alone_leave_the_library_in_force() {
    let home = Home::with(&good_profile());
    home.managed(r#"{"disableAutoUpdates":true}"#, 0o644);
    let loaded = check(&home, Mode::ThirdParty, None);
    assert_eq!(loaded.values.0["disableAutoUpdates"], json!(true));
    let old = load(&home.sources_of(Version::new(1, 14_271, 0)));
    assert_eq!(old.mode, Mode::Ordinary, "any policy locked the library before 1.15200.0");
    home.managed("{}", 0o644);
    check(&home, Mode::Ordinary, None);
}

#[cfg(unix)]
#[test]
fn a_managed_file_that_is_not_trusted_switches_the_library_off() {
    let home = Home::with(&good_profile());
    let untrusted = |distrust| Some(Refusal::ManagedUntrusted(distrust));
    home.managed(r#"{"disableAutoUpdates":true}"#, 0o664);
    let loaded = check(&home, Mode::Ordinary, untrusted(Distrust::Writable));
    says(&loaded, "managed-settings.json");
    home.managed(r#"{"disableAutoUpdates":true}"#, 0o644);
    let folder = home.managed_file().parent().expect("a folder").to_owned();
    chmod(&folder, 0o775);
    check(&home, Mode::Ordinary, untrusted(Distrust::Writable));
    chmod(&folder, 0o755);
    check(&home, Mode::ThirdParty, None);
    let elsewhere = home.path().join("elsewhere.json");
    std::fs::rename(home.managed_file(), &elsewhere).expect("moved");
    std::os::unix::fs::symlink(&elsewhere, home.managed_file()).expect("linked");
    check(&home, Mode::Ordinary, untrusted(Distrust::NotPlain));
}

#[test]
fn one_unknown_key_discards_the_whole_managed_file() {
    let home = Home::with(&good_profile());
    home.managed(r#"{"disableAutoUpdates":true,"inferenceProvidr":"gateway"}"#, 0o644);
    check(&home, Mode::Ordinary, Some(Refusal::ManagedUnknownKey("inferenceProvidr".into())));
    home.managed("{ not json", 0o644);
    check(&home, Mode::Ordinary, Some(Refusal::ManagedUnreadable(JsonFault::Unreadable { line: 1 })));
}
