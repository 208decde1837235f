//! System calls that no crate offers safely. Nothing else in this program is `unsafe`.
#![allow(unsafe_code, reason = "these calls take raw handles and pointers; each has a SAFETY comment")]

mod activation;
pub(super) mod names;
mod optional;
mod packages;
mod processes;
pub(super) mod security;
mod signature;
mod windows;

use std::ffi::OsStr;
use std::os::windows::ffi::OsStrExt;
use std::path::Path;
use std::ptr;

use windows_sys::Win32::Foundation::{
    APPMODEL_ERROR_NO_PACKAGE, CloseHandle, HANDLE, HANDLE_FLAG_INHERIT, SetHandleInformation,
};
use windows_sys::Win32::Storage::FileSystem::GetDiskFreeSpaceExW;
use windows_sys::Win32::Storage::Packaging::Appx::GetCurrentPackageFamilyName;
use windows_sys::Win32::System::Console::{GetStdHandle, STD_ERROR_HANDLE, STD_INPUT_HANDLE, STD_OUTPUT_HANDLE};
use windows_sys::Win32::System::Threading::{IsProcessorFeaturePresent, PF_VIRT_FIRMWARE_ENABLED};

pub(super) use activation::activate;
pub(super) use packages::{application_ids, folder_of, full_names};
pub(super) use processes::{am_elevated, end_process, list, session_of, told_of};
pub(super) use signature::publisher;
pub(super) use windows::{close, windows_of};

/// Longest path that the system gives, in UTF-16 units.
const LONGEST_PATH: usize = 32_768;

/// A text as the system's functions take it: in UTF-16, with a zero at its end.
fn wide(text: &OsStr) -> Vec<u16> {
    text.encode_wide().chain([0]).collect()
}

/// Closes a handle when it goes out of scope.
struct Handle(HANDLE);

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: the handle came from a call that gave it to this value alone, and is closed once.
        unsafe { CloseHandle(self.0) };
    }
}

/// Free space for this person on the disk of an existing folder, in bytes.
pub(super) fn free_room(folder: &Path) -> Option<u64> {
    let path: Vec<u16> = folder.as_os_str().encode_wide().chain([0]).collect();
    let mut free = 0;
    // SAFETY: the path ends with a zero and, like the number, outlives the call; the others may be null.
    let done = unsafe { GetDiskFreeSpaceExW(path.as_ptr(), &raw mut free, ptr::null_mut(), ptr::null_mut()) };
    (done != 0).then_some(free)
}

/// Whether the processor's virtualisation is enabled in the firmware.
pub(super) fn virtualisation() -> bool {
    // SAFETY: the call takes a number and gives one.
    unsafe { IsProcessorFeaturePresent(PF_VIRT_FIRMWARE_ENABLED) != 0 }
}

/// Keeps child processes from inheriting this process's standard streams. A child inherits every inheritable handle,
/// whatever its own streams are; a program that waits for the end of this program's output would then wait until
/// Claude ends.
pub(super) fn keep_streams() {
    for stream in [STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE] {
        // SAFETY: takes no pointers; a stream that is not there gives a handle that the second call refuses.
        unsafe { SetHandleInformation(GetStdHandle(stream), HANDLE_FLAG_INHERIT, 0) };
    }
}

/// True if this process has a package identity. This program is not packaged, so it can only have inherited the
/// identity from a packaged app that started it.
pub(super) fn has_package_identity() -> bool {
    let mut length = 0;
    // SAFETY: without a buffer only the length is asked; the pointer to it is valid for the call.
    let answer = unsafe { GetCurrentPackageFamilyName(&raw mut length, ptr::null_mut()) };
    answer != APPMODEL_ERROR_NO_PACKAGE
}
