//! The proxy of Windows for an address: WinHTTP gives the settings of the connection that is in use, and runs the
//! script that they name. The registry has the settings where WinHTTP has none of its own; `airouter_core::proxy`
//! decides what all of it means.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use airouter_core::address::GatewayUrl;
use airouter_core::proxy::{ProxySettings, ScriptAnswer, WindowsValues, of_windows_with, plain_counts};
use windows_sys::Win32::Networking::WinHttp::ERROR_WINHTTP_AUTODETECTION_FAILED;
use winreg::RegKey;

use super::calls;
use super::registry::{Hive, key, number, text};

/// Where the settings are, in each hive.
const SETTINGS: &str = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings";
/// Where an administrator can make the machine's settings replace the person's.
const POLICY: &str = r"Software\Policies\Microsoft\Windows\CurrentVersion\Internet Settings";
/// Below [`SETTINGS`]: the settings of each connection, in a form that is not documented.
const CONNECTIONS: &str = "Connections";
/// How long finding, fetching and running a script may take. What the system has not answered by then counts as
/// failed, and the check goes on.
const LIMIT: Duration = Duration::from_secs(8);

/// The settings as Windows keeps them, not yet interpreted.
#[derive(Default)]
struct Stored {
    enable: Option<u32>,
    server: Option<String>,
    except: Option<String>,
    script: Option<String>,
    detect: bool,
}

/// The proxy settings for an address. This may take some seconds.
pub(crate) fn proxy_settings(address: &GatewayUrl) -> ProxySettings {
    answered(&stored(), address)
}

/// The person's settings, or the machine's if an administrator has decided that.
fn stored() -> Stored {
    let per_user = key(Hive::Machine, POLICY).and_then(|policy| number(&policy, "ProxySettingsPerUser"));
    if per_user == Some(0) {
        return key(Hive::Machine, SETTINGS).map_or_else(Stored::default, |key| of_key(&key));
    }
    let person = key(Hive::User, SETTINGS);
    let given = calls::proxy::settings().map(|settings| Stored {
        enable: Some(u32::from(settings.server.is_some())),
        server: settings.server,
        except: settings.except,
        script: settings.script,
        detect: settings.detect,
    });
    let has_own = person.as_ref().is_some_and(|key| key.open_subkey(CONNECTIONS).is_ok_and(|key| has_default(&key)));
    let plain = person.as_ref().map_or_else(Stored::default, of_key);
    let is_plain = plain_counts(given.as_ref().map(Stored::values).as_ref(), &plain.values(), has_own);
    given.filter(|_| !is_plain).unwrap_or(plain)
}

fn has_default(connections: &RegKey) -> bool {
    connections.get_raw_value("DefaultConnectionSettings").is_ok()
}

fn of_key(key: &RegKey) -> Stored {
    Stored {
        enable: number(key, "ProxyEnable"),
        server: text(key, "ProxyServer"),
        except: text(key, "ProxyOverride"),
        script: text(key, "AutoConfigURL").filter(|script| !script.trim().is_empty()),
        detect: number(key, "AutoDetect").is_some_and(|detect| detect != 0),
    }
}

/// What the settings mean for an address, with the answers of the scripts that they name.
fn answered(stored: &Stored, address: &GatewayUrl) -> ProxySettings {
    let begun = Instant::now();
    let ask = |script: Option<String>| {
        let address = address.as_str().to_owned();
        let left = LIMIT.saturating_sub(begun.elapsed());
        within(left, move || calls::proxy::by_script(&address, script.as_deref())).map_or(ScriptAnswer::Failed, answer)
    };
    // The search is switched on nearly everywhere, and a network may answer it with anything: without a script that
    // works there is none.
    let searched = |said| if said == ScriptAnswer::Failed { ScriptAnswer::NotFound } else { said };
    let detected = stored.detect.then(|| searched(ask(None)));
    let is_decided = matches!(detected, Some(ScriptAnswer::Direct | ScriptAnswer::Proxies(_)));
    let named = stored.script.clone().filter(|_| !is_decided).map(|script| ask(Some(script)));
    of_windows_with(&stored.values(), detected, named)
}

fn answer(said: Result<Option<String>, u32>) -> ScriptAnswer {
    match said {
        Ok(None) => ScriptAnswer::Direct,
        Ok(Some(proxies)) => ScriptAnswer::Proxies(proxies),
        Err(ERROR_WINHTTP_AUTODETECTION_FAILED) => ScriptAnswer::NotFound,
        Err(_) => ScriptAnswer::Failed,
    }
}

/// Runs something on a thread of its own; `None` if it takes longer. The thread then ends by itself, later.
fn within<T: Send + 'static>(limit: Duration, ask: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (sender, receiver) = mpsc::channel();
    // Nobody may be waiting any more, which does not matter.
    thread::spawn(move || drop(sender.send(ask())));
    receiver.recv_timeout(limit).ok()
}

