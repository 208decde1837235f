//! The proxy to use, from the environment. reqwest's own reading of the system's settings mistakes
//! common values, so it is not used.

use std::env;

use airouter_core::address::GatewayUrl;

/// What the environment says about proxies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ProxySettings {
    proxy: Option<String>,
    exceptions: Vec<String>,
}

/// Reads `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, in either case.
pub(crate) fn from_environment() -> ProxySettings {
    let read = |name: &str| {
        [name.to_lowercase(), name.to_owned()]
            .into_iter()
            .find_map(|name| env::var(name).ok())
            .filter(|value| !value.trim().is_empty())
    };
    ProxySettings::new(read("HTTPS_PROXY").or_else(|| read("ALL_PROXY")), read("NO_PROXY"))
}

impl ProxySettings {
    fn new(proxy: Option<String>, exceptions: Option<String>) -> Self {
        let exceptions = exceptions.unwrap_or_default();
        Self {
            proxy: proxy.map(|proxy| if proxy.contains("://") { proxy } else { format!("http://{proxy}") }),
            exceptions: exceptions
                .split([',', ' '])
                .map(|part| part.trim().trim_start_matches("*.").trim_start_matches('.').to_lowercase())
                .filter(|part| !part.is_empty())
                .collect(),
        }
    }

    /// The proxy for an address; nothing means direct. This computer is always reached directly.
    pub(crate) fn for_address(&self, address: &GatewayUrl) -> Option<String> {
        let host = address.host().to_lowercase();
        let name = host.rsplit_once(':').map_or(host.as_str(), |(name, _)| name);
        let is_excepted =
            |part: &String| part == "*" || name == part || host == *part || name.ends_with(&format!(".{part}"));
        if address.is_loopback() || self.exceptions.iter().any(is_excepted) { None } else { self.proxy.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(proxy: Option<&str>, exceptions: Option<&str>, address: &str, expected: Option<&str>) {
        let settings = ProxySettings::new(proxy.map(str::to_owned), exceptions.map(str::to_owned));
        let address = GatewayUrl::parse(address).unwrap();
        assert_eq!(settings.for_address(&address).as_deref(), expected);
    }

    #[test]
    fn the_environment_names_the_proxy_and_its_exceptions() {
        let gateway = "https://aigc.aochengcloud.com/claude";
        check(None, None, gateway, None);
        check(Some("127.0.0.1:7890"), None, gateway, Some("http://127.0.0.1:7890"));
        check(Some("http://p:1"), Some("example.com, .aochengcloud.com"), gateway, None);
        check(Some("http://p:1"), Some("cloud.com"), gateway, Some("http://p:1"));
        check(Some("http://p:1"), Some("*"), gateway, None);
    }

    #[test]
    fn this_computer_is_reached_directly() {
        check(Some("http://p:1"), None, "http://127.0.0.1:8900/claude", None);
    }
}
