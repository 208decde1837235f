use std::cell::Cell;

use super::*;
use crate::doctor::{DoctorCheck, DoctorState, DoctorStep};
use crate::finding::Owner;
use crate::status::ValueSource;

/// The marks in every key: in those of letters and digits, and in hexadecimal ones.
const MARKS: [&str; 2] = ["Zq7x", "0d0d5e7"];

/// Reproducible random numbers from a seed.
struct Dice(Cell<u64>);

impl Dice {
    fn roll(&self, sides: usize) -> usize {
        let mut state = self.0.get();
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        self.0.set(state);
        usize::try_from(state >> 33).unwrap_or(0) % sides
    }

    /// Letters with the mark after every few, so that every long piece holds it.
    fn letters(&self, from: &str, mark: &str, parts: usize) -> String {
        let letters: Vec<char> = from.chars().collect();
        let part = || (0..6).map(|_| letters[self.roll(letters.len())]).collect::<String>();
        (0..parts).map(|_| part() + mark).chain([part()]).collect()
    }

    /// A key in one of the forms of gateways and vendors.
    fn key(&self) -> String {
        const MIXED: &str = "abcdefghijkmnpqrstuvwyABCDEFGHJKLMNPQRSTUVWXY2345689";
        let mixed = |parts| self.letters(MIXED, MARKS[0], parts);
        match self.roll(5) {
            0 => format!("sk-{}", mixed(4)),
            1 => self.letters("123456789abcdef", MARKS[1], 4),
            2 => format!("canary{}", mixed(3)),
            3 => format!("sk-ant-api03-{}", mixed(7)),
            _ => format!("eyJh{}.eyJz{}.{}", mixed(3), mixed(4), mixed(4)),
        }
    }

    /// A text with the key in it, as people and programs write it.
    fn around(&self, key: &str) -> String {
        match self.roll(7) {
            0 => key.to_owned(),
            1 => format!("Bearer {key}"),
            2 => format!("https://user:{key}@gate.example/claude?key={key}#{key}"),
            3 => format!("https://gate.example/{key}/v1"),
            4 => format!("export ANTHROPIC_AUTH_TOKEN='{key}'; x"),
            5 => format!("{{\"token\":\"{key}\"}}"),
            _ => format!("/home/lihua/{key}/file.json"),
        }
    }
}

/// A state in which every source of text holds a key.
fn state(seed: u64) -> ReportFacts {
    let dice = Dice(Cell::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1));
    let secret = || dice.around(&dice.key());
    let finding = |code: Code| Finding::new(code).with("said", secret()).with("path", secret()).with("url", secret());
    let row = |name: &str| StatusRow {
        name: name.to_owned(),
        expected: Some(json!(secret()).to_string()),
        actual: Some(secret()),
        ok: dice.roll(2) == 0,
        source: ValueSource::Local,
        cause: None,
    };
    let check = |code: Code, step| DoctorCheck {
        code,
        step,
        state: DoctorState::Trouble,
        owner: Owner::ThisComputer,
        blocking: true,
        finding: Some(finding(code)),
    };
    let names = ["inferenceGatewayBaseUrl", "inferenceModels", "inferenceCustomHeaders", "deploymentDisplayName", "x"];
    let profile = json!({
        "inferenceProvider": secret(), "inferenceGatewayBaseUrl": secret(), "inferenceGatewayApiKey": secret(),
        "inferenceCredentialHelper": secret(), "inferenceModels": [secret(), {"name": secret(), "labelOverride": secret()}],
        "inferenceCustomHeaders": {secret(): secret(), "Authorization": secret()}, secret(): {"deep": [secret()]},
        "coworkEgressAllowedHosts": [secret()], "inferenceCredentialHelperTtlSec": 3600, "chatTabEnabled": true,
    });
    let settings =
        json!({"deploymentMode": "3p", "mcpServers": {"x": {"env": {"TOKEN": secret()}, "args": [secret()]}}});
    let log = format!(
        "[info] Starting app {{ appVersion: '2.26454.0' }}\n[info] [custom-3p] inference apiHost={}\n[warn] [custom-3p] Credentials loaded {{ key: '{}' }}\n[error] other {}\n[info] airouter {}\n",
        secret(),
        secret(),
        secret(),
        secret()
    );
    let attached = |name: &str, text: String| Attached { name: name.to_owned(), bytes: text.into_bytes() };
    let stored = dice.key();
    let doctor = DoctorReport {
        checks: vec![check(Code::Drifted, DoctorStep::Applied), check(Code::KeyDiffers, DoctorStep::Key)],
        findings: vec![finding(Code::Drifted), finding(Code::EnvironmentOverrides)],
        values: names.iter().map(|name| row(name)).chain([row(&secret())]).collect(),
        configured: true,
    };
    ReportFacts {
        version: "0.1.0".to_owned(),
        os: Os::Linux,
        system: format!("Debian 12 {}", secret()),
        locale: if dice.roll(2) == 0 { Locale::ZhCn } else { Locale::En },
        gateway: "AIRouter".to_owned(),
        base: "https://aigc.aochengcloud.com/claude".to_owned(),
        claude: ClaudeView {
            installed: true,
            running: false,
            version: Some("2.26454.0".to_owned()),
            path: Some(secret()),
        },
        doctor,
        key: Some(Secret::new(stored.clone()).masked()),
        files: vec![
            attached("profile.json", profile.to_string()),
            attached("claude_desktop_config.json", settings.to_string()),
            attached("broken.json", format!("{{ {}", secret())),
            attached(&format!("{}.json", secret()), format!("\"{}\"", secret())),
        ],
        logs: vec![attached("claude.log", log)],
        environment: vec![
            ("ANTHROPIC_AUTH_TOKEN".to_owned(), secret()),
            ("HTTPS_PROXY".to_owned(), format!("http://user:{}@127.0.0.1:7890", dice.key())),
            (secret(), secret()),
        ],
        person: Person {
            home: "/home/lihua".to_owned(),
            user: "lihua".to_owned(),
            computer: "lihua-notebook".to_owned(),
        },
        secrets: vec![Secret::new(stored)],
        headers: Vec::new(),
    }
}

