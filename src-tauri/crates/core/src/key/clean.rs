//! Removes what chat programs, mail and PDFs add to a text.

use super::KeyNote;
use crate::text::{is_invisible, plain_letter};

/// A text without invisible characters and typographic forms, and without quotes around it.
pub(super) struct Cleaned {
    /// The remaining text.
    pub(super) text: String,
    /// The changes, in order.
    pub(super) notes: Vec<KeyNote>,
}

/// Pairs that are put around a key.
const QUOTES: [(char, char); 9] = [
    ('"', '"'),
    ('\'', '\''),
    ('`', '`'),
    ('「', '」'),
    ('『', '』'),
    ('《', '》'),
    ('【', '】'),
    ('<', '>'),
    ('(', ')'),
];

/// Removes invisible characters, converts full-width ones to plain ones, trims, and removes quotes and a
/// leading `Bearer`.
pub(super) fn clean(text: &str) -> Cleaned {
    let mut notes = Vec::new();
    let mut note = |changed: bool, what: KeyNote| {
        if changed {
            notes.push(what);
        }
    };

    let visible: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    note(visible.len() != text.len(), KeyNote::InvisibleRemoved);

    let plain: String = visible.chars().map(plain_letter).collect();
    let is_widened = visible.chars().zip(plain.chars()).any(|(was, is)| was != is && !was.is_whitespace());
    note(is_widened, KeyNote::FullWidthMadePlain);

    let trimmed = plain.trim();
    note(trimmed.len() != plain.len(), KeyNote::SpacesRemoved);

    let unescaped = unescaped(trimmed);
    let unquoted = unquoted(&unescaped);
    note(unquoted.len() != trimmed.len(), KeyNote::QuotesRemoved);

    let bare = without_bearer(unquoted);
    note(bare.len() != unquoted.len(), KeyNote::BearerRemoved);

    Cleaned { text: bare.to_owned(), notes }
}

/// The text without up to three pairs of quotes, one within the other.
fn unquoted(text: &str) -> &str {
    let mut text = text;
    for _ in 0..3 {
        let inner = QUOTES.iter().find_map(|(open, close)| {
            let inner = text.strip_prefix(*open)?.strip_suffix(*close)?;
            (!inner.contains([*open, *close])).then_some(inner)
        });
        let Some(inner) = inner else { break };
        text = inner.trim();
    }
    if text.contains(char::is_whitespace) { text } else { unmarked(text) }
}

/// The text without the backslashes that Markdown puts before its own signs.
fn unescaped(text: &str) -> String {
    ["_", "*", "-", "~"].iter().fold(text.to_owned(), |text, sign| text.replace(&format!("\\{sign}"), sign))
}

/// The text without the signs by which Markdown makes a word bold, italic or struck out. A key may begin and
/// end with `_` by chance, so that is removed only where the rest plainly is a key.
pub(super) fn unmarked(word: &str) -> &str {
    for mark in ["***", "**", "*", "~~", "__", "_"] {
        let inner = word.strip_prefix(mark).and_then(|word| word.strip_suffix(mark));
        let Some(inner) = inner.filter(|inner| !inner.is_empty() && !inner.starts_with('*') && !inner.ends_with('*'))
        else {
            continue;
        };
        let is_marked = inner.starts_with("sk-") || !super::random::looks_random(inner);
        if !mark.starts_with('_') || is_marked {
            return unmarked(inner);
        }
    }
    word
}

fn without_bearer(text: &str) -> &str {
    let rest = after(text, "authorization:").map_or(text, str::trim_start);
    let rest = rest.trim_start_matches(['"', '\'']);
    after(rest, "bearer").filter(|key| key.starts_with(char::is_whitespace)).map_or(text, str::trim_start)
}

/// The text after a word at the start, in either case.
fn after<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(word.len())?;
    start.eq_ignore_ascii_case(word).then_some(rest)
}
