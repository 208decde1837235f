//! Joins keys that were split by spaces or line breaks.
//!
//! Mail and chat wrap a long key, PDFs put spaces into it. The pieces are joined only when they plainly are
//! one key; a part of a key is never taken for a whole one.

use super::pieces::{Kind, Piece};
use super::random::looks_random;

/// Lengths of the keys that gateways of the One API family make, with `sk-`.
const USUAL: [usize; 2] = [51, 62];
/// Other lengths at which a key is surely complete.
const WHOLE: [usize; 4] = [35, 51, 62, 67];
/// Shorter pieces are not surely a key of their own.
const LONG_ENOUGH: usize = 20;
/// Longer joined pieces are a text, not a key.
const LONGEST_JOINED: usize = 200;

/// More pieces than this are a text, not a key.
const MOST_PIECES: usize = 100;

/// Whether a piece and those after it are one key.
pub(super) enum Joined {
    /// It is a key of its own.
    Alone,
    /// It and this many pieces after it are one key.
    With(usize),
    /// It is ambiguous.
    Unclear,
}

/// Decides whether the key at `place` continues after a space or a line break.
pub(super) fn joined(pieces: &[Piece], place: usize) -> Joined {
    let first = pieces[place].text;
    let rest = &pieces[place + 1..];
    let following: Vec<&str> =
        (0..rest.len().min(MOST_PIECES)).take_while(|at| may_go_on(rest, *at)).map(|at| rest[at].text).collect();
    if rest.get(following.len()).is_some_and(|next| looks_cut_off(next, rest.get(following.len() + 1))) {
        return Joined::Unclear;
    }
    let is_whole = WHOLE.contains(&first.len());
    let total = first.len() + following.iter().map(|piece| piece.len()).sum::<usize>();
    let is_random = |piece: &&str| looks_random(piece);
    if following.is_empty() {
        Joined::Alone
    } else if is_whole || !first.starts_with("sk-") {
        if following.iter().any(is_random) { Joined::Unclear } else { Joined::Alone }
    } else if total <= LONGEST_JOINED
        && (USUAL.contains(&total) || following.iter().all(is_random) || is_grouped(first, &following, total))
    {
        Joined::With(following.len())
    } else if first.len() >= LONG_ENOUGH && following.len() >= 2 && !following.iter().any(is_random) {
        // Words of a sentence.
        Joined::Alone
    } else {
        Joined::Unclear
    }
}

/// True when the piece may continue the key before it: only white space between, only letters of
/// keys, no name or option; after a line break it stands alone on its line.
fn may_go_on(rest: &[Piece], at: usize) -> bool {
    let piece = &rest[at];
    let next = rest.get(at + 1);
    is_of_key(piece)
        && !next.is_some_and(|next| next.follows_assignment())
        && (!piece.begins_line() || next.is_none_or(|next| next.begins_line() || !next.follows_space()))
        && !is_option(piece.text)
}

/// A key written letter by letter: `s k - a b c …`.
pub(super) fn spelled_out(text: &str) -> Option<String> {
    let is_spelled = text.split_whitespace().all(|piece| piece.len() == 1) && text.contains(char::is_whitespace);
    let key: String = text.split_whitespace().collect();
    (is_spelled && key.len() >= LONG_ENOUGH && key.starts_with("sk-")).then_some(key)
}

/// True when a sign that no key has separates the key from what looks like the rest of it.
pub(super) fn is_cut_by_a_sign(pieces: &[Piece], place: usize) -> bool {
    let Some(next) = pieces.get(place + 1) else { return false };
    let mut signs = next.gap.chars();
    let is_one_sign =
        signs.next().is_some_and(|sign| !sign.is_whitespace() && !"\"'`".contains(sign)) && signs.next().is_none();
    let is_whole = WHOLE.contains(&pieces[place].text.len());
    is_one_sign && !is_whole && next.kind == Kind::Word && looks_random(next.text) && !next.text.starts_with("sk-")
}

/// True when Chinese stands within the key, or right after one that is too short.
pub(super) fn is_cut_by_han(pieces: &[Piece], place: usize) -> bool {
    let touches = |at: usize, kind: Kind| pieces.get(at).is_some_and(|next| next.gap.is_empty() && next.kind == kind);
    let length = pieces[place].text.len();
    touches(place + 1, Kind::Han)
        && (length < 8
            || (touches(place + 2, Kind::Word) && (length < LONG_ENOUGH || looks_random(pieces[place + 2].text))))
}

/// True when the piece looks like a continuation although something else stands in its line.
fn looks_cut_off(piece: &Piece, next: Option<&Piece>) -> bool {
    is_of_key(piece) && looks_random(piece.text) && !next.is_some_and(|next| next.follows_assignment())
}

fn is_of_key(piece: &Piece) -> bool {
    piece.kind == Kind::Word
        && piece.follows_space()
        && !piece.text.starts_with("sk-")
        && piece.text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn is_option(text: &str) -> bool {
    text.starts_with('-') && !text.bytes().any(|byte| byte.is_ascii_digit())
}

/// `sk-a bcde fgh1 …`: written in groups of one size, the last one shorter.
fn is_grouped(first: &str, following: &[&str], total: usize) -> bool {
    let size = following[0].len();
    let (last, whole) = following.split_last().unwrap_or((&"", &[]));
    first.len() < LONG_ENOUGH
        && total >= LONG_ENOUGH
        && following.len() >= 3
        && whole.iter().all(|piece| piece.len() == size)
        && last.len() <= size
}
