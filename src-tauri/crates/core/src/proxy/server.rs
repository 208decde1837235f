//! One proxy server, parsed from any of its usual forms.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use url::{Host, Url};

use super::invalid;
use crate::finding::Finding;
use crate::secret::Secret;

/// The protocol of a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProxyKind {
    /// `CONNECT` over plain TCP, the usual one.
    Http,
    /// `CONNECT` over TLS.
    Https,
    /// SOCKS version 5. The proxy resolves names, as with browsers.
    Socks5,
}

/// A proxy server. Its name and password are never shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    kind: ProxyKind,
    host: String,
    port: u16,
    login: Option<(Secret, Secret)>,
}

impl Proxy {
    /// Parses `host:port` or an address with or without name and password. `usual` is the kind where
    /// there is no scheme.
    ///
    /// # Errors
    /// `ProxyInvalid` with evidence `reason`: `empty`, `scheme`, `host`, `port`, `login`.
    pub fn parse(text: &str, usual: ProxyKind) -> Result<Self, Finding> {
        let trimmed = text.trim().trim_matches(['"', '\'', '`', '<', '>', ',', ';', '“', '”']).trim();
        // A login may hold special characters: `OFFICE\li`, and whatever a password holds.
        let (before, place) = trimmed.rsplit_once('@').map_or((None, trimmed), |(before, place)| (Some(before), place));
        let place = crate::address::plain_form(place);
        let start = before.map_or_else(|| place.clone(), crate::address::plain_form);
        if place.trim().is_empty() && before.is_none() {
            return Err(invalid("empty"));
        }
        let (kind, usual_port, scheme_length) = match start.split_once("://") {
            None => (usual, None, 0),
            Some((scheme, _)) => {
                let (kind, port) = match scheme.trim().to_ascii_lowercase().as_str() {
                    "http" => (ProxyKind::Http, 80),
                    "https" => (ProxyKind::Https, 443),
                    "socks" | "socks5" | "socks5h" => (ProxyKind::Socks5, 1080),
                    _ => return Err(invalid("scheme")),
                };
                (kind, Some(port), scheme.len() + "://".len())
            }
        };
        let (login, place) = match before {
            // Wherever a login follows, the scheme is written without escapes.
            Some(before) => {
                (Some(read_login(before.get(scheme_length..).ok_or_else(|| invalid("login"))?)?), place.as_str())
            }
            None => (None, &place[scheme_length..]),
        };
        let place = place.trim().split(['/', '?', '#']).next().unwrap_or_default();
        let (host, port) = match place.rfind(':').filter(|colon| !place[*colon..].contains(']')) {
            Some(colon) => (&place[..colon], Some(place[colon + 1..].parse().map_err(|_| invalid("port"))?)),
            None => (place, usual_port),
        };
        let host = Host::parse(host).map_err(|_| invalid("host"))?.to_string();
        match port {
            Some(port) if port != 0 => Ok(Self { kind, host, port, login }),
            // A proxy has no default port, so a missing one is an error.
            _ => Err(invalid("port")),
        }
    }

