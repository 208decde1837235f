//! What is said of a finding must be true for each cause that leads to it, on each system. The words are
//! templates with cases, so every pair of cause and system is filled in and held against what may be said
//! there; and no cause is named in the code of which nobody has decided what is said.

#![allow(clippy::disallowed_methods, reason = "a test reads the sources")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use airouter_core::finding::{Code, Finding};
use airouter_core::preset::Preset;
use airouter_core::view::{Locale, Os};
use airouter_core::words;
use serde_json::Value;

/// The facts that tell a cause.
const FACTS: [&str; 5] = ["because", "place", "seen", "state", "how"];

/// Causes for which the general words are meant: code, fact, values.
const GENERAL: &[(&str, &str, &[&str])] = &[
    ("AR-202", "because", &["timeout"]),
    ("AR-203", "because", &["AR-204", "AR-205"]),
    ("AR-853", "state", &["config_invalid"]),
    ("AR-711", "because", &["changed"]),
    ("AR-222", "because", &["tcp_refused", "tcp_timeout", "reset", "dns", "offline"]),
];

/// Codes that arise on one system alone, because only its code makes them.
const ALONE: &[(Code, Os)] = &[
    (Code::InsideClaude, Os::Windows),
    (Code::ClaudeMustMove, Os::Windows),
    (Code::AutomationRefused, Os::Macos),
    (Code::QuitByHand, Os::Windows),
    (Code::ClaudeElevated, Os::Windows),
    (Code::RestartNeeded, Os::Windows),
    (Code::PublisherUnknown, Os::Windows),
    (Code::FoldersRedirected, Os::Windows),
    (Code::OtherAccount, Os::Windows),
    (Code::WindowEngineMissing, Os::Windows),
    (Code::WindowEngineTooOld, Os::Windows),
];

/// What only some systems have, by the words for it.
const THINGS: &[(&[&str], &[Os])] = &[
    (&["Start menu", "开始菜单", "registry", "注册表"], &[Os::Windows]),
    (&["tray", "托盘"], &[Os::Windows, Os::Linux]),
    (&["menu bar", "菜单栏", "⌘", "Finder", "访达", "Dock"], &[Os::Macos]),
    (&["/etc/", "sudo", "chmod"], &[Os::Linux]),
    (&["Windows"], &[Os::Windows]),
    (&["macOS"], &[Os::Macos]),
    (&["Linux"], &[Os::Linux]),
];

/// What may be said for some causes only.
struct Claim {
    words: &'static [&'static str],
    holds: fn(Code, &Cause) -> bool,
}

const CLAIMS: &[Claim] = &[
    // Another network does not help where the gateway is on this computer, or is a fault of the text.
    Claim {
        words: &["hotspot", "热点", "VPN"],
        holds: |code, cause| {
            let is_network = code.number().starts_with("AR-2") || ["AR-106", "AR-506"].contains(&code.number());
            is_network && !cause.is("place", "this-computer")
        },
    },
    // Somebody answered: then nobody needs to be started.
    Claim {
        words: &["Start the proxy", "启动代理", "打开代理"],
        holds: |code, cause| {
            code == Code::ProxyDown && ["speaks-http", "not-a-proxy", "tls"].iter().all(|it| !cause.is("because", it))
        },
    },
    Claim {
        words: &["Nothing answers", "nothing answers", "没有程序在响应", "没有响应"],
        holds: |code, cause| {
            let may = [Code::TcpRefused, Code::DeadRelay, Code::TcpTimeout].contains(&code) || code == Code::ProxyDown;
            may && ["speaks-http", "not-a-proxy", "tls", "timeout"].iter().all(|it| !cause.is("because", it))
        },
    },
    // Nobody is told to repair what a repair does not touch.
    Claim {
        words: &["Use Repair", "“修复”"],
        holds: |code, _| code != Code::SettingIgnored && code != Code::SettingsLeftBehind,
    },
    // No success without a sign of it.
    Claim {
        words: &["confirms it.", "log confirms", "日志已经确认", "日志也确认"],
        holds: |code, cause| code == Code::Proved || cause.is("seen", "mode"),
    },
    Claim {
        words: &["Claude read what was written", "Claude读到的就是"],
        holds: |code, _| code == Code::ClaudeReportAgrees,
    },
];

/// A cause by its fact and the fact's value; nothing where a finding tells none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Cause(Option<(String, String)>);

impl Cause {
    fn is(&self, fact: &str, value: &str) -> bool {
        self.0.as_ref().is_some_and(|(name, told)| name == fact && told == value)
    }
}

fn table() -> Value {
    serde_json::from_str(include_str!("../src/words.json")).expect("the words")
}

/// The causes that have words of their own.
fn own(number: &str, locale: &str) -> BTreeSet<Cause> {
    let table = table();
    let cases = table[locale][number]["cases"].as_object().cloned().unwrap_or_default();
    let values = cases.into_iter().flat_map(|(fact, values)| {
        let values = values.as_object().cloned().unwrap_or_default();
        values.into_iter().map(move |(value, _)| Cause(Some((fact.clone(), value))))
    });
    values.collect()
}

