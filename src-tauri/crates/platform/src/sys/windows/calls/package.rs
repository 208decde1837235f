//! The package whose identity this process has, and where files really lie.

use std::ffi::OsString;
use std::os::windows::ffi::OsStringExt;
use std::os::windows::io::AsRawHandle;
use std::path::PathBuf;
use std::ptr;

use fs_err::File;
use windows_sys::Win32::Foundation::{ERROR_INSUFFICIENT_BUFFER, ERROR_SUCCESS};
use windows_sys::Win32::Storage::FileSystem::{FILE_NAME_NORMALIZED, GetFinalPathNameByHandleW, VOLUME_NAME_DOS};
use windows_sys::Win32::Storage::Packaging::Appx::GetCurrentPackageFamilyName;

use super::LONGEST_PATH;

/// The family of the package whose identity this process has. This program is not packaged, so it can only have
/// inherited the identity from a packaged app that started it. `None` without one.
pub(in super::super) fn family() -> Option<String> {
    let mut length = 0;
    // SAFETY: without a buffer only the length is asked; the pointer to it is valid for the call.
    if unsafe { GetCurrentPackageFamilyName(&raw mut length, ptr::null_mut()) } != ERROR_INSUFFICIENT_BUFFER {
        return None;
    }
    let mut name = vec![0u16; length as usize];
    // SAFETY: the buffer has as many units as `length` says, and `length` is valid for the call.
    let answer = unsafe { GetCurrentPackageFamilyName(&raw mut length, name.as_mut_ptr()) };
    let text = name.split(|unit| *unit == 0).next().map(String::from_utf16_lossy);
    text.filter(|_| answer == ERROR_SUCCESS)
}

/// The path at which an open file really lies.
pub(in super::super) fn final_path(file: &File) -> Option<PathBuf> {
    let mut path = vec![0u16; LONGEST_PATH];
    // SAFETY: the handle is open as long as `file` lives, and the buffer is as long as stated.
    let length = unsafe {
        GetFinalPathNameByHandleW(
            file.file().as_raw_handle(),
            path.as_mut_ptr(),
            LONGEST_PATH as u32,
            FILE_NAME_NORMALIZED | VOLUME_NAME_DOS,
        )
    };
    let found = path.get(..length as usize).filter(|found| !found.is_empty())?;
    Some(PathBuf::from(OsString::from_wide(found)))
}
