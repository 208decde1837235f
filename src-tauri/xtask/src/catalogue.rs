//! The catalogue of findings and its words, read as text: what checks and describes the program need
//! not build it.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::step::root;

/// The languages by their tags, the first one written first.
pub(crate) const LANGUAGES: [&str; 2] = ["zh-CN", "en"];

const CATALOGUE: &str = "src-tauri/crates/core/src/finding.rs";
const WORDS: &str = "src-tauri/crates/core/src/said.json";
const LABELS: &str = "src-tauri/crates/cli/src/labels.json";
const SCENARIOS: &str = "src-tauri/crates/practice/src/scenarios.json";

/// A code as the catalogue has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Its name in Rust, such as `QuotaExhausted`.
    pub(crate) name: String,
    /// `AR-503`
    pub(crate) number: String,
    /// `quota_exhausted`
    pub(crate) slug: String,
    /// The owner's word, such as `this-computer`.
    pub(crate) owner: String,
    /// The severity's word, such as `blocking`.
    pub(crate) severity: String,
}

/// What is said of a code.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Words {
    pub(crate) title: String,
    pub(crate) meaning: String,
    pub(crate) action: String,
}

/// What the page says of a code, in general or where a fact changes it.
#[derive(Debug, Deserialize)]
pub(crate) struct Said {
    pub(crate) code: String,
    pub(crate) facts: BTreeMap<String, String>,
    /// By language.
    #[serde(flatten)]
    pub(crate) words: BTreeMap<String, Words>,
}

/// Everything that is said.
#[derive(Debug, Deserialize)]
pub(crate) struct Table {
    pub(crate) plain: Vec<Said>,
}

impl Table {
    /// What is said of a code with these facts.
    pub(crate) fn of(&self, number: &str, facts: &BTreeMap<String, String>, language: &str) -> Option<&Words> {
        let said = self.plain.iter().find(|said| said.code == number && said.facts == *facts)?;
        said.words.get(language)
    }

    /// What is said of a code in general.
    pub(crate) fn general(&self, number: &str, language: &str) -> Option<&Words> {
        self.of(number, &BTreeMap::new(), language)
    }

    /// What is said of it instead, where a fact changes it.
    pub(crate) fn cases(&self, number: &str, language: &str) -> impl Iterator<Item = &Words> {
        let cases = self.plain.iter().filter(move |said| said.code == number && !said.facts.is_empty());
        cases.filter_map(move |said| said.words.get(language))
    }
}

/// Single words and headings.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Labels {
    pub(crate) owners: BTreeMap<String, String>,
    pub(crate) severities: BTreeMap<String, String>,
    pub(crate) groups: BTreeMap<String, String>,
    pub(crate) headings: BTreeMap<String, String>,
}

/// A scenario, as far as people read of it.
#[derive(Debug, Deserialize)]
pub(crate) struct Scenario {
    pub(crate) id: String,
    pub(crate) group: String,
    pub(crate) code: String,
    #[serde(default)]
    pub(crate) facts: BTreeMap<String, String>,
    #[serde(flatten)]
    rest: BTreeMap<String, serde_json::Value>,
}

/// What is said in a scenario.
#[derive(Debug, Deserialize)]
pub(crate) struct Script {
    pub(crate) title: String,
    pub(crate) customer: String,
    pub(crate) supporter: Vec<String>,
    pub(crate) end: String,
}

impl Scenario {
    /// What is said in a language.
    pub(crate) fn script(&self, language: &str) -> Result<Script> {
        let script = self.rest.get(language).with_context(|| format!("{} says nothing in {language}", self.id))?;
        Ok(serde_json::from_value(script.clone())?)
    }
}

/// All codes, in their order.
pub(crate) fn entries() -> Result<Vec<Entry>> {
    let entries = entries_in(&read(CATALOGUE)?);
    ensure!(entries.len() > 80, "{CATALOGUE} is not written as it used to be: {} codes are found", entries.len());
    Ok(entries)
}

/// The words of all codes.
pub(crate) fn words() -> Result<Table> {
    serde_json::from_str(&read(WORDS)?).with_context(|| WORDS.to_owned())
}

/// Labels by language.
pub(crate) fn labels() -> Result<BTreeMap<String, Labels>> {
    serde_json::from_str(&read(LABELS)?).with_context(|| LABELS.to_owned())
}

/// All scenarios, in the order of a list.
pub(crate) fn scenarios() -> Result<Vec<Scenario>> {
    serde_json::from_str(&read(SCENARIOS)?).with_context(|| SCENARIOS.to_owned())
}

fn read(path: &str) -> Result<String> {
    std::fs::read_to_string(root().join(path)).with_context(|| path.to_owned())
}

/// Lines such as `KeyRejected = "AR-402", "key_rejected", Key, Blocking;`
fn entries_in(text: &str) -> Vec<Entry> {
    text.lines().filter_map(entry).collect()
}

fn entry(line: &str) -> Option<Entry> {
    let (name, rest) = line.trim().strip_suffix(';')?.split_once(" = ")?;
    let parts: Vec<&str> = rest.split(", ").collect();
    let [number, slug, owner, severity] = parts.as_slice() else { return None };
    let quoted = |text: &str| Some(text.strip_prefix('"')?.strip_suffix('"')?.to_owned());
    Some(Entry {
        name: name.to_owned(),
        number: quoted(number).filter(|number| number.starts_with("AR-"))?,
        slug: quoted(slug)?,
        owner: kebab(owner),
        severity: kebab(severity),
    })
}

/// `ThisComputer` as `this-computer`.
fn kebab(name: &str) -> String {
    let mut word = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !word.is_empty() {
            word.push('-');
        }
        word.extend(letter.to_lowercase());
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_catalogue_is_read() {
        let found = entries_in("  /// No key.\n  DnsHijack = \"AR-203\", \"dns_hijack\", ThisComputer, Blocking;\n}\n");
        let expected = Entry {
            name: "DnsHijack".to_owned(),
            number: "AR-203".to_owned(),
            slug: "dns_hijack".to_owned(),
            owner: "this-computer".to_owned(),
            severity: "blocking".to_owned(),
        };
        assert_eq!(found, [expected]);
        assert_eq!(entries_in("let word = \"x\";\nlet four = (1, 2, 3, 4);"), []);
    }

    #[test]
    fn the_whole_catalogue_is_found() {
        let all = entries().expect("the catalogue");
        let numbers = std::fs::read_to_string(root().join(CATALOGUE)).expect("the catalogue");
        assert_eq!(all.len(), numbers.matches("= \"AR-").count());
    }
}
