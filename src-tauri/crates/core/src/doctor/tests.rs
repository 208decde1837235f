use serde_json::{Value, json};

use super::*;
use crate::address::GatewayUrl;
use crate::check::{AuthScheme, CheckFlow};
use crate::claude::library::{FileFact, ProfileFact};
use crate::claude::managed::ManagedSource;
use crate::claude::policy::{Data, Hives, PolicyValue};
use crate::claude::version::Version;
use crate::plan::{Facts, Wishes, plan};
use crate::secret::Secret;
use crate::status::KeyStorage;
use crate::undo::Journal;
use crate::undo::KeyPlace;

const BASE: &str = "https://aigc.aochengcloud.com/claude";
const KEY: &str = "sk-stored-0123456789abcdef";
const PROVED: &str = "[info] Starting app { appVersion: '2.26454.0' }\n[info] [custom-3p] 3P mode active { provider: 'gateway' }\n\
[info] [custom-3p] inference apiHost=https://aigc.aochengcloud.com/claude\n";

/// A computer on which this program has connected Claude, without any problem.
fn connected() -> DoctorFacts {
    connected_with(KeyPlace::Keychain)
}

fn connected_with(key_place: KeyPlace) -> DoctorFacts {
    let mut computer = Facts::of_an_empty_home();
    if cfg!(windows) {
        // An absolute path on that system.
        r"C:\Users\li\AppData\Local\AIRouter Setup\airouter-credential.exe".clone_into(&mut computer.helper);
    }
    let id = computer.fresh_profile_id.clone();
    let path = computer.library.profile_path(&id);
    computer.library.profiles = vec![ProfileFact { id, path, file: FileFact::Absent }];
    let wishes = Wishes {
        name: "AIRouter".to_owned(),
        base: GatewayUrl::parse(BASE).unwrap(),
        scheme: AuthScheme::Bearer,
        models: vec!["claude-sonnet-4-6".to_owned()],
        every_model: false,
        key_place,
        egress: None,
        carry_over: false,
        restart: true,
    };
    let made = plan(&computer, &wishes);
    let key = Secret::new(KEY.to_owned());
    let mut journal = Journal::of(&made, &computer, &wishes, Some(key.masked()), Vec::new());
    journal.pending = None;
    for change in &made.files {
        let text = change.apply(&computer.file(&change.path).document().unwrap(), Some(&key)).text().to_owned();
        *file_mut(&mut computer, &change.path) = FileFact::Present(text.into_bytes());
    }
    computer.journal = Some(journal);
    computer.organization = Some(made.organization);
    let program = DoctorFacts::named_helper(&computer).map(|path| ProgramFact { path, runs: true });
    DoctorFacts {
        computer,
        base: wishes.base,
        storage: Some(KeyStorage { key: Ok(key.masked()), helper: true }),
        live: None,
        unwritable: None,
        has_claude_code: false,
        program,
        run: RunFacts::default(),
        relay_is_dead: false,
        overrides: Vec::new(),
        parts: Parts::default(),
    }
}

fn file_mut<'a>(facts: &'a mut Facts, path: &str) -> &'a mut FileFact {
    let library = &mut facts.library;
    if path == library.meta_path {
        &mut library.meta
    } else if path == library.mode_path {
        &mut library.mode
    } else {
        &mut library.profiles.iter_mut().find(|profile| profile.path == path).unwrap().file
    }
}

/// Changes a value of the selected profile.
fn profile(facts: &mut DoctorFacts, key: &str, value: Value) {
    let fact = &mut facts.computer.library.profiles[0].file;
    *fact = FileFact::Present(fact.document().unwrap().with(key, Some(&value)).text().as_bytes().to_vec());
}

fn meta(facts: &mut DoctorFacts, key: &str, value: Value) {
    let fact = &mut facts.computer.library.meta;
    *fact = FileFact::Present(fact.document().unwrap().with(key, Some(&value)).text().as_bytes().to_vec());
}

