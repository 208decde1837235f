//! System calls that no crate offers safely. Nothing else in this program is `unsafe`.
#![allow(unsafe_code, reason = "these calls take raw handles and pointers; each has a SAFETY comment")]

mod activation;
mod optional;
mod packages;
mod processes;
mod signature;
mod windows;

use std::ffi::OsStr;
use std::os::windows::ffi::OsStrExt;
use std::path::Path;
use std::ptr;

use windows_sys::Win32::Foundation::{
    APPMODEL_ERROR_NO_PACKAGE, CloseHandle, ERROR_SUCCESS, HANDLE, HANDLE_FLAG_INHERIT, LocalFree, SetHandleInformation,
};
use windows_sys::Win32::Security::Authorization::{GetNamedSecurityInfoW, SE_FILE_OBJECT, SetNamedSecurityInfoW};
use windows_sys::Win32::Security::{
    ACL, DACL_SECURITY_INFORMATION, EqualSid, GetSecurityDescriptorControl, GetTokenInformation, IsWellKnownSid,
    OWNER_SECURITY_INFORMATION, PROTECTED_DACL_SECURITY_INFORMATION, PSECURITY_DESCRIPTOR, PSID, SE_DACL_PROTECTED,
    TOKEN_QUERY, TOKEN_USER, TokenUser, UNPROTECTED_DACL_SECURITY_INFORMATION, WinBuiltinAdministratorsSid,
    WinLocalSystemSid,
};
use windows_sys::Win32::Storage::FileSystem::GetDiskFreeSpaceExW;
use windows_sys::Win32::Storage::Packaging::Appx::GetCurrentPackageFamilyName;
use windows_sys::Win32::System::Console::{GetStdHandle, STD_ERROR_HANDLE, STD_INPUT_HANDLE, STD_OUTPUT_HANDLE};
use windows_sys::Win32::System::Threading::{
    GetCurrentProcess, IsProcessorFeaturePresent, OpenProcessToken, PF_VIRT_FIRMWARE_ENABLED,
};

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

/// True if a file belongs to the person who runs this program, to the administrators or to the system. Files of the
/// latter two in a person's folders come from installers and elevated programs.
pub(super) fn is_owner_trusted(path: &Path) -> bool {
    let name: Vec<u16> = path.as_os_str().encode_wide().chain([0]).collect();
    let mut owner: PSID = ptr::null_mut();
    let mut descriptor: PSECURITY_DESCRIPTOR = ptr::null_mut();
    // SAFETY: the name ends in zero; the other pointers are valid for the call or null where nothing is asked.
    let answer = unsafe {
        GetNamedSecurityInfoW(
            name.as_ptr(),
            SE_FILE_OBJECT,
            OWNER_SECURITY_INFORMATION,
            &raw mut owner,
            ptr::null_mut(),
            ptr::null_mut(),
            ptr::null_mut(),
            &raw mut descriptor,
        )
    };
    if answer != ERROR_SUCCESS {
        return false;
    }
    // SAFETY: `owner` points into the descriptor, which is freed only afterwards.
    let is_known = unsafe {
        IsWellKnownSid(owner, WinBuiltinAdministratorsSid) != 0 || IsWellKnownSid(owner, WinLocalSystemSid) != 0
    };
    let is_trusted = is_known
        || with_my_sid(|mine| {
            // SAFETY: both point to whole identifiers that live until the end of the call.
            unsafe { EqualSid(owner, mine) != 0 }
        });
    // SAFETY: the descriptor was allocated by the call above and is not used any more.
    unsafe { LocalFree(descriptor) };
    is_trusted
}

/// Copies the access control list of one file to another. Inherited entries are inherited anew, unless the list is
/// protected from inheritance.
///
/// # Errors
/// The system's error.
pub(super) fn copy_rights(from: &Path, to: &Path) -> std::io::Result<()> {
    let name = |path: &Path| -> Vec<u16> { path.as_os_str().encode_wide().chain([0]).collect() };
    let (from, to) = (name(from), name(to));
    let mut list: *mut ACL = ptr::null_mut();
    let mut descriptor: PSECURITY_DESCRIPTOR = ptr::null_mut();
    // SAFETY: the name ends in zero; the other pointers are valid for the call or null where nothing is asked.
    let answer = unsafe {
        GetNamedSecurityInfoW(
            from.as_ptr(),
            SE_FILE_OBJECT,
            DACL_SECURITY_INFORMATION,
            ptr::null_mut(),
            ptr::null_mut(),
            &raw mut list,
            ptr::null_mut(),
            &raw mut descriptor,
        )
    };
    if answer != ERROR_SUCCESS {
        return Err(std::io::Error::from_raw_os_error(answer as i32));
    }
    let (mut control, mut revision) = (0, 0);
    // SAFETY: the descriptor is whole until it is freed, and both numbers are valid for the call.
    let is_known = unsafe { GetSecurityDescriptorControl(descriptor, &raw mut control, &raw mut revision) } != 0;
    let inherits = if is_known && control & SE_DACL_PROTECTED != 0 {
        PROTECTED_DACL_SECURITY_INFORMATION
    } else {
        UNPROTECTED_DACL_SECURITY_INFORMATION
    };
    // SAFETY: the name ends in zero, and the list lies in the descriptor, which is freed only afterwards.
    let answer = unsafe {
        SetNamedSecurityInfoW(
            to.as_ptr(),
            SE_FILE_OBJECT,
            DACL_SECURITY_INFORMATION | inherits,
            ptr::null_mut(),
            ptr::null_mut(),
            list,
            ptr::null(),
        )
    };
    // SAFETY: the descriptor was allocated by the first call and is not used any more.
    unsafe { LocalFree(descriptor) };
    if answer == ERROR_SUCCESS { Ok(()) } else { Err(std::io::Error::from_raw_os_error(answer as i32)) }
}

/// Calls `ask` with the security identifier of the person who runs this program and returns its result; false if the
/// identifier cannot be read.
fn with_my_sid(ask: impl FnOnce(PSID) -> bool) -> bool {
    let mut token: HANDLE = ptr::null_mut();
    // SAFETY: the pseudo handle of this process needs no closing; the pointer is valid for the call.
    if unsafe { OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &raw mut token) } == 0 {
        return false;
    }
    let token = Handle(token);
    // Aligned like the structure that is written to its beginning; an identifier has 68 bytes at most.
    let mut buffer = [0u64; 32];
    let mut length = 0;
    // SAFETY: the buffer is as long as stated, and the length is valid for the call.
    let done = unsafe {
        GetTokenInformation(
            token.0,
            TokenUser,
            buffer.as_mut_ptr().cast(),
            size_of_val(&buffer) as u32,
            &raw mut length,
        )
    };
    // SAFETY: a call that succeeded has written a `TOKEN_USER` to the beginning of the buffer, whose
    // identifier lies in the same buffer.
    done != 0 && ask(unsafe { (*buffer.as_ptr().cast::<TOKEN_USER>()).User.Sid })
}