fn say(finding: &Finding) -> String {
    format!("{} 说明 see https://aigc.aochengcloud.com/claude", finding.code.number())
}

/// All text of a report.
fn whole(report: &Report) -> String {
    let mut text = report.page.clone();
    for (name, bytes) in archive::open(&report.archive, |_| true).unwrap() {
        text.push_str(&name);
        text.push_str(&String::from_utf8(bytes).unwrap());
    }
    text
}

/// A key counts as leaked by any long piece of it: there is a mark in each.
fn leaked(text: &str) -> Option<&'static str> {
    MARKS.into_iter().find(|mark| text.contains(mark))
}

/// Two halves at once.
fn each(seeds: std::ops::Range<u64>, body: impl Fn(u64) + Sync) {
    std::thread::scope(|scope| {
        for half in 0..2 {
            let (body, seeds) = (&body, seeds.clone());
            scope.spawn(move || seeds.filter(|seed| seed % 2 == half).for_each(body));
        }
    });
}

/// How many states are tried: ten thousand, unless `AIROUTER_REPORTS` gives another number.
#[allow(clippy::disallowed_methods, reason = "a test's own measure")]
fn states() -> u64 {
    std::env::var("AIROUTER_REPORTS").map_or(10_000, |number| number.parse().unwrap())
}

#[test]
fn no_key_leaves_in_ten_thousand_states() {
    each(0..states(), |seed| {
        let report = compose(&state(seed), &say).unwrap_or_else(|finding| panic!("{seed}: {finding:?}"));
        let text = whole(&report);
        assert_eq!(leaked(&text), None, "{seed}:\n{text}");
        assert!(!text.contains("lihua"), "{seed}:\n{text}");
    });
}

#[test]
fn a_rule_that_is_missing_is_caught_and_there_is_no_report() {
    for part in [Part::Findings, Part::Values, Part::Files, Part::Logs, Part::Environment] {
        each(0..100, |seed| {
            let facts = state(seed);
            let finding = compose_by(&facts, &say, Some(part)).expect_err("a key leaves");
            assert_eq!(finding.code, Code::ReportNotClean, "{part:?} {seed}");
            let printed = format!("{finding:?}");
            assert!(
                facts.secrets.iter().all(|secret| !printed.contains(secret.reveal())),
                "the finding tells it: {printed}"
            );
        });
    }
}