    /// A proxy whose parts are known.
    pub(super) fn of_parts(kind: ProxyKind, host: &str, port: &str) -> Result<Self, Finding> {
        if host.contains("://") {
            return Self::parse(&format!("{}:{port}", host.trim_end_matches('/')), kind);
        }
        let is_bare_ipv6 = host.matches(':').count() > 1 && !host.starts_with('[');
        let place = if is_bare_ipv6 { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
        Self::parse(&place, kind)
    }

    /// The same with a name and a password.
    pub(super) fn with_login(self, name: &str, password: &str) -> Self {
        Self { login: Some((Secret::new(name.to_owned()), Secret::new(password.to_owned()))), ..self }
    }

    /// Its protocol.
    pub fn kind(&self) -> ProxyKind {
        self.kind
    }

    /// Its host, an IPv6 address without brackets.
    pub fn name(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Name and password, if there are any.
    pub fn login(&self) -> Option<(&Secret, &Secret)> {
        self.login.as_ref().map(|(name, password)| (name, password))
    }

    /// The secrets of the login: the password, and name and password in one, which is what `Basic` encodes.
    pub fn secrets(&self) -> Vec<Secret> {
        self.login.as_ref().map_or_else(Vec::new, |(name, password)| secrets(name.reveal(), password.reveal()))
    }

    /// The form that may be shown, without name and password.
    pub fn shown(&self) -> String {
        format!("{}://{}:{}", self.scheme(), self.host, self.port)
    }

    /// The whole address with name and password, for the client that makes the connection.
    pub fn url(&self) -> Secret {
        let Some((name, password)) = &self.login else { return Secret::new(self.shown()) };
        let Ok(mut url) = Url::parse(&self.shown()) else { return Secret::new(self.shown()) };
        // Both only fail for addresses without a host.
        let _ = url.set_username(name.reveal());
        let _ = url.set_password(Some(password.reveal()));
        Secret::new(url.into())
    }

    fn scheme(&self) -> &'static str {
        match self.kind {
            ProxyKind::Http => "http",
            ProxyKind::Https => "https",
            ProxyKind::Socks5 => "socks5h",
        }
    }
}

/// The secrets of a proxy's address in any form, valid or not: unchanged and decoded.
pub fn secrets_in(text: &str) -> Vec<Secret> {
    let place = text.split_once("://").map_or(text, |(_, rest)| rest);
    let Some((login, _)) = place.rsplit_once('@') else { return Vec::new() };
    let (name, password) = login.split_once(':').unwrap_or((login, ""));
    let mut all = secrets(name, password);
    if let (Ok(name), Ok(password)) = (decoded(name), decoded(password)) {
        all.extend(secrets(&name, &password));
    }
    all
}

fn secrets(name: &str, password: &str) -> Vec<Secret> {
    // A name without a password is itself the secret.
    let whole = if password.is_empty() { name.to_owned() } else { format!("{name}:{password}") };
    let all = [password.to_owned(), whole].into_iter();
    all.filter(|secret| !secret.is_empty()).map(Secret::new).collect()
}

fn read_login(text: &str) -> Result<(Secret, Secret), Finding> {
    let (name, password) = text.split_once(':').unwrap_or((text, ""));
    Ok((Secret::new(decoded(name)?), Secret::new(decoded(password)?)))
}

/// `%40` is `@`, as in any address.
fn decoded(text: &str) -> Result<String, Finding> {
    percent_decode_str(text).decode_utf8().map(Cow::into_owned).map_err(|_| invalid("login"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, shown: &str) {
        let proxy = Proxy::parse(text, ProxyKind::Http).unwrap_or_else(|finding| panic!("{text}: {finding:?}"));
        assert_eq!(proxy.shown(), shown, "{text}");
        assert!(!format!("{proxy:?}").contains("s3cret"), "{proxy:?}");
    }

    #[test]
    fn all_ways_of_writing_a_proxy() {
        check("127.0.0.1:7890", "http://127.0.0.1:7890");
        check(" http://127.0.0.1:7890/ ", "http://127.0.0.1:7890");
        check("127.0.0.1：7890", "http://127.0.0.1:7890");
        check("http://proxy.office.example", "http://proxy.office.example:80");
        check("https://proxy.office.example", "https://proxy.office.example:443");
        check("socks5://127.0.0.1:7891", "socks5h://127.0.0.1:7891");
        check("SOCKS://127.0.0.1", "socks5h://127.0.0.1:1080");
        check("http://li:s3cret%40x@proxy.example:8080", "http://proxy.example:8080");
        check("li:s3cret@[::1]:8080", "http://[::1]:8080");
    }

    #[test]
    fn a_login_is_kept_and_given_to_the_client_only() {
        let proxy = Proxy::parse("http://li%3A:a%40b@proxy.example:8080", ProxyKind::Http).unwrap();
        let (name, password) = proxy.login().unwrap();
        assert_eq!((name.reveal(), password.reveal()), ("li:", "a@b"));
        assert_eq!(proxy.url().reveal(), "http://li%3A:a%40b@proxy.example:8080/");
    }

    #[test]
    fn signs_of_a_login_are_its_own() {
        for (text, name, password) in [
            (r"http://OFFICE\li:s3cret@proxy.example:8080", r"OFFICE\li", "s3cret"),
            (r"OFFICE\li:s3cret@proxy.example:8080", r"OFFICE\li", "s3cret"),
            ("http://li@office.example:s3cret@proxy.example:8080", "li@office.example", "s3cret"),
            ("http://li:p@ss@proxy.example:8080", "li", "p@ss"),
            ("http://li:a/b#c?d@proxy.example:8080/", "li", "a/b#c?d"),
            (r"http://li:a\b@proxy.example:8080", "li", r"a\b"),
            ("http://OFFICE%5Cli:100%@proxy.example:8080", r"OFFICE\li", "100%"),
        ] {
            let proxy = Proxy::parse(text, ProxyKind::Http).unwrap_or_else(|finding| panic!("{text}: {finding:?}"));
            let (known, secret) = proxy.login().expect(text);
            assert_eq!((known.reveal(), secret.reveal()), (name, password), "{text}");
            assert_eq!(proxy.shown(), "http://proxy.example:8080", "{text}");
        }
    }

    #[test]
    fn the_secrets_of_a_login_are_known_whether_it_can_be_read_or_not() {
        let texts = |secrets: Vec<Secret>| secrets.iter().map(|it| it.reveal().to_owned()).collect::<Vec<_>>();
        let proxy = Proxy::parse("http://li:a%40b@proxy.example:8080", ProxyKind::Http).unwrap();
        assert_eq!(texts(proxy.secrets()), ["a@b", "li:a@b"]);
        assert_eq!(texts(secrets_in("http=li:a%40b@proxy")), ["a%40b", "http=li:a%40b", "a@b", "http=li:a@b"]);
        assert_eq!(texts(secrets_in("http://token@proxy:1"))[0], "token");
        assert!(secrets_in("http://127.0.0.1:7890").is_empty());
    }

    #[track_caller]
    fn check_refused(text: &str, reason: &str) {
        let finding = Proxy::parse(text, ProxyKind::Http).err().unwrap_or_else(|| panic!("{text} was taken"));
        assert_eq!(finding.evidence[0].value, reason, "{text}");
    }

    #[test]
    fn what_is_no_proxy_is_refused() {
        check_refused("  ", "empty");
        check_refused("127.0.0.1", "port");
        check_refused("127.0.0.1:http", "port");
        check_refused("127.0.0.1:70000", "port");
        check_refused("127.0.0.1:0", "port");
        check_refused("socks4://127.0.0.1:1080", "scheme");
        check_refused("ftp://127.0.0.1:21", "scheme");
        check_refused("http=127.0.0.1:7890", "host");
        check_refused("a b:80", "host");
    }
}