/// The codes of the findings, in the order of the checks; a changed value is found as drift as well, which
/// is left out unless it is the only finding.
#[track_caller]
fn check(change: impl FnOnce(&mut DoctorFacts), expected: &[Code]) {
    let mut facts = connected();
    change(&mut facts);
    let report = examine(&facts);
    let found: Vec<Code> = report.checks.iter().filter_map(|check| Some(check.finding.as_ref()?.code)).collect();
    let printed: Vec<Code> =
        found.iter().copied().filter(|code| *code != Code::Drifted || expected.contains(code)).collect();
    assert_eq!(printed, expected, "{:?}", report.findings);
}

#[test]
fn a_connected_computer_has_no_trouble() {
    check(|_| {}, &[]);
    let report = examine(&connected());
    assert!(report.configured && report.local_findings().is_empty());
}

#[test]
fn each_check_has_a_code_of_its_own_and_they_stand_in_the_order_of_the_guide() {
    let report = examine(&connected());
    let codes: std::collections::HashSet<Code> = report.checks.iter().map(|check| check.code).collect();
    assert_eq!(codes.len(), report.checks.len(), "two checks share a code");
    assert!(report.checks.windows(2).all(|pair| pair[0].step <= pair[1].step), "out of order");
    assert!(report.checks.iter().any(|check| check.blocking) && report.checks.iter().any(|check| !check.blocking));
    let live = report.checks.iter().filter(|check| live::is_live(check.code));
    assert!(live.clone().count() == 8 && live.into_iter().all(|check| check.state == DoctorState::NotTested));
}

