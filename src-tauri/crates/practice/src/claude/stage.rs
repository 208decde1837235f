//! What a stage says of the app beside its environment: files below the scratch system root.
//!
//! A program that stages a rehearsal may set the stage anew while it runs, and the app is started by
//! others, who hand their environment on as it is. So the app's version and habits lie in files. Beside
//! them hangs the curtain: as soon as that file is gone, the app ends like one that was killed, and
//! nobody has to look for it among other people's programs.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::files;

/// How often the curtain is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// How the app is to be played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manner<'a> {
    /// Its version.
    pub version: &'a str,
    /// Its habits, as a comma list.
    pub quirks: &'a str,
}

impl Manner<'_> {
    /// Says so on a stage, and raises the curtain.
    pub fn put(&self, system_root: &Path) -> io::Result<()> {
        let folder = folder_in(system_root);
        files::make_private_folder(&folder)?;
        files::write_private(&folder.join(VERSION), self.version)?;
        files::write_private(&folder.join(QUIRKS), self.quirks)?;
        files::write_private(&curtain_in(system_root), "")
    }
}

/// Lets the curtain fall; there may be none.
pub fn lower_curtain(system_root: &Path) -> io::Result<()> {
    match std::fs::remove_file(curtain_in(system_root)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// A variable, or what the stage says in its stead.
pub(super) fn told(variable: &impl Fn(&str) -> Option<OsString>, name: &str) -> Option<OsString> {
    let file = match name {
        "PRACTICE_CLAUDE_VERSION" => VERSION,
        "PRACTICE_CLAUDE_QUIRKS" => QUIRKS,
        _ => return variable(name),
    };
    let on_stage = || {
        let root = variable("PRACTICE_SYSTEM_ROOT").filter(|root| !root.is_empty())?;
        std::fs::read_to_string(folder_in(Path::new(&root)).join(file)).ok()
    };
    variable(name).or_else(|| on_stage().map(OsString::from))
}

/// The curtain, if there is one.
pub(super) struct Curtain(Option<PathBuf>);

impl Curtain {
    pub(super) fn of(system_root: &Path) -> Self {
        Self(Some(curtain_in(system_root)).filter(|curtain| curtain.exists()))
    }

    /// Returns once it has fallen.
    pub(super) async fn falls(&self) {
        let Some(curtain) = &self.0 else { return std::future::pending().await };
        while curtain.exists() {
            tokio::time::sleep(LOOK).await;
        }
    }
}

const VERSION: &str = "version";
const QUIRKS: &str = "quirks";

fn folder_in(system_root: &Path) -> PathBuf {
    system_root.join("practice")
}

fn curtain_in(system_root: &Path) -> PathBuf {
    folder_in(system_root).join("curtain")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_speaks_where_the_environment_is_silent() {
        let folder = tempfile::tempdir().expect("a folder");
        Manner { version: "1.46388.4", quirks: "refuse-quit" }.put(folder.path()).expect("a stage");
        let root = folder.path().as_os_str().to_owned();
        let on_stage = |name: &str| (name == "PRACTICE_SYSTEM_ROOT").then(|| root.clone());
        let said = |name: &str| told(&on_stage, name).map(|value| value.to_string_lossy().into_owned());
        assert_eq!(said("PRACTICE_CLAUDE_VERSION").as_deref(), Some("1.46388.4"));
        assert_eq!(said("PRACTICE_CLAUDE_QUIRKS").as_deref(), Some("refuse-quit"));
        assert_eq!(said("HOME"), None);
        let both = |name: &str| if name == "PRACTICE_CLAUDE_QUIRKS" { Some("silent".into()) } else { on_stage(name) };
        assert_eq!(told(&both, "PRACTICE_CLAUDE_QUIRKS"), Some("silent".into()));
        assert_eq!(told(&|_| None, "PRACTICE_CLAUDE_QUIRKS"), None);
    }

    #[tokio::test]
    async fn the_curtain_falls_once() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(Curtain::of(folder.path()).0.is_none(), "an app outside a rehearsal has none");
        Manner { version: "2.26454.0", quirks: "" }.put(folder.path()).expect("a stage");
        let curtain = Curtain::of(folder.path());
        lower_curtain(folder.path()).expect("it falls");
        curtain.falls().await;
        lower_curtain(folder.path()).expect("and stays down");
    }
}
