//! The gateway's base address, in the one form that every Claude Desktop accepts.
//!
//! Claude appends `/v1/messages` and `/v1/models` by itself and takes `https:` for any host but
//! `http:` only on loopback (PI); credentials in it are refused since 1.32352.0 (OD). People paste
//! what they have: the OpenAI address, the console page, a full route, with or without a scheme.
//! [`repair`] makes the right form out of these and says what it changed; [`GatewayUrl`] can only
//! hold a right one.

use serde::Serialize;
use ts_rs::TS;
use url::{Host, Url};

use crate::finding::{Code, Finding};
use crate::preset::Preset;

/// A base address that Claude accepts: parsed, without `/v1`, slash, query or credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayUrl {
    text: String,
    host: String,
    is_loopback: bool,
}

/// Something that was changed of a typed address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case", tag = "kind")]
#[ts(export)]
pub enum AddressChange {
    /// Spaces, quotes or invisible characters were removed.
    Cleaned,
    /// `https://` was put in front.
    SchemeAdded,
    /// `http://` became `https://`.
    MadeHttps,
    /// `localhost` became `127.0.0.1`, which every version accepts.
    LocalhostNumbered,
    /// A slash at the end was removed.
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
    /// Reads an address that must be right already.
    ///
    /// # Errors
    /// `UrlInvalid` for any address that [`repair`] would change or refuse.
    pub fn parse(text: &str) -> Result<Self, Finding> {
        let (address, changes) = repair(text, None)?;
        if changes.is_empty() { Ok(address) } else { Err(invalid("needs-repair")) }
    }

    /// The address without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host, with the port if it is not the usual one; ASCII, so that look-alike letters show.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The host alone, without a port; an IPv6 address without its brackets.
    pub fn name(&self) -> &str {
        match self.host.strip_prefix('[') {
            Some(rest) => rest.split(']').next().unwrap_or_default(),
            None => self.host.split(':').next().unwrap_or_default(),
        }
    }

    /// The port, written or usual.
    pub fn port(&self) -> u16 {
        let written = self.host.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        let usual = if self.is_encrypted() { 443 } else { 80 };
        written.filter(|_| !self.host.ends_with(']')).unwrap_or(usual)
    }

    /// True for `https:`.
    pub fn is_encrypted(&self) -> bool {
        self.text.starts_with("https:")
    }

    /// True for this computer: reached without any proxy, and allowed to speak plain http.
    pub fn is_loopback(&self) -> bool {
        self.is_loopback
    }

    /// The address of a route such as `/v1/models`.
    pub fn route(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }
}

/// Paths that Claude or other programs add by themselves, the longest first.
const ADDED_PATHS: [&str; 8] = [
    "/v1/chat/completions",
    "/v1/messages",
    "/v1/responses",
    "/v1/models",
    "/chat/completions",
    "/messages",
    "/models",
    "/v1",
];

/// Makes a right address out of a typed one, and says what was changed. Pure, and idempotent: its
/// result is never changed again. On the preset's own host the preset's path is put back; the host
/// itself is never changed (but `localhost`).
///
/// # Errors
/// `UrlInvalid` with evidence `reason`: `empty`, `unreadable`, `credentials`, `scheme`.
pub fn repair(text: &str, preset: Option<&Preset>) -> Result<(GatewayUrl, Vec<AddressChange>), Finding> {
    let mut changes = Vec::new();
    let cleaned = cleaned(text);
    if cleaned != text {
        changes.push(AddressChange::Cleaned);
    }
    if cleaned.is_empty() {
        return Err(invalid("empty"));
    }

    let with_scheme = if cleaned.contains("://") {
        cleaned
    } else {
        changes.push(AddressChange::SchemeAdded);
        format!("https://{cleaned}")
    };
    let mut url = Url::parse(&with_scheme).map_err(|_| invalid("unreadable"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(invalid("credentials"));
    }
    repair_host(&mut url, &mut changes)?;
    if url.query().is_some() || url.fragment().is_some() {
        url.set_query(None);
        url.set_fragment(None);
        changes.push(AddressChange::QueryRemoved);
    }
    repair_path(&mut url, preset, &mut changes);

    let text = url.as_str().trim_end_matches('/').to_owned();
    Ok((GatewayUrl { host: host_of(&url), is_loopback: is_loopback(&url), text }, changes))
}

/// Without invisible characters, quotes and full-width letters: slips of pasting and of input methods.
pub(crate) fn cleaned(text: &str) -> String {
    let visible: String = text
        .chars()
        .filter(|c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}'))
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            '\u{3000}' | '\u{a0}' => ' ',
            '。' => '.',
            other => other,
        })
        .collect();
    visible.trim().trim_matches(['"', '\'', '`', '<', '>', '“', '”', ',', ';']).trim().to_owned()
}

fn repair_host(url: &mut Url, changes: &mut Vec<AddressChange>) -> Result<(), Finding> {
    if url.host_str().is_none_or(str::is_empty) {
        return Err(invalid("unreadable"));
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(url) => {}
        "http" => {
            url.set_scheme("https").map_err(|()| invalid("scheme"))?;
            changes.push(AddressChange::MadeHttps);
        }
        _ => return Err(invalid("scheme")),
    }
    if url.scheme() == "http" && url.host_str() == Some("localhost") {
        url.set_host(Some("127.0.0.1")).map_err(|_| invalid("unreadable"))?;
        changes.push(AddressChange::LocalhostNumbered);
    }
    let is_name_without_dot =
        matches!(url.host(), Some(Host::Domain(name)) if !name.contains('.') && name != "localhost");
    if is_name_without_dot { Err(invalid("unreadable")) } else { Ok(()) }
}

