//! The local library: `_meta.json` names one profile, and only that one is read.
//!
//! A wrong `appliedId` drops the whole tier without a word in the app's window (PI, 1.46388.4). What the
//! app does with an id that is not among the entries, or with `hybridPointer`, nobody knows for certain;
//! here both leave the library unused. The app keeps its files to their owner, and so must whoever writes
//! them: a profile may hold a key.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::keys::is_applied_id;
use super::refusal::{LibraryFile, Refusal};
use super::strict_json;

/// The applied profile as it stands in its file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Applied {
    pub(super) path: PathBuf,
    pub(super) object: Map<String, Value>,
}

/// Reads the applied profile; `None` when nothing is applied.
pub(super) fn read(library: &Path) -> Result<Option<Applied>, Refusal> {
    let meta = library.join("_meta.json");
    if std::fs::symlink_metadata(&meta).is_err() {
        return Ok(None);
    }
    check_modes(library, LibraryFile::Folder, WRITABLE)?;
    check_modes(&meta, LibraryFile::Meta, WRITABLE)?;
    let meta = file(&meta, LibraryFile::Meta)?;
    if meta.contains_key("hybridPointer") {
        return Err(Refusal::HybridPointer);
    }
    let id = match meta.get("appliedId") {
        None => return Ok(None),
        Some(Value::String(id)) if id.is_empty() => return Ok(None),
        Some(Value::String(id)) if is_applied_id(id) => id,
        Some(_) => return Err(Refusal::AppliedIdShape),
    };
    let entries = meta.get("entries").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if !entries.iter().any(|entry| entry["id"] == id.as_str() && entry["name"].is_string()) {
        return Err(Refusal::AppliedIdNotListed);
    }
    let path = library.join(format!("{id}.json"));
    if std::fs::symlink_metadata(&path).is_err() {
        return Err(Refusal::ProfileMissing);
    }
    check_modes(&path, LibraryFile::Profile, OPEN)?;
    let object = file(&path, LibraryFile::Profile)?;
    Ok(Some(Applied { path, object }))
}

/// Makes the library the app makes for itself: one empty entry, applied.
pub(super) fn seed(library: &Path) -> std::io::Result<()> {
    const DEFAULT: &str = "3b8f0c52-6d1e-4a57-9c0d-2f4e8a7b6c15";
    super::files::make_private_folder(library)?;
    let meta = serde_json::json!({ "appliedId": DEFAULT, "entries": [{ "id": DEFAULT, "name": "Default" }] });
    super::files::write_private(&library.join(format!("{DEFAULT}.json")), "{}")?;
    super::files::write_private(&library.join("_meta.json"), &meta.to_string())
}

const WRITABLE: u32 = 0o022;
const OPEN: u32 = 0o077;

fn file(path: &Path, which: LibraryFile) -> Result<Map<String, Value>, Refusal> {
    let text = std::fs::read(path).map_err(|_| Refusal::Exposed(which))?;
    strict_json::object(&text).map_err(|fault| Refusal::Unreadable(which, fault))
}

fn check_modes(path: &Path, which: LibraryFile, forbidden: u32) -> Result<(), Refusal> {
    let found = std::fs::symlink_metadata(path).map_err(|_| Refusal::Exposed(which))?;
    let plain = if which == LibraryFile::Folder { found.is_dir() } else { found.is_file() };
    if plain && mode(&found) & forbidden == 0 { Ok(()) } else { Err(Refusal::Exposed(which)) }
}

#[cfg(unix)]
fn mode(found: &std::fs::Metadata) -> u32 {
    std::os::unix::fs::MetadataExt::mode(found)
}

#[cfg(not(unix))]
fn mode(_: &std::fs::Metadata) -> u32 {
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_that_was_just_made_is_plain() {
        let folder = tempfile::tempdir().expect("a folder");
        let library = folder.path().join("configLibrary");
        seed(&library).expect("a library");
        assert_eq!(check_modes(&library, LibraryFile::Folder, WRITABLE), Ok(()));
        let exposed = check_modes(&library.join("nothing"), LibraryFile::Meta, OPEN);
        assert_eq!(exposed, Err(Refusal::Exposed(LibraryFile::Meta)));
    }
}
