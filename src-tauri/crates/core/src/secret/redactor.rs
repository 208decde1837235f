//! Removes known secrets from texts from outside; every such text passes here.
//!
//! Servers quote keys: in errors, in headers, on pages, whole, cut, encoded. A reply is judged as it came;
//! whatever is kept of it, shown, logged or passed on goes through a [`Redactor`], which knows every secret of
//! the session. Whether a text *looks* like a key is decided separately by [`super::masked`], as a second
//! safeguard.
//!
//! A secret of 16 and more characters is found by any 8 consecutive ones, in any form ([`super::forms`]), in
//! either case. A shorter one may be a common word, so it is found as a whole word only, and not where it is a
//! part of a name: `ollama` is not removed from `ollama-7b`, `ollama/llama3` or `ollama.local`.

use std::borrow::Cow;
use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::Secret;
use super::forms::{self, View};
use super::ordinary::{is_announced, is_ordinary, is_public};
use super::words::{is_whole_word, shortened_ends};

/// The replacement for a secret.
pub const ERASED: &str = "•••";

/// From this length on, in characters, pieces of a secret count too.
pub(crate) const LONG: usize = 16;
/// How many consecutive bytes make a piece.
const PIECE: usize = 8;
/// Shorter secrets would be found in any text.
const SHORTEST: usize = 4;

/// Removes known secrets from texts. [`Redactor::default`] knows none.
pub struct Redactor {
    /// Long secrets, in lower case.
    long: Vec<Zeroizing<Vec<u8>>>,
    /// All pieces of them, sorted, each as one number.
    pieces: Zeroizing<Vec<u64>>,
    /// A bit set that quickly excludes most texts.
    sieve: Vec<u64>,
    /// Secrets that count as whole words only.
    words: Vec<Word>,
    /// Texts that are known not to be secret, in lower case.
    spared: Vec<Vec<u8>>,
}

struct Word {
    lower: Zeroizing<Vec<u8>>,
    /// As it was given, for a word that differs from an ordinary one only by its case.
    given: Zeroizing<Vec<u8>>,
    is_ordinary: bool,
}

impl Default for Redactor {
    fn default() -> Self {
        Self {
            long: Vec::new(),
            pieces: Zeroizing::default(),
            sieve: vec![0; SIEVE / 64],
            words: Vec::new(),
            spared: Vec::new(),
        }
    }
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Redactor(…)")
    }
}

/// The author of a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    ByOthers,
    ByUs,
}

