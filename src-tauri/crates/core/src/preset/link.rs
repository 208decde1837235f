//! A preset as a link: `airouter-setup://preset/<the file>?signature=<its signature>`, both in base64
//! for addresses. The link holds everything, so that nothing is downloaded, and the received bytes are
//! exactly the signed ones.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;

use crate::finding::{Code, Finding};

/// The scheme that the system opens with this program.
pub const SCHEME: &str = "airouter-setup";

const START: &str = "airouter-setup://preset/";
/// Chat programs damage longer links; then the file has to be sent.
const LONGEST: usize = 16 * 1024;

/// The content of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// The text of the preset's file.
    pub preset: String,
    /// The text of its signature, if it has one.
    pub signature: Option<String>,
}

/// True when a text begins like such a link.
pub fn is_link(text: &str) -> bool {
    text.get(..SCHEME.len() + 1).is_some_and(|start| start.eq_ignore_ascii_case("airouter-setup:"))
}

/// Reads a link.
///
/// # Errors
/// `PresetInvalid` for everything that is not exactly in that form.
pub fn read(link: &str) -> Result<Carried, Finding> {
    let invalid = || Finding::new(Code::PresetInvalid).with("reason", "link");
    if link.len() > LONGEST || !is_link(link) {
        return Err(invalid());
    }
    // Systems write the scheme in lower case, and some add a slash at the end.
    let rest =
        link.get(START.len()..).filter(|_| link[..START.len()].eq_ignore_ascii_case(START)).ok_or_else(invalid)?;
    let (preset, signature) = match rest.split_once('?') {
        Some((preset, query)) => (preset, Some(query.strip_prefix("signature=").ok_or_else(invalid)?)),
        None => (rest, None),
    };
    let decoded = |part: &str| {
        let bytes = BASE64.decode(part.trim_end_matches('/')).map_err(|_| invalid())?;
        String::from_utf8(bytes).map_err(|_| invalid())
    };
    Ok(Carried { preset: decoded(preset)?, signature: signature.map(decoded).transpose()? })
}

/// Writes a link.
pub fn write(carried: &Carried) -> String {
    let signature = carried.signature.as_ref().map(|text| format!("?signature={}", BASE64.encode(text)));
    format!("{START}{}{}", BASE64.encode(&carried.preset), signature.unwrap_or_default())
}