impl Stored {
    fn values(&self) -> WindowsValues<'_> {
        WindowsValues {
            enable: self.enable,
            server: self.server.as_deref(),
            except: self.except.as_deref(),
            script: self.script.as_deref(),
            detect: Some(u32::from(self.detect)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::super::registry::Scratch;
    use super::*;

    fn gateway(address: &str) -> GatewayUrl {
        GatewayUrl::parse(address).unwrap()
    }

    #[test]
    fn the_values_are_read_as_they_stand_in_the_registry() {
        let scratch = Scratch::new();
        let nothing = of_key(&scratch.key);
        assert!(nothing.server.is_none() && nothing.script.is_none() && !nothing.detect);
        scratch.key.set_value("ProxyEnable", &1u32).unwrap();
        scratch.key.set_value("ProxyServer", &"http=127.0.0.1:7890;https=127.0.0.1:7891").unwrap();
        scratch.key.set_value("ProxyOverride", &"*.inside.example;<local>").unwrap();
        let choose = |address: &str| {
            let choice = answered(&of_key(&scratch.key), &gateway(address)).choose(&gateway(address)).unwrap();
            choice.proxy.map(|proxy| proxy.shown())
        };
        assert_eq!(choose("https://gate.example/claude").as_deref(), Some("http://127.0.0.1:7891"));
        assert_eq!(choose("https://gate.inside.example/claude"), None);
        scratch.key.set_value("AutoConfigURL", &"http://wpad/x.pac").unwrap();
        scratch.key.set_value("AutoDetect", &1u32).unwrap();
        let found = of_key(&scratch.key);
        assert_eq!((found.script.as_deref(), found.detect), (Some("http://wpad/x.pac"), true));
        assert!(!has_default(&scratch.key));
        scratch.key.set_value("DefaultConnectionSettings", &"x").unwrap();
        assert!(has_default(&scratch.key));
    }

    #[test]
    fn this_computer_gives_settings() {
        let address = gateway("https://gate.example/claude");
        assert_eq!(proxy_settings(&address), answered(&stored(), &address));
        assert!(calls::proxy::settings().is_some(), "the system has them, or none");
    }

    #[test]
    fn a_script_chooses_for_each_address() {
        let script = "function FindProxyForURL(url, host) {
            if (host == 'gate.example') return 'PROXY 127.0.0.1:7893'; return 'DIRECT'; }";
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/proxy.pac", server.local_addr().unwrap());
        thread::spawn(move || {
            for connection in server.incoming().flatten() {
                let mut connection = connection;
                let _ = connection.read(&mut [0; 4096]);
                let kind = "application/x-ns-proxy-autoconfig";
                let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n", script.len());
                let _ = connection.write_all(format!("{head}Connection: close\r\n\r\n{script}").as_bytes());
            }
        });
        let stored = Stored { script: Some(url), ..Stored::default() };
        let choose = |address: &str| {
            let settings = answered(&stored, &gateway(address));
            assert_eq!(settings.script, None, "the script was run");
            settings.choose(&gateway(address)).unwrap().proxy.map(|proxy| proxy.shown())
        };
        assert_eq!(choose("https://gate.example/claude").as_deref(), Some("http://127.0.0.1:7893"));
        assert_eq!(choose("https://other.example/claude"), None);
    }

    #[test]
    fn a_script_that_is_not_there_is_reported_and_the_fixed_proxy_stays() {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let stored = Stored {
            script: Some(format!("http://127.0.0.1:{port}/proxy.pac")),
            enable: Some(1),
            server: Some("127.0.0.1:7894".to_owned()),
            ..Stored::default()
        };
        let address = gateway("https://gate.example/claude");
        let choice = answered(&stored, &address).choose(&address).unwrap();
        assert_eq!(choice.proxy.as_ref().map(|proxy| proxy.shown()).as_deref(), Some("http://127.0.0.1:7894"));
        assert!(choice.is_script_tried, "{choice:?}");
    }

    #[test]
    fn what_takes_too_long_is_left_behind() {
        let (sender, receiver) = mpsc::channel::<()>();
        assert!(within(Duration::ZERO, move || receiver.recv()).is_none());
        drop(sender);
        assert_eq!(within(LIMIT, || 7), Some(7));
        assert!(matches!(answer(Err(ERROR_WINHTTP_AUTODETECTION_FAILED)), ScriptAnswer::NotFound));
        assert!(matches!(answer(Err(1)), ScriptAnswer::Failed));
        assert!(matches!(answer(Ok(None)), ScriptAnswer::Direct));
    }
}
