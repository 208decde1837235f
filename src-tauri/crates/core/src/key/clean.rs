//! Taking away what is not part of a key, and finding keys and addresses inside longer texts.

use super::KeyNote;

/// A text without the characters that chat programs and PDFs add.
pub(super) struct Cleaned {
    /// What is left.
    pub(super) text: String,
    /// What was done, in order.
    pub(super) notes: Vec<KeyNote>,
}

/// Removes invisible characters, makes full-width ones plain, trims, and takes off one pair of quotes
/// and a leading `Bearer`.
pub(super) fn clean(text: &str) -> Cleaned {
    let mut notes = Vec::new();
    let mut note = |changed: bool, what: KeyNote| {
        if changed {
            notes.push(what);
        }
    };

    let visible: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    note(visible.len() != text.len(), KeyNote::InvisibleRemoved);

    let plain: String = visible.chars().map(plain).collect();
    note(plain != visible.replace(['\u{a0}', '\u{3000}'], " "), KeyNote::FullWidthMadePlain);

    let trimmed = plain.trim();
    note(trimmed.len() != visible.len() && visible.trim().len() != visible.len(), KeyNote::SpacesRemoved);

    let unquoted = unquoted(trimmed);
    note(unquoted.len() != trimmed.len(), KeyNote::QuotesRemoved);

    let bare = without_bearer(unquoted);
    note(bare.len() != unquoted.len(), KeyNote::BearerRemoved);

    Cleaned { text: bare.to_owned(), notes }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}' | '\u{180e}')
}

/// The plain form of a full-width or typographic character.
fn plain(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' | '\u{2002}'..='\u{200a}' | '\u{202f}' => ' ',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '“' | '”' | '„' => '"',
        '‘' | '’' => '\'',
        other => other,
    }
}

fn unquoted(text: &str) -> &str {
    for (open, close) in [('"', '"'), ('\'', '\''), ('`', '`'), ('「', '」'), ('<', '>')] {
        if let Some(inner) = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close))
            && !inner.contains([open, close])
        {
            return inner.trim();
        }
    }
    text
}

fn without_bearer(text: &str) -> &str {
    let text_without_name = text
        .get(..14)
        .filter(|start| start.eq_ignore_ascii_case("authorization:"))
        .map_or(text, |_| text[14..].trim_start());
    match text_without_name.get(..7) {
        Some(start) if start.eq_ignore_ascii_case("bearer ") => text_without_name[7..].trim_start(),
        _ => text,
    }
}

/// The addresses in a text, in order.
pub(super) fn addresses(text: &str) -> Vec<String> {
    pieces(text)
        .filter(|piece| piece.starts_with("https://") || piece.starts_with("http://"))
        .map(str::to_owned)
        .collect()
}

/// The pieces of a text that may be keys, in order: what begins with `sk-`, or follows a name that
/// speaks of a key or token.
pub(super) fn candidates(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut follows_a_name = false;
    for piece in pieces(text) {
        let is_key_like = piece.len() >= 8 && piece.is_ascii() && !piece.contains("://");
        if is_key_like && (piece.starts_with("sk-") || (follows_a_name && !is_name(piece))) {
            found.push(piece.to_owned());
        }
        follows_a_name = is_name(piece) || (follows_a_name && piece.eq_ignore_ascii_case("bearer"));
    }
    found
}

/// A name such as `ANTHROPIC_AUTH_TOKEN`, `apiKey`, `x-api-key` or `Authorization`.
fn is_name(piece: &str) -> bool {
    let lower = piece.to_ascii_lowercase();
    !lower.starts_with("sk-")
        && lower.len() <= 48
        && ["api_key", "apikey", "api-key", "token", "authorization", "_key", "密钥"]
            .iter()
            .any(|word| lower.contains(word))
}

/// Words between white space, quotes, brackets and the signs of assignments. A colon inside an
/// address does not part it.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || "\"'`{}[](),;=|\\<>".contains(c) || "，；：。".contains(c)).flat_map(
        |piece| {
            let parts: Vec<&str> = if piece.contains("://") { vec![piece] } else { piece.split(':').collect() };
            parts.into_iter().filter(|part| !part.is_empty())
        },
    )
}
