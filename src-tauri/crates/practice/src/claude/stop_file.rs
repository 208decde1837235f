//! Files below the scratch system root that say how the stand-in behaves, and one that ends it.
//!
//! The environment cannot carry this: other programs start the stand-in and pass on the environment that
//! they have, and a rehearsal may change the scenario while it runs. So version and behaviour lie in files.
//! When the stop file beside them is removed, the stand-in ends as if it had been killed. A rehearsal can
//! end it that way without searching the list of processes.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::files;

/// Time between two looks at the stop file.
const INTERVAL: Duration = Duration::from_millis(50);

/// How the stand-in behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Behaviour<'a> {
    /// Its version.
    pub version: &'a str,
    /// Its quirks, separated by commas.
    pub quirks: &'a str,
}

impl Behaviour<'_> {
    /// Writes the files, the stop file among them.
    ///
    /// # Errors
    /// What the system says of a file that cannot be written.
    pub fn write(&self, system_root: &Path) -> io::Result<()> {
        let folder = folder_in(system_root);
        files::make_private_folder(&folder)?;
        files::write_private(&folder.join(VERSION), self.version)?;
        files::write_private(&folder.join(QUIRKS), self.quirks)?;
        files::write_private(&stop_file_in(system_root), "")
    }
}

/// Removes the stop file, if there is one: a stand-in that runs with it ends.
///
/// # Errors
/// What the system says of a file that cannot be removed.
pub fn request_stop(system_root: &Path) -> io::Result<()> {
    match std::fs::remove_file(stop_file_in(system_root)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The value of an environment variable, or of the file that stands in for it.
pub(super) fn setting(variable: &impl Fn(&str) -> Option<OsString>, name: &str) -> Option<OsString> {
    let file = match name {
        "PRACTICE_CLAUDE_VERSION" => VERSION,
        "PRACTICE_CLAUDE_QUIRKS" => QUIRKS,
        _ => return variable(name),
    };
    let in_file = || {
        let root = variable("PRACTICE_SYSTEM_ROOT").filter(|root| !root.is_empty())?;
        std::fs::read_to_string(folder_in(Path::new(&root)).join(file)).ok()
    };
    variable(name).or_else(|| in_file().map(OsString::from))
}

/// The stop file of a stand-in; outside a rehearsal there is none.
pub(super) struct StopFile(Option<PathBuf>);

impl StopFile {
    pub(super) fn of(system_root: &Path) -> Self {
        Self(Some(stop_file_in(system_root)).filter(|file| file.exists()))
    }

    /// Returns once the file is removed; never where there was none.
    pub(super) async fn removed(&self) {
        let Some(file) = &self.0 else { return std::future::pending().await };
        while file.exists() {
            tokio::time::sleep(INTERVAL).await;
        }
    }
}

const VERSION: &str = "version";
const QUIRKS: &str = "quirks";

fn folder_in(system_root: &Path) -> PathBuf {
    system_root.join("practice")
}

fn stop_file_in(system_root: &Path) -> PathBuf {
    folder_in(system_root).join("stop-file")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_stands_in_for_a_variable_that_is_not_set() {
        let folder = tempfile::tempdir().expect("a folder");
        Behaviour { version: "1.46388.4", quirks: "refuse-quit" }.write(folder.path()).expect("the files");
        let root = folder.path().as_os_str().to_owned();
        let root_alone = |name: &str| (name == "PRACTICE_SYSTEM_ROOT").then(|| root.clone());
        let value = |name: &str| setting(&root_alone, name).map(|value| value.to_string_lossy().into_owned());
        assert_eq!(value("PRACTICE_CLAUDE_VERSION").as_deref(), Some("1.46388.4"));
        assert_eq!(value("PRACTICE_CLAUDE_QUIRKS").as_deref(), Some("refuse-quit"));
        assert_eq!(value("HOME"), None);
        let both = |name: &str| if name == "PRACTICE_CLAUDE_QUIRKS" { Some("silent".into()) } else { root_alone(name) };
        assert_eq!(setting(&both, "PRACTICE_CLAUDE_QUIRKS"), Some("silent".into()));
        assert_eq!(setting(&|_| None, "PRACTICE_CLAUDE_QUIRKS"), None);
    }

    #[tokio::test]
    async fn a_stop_may_be_requested_twice() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(StopFile::of(folder.path()).0.is_none(), "outside a rehearsal there is none");
        Behaviour { version: "2.26454.0", quirks: "" }.write(folder.path()).expect("the files");
        let stop_file = StopFile::of(folder.path());
        request_stop(folder.path()).expect("it is removed");
        stop_file.removed().await;
        request_stop(folder.path()).expect("a second time changes nothing");
    }
}
