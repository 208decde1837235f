//! Reads the key from a pasted text.
//!
//! Keys are sent through chat programs, mail and PDFs, and arrive with line breaks, full-width letters,
//! quotes, `Bearer`, an `export` line, a whole settings file or an import link around them. Cleaning is
//! reported, never silent, and a part of a key is never taken for a whole one; what cannot be a key is refused
//! before anything is sent. Prefix and length prove nothing (gateways differ), so they only cause a note.
//! A key in a comment does not count beside one that is in force.

pub(crate) mod clean;
mod found;
mod link;
mod lint;
mod pieces;
mod place;
mod random;
mod value;
mod words;
mod wrapped;

use serde::Serialize;
use ts_rs::TS;
use zeroize::Zeroizing;

use crate::address::GatewayUrl;
use crate::finding::{Code, Finding};
use crate::preset::Preset;
use crate::secret::Secret;
use clean::Cleaned;
use lint::fault;
pub use place::Belongs;

/// The longest paste that is read, in bytes; longer texts are surely not a key.
const LONGEST_PASTE: usize = 64 * 1024;
/// The longest accepted key, in bytes: the limit of the Windows Credential Manager.
const LONGEST_KEY: usize = 2560;
/// Shorter texts are refused for AIRouter, which makes no such keys. Self-hosted gateways do: Ollama's
/// `ollama`, LiteLLM's `sk-1234`, vLLM's `EMPTY`.
const SHORTEST_KEY: usize = 8;

/// A change that was made to the pasted text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case", tag = "kind")]
#[ts(export)]
pub enum KeyNote {
    /// Spaces or line breaks around it were removed.
    SpacesRemoved,
    /// Invisible characters were removed.
    InvisibleRemoved,
    /// Full-width characters were converted to plain ones.
    FullWidthMadePlain,
    /// Quotes were removed.
    QuotesRemoved,
    /// A leading `Bearer` was removed.
    BearerRemoved,
    /// Spaces or line breaks within it were removed: it was wrapped in transit.
    SpacesInsideRemoved,
    /// It was extracted from a longer text.
    TakenFromText,
    /// It was extracted from a link for another program.
    TakenFromLink,
    /// It was pasted twice; one copy was kept.
    DoubledHalved,
    /// It does not look like a usual key; it may be valid nevertheless.
    UnusualStart,
}

/// The result of reading a paste.
#[derive(Debug)]
pub struct Paste {
    /// The key.
    pub key: Secret,
    /// The changes made to find it, in order.
    pub notes: Vec<KeyNote>,
    /// An address in the same text, unchanged.
    pub address: Option<String>,
    /// All addresses that may belong to the key.
    places: Vec<place::Place>,
}

impl Paste {
    /// Whether the key was issued for the address that it would be sent to.
    pub fn belongs(&self, chosen: &GatewayUrl, preset: &Preset) -> Belongs {
        place::belongs(&self.places, chosen, preset)
    }

    /// Whether the key may be sent to an address. If it was issued for another one, it may only be sent where the
    /// person has named that address (`is_named`); then the returned finding names the other one.
    ///
    /// # Errors
    /// `KeyElsewhere` with the facts `pasted` and `chosen`, which are hosts, or whole addresses where the hosts
    /// are the same.
    pub fn may_go_to(&self, chosen: &GatewayUrl, preset: &Preset, is_named: bool) -> Result<Option<Finding>, Finding> {
        match self.belongs(chosen, preset) {
            Belongs::Here => Ok(None),
            Belongs::Elsewhere { shown, .. } if is_named => Ok(Some(elsewhere(Code::AddressNamed, &shown, chosen))),
            Belongs::Elsewhere { shown, .. } => Err(elsewhere(Code::KeyElsewhere, &shown, chosen)),
        }
    }
}

/// A finding that names a key's own address and the chosen one.
fn elsewhere(code: Code, shown: &str, chosen: &GatewayUrl) -> Finding {
    let present = if shown.contains("://") { chosen.as_str() } else { chosen.host() };
    Finding::new(code).with("pasted", shown).with("chosen", present)
}

