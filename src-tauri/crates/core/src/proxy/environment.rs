//! Proxies in the environment: `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`, in either case.
//!
//! `HTTP_PROXY` alone is for `http:` addresses; curl, Go, Python and Chromium agree on that.

use super::ProxySettings;
use super::bypass::{Bare, Bypass};
use super::server::{Proxy, ProxyKind};

/// Reads the settings; `read` gives a variable's value. Lower case has precedence, as in curl.
pub fn of_environment(read: impl Fn(&str) -> Option<String>) -> ProxySettings {
    let read = |name: &str| {
        [name.to_lowercase(), name.to_owned()]
            .iter()
            .find_map(|name| read(name).filter(|value| !value.trim().is_empty()))
    };
    let proxy = read("HTTPS_PROXY").or_else(|| read("ALL_PROXY"));
    let exceptions = read("NO_PROXY").unwrap_or_default();
    ProxySettings {
        proxy: proxy.map(|text| Proxy::parse(&text, ProxyKind::Http).map_err(|it| it.with("from", "environment"))),
        bypass: Bypass::of(exceptions.split([',', ' ', ';']), Bare::WithSubdomains),
        ..ProxySettings::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::GatewayUrl;

    #[track_caller]
    fn check(variables: &[(&str, &str)], expected: Option<&str>) {
        let settings = of_environment(|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        });
        let gateway = GatewayUrl::parse("https://aigc.aochengcloud.com/claude").unwrap();
        let proxy = settings.choose(&gateway).expect("a way").proxy;
        assert_eq!(proxy.map(|proxy| proxy.shown()).as_deref(), expected, "{variables:?}");
    }

    #[test]
    fn the_environment_names_the_proxy_and_its_exceptions() {
        check(&[], None);
        check(&[("HTTPS_PROXY", "127.0.0.1:7890")], Some("http://127.0.0.1:7890"));
        check(&[("https_proxy", "http://low:1"), ("HTTPS_PROXY", "http://up:1")], Some("http://low:1"));
        check(&[("ALL_PROXY", "socks5://127.0.0.1:7891")], Some("socks5h://127.0.0.1:7891"));
        check(&[("https_proxy", "http://a:1"), ("all_proxy", "http://b:1")], Some("http://a:1"));
        check(&[("https_proxy", " "), ("all_proxy", "http://b:1")], Some("http://b:1"));
        check(&[("HTTP_PROXY", "http://a:1")], None);
    }

    #[test]
    fn exceptions() {
        let with = |exceptions| [("https_proxy", "http://p:1"), ("NO_PROXY", exceptions)];
        check(&with("example.com, .aochengcloud.com"), None);
        check(&with("*"), None);
        check(&with("cloud.com"), Some("http://p:1"));
        check(&with("10.0.0.0/8"), Some("http://p:1"));
    }
}
