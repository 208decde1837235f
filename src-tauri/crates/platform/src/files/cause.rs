//! Finds out why a path cannot be written, from the system's error and from what is at the path.
//!
//! "Permission denied" may be about the file, its folder, or any folder above it; "no such file" about a link to a
//! disk that is not connected. To fix it, a person has to know the exact place, so the path is checked part by part
//! and the first part that prevents the write is named. A specific error of the system goes first: a full disk is
//! full, whatever the modes are.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use airouter_core::finding::{Code, Finding};
use airouter_core::secret::masked;
use airouter_core::system_error::ErrorCause;

use super::patience::cause;
use crate::sys;

/// A `CannotWrite` finding for a path and the system's error, with the facts `path` (what was to be written),
/// `because`, `place` (the part of the path that prevents it) and `reason`; if known also `owner` (who owns that
/// part) and `target` (where a link leads).
pub(crate) fn cannot_write(path: &Path, error: &io::Error) -> Finding {
    let cause = Cause::of(path, error);
    let finding = Finding::new(Code::CannotWrite).with("path", path.display());
    let finding = finding.with("because", cause.because).with("place", cause.place.display());
    let facts = [("owner", cause.owner), ("target", cause.target.map(|target| target.display().to_string()))];
    let facts = facts.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let finding = facts.fold(finding, |finding, (name, value)| finding.with(name, value));
    finding.with("reason", masked(&error.to_string()))
}

/// A finding for the first of the files that cannot be replaced or created now, as far as that can be found out
/// without trying: nothing changes, not even a folder's modification time.
pub(crate) fn first_unwritable<'a>(files: impl IntoIterator<Item = &'a Path>) -> Option<Finding> {
    files.into_iter().find_map(|path| Some(cannot_write(path, &expected_error(path)?)))
}

/// The error that the system would give if the file were replaced or created.
fn expected_error(path: &Path) -> Option<io::Error> {
    let is_marked = || fs_err::symlink_metadata(path).is_ok_and(|meta| meta.is_file() && meta.permissions().readonly());
    let kind = if dangling(path).is_some() {
        ErrorKind::NotFound
    } else if file_on(path).is_some() {
        ErrorKind::NotADirectory
    } else if not_permitted(path).is_some() || is_marked() {
        ErrorKind::PermissionDenied
    } else {
        return None;
    };
    Some(kind.into())
}

struct Cause {
    /// A stable word that selects the text of the finding.
    because: &'static str,
    place: PathBuf,
    owner: Option<String>,
    target: Option<PathBuf>,
}

impl Cause {
    fn of(path: &Path, error: &io::Error) -> Self {
        let at = |because, place: &Path| Self { because, place: place.to_owned(), owner: None, target: None };
        if let Some(because) = from_error(error) {
            return at(because, path);
        }
        if let Some((link, target)) = dangling(path) {
            let because = if is_loop(&link) { "link-loop" } else { "link-to-nowhere" };
            return Self { target: Some(target), ..at(because, &link) };
        }
        if let Some(file) = file_on(path) {
            return at("not-a-folder", file);
        }
        if !matches!(error.kind(), ErrorKind::PermissionDenied) {
            return at("unknown", path);
        }
        let place = not_permitted(path).unwrap_or(path);
        let meta = fs_err::symlink_metadata(place).ok();
        if let Some(owner) = meta.as_ref().and_then(|meta| sys::other_owner(place, meta)) {
            return Self { owner: Some(owner), ..at("other-owner", place) };
        }
        let is_marked = meta.is_some_and(|meta| meta.is_file() && meta.permissions().readonly());
        at(if is_marked { "read-only" } else { "permission" }, place)
    }
}

/// The word for the cause, if the system's error alone is specific enough.
fn from_error(error: &io::Error) -> Option<&'static str> {
    match cause(error) {
        // What stands in the way is looked for on the path itself.
        None | Some(ErrorCause::Permission | ErrorCause::Missing) => {}
        Some(cause) => return Some(cause.because()),
    }
    match error.kind() {
        ErrorKind::StorageFull => Some("disk-full"),
        ErrorKind::QuotaExceeded => Some("quota"),
        ErrorKind::ReadOnlyFilesystem => Some("read-only-disk"),
        _ => None,
    }
}

/// The word for the cause of an error with a program that is written or started; `None` if nothing is known.
pub(crate) fn because(error: &io::Error) -> Option<&'static str> {
    let by_kind = || match error.kind() {
        ErrorKind::StorageFull => Some("disk-full"),
        ErrorKind::PermissionDenied => Some("permission"),
        ErrorKind::NotFound => Some("missing"),
        _ => None,
    };
    cause(error).map(ErrorCause::because).or_else(by_kind)
}

/// The folders above a path, outermost first, and the path itself.
fn parts(path: &Path) -> Vec<&Path> {
    let mut parts: Vec<&Path> = path.ancestors().collect();
    parts.reverse();
    parts
}

/// A file above the path, where a folder is needed.
fn file_on(path: &Path) -> Option<&Path> {
    parts(path).into_iter().find(|place| *place != path && place.is_file())
}

