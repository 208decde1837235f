//! What Windows answers when it runs the script that chooses a proxy (PAC), or searches the network for one (WPAD).
//!
//! The order is Chromium's, and so Claude's: a script that is found in the network, then the one that is named, then
//! the proxy that is typed in, with its exceptions. What does not work is passed over.

use super::ProxySettings;
use super::windows::{WindowsValues, for_https, of_windows};

/// What a script says about one address. It cannot be printed: a proxy's address may hold a password.
#[derive(Clone, PartialEq, Eq)]
pub enum ScriptAnswer {
    /// No proxy.
    Direct,
    /// The proxies, the first one first: `host:port;host:port`.
    Proxies(String),
    /// No script was found in the network. The search is switched on nearly everywhere, so this is the usual answer.
    NotFound,
    /// The script could not be fetched or run, or not in time.
    Failed,
}

/// The settings for one address. `detected` is the answer of the script that is searched for in the network,
/// `named` that of the script at `AutoConfigURL`; each is `None` if it was not asked.
pub fn of_windows_with(
    values: &WindowsValues,
    detected: Option<ScriptAnswer>,
    named: Option<ScriptAnswer>,
) -> ProxySettings {
    let fixed = of_windows(&WindowsValues { script: None, detect: None, ..*values });
    let mut failed = None;
    let script = values.script.map(str::trim).unwrap_or_default();
    for (source, answer) in [("wpad", detected), (script, named)] {
        match answer {
            Some(ScriptAnswer::Direct) => return ProxySettings::default(),
            Some(ScriptAnswer::Proxies(proxies)) => {
                return ProxySettings { proxy: for_https(&proxies), ..ProxySettings::default() };
            }
            Some(ScriptAnswer::Failed) => failed = Some(source.to_owned()),
            Some(ScriptAnswer::NotFound) | None => {}
        }
    }
    ProxySettings { is_script_tried: failed.is_some(), script: failed, ..fixed }
}

#[cfg(test)]
mod tests {
    use super::ScriptAnswer::{Direct, Failed, NotFound};
    use super::*;
    use crate::address::GatewayUrl;

    fn proxies(text: &str) -> Option<ScriptAnswer> {
        Some(ScriptAnswer::Proxies(text.to_owned()))
    }

    #[track_caller]
    fn check(detected: Option<ScriptAnswer>, named: Option<ScriptAnswer>, proxy: Option<&str>, failed: Option<&str>) {
        let values = WindowsValues {
            enable: Some(1),
            server: Some("fixed:1"),
            except: Some("*.direct.example"),
            script: Some("http://pac.example/p.pac"),
            detect: Some(1),
        };
        let settings = of_windows_with(&values, detected, named);
        let choice = settings.choose(&GatewayUrl::parse("https://gate.example/claude").unwrap()).unwrap();
        assert_eq!(choice.proxy.as_ref().map(|proxy| proxy.shown()).as_deref(), proxy);
        let warning = choice.warning();
        assert_eq!(warning.as_ref().and_then(|warning| warning.fact("url")), failed);
        let because = warning.as_ref().and_then(|warning| warning.fact("because"));
        assert_eq!(because, failed.map(|_| "failed"), "the script was tried");
    }

    #[test]
    fn the_first_script_that_answers_decides_and_else_the_fixed_proxy() {
        let fixed = Some("http://fixed:1");
        check(None, None, fixed, None);
        check(Some(NotFound), None, fixed, None);
        check(Some(Direct), proxies("named:2"), None, None);
        check(proxies("found:3;other:4"), Some(Direct), Some("http://found:3"), None);
        check(Some(NotFound), Some(Direct), None, None);
        check(Some(NotFound), proxies("named:2"), Some("http://named:2"), None);
        check(Some(Failed), proxies("named:2"), Some("http://named:2"), None);
        check(Some(NotFound), Some(Failed), fixed, Some("http://pac.example/p.pac"));
        check(Some(Failed), None, fixed, Some("wpad"));
        check(Some(Failed), Some(NotFound), fixed, Some("wpad"));
    }

    #[test]
    fn what_a_script_says_has_no_exceptions() {
        let values = WindowsValues { except: Some("*.example"), ..WindowsValues::default() };
        let settings = of_windows_with(&values, None, proxies("named:2"));
        let choice = settings.choose(&GatewayUrl::parse("https://gate.example/claude").unwrap()).unwrap();
        assert!(choice.proxy.is_some(), "the exceptions belong to the fixed proxy");
    }
}
