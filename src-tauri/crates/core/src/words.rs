//! The sentences of findings, for those who speak without a page: the command line and the report. They
//! are the page's own: `words.json` is written from its word tables, and a test of the page fails when
//! they differ.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::finding::{Code, Finding};
use crate::preset::Preset;
use crate::view::Locale;

/// What is said of a code.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Words {
    /// What it is.
    pub title: String,
    /// What it means.
    pub meaning: String,
    /// The one thing to do.
    pub action: String,
}

type Table = HashMap<String, HashMap<String, Words>>;

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../src/bin/airouter-setup-cli/words.json")).unwrap_or_default()
});

/// What is said of a code, with the gateway by its name.
pub fn of(code: Code, locale: Locale, preset: &Preset) -> Option<Words> {
    let words = TABLE.get(tag(locale))?.get(code.number())?;
    let named = |text: &str| {
        text.replace("{gateway}", &preset.name)
            .replace("{host}", preset.base.host())
            .replace("{base}", preset.base.as_str())
    };
    Some(Words { title: named(&words.title), meaning: named(&words.meaning), action: named(&words.action) })
}

/// A finding in one line: code, what it is, what to do, with the gateway by its name.
pub fn sentence(finding: &Finding, locale: Locale, preset: &Preset) -> String {
    let Some(words) = of(finding.code, locale, preset) else { return finding.code.to_string() };
    format!("{}  {} {}", finding.code.number(), words.title, words.action).trim_end().to_owned()
}

/// A language by its tag.
pub fn tag(locale: Locale) -> &'static str {
    match locale {
        Locale::ZhCn => "zh-CN",
        Locale::En => "en",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
