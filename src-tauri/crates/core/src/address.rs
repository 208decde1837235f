//! The gateway's base address, in the one form that every Claude Desktop accepts.
//!
//! Claude appends `/v1/messages` and `/v1/models` by itself and accepts `https:` for any host but
//! `http:` only on loopback (PI); credentials in it are refused since 1.32352.0 (OD). People paste
//! what they have: the OpenAI address, the console page, a full route, with or without a scheme.
//! [`repair`] converts these into the accepted form and lists its changes; [`GatewayUrl`] only
//! holds accepted addresses.

mod host;
mod path;
mod typed;

pub(crate) use typed::plain_form;

use serde::Serialize;
use ts_rs::TS;
use url::{Host, Url};

use crate::finding::{Code, Finding};

/// A base address that Claude accepts: parsed, without `/v1`, slash, query or credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayUrl {
    text: String,
    host: String,
    is_loopback: bool,
}

/// A change that was made to a typed address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case", tag = "kind")]
#[ts(export)]
pub enum AddressChange {
    /// Spaces, quotes or invisible characters were removed.
    Cleaned,
    /// The address was extracted from a longer text.
    TakenFromText,
    /// A mistyped `https://` was corrected.
    SchemeRepaired,
    /// `https://` was prefixed.
    SchemeAdded,
    /// `http://` was prefixed to an address on this computer, where local gateways use it.
    HttpAdded,
    /// `http://` became `https://`.
    MadeHttps,
    /// `localhost` became `127.0.0.1`, which every version accepts.
    LocalhostNumbered,
    /// A repeated part was removed.
    DoubledRemoved,
    /// Capital letters were converted to lower case.
    LowerCased,
    /// The default port was removed.
    PortRemoved,
    /// Adjacent slashes were merged.
    SlashesMerged,
    /// A trailing slash was removed.
    SlashRemoved,
    /// A path that Claude adds by itself was removed.
    PathRemoved {
        /// The removed path.
        path: String,
    },
    /// The path that this gateway needs was added.
    PathAdded {
        /// The added path.
        path: String,
    },
    /// `?…` or `#…` was removed.
    QueryRemoved,
}

impl GatewayUrl {
    /// Parses an address that is already in the accepted form.
    ///
    /// # Errors
    /// `UrlInvalid` for any address that [`repair`] would change or refuse.
    pub fn parse(text: &str) -> Result<Self, Finding> {
        let (address, changes) = repair(text, None)?;
        if changes.is_empty() { Ok(address) } else { Err(invalid("needs-repair")) }
    }

    /// The address without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host, with the port unless it is the default one; ASCII, so that look-alike letters are visible.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The host without a port; an IPv6 address without its brackets.
    pub fn name(&self) -> &str {
        match self.host.strip_prefix('[') {
            Some(rest) => rest.split(']').next().unwrap_or_default(),
            None => self.host.split(':').next().unwrap_or_default(),
        }
    }

    /// The port, explicit or default.
    pub fn port(&self) -> u16 {
        let written = self.host.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        let usual = if self.is_encrypted() { 443 } else { 80 };
        written.filter(|_| !self.host.ends_with(']')).unwrap_or(usual)
    }

    /// True for `https:`.
    pub fn is_encrypted(&self) -> bool {
        self.text.starts_with("https:")
    }

    /// True for this computer: reached without a proxy, and allowed to use plain http.
    pub fn is_loopback(&self) -> bool {
        self.is_loopback
    }

    /// True when both hosts are names of one owner, such as `www.gate.example` and `api.gate.example`.
    pub fn has_owner_of(&self, other: &Self) -> bool {
        let is_name =
            |address: &Self| address.name().contains(|c: char| c.is_ascii_alphabetic()) && !address.is_loopback;
        is_name(self) && is_name(other) && host::owner_of(self.name()) == host::owner_of(other.name())
    }

    /// The address of a route such as `/v1/models`.
    pub fn route(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }
}

/// The longest text that is read, in bytes.
const LONGEST: usize = 64 * 1024;
/// The longest name of a host that can be resolved (RFC 1035).
const LONGEST_HOST: usize = 253;
/// The longest address, in bytes; real base addresses are far shorter.
const LONGEST_ADDRESS: usize = 2048;

/// Converts a typed address into the accepted form, and lists the changes. Pure, and idempotent: its
/// result is never changed again. `own` is the preset's address: on its host its path is added; the host
/// itself is never changed (except `localhost`), and one that only looks like the preset's is refused.
///
/// # Errors
/// `UrlInvalid` with evidence `reason`: `empty`, `unreadable`, `several`, `credentials`, `scheme`,
/// `host-without-dot`, `look-alike`, `borrowed-name`, `misspelt-host`.
pub fn repair(text: &str, own: Option<&GatewayUrl>) -> Result<(GatewayUrl, Vec<AddressChange>), Finding> {
    if text.len() > LONGEST {
        return Err(invalid("unreadable"));
    }
    if text.chars().all(|c| c.is_whitespace() || crate::text::is_invisible(c)) {
        return Err(invalid("empty"));
    }
    if typed::has_login(text) {
        return Err(invalid("credentials"));
    }
    let mut found: Option<(GatewayUrl, Vec<AddressChange>)> = None;
    for typed in typed::addresses(text)? {
        let (address, changes) = repair_one(typed, text, own)?;
        match &found {
            // The console and the address itself may be in one sentence if they have the same host.
            Some((known, _)) if known.host != address.host => return Err(invalid("several")),
            Some((known, _)) if known.text.len() > address.text.len() => {}
            Some((known, did)) if known.text == address.text && did.len() <= changes.len() => {}
            _ => found = Some((address, changes)),
        }
    }
    found.ok_or_else(|| invalid("unreadable"))
}

