//! Proxies of GNOME, and of desktop environments with its settings, as `gsettings list-recursively
//! org.gnome.system.proxy` prints them.

use super::ProxySettings;
use super::bypass::{Bare, Bypass};
use super::server::{Proxy, ProxyKind};
use crate::finding::Finding;

/// Reads the settings.
pub fn of_gnome(text: &str) -> ProxySettings {
    let values = Values(text);
    match values.text("org.gnome.system.proxy", "mode").as_deref() {
        Some("manual") => ProxySettings {
            proxy: values.server("https", ProxyKind::Http).or_else(|| values.server("socks", ProxyKind::Socks5)),
            bypass: Bypass::of(
                strings(values.raw("org.gnome.system.proxy", "ignore-hosts").unwrap_or_default())
                    .iter()
                    .map(String::as_str),
                Bare::WithSubdomains,
            ),
            ..ProxySettings::default()
        },
        Some("auto") => {
            let url = values.text("org.gnome.system.proxy", "autoconfig-url").filter(|url| !url.is_empty());
            ProxySettings { script: Some(url.unwrap_or_else(|| "wpad".to_owned())), ..ProxySettings::default() }
        }
        _ => ProxySettings::default(),
    }
}

struct Values<'a>(&'a str);

impl<'a> Values<'a> {
    fn raw(&self, schema: &str, name: &str) -> Option<&'a str> {
        self.0.lines().find_map(|line| {
            let mut parts = line.trim().splitn(3, ' ');
            let is_it = parts.next() == Some(schema) && parts.next() == Some(name);
            parts.next().filter(|_| is_it).map(str::trim)
        })
    }

    fn text(&self, schema: &str, name: &str) -> Option<String> {
        strings(self.raw(schema, name)?).into_iter().next()
    }

    fn server(&self, of: &str, kind: ProxyKind) -> Option<Result<Proxy, Finding>> {
        let schema = format!("org.gnome.system.proxy.{of}");
        let host = self.text(&schema, "host").map(|host| host.trim().to_owned()).filter(|host| !host.is_empty())?;
        let port = self.raw(&schema, "port").unwrap_or_default();
        let proxy = Proxy::of_parts(kind, &host, port).map_err(|it| it.with("from", "gnome"));
        Some(proxy.map(|proxy| if kind == ProxyKind::Http { self.with_login(proxy) } else { proxy }))
    }

    /// GNOME has one login, with the entry for `http`, for all of them.
    fn with_login(&self, proxy: Proxy) -> Proxy {
        let schema = "org.gnome.system.proxy.http";
        let name = self.text(schema, "authentication-user").unwrap_or_default();
        if self.raw(schema, "use-authentication") != Some("true") || name.is_empty() {
            return proxy;
        }
        proxy.with_login(&name, &self.text(schema, "authentication-password").unwrap_or_default())
    }
}

/// The strings in a printed value: `'a'`, `"a"`, `['a', 'b']`, `@as []`.
fn strings(value: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut letters = value.chars();
    while let Some(quote) = letters.find(|letter| matches!(letter, '\'' | '"')) {
        let mut text = String::new();
        while let Some(letter) = letters.next() {
            match letter {
                '\\' => text.extend(letters.next()),
                letter if letter == quote => break,
                letter => text.push(letter),
            }
        }
        found.push(text);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::GatewayUrl;

    const MANUAL: &str = "\
org.gnome.system.proxy autoconfig-url ''
org.gnome.system.proxy ignore-hosts ['localhost', '127.0.0.0/8', '::1', '10.0.0.0/8', '*.office.example']
org.gnome.system.proxy mode 'manual'
org.gnome.system.proxy use-same-proxy true
org.gnome.system.proxy.http authentication-password 'p\\'w'
org.gnome.system.proxy.http authentication-user 'li'
org.gnome.system.proxy.http enabled false
org.gnome.system.proxy.http host '127.0.0.1'
org.gnome.system.proxy.http port 7890
org.gnome.system.proxy.http use-authentication true
org.gnome.system.proxy.https host '127.0.0.1'
org.gnome.system.proxy.https port 7891
org.gnome.system.proxy.socks host '127.0.0.1'
org.gnome.system.proxy.socks port 7892
";

    #[track_caller]
    fn check(text: &str, address: &str, expected: Option<&str>) {
        let gateway = GatewayUrl::parse(address).unwrap();
        let proxy = of_gnome(text).choose(&gateway).expect("a way").proxy;
        assert_eq!(proxy.map(|proxy| proxy.shown()).as_deref(), expected);
    }

    #[test]
    fn a_manual_proxy_with_its_login_and_exceptions() {
        check(MANUAL, "https://gate.example/x", Some("http://127.0.0.1:7891"));
        check(MANUAL, "https://a.office.example/x", None);
        check(MANUAL, "https://10.1.2.3/x", None);
        let proxy = of_gnome(MANUAL).proxy.unwrap().unwrap();
        let (name, password) = proxy.login().unwrap();
        assert_eq!((name.reveal(), password.reveal()), ("li", "p'w"));
    }

    #[test]
    fn socks_stands_in_where_https_is_empty() {
        let text = MANUAL.replace("proxy.https host '127.0.0.1'", "proxy.https host ''");
        check(&text, "https://gate.example/x", Some("socks5h://127.0.0.1:7892"));
    }

    #[test]
    fn none_and_unreadable_texts_are_direct() {
        check(&MANUAL.replace("'manual'", "'none'"), "https://gate.example/x", None);
        check("No such schema", "https://gate.example/x", None);
        check("", "https://gate.example/x", None);
    }

    #[test]
    fn a_script_is_noticed() {
        let text = "org.gnome.system.proxy mode 'auto'\norg.gnome.system.proxy autoconfig-url 'http://w/p.pac'\n";
        assert_eq!(of_gnome(text).script.as_deref(), Some("http://w/p.pac"));
        assert_eq!(of_gnome("org.gnome.system.proxy mode 'auto'").script.as_deref(), Some("wpad"));
    }
}