fn causes(code: Code) -> BTreeSet<Cause> {
    let general = GENERAL.iter().filter(|(number, ..)| *number == code.number());
    let general = general.flat_map(|(_, fact, values)| {
        values.iter().map(|value| Cause(Some(((*fact).to_owned(), (*value).to_owned()))))
    });
    own(code.number(), "en").into_iter().chain(general).chain([Cause(None)]).collect()
}

fn systems(code: Code) -> Vec<Os> {
    let alone: Vec<Os> = ALONE.iter().filter(|(known, _)| *known == code).map(|(_, os)| *os).collect();
    if alone.is_empty() { vec![Os::Windows, Os::Macos, Os::Linux] } else { alone }
}

fn said(code: Code, cause: &Cause, locale: Locale) -> String {
    let finding = cause.0.iter().fold(Finding::new(code), |finding, (fact, value)| finding.with(fact, value));
    let words = words::of(&finding, locale, &Preset::airouter()).expect("words");
    format!("{} {} {}", words.title, words.meaning, words.action)
}

#[test]
fn what_is_said_is_true_for_each_cause_on_each_system() {
    let mut wrong = Vec::new();
    let mut pairs = 0;
    for code in Code::ALL {
        for (cause, os) in causes(*code).iter().flat_map(|cause| systems(*code).into_iter().map(move |os| (cause, os)))
        {
            for locale in [Locale::ZhCn, Locale::En] {
                let said = said(*code, cause, locale);
                let named: Vec<Os> = THINGS
                    .iter()
                    .filter(|(things, _)| things.iter().any(|thing| said.contains(thing)))
                    .flat_map(|(_, systems)| systems.iter().copied())
                    .collect();
                if !named.is_empty() && !named.contains(&os) {
                    wrong.push(format!("{code} {cause:?} on {os:?}: {said}"));
                }
                let untrue =
                    |claim: &&Claim| claim.words.iter().any(|it| said.contains(it)) && !(claim.holds)(*code, cause);
                wrong.extend(
                    CLAIMS.iter().filter(untrue).map(|claim| format!("{code} {cause:?}, {:?}: {said}", claim.words)),
                );
                pairs += 1;
            }
        }
    }
    assert_eq!(wrong, [] as [&str; 0]);
    assert!(pairs > 1_200, "{pairs}");
}

#[test]
fn a_cause_with_words_of_its_own_says_something_else_in_both_languages() {
    for code in Code::ALL {
        assert_eq!(own(code.number(), "en"), own(code.number(), "zh-CN"), "{code}");
        for cause in own(code.number(), "en") {
            for locale in [Locale::ZhCn, Locale::En] {
                assert_ne!(said(*code, &cause, locale), said(*code, &Cause(None), locale), "{code} {cause:?}");
            }
        }
    }
}

/// The texts of the programs, without their tests.
fn sources() -> Vec<String> {
    fn walk(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() && name != "tests" {
                walk(&path, found);
            } else if name.ends_with(".rs") && name != "tests.rs" {
                let text = std::fs::read_to_string(&path).expect("a source");
                let end = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
                found.push(text[..end].to_owned());
            }
        }
    }
    let mut found = Vec::new();
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a folder of crates");
    for folder in ["cli/src", "core/src", "platform/src", "../src"] {
        walk(&crates.join(folder), &mut found);
    }
    found
}

#[test]
fn every_cause_that_the_code_names_has_its_words_decided() {
    let codes: BTreeMap<String, Code> = Code::ALL.iter().map(|code| (format!("{code:?}"), *code)).collect();
    let sources = sources();
    let (mut seen, mut undecided) = (0, BTreeSet::new());
    for piece in sources.iter().flat_map(|text| text.split("Code::").skip(1)) {
        let name: String = piece.chars().take_while(char::is_ascii_alphanumeric).collect();
        let statement = &piece[..piece.find(';').unwrap_or(piece.len())];
        let Some(code) = codes.get(&name).filter(|_| piece[name.len()..].starts_with(')')) else { continue };
        for fact in FACTS {
            let sign = format!(".with(\"{fact}\", \"");
            for value in statement.split(&sign).skip(1).filter_map(|rest| rest.split('"').next()) {
                let cause = Cause(Some((fact.to_owned(), value.to_owned())));
                if !causes(*code).contains(&cause) {
                    undecided.insert(format!("{code} {cause:?} has no words and no place in GENERAL"));
                }
                seen += 1;
            }
        }
    }
    assert_eq!(undecided, BTreeSet::new());
    assert!(seen > 5, "{seen}");
    // And no words are kept for what nobody says.
    for (code, Cause(cause)) in
        Code::ALL.iter().flat_map(|code| own(code.number(), "en").into_iter().map(move |it| (code, it)))
    {
        let (fact, value) = cause.expect("a cause");
        let is_said = sources.iter().any(|text| text.contains(&format!("\"{value}\"")));
        assert!(is_said, "{code}: nobody says {fact} {value}");
    }
}
