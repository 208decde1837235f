//! A text as words, addresses and Chinese between gaps.
//!
//! A key stands between signs that no key has: white space, quotes, brackets, assignments, Chinese.
//! Signs of hiding (`*`, `…`, `•`) and letters of other alphabets stay within a word: cutting there
//! would make a whole key of half a one.

use super::clean::unmarked;
use crate::text::is_han;

/// What a piece is made of.
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
    /// What stands between it and the piece before.
    pub(super) gap: &'a str,
    /// Where it begins in the text.
    pub(super) start: usize,
}

impl Piece<'_> {
    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// True when only white space parts it from the piece before.
    pub(super) fn follows_space(&self) -> bool {
        !self.gap.is_empty() && self.gap.chars().all(char::is_whitespace)
    }

    /// True when an assignment parts it from the piece before.
    pub(super) fn follows_assignment(&self) -> bool {
        self.gap.contains(['=', ':'])
    }

    pub(super) fn begins_line(&self) -> bool {
        self.gap.contains(['\n', '\r'])
    }
}

/// Signs that stand for hidden characters.
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

/// Signs of ASCII that part words.
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
    // An address may stand right after a word, such as `-uhttps://…`.
    let scheme = ["https", "http"].into_iter().find(|scheme| text[..length].ends_with(scheme));
    match scheme.filter(|_| text[length..].starts_with("://")) {
        Some(scheme) if scheme.len() < length => length - scheme.len(),
        _ => length,
    }
}

fn run(text: &str, is_part: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is_part(c)).unwrap_or(text.len())
}

/// Without what a sentence adds at the end, or a list at the start.
fn trimmed(text: &str, kind: Kind) -> &str {
    match kind {
        Kind::Han => text,
        Kind::Address => text.trim_end_matches(['.', ':', '!', '?', ']']),
        // One full stop ends a sentence; more than one stand for what was left out.
        Kind::Word => {
            let text = unmarked(text.strip_suffix('.').filter(|rest| !rest.ends_with('.')).unwrap_or(text));
            let undashed = text.trim_start_matches('-');
            if undashed.starts_with("sk-") { undashed } else { text }
        }
    }
}
