//! The names that Windows knows a path by.

use std::ffi::OsString;
use std::os::windows::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use windows_sys::Win32::Storage::FileSystem::GetLongPathNameW;

use super::LONGEST_PATH;

/// An existing path with long names in place of short ones (8.3); `None` if it does not exist.
pub(in crate::sys::windows) fn long_name(path: &Path) -> Option<PathBuf> {
    let name: Vec<u16> = path.as_os_str().encode_wide().chain([0]).collect();
    let mut buffer = vec![0u16; LONGEST_PATH];
    // SAFETY: the name ends in zero, and the buffer has as many units as stated.
    let length = unsafe { GetLongPathNameW(name.as_ptr(), buffer.as_mut_ptr(), LONGEST_PATH as u32) };
    let long = buffer.get(..length as usize).filter(|long| !long.is_empty())?;
    Some(PathBuf::from(OsString::from_wide(long)))
}
