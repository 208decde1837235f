//! [`Secret`] cannot be printed, logged or serialised by accident, and is wiped from memory when dropped.
//! Only this module decides what may be shown of it.

mod address;
mod forms;
mod headers;
mod ordinary;
mod redactor;
mod words;

pub use address::{shown_address, shown_value};
pub use headers::is_secret_header;
pub use redactor::{ERASED, Redactor};
pub(crate) use redactor::{LONG, is_common};
pub(crate) use words::is_whole_word;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use ts_rs::TS;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A key, held in memory only. `Debug` shows nothing of it; there is no `Display` and no `Serialize`.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Secret(String);

impl Secret {
    /// Takes ownership of the text.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself: for the header of a request, the standard input of the helper and a profile
    /// in compatibility mode, and for nothing else.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The masked form, which may be recorded. Of a short key it holds nothing that may be shown: eight digits of
    /// a digest are enough to try a list of words, and four letters of eleven are half of the work.
    pub fn masked(&self) -> MaskedKey {
        let (length, fingerprint) = (self.0.chars().count(), self.fingerprint());
        if length < redactor::LONG {
            let hint = fingerprint[..HINT].to_owned();
            return MaskedKey { last4: String::new(), fingerprint: String::new(), length: 0, hint };
        }
        MaskedKey { last4: self.last4(), fingerprint, length, hint: String::new() }
    }

    /// Two keys can be compared over the phone by these eight digits; the key cannot be computed from them.
    fn fingerprint(&self) -> String {
        let digest = Sha256::digest(format!("airouter-setup key fingerprint v1\0{}", self.0).as_bytes());
        digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
    }

    fn last4(&self) -> String {
        self.0.chars().skip(self.0.chars().count().saturating_sub(4)).collect()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        // Compares digests, so that the time does not depend on the text.
        Sha256::digest(self.0.as_bytes()) == Sha256::digest(other.0.as_bytes())
    }
}

impl Eq for Secret {}

/// How many digits of the fingerprint are recorded of a short key: one of 256 guesses matches.
const HINT: usize = 2;

/// The masked form of a key. Two are equal when they can be of the same key.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, TS)]
#[ts(export)]
pub struct MaskedKey {
    /// The last four characters, empty for keys of fewer than 16.
    pub last4: String,
    /// Eight hexadecimal digits that support can compare, empty for keys of fewer than 16 characters.
    pub fingerprint: String,
    /// The number of characters, zero for keys of fewer than 16.
    pub length: usize,
    /// For this program's own records: two digits that distinguish a short key from most others. They are never
    /// shown, and by themselves they confirm no guess.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(skip)]
    #[ts(skip)]
    pub hint: String,
}

impl MaskedKey {
    /// What people and programs are shown of it. If an earlier version recorded more of a short key, that is
    /// removed.
    #[must_use]
    pub fn shown(mut self) -> Self {
        if self.length < redactor::LONG {
            (self.last4, self.fingerprint, self.length) = (String::new(), String::new(), 0);
        }
        self.hint = String::new();
        self
    }

    /// The known part of the fingerprint.
    fn known(&self) -> &str {
        if self.fingerprint.is_empty() { &self.hint } else { &self.fingerprint }
    }
}

impl PartialEq for MaskedKey {
    /// Earlier versions recorded the whole fingerprint of short keys too.
    fn eq(&self, other: &Self) -> bool {
        let (one, two) = (self.known(), other.known());
        match (self.fingerprint.is_empty(), other.fingerprint.is_empty()) {
            (false, false) | (true, true) => one == two && self.length == other.length && self.last4 == other.last4,
            (true, false) => other.length < redactor::LONG && !one.is_empty() && two.starts_with(one),
            (false, true) => other == self,
        }
    }
}

impl Eq for MaskedKey {}

