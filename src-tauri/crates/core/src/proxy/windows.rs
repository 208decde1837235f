//! Proxies of Windows, as WinHTTP gives them, or from the registry under
//! `HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings`.

use super::ProxySettings;
use super::bypass::{Bare, Bypass};
use super::server::{Proxy, ProxyKind};
use crate::finding::Finding;

/// The values there, unchanged. They cannot be printed: a proxy's address may hold a password.
#[derive(Clone, Copy, Default)]
pub struct WindowsValues<'a> {
    /// `ProxyEnable`
    pub enable: Option<u32>,
    /// `ProxyServer`: `host:port`, or a list such as `http=…;https=…;socks=…`.
    pub server: Option<&'a str>,
    /// `ProxyOverride`: patterns with `;` between them, and `<local>`.
    pub except: Option<&'a str>,
    /// `AutoConfigURL`
    pub script: Option<&'a str>,
    /// `AutoDetect`
    pub detect: Option<u32>,
}

/// Reads the settings.
pub fn of_windows(values: &WindowsValues) -> ProxySettings {
    let is_on = values.enable.unwrap_or(0) != 0;
    let server = values.server.unwrap_or_default().trim();
    let script = values.script.map(str::trim).filter(|script| !script.is_empty());
    let detected = (values.detect.unwrap_or(0) != 0).then_some("wpad");
    ProxySettings {
        proxy: if is_on { for_https(server) } else { None },
        bypass: Bypass::of(values.except.unwrap_or_default().split([';', ' ', ',']), Bare::Itself),
        script: script.or(detected).map(str::to_owned),
        ..ProxySettings::default()
    }
}

/// True if the plain values in the registry count, and not what WinHTTP gives for the connection in use. `given` is
/// the latter, `None` if there was no answer; `has_own` tells whether Windows has settings of its own for its
/// connections. Values that were only put into the plain ones, as tools do, count until Windows takes them over (G).
pub fn plain_counts(given: Option<&WindowsValues>, plain: &WindowsValues, has_own: bool) -> bool {
    let says_something = |values: &WindowsValues| values.server.is_some() || values.script.is_some();
    given.is_none_or(|given| !has_own && !says_something(given) && says_something(plain))
}

/// The one server for all, or the one for `https`, or else the SOCKS one.
pub(super) fn for_https(server: &str) -> Option<Result<Proxy, Finding>> {
    let parts = || server.split([';', ' ']).map(str::trim).filter(|part| !part.is_empty());
    let of = |wanted: &str| {
        parts().find_map(|part| part.split_once('=').filter(|(name, _)| name.trim().eq_ignore_ascii_case(wanted)))
    };
    let (text, kind) = if let Some((_, text)) = of("https") {
        (text, ProxyKind::Http)
    } else if let Some((_, text)) = of("socks") {
        (text, ProxyKind::Socks5)
    } else {
        (parts().find(|part| !part.contains('='))?, ProxyKind::Http)
    };
    // Windows uses 80 where no port is given.
    let has_port = text.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let text = if has_port || text.contains("://") { text.to_owned() } else { format!("{text}:80") };
    Some(Proxy::parse(&text, kind).map_err(|it| it.with("from", "windows")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::GatewayUrl;

    #[track_caller]
    fn check(values: WindowsValues, address: &str, expected: Option<&str>) {
        let gateway = GatewayUrl::parse(address).unwrap();
        let proxy = of_windows(&values).choose(&gateway).expect("a way").proxy;
        assert_eq!(proxy.map(|proxy| proxy.shown()).as_deref(), expected, "{:?}", values.server);
    }

    const GATE: &str = "https://gate.example/claude";

    fn on(server: &str) -> WindowsValues<'_> {
        WindowsValues { enable: Some(1), server: Some(server), ..WindowsValues::default() }
    }

    #[test]
    fn the_forms_of_a_server() {
        check(on("127.0.0.1:7890"), GATE, Some("http://127.0.0.1:7890"));
        check(on("http=127.0.0.1:7890;https=127.0.0.1:7891"), GATE, Some("http://127.0.0.1:7891"));
        check(on("http=127.0.0.1:7890"), GATE, None);
        check(on("http=127.0.0.1:7890;socks=127.0.0.1:7892"), GATE, Some("socks5h://127.0.0.1:7892"));
        check(on("https=http://127.0.0.1:7891/"), GATE, Some("http://127.0.0.1:7891"));
        check(on("proxy.office.example"), GATE, Some("http://proxy.office.example:80"));
        check(on(""), GATE, None);
    }

    #[test]
    fn the_connection_in_use_counts_before_the_plain_values() {
        let searched = WindowsValues { detect: Some(1), ..WindowsValues::default() };
        let script = WindowsValues { script: Some("http://pac.example/p.pac"), ..WindowsValues::default() };
        let nothing = WindowsValues::default();
        for (given, plain, has_own, expected) in [
            (None, on("a:1"), true, true),
            (None, nothing, false, true),
            (Some(on("a:1")), on("b:1"), false, false),
            (Some(script), on("b:1"), false, false),
            (Some(nothing), on("b:1"), true, false),
            (Some(nothing), on("b:1"), false, true),
            (Some(searched), script, false, true),
            (Some(searched), nothing, false, false),
        ] {
            let case = (given.is_some(), plain.server, has_own);
            assert_eq!(plain_counts(given.as_ref(), &plain, has_own), expected, "{case:?}");
        }
    }

    #[test]
    fn switched_off_is_off() {
        check(WindowsValues { enable: Some(0), ..on("127.0.0.1:7890") }, GATE, None);
        check(WindowsValues { enable: None, ..on("127.0.0.1:7890") }, GATE, None);
    }

    #[test]
    fn exceptions() {
        let except = |text| WindowsValues { except: Some(text), ..on("127.0.0.1:7890") };
        check(except("localhost;127.*;<local>"), GATE, Some("http://127.0.0.1:7890"));
        check(except("<local>;*.example"), GATE, None);
        check(except("192.168.*"), "https://192.168.1.9:8443/x", None);
        check(except("example"), GATE, Some("http://127.0.0.1:7890"));
    }

    #[test]
    fn a_script_is_noticed() {
        let script = |values: WindowsValues| of_windows(&values).script;
        let values = WindowsValues { script: Some("http://wpad/x.pac"), ..WindowsValues::default() };
        assert_eq!(script(values).as_deref(), Some("http://wpad/x.pac"));
        assert_eq!(script(WindowsValues { detect: Some(1), ..WindowsValues::default() }).as_deref(), Some("wpad"));
        assert!(of_windows(&WindowsValues::default()).is_silent());
    }
}