fn repair_one(
    typed: typed::Typed,
    text: &str,
    own: Option<&GatewayUrl>,
) -> Result<(GatewayUrl, Vec<AddressChange>), Finding> {
    let mut changes = typed.changes;
    if typed.text.len() > LONGEST_ADDRESS {
        return Err(invalid("unreadable"));
    }
    let (scheme, rest) = typed.text.split_once("://").ok_or_else(|| invalid("unreadable"))?;
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return Err(invalid("scheme"));
    }
    let authority = rest.trim_start_matches('/').split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(invalid("credentials"));
    }
    if rest.split(['?', '#']).next().is_some_and(|rest| rest.contains("://")) {
        return Err(invalid("several"));
    }
    let mut url = Url::parse(&typed.text).map_err(|_| invalid("unreadable"))?;
    if [scheme, authority].iter().any(|part| part.contains(|c: char| c.is_ascii_uppercase())) {
        changes.push(AddressChange::LowerCased);
    }
    repair_host(&mut url, authority, &mut changes)?;
    let reason = own.and_then(|own| host::pretends(&host_of(&url), own.host()));
    if let Some(reason) = reason {
        return Err(invalid(reason));
    }
    if url.query().is_some() || url.fragment().is_some() {
        url.set_query(None);
        url.set_fragment(None);
        changes.push(AddressChange::QueryRemoved);
    }
    let home = own.filter(|own| own.host() == host_of(&url)).map(path_of);
    let path = path::repaired(url.path(), home.as_deref(), &mut changes);
    // May be a second address, once `/./` and the like are removed from it.
    if path.contains(":/") {
        return Err(invalid("several"));
    }
    url.set_path(&path);

    let address = url.as_str().trim_end_matches('/').to_owned();
    // Letters of other alphabets become longer when they are encoded.
    if address.len() > LONGEST_ADDRESS {
        return Err(invalid("unreadable"));
    }
    // Changes of the URL parser that have no name of their own, such as resolving `/a/../b`.
    if changes.is_empty() && address != text {
        changes.push(if address == text.trim_end_matches('/') {
            AddressChange::SlashRemoved
        } else {
            AddressChange::Cleaned
        });
    }
    Ok((GatewayUrl { host: host_of(&url), is_loopback: is_loopback(&url), text: address }, changes))
}

fn repair_host(url: &mut Url, authority: &str, changes: &mut Vec<AddressChange>) -> Result<(), Finding> {
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(|| invalid("unreadable"))?.to_owned();
    // Browsers read `https://1` as a number and `%61` as a letter: a person who typed them did not mean that host.
    let is_guessed = matches!(url.host(), Some(Host::Ipv4(_))) && !authority.starts_with(&host);
    // Browsers accept characters such as `!`, but no host name holds them.
    let is_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
    let is_label = |label: &str| (1..=63).contains(&label.len());
    let is_odd = matches!(url.host(), Some(Host::Domain(name))
        if !is_name(name) || name.len() > LONGEST_HOST || !name.split('.').all(is_label));
    if is_guessed || is_odd || authority.contains('%') {
        return Err(invalid("unreadable"));
    }
    if url.scheme() == "http" && !is_loopback(url) {
        // Parsed again, so that 443 is the default port from now on.
        *url = Url::parse(&url.as_str().replacen("http:", "https:", 1)).map_err(|_| invalid("unreadable"))?;
        changes.push(AddressChange::MadeHttps);
    }
    let has_port = authority.rsplit(']').next().is_some_and(|rest| rest.contains(':'));
    if has_port && url.port().is_none() {
        changes.push(AddressChange::PortRemoved);
    }
    if url.scheme() == "http" && host == "localhost" {
        url.set_host(Some("127.0.0.1")).map_err(|_| invalid("unreadable"))?;
        changes.push(AddressChange::LocalhostNumbered);
    }
    let is_name_without_dot =
        matches!(url.host(), Some(Host::Domain(name)) if !name.contains('.') && name != "localhost");
    // A single word is not an address; with a scheme it is one that no gateway can have.
    let reason = if changes.iter().any(|did| matches!(did, AddressChange::SchemeAdded | AddressChange::HttpAdded)) {
        "unreadable"
    } else {
        "host-without-dot"
    };
    if is_name_without_dot { Err(invalid(reason)) } else { Ok(()) }
}

fn path_of(address: &GatewayUrl) -> String {
    Url::parse(address.as_str()).map_or_else(|_| String::new(), |url| url.path().trim_end_matches('/').to_owned())
}

fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// True for exactly the hosts for which Claude accepts plain http (PI).
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.octets() == [127, 0, 0, 1],
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn invalid(reason: &str) -> Finding {
    Finding::new(Code::UrlInvalid).with("reason", reason)
}

#[cfg(test)]
mod tests;
