//! Reads the inference block: gateway, source of the key, models, or why it is unusable.

use serde_json::Value;
use url::{Host, Url};

use super::Source;
use super::values::Values;
use crate::claude::keys;
use crate::claude::models::{DropReason, judge_id};
use crate::claude::version::Version;

/// A usable gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inference {
    /// The configuration that it was read from.
    pub source: Source,
    /// The host, with the port if it is not the usual one.
    pub host: String,
    /// Where the key comes from.
    pub key: KeySource,
    /// The listed models that Claude shows, the default first.
    pub models: Vec<String>,
    /// True when Claude requests the gateway's list.
    pub asks_for_models: bool,
}

/// The source of the key. The key itself is not held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// It is written in the configuration.
    Written,
    /// A program at this path prints it.
    Program(String),
    /// Another kind, which needs a sign-in or a program of the vendor's; its name.
    Other(String),
}

/// Why a block is unusable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unusable {
    /// The address is missing, or Claude refuses it.
    Address,
    /// There is no credential of the kind that the configuration names.
    Credential,
    /// The list of models makes Claude refuse the configuration.
    Models,
    /// The value of this key has the wrong type.
    WrongType(&'static str),
}

/// From this version on names and passwords in the address are refused (OD).
const REFUSES_CREDENTIALS: Version = Version(1, 32_352, 0);
/// From this version on an unusable model is dropped; before, Claude refuses the whole list (PI).
const DROPS_MODELS: Version = Version(1, 46_388, 0);
/// Most models in a list (PI).
const MOST_MODELS: usize = 200;

/// Reads the block of an activated configuration; the inner error is another provider's name.
pub(super) fn read(values: &Values<'_>) -> Result<Result<Inference, String>, Unusable> {
    let provider = values.text(keys::PROVIDER)?.unwrap_or_default();
    if provider != "gateway" {
        return Ok(Err(provider.to_owned()));
    }
    let host = host(values)?;
    let key = credential(values)?;
    let (models, asks_for_models) = models(values)?;
    Ok(Ok(Inference { source: values.source(), host, key, models, asks_for_models }))
}

/// The host of the address as Claude reads it (PI): trimmed, `https://` prefixed to a bare host, plain http
/// only to this computer.
fn host(values: &Values<'_>) -> Result<String, Unusable> {
    let text = values.text(keys::BASE_URL)?.unwrap_or_default().trim();
    let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let url = Url::parse(&whole).map_err(|_| Unusable::Address)?;
    let host = url.host().ok_or(Unusable::Address)?;
    let is_here = match &host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => *address == std::net::Ipv4Addr::LOCALHOST,
        Host::Ipv6(address) => *address == std::net::Ipv6Addr::LOCALHOST,
    };
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_here);
    let has_credentials = !url.username().is_empty() || url.password().is_some();
    let refuses = values.version.is_none_or(|version| version >= REFUSES_CREDENTIALS);
    if !is_safe || (has_credentials && refuses) {
        return Err(Unusable::Address);
    }
    Ok(url.port().map_or_else(|| host.to_string(), |port| format!("{host}:{port}")))
}

/// The credential: a named kind is the only source; without one, a program has precedence (OD).
fn credential(values: &Values<'_>) -> Result<KeySource, Unusable> {
    let written = values.text(keys::API_KEY)?.filter(|key| !key.trim().is_empty()).map(|_| KeySource::Written);
    let program = values.text(keys::CREDENTIAL_HELPER)?;
    // Claude expands neither `~` nor variables (PI).
    let program = program.filter(|path| std::path::Path::new(path).is_absolute());
    let program = program.map(|path| KeySource::Program(path.to_owned()));
    match values.text(keys::CREDENTIAL_KIND)? {
        None => program.or(written),
        Some("static") => written,
        Some("helper-script") => program,
        // `oauth` ended on 2026-10-07 (OD); the others need a person to sign in.
        Some(kind @ ("interactive" | "vendor-profile" | "workforce" | "external-idp")) => {
            Some(KeySource::Other(kind.to_owned()))
        }
        Some(_) => None,
    }
    .ok_or(Unusable::Credential)
}

/// The models that Claude shows, and whether it requests the gateway's list.
fn models(values: &Values<'_>) -> Result<(Vec<String>, bool), Unusable> {
    let listed = values.list(keys::MODELS)?.unwrap_or_default();
    let discovery = values.flag(keys::DISCOVERY)?;
    if listed.len() > MOST_MODELS {
        return Err(Unusable::Models);
    }
    let (mut shown, mut has_alias) = (Vec::new(), false);
    for item in &listed {
        let name = item.as_str().or_else(|| item.get("name").and_then(Value::as_str)).ok_or(Unusable::Models)?;
        match judge_id(name, values.version) {
            None => shown.push(name.to_owned()),
            Some(DropReason::BareAlias) => {
                has_alias = true;
                shown.push(name.to_owned());
            }
            Some(DropReason::RefusesList | DropReason::NotAnId) => return Err(Unusable::Models),
            Some(_) if values.version.is_some_and(|version| version < DROPS_MODELS) => return Err(Unusable::Models),
            Some(_) => {}
        }
    }
    let needs_the_gateway = listed.is_empty() || has_alias;
    let asks = discovery.unwrap_or(needs_the_gateway);
    if needs_the_gateway && !asks { Err(Unusable::Models) } else { Ok((shown, asks)) }
}
