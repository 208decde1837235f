//! A key is money. [`Secret`] cannot be printed, logged or serialised by accident, and is wiped from
//! memory when dropped; what may be shown of it is made here and nowhere else.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use ts_rs::TS;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A key, held in memory only. `Debug` shows nothing of it; there is no `Display` and no `Serialize`.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Secret(String);

impl Secret {
    /// Takes the text over.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself: for the header of a request, the standard input of the helper and a profile
    /// in compatibility mode, and for nothing else.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What may be shown of it.
    pub fn face(&self) -> KeyFace {
        KeyFace { last4: self.last4(), fingerprint: self.fingerprint(), length: self.0.chars().count() }
    }

    /// Two keys can be compared over the phone by these eight letters; nothing leads back from them.
    fn fingerprint(&self) -> String {
        let digest = Sha256::digest(format!("airouter-setup key fingerprint v1\0{}", self.0).as_bytes());
        digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
    }

    /// The last four characters, or nothing for a text so short that they would give it away.
    fn last4(&self) -> String {
        let length = self.0.chars().count();
        if length < 12 { String::new() } else { self.0.chars().skip(length - 4).collect() }
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        // Compares digests, so that the time taken says nothing about the text.
        Sha256::digest(self.0.as_bytes()) == Sha256::digest(other.0.as_bytes())
    }
}

impl Eq for Secret {}

/// What may be shown of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[ts(export)]
pub struct KeyFace {
    /// The last four characters, empty for very short keys.
    pub last4: String,
    /// Eight hexadecimal letters that support can compare.
    pub fingerprint: String,
    /// How many characters it has.
    pub length: usize,
}

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
    // Model ids and UUIDs are long too; they stay readable.
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
        let face = Secret::new("sk-abcdefghijklmnop".to_owned()).face();
        assert_eq!((face.last4.as_str(), face.length, face.fingerprint.len()), ("mnop", 19, 8));
        assert_eq!(Secret::new("short".to_owned()).face().last4, "", "four of five would give it away");
    }

    #[test]
    fn fingerprints_tell_keys_apart() {
        let of = |text: &str| Secret::new(text.to_owned()).face().fingerprint;
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
