//! The managed settings of a computer, which win over everything local.
//!
//! Whoever can write this file decides where a person's conversations go, so it is trusted only when
//! nobody but the owner of the system could have written it. A file that is not trusted does not fall
//! back to the local library: that one is switched off as well (OD).

use std::fs::Metadata;
use std::path::Path;

use super::refusal::{Distrust, Refusal};
use super::sources::Sources;
use super::strict_json;
use super::values::{Values, of_managed};

/// What the managed file says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Managed {
    /// There is none.
    Absent,
    /// It is in force.
    Present(Values),
}

/// Reads the managed file.
pub(super) fn read(sources: &Sources) -> Result<Managed, Refusal> {
    #[cfg(windows)]
    if !sources.is_scratch() {
        let values = super::on_windows::policy::read(sources.version)?;
        return Ok(values.map_or(Managed::Absent, Managed::Present));
    }
    let folder = sources.managed_folder();
    let file = folder.join("managed-settings.json");
    let Ok(found) = std::fs::symlink_metadata(&file) else { return Ok(Managed::Absent) };
    let owner = owner_of(&sources.system_root);
    let folder = std::fs::symlink_metadata(&folder).map_err(|_| Refusal::ManagedUntrusted(Distrust::NotPlain))?;
    let distrust = if folder.is_dir() && found.is_file() {
        writable(&folder, owner).or(writable(&found, owner))
    } else {
        Some(Distrust::NotPlain)
    };
    if let Some(distrust) = distrust {
        return Err(Refusal::ManagedUntrusted(distrust));
    }
    let text = std::fs::read(&file).map_err(|_| Refusal::ManagedUntrusted(Distrust::NotPlain))?;
    let object = strict_json::object(&text).map_err(Refusal::ManagedUnreadable)?;
    of_managed(object, sources.version).map(Managed::Present)
}

/// The only user whose files are trusted: root, or the owner of a scratch root.
fn owner_of(system_root: &Path) -> u32 {
    std::fs::metadata(system_root).map_or(0, |found| ids(&found).0)
}

fn writable(found: &Metadata, owner: u32) -> Option<Distrust> {
    let (uid, mode) = ids(found);
    complaint(uid, mode, owner)
}

fn complaint(uid: u32, mode: u32, owner: u32) -> Option<Distrust> {
    if uid != owner {
        Some(Distrust::Owner)
    } else if mode & 0o022 != 0 {
        Some(Distrust::Writable)
    } else {
        None
    }
}

#[cfg(unix)]
fn ids(found: &Metadata) -> (u32, u32) {
    use std::os::unix::fs::MetadataExt;
    (found.uid(), found.mode())
}

/// Windows keeps its policies in the registry; a file is played only in a scratch root, without modes.
#[cfg(not(unix))]
fn ids(_: &Metadata) -> (u32, u32) {
    (0, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(uid: u32, mode: u32, expected: Option<Distrust>) {
        assert_eq!(complaint(uid, mode, 0), expected, "{uid} {mode:o}");
    }

    #[test]
    fn a_scratch_root_has_a_file_on_every_system() {
        let folder = tempfile::tempdir().expect("a folder");
        let sources = Sources {
            ordinary_root: folder.path().join("Claude"),
            third_party_root: folder.path().join("Claude-3p"),
            system_root: folder.path().to_owned(),
            version: super::super::version::NEWEST,
        };
        assert_eq!(read(&sources), Ok(Managed::Absent));
        super::super::files::make_private_folder(&sources.managed_folder()).expect("a folder");
        let file = sources.managed_folder().join("managed-settings.json");
        super::super::files::write_private(&file, r#"{"disableAutoUpdates": true}"#).expect("a file");
        assert!(matches!(read(&sources), Ok(Managed::Present(_))), "{:?}", read(&sources));
    }

    #[test]
    fn only_what_the_owner_alone_can_write_is_trusted() {
        check(0, 0o100_644, None);
        check(0, 0o040_755, None);
        check(1000, 0o100_644, Some(Distrust::Owner));
        check(0, 0o100_664, Some(Distrust::Writable));
        check(0, 0o100_646, Some(Distrust::Writable));
    }
}
