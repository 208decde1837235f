//! Verifies a preset's signature: a file of `minisign` beside the preset, or part of its link. It is verified
//! with the keys that this program was built with and with one that the person names.
//!
//! A wrong signature refuses the preset. One by an unknown key counts as none: anybody can make a
//! key.

use minisign_verify::{PublicKey, Signature};

use crate::finding::{Code, Finding};

/// The built-in signers, as name and public key. The gateway's operator has published none so far.
const BUILT_IN: &[Named] = &[];

/// Who signed a preset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signer {
    /// It is not signed.
    None,
    /// It is signed with an unknown key.
    Unknown {
        /// The key's number, as `minisign` shows it.
        id: String,
    },
    /// It is signed with a known key.
    Known {
        /// The signer's name.
        name: String,
    },
}

/// A public key with its owner's name.
struct Named {
    name: &'static str,
    /// The second line of a `.pub` file of minisign, or the whole file.
    key: &'static str,
}

/// Finds out who signed a text. With a key that the person named, only its signature is accepted.
///
/// # Errors
/// `PresetSignature` when the signature is wrong, is missing although a key was named, or the named key is
/// invalid.
pub fn signer(text: &str, signature: Option<&str>, named: Option<&str>) -> Result<Signer, Finding> {
    let refused = |reason: &str| Finding::new(Code::PresetSignature).with("reason", reason);
    let named = match named {
        Some(key) => Some(public_key(key).ok_or_else(|| refused("named-key"))?),
        None => None,
    };
    let Some(signature) = signature else {
        return if named.is_some() { Err(refused("missing")) } else { Ok(Signer::None) };
    };
    let id = key_id(signature).ok_or_else(|| refused("unreadable"))?;
    let signature = Signature::decode(signature).map_err(|_| refused("unreadable"))?;
    let is_by = |key: &PublicKey| key.verify(text.as_bytes(), &signature, false).is_ok();
    if let Some(key) = named {
        return if is_by(&key) { Ok(Signer::Known { name: id }) } else { Err(refused("wrong")) };
    }
    for known in BUILT_IN {
        let Some(key) = public_key(known.key).filter(|_| key_id(known.key).as_deref() == Some(&id)) else { continue };
        return if is_by(&key) { Ok(Signer::Known { name: known.name.to_owned() }) } else { Err(refused("wrong")) };
    }
    Ok(Signer::Unknown { id })
}

/// The line of a file that is neither a comment nor empty.
fn payload(text: &str) -> Option<&str> {
    text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with("untrusted comment:"))
}

fn public_key(text: &str) -> Option<PublicKey> {
    PublicKey::from_base64(payload(text)?).ok()
}

/// The number of the key that signed, or of a key itself: both begin with two letters and eight bytes, the
/// lowest first (OD, minisign).
fn key_id(text: &str) -> Option<String> {
    use base64::Engine;
    let bytes = base64::prelude::BASE64_STANDARD.decode(payload(text)?).ok()?;
    let id: Vec<String> = bytes.get(2..10)?.iter().rev().map(|byte| format!("{byte:02X}")).collect();
    Some(id.concat())
}
