//! Chooses the proxy for an address from a system's settings or from what a person typed.
//!
//! Every system stores this in a form of its own, and the usual libraries misread common values: Windows'
//! `http=…;https=…` becomes a host name there, its `<local>` is not understood, SOCKS and the exceptions of
//! macOS and all of GNOME are left out. So each form has a parser here, all pure, and all give
//! [`ProxySettings`]. A script that chooses the proxy (PAC, WPAD) is run by Windows for programs that ask. On other
//! systems it cannot be run: it is reported, and the route without it is tried.
//!
//! Programs for `https:` never use the entry for `http:` alone, so it is not used here either; and `http:`
//! addresses are on this computer, which is always reached directly.

mod bypass;
mod environment;
mod gnome;
mod macos;
mod script;
mod server;
mod windows;

pub use bypass::Bypass;
pub use environment::of_environment;
pub use gnome::of_gnome;
pub use macos::of_macos;
pub use script::{ScriptAnswer, of_windows_with};
pub use server::{Proxy, ProxyKind, secrets_in};
pub use windows::{WindowsValues, of_windows, plain_counts};

use crate::address::GatewayUrl;
use crate::finding::{Code, Finding};

/// The proxy settings of a computer, from any source.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ProxySettings {
    /// The proxy for `https:` addresses, or why it cannot be used.
    pub proxy: Option<Result<Proxy, Finding>>,
    /// The hosts that are reached without it.
    pub bypass: Bypass,
    /// The script that would choose a proxy: its address, or `wpad` where it would be searched for.
    pub script: Option<String>,
    /// True if the system tried to run that script and failed; false where it cannot be run.
    pub is_script_tried: bool,
}

impl std::fmt::Debug for ProxySettings {
    /// A script's address may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let script = self.script.as_deref().map(shown_script);
        f.debug_struct("ProxySettings").field("proxy", &self.proxy).field("script", &script).finish_non_exhaustive()
    }
}

/// The route to an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyChoice {
    /// The proxy; `None` means a direct connection.
    pub proxy: Option<Proxy>,
    /// The script that was not run.
    pub script: Option<String>,
    /// True if that was tried.
    pub is_script_tried: bool,
}

impl ProxySettings {
    /// The settings from a typed proxy: it applies to every address but this computer's own.
    pub fn typed(text: &str) -> Self {
        Self { proxy: Some(Proxy::parse(text, ProxyKind::Http)), ..Self::default() }
    }

    /// True when nothing is set, so that another source may be read.
    pub fn is_silent(&self) -> bool {
        self.proxy.is_none() && self.script.is_none()
    }

    /// The route to an address.
    ///
    /// # Errors
    /// `ProxyInvalid` when the proxy that is set for it cannot be read: a direct connection would test another
    /// route than the wanted one.
    pub fn choose(&self, address: &GatewayUrl) -> Result<ProxyChoice, Finding> {
        if address.is_loopback() {
            return Ok(ProxyChoice::direct());
        }
        let script = self.script.as_deref().map(shown_script);
        let proxy = match &self.proxy {
            Some(proxy) if !self.bypass.covers(address.name(), address.port()) => Some(proxy.clone()?),
            _ => None,
        };
        Ok(ProxyChoice { proxy, script, is_script_tried: self.is_script_tried })
    }
}

impl ProxyChoice {
    /// No proxy.
    pub fn direct() -> Self {
        Self { proxy: None, script: None, is_script_tried: false }
    }

    /// The finding that there is a script that could not be run.
    pub fn warning(&self) -> Option<Finding> {
        let finding = self.script.as_ref().map(|script| Finding::new(Code::ProxyScript).with("url", script));
        finding.map(|finding| if self.is_script_tried { finding.with("because", "failed") } else { finding })
    }
}

/// A script's address without what may be secret in it.
fn shown_script(script: &str) -> String {
    match url::Url::parse(script) {
        Ok(mut url) if url.has_host() => {
            // Both only fail for addresses without a host.
            let _ = url.set_username("");
            let _ = url.set_password(None);
            url.set_query(None);
            url.set_fragment(None);
            crate::secret::masked(url.as_str())
        }
        _ => crate::secret::masked(script.split(['?', '#']).next().unwrap_or_default()),
    }
}

fn invalid(reason: &str) -> Finding {
    Finding::new(Code::ProxyInvalid).with("reason", reason)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_text_makes_a_parser_panic(
            text in "([a-z.:/@%=; '\\[\\]{}\\n\\\\*<>0-9é-]|https|http://|socks=|mode 'manual'|HTTPSProxy : |[0-9]{1,3}){0,30}",
        ) {
            let values = WindowsValues { enable: Some(1), server: Some(&text), except: Some(&text), ..Default::default() };
            let gnome = format!("org.gnome.system.proxy mode 'manual'\norg.gnome.system.proxy.https host {text}");
            let all = [
                ProxySettings::typed(&text),
                of_environment(|_| Some(text.clone())),
                of_windows(&values),
                of_gnome(&text),
                of_gnome(&gnome),
                of_macos(&text),
            ];
            for settings in all {
                if let Ok(ProxyChoice { proxy: Some(proxy), .. }) = settings.choose(&gateway("https://gate.example")) {
                    prop_assert!(proxy.port() != 0 && !proxy.name().is_empty() && !proxy.shown().contains('@'));
                }
            }
        }
    }

    fn gateway(text: &str) -> GatewayUrl {
        GatewayUrl::parse(text).expect("an address")
    }

    #[test]
    fn this_computer_is_always_reached_directly() {
        let settings = ProxySettings::typed("nonsense without a port");
        assert_eq!(settings.choose(&gateway("http://127.0.0.1:8900/claude")), Ok(ProxyChoice::direct()));
        assert_eq!(settings.choose(&gateway("https://localhost:8900/claude")), Ok(ProxyChoice::direct()));
    }

    #[test]
    fn an_unreadable_proxy_is_reported_and_never_skipped() {
        let found = ProxySettings::typed("127.0.0.1").choose(&gateway("https://gate.example/claude"));
        assert_eq!(found.map_err(|finding| finding.code), Err(Code::ProxyInvalid));
    }

    #[test]
    fn a_script_is_reported_without_its_secrets() {
        let settings = ProxySettings {
            script: Some("http://li:secret@wpad.office.example/proxy.pac?token=abc".to_owned()),
            ..ProxySettings::default()
        };
        let choice = settings.choose(&gateway("https://gate.example/claude")).expect("a way");
        assert_eq!(choice.proxy, None);
        let warning = choice.warning().expect("a warning");
        assert_eq!(warning.evidence[0].value, "http://wpad.office.example/proxy.pac");
        assert!(!warning.blocks());
    }
}
