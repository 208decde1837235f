//! What people read on a terminal, beside the sentences of findings: `labels.json` is written from the
//! window's word tables, and a test of the window fails when they differ.

use std::collections::HashMap;
use std::sync::LazyLock;

use airouter_core::finding::Finding;
use airouter_core::view::Locale;
use serde::Deserialize;

pub use airouter_core::words::{cases, of, sentence, tag};

/// Single words and headings.
#[derive(Deserialize, Default)]
pub struct Labels {
    /// Whose it is, by the owner's word.
    pub owners: HashMap<String, String>,
    /// How bad it is.
    pub severities: HashMap<String, String>,
    /// Groups of scenarios, in no order.
    pub groups: HashMap<String, String>,
    /// Headings of an explanation and of a rehearsal.
    pub headings: HashMap<String, String>,
}

static LABELS: LazyLock<HashMap<String, Labels>> =
    LazyLock::new(|| serde_json::from_str(include_str!("labels.json")).unwrap_or_default());

/// A label of a kind, or the word itself where there is none.
pub fn label(locale: Locale, kind: fn(&Labels) -> &HashMap<String, String>, word: &str) -> String {
    let known = LABELS.get(tag(locale)).and_then(|labels| kind(labels).get(word));
    known.cloned().unwrap_or_else(|| word.to_owned())
}

/// A finding's facts, a line each.
pub fn facts(finding: &Finding) -> impl Iterator<Item = String> {
    finding.evidence.iter().map(|fact| format!("  {} = {}", fact.name, fact.value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::word_of;
    use airouter_core::finding::Code;
    use airouter_practice::scenario::Scenario;

    #[test]
    fn whatever_is_named_has_a_label_in_both_languages() {
        for locale in [Locale::ZhCn, Locale::En] {
            let labels = &LABELS[tag(locale)];
            for code in Code::ALL {
                assert!(labels.owners.contains_key(&word_of(code.owner())), "{code}");
                assert!(labels.severities.contains_key(&word_of(code.severity())), "{code}");
            }
            for scenario in Scenario::all() {
                assert!(labels.groups.contains_key(scenario.group.word()), "{}", scenario.id);
            }
            for heading in
                ["customer", "sees", "owner", "supporter", "end", "meaning", "action", "nothingReal", "list", "cases"]
            {
                assert!(labels.headings.contains_key(heading), "{heading}");
            }
        }
    }
}