/// Extracts the key from a pasted text. `own_vendor_only` refuses keys that are plainly another
/// vendor's; it is off for gateways other than AIRouter, which may accept them. Short keys are accepted
/// where it is off, and where the text holds the address of another gateway beside the key.
///
/// # Errors
/// `KeyLint` with evidence `reason`: `empty`, `too-short`, `too-long`, `placeholder`, `masked`,
/// `truncated`, `inner-space`, `control-characters`, `not-ascii`, `only-address`, `no-key`, `several`,
/// `doubled`, `sign-in-token`, `reference` (it says where a key is and holds none), or `other-vendor` with the
/// `vendor`.
pub fn read(text: &str, own_vendor_only: bool) -> Result<Paste, Finding> {
    if text.len() > LONGEST_PASTE {
        return Err(fault("too-long"));
    }
    let Cleaned { text: plain, mut notes } = clean::clean(text);
    if plain.is_empty() {
        return Err(fault("empty"));
    }
    let whole = plain.clone();
    let (mut key, address) =
        if is_bare(&plain) { (plain, None) } else { pick(text, &plain, own_vendor_only, &mut notes)? };

    if let Some(half) = lint::halved(&key) {
        key = half;
        notes.push(KeyNote::DoubledHalved);
    }
    let is_elsewhere = address.as_deref().is_some_and(leads_elsewhere);
    let shortest = if own_vendor_only && !is_elsewhere { SHORTEST_KEY } else { 1 };
    lint::lint(&key, own_vendor_only, shortest)?;
    if !key.starts_with("sk-") || key.len() < 20 {
        notes.push(KeyNote::UnusualStart);
    }
    let places = place::places(&around(&whole), &key);
    Ok(Paste { key: Secret::new(key), notes, address, places })
}

/// The text around a key, preceded by the content of a link for another program.
fn around(plain: &str) -> Zeroizing<String> {
    let plain = plain.replace("\\/", "/");
    let unfolded = link::unfolded(&plain).unwrap_or_default();
    Zeroizing::new(format!("{unfolded}\n{plain}"))
}

/// True for an address of another gateway than AIRouter.
fn leads_elsewhere(address: &str) -> bool {
    !address.to_ascii_lowercase().contains(Preset::airouter().base.host())
}

/// True for a single word in the form of a key, with nothing around it. A key may end in the `=` of base64.
fn is_bare(text: &str) -> bool {
    let is_of_key = |c: char| c.is_ascii_graphic() && !"\"'`{}[]()<>,;:=|\\&?!".contains(c);
    let is_name = text.ends_with('=') && !random::looks_random(text.trim_end_matches('='));
    text.trim_end_matches('=').chars().all(is_of_key) && !text.ends_with('.') && !is_name
}

/// Finds the key, and an address beside it, in a longer text.
fn pick(
    pasted: &str,
    plain: &str,
    own_vendor_only: bool,
    notes: &mut Vec<KeyNote>,
) -> Result<(String, Option<String>), Finding> {
    // JSON may write `/` as `\/`.
    let plain = plain.replace("\\/", "/");
    let in_link = link::unfolded(&plain);
    let found = match &in_link {
        Some(lines) => found::find(lines, own_vendor_only)?,
        None => found::find(&plain, own_vendor_only)?,
    };
    // Whether the text around the key was plain does not matter.
    let is_as_pasted = pasted.split_whitespace().collect::<String>().contains(&found.key);
    if in_link.is_some() || is_as_pasted {
        notes.retain(|note| !matches!(note, KeyNote::FullWidthMadePlain | KeyNote::InvisibleRemoved));
    }
    if found.is_joined {
        notes.push(KeyNote::SpacesInsideRemoved);
    }
    let squeezed: String = plain.split_whitespace().collect();
    let copies = squeezed.matches(&found.key).count();
    let is_all = copies * found.key.len() == squeezed.len();
    if in_link.is_some() {
        notes.push(KeyNote::TakenFromLink);
    } else if !is_all {
        notes.push(KeyNote::TakenFromText);
    }
    if is_all && copies > 1 {
        notes.push(KeyNote::DoubledHalved);
    }
    Ok((found.key, found.address))
}

#[cfg(test)]
mod tests;
