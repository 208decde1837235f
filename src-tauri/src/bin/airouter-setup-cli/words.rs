//! What people read on a terminal. The sentences are the window's own: `words.json` is written from
//! its word tables, and a test of the window fails when they differ.

use std::collections::HashMap;
use std::sync::LazyLock;

use airouter_core::finding::{Code, Finding};
use airouter_core::preset::Preset;
use airouter_core::view::Locale;
use serde::{Deserialize, Serialize};

/// What is said of a code.
#[derive(Deserialize, Serialize, Clone)]
pub(crate) struct Words {
    /// What it is.
    pub(crate) title: String,
    /// What it means.
    pub(crate) meaning: String,
    /// The one thing to do.
    pub(crate) action: String,
}

/// Single words and headings.
#[derive(Deserialize, Default)]
pub(crate) struct Labels {
    /// Whose it is, by the owner's word.
    pub(crate) owners: HashMap<String, String>,
    /// How bad it is.
    pub(crate) severities: HashMap<String, String>,
    /// Groups of scenarios, in no order.
    pub(crate) groups: HashMap<String, String>,
    /// Headings of an explanation and of a rehearsal.
    pub(crate) headings: HashMap<String, String>,
}

type Table = HashMap<String, HashMap<String, Words>>;

static TABLE: LazyLock<Table> = LazyLock::new(|| serde_json::from_str(include_str!("words.json")).unwrap_or_default());

static LABELS: LazyLock<HashMap<String, Labels>> =
    LazyLock::new(|| serde_json::from_str(include_str!("labels.json")).unwrap_or_default());

/// What is said of a code, with the gateway by its name.
pub(crate) fn of(code: Code, locale: Locale, preset: &Preset) -> Option<Words> {
    let words = TABLE.get(tag(locale))?.get(code.number())?;
    let named = |text: &str| {
        text.replace("{gateway}", &preset.name)
            .replace("{host}", preset.base.host())
            .replace("{base}", preset.base.as_str())
    };
    Some(Words { title: named(&words.title), meaning: named(&words.meaning), action: named(&words.action) })
}

/// A label of a kind, or the word itself where there is none.
pub(crate) fn label(locale: Locale, kind: fn(&Labels) -> &HashMap<String, String>, word: &str) -> String {
    let known = LABELS.get(tag(locale)).and_then(|labels| kind(labels).get(word));
    known.cloned().unwrap_or_else(|| word.to_owned())
}

/// A finding in one line: code, what it is, what to do, with the gateway by its name.
pub(crate) fn sentence(finding: &Finding, locale: Locale, preset: &Preset) -> String {
    let Some(words) = of(finding.code, locale, preset) else { return finding.code.to_string() };
    format!("{}  {} {}", finding.code.number(), words.title, words.action).trim_end().to_owned()
}

/// What is said when there is nothing to say.
pub(crate) fn all_well(locale: Locale) -> &'static str {
    match locale {
        Locale::ZhCn => "一切正常。",
        Locale::En => "All is well.",
    }
}

/// A language by its tag.
pub(crate) fn tag(locale: Locale) -> &'static str {
    match locale {
        Locale::ZhCn => "zh-CN",
        Locale::En => "en",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::word_of;
    use airouter_rehearsal::Scenario;

    #[test]
    fn every_code_has_a_sentence_in_both_languages() {
        for code in Code::ALL {
            for locale in [Locale::ZhCn, Locale::En] {
                let sentence = sentence(&Finding::new(*code), locale, &Preset::airouter());
                assert!(sentence.len() > code.to_string().len(), "{code} has no words in {}", tag(locale));
                assert!(!sentence.contains('{'), "{sentence}");
            }
        }
    }

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
            for heading in ["customer", "sees", "owner", "supporter", "end", "meaning", "action", "nothingReal", "list"]
            {
                assert!(labels.headings.contains_key(heading), "{heading}");
            }
        }
    }
}
