//! Starts Claude by its identifier: the system finds it and starts it as a click would, without this program's
//! environment.

use std::io;
use std::path::Path;
use std::time::Duration;

use airouter_core::claude::bundle::IDENTIFIER;

use super::super::unix::start_program;
use crate::command;
use crate::install::Install;
use crate::places::Places;

/// Time limit for the start: at the first start the system verifies the whole app.
const LIMIT: Duration = Duration::from_secs(60);

/// Starts Claude so that it keeps running when this program ends. Returns what the system answered, if it says anything
/// but that it worked; never on this system.
///
/// # Errors
/// The system's error, or the reason that `open` printed.
pub(crate) fn start(install: &Install, places: &Places) -> io::Result<Option<String>> {
    if install.launcher != Path::new(IDENTIFIER) {
        return start_program(&install.launcher, places).map(|()| None);
    }
    let mut open = command::program(places.system.join("usr/bin/open"));
    open.args(["-b", IDENTIFIER]);
    if let Some(root) = &places.named_root {
        // `open` does not pass this program's environment on.
        open.args(["--env", &format!("CLAUDE_USER_DATA_DIR={}", root.to_string_lossy())]);
    }
    let ended = command::run(&mut open, "", LIMIT)?;
    if ended.code == Some(0) { Ok(None) } else { Err(io::Error::other(ended.reason().to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::super::{Mac, install::locate};
    use super::*;

    #[test]
    fn the_system_gets_the_identifier() {
        let mac = Mac::new();
        mac.signs("Applications");
        mac.app("Applications/Claude.app", IDENTIFIER, "2.26454.0");
        let install = locate(&mac.places).unwrap();
        let said = mac.places.system.join("said");
        mac.program("usr/bin/open", &format!("printf '%s|' \"$@\" > '{}'", said.display()));
        start(&install, &mac.places).unwrap();
        assert_eq!(std::fs::read_to_string(&said).unwrap(), "-b|com.anthropic.claudefordesktop|");
        let named = Places { named_root: Some("/data/李".into()), ..mac.places.clone() };
        start(&install, &named).unwrap();
        let words = "-b|com.anthropic.claudefordesktop|--env|CLAUDE_USER_DATA_DIR=/data/李|";
        assert_eq!(std::fs::read_to_string(&said).unwrap(), words);
        mac.program("usr/bin/open", "echo 'LSOpenURLsWithRole() failed with error -10810' >&2; exit 1");
        let error = start(&install, &mac.places).unwrap_err();
        assert_eq!(error.to_string(), "LSOpenURLsWithRole() failed with error -10810");
    }

    #[test]
    fn a_stand_in_is_started_by_its_program() {
        let mac = Mac::new();
        let came = mac.places.system.join("came");
        let program = mac.program("Claude", &format!(": > '{}'", came.display()));
        let install =
            Install { launcher: program.clone(), program, version: None, folders: Vec::new(), families: Vec::new() };
        start(&install, &mac.places).unwrap();
        assert!(crate::claude::wait_until(LIMIT, || came.exists()));
    }
}
