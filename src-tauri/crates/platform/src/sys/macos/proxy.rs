//! The proxy that macOS is set to, as `scutil` prints it; `airouter_core::proxy` reads it.

use std::path::Path;
use std::process::Command;

use airouter_core::proxy::{ProxySettings, of_macos};

use super::SHORT;
use crate::command;

/// The system's program for the network's settings.
const SCUTIL: &str = "/usr/sbin/scutil";

/// The settings of the network that is in use.
pub(crate) fn proxy_settings() -> ProxySettings {
    told_by(Path::new(SCUTIL))
}

fn told_by(scutil: &Path) -> ProxySettings {
    match command::run(Command::new(scutil).arg("--proxy"), "", SHORT) {
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
        assert_eq!(told_by(&scutil), of_macos(told));
        assert!(!told_by(&scutil).is_silent());
        assert!(told_by(&mac.program("broken", "exit 1")).is_silent());
    }

    #[cfg(not(target_os = "macos"))]
    #[test]
    fn nobody_else_has_such_a_program() {
        assert!(proxy_settings().is_silent());
    }
}
