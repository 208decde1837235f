//! The proxy settings of macOS, as `scutil` prints them; `airouter_core::proxy` parses them.

use std::path::Path;

use airouter_core::address::GatewayUrl;
use airouter_core::proxy::{ProxySettings, of_macos};

use super::SHORT;
use crate::command;

/// The system's program for network settings.
const SCUTIL: &str = "/usr/sbin/scutil";

/// The proxy settings of the active network.
pub(crate) fn proxy_settings(_address: &GatewayUrl) -> ProxySettings {
    query(Path::new(SCUTIL))
}

fn query(scutil: &Path) -> ProxySettings {
    match command::run(command::program(scutil).arg("--proxy"), "", SHORT) {
        Ok(ended) if ended.code == Some(0) => of_macos(&ended.output),
        _ => ProxySettings::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Mac;
    use super::*;

    #[test]
    fn what_scutil_prints_is_read() {
        let mac = Mac::new();
        let told = "<dictionary> {\n  HTTPSEnable : 1\n  HTTPSPort : 7890\n  HTTPSProxy : 127.0.0.1\n}";
        let scutil = mac.program("scutil", &format!("[ \"$1\" = --proxy ] && cat <<'END'\n{told}\nEND"));
        assert_eq!(query(&scutil), of_macos(told));
        assert!(!query(&scutil).is_silent());
        assert!(query(&mac.program("broken", "exit 1")).is_silent());
    }

    #[cfg(not(target_os = "macos"))]
    #[test]
    fn other_systems_have_no_such_program() {
        assert!(proxy_settings(&GatewayUrl::parse("https://gate.example/claude").unwrap()).is_silent());
    }
}
