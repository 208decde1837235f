//! The last step of undoing, from the right values to the right bytes.
//!
//! Putting values back leaves a trace in the text: a line break where a new key had stood, a key at
//! another place of its object. Once the first text is known, the pieces in
//! which it differs are kept. They are applied only to exactly the text that they were made for, so
//! whatever others did later stays.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Most that is kept, in bytes: the traces are a few.
const LONGEST: usize = 16 * 1024;

/// The pieces of a text that were different.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patch {
    /// SHA-256 of the text that this is for, in hexadecimal digits.
    of: String,
    /// In the order of the text, apart from one another.
    pieces: Vec<Piece>,
}

/// One piece of a text and what it is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Piece {
    /// Where it begins, in bytes.
    start: usize,
    /// Where it ends.
    end: usize,
    /// What it becomes.
    text: String,
}

impl Patch {
    /// The way from one text to another; nothing if it is too long to keep.
    pub fn between(from: &str, to: &str) -> Option<Self> {
        let pieces = blanks(from, to).unwrap_or_else(|| vec![middle(from, to)]);
        let length: usize = pieces.iter().map(|piece| piece.text.len()).sum();
        (length <= LONGEST).then(|| Self { of: sum(from), pieces })
    }

    /// The text as it was; nothing if it is not the text that this is for.
    pub fn apply(&self, text: &str) -> Option<String> {
        if sum(text) != self.of {
            return None;
        }
        let mut whole = String::new();
        let mut done = 0;
        for piece in &self.pieces {
            whole.push_str(text.get(done..piece.start)?);
            whole.push_str(&piece.text);
            done = piece.end;
        }
        whole.push_str(text.get(done..)?);
        Some(whole)
    }

    /// True when the pieces hold nothing but white space: nothing of anybody's.
    pub fn is_blank(&self) -> bool {
        self.pieces.iter().all(|piece| piece.text.chars().all(is_blank))
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
            pieces.push(Piece { start, end: at, text: text.to_owned() });
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

/// What lies between the common beginning and the common end.
fn middle(from: &str, to: &str) -> Piece {
    let start: usize = from.chars().zip(to.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let (rest, wanted) = (&from[start..], &to[start..]);
    let tail: usize =
        rest.chars().rev().zip(wanted.chars().rev()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    Piece { start, end: from.len() - tail, text: wanted[..wanted.len() - tail].to_owned() }
}

/// JSON's own white space.
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
        let patch = Patch::between("{\"a\":1\n}", "{\"a\":1}").unwrap();
        assert_eq!(patch.apply("{\"a\":1\n}").as_deref(), Some("{\"a\":1}"));
        assert_eq!(patch.apply("{\"a\":2\n}"), None);
        assert!(patch.is_blank());
    }

    proptest! {
        #[test]
        fn it_leads_from_any_text_to_any_other(from in "\\PC{0,40}", to in "\\PC{0,40}") {
            let patch = Patch::between(&from, &to).unwrap();
            prop_assert_eq!(patch.apply(&from), Some(to));
        }
    }
}
