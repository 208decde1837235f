//! Reading what a person pasted as a key.
//!
//! Keys travel through chat programs, mail and PDFs, and arrive with line breaks, full-width letters,
//! quotes, `Bearer`, an `export` line, a whole settings file or an import link around them. Cleaning
//! is told, never silent, and half a key is never taken for a whole one; what cannot be a key is refused
//! before anything is sent. Prefix and length are not proof of anything (relays differ), so they only
//! raise a note. A key in a line that is commented out does not count beside one that is in force.

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

/// Longest paste that is looked at, in bytes; anything longer is surely not a key.
const LONGEST_PASTE: usize = 64 * 1024;
/// Longest key that is taken, in bytes: the limit of the Windows Credential Manager.
const LONGEST_KEY: usize = 2560;
/// Shorter texts are refused for AIRouter, which makes no such keys. Gateways of one's own do: Ollama's
/// `ollama`, LiteLLM's `sk-1234`, vLLM's `EMPTY`.
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
    /// Spaces or line breaks within it were removed: it was wrapped on its way.
    SpacesInsideRemoved,
    /// It was taken out of a longer text.
    TakenFromText,
    /// It was taken out of a link for another program.
    TakenFromLink,
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
    /// All addresses that may be the key's.
    places: Vec<place::Place>,
}

impl Paste {
    /// Whether the key was given out for the address to which it would be sent.
    pub fn belongs(&self, chosen: &GatewayUrl, preset: &Preset) -> Belongs {
        place::belongs(&self.places, chosen, preset)
    }

    /// Whether the key may be sent to an address. To another one than it was given out for it may only go
    /// where the person has named that address (`is_named`); then a remark tells of the other.
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

/// A finding that names a key's own address and the one that was chosen.
fn elsewhere(code: Code, shown: &str, chosen: &GatewayUrl) -> Finding {
    let present = if shown.contains("://") { chosen.as_str() } else { chosen.host() };
    Finding::new(code).with("pasted", shown).with("chosen", present)
}

/// Takes the key out of a pasted text. `own_vendor_only` refuses keys that are plainly another
/// vendor's; it is off for gateways that are not AIRouter, which may well take them. Short keys are taken
/// where it is off, and where the text names the address of another gateway beside the key.
///
/// # Errors
/// `KeyLint` with evidence `reason`: `empty`, `too-short`, `too-long`, `placeholder`, `masked`,
/// `truncated`, `inner-space`, `control-characters`, `not-ascii`, `only-address`, `no-key`, `several`,
/// `doubled`, `sign-in-token`, `reference` (it says where a key is and holds none), or `other-vendor` with the `vendor`.
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

/// What stands around a key, with a link for another program unfolded before it.
fn around(plain: &str) -> Zeroizing<String> {
    let plain = plain.replace("\\/", "/");
    let unfolded = link::unfolded(&plain).unwrap_or_default();
    Zeroizing::new(format!("{unfolded}\n{plain}"))
}

/// True for an address of another gateway than AIRouter.
fn leads_elsewhere(address: &str) -> bool {
    !address.to_ascii_lowercase().contains(Preset::airouter().base.host())
}

/// True for a single word as keys are, with nothing around it. A key may end in the `=` of base64.
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
    // What was plain or not in the text around the key is of no interest.
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
