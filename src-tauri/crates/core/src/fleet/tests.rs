use super::*;
use crate::address::GatewayUrl;
use crate::claude::policy;
use proptest::prelude::*;
use serde_json::json;

const KEY: &str = "sk-canary-fleet-7Q2mZ9xK4tB8wL3vN6";

fn fleet() -> Fleet {
    let base = GatewayUrl::parse("https://gate.example/claude").unwrap();
    let preset =
        Preset { models: vec!["claude-sonnet-4-6".to_owned()], ..Preset::of("智关 \"Nimbus\" \\ <&>", base) };
    let pilot = Pilot {
        os: Os::Linux,
        claude: Some(Version(2, 26454, 0)),
        base: preset.base.as_str().to_owned(),
        scheme: AuthScheme::Bearer,
        values: vec![("inferenceProvider".to_owned(), true)],
        proof: None,
    };
    Fleet {
        preset,
        scheme: AuthScheme::Bearer,
        organization: "22222222-2222-4222-8222-222222222222".to_owned(),
        helpers: Helpers::default(),
        key: None,
        oldest: None,
        pilot,
    }
}

fn text(files: &[Exported], path: &str) -> String {
    let file = files.iter().find(|file| file.path == path).unwrap_or_else(|| panic!("no {path}"));
    String::from_utf8(file.bytes.clone()).unwrap()
}

#[test]
fn without_being_asked_no_file_holds_a_key_and_claude_asks_the_helper() {
    let files = fleet().files().unwrap();
    assert!(files.iter().all(|file| !file.holds_key));
    let linux: Value = serde_json::from_str(&text(&files, "linux/managed-settings.json")).unwrap();
    assert_eq!(linux["inferenceCredentialKind"], "helper-script");
    assert_eq!(linux["inferenceCredentialHelper"], "/usr/bin/airouter-credential");
    assert!(linux.get("inferenceGatewayApiKey").is_none());
    assert!(text(&files, "README.en.md").contains("airouter-credential store"));
}

#[test]
fn the_key_stands_only_where_it_was_asked_for() {
    let files = Fleet { key: Some(Secret::new(KEY.to_owned())), ..fleet() }.files().unwrap();
    let utf16: Vec<u8> = KEY.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for file in &files {
        let holds = |word: &[u8]| file.bytes.windows(word.len()).any(|window| window == word);
        assert_eq!(holds(KEY.as_bytes()) || holds(&utf16), file.holds_key, "{}", file.path);
    }
    assert_eq!(files.iter().filter(|file| file.holds_key).count(), 4);
    assert!(text(&files, "README.zh-CN.md").contains("明文密钥"));
    assert!(!text(&files, "README.zh-CN.md").contains("@"), "every blank is filled");
}

#[test]
fn what_an_old_claude_does_not_know_is_left_out() {
    let old = Fleet { oldest: Some(Version(1, 13575, 9)), ..fleet() };
    let linux: Value = serde_json::from_str(&text(&old.files().unwrap(), "linux/managed-settings.json")).unwrap();
    assert!(linux.get("chatTabEnabled").is_none() && linux.get("deploymentDisplayName").is_none(), "{linux}");
    assert_eq!(linux["inferenceProvider"], "gateway");
    // Too old for a setting of the authentication header.
    let older = Fleet { scheme: AuthScheme::XApiKey, oldest: Some(Version(1, 2581, 0)), ..fleet() };
    assert_eq!(older.files().unwrap_err().code, Code::ExportInvalid);
}

#[test]
fn a_value_that_claude_would_not_take_is_not_exported() {
    let broken = Fleet { organization: "not-a-uuid".to_owned(), ..fleet() };
    assert_eq!(broken.files().unwrap_err().code, Code::ExportInvalid);
}

#[test]
fn a_file_that_says_something_else_is_found() {
    let wanted = [("chatTabEnabled", json!(true))];
    let read = |text: &str| {
        let bytes: Vec<u8> = "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        read_registry(&bytes, policy::MACHINE)
    };
    let start = "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Claude]\r\n";
    assert!(same("x", &wanted, read(&format!("{start}\"chatTabEnabled\"=\"true\"\r\n"))).is_ok());
    for line in [
        "\"chatTabEnabled\"=\"false\"\r\n",
        "\"chatTab\"=\"true\"\r\n",
        "\"chatTabEnabled\"=\"tr\"ue\"\r\n",
        "chatTabEnabled=true\r\n",
    ] {
        assert!(same("x", &wanted, read(&format!("{start}{line}"))).is_err(), "{line}");
    }
    assert!(same("x", &wanted, read(&start.replace("MACHINE", "USER"))).is_err(), "another hive");
}

#[test]
fn the_same_connection_gives_the_same_bytes() {
    let bytes = || fleet().files().unwrap().into_iter().map(|file| file.bytes).collect::<Vec<_>>();
    assert_eq!(bytes(), bytes());
}

#[test]
fn importing_a_file_over_an_earlier_one_leaves_nothing_of_that() {
    let everything = Fleet {
        key: Some(Secret::new(KEY.to_owned())),
        preset: Preset { egress: Some(vec!["pypi.org".to_owned()]), ..fleet().preset },
        scheme: AuthScheme::XApiKey,
        ..fleet()
    };
    let without_models = Fleet { preset: Preset { models: Vec::new(), ..fleet().preset }, ..fleet() };
    let variants = [everything, fleet(), without_models];
    for hive in forms::HIVES {
        let files = variants.each_ref().map(|fleet| registry(hive, &values(fleet, Os::Windows)));
        let all = files.iter().flat_map(|file| read_registry(file, hive).unwrap().into_keys());
        let all: std::collections::BTreeSet<String> = all.collect();
        for file in &files {
            let (set, removed) = (read_registry(file, hive).unwrap(), read_registry_removals(file, hive).unwrap());
            assert!(set.keys().all(|name| !removed.contains(name)));
            let stays: Vec<&String> =
                all.iter().filter(|it| !set.contains_key(*it) && !removed.contains(*it)).collect();
            assert!(stays.is_empty(), "{stays:?}");
            assert!(removed.contains("inferenceCustomHeaders"), "headers may hold a key, too");
            assert!(!removed.contains("disableAutoUpdates"), "an administrator's own policy is not ours to remove");
        }
    }
}

#[test]
fn one_file_removes_every_known_value() {
    let files = fleet().files().unwrap();
    let file = files.iter().find(|file| file.path == "windows/claude-remove.reg").unwrap();
    let removed = read_registry_removals(&file.bytes, policy::MACHINE).unwrap();
    assert_eq!(read_registry(&file.bytes, policy::MACHINE), Some(BTreeMap::new()));
    let known: std::collections::BTreeSet<String> = schema::keys().map(|(key, _)| key.name.to_owned()).collect();
    assert_eq!(removed, known);
}

proptest! {
    /// Every form preserves any name of a gateway.
    #[test]
    fn every_form_reads_back(name in "\\PC{1,60}", hosts in proptest::collection::vec("[a-z]{1,9}\\.[a-z]{2,5}", 0..4)) {
        prop_assume!(!name.trim().is_empty());
        let mut fleet = fleet();
        fleet.preset.name = name.trim().to_owned();
        fleet.preset.egress = Some(hosts);
        let values = values(&fleet, Os::Windows);
        let wanted: BTreeMap<String, Value> = values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        prop_assert_eq!(read_registry(&registry(policy::USER, &values), policy::USER), Some(wanted.clone()));
        prop_assert_eq!(read_mobileconfig(&mobileconfig(&fleet.preset, &values).unwrap()), Some(wanted));
    }
}