#[test]
fn a_known_secret_is_caught_in_whatever_form_it_hides() {
    use base64::Engine;
    // It does not look like a key, so only the search for the known secret can find it.
    let word = "correct horse battery";
    for hidden in [
        word.to_owned(),
        base64::engine::general_purpose::STANDARD.encode(format!("x{word}y")),
        word.replace(' ', "%20"),
    ] {
        let mut facts = state(1);
        facts.logs = vec![Attached { name: "x.log".to_owned(), bytes: format!("airouter {hidden}").into_bytes() }];
        facts.secrets = vec![Secret::new(word.to_owned())];
        assert!(!whole(&compose(&facts, &say).unwrap()).contains(&hidden));
        assert_eq!(compose_by(&facts, &say, Some(Part::Logs)).unwrap_err().code, Code::ReportNotClean, "{hidden}");
    }
}

#[test]
fn a_key_that_is_a_word_leaves_the_report_readable_and_does_not_stop_it() {
    let with = |key: &str| {
        let mut facts = state(5);
        facts.doctor.findings = vec![Finding::new(Code::KeyRejected).with("said", format!("invalid key: \"{key}\""))];
        facts.secrets = vec![Secret::new(key.to_owned())];
        facts.key = Some(facts.secrets[0].masked().shown());
        whole(&compose(&facts, &say).unwrap_or_else(|finding| panic!("{key}: {finding:?}")))
    };
    for key in ["claude", "gateway", "password", "lmstudio", "hunter22", "said"] {
        let text = with(key);
        assert!(!text.contains(&format!("\\\"{key}\\\"")), "{key} is quoted in\n{text}");
        for kept in
            ["https://aigc.aochengcloud.com/claude", "Claude Desktop", "\"gateway\"", Code::KeyRejected.number()]
        {
            assert!(text.contains(kept), "{key} takes {kept} away:\n{text}");
        }
    }
    let text = with("hunter22");
    for printed in ["fingerprint", "指纹", "pass\""] {
        assert!(!text.contains(&format!("{printed} ")), "nothing is shown of a short key: {text}");
    }
}

#[test]
fn a_piece_of_a_known_key_does_not_leave_either() {
    let mut facts = state(6);
    facts.secrets = vec![Secret::new("team-alpha-hunter-words".to_owned())];
    facts.doctor.findings = vec![Finding::new(Code::KeyRejected).with("said", "your key team-alpha… is wrong")];
    let text = whole(&compose(&facts, &say).unwrap());
    assert!(!text.contains("team-alp") && text.contains("your key •••… is wrong"), "{text}");
}

#[test]
fn equal_states_give_equal_bytes_and_the_name_says_so() {
    let facts = state(7);
    let (one, two) = (compose(&facts, &say).unwrap(), compose(&facts, &say).unwrap());
    assert_eq!(one, two);
    let other = compose(&state(8), &say).unwrap();
    assert_ne!(one.file_name(), other.file_name());
    let names: Vec<&str> = one.entries.iter().map(|entry| entry.name.as_str()).collect();
    assert!(names.is_sorted() && names.contains(&"report.json") && names.contains(&"report.md"), "{names:?}");
}

#[test]
fn what_support_needs_is_still_there() {
    let mut facts = state(3);
    let profile = json!({
        "inferenceProvider": "gateway", "inferenceGatewayBaseUrl": "https://aigc.aochengcloud.com/claude/",
        "inferenceCredentialHelper": "/home/lihua/.local/share/airouter-setup/airouter-credential",
        "inferenceModels": ["claude-sonnet-4-6", "claude-haiku-4-5-20251001"], "chatTabEnabled": true,
    });
    facts.files = vec![Attached { name: "profile.json".to_owned(), bytes: profile.to_string().into_bytes() }];
    let log = "2026-11-23 10:00:00 [info] [custom-3p] Model discovery: skipped (inferenceModels obviates discovery); picker = 3 (inferenceModels)\n";
    facts.logs = vec![Attached { name: "claude.log".to_owned(), bytes: log.as_bytes().to_vec() }];
    let key = &mut facts.doctor.values[0];
    key.name = "inferenceGatewayApiKey".to_owned();
    (key.expected, key.actual) = (Some(r#""•••""#.to_owned()), Some(r#""•••""#.to_owned()));
    let text = whole(&compose(&facts, &say).unwrap());
    let masked = facts.key.unwrap();
    for kept in [
        "https://aigc.aochengcloud.com/claude/",
        "~/.local/share/airouter-setup/airouter-credential",
        "claude-haiku-4-5-20251001",
        "picker = 3 (inferenceModels)",
        r#"| inferenceGatewayApiKey | "•••" | "•••" |"#,
        &masked.fingerprint,
        &masked.last4,
        "AR-711",
    ] {
        assert!(text.contains(kept), "{kept} is gone:\n{text}");
    }
}
