//! Searches bytes for private data: each known secret in the forms in which it may have been written, and
//! whatever looks like a key.
//!
//! The search shares nothing with the rules by which a report is reduced, and so none of their mistakes.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::ReportFacts;
use super::redact::is_telling_name;
use crate::secret::{LONG, Secret, is_common, is_whole_word};
use zeroize::Zeroizing;

/// Shorter secrets would be found in any text.
const SHORTEST: usize = 6;

/// Everything that is searched for, indexed by the first two bytes.
pub(super) struct Needles {
    needles: Vec<Needle>,
    /// For each pair of first bytes, whether a needle begins with it.
    begins: Vec<bool>,
}

struct Needle {
    bytes: Zeroizing<Vec<u8>>,
    what: &'static str,
    /// True when it counts only as a whole word.
    is_word: bool,
}

impl Needles {
    pub(super) fn new(facts: &ReportFacts) -> Self {
        let mut needles: Vec<Needle> = Vec::new();
        let mut put = |text: String, what: &'static str| {
            needles.push(Needle { bytes: Zeroizing::new(text.into_bytes()), what, is_word: false });
        };
        let person = &facts.person;
        if person.home.len() >= SHORTEST {
            put(person.home.clone(), "home");
            put(escaped(&person.home), "home");
        }
        if is_telling_name(&person.user) {
            for slash in ["/", "\\", "\\\\"] {
                put(format!("{slash}{}{slash}", person.user), "user");
            }
        }
        if person.computer.len() >= SHORTEST && is_telling_name(&person.computer) {
            put(person.computer.clone(), "computer");
        }
        for secret in facts.secrets.iter().chain(&facts.headers).filter(|secret| !is_common(secret)) {
            let text = secret.reveal();
            // A short one may be a part of many words; its other forms cannot be mistaken for words.
            let is_short = text.chars().count() < LONG;
            let is_word = |form: &[u8]| is_short && (form == text.as_bytes() || form == escaped(text).as_bytes());
            needles.extend(forms(secret).into_iter().map(|bytes| Needle {
                is_word: is_word(&bytes),
                bytes,
                what: "secret",
            }));
        }
        let mut begins = vec![false; 1 << 16];
        for Needle { bytes, .. } in &needles {
            begins[pair(bytes[0], bytes[1])] = true;
        }
        Self { needles, begins }
    }

    /// What was found, as a stable word; `None` for nothing.
    pub(super) fn found_in(&self, bytes: &[u8]) -> Option<&'static str> {
        // The whole report is searched, so the work for each byte is small.
        for at in 1..bytes.len() {
            if self.begins[pair(bytes[at - 1], bytes[at])] {
                let (from, rest) = (at - 1, &bytes[at - 1..]);
                let is_there = |needle: &&Needle| {
                    let to = from + needle.bytes.len();
                    rest.starts_with(&needle.bytes) && (!needle.is_word || is_whole_word(bytes, &(from..to)))
                };
                if let Some(found) = self.needles.iter().find(is_there) {
                    return Some(found.what);
                }
            }
        }
        None
    }
}

fn pair(one: u8, two: u8) -> usize {
    usize::from(one) << 8 | usize::from(two)
}

/// The forms in which a secret may have been written.
pub(super) fn forms(secret: &Secret) -> Vec<Zeroizing<Vec<u8>>> {
    let text = secret.reveal();
    if text.len() < SHORTEST {
        return Vec::new();
    }
    let percent = |upper: bool| -> String {
        let hex = |byte: u8| if upper { format!("%{byte:02X}") } else { format!("%{byte:02x}") };
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
        text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { hex(byte) }).collect()
    };
    let each = |form: &dyn Fn(u8) -> String| text.bytes().map(form).collect::<String>();
    let mut forms = vec![
        text.to_owned(),
        escaped(text),
        percent(true),
        percent(false),
        each(&|byte| format!("%{byte:02X}")),
        each(&|byte| format!("{byte:02x}")),
        each(&|byte| format!("{byte:02X}")),
        text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect(),
    ];
    for skipped in 0..3 {
        forms.extend(base64_inside(text.as_bytes(), skipped));
    }
    forms.sort();
    forms.dedup();
    let mut forms: Vec<Zeroizing<Vec<u8>>> = forms.into_iter().map(|form| Zeroizing::new(form.into_bytes())).collect();
    // UTF-16, as Windows writes text.
    forms.push(Zeroizing::new(text.encode_utf16().flat_map(u16::to_le_bytes).collect()));
    forms
}

/// The letters that a secret becomes inside a longer base64 text, where `skipped` bytes of it share a
/// letter with what stands before.
fn base64_inside(bytes: &[u8], skipped: usize) -> Vec<String> {
    let inner = &bytes[skipped..];
    let whole = &inner[..inner.len() - inner.len() % 3];
    if whole.len() < SHORTEST {
        return Vec::new();
    }
    vec![STANDARD_NO_PAD.encode(whole), URL_SAFE_NO_PAD.encode(whole)]
}

/// Its form inside a JSON text.
fn escaped(text: &str) -> String {
    let quoted = serde_json::Value::String(text.to_owned()).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::STANDARD;

    #[track_caller]
    fn check(hides: impl Fn(&str) -> Vec<u8>) {
        let secret = Secret::new("pa\"ss/wörd+7Q2m".to_owned());
        let text = hides(secret.reveal());
        let found = forms(&secret).iter().any(|form| text.windows(form.len()).any(|part| part == form.as_slice()));
        assert!(found, "{}", String::from_utf8_lossy(&text));
    }

    #[test]
    fn a_secret_is_found_in_every_form() {
        check(|secret| format!("x {secret} y").into_bytes());
        check(|secret| serde_json::json!({ "a": secret }).to_string().into_bytes());
        check(|secret| STANDARD.encode(secret).into_bytes());
        for before in ["", "a", "ab", "abc"] {
            check(|secret| STANDARD.encode(format!("{before}{secret} and more")).into_bytes());
        }
        check(|secret| url::form_urlencoded::byte_serialize(secret.as_bytes()).collect::<String>().into_bytes());
        check(|secret| secret.bytes().map(|byte| format!("{byte:02x}")).collect::<String>().into_bytes());
        check(|secret| secret.encode_utf16().flat_map(u16::to_le_bytes).collect());
    }

    #[test]
    fn a_word_too_short_to_be_a_secret_is_not_searched_for() {
        assert!(forms(&Secret::new("abc".to_owned())).is_empty());
    }
}
