//! The sentences of findings for the command line and the report, which have no page. They are the page's
//! own: `words.json` is written from its word tables (see `facts.ts`) and `said.json` from its sentences for
//! samples, and a test of the page fails when they differ.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::finding::{Code, Finding};
use crate::locale::Locale;
use crate::preset::Preset;

/// The words of a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// The title.
    pub title: String,
    /// The meaning.
    pub meaning: String,
    /// The one action.
    pub action: String,
}

/// The words as templates: `{name}` is a fact, of `[one|other|last]` the first is used whose facts are known.
#[derive(Debug, Deserialize)]
struct Template {
    #[serde(flatten)]
    general: Words,
    /// Other words, by a fact's name and its value.
    #[serde(default)]
    cases: BTreeMap<String, BTreeMap<String, Case>>,
}

#[derive(Debug, Deserialize)]
struct Case {
    title: Option<String>,
    meaning: Option<String>,
    action: Option<String>,
}

impl Case {
    fn over(&self, general: Words) -> Words {
        let said = |own: &Option<String>, general| own.clone().unwrap_or(general);
        Words {
            title: said(&self.title, general.title),
            meaning: said(&self.meaning, general.meaning),
            action: said(&self.action, general.action),
        }
    }
}

type Table = HashMap<String, HashMap<String, Template>>;

static TABLE: LazyLock<Table> = LazyLock::new(|| serde_json::from_str(include_str!("words.json")).unwrap_or_default());

/// The words of a finding with its facts, with the gateway's name.
pub fn of(finding: &Finding, locale: Locale, preset: &Preset) -> Option<Words> {
    let template = template(finding.code, locale)?;
    let words = template.cases.iter().fold(template.general.clone(), |words, (name, values)| {
        match finding.fact(name).and_then(|value| values.get(value)) {
            Some(case) => case.over(words),
            None => words,
        }
    });
    let value = |name: &str| match name {
        "gateway" => Some(preset.name.as_str()),
        "gateway.host" => Some(preset.base.host()),
        "gateway.base" => Some(preset.base.as_str()),
        _ => finding.fact(name).filter(|value| !value.is_empty()),
    };
    Some(Words {
        title: fill(&words.title, &value),
        meaning: fill(&words.meaning, &value),
        action: fill(&words.action, &value),
    })
}

/// The words of a code for each fact that changes them.
pub fn cases(code: Code, locale: Locale, preset: &Preset) -> Vec<Words> {
    let cases = template(code, locale).into_iter().flat_map(|template| &template.cases);
    let values = cases.flat_map(|(name, values)| values.keys().map(move |value| (name, value)));
    values.filter_map(|(name, value)| of(&Finding::new(code).with(name, value), locale, preset)).collect()
}

/// A finding in one line: code, title, action, with the gateway's name.
pub fn sentence(finding: &Finding, locale: Locale, preset: &Preset) -> String {
    let Some(words) = of(finding, locale, preset) else { return finding.code.to_string() };
    let stop = match locale {
        Locale::ZhCn => "。",
        Locale::En => ". ",
    };
    format!("{}  {}{stop}{}", finding.code.number(), words.title, words.action)
}

/// A language by its tag.
pub fn tag(locale: Locale) -> &'static str {
    match locale {
        Locale::ZhCn => "zh-CN",
        Locale::En => "en",
    }
}

fn template(code: Code, locale: Locale) -> Option<&'static Template> {
    TABLE.get(tag(locale))?.get(code.number())
}

fn fill<'a>(template: &str, value: &impl Fn(&str) -> Option<&'a str>) -> String {
    let is_known = |text: &&str| parts(text, '{', '}').all(|(_, name)| name.is_none_or(|name| value(name).is_some()));
    let chosen: String = parts(template, '[', ']')
        .map(|(plain, choice)| {
            let chosen = choice.and_then(|choice| choice.split('|').find(is_known));
            format!("{plain}{}", chosen.unwrap_or_default())
        })
        .collect();
    parts(&chosen, '{', '}')
        .map(|(plain, name)| format!("{plain}{}", name.and_then(value).unwrap_or_default()))
        .collect()
}

/// The plain pieces of a text, each with the text in brackets after it.
fn parts(text: &str, open: char, close: char) -> impl Iterator<Item = (&str, Option<&str>)> {
    text.split_inclusive(close).map(move |piece| {
        let bracketed = piece.strip_suffix(close).and_then(|piece| piece.split_once(open));
        bracketed.map_or((piece, None), |(plain, inside)| (plain, Some(inside)))
    })
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
                assert!(!sentence.contains(['{', '[', '|']), "{sentence}");
            }
        }
    }

    #[derive(Deserialize)]
    struct Samples {
        plain: Vec<Sample>,
        odd: Vec<Sample>,
    }

    #[derive(Deserialize)]
    struct Sample {
        code: String,
        facts: BTreeMap<String, String>,
        #[serde(flatten)]
        said: HashMap<String, Words>,
    }

    #[test]
    fn the_page_and_the_command_line_say_the_same_of_the_same_facts() {
        let Samples { plain, odd } = serde_json::from_str(include_str!("said.json")).expect("samples");
        assert!(plain.len() > Code::ALL.len() && odd.len() > 50);
        for Sample { code, facts, said } in plain.into_iter().chain(odd) {
            let known = Code::ALL.iter().find(|known| known.number() == code).expect("a code");
            let finding = facts.iter().fold(Finding::new(*known), |finding, (name, value)| finding.with(name, value));
            for locale in [Locale::ZhCn, Locale::En] {
                assert_eq!(
                    of(&finding, locale, &Preset::airouter()).as_ref(),
                    said.get(tag(locale)),
                    "{code} {facts:?}"
                );
            }
        }
    }
}
