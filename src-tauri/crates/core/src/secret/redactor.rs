//! What was sent never comes back: the one place that takes secrets out of texts from outside.
//!
//! Servers quote keys: in errors, in headers, on pages, whole, cut, encoded. What a reply means is judged
//! by the reply as it came; whatever is kept of it, shown, logged or handed on goes through a [`Redactor`],
//! which knows every secret of the session. That a text *looks* like a key is another question, which
//! [`super::masked`] answers as a second net.
//!
//! A secret of 16 and more characters is found by any 8 of them in a row, in whatever form
//! ([`super::forms`]), in either case. A shorter one may be a common word, so it is found as a whole word
//! only, and not where it is a part of a name: `ollama` is not taken out of `ollama-7b`, `ollama/llama3`
//! or `ollama.local`.

use std::borrow::Cow;
use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::Secret;
use super::forms::{self, View};
use super::ordinary::{is_announced, is_ordinary, is_public};
use super::words::{is_whole_word, shortened_ends};

/// What stands where a secret stood.
pub const ERASED: &str = "•••";

/// From this length on, in characters, pieces of a secret count too.
pub(crate) const LONG: usize = 16;
/// How many bytes in a row make a piece.
const PIECE: usize = 8;
/// Shorter secrets would be found in any text and tell nobody anything.
const SHORTEST: usize = 4;

/// Takes known secrets out of texts. [`Redactor::default`] knows none.
pub struct Redactor {
    /// Long secrets, in lower case.
    long: Vec<Zeroizing<Vec<u8>>>,
    /// All pieces of them, in order, each as one number.
    pieces: Zeroizing<Vec<u64>>,
    /// What a piece must be among, for a quick no.
    sieve: Vec<u64>,
    /// Secrets that count as whole words.
    words: Vec<Word>,
    /// Texts that are known to be no secret, in lower case.
    spared: Vec<Vec<u8>>,
}

struct Word {
    lower: Zeroizing<Vec<u8>>,
    /// As it was given, for a word that is told from an ordinary one by its case alone.
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

/// Whose words a text is made of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    ByOthers,
    ByUs,
}

impl Redactor {
    /// One that knows these secrets.
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

    /// It also knows these, but only whole: values that may well be no secret, such as those of headers
    /// whose names say nothing.
    #[must_use]
    pub fn with_whole<'a>(mut self, secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        secrets.into_iter().for_each(|secret| self.put_word(secret));
        self
    }

    /// It leaves this text as it is, unless a whole long secret stands in it: the address that the person
    /// chose, which is no secret because a key has a word in common with it.
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

    /// True where nothing is known, so that nothing is ever found.
    pub fn is_empty(&self) -> bool {
        self.long.is_empty() && self.words.is_empty()
    }

    /// A text that others wrote, with every secret replaced by [`ERASED`].
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.erased(text, Written::ByOthers)
    }

    /// A text that this program wrote around words of others, which were gone through before. A short
    /// secret of letters alone is left: in a sentence it is a word.
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
                    // Somebody may have changed the case of the base64 text itself, which cannot be decoded then.
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

    /// True for a run of pieces that tells something of a secret.
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
                // In base64 anything may stand beside it, and no name is read there.
                let is_meant = match word.is_ordinary {
                    _ if view.is_rubble => !word.is_ordinary,
                    true => view.bytes[range.clone()] == *word.given && is_announced(&lower[..at]),
                    false => !is_ours,
                };
                if is_meant && (view.is_rubble || is_whole_word(lower, &range)) {
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

/// True for a secret that a sentence of this program's own may hold as one of its words.
pub(crate) fn is_common(secret: &Secret) -> bool {
    let lower = Zeroizing::new(secret.reveal().trim().to_ascii_lowercase());
    lower.chars().count() < LONG && (has_letters_alone(lower.as_bytes()) || is_ordinary(lower.as_bytes()))
}

fn has_letters_alone(lower: &[u8]) -> bool {
    lower.iter().all(|byte| byte.is_ascii_alphabetic() || b"-_ ".contains(byte))
}

/// How many slots the sieve has: enough that a key of the usual length fills one in a hundred.
const SIEVE: usize = 1 << 16;

fn slot(piece: u64) -> usize {
    (piece.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48) as usize
}

/// Where a text stands in another.
fn positions(text: &[u8], part: &[u8]) -> Vec<usize> {
    let Some(first) = part.first() else { return Vec::new() };
    let begins = text.iter().enumerate().filter(|(_, byte)| *byte == first).map(|(at, _)| at);
    begins.filter(|at| text[*at..].starts_with(part)).collect()
}

/// The text with each of these ranges, and what of a letter they cut, replaced.
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
