//! What people read on a terminal. The sentences are the window's own: `words.json` is written from
//! its word tables, and a test of the window fails when they differ.

use std::collections::HashMap;
use std::sync::LazyLock;

use airouter_core::finding::Finding;
use airouter_core::view::Locale;
use serde::Deserialize;

#[derive(Deserialize)]
struct Words {
    title: String,
    action: String,
}

type Table = HashMap<String, HashMap<String, Words>>;

static TABLE: LazyLock<Table> = LazyLock::new(|| serde_json::from_str(include_str!("words.json")).unwrap_or_default());

/// A finding in one line: code, what it is, what to do.
pub(crate) fn sentence(finding: &Finding, locale: Locale) -> String {
    let number = finding.code.number();
    match TABLE.get(tag(locale)).and_then(|words| words.get(number)) {
        Some(words) if words.action.is_empty() => format!("{number}  {}", words.title),
        Some(words) => format!("{number}  {} {}", words.title, words.action),
        None => finding.code.to_string(),
    }
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
                let sentence = sentence(&Finding::new(*code), locale);
                assert!(sentence.len() > code.to_string().len(), "{code} has no words in {}", tag(locale));
            }
        }
    }
}