/// The first dangling link on the path, and its target.
fn dangling(path: &Path) -> Option<(PathBuf, PathBuf)> {
    parts(path).into_iter().find_map(|place| {
        let is_link = fs_err::symlink_metadata(place).is_ok_and(|meta| meta.is_symlink());
        let leads_nowhere =
            is_link && fs_err::metadata(place).is_err_and(|error| error.kind() != ErrorKind::PermissionDenied);
        leads_nowhere.then(|| {
            let target = fs_err::read_link(place).unwrap_or_default();
            (place.to_owned(), place.parent().map_or(target.clone(), |folder| folder.join(&target)))
        })
    })
}

/// True for a link that leads back to itself.
fn is_loop(link: &Path) -> bool {
    fs_err::metadata(link).is_err_and(|error| error.kind() != ErrorKind::NotFound)
}

/// The first part of the path that this person may not enter or write.
fn not_permitted(path: &Path) -> Option<&Path> {
    let folder = path.ancestors().skip(1).find(|folder| fs_err::symlink_metadata(folder).is_ok())?;
    let above = parts(folder).into_iter().find(|place| !sys::may_enter(place));
    let itself = || fs_err::symlink_metadata(path).is_ok().then_some(path).filter(|path| !sys::may_change(path));
    above.or_else(|| (!sys::may_change(folder)).then_some(folder)).or_else(itself)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault_injection::{hold, release};

    #[track_caller]
    fn check(path: &Path, error: &io::Error, because: &str, place: &Path) -> Finding {
        let finding = cannot_write(path, error);
        assert_eq!(finding.code, Code::CannotWrite);
        assert_eq!(finding.fact("because"), Some(because), "{finding:?}");
        assert_eq!(finding.fact("path"), path.to_str());
        assert_eq!(finding.fact("place"), place.to_str(), "{finding:?}");
        finding
    }

    fn kind(kind: ErrorKind) -> io::Error {
        kind.into()
    }

    #[test]
    fn what_the_system_says_plainly_is_believed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        check(&path, &kind(ErrorKind::StorageFull), "disk-full", &path);
        check(&path, &kind(ErrorKind::QuotaExceeded), "quota", &path);
        check(&path, &kind(ErrorKind::ReadOnlyFilesystem), "read-only-disk", &path);
        check(&path, &kind(ErrorKind::TimedOut), "unknown", &path);
    }

    #[cfg(unix)]
    #[test]
    fn the_systems_numbers_are_known() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let number = |error: rustix::io::Errno| io::Error::from_raw_os_error(error.raw_os_error());
        check(&path, &number(rustix::io::Errno::NOSPC), "disk-full", &path);
        check(&path, &number(rustix::io::Errno::DQUOT), "quota", &path);
        check(&path, &number(rustix::io::Errno::ROFS), "read-only-disk", &path);
    }

    #[test]
    fn what_windows_says_by_number_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        for (code, said, of_a_program) in [
            (32, "held", "held"),
            (33, "held", "held"),
            (1224, "held", "held"),
            (225, "security-software", "security-software"),
            (226, "security-software", "security-software"),
            (1260, "policy", "policy"),
            (4551, "app-control", "app-control"),
            (112, "disk-full", "disk-full"),
            (5, if cfg!(windows) { "permission" } else { "unknown" }, "permission"),
        ] {
            let error = io::Error::from_raw_os_error(code);
            hold("nothing", 0, 0);
            check(&path, &error, said, &path);
            assert_eq!(because(&error), Some(of_a_program), "{code}");
            release();
        }
    }

    #[test]
    fn a_file_in_the_place_of_a_folder_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("configLibrary");
        std::fs::write(&file, "").unwrap();
        let path = file.join("_meta.json");
        let error = super::super::make_folders(&file.join("deeper")).unwrap_err();
        check(&path, &error, "not-a-folder", &file);
    }

    #[test]
    fn a_file_that_is_marked_read_only_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "").unwrap();
        let mut permissions = std::fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        std::fs::set_permissions(&path, permissions).unwrap();
        let found = first_unwritable([path.as_path()]).unwrap();
        assert_eq!((found.fact("because"), found.fact("place")), (Some("read-only"), path.to_str()));
        assert_eq!(first_unwritable([folder.path().join("other").as_path()]), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_disk_that_is_not_there_is_named_with_its_target() {
        let folder = tempfile::tempdir().unwrap();
        let (root, target) = (folder.path().join("Claude-3p"), folder.path().join("other-disk/Claude-3p"));
        std::os::unix::fs::symlink(&target, &root).unwrap();
        let path = root.join("configLibrary/_meta.json");
        let error = super::super::make_folders(path.parent().unwrap()).unwrap_err();
        let finding = check(&path, &error, "link-to-nowhere", &root);
        assert_eq!(finding.fact("target"), target.to_str());
        assert!(first_unwritable([path.as_path()]).is_some(), "it is seen before anything is tried");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_itself_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("Claude-3p");
        std::os::unix::fs::symlink(&link, &link).unwrap();
        let path = link.join("file");
        let error = std::fs::write(&path, "").unwrap_err();
        check(&path, &error, "link-loop", &link);
    }
}
