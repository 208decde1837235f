//! One proxy server, read from whatever form it was written in.

use url::{Host, Url};

use super::invalid;
use crate::finding::Finding;
use crate::secret::Secret;

/// How a proxy is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProxyKind {
    /// `CONNECT` over plain TCP, the usual one.
    Http,
    /// `CONNECT` over TLS.
    Https,
    /// SOCKS version 5. Names are looked up by the proxy, as browsers do.
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
    /// Reads `host:port` or an address with or without name and password. `usual` is what it is when
    /// no scheme says so.
    ///
    /// # Errors
    /// `ProxyInvalid` with evidence `reason`: `empty`, `scheme`, `host`, `port`, `login`.
    pub fn parse(text: &str, usual: ProxyKind) -> Result<Self, Finding> {
        let text = crate::address::plain_form(text);
        let text = text.trim().trim_matches(['"', '\'', '`', '<', '>', ',', ';']).trim().to_owned();
        if text.is_empty() {
            return Err(invalid("empty"));
        }
        let (kind, usual_port, rest) = match text.split_once("://") {
            None => (usual, None, text.as_str()),
            Some((scheme, rest)) => match scheme.to_ascii_lowercase().as_str() {
                "http" => (ProxyKind::Http, Some(80), rest),
                "https" => (ProxyKind::Https, Some(443), rest),
                "socks" | "socks5" | "socks5h" => (ProxyKind::Socks5, Some(1080), rest),
                _ => return Err(invalid("scheme")),
            },
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (login, place) = match authority.rsplit_once('@') {
            Some((login, place)) => (Some(read_login(login)?), place),
            None => (None, authority),
        };
        let (host, port) = match place.rfind(':').filter(|colon| !place[*colon..].contains(']')) {
            Some(colon) => (&place[..colon], Some(place[colon + 1..].parse().map_err(|_| invalid("port"))?)),
            None => (place, usual_port),
        };
        let host = Host::parse(host).map_err(|_| invalid("host"))?.to_string();
        match port {
            Some(port) if port != 0 => Ok(Self { kind, host, port, login }),
            // A proxy has no usual port, so one that is left out is a slip.
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

    /// How it is spoken to.
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

    /// Name and password, where it wants them.
    pub fn login(&self) -> Option<(&Secret, &Secret)> {
        self.login.as_ref().map(|(name, password)| (name, password))
    }

    /// What of the login must never come back: the password, and name and password in one, which is what
    /// `Basic` encodes.
    pub fn secrets(&self) -> Vec<Secret> {
        self.login.as_ref().map_or_else(Vec::new, |(name, password)| secrets(name.reveal(), password.reveal()))
    }

    /// What may be shown: never the name or the password.
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

/// The secrets of a proxy's address as somebody wrote it, be it right or not: as they stand and decoded.
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
    // A name without a password is itself what lets in.
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
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        let code = more.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match code.filter(|_| *first == b'%').and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &more[2..];
            }
            None => {
                bytes.push(*first);
                rest = more;
            }
        }
    }
    String::from_utf8(bytes).map_err(|_| invalid("login"))
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
