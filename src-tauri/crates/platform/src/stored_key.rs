//! The stored key, for the address that it was stored for.

use airouter_core::address::GatewayUrl;
use airouter_core::finding::{Code, Finding};
use airouter_core::secret::Secret;

use crate::places::Places;
use crate::{observe, redaction, state};

/// The key that is stored for the gateway at an address: no other address gets it. It is registered for redaction.
///
/// # Errors
/// `KeyNotStored` where no connection to this address was made here, or as [`observe::key_in_use`].
pub fn stored_for(places: &Places, base: &GatewayUrl) -> Result<Secret, Finding> {
    let journal = state::journal(places)?.filter(|journal| journal.is_connection() && journal.base == base.as_str());
    let key = observe::key_in_use(places, &journal.ok_or_else(|| Finding::new(Code::KeyNotStored))?)?;
    redaction::register([key.clone()]);
    Ok(key)
}
