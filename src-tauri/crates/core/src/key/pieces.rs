//! Splits a text into words, addresses and Chinese, with gaps between.
//!
//! A key is delimited by characters that no key has: white space, quotes, brackets, assignments, Chinese.
//! Masking characters (`*`, `…`, `•`) and letters of other alphabets belong to a word: splitting there
//! would make a part of a key look complete.

use super::clean::unmarked;
use crate::text::is_han;

/// The kind of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters, digits and signs that a key may have.
    Word,
    /// Chinese, Japanese or Korean.
    Han,
    /// An address with its scheme.
    Address,
}

/// A piece of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece<'a> {
    pub(super) text: &'a str,
    pub(super) kind: Kind,
    /// The text between it and the piece before.
    pub(super) gap: &'a str,
    /// Where it begins in the text.
    pub(super) start: usize,
}

impl Piece<'_> {
    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// True when only white space separates it from the piece before.
    pub(super) fn follows_space(&self) -> bool {
        !self.gap.is_empty() && self.gap.chars().all(char::is_whitespace)
    }

    /// True when an assignment separates it from the piece before.
    pub(super) fn follows_assignment(&self) -> bool {
        self.gap.contains(['=', ':'])
    }

    pub(super) fn begins_line(&self) -> bool {
        self.gap.contains(['\n', '\r'])
    }
}

/// Signs that replace hidden characters.
pub(super) const MASKS: &[char] = &['*', '…', '⋯', '•', '●', '○', '∙', '·', '×', '■', '█', '▪'];

/// The pieces of a text in order.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found: Vec<Piece> = Vec::new();
    let mut rest = text;
    let mut gap_start = 0;
    while let Some(first) = rest.chars().next() {
        let start = text.len() - rest.len();
        let (kind, length) = if begins_address(rest) {
            (Kind::Address, address_length(rest))
        } else if is_han(first) {
            (Kind::Han, run(rest, is_han))
        } else if is_of_word(first) {
            (Kind::Word, word_length(rest))
        } else {
            rest = &rest[first.len_utf8()..];
            continue;
        };
        let piece = trimmed(&rest[..length], kind);
        // `${NAME:-value}`
        let piece = piece.strip_prefix('-').filter(|_| text[..start].ends_with(':')).unwrap_or(piece);
        let skipped = rest[..length].find(piece).unwrap_or(0);
        if !piece.is_empty() {
            let start = start + skipped;
            found.push(Piece { text: piece, kind, gap: &text[gap_start..start], start });
            gap_start = start + piece.len();
        }
        rest = &rest[length..];
    }
    found
}

fn is_of_word(c: char) -> bool {
    match c {
        c if c.is_ascii() => (c.is_ascii_graphic() || c.is_ascii_control()) && !c.is_whitespace() && !is_sign(c),
        c => MASKS.contains(&c) || (c.is_alphanumeric() && !is_han(c)),
    }
}

/// ASCII signs that separate words.
fn is_sign(c: char) -> bool {
    "\"'`{}[]()<>,;=|\\:&?!".contains(c)
}

fn begins_address(text: &str) -> bool {
    ["https://", "http://"].iter().any(|scheme| {
        text.as_bytes().get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme.as_bytes()))
    })
}

fn address_length(text: &str) -> usize {
    run(text, |c| !c.is_whitespace() && !is_han(c) && !"\"'`{}()<>,;|\\^，。；、".contains(c))
}

fn word_length(text: &str) -> usize {
    let length = run(text, is_of_word);
    // An address may follow a word without a gap, such as `-uhttps://…`.
    let scheme = ["https", "http"].into_iter().find(|scheme| text[..length].ends_with(scheme));
    match scheme.filter(|_| text[length..].starts_with("://")) {
        Some(scheme) if scheme.len() < length => length - scheme.len(),
        _ => length,
    }
}

fn run(text: &str, is_part: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is_part(c)).unwrap_or(text.len())
}

/// The text without the punctuation of a sentence at the end, or of a list at the start.
fn trimmed(text: &str, kind: Kind) -> &str {
    match kind {
        Kind::Han => text,
        Kind::Address => text.trim_end_matches(['.', ':', '!', '?', ']']),
        // One full stop ends a sentence; several replace what was left out.
        Kind::Word => {
            let text = unmarked(text.strip_suffix('.').filter(|rest| !rest.ends_with('.')).unwrap_or(text));
            let undashed = text.trim_start_matches('-');
            if undashed.starts_with("sk-") { undashed } else { text }
        }
    }
}
