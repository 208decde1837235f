//! Reading what a person pasted as a key.
//!
//! Keys travel through chat programs, mail and PDFs, and arrive with line breaks, full-width letters,
//! quotes, `Bearer`, an `export` line or a whole settings file around them. Cleaning is told, never
//! silent; what cannot be a key is refused before anything is sent. Prefix and length are not proof
//! of anything (relays differ), so they only raise a note.

mod clean;

use serde::Serialize;
use ts_rs::TS;

use crate::finding::{Code, Finding};
use crate::secret::Secret;

/// Longest paste that is looked at, in bytes; anything longer is surely not a key.
const LONGEST_PASTE: usize = 64 * 1024;
/// Longest key that is taken, in bytes: the limit of the Windows Credential Manager.
const LONGEST_KEY: usize = 2560;
/// Shorter texts are refused: no gateway makes such keys.
const SHORTEST_KEY: usize = 8;

/// Something that was done to the pasted text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case", tag = "kind")]
#[ts(export)]
pub enum KeyNote {
    /// Spaces or line breaks around it were removed.
    SpacesRemoved,
    /// Invisible characters were removed.
    InvisibleRemoved,
    /// Full-width characters were made plain.
    FullWidthMadePlain,
    /// Quotes were removed.
    QuotesRemoved,
    /// A leading `Bearer` was removed.
    BearerRemoved,
    /// It was taken out of a longer text.
    TakenFromText,
    /// It was pasted twice over; one half was kept.
    DoubledHalved,
    /// It does not look as keys usually do; it may be right all the same.
    UnusualStart,
}

/// What a paste gave.
#[derive(Debug)]
pub struct Paste {
    /// The key.
    pub key: Secret,
    /// What was done to find it, in order.
    pub notes: Vec<KeyNote>,
    /// An address that stood in the same text, as it stood there.
    pub address: Option<String>,
}

/// Takes the key out of a pasted text. `own_vendor_only` refuses keys that are plainly another
/// vendor's; it is off for gateways that are not AIRouter, which may well take them.
///
/// # Errors
/// A `KeyLint` finding whose evidence `reason` says what is wrong.
pub fn read(text: &str, own_vendor_only: bool) -> Result<Paste, Finding> {
    if text.len() > LONGEST_PASTE {
        return Err(fault("too-long"));
    }
    let cleaned = clean::clean(text);
    let mut notes = cleaned.notes;
    let (mut key, address) = pick(&cleaned.text, &mut notes)?;

    if let Some(half) = halved(&key) {
        key = half;
        notes.push(KeyNote::DoubledHalved);
    }
    lint(&key, own_vendor_only)?;
    if !key.starts_with("sk-") || key.len() < 20 {
        notes.push(KeyNote::UnusualStart);
    }
    Ok(Paste { key: Secret::new(key), notes, address })
}

/// Finds the key, and an address beside it, in cleaned text.
fn pick(text: &str, notes: &mut Vec<KeyNote>) -> Result<(String, Option<String>), Finding> {
    if text.is_empty() {
        return Err(fault("empty"));
    }
    if is_placeholder(text) {
        return Err(fault("placeholder"));
    }
    let address = clean::addresses(text).into_iter().next();
    let is_plain = !text.contains(|c: char| c.is_whitespace() || "{}\"'=:,;".contains(c));
    if is_plain {
        return Ok((text.to_owned(), None));
    }
    let mut candidates = clean::candidates(text);
    candidates.dedup();
    match candidates.as_slice() {
        [one] => {
            // What was plain or not in the text around it is of no interest.
            notes.retain(|note| *note != KeyNote::FullWidthMadePlain);
            notes.push(KeyNote::TakenFromText);
            Ok((one.clone(), address))
        }
        [] if address.is_some() => Err(fault("only-address")),
        [] if text.contains(char::is_whitespace) => Err(fault("inner-space")),
        [] => Ok((text.to_owned(), None)),
        _ => Err(fault("several")),
    }
}

/// Refuses what cannot be a key.
fn lint(key: &str, own_vendor_only: bool) -> Result<(), Finding> {
    let reason = if key.is_empty() {
        "empty"
    } else if is_placeholder(key) {
        "placeholder"
    } else if key.contains(['*', '…', '•']) || key.contains("...") {
        "masked"
    } else if key.contains(char::is_whitespace) {
        "inner-space"
    } else if key.contains(char::is_control) {
        "control-characters"
    } else if !key.is_ascii() {
        "not-ascii"
    } else if key.contains("://") {
        "only-address"
    } else if key.len() > LONGEST_KEY {
        "too-long"
    } else if key.len() < SHORTEST_KEY {
        "too-short"
    } else if let Some(vendor) = other_vendor(key).filter(|_| own_vendor_only) {
        return Err(fault("other-vendor").with("vendor", vendor));
    } else {
        return Ok(());
    };
    Err(fault(reason))
}

fn fault(reason: &str) -> Finding {
    Finding::new(Code::KeyLint).with("reason", reason)
}

/// A text that stands where a key should be put, such as "你的 AIRouter API Key" or `sk-xxxx`.
fn is_placeholder(text: &str) -> bool {
    let lower = text.to_lowercase();
    let says_so =
        ["你的", "您的", "your", "api key", "api-key-here", "apikey", "<key>", "在此", "填写", "粘贴", "密钥"];
    let rest = lower.trim_start_matches("sk-").trim_matches(['<', '>', '-', '_']);
    let is_filler = !rest.is_empty() && rest.chars().all(|c| matches!(c, 'x' | '…' | '.')) && rest.len() >= 3;
    let is_prose =
        lower.chars().count() <= 60 && !lower.contains("sk-") && !lower.contains('=') && !lower.contains(':');
    is_filler
        || (is_prose && says_so.iter().any(|word| lower.contains(word)))
        || (lower.starts_with("sk-") && ["你的", "your", "xxxx"].iter().any(|word| lower.contains(word)))
}

/// One half of a key that was pasted twice over.
fn halved(key: &str) -> Option<String> {
    let (first, second) = key.is_ascii().then(|| key.split_at(key.len() / 2))?;
    let is_doubled = first == second && first.len() >= 16;
    is_doubled.then(|| first.to_owned())
}

/// The vendor whose keys look like this one, if it is not a relay's.
fn other_vendor(key: &str) -> Option<&'static str> {
    const VENDORS: [(&str, &str); 10] = [
        ("sk-ant-", "Anthropic"),
        ("sk-proj-", "OpenAI"),
        ("sk-svcacct-", "OpenAI"),
        ("sk-or-", "OpenRouter"),
        ("AIza", "Google"),
        ("AKIA", "AWS"),
        ("ghp_", "GitHub"),
        ("github_pat_", "GitHub"),
        ("gsk_", "Groq"),
        ("xai-", "xAI"),
    ];
    VENDORS.iter().find(|(start, _)| key.starts_with(start)).map(|(_, vendor)| *vendor)
}

#[cfg(test)]
mod tests;
