//! `explain`: what a code means. A supporter hears a code over the phone and wants to read what the
//! person in front of the screen reads.

use airouter_core::finding::{Code, Finding};
use airouter_core::preset::Preset;
use airouter_core::view::Locale;
use serde_json::{Value, json};

use crate::arguments::Explain;
use crate::output::Answer;
use crate::people;
use crate::words::{self, label};

/// How many codes are named in the place of one that does not exist.
const NEAR: usize = 3;

/// `explain`
pub(crate) fn explain(arguments: &Explain, locale: Locale) -> Answer {
    let preset = Preset::airouter();
    match find(&arguments.code) {
        Some(code) => {
            let (chinese, english) = (words::tag(Locale::ZhCn), words::tag(Locale::En));
            let in_words = |locale| words::of(&Finding::new(code), locale, &preset);
            let words = json!({chinese: in_words(Locale::ZhCn), english: in_words(Locale::En)});
            let cases = |locale| words::cases(code, locale, &preset);
            let cases = json!({chinese: cases(Locale::ZhCn), english: cases(Locale::En)});
            Answer::new(Vec::new())
                .with("code", code)
                .with("name", code.slug())
                .with("owner", code.owner())
                .with("severity", code.severity())
                .with("words", words)
                .with("cases", cases)
                .reads(whole(code, locale, &preset))
        }
        None => {
            let near = near(&arguments.code);
            let named: Vec<&str> = near.iter().map(|code| code.number()).collect();
            let advice = people::term("noCode", locale).replace("{near}", &named.join(" "));
            Answer::misused(advice.replace("{word}", &arguments.code)).with("near", near)
        }
    }
}

/// A finding in full: code, what it is, what it means, what to do, whose it is.
pub fn text(finding: &Finding, locale: Locale, preset: &Preset) -> String {
    let Some(words) = words::of(finding, locale, preset) else { return finding.code.to_string() };
    let heading = |word: &str| label(locale, |labels| &labels.headings, word);
    let severity = label(locale, |labels| &labels.severities, &word_of(finding.severity));
    let owner = label(locale, |labels| &labels.owners, &word_of(finding.owner));
    [
        format!("{}  {}", finding.code.number(), words.title),
        format!("{}  {}", heading("meaning"), words.meaning),
        format!("{}  {}", heading("action"), words.action),
        format!("{}  {owner} ({severity})", heading("owner")),
    ]
    .join("\n")
}

/// The same of a code, with what else the person may read beside its number.
fn whole(code: Code, locale: Locale, preset: &Preset) -> String {
    let mut whole = text(&Finding::new(code), locale, preset);
    let cases = words::cases(code, locale, preset);
    if !cases.is_empty() {
        whole += &format!("\n{}", label(locale, |labels| &labels.headings, "cases"));
    }
    let general = words::of(&Finding::new(code), locale, preset).map(|words| words.action);
    for words in cases {
        let what = if general.as_ref() == Some(&words.action) { "" } else { words.action.as_str() };
        whole += format!("\n  {}  {} {what}", words.title, words.meaning).trim_end();
    }
    whole
}

/// The stable word of an owner or a severity.
pub fn word_of(value: impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}

/// The code that was read out, however it was written down.
fn find(said: &str) -> Option<Code> {
    let said = said.trim().to_lowercase();
    let digits = said.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    let is_it = |code: &&Code| {
        let number = code.number().to_lowercase();
        said == code.slug() || said == number || (is_spoken(&said) && number.ends_with(digits) && digits.len() == 3)
    };
    Code::ALL.iter().find(is_it).copied()
}

/// True for `503`, `ar503`, `AR 503`: three digits with nothing but the letters before them.
fn is_spoken(said: &str) -> bool {
    let letters: String = said.chars().filter(char::is_ascii_alphabetic).collect();
    (letters.is_empty() || letters == "ar") && said.chars().filter(char::is_ascii_digit).count() == 3
}

/// Codes that may have been meant: of the nearest numbers, or with the nearest names.
fn near(said: &str) -> Vec<Code> {
    let said = said.trim().to_lowercase();
    let digits: String = said.chars().filter(char::is_ascii_digit).take(3).collect();
    let mut codes = Code::ALL.to_vec();
    match digits.parse::<i32>() {
        Ok(number) => codes.sort_by_key(|code| (number_of(*code) - number).abs()),
        Err(_) => codes.sort_by_key(|code| std::cmp::Reverse(alike(&said, code.slug()))),
    }
    codes.truncate(NEAR);
    codes
}

fn number_of(code: Code) -> i32 {
    code.number().trim_start_matches("AR-").parse().unwrap_or_default()
}

/// How many pairs of neighbouring letters two words share.
fn alike(one: &str, other: &str) -> usize {
    let pairs = |word: &str| word.as_bytes().windows(2).map(<[u8]>::to_vec).collect::<Vec<_>>();
    let others = pairs(other);
    pairs(one).iter().filter(|pair| others.contains(pair)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_however_it_is_written_down() {
        for said in ["AR-503", "ar-503", "503", "AR503", " ar 503 ", "quota_exhausted"] {
            assert_eq!(find(said), Some(Code::QuotaExhausted), "{said}");
        }
        for said in ["", "AR-599", "AR", "5030", "HTTP 503", "quota"] {
            assert_eq!(find(said), None, "{said}");
        }
    }

    #[test]
    fn near_ones_are_named() {
        assert_eq!(near("AR-599")[0], Code::GatewayDown);
        assert_eq!(near("quota")[0], Code::QuotaExhausted);
        assert_eq!(near("proxy_author")[0], Code::ProxyAuth);
        assert_eq!(near("").len(), NEAR);
    }

    #[test]
    fn all_that_may_stand_beside_a_code_is_told() {
        let text = whole(Code::KeyLint, Locale::En, &Preset::airouter());
        for part in ["Part of the key is hidden", "The key was pasted twice", "This is a key of another service"] {
            assert!(text.contains(part), "{text}");
        }
        assert!(!text.contains(['{', '[']), "{text}");
        assert!(!whole(Code::Overloaded, Locale::En, &Preset::airouter()).contains("may also say"));
    }

    #[test]
    fn an_explanation_is_whole() {
        let text = text(&Finding::new(Code::QuotaExhausted), Locale::En, &Preset::airouter());
        let words = words::of(&Finding::new(Code::QuotaExhausted), Locale::En, &Preset::airouter()).expect("words");
        for part in ["AR-503", &words.title, &words.meaning, &words.action] {
            assert!(text.contains(part), "{text}");
        }
        assert!(!text.contains('{'), "{text}");
    }
}
