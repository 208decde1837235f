//! What a file has besides its bytes: mode, group, access control lists, extended attributes, hard links. A file
//! that is replaced keeps all of it, or is not replaced.

use std::io;
use std::path::Path;

use tempfile::NamedTempFile;

use super::Privacy;
use super::privacy::close;
use crate::sys;

/// The mode of a file that only its owner can read and write.
const CLOSED: u32 = 0o600;

/// Copies the attributes of the file at `path` to the new file that will replace it. With [`Privacy::OwnerOnly`]
/// the mode is not copied.
///
/// # Errors
/// The system's error, or `Unsupported` if the file has a hard link: the other name would keep the old bytes.
pub(super) fn copy_attributes(path: &Path, new: &NamedTempFile, privacy: Privacy) -> io::Result<()> {
    let meta = fs_err::symlink_metadata(path)?;
    if sys::names(path, &meta) > 1 {
        return Err(io::Error::new(io::ErrorKind::Unsupported, "the file has a second name (hard link)"));
    }
    sys::copy_attributes(path, &meta, new)?;
    match privacy {
        Privacy::AsBefore => new.as_file().set_permissions(meta.permissions()),
        Privacy::OwnerOnly | Privacy::OwnerOnlyOrRefused => close(new.path(), privacy),
    }
}

/// The mode bits of a file; `None` on Windows, or if there is no file.
pub(crate) fn mode(path: &Path) -> Option<u32> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs_err::symlink_metadata(path).ok().map(|meta| meta.permissions().mode() & 0o7777)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}

/// Makes a file readable for its owner only, where the disk knows owners.
///
/// # Errors
/// The system's error.
pub(crate) fn make_private(path: &Path) -> io::Result<()> {
    match mode(path) {
        Some(mode) if mode & 0o077 != 0 => set_mode(path, CLOSED),
        Some(_) => Ok(()),
        None => fs_err::symlink_metadata(path)
            .and_then(|_| if is_private(path) { Ok(()) } else { sys::close_to_others(path) }),
    }
}

/// Restores the mode that a file had before [`make_private`]. A mode that was changed since is kept; a missing file
/// is no error.
///
/// # Errors
/// The system's error.
pub(crate) fn restore_mode(path: &Path, before: u32) -> io::Result<()> {
    if before != CLOSED && mode(path) == Some(CLOSED) { set_mode(path, before) } else { Ok(()) }
}

fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        crate::fault_injection::point("set mode")?;
        fs_err::set_permissions(path, std::fs::Permissions::from_mode(mode))
    }
    #[cfg(not(unix))]
    {
        let _ = (path, mode);
        Ok(())
    }
}

/// True if the file exists and only its owner can access it, or its disk does not know owners.
pub(crate) fn is_private(path: &Path) -> bool {
    path.is_file() && (sys::is_closed_to_others(path) || !sys::can_be_closed(path))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::super::{replace, replace_if};
    use super::*;
    use airouter_core::claude::library::FileFact;
    use rustix::fs::{XattrFlags, getxattr, setxattr};
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};

    fn file() -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "old").unwrap();
        (folder, path)
    }

    #[test]
    fn a_file_with_a_hard_link_is_not_replaced() {
        let (folder, path) = file();
        std::fs::hard_link(&path, folder.path().join("other")).unwrap();
        let seen = FileFact::Present(b"old".to_vec());
        assert_eq!(replace(&path, b"new", Privacy::AsBefore).unwrap_err().kind(), io::ErrorKind::Unsupported);
        assert!(replace_if(&path, &seen, b"new", Privacy::OwnerOnly).is_err());
        assert!(super::super::may_replace(&path).is_err(), "and that is known beforehand");
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
    }

    #[test]
    fn extended_attributes_are_kept() {
        let (_folder, path) = file();
        setxattr(&path, "user.note", b"mine", XattrFlags::empty()).expect("a disk that keeps attributes");
        replace(&path, b"new", Privacy::AsBefore).unwrap();
        let mut note = [0; 16];
        let length = getxattr(&path, "user.note", &mut note[..]).unwrap();
        assert_eq!(&note[..length], b"mine");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn access_control_lists_are_kept() {
        let (_folder, path) = file();
        // Version 2: user::rw-, user:12345:r--, group::r--, mask::r--, other::---.
        let entries: [(u16, u16, u32); 5] = [(1, 6, !0), (2, 4, 12345), (4, 4, !0), (0x10, 4, !0), (0x20, 0, !0)];
        let mut list = 2u32.to_le_bytes().to_vec();
        for (tag, rights, id) in entries {
            list.extend(tag.to_le_bytes().into_iter().chain(rights.to_le_bytes()).chain(id.to_le_bytes()));
        }
        let name = "system.posix_acl_access";
        setxattr(&path, name, &list, XattrFlags::empty()).expect("a disk with access control lists");
        replace(&path, b"new", Privacy::AsBefore).unwrap();
        let mut kept = [0; 64];
        let length = getxattr(&path, name, &mut kept[..]).unwrap();
        assert_eq!(&kept[..length], list);
    }

    #[test]
    fn the_group_is_kept() {
        let (_folder, path) = file();
        // Only root can set a foreign group; for others there is nothing to keep.
        let given = chown(&path, None, Some(12345));
        let group = std::fs::metadata(&path).unwrap().gid();
        assert!(given.is_err() || group == 12345);
        replace(&path, b"new", Privacy::AsBefore).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().gid(), group);
    }

    #[test]
    fn a_mode_is_restored_unless_it_was_changed_since() {
        let (_folder, path) = file();
        let set = |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        set(0o644);
        make_private(&path).unwrap();
        assert!(is_private(&path));
        restore_mode(&path, 0o644).unwrap();
        assert_eq!(mode(&path), Some(0o644));
        set(0o400);
        restore_mode(&path, 0o644).unwrap();
        assert_eq!(mode(&path), Some(0o400));
    }
}
