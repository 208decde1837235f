//! What people read on a terminal. The sentences are the window's own: `words.json` is written from
//! its word tables, and a test of the window fails when they differ.

use std::collections::HashMap;
use std::sync::LazyLock;

use airouter_core::finding::Finding;
use airouter_core::preset::Preset;
use airouter_core::view::Locale;
use serde::Deserialize;

#[derive(Deserialize)]
struct Words {
    title: String,
    action: String,
}

type Table = HashMap<String, HashMap<String, Words>>;

static TABLE: LazyLock<Table> = LazyLock::new(|| serde_json::from_str(include_str!("words.json")).unwrap_or_default());

/// A finding in one line: code, what it is, what to do, with the gateway by its name.
pub(crate) fn sentence(finding: &Finding, locale: Locale, preset: &Preset) -> String {
    let number = finding.code.number();
    let Some(words) = TABLE.get(tag(locale)).and_then(|words| words.get(number)) else {
        return finding.code.to_string();
    };
    format!("{number}  {} {}", words.title, words.action)
        .trim_end()
        .replace("{gateway}", &preset.name)
        .replace("{host}", preset.base.host())
        .replace("{base}", preset.base.as_str())
}

/// What is said when there is nothing to say.
pub(crate) fn all_well(locale: Locale) -> &'static str {
    match locale {
        Locale::ZhCn => "一切正常。",
        Locale::En => "All is well.",
    }
}

fn tag(locale: Locale) -> &'static str {
    match locale {
        Locale::ZhCn => "zh-CN",
        Locale::En => "en",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use airouter_core::finding::Code;

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
