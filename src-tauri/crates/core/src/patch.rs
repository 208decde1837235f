//! The last step of undo, from restored values to the original bytes.
//!
//! Restoring values leaves traces in the text: a line break where a new key had been, a key at another place
//! of its object. Once the first text is known, the differing pieces are recorded. They are applied only to
//! exactly the text that they were made for, so later changes of others are preserved.
//!
//! The text is another program's settings and may hold secrets. So a piece holds none of it except what the
//! journal holds anyway: it refers to places of the text that it is applied to, and its own content is white
//! space, JSON punctuation, and letters of the values that this program has changed.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The most that is recorded, in bytes: the traces are a few.
const LONGEST: usize = 16 * 1024;

/// The differing pieces of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patch {
    /// SHA-256 of the text that this applies to, in hexadecimal digits.
    of: String,
    /// In the order of the text, not overlapping.
    pieces: Vec<Piece>,
}

/// One piece of a text and its replacement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Piece {
    /// Where it begins, in bytes.
    start: usize,
    /// Where it ends.
    end: usize,
    /// The replacement, unless there are parts.
    text: String,
    /// The replacement, part by part.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    parts: Vec<Part>,
}

/// A part of a replacement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Part {
    /// The bytes of the text between these positions.
    Copy(usize, usize),
    /// Punctuation, white space and known letters.
    Signs(String),
}

impl Patch {
    /// The difference of two texts; `None` if it is too long to record, or if the second text holds something
    /// that is neither in the first nor in `known`, which may be recorded.
    pub fn between(from: &str, to: &str, known: impl FnOnce() -> String) -> Option<Self> {
        let pieces = match blanks(from, to) {
            Some(pieces) => pieces,
            None => vec![middle(from, to, &known())?],
        };
        let length: usize = pieces.iter().map(|piece| piece.text.len() + piece.parts.len()).sum();
        (length <= LONGEST).then(|| Self { of: sum(from), pieces })
    }

    /// The original text; `None` if `text` is not the one that this applies to.
    pub fn apply(&self, text: &str) -> Option<String> {
        if sum(text) != self.of {
            return None;
        }
        let mut whole = String::new();
        let mut done = 0;
        for piece in &self.pieces {
            whole.push_str(text.get(done..piece.start)?);
            whole.push_str(&piece.text);
            for part in &piece.parts {
                whole.push_str(match part {
                    Part::Copy(start, end) => text.get(*start..*end)?,
                    Part::Signs(signs) => signs,
                });
            }
            done = piece.end;
        }
        whole.push_str(text.get(done..)?);
        Some(whole)
    }
}

/// The runs of white space that differ, if nothing else does.
fn blanks(from: &str, to: &str) -> Option<Vec<Piece>> {
    let (mut at, mut rest) = (0, to);
    let mut pieces = Vec::new();
    loop {
        let (tail, wanted) = (from[at..].trim_start_matches(is_blank), rest.trim_start_matches(is_blank));
        let start = at;
        at = from.len() - tail.len();
        let text = &rest[..rest.len() - wanted.len()];
        if &from[start..at] != text {
            pieces.push(Piece { start, end: at, text: text.to_owned(), parts: Vec::new() });
        }
        match (tail.chars().next(), wanted.chars().next()) {
            (Some(a), Some(b)) if a == b => {
                at += a.len_utf8();
                rest = &wanted[b.len_utf8()..];
            }
            (None, None) => return Some(pieces),
            _ => return None,
        }
    }
}

