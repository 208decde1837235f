//! Writes an export for administrators, and reads what it is made of.

use std::path::Path;

use airouter_core::finding::{Code, Finding};
use airouter_core::fleet::{Exported, Pilot};
use airouter_core::plan::Wishes;
use airouter_core::preset::Preset;
use airouter_core::proof::{Proof, Reading, read};
use airouter_core::undo::Journal;
use airouter_core::view::Status;

use crate::claude::log::LogPosition;
use crate::files::{self, Privacy};
use crate::places::Places;
use crate::{claude, locale, observe, state};

/// The log line with which a start in gateway mode begins (PI).
const START: &str = "[custom-3p] 3P mode active";

/// The connection that this program made on this computer.
#[derive(Debug)]
pub struct Connected {
    /// The wishes that were applied.
    pub wishes: Wishes,
    /// Its present status.
    pub status: Status,
    /// The id under which Claude files the history.
    pub organization: String,
    /// What the export says about this computer.
    pub pilot: Pilot,
}

/// Reads the present connection.
///
/// # Errors
/// `NothingToExport` if there is none, or why it cannot be read.
pub fn connected(places: &Places) -> Result<Connected, Finding> {
    let nothing = || Finding::new(Code::NothingToExport);
    let journal = state::journal(places)?.filter(Journal::is_connection).ok_or_else(nothing)?;
    let wishes = Wishes::of(&journal, false)?;
    let status = observe::overview(places).status.ok_or_else(nothing)?;
    let version = claude::locate(places).as_ref().and_then(claude::version);
    let pilot = Pilot::of(locale::os(), version, &status, last_proof(places, &wishes));
    Ok(Connected { organization: state::organization(places).ok_or_else(nothing)?, wishes, status, pilot })
}

impl Connected {
    /// A preset with which others get the same connection. `base` is the preset that was used; its console links are
    /// kept if it has the same address.
    pub fn preset(&self, base: &Preset) -> Preset {
        let is_same = base.base == self.wishes.base;
        Preset {
            console: base.console.clone().filter(|_| is_same),
            usage_log: base.usage_log.clone().filter(|_| is_same),
            models: self.wishes.models.clone(),
            egress: self.wishes.egress.clone(),
            ..Preset::of(&self.wishes.name, self.wishes.base.clone())
        }
    }
}

/// The proof of Claude's last start in gateway mode, from its log.
fn last_proof(places: &Places, wishes: &Wishes) -> Option<Proof> {
    places.resolved().logs().iter().find_map(|path| {
        let log = LogPosition::at_beginning(path).appended();
        let last = log.rfind(START)?;
        let line = log[..last].rfind('\n').map_or(0, |end| end + 1);
        match read(&log[line..], &path.to_string_lossy(), &wishes.base) {
            Reading::Proved(proof) => Some(proof),
            Reading::Pending | Reading::Started | Reading::Failed(_) => None,
        }
    })
}

/// Writes all files below a folder that is new or empty. Files with the key are readable for their owner only.
///
/// # Errors
/// `ExportPlace` with the reason, or `PlaceNotPrivate` if others could read a key there.
pub fn write(folder: &Path, exported: &[Exported]) -> Result<(), Finding> {
    let failed = |reason: String| Finding::new(Code::ExportPlace).with("path", folder.display()).with("reason", reason);
    let is_empty = match fs_err::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => true,
        Err(error) => return Err(failed(error.to_string())),
    };
    if !is_empty {
        return Err(failed("not empty".to_owned()));
    }
    for file in exported {
        let path = file.path.split('/').fold(folder.to_owned(), |path, part| path.join(part));
        let written = match file.holds_key {
            true => files::replace(&path, &file.bytes, Privacy::OwnerOnlyOrRefused),
            false => {
                path.parent().map_or(Ok(()), fs_err::create_dir_all).and_then(|()| fs_err::write(&path, &file.bytes))
            }
        };
        written.map_err(|error| match files::is_not_private(&error) {
            true => Finding::new(Code::PlaceNotPrivate).with("path", folder.display()),
            false => failed(error.to_string()),
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault_injection;

    #[test]
    fn a_key_is_not_written_where_others_could_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().join("rollout");
        let exported = [Exported { path: "a/with-key.reg", bytes: b"sk-0123456789abcdef".to_vec(), holds_key: true }];
        // A disk without access rights lets nobody be kept out.
        fault_injection::set(Some(Box::new(|step| match step {
            "close" => Err(std::io::ErrorKind::Unsupported.into()),
            _ => Ok(()),
        })));
        let refused = write(&to, &exported).unwrap_err();
        fault_injection::set(None);
        assert_eq!((refused.code, refused.fact("path")), (Code::PlaceNotPrivate, to.to_str()));
        let left = |folder: &Path| std::fs::read_dir(folder).into_iter().flatten().count();
        assert_eq!(left(&to.join("a")), 0, "nothing of it is left");
        write(&folder.path().join("again"), &exported).unwrap();
        assert!(files::is_private(&folder.path().join("again/a/with-key.reg")));
    }
}