#[test]
fn what_is_selected_and_listed_is_looked_at() {
    check(|it| meta(it, "appliedId", json!("11111111-1111-4111-8111-11111111111A")), &[Code::SelectionMalformed]);
    check(|it| meta(it, "appliedId", json!("default")), &[Code::SelectionMalformed]);
    check(|it| meta(it, "appliedId", json!("")), &[Code::NotConnected]);
    check(|it| it.computer.library.meta = FileFact::Absent, &[Code::NotConnected]);
    check(|it| meta(it, "entries", json!([])), &[Code::ProfileMissing]);
    check(|it| it.computer.library.profiles[0].file = FileFact::Absent, &[Code::ProfileMissing]);
    check(|it| meta(it, "hybridPointer", json!("x")), &[Code::PointedElsewhere]);
    check(|it| it.computer.library.mode = text(r#"{"deploymentMode":"1p"}"#), &[Code::ModeIsOrdinary]);
    check(|it| it.computer.library.mode = FileFact::Absent, &[Code::ModeNotChosen]);
}

fn text(text: &str) -> FileFact {
    FileFact::Present(text.as_bytes().to_vec())
}

#[test]
fn a_file_that_claude_does_not_read_is_named() {
    for bad in ["\u{feff}{}", "{} // comment", r#"{"a":1,}"#, "[]", r#"{"a":1,"a":2}"#] {
        check(|it| it.computer.library.meta = text(bad), &[Code::FileNotUnderstood]);
        check(|it| it.computer.library.profiles[0].file = text(bad), &[Code::FileNotUnderstood]);
    }
}

#[test]
fn the_address_is_looked_at_as_claude_takes_it() {
    let base = |url: &'static str| move |it: &mut DoctorFacts| profile(it, "inferenceGatewayBaseUrl", json!(url));
    check(base("https://aigc.aochengcloud.com/v1"), &[Code::AddressEnding]);
    check(base("https://aigc.aochengcloud.com/claude/v1"), &[Code::AddressEnding]);
    check(base("https://aigc.aochengcloud.com/claude/"), &[Code::AddressEnding]);
    check(base("https://aigc.aochengcloud.com"), &[Code::ProfileAddress]);
    check(base("https://other.example/claude"), &[Code::ProfileAddress]);
    check(base("http://aigc.aochengcloud.com/claude"), &[Code::ProfileAddress]);
    let dead = |it: &mut DoctorFacts| {
        profile(it, "inferenceGatewayBaseUrl", json!("http://127.0.0.1:18080"));
        it.relay_is_dead = true;
    };
    check(dead, &[Code::ProfileAddress, Code::DeadRelay]);
}

#[test]
fn a_value_that_spoils_the_profile_is_named() {
    check(|it| profile(it, "inferenceProvider", json!("bedrock")), &[Code::ProviderNotGateway]);
    check(|it| profile(it, "modelDiscoveryEnabled", json!("false")), &[Code::ValueMistyped]);
    check(|it| profile(it, "mcpToolTimeoutSec", json!(5)), &[Code::SettingIgnored]);
    check(|it| profile(it, "mcpToolTimeoutSec", json!(180)), &[]);
    check(|it| profile(it, "modelDiscoveryEnable", json!(true)), &[Code::SettingIgnored]);
    check(|it| profile(it, "isDxtEnabled", json!(true)), &[Code::SettingIgnored]);
    check(|it| profile(it, "models", json!(["claude-opus-5"])), &[Code::SettingIgnored]);
    let models = |models: Value| move |it: &mut DoctorFacts| profile(it, "inferenceModels", models);
    check(models(json!(["claude-deepseek-v3"])), &[Code::ModelNotForClaude]);
    check(models(json!(["claude-opus-5", "claude-opus-5[1m]"])), &[Code::ModelNotForClaude]);
    check(models(json!([])), &[Code::NoUsableModel]);
    check(models(json!(["claude-opus-5", {"name": "claude-opus-5"}])), &[Code::ModelDoubled]);
    check(|it| profile(it, "inferenceIdpOidc", json!({})), &[]);
    let older = |it: &mut DoctorFacts| {
        it.computer.claude.version = Some(Version(1, 46388, 4));
        profile(it, "inferenceIdpOidc", json!({}));
    };
    check(older, &[Code::KeysTooNew]);
    let moved = json!("00000000-0000-4000-8000-000000000009");
    check(|it| profile(it, "deploymentOrganizationUuid", moved), &[Code::HistoryMoved]);
    let headers = |headers: Value| move |it: &mut DoctorFacts| profile(it, "inferenceCustomHeaders", headers);
    check(headers(json!({"X-Team": "a"})), &[]);
    check(headers(json!({"Authorization": "Bearer x"})), &[Code::SecretInHeaders]);
    check(headers(json!({"X-Team": "sk-abcdef0123456789abcd"})), &[Code::SecretInHeaders]);
}

#[test]
fn the_key_must_be_there_and_the_same_everywhere() {
    let storage =
        |key: Result<_, Finding>, helper| move |it: &mut DoctorFacts| it.storage = Some(KeyStorage { key, helper });
    let masked = |key: &str| Secret::new(key.to_owned()).masked();
    check(storage(Err(Finding::new(Code::KeyNotStored)), true), &[Code::KeyNotStored]);
    check(storage(Err(Finding::new(Code::KeychainLocked)), true), &[Code::KeychainLocked]);
    check(storage(Ok(masked(KEY)), false), &[Code::HelperBroken]);
    check(storage(Ok(masked("sk-another-0123456789")), true), &[Code::KeyDiffers]);
    check(|it| it.run.handed_on = vec![masked("sk-another-0123456789")], &[Code::KeyDiffers]);
    check(|it| it.run.handed_on = vec![masked("sk-another-0123456789"), masked(KEY)], &[]);
    check(|it| profile(it, "inferenceGatewayApiKey", json!(KEY)), &[Code::TwoCredentials]);
    check(
        |it| profile(it, "inferenceGatewayApiKey", json!("sk-another-0123456789")),
        &[Code::TwoCredentials, Code::KeyDiffers],
    );
    check(|it| profile(it, "inferenceCredentialKind", json!("static")), &[Code::CredentialUnusable]);
    let mut it = connected_with(KeyPlace::Profile);
    assert_eq!(examine(&it).local_findings(), []);
    profile(&mut it, "inferenceGatewayApiKey", json!("sk-another-0123456789"));
    assert_eq!(examine(&it).local_findings()[0].code, Code::KeyDiffers);
}

#[test]
fn a_program_that_claude_cannot_start_is_named() {
    let named = |path: &'static str| {
        move |it: &mut DoctorFacts| it.program = Some(ProgramFact { path: path.to_owned(), runs: false })
    };
    for path in ["/x/gone", "~/bin/key", "/x/key --now", "key", r"C:\x\key.cmd", r"%LOCALAPPDATA%\key.exe"] {
        check(named(path), &[Code::HelperPath]);
    }
}

#[test]
fn an_administrators_configuration_comes_first() {
    let policy = |text: &'static str| {
        move |it: &mut DoctorFacts| {
            it.computer.managed = ManagedSource::File { path: "/etc/x".to_owned(), bytes: text.as_bytes().to_vec() };
        }
    };
    check(policy(r#"{"inferenceProvider":"bedrock"}"#), &[Code::ManagedByPolicy]);
    check(policy("not json"), &[Code::ManagedRejected]);
    check(policy(r#"{"disableAutoUpdates":true}"#), &[Code::ManagedAppOnly]);
    let leftover = |it: &mut DoctorFacts| {
        let value = PolicyValue { name: "ccds_managed".to_owned(), data: Data::Text("1".to_owned()) };
        it.computer.managed = ManagedSource::Registry(Hives { machine: Vec::new(), user: vec![value] });
    };
    check(leftover, &[Code::ManagedByPolicy, Code::PolicyLeftover]);
    check(
        policy(r#"{"inferenceProvider":"gateway","inferenceGatewayBaseUrl":"http://127.0.0.1:18080"}"#),
        &[Code::ManagedByPolicy, Code::PolicyLeftover],
    );
}

#[test]
fn claude_itself_is_looked_at() {
    let missing = |it: &mut DoctorFacts| {
        it.computer.claude.is_installed = false;
        it.has_claude_code = true;
    };
    check(missing, &[Code::ClaudeMissing]);
    check(|it| it.computer.claude.version = Some(Version(1, 2, 3)), &[Code::ClaudeTooOld, Code::KeysTooNew]);
    for code in [Code::ClaudeMustMove, Code::InsideClaude, Code::FoldersRedirected, Code::OtherAccount] {
        check(|it| it.computer.obstacle = Some(Finding::new(code)), &[code]);
    }
    check(|it| it.computer.journal.as_mut().unwrap().undoing = true, &[Code::Interrupted]);
}

#[test]
fn a_claude_that_ran_before_the_writing_knows_nothing_of_it() {
    let running = |started, written, log: Option<(&'static str, u64)>| {
        move |it: &mut DoctorFacts| {
            it.computer.claude.is_running = true;
            let log = log.map(|(text, written)| LogFact {
                path: "/log".to_owned(),
                text: text.to_owned(),
                written: Some(written),
            });
            it.run = RunFacts { started: Some(started), written: Some(written), handed_on: Vec::new(), log };
        }
    };
    check(running(1000, 2000, None), &[Code::ClaudeNotRestarted]);
    check(running(2000, 1000, Some((PROVED, 2000))), &[]);
    check(running(1000, 2000, Some((PROVED, 1000))), &[]);
    check(running(2000, 1000, None), &[Code::ProofOrdinaryMode]);
    check(running(2000, 1000, Some((PROVED, 900))), &[Code::ProofOrdinaryMode]);
    let other = "[custom-3p] inference apiHost=https://other.example/claude\n";
    check(running(2000, 1000, Some((other, 2000))), &[Code::ProofOtherHost]);
    let mended = "Starting app\n[custom-3p] helper spawn failed: ENOENT\nStarting app\n";
    check(running(2000, 1000, Some((mended, 2000))), &[]);
    let ill = "Starting app\n[custom-3p] 3P mode active { provider: 'gateway' }\n[custom-3p] inference apiHost=https://aigc.aochengcloud.com/claude\nConfigHealth recomputed { state: 'degraded' }\n";
    check(running(2000, 1000, Some((ill, 2000))), &[Code::ProofUnhealthy]);
}

#[test]
fn folders_that_differ_are_named() {
    let copy = |change: fn(&mut crate::claude::library::Library)| {
        move |it: &mut DoctorFacts| {
            let mut copy = it.computer.library.clone();
            copy.root = r"C:\Users\x\AppData\Local\Packages\Claude_x\LocalCache\Local\Claude-3p".to_owned();
            change(&mut copy);
            it.computer.copies = vec![copy];
        }
    };
    check(copy(|_| {}), &[]);
    check(copy(|copy| copy.mode = text(r#"{"deploymentMode":"1p"}"#)), &[Code::CopiesDiffer]);
    check(copy(|copy| copy.meta = FileFact::Absent), &[Code::CopiesDiffer]);
}

#[test]
fn what_is_good_to_know_stands_apart() {
    let found = |name: &str, place: &str| Override { name: name.to_owned(), place: place.to_owned() };
    let overrides = vec![found("ANTHROPIC_AUTH_TOKEN", "environment"), found("ANTHROPIC_BASE_URL", "~/.bashrc")];
    check(|it| it.overrides = overrides, &[Code::EnvironmentOverrides]);
    let parts = Parts {
        free: Some(1024 * 1024 * 1024),
        virtualisation: Some(false),
        downloads: Some(Some(Finding::new(Code::Dns))),
    };
    check(|it| it.parts = parts, &[Code::DiskLow, Code::NoVirtualisation, Code::DownloadsUnreachable]);
    let good = Parts { free: Some(u64::MAX), virtualisation: Some(true), downloads: Some(None) };
    check(|it| it.parts = good, &[]);
}

#[test]
fn the_live_check_is_read_layer_by_layer() {
    let mut flow = CheckFlow::new(GatewayUrl::parse(BASE).unwrap(), None, Vec::new(), None);
    flow.refuse(Finding::new(Code::Dns));
    check(|it| it.live = Some(flow.report()), &[Code::Dns]);
    let mut facts = connected();
    let mut flow = CheckFlow::new(GatewayUrl::parse(BASE).unwrap(), None, Vec::new(), None);
    flow.refuse(Finding::new(Code::Dns));
    facts.live = Some(flow.report());
    assert_eq!(examine(&facts).local_findings(), [], "what the live check says, it says itself");
}

#[test]
fn an_untouched_computer_has_no_problems() {
    let fresh = |journal: bool| {
        let mut facts = connected();
        let empty = Facts::of_an_empty_home();
        facts.computer.library = empty.library;
        facts.program = None;
        if !journal {
            facts.computer.journal = None;
            facts.storage = None;
        }
        facts
    };
    let report = examine(&fresh(false));
    assert!(!report.configured);
    assert_eq!(report.local_findings(), []);
    assert_eq!(report.findings.iter().map(|finding| finding.code).collect::<Vec<_>>(), [Code::NotConnected]);
    assert!(!examine(&fresh(true)).local_findings().is_empty(), "somebody took it all away");
}

#[test]
fn another_programs_profile_is_a_problem_only_where_this_gateway_is_configured() {
    let mut facts = connected();
    facts.computer.journal = None;
    facts.storage = None;
    profile(&mut facts, "inferenceGatewayBaseUrl", json!("https://other.example"));
    let report = examine(&facts);
    assert!(!report.configured && report.local_findings().is_empty());
    assert!(report.findings.iter().all(|finding| !finding.blocks()), "{:?}", report.findings);
    profile(&mut facts, "inferenceGatewayBaseUrl", json!("https://aigc.aochengcloud.com/v1"));
    let report = examine(&facts);
    assert!(report.configured);
    assert_eq!(report.local_findings()[0].code, Code::AddressEnding, "filled in by hand, and wrongly");
}