impl Redactor {
    /// A redactor for these secrets.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let mut redactor = Self::default();
        for secret in secrets {
            if secret.reveal().chars().count() < LONG {
                redactor.put_word(secret);
            } else {
                redactor.put_long(secret);
            }
        }
        redactor.pieces.sort_unstable();
        redactor
    }

    /// Adds secrets that count only as a whole: values that may not be secret, such as those of headers
    /// with neutral names.
    #[must_use]
    pub fn with_whole<'a>(mut self, secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        secrets.into_iter().for_each(|secret| self.put_word(secret));
        self
    }

    /// Adds a text that is not replaced, unless it holds a whole long secret: the address that the person chose,
    /// which is not secret because it shares a word with a key.
    #[must_use]
    pub fn sparing(mut self, text: &str) -> Self {
        let bare = text.trim_end_matches('/').to_ascii_lowercase().into_bytes();
        let host = bare.windows(3).position(|three| three == b"://").map(|at| {
            let rest = &bare[at + 3..];
            rest[..rest.iter().position(|byte| *byte == b'/').unwrap_or(rest.len())].to_vec()
        });
        self.spared.extend([Some(bare), host].into_iter().flatten().filter(|text| text.len() >= SHORTEST));
        self
    }

    /// True when it knows no secret, so that nothing is ever found.
    pub fn is_empty(&self) -> bool {
        self.long.is_empty() && self.words.is_empty()
    }

    /// A text of others, with every secret replaced by [`ERASED`].
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.erased(text, Written::ByOthers)
    }

    /// A text of this program around texts of others that were redacted before. A short secret of letters alone
    /// is not replaced: in a sentence it is a word.
    pub fn line<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.erased(text, Written::ByUs)
    }

    /// True where [`Self::text`] would replace something.
    pub fn finds(&self, text: &str) -> bool {
        matches!(self.text(text), Cow::Owned(_))
    }

    fn erased<'a>(&self, text: &'a str, written: Written) -> Cow<'a, str> {
        if self.is_empty() || text.len() < SHORTEST {
            return Cow::Borrowed(text);
        }
        let mut found: Vec<Range<usize>> = Vec::new();
        let shortest = if self.words.is_empty() { PIECE } else { SHORTEST };
        for view in forms::views(text, shortest) {
            let lower: Vec<u8> = view.bytes.to_ascii_lowercase();
            let spared = self.spared_in(&lower);
            self.find_pieces(&view, &lower, &spared, &mut found);
            self.find_words(&view, &lower, &spared, written, &mut found);
        }
        let cut = self.words.iter().filter(|word| !word.is_ordinary);
        found.extend(shortened_ends(text, cut.map(|word| word.lower.as_slice())));
        if found.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(replaced(text, found)) }
    }

    fn put_word(&mut self, secret: &Secret) {
        let given = secret.reveal().trim().as_bytes();
        for given in [Some(given.to_vec()), forms::undone(given)].into_iter().flatten() {
            if given.len() >= SHORTEST {
                let lower = Zeroizing::new(given.to_ascii_lowercase());
                let is_ordinary = is_ordinary(&lower);
                self.words.push(Word { lower, given: Zeroizing::new(given), is_ordinary });
            }
        }
    }

    fn put_long(&mut self, secret: &Secret) {
        let given = secret.reveal().trim();
        let cases = [given.to_owned(), given.to_lowercase(), given.to_uppercase()].map(Zeroizing::new);
        for case in &cases {
            for skipped in 0..3_usize {
                let inner = &case.as_bytes()[skipped..];
                let whole = &inner[..inner.len() - inner.len() % 3];
                for base64 in [STANDARD_NO_PAD.encode(whole), URL_SAFE_NO_PAD.encode(whole)] {
                    // The base64 text itself may be in another case, so that it cannot be decoded.
                    self.put_pieces(base64.to_ascii_lowercase().as_bytes());
                }
            }
        }
        for given in [Some(given.as_bytes().to_vec()), forms::undone(given.as_bytes())].into_iter().flatten() {
            let lower = Zeroizing::new(given.to_ascii_lowercase());
            self.put_pieces(&lower);
            self.long.push(lower);
        }
    }

    fn put_pieces(&mut self, lower: &[u8]) {
        for piece in lower.windows(PIECE) {
            let piece = piece.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
            self.sieve[slot(piece) / 64] |= 1 << (slot(piece) % 64);
            self.pieces.push(piece);
        }
    }

    fn find_pieces(&self, view: &View, lower: &[u8], spared: &[Range<usize>], found: &mut Vec<Range<usize>>) {
        let mut run: Option<Range<usize>> = None;
        let mut piece = 0_u64;
        for (at, byte) in lower.iter().enumerate() {
            piece = piece << 8 | u64::from(*byte);
            let is_one = at + 1 >= PIECE
                && self.sieve[slot(piece) / 64] >> (slot(piece) % 64) & 1 == 1
                && self.pieces.binary_search(&piece).is_ok();
            if !is_one {
                continue;
            }
            let (from, to) = (at + 1 - PIECE, at + 1);
            match &mut run {
                Some(run) if from <= run.end => run.end = to,
                _ => {
                    let done = run.replace(from..to);
                    found.extend(done.filter(|run| self.tells(lower, run, spared)).map(|run| view.origin(run)));
                }
            }
        }
        found.extend(run.filter(|run| self.tells(lower, run, spared)).map(|run| view.origin(run)));
    }

    /// True for a run of pieces that reveals something of a secret.
    fn tells(&self, lower: &[u8], run: &Range<usize>, spared: &[Range<usize>]) -> bool {
        let text = &lower[run.clone()];
        let is_whole = self.long.iter().any(|secret| text.windows(secret.len()).any(|part| part == secret.as_slice()));
        let is_spared = spared.iter().any(|spared| spared.start <= run.start && run.end <= spared.end);
        is_whole || !(is_spared || is_public(text))
    }

    fn find_words(
        &self,
        view: &View,
        lower: &[u8],
        spared: &[Range<usize>],
        written: Written,
        found: &mut Vec<Range<usize>>,
    ) {
        for word in &self.words {
            if written == Written::ByUs && has_letters_alone(&word.lower) {
                continue;
            }
            for at in positions(lower, &word.lower) {
                let range = at..at + word.lower.len();
                let is_ours = spared.iter().any(|spared| spared.start < range.end && range.start < spared.end);
                // In base64 any letters may stand beside it, and they form no name.
                let is_meant = match word.is_ordinary {
                    _ if view.is_noise => !word.is_ordinary,
                    true => view.bytes[range.clone()] == *word.given && is_announced(&lower[..at]),
                    false => !is_ours,
                };
                if is_meant && (view.is_noise || is_whole_word(lower, &range)) {
                    found.push(view.origin(range));
                }
            }
        }
    }

    fn spared_in(&self, lower: &[u8]) -> Vec<Range<usize>> {
        let ranges = |spared: &Vec<u8>| {
            let length = spared.len();
            positions(lower, spared).into_iter().map(move |at| at..at + length).collect::<Vec<_>>()
        };
        self.spared.iter().flat_map(ranges).collect()
    }
}

/// True for a secret that may occur as an ordinary word in a sentence of this program.
pub(crate) fn is_common(secret: &Secret) -> bool {
    let lower = Zeroizing::new(secret.reveal().trim().to_ascii_lowercase());
    lower.chars().count() < LONG && (has_letters_alone(lower.as_bytes()) || is_ordinary(lower.as_bytes()))
}

fn has_letters_alone(lower: &[u8]) -> bool {
    lower.iter().all(|byte| byte.is_ascii_alphabetic() || b"-_ ".contains(byte))
}

/// The number of slots of the bit set: a key of the usual length fills one in a hundred.
const SIEVE: usize = 1 << 16;

fn slot(piece: u64) -> usize {
    (piece.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48) as usize
}

/// The places of a text in another one.
fn positions(text: &[u8], part: &[u8]) -> Vec<usize> {
    let Some(first) = part.first() else { return Vec::new() };
    let begins = text.iter().enumerate().filter(|(_, byte)| *byte == first).map(|(at, _)| at);
    begins.filter(|at| text[*at..].starts_with(part)).collect()
}

/// The text with each of these ranges, and the rest of letters that they cut, replaced.
fn replaced(text: &str, mut found: Vec<Range<usize>>) -> String {
    found.sort_unstable_by_key(|range| range.start);
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    let mut ranges = found.into_iter().peekable();
    while let Some(mut range) = ranges.next() {
        while let Some(next) = ranges.next_if(|next| next.start <= range.end) {
            range.end = range.end.max(next.end);
        }
        let start = (0..=range.start).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let end = (range.end..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
        out.push_str(&text[from.min(start)..start]);
        out.push_str(ERASED);
        from = end;
    }
    out.push_str(&text[from..]);
    out
}

#[cfg(test)]
mod tests;