/// A text from outside with everything that looks like a key replaced, for evidence and logs. A run
/// of 20 or more letters, digits, `-` or `_` that mixes letters and digits counts, as does anything
/// that starts with `sk-`.
pub fn masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    for character in text.chars().chain(std::iter::once('\0')) {
        if character.is_ascii_alphanumeric() || matches!(character, '-' | '_') {
            run.push(character);
            continue;
        }
        out.push_str(if looks_like_a_key(&run) { "***" } else { &run });
        run.clear();
        if character != '\0' {
            out.push(character);
        }
    }
    out
}

/// True for a text of which [`masked`] would replace something.
pub fn holds_key(text: &str) -> bool {
    let is_inner = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
    text.split(|character| !is_inner(character)).any(looks_like_a_key)
}

fn looks_like_a_key(run: &str) -> bool {
    if run.starts_with("sk-") || run.starts_with("sk_") {
        return run.len() > 6;
    }
    // Model ids and UUIDs are long too; they are not replaced.
    let is_model = run.starts_with("claude-") || run.starts_with("anthropic");
    let is_uuid = run.len() == 36 && run.bytes().filter(|byte| *byte == b'-').count() == 4;
    run.len() >= 20
        && !is_model
        && !is_uuid
        && run.bytes().any(|byte| byte.is_ascii_digit())
        && run.bytes().any(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        let secret = Secret::new("sk-canary-0123456789".to_owned());
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }

    #[test]
    fn a_face_shows_four_characters_and_a_fingerprint() {
        let masked = Secret::new("sk-abcdefghijklmnop".to_owned()).masked();
        assert_eq!((masked.last4.as_str(), masked.length, masked.fingerprint.len()), ("mnop", 19, 8));
    }

    #[test]
    fn nothing_is_shown_of_a_short_key_and_it_differs_from_another() {
        let masked = |key: &str| Secret::new(key.to_owned()).masked();
        let json = |masked: MaskedKey| serde_json::to_string(&masked).unwrap();
        assert_eq!(json(masked("fifteen-letters").shown()), r#"{"last4":"","fingerprint":"","length":0}"#);
        assert_ne!(masked("hunter2-one"), masked("hunter2-two"));
        assert_eq!(masked("hunter2-one"), masked("hunter2-one"));
        assert_eq!(masked("hunter2-one").hint.len(), 2, "of 256 words one fits");
        assert_ne!(json(masked("sixteen-letters-").shown()), json(masked("fifteen-letters").shown()));
    }

    #[test]
    fn what_an_earlier_version_noted_of_a_short_key_still_counts() {
        let secret = Secret::new("hunter2-pass".to_owned());
        let noted = format!(r#"{{"last4":"pass","fingerprint":"{}","length":12}}"#, secret.fingerprint());
        let noted: MaskedKey = serde_json::from_str(&noted).unwrap();
        assert!(noted == secret.masked() && secret.masked() == noted);
        assert_ne!(noted, Secret::new("hunter3-pass".to_owned()).masked());
        assert_eq!(serde_json::to_string(&noted.shown()).unwrap(), r#"{"last4":"","fingerprint":"","length":0}"#);
        let long = Secret::new("sk-0123456789abcdef".to_owned()).masked();
        assert!(long != secret.masked() && secret.masked() != long);
    }

    #[test]
    fn fingerprints_tell_keys_apart() {
        let of = |text: &str| Secret::new(text.to_owned()).masked().fingerprint;
        assert_eq!(of("sk-one-0000000000"), of("sk-one-0000000000"));
        assert_ne!(of("sk-one-0000000000"), of("sk-two-0000000000"));
    }

    #[track_caller]
    fn check(input: &str, expected: &str) {
        assert_eq!(masked(input), expected);
        assert_eq!(holds_key(input), input != expected);
    }

    #[test]
    fn what_looks_like_a_key_is_masked() {
        check("key sk-abc123def456 refused", "key *** refused");
        check("hash 0a1b2c3d4e5f60718293a4b5c6d7e8f9.", "hash ***.");
        check("model claude-haiku-4-5-20251001 is fine", "model claude-haiku-4-5-20251001 is fine");
        check("id 3f2b8c1e-1111-4222-8333-444455556666", "id 3f2b8c1e-1111-4222-8333-444455556666");
        check("无效的令牌", "无效的令牌");
    }
}
