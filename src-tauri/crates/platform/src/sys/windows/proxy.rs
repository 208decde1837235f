//! The proxy settings of Windows, read from the registry unchanged; `airouter_core::proxy` parses the values.

use airouter_core::proxy::{ProxySettings, WindowsValues, of_windows};
use winreg::RegKey;

use super::registry::{Hive, key, number, text};

/// Where the settings are, in each hive.
const SETTINGS: &str = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings";
/// Where an administrator can make the machine's settings replace the person's.
const POLICY: &str = r"Software\Policies\Microsoft\Windows\CurrentVersion\Internet Settings";

/// The person's settings, or the machine's if an administrator has decided that.
pub(crate) fn proxy_settings() -> ProxySettings {
    let per_user = key(Hive::Machine, POLICY).and_then(|policy| number(&policy, "ProxySettingsPerUser"));
    let hive = if per_user == Some(0) { Hive::Machine } else { Hive::User };
    key(hive, SETTINGS).map_or_else(ProxySettings::default, |key| of_key(&key))
}

fn of_key(key: &RegKey) -> ProxySettings {
    let (server, except) = (text(key, "ProxyServer"), text(key, "ProxyOverride"));
    let script = text(key, "AutoConfigURL");
    of_windows(&WindowsValues {
        enable: number(key, "ProxyEnable"),
        server: server.as_deref(),
        except: except.as_deref(),
        script: script.as_deref(),
        detect: number(key, "AutoDetect"),
    })
}

#[cfg(test)]
mod tests {
    use super::super::registry::Scratch;
    use super::*;
    use airouter_core::address::GatewayUrl;

    #[test]
    fn the_values_are_read_as_they_stand_in_the_registry() {
        let scratch = Scratch::new();
        assert!(of_key(&scratch.key).is_silent());
        scratch.key.set_value("ProxyEnable", &1u32).unwrap();
        scratch.key.set_value("ProxyServer", &"http=127.0.0.1:7890;https=127.0.0.1:7891").unwrap();
        scratch.key.set_value("ProxyOverride", &"*.inside.example;<local>").unwrap();
        let choose = |address: &str| {
            let choice = of_key(&scratch.key).choose(&GatewayUrl::parse(address).unwrap()).unwrap();
            choice.proxy.map(|proxy| proxy.shown())
        };
        assert_eq!(choose("https://gate.example/claude").as_deref(), Some("http://127.0.0.1:7891"));
        assert_eq!(choose("https://gate.inside.example/claude"), None);
        scratch.key.set_value("AutoConfigURL", &"http://wpad/x.pac").unwrap();
        assert_eq!(of_key(&scratch.key).script.as_deref(), Some("http://wpad/x.pac"));
    }

    #[test]
    fn the_persons_settings_count() {
        let own = key(Hive::User, SETTINGS).map_or_else(ProxySettings::default, |key| of_key(&key));
        assert_eq!(proxy_settings(), own, "no administrator has decided otherwise on the computers that run this");
    }
}