/// The text between the common beginning and the common end, composed of places of the first text.
fn middle(from: &str, to: &str, known: &str) -> Option<Piece> {
    let start: usize = from.chars().zip(to.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let (rest, wanted) = (&from[start..], &to[start..]);
    let tail: usize =
        rest.chars().rev().zip(wanted.chars().rev()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let parts = parts(from, &wanted[..wanted.len() - tail], known)?;
    Some(Piece { start, end: from.len() - tail, text: String::new(), parts })
}

/// A text as places of another one, pieces of `known`, and punctuation; `None` where a letter of it is in
/// neither, or where the search would take too long.
fn parts(from: &str, wanted: &str, known: &str) -> Option<Vec<Part>> {
    if wanted.len() > LONGEST || from.len() > 16 * LONGEST {
        return None;
    }
    let mut parts = Vec::new();
    let mut rest = wanted;
    while let Some(first) = rest.chars().next() {
        let signs = rest.len() - rest.trim_start_matches(is_sign).len();
        if signs > 0 {
            parts.push(Part::Signs(rest[..signs].to_owned()));
            rest = &rest[signs..];
            continue;
        }
        let (part, length) = match (longest(from, rest, first), longest(known, rest, first)) {
            (Some((at, length)), other) if other.is_none_or(|(_, other)| other <= length) => {
                (Part::Copy(at, at + length), length)
            }
            (_, Some((_, length))) => (Part::Signs(rest[..length].to_owned()), length),
            _ => return None,
        };
        parts.push(part);
        rest = &rest[length..];
    }
    Some(parts)
}

/// The place of the longest run with which `rest` begins, and its length in bytes.
fn longest(within: &str, rest: &str, first: char) -> Option<(usize, usize)> {
    let same = |at: usize| within[at..].chars().zip(rest.chars()).take_while(|(a, b)| a == b);
    let length = |at: usize| same(at).map(|(a, _)| a.len_utf8()).sum::<usize>();
    within.match_indices(first).map(|(at, _)| (at, length(at))).max_by_key(|(_, length)| *length)
}

/// True for the punctuation of JSON, which is not secret.
fn is_sign(c: char) -> bool {
    is_blank(c) || matches!(c, '{' | '}' | '[' | ']' | ',' | ':')
}

/// True for JSON's white space.
fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

fn sum(text: &str) -> String {
    use std::fmt::Write as _;
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_patch_is_for_one_text_only() {
        let patch = Patch::between("{\"a\":1\n}", "{\"a\":1}", String::new).unwrap();
        assert_eq!(patch.apply("{\"a\":1\n}").as_deref(), Some("{\"a\":1}"));
        assert_eq!(patch.apply("{\"a\":2\n}"), None);
    }

    #[test]
    fn values_that_change_places_are_not_noted_themselves() {
        let first = r#"{"inferenceModels":["m"],"inferenceCustomHeaders":{"X-Team":"hunter2-and-more"},"z":1}"#;
        let back = r#"{"inferenceCustomHeaders":{"X-Team":"hunter2-and-more"},"z":1,"inferenceModels":["m"]}"#;
        let patch = Patch::between(back, first, String::new).unwrap();
        assert_eq!(patch.apply(back).as_deref(), Some(first));
        let noted = serde_json::to_string(&patch).unwrap();
        assert!(!noted.contains("hunter") && !noted.contains("Team"), "{noted}");
    }

    #[test]
    fn what_stands_nowhere_in_the_text_is_not_noted() {
        let (one, other) = (r#"{"a":1}"#, r#"{"b":"\u0073ecret"}"#);
        assert_eq!(Patch::between(one, other, String::new), None);
        let known = Patch::between(one, other, || r#""b":"\u0073ecret""#.to_owned()).unwrap();
        assert_eq!(known.apply(one).as_deref(), Some(other));
    }

    #[test]
    fn a_patch_of_an_earlier_version_is_still_read() {
        let old = r#"{"of":"SUM","pieces":[{"start":1,"end":2,"text":"x"}]}"#.replace("SUM", &sum("abc"));
        let patch: Patch = serde_json::from_str(&old).unwrap();
        assert_eq!(patch.apply("abc").as_deref(), Some("axc"));
    }

    proptest! {
        #[test]
        fn it_leads_to_the_other_text_or_there_is_none(from in "[ab{},:\" ]{0,40}", to in "[ab{},:\" ]{0,40}") {
            if let Some(patch) = Patch::between(&from, &to, String::new) {
                prop_assert_eq!(patch.apply(&from), Some(to));
            }
        }

        #[test]
        fn any_text_leads_to_itself_in_another_order(one in "\\PC{0,20}", other in "\\PC{0,20}") {
            let (from, to) = (format!("{one}{other}"), format!("{other}{one}"));
            let patch = Patch::between(&from, &to, String::new).unwrap();
            prop_assert_eq!(patch.apply(&from), Some(to));
        }
    }
}
