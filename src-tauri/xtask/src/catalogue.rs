//! The catalogue of findings and its words, read as text: what checks and describes the program need
//! not build it.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::step::root;

/// The languages by their tags, the first one written first.
pub(crate) const LANGUAGES: [&str; 2] = ["zh-CN", "en"];

const CATALOGUE: &str = "src-tauri/crates/core/src/finding.rs";
const WORDS: &str = "src-tauri/crates/core/src/words.json";
const LABELS: &str = "src-tauri/src/bin/airouter-setup-cli/labels.json";
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
    /// What is said instead, by a fact's name and its value.
    pub(crate) cases: BTreeMap<String, BTreeMap<String, Self>>,
}

impl Words {
    /// The same as it is said where no fact is known: the last of each `[one|other|last]`.
    pub(crate) fn general(&self, named: &dyn Fn(String) -> String) -> Self {
        let general = |template: &str| {
            let pieces = template.split_inclusive(']').map(|piece| match piece.trim_end_matches(']').split_once('[') {
                Some((plain, choice)) => format!("{plain}{}", choice.rsplit('|').next().unwrap_or_default()),
                None => piece.to_owned(),
            });
            named(pieces.collect())
        };
        let cases = self.cases.iter().map(|(name, values)| {
            let values = values.iter().map(|(value, words)| (value.clone(), words.general(named)));
            (name.clone(), values.collect())
        });
        Self {
            title: general(&self.title),
            meaning: general(&self.meaning),
            action: general(&self.action),
            cases: cases.collect(),
        }
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
    facts: BTreeMap<String, String>,
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
    /// What the customer reads of `words`, which are those of the code.
    pub(crate) fn sees(&self, mut words: Words) -> Words {
        let cases = std::mem::take(&mut words.cases);
        for case in self.facts.iter().filter_map(|(name, value)| cases.get(name)?.get(value)) {
            for (said, own) in [
                (&mut words.title, &case.title),
                (&mut words.meaning, &case.meaning),
                (&mut words.action, &case.action),
            ] {
                if !own.is_empty() {
                    said.clone_from(own);
                }
            }
        }
        words
    }

    /// What is said in a language.
    pub(crate) fn script(&self, language: &str) -> Result<Script> {
        let script = self.rest.get(language).with_context(|| format!("{} says nothing in {language}", self.id))?;
        Ok(serde_json::from_value(script.clone())?)
    }
}

/// Words by language and number.
pub(crate) type Table = BTreeMap<String, BTreeMap<String, Words>>;

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
