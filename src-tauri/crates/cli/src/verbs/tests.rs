//! The window and the command line are two front ends of one program: what they make of the same wishes on
//! the same computer is the same plan.

use airouter_core::claude::library::{FileFact, Library, ProfileFact};
use airouter_core::claude::managed::ManagedSource;
use airouter_core::claude::version::Version;
use airouter_core::plan::{ClaudeFacts, Facts, KeychainFact, plan};
use airouter_setup::Session;
use clap::Parser;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::arguments::{Arguments, Command};

const ROOT: &str = "/home/li/.config/Claude-3p";
const OTHER: &str = "33333333-3333-4333-8333-333333333333";

/// What a person wants, as it is typed or clicked.
#[derive(Debug, Clone)]
struct Wanted {
    models: Vec<&'static str>,
    static_key: bool,
    egress: Vec<&'static str>,
    carry_over: bool,
    restart: bool,
    scheme: AuthScheme,
}

fn wanted() -> impl Strategy<Value = Wanted> {
    let models = prop::sample::subsequence(
        vec!["claude-sonnet-4-6", "claude-opus-5", "claude-haiku-4-5-20251001", "gpt-5", "claude-fable-1"],
        0..4,
    );
    let egress = prop::sample::subsequence(vec!["pypi.org", "*.example.com", "*"], 0..3);
    let scheme = prop_oneof![Just(AuthScheme::Bearer), Just(AuthScheme::XApiKey)];
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    (models, egress, scheme, flags).prop_map(|(models, egress, scheme, (static_key, carry_over, restart))| Wanted {
        models,
        static_key,
        egress,
        carry_over,
        restart,
        scheme,
    })
}

fn file() -> impl Strategy<Value = FileFact> {
    let present = |text: &str| Just(FileFact::Present(text.as_bytes().to_vec()));
    prop_oneof![
        Just(FileFact::Absent),
        present("{}"),
        present("[]"),
        present("{broken"),
        present(r#"{"deploymentMode": "1p", "other": [1]}"#),
        present(&format!(r#"{{"appliedId": "{OTHER}", "entries": [{{"id": "{OTHER}", "name": "Default"}}]}}"#)),
        present(r#"{"inferenceProvider": "gateway", "inferenceGatewayBaseUrl": "http://127.0.0.1:18080"}"#),
        present(r#"{"egressProxyUrl": "http://127.0.0.1:8080", "disableAutoUpdates": true}"#),
    ]
}

fn facts() -> impl Strategy<Value = Facts> {
    let version = prop_oneof![
        Just(None),
        Just(Some(Version(1, 2000, 0))),
        Just(Some(Version(1, 3000, 0))),
        Just(Some(Version(1, 13576, 0))),
        Just(Some(Version(2, 26454, 0))),
    ];
    let managed = prop_oneof![
        4 => Just(ManagedSource::Absent),
        1 => Just(ManagedSource::File { path: "/etc/m".to_owned(), bytes: br#"{"inferenceProvider":"gateway"}"#.to_vec() }),
        1 => Just(ManagedSource::File { path: "/etc/m".to_owned(), bytes: br#"{"disableAutoUpdates":true}"#.to_vec() }),
    ];
    let keychain = prop_oneof![3 => Just(KeychainFact::Usable), 1 => Just(KeychainFact::Unusable(Finding::new(Code::KeychainMissing)))];
    (any::<bool>(), any::<bool>(), version, managed, keychain, file(), file(), file()).prop_map(
        |(is_installed, is_running, version, managed, keychain, meta, mode, other)| Facts {
            claude: ClaudeFacts { is_installed, is_running: is_installed && is_running, version },
            managed,
            library: Library {
                root: ROOT.to_owned(),
                meta_path: format!("{ROOT}/configLibrary/_meta.json"),
                meta,
                mode_path: format!("{ROOT}/claude_desktop_config.json"),
                mode,
                profiles: vec![ProfileFact {
                    id: OTHER.to_owned(),
                    path: format!("{ROOT}/configLibrary/{OTHER}.json"),
                    file: other,
                }],
            },
            copies: Vec::new(),
            obstacle: None,
            keychain,
            helper: "/home/li/.local/share/airouter-setup/airouter-credential".to_owned(),
            journal: None,
            organization: None,
            fresh_profile_id: "11111111-1111-4111-8111-111111111111".to_owned(),
            fresh_organization: "22222222-2222-4222-8222-222222222222".to_owned(),
        },
    )
}

/// The wishes by way of words on the command line.
fn by_command_line(wanted: &Wanted, preset: &Preset, report: &CheckReport) -> Wishes {
    let mut words = vec!["airouter-setup-cli", "apply", "--key-stdin", "--auth", wanted.scheme.word()];
    words.extend(wanted.models.iter().flat_map(|id| ["--model", id]));
    words.extend(wanted.egress.iter().flat_map(|host| ["--egress", host]));
    words.extend(wanted.static_key.then_some("--static-key"));
    words.extend(wanted.carry_over.then_some("--carry-over"));
    words.extend((!wanted.restart).then_some("--write-only"));
    let Command::Apply(apply) = Arguments::try_parse_from(words).ok().unwrap().command else { panic!("not apply") };
    let chosen = chosen(&apply, report.proposal.clone());
    Wishes::wanted(&chosen, Some((preset.base.clone(), report.scheme)), None, preset).unwrap()
}

/// The wishes by way of the window: what the page sends, and what the session remembers of the check.
fn by_window(wanted: &Wanted, preset: &Preset, report: &CheckReport) -> Wishes {
    let places = Places::in_scratch(std::path::Path::new("/nonexistent")).unwrap();
    let session = Session::of(places, preset.clone());
    session.checked(preset.base.clone(), None, report);
    let sent = json!({
        "models": report.proposal,
        "every_model": report.proposal.is_empty(),
        "static_key": wanted.static_key,
        "egress": (!wanted.egress.is_empty()).then_some(&wanted.egress),
        "carry_over": wanted.carry_over,
        "restart": wanted.restart,
    });
    session.wishes(&serde_json::from_value(sent).unwrap()).unwrap()
}

proptest! {
    #[test]
    fn both_front_ends_make_the_same_plan(facts in facts(), wanted in wanted()) {
        let preset = Preset::airouter();
        let report = CheckReport {
            base: preset.base.as_str().to_owned(),
            scheme: wanted.scheme,
            lamps: Vec::new(),
            layers: Vec::new(),
            findings: Vec::new(),
            models: Vec::new(),
            proposal: wanted.models.iter().map(|id| (*id).to_owned()).collect(),
            passed: true,
            clean: true,
            requests: 4,
            tokens_estimate: 3_000,
        };
        let (line, window) = (by_command_line(&wanted, &preset, &report), by_window(&wanted, &preset, &report));
        prop_assert_eq!(plan(&facts, &line), plan(&facts, &window));
        prop_assert_eq!(plan(&facts, &line).is_refused(), plan(&facts, &line).files.is_empty() && plan(&facts, &line).steps.is_empty());
    }
}