fn repair_path(url: &mut Url, preset: Option<&Preset>, changes: &mut Vec<AddressChange>) {
    let original = url.path().to_owned();
    let mut path = original.trim_end_matches('/').to_owned();
    if path.len() != original.len() && original != "/" {
        changes.push(AddressChange::SlashRemoved);
    }
    while let Some(added) = ADDED_PATHS.iter().find(|added| path.ends_with(*added)) {
        path.truncate(path.len() - added.len());
        path.truncate(path.trim_end_matches('/').len());
        changes.push(AddressChange::PathRemoved { path: (*added).to_owned() });
    }
    if let Some(preset) = preset.filter(|preset| preset.base.host() == host_of(url)) {
        let wanted = Url::parse(preset.base.as_str())
            .map_or_else(|_| String::new(), |base| base.path().trim_end_matches('/').to_owned());
        if path != wanted {
            if !path.is_empty() && !wanted.starts_with(&path) {
                changes.push(AddressChange::PathRemoved { path: path.clone() });
            }
            path.clone_from(&wanted);
            changes.push(AddressChange::PathAdded { path: wanted });
        }
    }
    url.set_path(&path);
}

fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Exactly the hosts for which Claude takes plain http (PI).
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
mod tests {
    use super::*;
    use AddressChange as Did;

    #[track_caller]
    fn check(typed: &str, expected: &str, changes: &[AddressChange]) {
        let preset = Preset::airouter();
        let (address, did) = repair(typed, Some(&preset)).unwrap_or_else(|finding| panic!("{typed}: {finding:?}"));
        assert_eq!((address.as_str(), did.as_slice()), (expected, changes), "{typed}");
        let (again, more) = repair(expected, Some(&preset)).expect("a repaired address is right");
        assert_eq!((again.as_str(), more.as_slice()), (expected, [].as_slice()), "not idempotent: {typed}");
    }

    const AIROUTER: &str = "https://aigc.aochengcloud.com/claude";

    fn removed(path: &str) -> Did {
        Did::PathRemoved { path: path.to_owned() }
    }
    fn added() -> Did {
        Did::PathAdded { path: "/claude".to_owned() }
    }

    #[test]
    fn the_wrong_addresses_of_the_guide_are_repaired() {
        check("https://aigc.aochengcloud.com/claude", AIROUTER, &[]);
        check("https://aigc.aochengcloud.com/claude/", AIROUTER, &[Did::SlashRemoved]);
        check("https://aigc.aochengcloud.com/claude/v1", AIROUTER, &[removed("/v1")]);
        check("https://aigc.aochengcloud.com/v1", AIROUTER, &[removed("/v1"), added()]);
        check("https://aigc.aochengcloud.com", AIROUTER, &[added()]);
        check("https://aigc.aochengcloud.com/console/token", AIROUTER, &[removed("/console/token"), added()]);
    }

    #[test]
    fn typing_slips_are_repaired() {
        check("aigc.aochengcloud.com/claude", AIROUTER, &[Did::SchemeAdded]);
        check(" http://aigc.aochengcloud.com/claude", AIROUTER, &[Did::Cleaned, Did::MadeHttps]);
        check("https：//aigc.aochengcloud.com/claude", AIROUTER, &[Did::Cleaned]);
        check("https://aigc.aochengcloud.com/claude?x=1#y", AIROUTER, &[Did::QueryRemoved]);
        check(
            "https://relay.example/v1/v1/messages",
            "https://relay.example",
            &[removed("/v1/messages"), removed("/v1")],
        );
        check("http://localhost:8900/claude", "http://127.0.0.1:8900/claude", &[Did::LocalhostNumbered]);
        check("http://192.168.1.5:8080/x", "https://192.168.1.5:8080/x", &[Did::MadeHttps]);
    }

    #[track_caller]
    fn check_refused(typed: &str, reason: &str) {
        let finding = repair(typed, None).err().unwrap_or_else(|| panic!("{typed} was taken"));
        assert_eq!((finding.code, finding.evidence[0].value.as_str()), (Code::UrlInvalid, reason), "{typed}");
    }

    #[test]
    fn what_cannot_be_repaired_safely_is_refused() {
        check_refused("  ", "empty");
        check_refused("https://user:pass@relay.example", "credentials");
        check_refused("ftp://relay.example", "scheme");
        check_refused("file:///etc/passwd", "unreadable");
        check_refused("hello", "unreadable");
        check_refused("https://", "unreadable");
    }

    #[test]
    fn look_alike_letters_show_in_the_host() {
        let (address, _) = repair("https://аigc.aochengcloud.com", None).expect("it is an address");
        assert!(address.host().starts_with("xn--"), "{}", address.host());
    }

    #[test]
    fn name_and_port() {
        let of = |text: &str| GatewayUrl::parse(text).map(|address| (address.name().to_owned(), address.port()));
        assert_eq!(of("https://gate.example/x"), Ok(("gate.example".to_owned(), 443)));
        assert_eq!(of("https://gate.example:8443"), Ok(("gate.example".to_owned(), 8443)));
        assert_eq!(of("https://[2001:db8::1]/x"), Ok(("2001:db8::1".to_owned(), 443)));
        assert_eq!(of("http://[::1]:81/x"), Ok(("::1".to_owned(), 81)));
    }

    #[test]
    fn loopback_is_told_apart() {
        let is_loopback = |text: &str| GatewayUrl::parse(text).map(|address| address.is_loopback());
        assert_eq!(is_loopback("http://127.0.0.1:1/claude"), Ok(true));
        assert_eq!(is_loopback("https://aigc.aochengcloud.com/claude"), Ok(false));
    }
}
