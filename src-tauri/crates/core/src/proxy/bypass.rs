//! Hosts that are reached without the proxy.

use std::net::IpAddr;

/// Rules for direct connections.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bypass(Vec<Rule>);

/// The meaning of a bare `example.com`: systems differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bare {
    /// Only that name: Windows, macOS.
    Itself,
    /// That name and all names under it: the environment, GNOME.
    WithSubdomains,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    hosts: Hosts,
    /// The only port that the rule applies to, if one was written.
    port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Hosts {
    /// Names without a dot.
    Simple,
    /// Addresses that share this many leading bits with this one.
    Net(IpAddr, u8),
    /// Names that match, with `*` for anything.
    Like(String),
    /// A name and all under it.
    Under(String),
}

impl Bypass {
    /// Reads single rules. Unreadable ones are ignored: they match nothing.
    pub(super) fn of<'a>(rules: impl IntoIterator<Item = &'a str>, bare: Bare) -> Self {
        Self(rules.into_iter().filter_map(|rule| Rule::read(rule, bare)).collect())
    }

    /// The same with every name without a dot.
    pub(super) fn and_simple_names(mut self) -> Self {
        self.0.push(Rule { hosts: Hosts::Simple, port: None });
        self
    }

    /// True when a host is to be reached directly.
    pub fn covers(&self, name: &str, port: u16) -> bool {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        self.0.iter().any(|rule| rule.port.is_none_or(|only| only == port) && rule.hosts.cover(&name))
    }
}

impl Rule {
    fn read(text: &str, bare: Bare) -> Option<Self> {
        let text = text.trim().trim_matches(['"', '\'']).to_ascii_lowercase();
        let text = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest);
        match text {
            "" | "<-loopback>" => return None,
            "<local>" => return Some(Self { hosts: Hosts::Simple, port: None }),
            _ => {}
        }
        if let Some(hosts) = Hosts::net(text) {
            return Some(Self { hosts, port: None });
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().ok()?)),
            None => (text, None),
        };
        if let Some(hosts) = Hosts::net(host) {
            return Some(Self { hosts, port });
        }
        let suffix = host.strip_prefix("*.").or_else(|| host.strip_prefix('.'));
        let hosts = match (suffix, bare) {
            (Some(suffix), Bare::WithSubdomains) if !suffix.contains('*') => Hosts::Under(suffix.to_owned()),
            (None, Bare::WithSubdomains) if !host.contains('*') => Hosts::Under(host.to_owned()),
            (Some(suffix), Bare::Itself) if host.starts_with('.') => Hosts::Like(format!("*.{suffix}")),
            _ => Hosts::Like(host.to_owned()),
        };
        Some(Self { hosts, port })
    }
}

impl Hosts {
    /// An address or a range of them: `10.0.0.0/8`, macOS' short `169.254/16`, `::1`, `[::1]`.
    fn net(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u8>().ok()?)),
            None => (text, None),
        };
        let bare = address.trim_start_matches('[').trim_end_matches(']');
        let padded = match (bits, bare.matches('.').count()) {
            (Some(_), dots @ 0..3) if !bare.contains(':') => format!("{bare}{}", ".0".repeat(3 - dots)),
            _ => bare.to_owned(),
        };
        let address: IpAddr = padded.parse().ok()?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        Some(Self::Net(address, bits.unwrap_or(width).min(width)))
    }

    fn cover(&self, name: &str) -> bool {
        match self {
            Self::Simple => !name.contains('.') && !name.contains(':'),
            Self::Net(net, bits) => name.parse().is_ok_and(|address| begins_alike(*net, address, *bits)),
            Self::Like(pattern) => is_like(pattern, name),
            Self::Under(parent) => {
                name == parent || name.strip_suffix(parent.as_str()).is_some_and(|rest| rest.ends_with('.'))
            }
        }
    }
}

fn begins_alike(net: IpAddr, address: IpAddr, bits: u8) -> bool {
    let number = |address: IpAddr| match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()) << 96, true),
        IpAddr::V6(address) => (address.to_bits(), false),
    };
    let ((net, net_is_v4), (address, is_v4)) = (number(net), number(address));
    let differ = (net ^ address).checked_shr(128 - u32::from(bits)).unwrap_or(0);
    net_is_v4 == is_v4 && differ == 0
}

/// Matches `*` by its parts, without backtracking: the rule is untrusted.
fn is_like(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let mut middle: Vec<&str> = parts.collect();
    let Some(last) = middle.pop() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rule: &str, bare: Bare, covered: &[&str], not_covered: &[&str]) {
        let bypass = Bypass::of([rule], bare);
        for name in covered {
            assert!(bypass.covers(name, 443), "{rule} covers {name}");
        }
        for name in not_covered {
            assert!(!bypass.covers(name, 443), "{rule} does not cover {name}");
        }
    }

    #[test]
    fn names() {
        check("example.com", Bare::WithSubdomains, &["example.com", "a.EXAMPLE.com"], &["badexample.com", "com"]);
        check(".example.com", Bare::WithSubdomains, &["example.com", "a.example.com"], &["example.org"]);
        check("example.com", Bare::Itself, &["example.com"], &["a.example.com"]);
        check("*.example.com", Bare::Itself, &["a.example.com", "a.b.example.com"], &["example.com"]);
        check(".example.com", Bare::Itself, &["a.example.com"], &["example.com"]);
        check("*", Bare::WithSubdomains, &["anything.example", "10.0.0.1"], &[]);
        check("gate*.example", Bare::Itself, &["gate1.example"], &["gate.example.com"]);
        check("<local>", Bare::Itself, &["intranet"], &["intranet.example", "::1"]);
        check("https://example.com", Bare::Itself, &["example.com"], &[]);
    }

    #[test]
    fn addresses() {
        check("127.*", Bare::Itself, &["127.0.0.1"], &["12.7.0.1"]);
        check("10.0.0.0/8", Bare::WithSubdomains, &["10.200.0.1"], &["11.0.0.1", "name.example"]);
        check("169.254/16", Bare::Itself, &["169.254.7.7"], &["169.253.7.7"]);
        check("0.0.0.0/0", Bare::Itself, &["8.8.8.8"], &["::1"]);
        check("[::1]", Bare::WithSubdomains, &["::1"], &["::2"]);
        check("fd00::/8", Bare::WithSubdomains, &["fd12::1"], &["fe80::1"]);
        check("10.0.0.0/99", Bare::WithSubdomains, &["10.0.0.0"], &["10.0.0.1"]);
    }

    #[test]
    fn a_port_narrows_a_rule() {
        check("example.com:443", Bare::WithSubdomains, &["example.com"], &[]);
        check("example.com:8443", Bare::WithSubdomains, &[], &["example.com"]);
        check("[::1]:443", Bare::WithSubdomains, &["::1"], &[]);
    }

    #[test]
    fn nonsense_covers_nothing() {
        for rule in ["", " ", "<-loopback>", "a:b:c", "1.2.3.4/x"] {
            check(rule, Bare::WithSubdomains, &[], &["example.com", "1.2.3.4"]);
        }
    }
}
