//! Who may read a file that is written, and what happens where the disk does not let others be kept out.

use std::io;
use std::path::Path;

use crate::fault_injection::point;
use crate::sys;

/// Who may read a file that is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Privacy {
    /// Those who could before; for a new file only its owner.
    AsBefore,
    /// Only the owner, as far as the disk knows owners.
    OwnerOnly,
    /// Only the owner; where the disk does not know owners, the file is not written.
    OwnerOnlyOrRefused,
}

/// Others can read what was meant for its owner only: the disk does not know owners, or does not let them be set.
#[derive(Debug)]
pub(crate) struct NotPrivate;

impl std::fmt::Display for NotPrivate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the disk keeps no access rights of its own for files")
    }
}

impl std::error::Error for NotPrivate {}

/// True if a file was not written because others could read it.
pub(crate) fn is_not_private(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|why| why.is::<NotPrivate>())
}

/// Keeps others out of a new file, as far as `privacy` asks for it. On Unix it has been created that way.
///
/// # Errors
/// [`NotPrivate`] if others can read it although they must not.
pub(super) fn close(path: &Path, privacy: Privacy) -> io::Result<()> {
    let closed = match privacy {
        Privacy::AsBefore => return Ok(()),
        Privacy::OwnerOnly => sys::close_to_others(path),
        Privacy::OwnerOnlyOrRefused => point("close").and_then(|()| sys::close_to_others(path)),
    };
    match closed {
        Ok(()) if sys::is_closed_to_others(path) => Ok(()),
        _ if privacy == Privacy::OwnerOnlyOrRefused => Err(io::Error::other(NotPrivate)),
        _ => {
            tracing::warn!("this disk does not let others be kept out of a file");
            Ok(())
        }
    }
}
