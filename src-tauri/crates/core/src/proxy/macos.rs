//! Proxies of macOS, as `scutil --proxy` prints them.

use super::ProxySettings;
use super::bypass::{Bare, Bypass};
use super::server::{Proxy, ProxyKind};
use crate::finding::Finding;

/// Reads the settings.
pub fn of_macos(text: &str) -> ProxySettings {
    let values = Values::read(text);
    let bypass = Bypass::of(values.exceptions.iter().copied(), Bare::Itself);
    let script = || values.get("ProxyAutoConfigURLString").filter(|url| !url.is_empty()).unwrap_or("wpad").to_owned();
    ProxySettings {
        proxy: values.server("HTTPS", ProxyKind::Http).or_else(|| values.server("SOCKS", ProxyKind::Socks5)),
        bypass: if values.is_on("ExcludeSimpleHostnames") { bypass.and_simple_names() } else { bypass },
        script: (values.is_on("ProxyAutoConfigEnable") || values.is_on("ProxyAutoDiscoveryEnable")).then(script),
        ..ProxySettings::default()
    }
}

/// The values of the outermost dictionary. Those of single interfaces (`__SCOPED__`) are ignored.
struct Values<'a> {
    pairs: Vec<(&'a str, &'a str)>,
    exceptions: Vec<&'a str>,
}

impl<'a> Values<'a> {
    fn read(text: &'a str) -> Self {
        let mut values = Self { pairs: Vec::new(), exceptions: Vec::new() };
        let mut inside: Vec<&str> = Vec::new();
        for line in text.lines().map(str::trim) {
            if line == "}" {
                inside.pop();
                continue;
            }
            let (name, value) = line.split_once(" : ").unwrap_or(("", line));
            if value.ends_with('{') {
                inside.push(name);
            } else if inside.len() == 1 {
                values.pairs.push((name, value));
            } else if inside.len() == 2 && inside[1] == "ExceptionsList" {
                values.exceptions.push(value);
            }
        }
        values
    }

    fn get(&self, name: &str) -> Option<&'a str> {
        self.pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    fn is_on(&self, name: &str) -> bool {
        self.get(name) == Some("1")
    }

    fn server(&self, of: &str, kind: ProxyKind) -> Option<Result<Proxy, Finding>> {
        let host = self.get(&format!("{of}Proxy")).filter(|host| !host.is_empty())?;
        let port = self.get(&format!("{of}Port")).unwrap_or_default();
        let is_on = self.is_on(&format!("{of}Enable"));
        is_on.then(|| Proxy::of_parts(kind, host, port).map_err(|it| it.with("from", "macos")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::GatewayUrl;

    const BOTH: &str = "\
<dictionary> {
  ExceptionsList : <array> {
    0 : *.local
    1 : 169.254/16
    2 : inside.example
  }
  ExcludeSimpleHostnames : 1
  FTPPassive : 1
  HTTPEnable : 1
  HTTPPort : 7890
  HTTPProxy : 127.0.0.1
  HTTPSEnable : 1
  HTTPSPort : 7891
  HTTPSProxy : 127.0.0.1
  SOCKSEnable : 1
  SOCKSPort : 7892
  SOCKSProxy : ::1
  __SCOPED__ : <dictionary> {
    en0 : <dictionary> {
      HTTPSProxy : 9.9.9.9
      ProxyAutoConfigEnable : 1
    }
  }
}
";

    #[track_caller]
    fn check(text: &str, address: &str, expected: Option<&str>) {
        let gateway = GatewayUrl::parse(address).unwrap();
        let choice = of_macos(text).choose(&gateway).expect("a way");
        assert_eq!(choice.proxy.map(|proxy| proxy.shown()).as_deref(), expected);
        assert_eq!(choice.script, None);
    }

    #[test]
    fn the_proxy_for_https_then_socks() {
        check(BOTH, "https://gate.example/x", Some("http://127.0.0.1:7891"));
        check(
            &BOTH.replace("HTTPSEnable : 1", "HTTPSEnable : 0"),
            "https://gate.example/x",
            Some("socks5h://[::1]:7892"),
        );
        check("<dictionary> {\n  FTPPassive : 1\n}\n", "https://gate.example/x", None);
        check("", "https://gate.example/x", None);
    }

    #[test]
    fn exceptions() {
        check(BOTH, "https://printer.local/x", None);
        check(BOTH, "https://inside.example/x", None);
        check(BOTH, "https://a.inside.example/x", Some("http://127.0.0.1:7891"));
        check(BOTH, "https://169.254.1.1/x", None);
    }

    #[test]
    fn a_script_is_noticed() {
        let text = "<dictionary> {\n  ProxyAutoConfigEnable : 1\n  ProxyAutoConfigURLString : http://w/p.pac\n}";
        assert_eq!(of_macos(text).script.as_deref(), Some("http://w/p.pac"));
        assert_eq!(of_macos("<dictionary> {\n ProxyAutoDiscoveryEnable : 1\n}").script.as_deref(), Some("wpad"));
    }
}
