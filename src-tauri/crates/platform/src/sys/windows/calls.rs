//! System calls that no crate offers safely. Nothing else in this program is `unsafe`.
#![allow(unsafe_code, reason = "these calls take raw handles and pointers; each has a SAFETY comment")]

mod activation;
mod console;
mod message;
pub(super) mod names;
mod optional;
pub(super) mod package;
mod packages;
mod processes;
pub(super) mod processor;
pub(super) mod proxy;
pub(super) mod security;
pub(super) mod session;
mod signature;
mod windows;

use std::ffi::OsStr;
use std::os::windows::ffi::OsStrExt;
use std::path::Path;
use std::ptr;

use windows_sys::Win32::Foundation::{CloseHandle, HANDLE, HANDLE_FLAG_INHERIT, SetHandleInformation};
use windows_sys::Win32::Storage::FileSystem::GetDiskFreeSpaceExW;
use windows_sys::Win32::System::Console::{GetStdHandle, STD_ERROR_HANDLE, STD_INPUT_HANDLE, STD_OUTPUT_HANDLE};

pub(super) use activation::activate;
pub(super) use packages::{application_ids, folder_of, full_names};
pub(super) use processes::{am_elevated, end_process, list, session_of, told_of};
pub(super) use signature::publisher;
pub(super) use windows::{close, windows_of};

pub(crate) use console::has_standard_error;
pub(crate) use message::show_message;

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

/// Keeps child processes from inheriting this process's standard streams. A child inherits every inheritable handle,
/// whatever its own streams are; a program that waits for the end of this program's output would then wait until
/// Claude ends.
pub(super) fn keep_streams() {
    for stream in [STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE] {
        // SAFETY: takes no pointers; a stream that is not there gives a handle that the second call refuses.
        unsafe { SetHandleInformation(GetStdHandle(stream), HANDLE_FLAG_INHERIT, 0) };
    }
}

/// The text at an address that the system gave.
///
/// # Safety
/// The text ends in zero and lives until the end of the call.
unsafe fn text_of(text: *const u16) -> Option<String> {
    // SAFETY: each unit up to the zero is readable, as the caller promises.
    let length = (0..LONGEST_PATH).find(|at| unsafe { *text.add(*at) } == 0)?;
    // SAFETY: these units were read just now.
    Some(String::from_utf16_lossy(unsafe { std::slice::from_raw_parts(text, length) }))
}
