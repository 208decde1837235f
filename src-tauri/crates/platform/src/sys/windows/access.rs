//! Who may read and change a file. Files in a person's profile inherit lists that keep other people out; elsewhere, as
//! on a second disk, everybody may usually change everything. So what holds a key gets a list of its own. What a list
//! means is decided in [`airouter_core::access`].

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::os::windows::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use airouter_core::access;

use super::calls::security;

/// `FILE_SHARE_DELETE`: others may rename or remove the file, and neither read nor write it.
const SHARE_DELETE: u32 = 4;
/// `FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE`
const SHARE_ALL: u32 = 7;

/// Creates a file that nobody else can open until it is closed. Who may open it afterwards is decided before anything
/// is in it, by [`close_to_others`].
///
/// # Errors
/// The system's error, `AlreadyExists` among them.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).share_mode(SHARE_DELETE).open(path)
}

/// Keeps everybody out of a file or folder but its person, the system and administrators.
///
/// # Errors
/// The system's error.
pub(crate) fn close_to_others(path: &Path) -> io::Result<()> {
    security::set_owner_only(path)
}

/// True if nobody else can access the file or folder, by its list as it is now.
pub(crate) fn is_closed_to_others(path: &Path) -> bool {
    let (Ok(list), Ok(me)) = (security::access_list(path), security::my_sid()) else { return false };
    access::is_for_owner_only(&list, &me)
}

/// True if the disk keeps access control lists, which FAT and some network drives do not.
pub(crate) fn can_be_closed(path: &Path) -> bool {
    security::keeps_lists(path)
}

/// Other people who may change a file or folder, by the names of their groups; none if its list cannot be read.
pub(crate) fn others_who_may_change(path: &Path) -> Vec<&'static str> {
    security::access_list(path).map(|list| access::others_who_may_change(&list)).unwrap_or_default()
}

/// True if a file may be changed, as far as its owner decides: see [`access::is_owner_trusted`].
pub(crate) fn is_mine(path: &Path, _meta: &Metadata) -> bool {
    let may_write = || OpenOptions::new().write(true).share_mode(SHARE_ALL).open(path).is_ok();
    security::owner(path)
        .is_ok_and(|owner| access::is_owner_trusted(&owner, false) || access::is_owner_trusted(&owner, may_write()))
}

/// Creates the missing folders of a path. They inherit the list of the folder above; if that lets others in, the
/// outermost new one gets a list of its own, which the others inherit.
///
/// # Errors
/// The system's error.
pub(crate) fn make_private_folders(folder: &Path) -> io::Result<()> {
    let missing: Vec<PathBuf> = folder.ancestors().take_while(|folder| !folder.exists()).map(Path::to_owned).collect();
    for folder in missing.iter().rev() {
        match std::fs::create_dir(folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists || !folder.is_dir() => return Err(error),
            _ => {}
        }
        if !is_closed_to_others(folder) && close_to_others(folder).is_err() {
            tracing::warn!("this disk does not let others be kept out of a folder");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::{Privacy, replace};

    #[test]
    fn a_file_for_its_owner_has_a_list_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let (open, closed) = (folder.path().join("open"), folder.path().join("deep/closed"));
        std::fs::write(&open, "{}").unwrap();
        replace(&closed, b"key", Privacy::OwnerOnlyOrRefused).unwrap();
        assert!(is_closed_to_others(&closed), "{:?}", security::access_list(&closed));
        assert!(is_closed_to_others(closed.parent().unwrap()), "{:?}", security::access_list(closed.parent().unwrap()));
        assert_eq!(others_who_may_change(&closed), [] as [&str; 0]);
        assert_eq!(std::fs::read(&closed).unwrap(), b"key", "its owner can read it");
        close_to_others(&open).unwrap();
        assert!(is_closed_to_others(&open) && can_be_closed(&open));
        assert!(!is_closed_to_others(&folder.path().join("nothing")));
        let me = security::my_sid().unwrap();
        assert!(me.starts_with("S-1-5-"), "{me}");
    }

    #[test]
    fn a_file_is_closed_before_anything_is_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let file = create_private(&path).unwrap();
        assert!(OpenOptions::new().read(true).share_mode(SHARE_ALL).open(&path).is_err(), "nobody reads along");
        close_to_others(&path).unwrap();
        drop(file);
        assert!(std::fs::read(&path).is_ok());
        assert!(create_private(&path).is_err(), "never over another file");
    }

    #[test]
    fn folders_are_closed_and_what_others_may_change_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("a").join("b");
        make_private_folders(&deep).unwrap();
        assert!(deep.is_dir() && is_closed_to_others(&deep), "{:?}", security::access_list(&deep));
        make_private_folders(&deep).unwrap();
        security::set_protected(&deep, "D:P(A;OICI;FA;;;WD)").unwrap();
        assert_eq!(others_who_may_change(&deep), ["Everyone"], "{:?}", security::access_list(&deep));
        assert!(!is_closed_to_others(&deep));
        // A folder that is made below it does not let everybody in.
        make_private_folders(&deep.join("c")).unwrap();
        assert!(is_closed_to_others(&deep.join("c")), "{:?}", security::access_list(&deep.join("c")));
    }

    #[test]
    fn a_new_file_is_mine_and_a_missing_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("文件.json");
        replace(&path, b"{}", Privacy::OwnerOnly).unwrap();
        let meta = std::fs::metadata(&path).unwrap();
        assert!(is_mine(&path, &meta));
        assert!(!is_mine(&folder.path().join("nothing"), &meta));
        let owner = security::owner(&path).unwrap();
        assert!(owner.is_me || owner.is_known, "{owner:?}");
    }
}
