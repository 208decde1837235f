//! Every code is whole: it has words and an action in both languages, an owner with a name, and a test
//! that expects it. A code that no test expects may never come, or come for something else.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::catalogue::{self, Entry, LANGUAGES, Labels, Table};
use crate::step::root;

/// Names codes without expecting them of anything.
const NO_TESTS: [&str; 1] = ["tests/fixtures/guide-codes.json"];

/// What is missing, one line each.
pub(super) fn breaches(files: &[PathBuf]) -> Result<Vec<String>> {
    let (words, labels) = (catalogue::words()?, catalogue::labels()?);
    let tests: Vec<String> = files.iter().filter_map(|file| tests_in(file)).collect();
    let entries = catalogue::entries()?;
    Ok(entries.iter().flat_map(|entry| missing(entry, &words, &labels, &tests)).collect())
}

fn missing(entry: &Entry, words: &Table, labels: &BTreeMap<String, Labels>, tests: &[String]) -> Vec<String> {
    let mut missing = Vec::new();
    for language in LANGUAGES {
        let words = words.general(&entry.number, language).cloned().unwrap_or_default();
        for (field, text) in [("title", words.title), ("meaning", words.meaning), ("action", words.action)] {
            if text.trim().is_empty() {
                missing.push(format!("{} has no {field} in {language}", entry.number));
            }
        }
        if !labels.get(language).is_some_and(|labels| labels.owners.contains_key(&entry.owner)) {
            missing.push(format!("{} has an owner without a name in {language}: {}", entry.number, entry.owner));
        }
    }
    if !tests.iter().any(|test| expects(test, entry)) {
        missing.push(format!("{} {} is expected by no test", entry.number, entry.slug));
    }
    missing
}

/// True when a test names the code, in any of its three names, as a whole word.
fn expects(test: &str, entry: &Entry) -> bool {
    [format!("Code::{}", entry.name), entry.number.clone(), entry.slug.clone()].iter().any(|name| {
        test.match_indices(name.as_str()).any(|(at, _)| {
            let is_part = |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
            !is_part(test[..at].chars().next_back()) && !is_part(test[at + name.len()..].chars().next())
        })
    })
}

/// The part of a file that tests: all of a test file or a fixture, the test module of a source file.
fn tests_in(file: &Path) -> Option<String> {
    let name = file.to_string_lossy().replace('\\', "/");
    let is_ours = name.starts_with("src-tauri/") || name.starts_with("tests/");
    if !is_ours || NO_TESTS.contains(&name.as_str()) || name.starts_with("src-tauri/xtask/") {
        return None;
    }
    let text = || std::fs::read_to_string(root().join(file)).ok();
    let is_rust = name.ends_with(".rs");
    if name.contains("/tests/") || name.ends_with("/tests.rs") || (!is_rust && name.starts_with("tests/")) {
        return text();
    }
    if is_rust { text()?.split_once("#[cfg(test)]").map(|(_, tests)| tests.to_owned()) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{Said, Words};

    fn entry() -> Entry {
        let text = |text: &str| text.to_owned();
        Entry {
            name: text("Dns"),
            number: text("AR-202"),
            slug: text("dns"),
            owner: text("network"),
            severity: text("blocking"),
        }
    }

    fn whole() -> (Table, BTreeMap<String, Labels>) {
        let said = || "said".to_owned();
        let words = || Words { title: said(), meaning: said(), action: said() };
        let words = LANGUAGES.map(|language| (language.to_owned(), words())).into();
        let table = Table { plain: vec![Said { code: "AR-202".to_owned(), facts: BTreeMap::new(), words }] };
        let labels = LANGUAGES.map(|language| {
            let owners = BTreeMap::from([("network".to_owned(), said())]);
            (language.to_owned(), Labels { owners, ..Labels::default() })
        });
        (table, labels.into())
    }

    #[track_caller]
    fn check(words: &Table, labels: &BTreeMap<String, Labels>, test: &str, expected: &[&str]) {
        assert_eq!(missing(&entry(), words, labels, &[test.to_owned()]), expected);
    }

    #[test]
    fn a_whole_code_is_let_be() {
        let (words, labels) = whole();
        for test in ["check(Code::Dns)", "assert_eq!(code, \"AR-202\")", "{\"expect\": \"dns\"}"] {
            check(&words, &labels, test, &[]);
        }
    }

    #[test]
    fn whatever_a_code_lacks_is_told() {
        let (mut words, mut labels) = whole();
        for test in ["", "Code::DnsHijack", "AR-2021", "dns_hijack", "my_dns"] {
            check(&words, &labels, test, &["AR-202 dns is expected by no test"]);
        }
        words.plain[0].words.get_mut("en").expect("words").action.clear();
        check(&words, &labels, "Code::Dns", &["AR-202 has no action in en"]);
        labels.get_mut("zh-CN").expect("labels").owners.clear();
        let owner = "AR-202 has an owner without a name in zh-CN: network";
        check(&words, &labels, "Code::Dns", &[owner, "AR-202 has no action in en"]);
    }

    #[test]
    fn naming_a_code_in_the_program_is_no_test() {
        assert_eq!(tests_in(Path::new("src-tauri/crates/core/src/lib.rs")), None);
        assert_eq!(tests_in(Path::new("tests/fixtures/guide-codes.json")), None);
        let own = tests_in(Path::new("src-tauri/crates/core/src/finding.rs")).expect("it has tests");
        assert!(!own.contains("catalogue! {"));
    }
}
