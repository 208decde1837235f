//! Owners and access control lists of files.

use std::io;
use std::os::windows::ffi::OsStrExt;
use std::path::Path;
use std::ptr;

use airouter_core::access::{AccessEntry, AccessList, FileOwner};
use windows_sys::Win32::Foundation::{ERROR_NONE_MAPPED, ERROR_SUCCESS, GetLastError, HANDLE, LocalFree, WIN32_ERROR};
use windows_sys::Win32::Security::Authorization::{
    ConvertSidToStringSidW, ConvertStringSecurityDescriptorToSecurityDescriptorW, GetNamedSecurityInfoW,
    SDDL_REVISION_1, SE_FILE_OBJECT, SetNamedSecurityInfoW,
};
use windows_sys::Win32::Security::{
    ACCESS_ALLOWED_ACE, ACE_HEADER, ACL, DACL_SECURITY_INFORMATION, GetAce, GetSecurityDescriptorControl,
    GetTokenInformation, INHERIT_ONLY_ACE, LookupAccountSidW, OBJECT_SECURITY_INFORMATION, OWNER_SECURITY_INFORMATION,
    PROTECTED_DACL_SECURITY_INFORMATION, PSECURITY_DESCRIPTOR, PSID, SE_DACL_PROTECTED, SetFileSecurityW, TOKEN_QUERY,
    TOKEN_USER, TokenUser, UNPROTECTED_DACL_SECURITY_INFORMATION,
};
use windows_sys::Win32::Storage::FileSystem::{GetVolumeInformationW, GetVolumePathNameW};
use windows_sys::Win32::System::Threading::{GetCurrentProcess, OpenProcessToken};

use super::{Handle, LONGEST_PATH};

/// `FILE_PERSISTENT_ACLS`: the disk keeps access control lists.
const KEEPS_LISTS: u32 = 0x8;
/// Kinds of entries that allow, and that deny (`winnt.h`: the plain kinds and those with a condition, whose first
/// fields are the same).
const ALLOWING: [u8; 2] = [0, 9];
const DENYING: [u8; 2] = [1, 10];

/// Memory that the system allocated for the caller; freed when it goes out of scope.
struct Local(*mut core::ffi::c_void);

impl Drop for Local {
    fn drop(&mut self) {
        // SAFETY: the pointer came from a call that allocated it for this value alone; null is allowed.
        unsafe { LocalFree(self.0) };
    }
}

/// What a file is protected by, as far as it was asked for. The pointers lie in the descriptor.
struct Protection {
    descriptor: Local,
    owner: PSID,
    list: *mut ACL,
}

fn wide(text: &std::ffi::OsStr) -> Vec<u16> {
    text.encode_wide().chain([0]).collect()
}

fn done(answer: u32) -> io::Result<()> {
    if answer == ERROR_SUCCESS { Ok(()) } else { Err(io::Error::from_raw_os_error(answer as i32)) }
}

fn protection(path: &Path, what: OBJECT_SECURITY_INFORMATION) -> io::Result<Protection> {
    let name = wide(path.as_os_str());
    let mut owner: PSID = ptr::null_mut();
    let mut list: *mut ACL = ptr::null_mut();
    let mut descriptor: PSECURITY_DESCRIPTOR = ptr::null_mut();
    // SAFETY: the name ends in zero; the other pointers are valid for the call or null where nothing is asked.
    let answer = unsafe {
        GetNamedSecurityInfoW(
            name.as_ptr(),
            SE_FILE_OBJECT,
            what,
            &raw mut owner,
            ptr::null_mut(),
            &raw mut list,
            ptr::null_mut(),
            &raw mut descriptor,
        )
    };
    done(answer)?;
    Ok(Protection { descriptor: Local(descriptor), owner, list })
}

/// Who owns a file or folder.
///
/// # Errors
/// The system's error.
pub(in crate::sys::windows) fn owner(path: &Path) -> io::Result<FileOwner> {
    let protection = protection(path, OWNER_SECURITY_INFORMATION)?;
    let sid = sid_as_text(protection.owner).ok_or_else(io::Error::last_os_error)?;
    Ok(FileOwner { is_me: my_sid().is_ok_and(|mine| mine == sid), is_known: is_known(protection.owner), sid })
}

/// False if no account has this identifier any more; an identifier that cannot be looked up now counts as known.
fn is_known(sid: PSID) -> bool {
    account_of(sid) != Err(ERROR_NONE_MAPPED)
}

/// The name of the account that has an identifier, without its domain.
///
/// # Errors
/// The system's number; `ERROR_NONE_MAPPED` if no account has it.
pub(super) fn account_of(sid: PSID) -> Result<String, WIN32_ERROR> {
    const LONGEST_NAME: usize = 512;
    let (mut name, mut domain) = ([0u16; LONGEST_NAME], [0u16; LONGEST_NAME]);
    let (mut name_length, mut domain_length, mut kind) = (LONGEST_NAME as u32, LONGEST_NAME as u32, 0);
    // SAFETY: the identifier is whole; both buffers are as long as stated, and the numbers are valid for the call.
    let found = unsafe {
        LookupAccountSidW(
            ptr::null(),
            sid,
            name.as_mut_ptr(),
            &raw mut name_length,
            domain.as_mut_ptr(),
            &raw mut domain_length,
            &raw mut kind,
        )
    };
    if found == 0 {
        // SAFETY: takes nothing and gives the number of the call above.
        return Err(unsafe { GetLastError() });
    }
    Ok(String::from_utf16_lossy(name.split(|unit| *unit == 0).next().unwrap_or_default()))
}

/// The access control list of a file or folder.
///
/// # Errors
/// The system's error.
pub(in crate::sys::windows) fn access_list(path: &Path) -> io::Result<AccessList> {
    let protection = protection(path, DACL_SECURITY_INFORMATION)?;
    if protection.list.is_null() {
        return Ok(AccessList::Missing);
    }
    // SAFETY: the list is whole as long as the descriptor that it lies in.
    let count = u32::from(unsafe { (*protection.list).AceCount });
    let entries = (0..count).filter_map(|at| entry(protection.list, at)).collect();
    drop(protection.descriptor);
    Ok(AccessList::Entries(entries))
}

/// An entry of a whole list; `None` for kinds that neither allow nor deny a person something.
fn entry(list: *const ACL, at: u32) -> Option<AccessEntry> {
    let mut found: *mut core::ffi::c_void = ptr::null_mut();
    // SAFETY: the list is whole, and the pointer is valid for the call.
    if unsafe { GetAce(list, at, &raw mut found) } == 0 {
        return None;
    }
    // SAFETY: every entry begins with this header; it is read without regard to alignment.
    let header = unsafe { found.cast::<ACE_HEADER>().read_unaligned() };
    let allows = ALLOWING.contains(&header.AceType);
    if !allows && !DENYING.contains(&header.AceType) {
        return None;
    }
    let entry = found.cast::<ACCESS_ALLOWED_ACE>();
    // SAFETY: the kinds above have the rights and the identifier where this structure has them.
    let (rights, sid) = unsafe { ((&raw const (*entry).Mask).read_unaligned(), (&raw mut (*entry).SidStart).cast()) };
    let is_for_children_only = u32::from(header.AceFlags) & INHERIT_ONLY_ACE != 0;
    Some(AccessEntry { sid: sid_as_text(sid)?, allows, rights, is_for_children_only })
}

/// Gives a file or folder a list of its own, which it does not inherit: everything for this person, the system and
/// administrators, nothing for others. What is made in a folder later inherits it.
///
/// # Errors
/// The system's error.
pub(in crate::sys::windows) fn set_owner_only(path: &Path) -> io::Result<()> {
    let inherits = if path.is_dir() { "OICI" } else { "" };
    let mine = my_sid()?;
    let list: String = [mine.as_str(), "SY", "BA"].map(|who| format!("(A;{inherits};FA;;;{who})")).concat();
    set_protected(path, &format!("D:P{list}"))
}

/// Gives a file or folder a list, by its text in the security descriptor definition language (OD, SDDL), instead of
/// what it inherits.
///
/// # Errors
/// The system's error.
pub(in crate::sys::windows) fn set_protected(path: &Path, list: &str) -> io::Result<()> {
    let text = wide(list.as_ref());
    let mut descriptor: PSECURITY_DESCRIPTOR = ptr::null_mut();
    // SAFETY: the text ends in zero; the pointer is valid for the call, and the size is not asked for.
    let made = unsafe {
        ConvertStringSecurityDescriptorToSecurityDescriptorW(
            text.as_ptr(),
            SDDL_REVISION_1,
            &raw mut descriptor,
            ptr::null_mut(),
        )
    };
    if made == 0 {
        return Err(io::Error::last_os_error());
    }
    let descriptor = Local(descriptor);
    let name = wide(path.as_os_str());
    // The list comes with the descriptor's mark that it is not inherited. `SetNamedSecurityInfoW` takes the list alone,
    // and Wine then adds what the folder above would pass on.
    // SAFETY: the name ends in zero, and the descriptor is whole until it is dropped.
    let set = unsafe {
        SetFileSecurityW(name.as_ptr(), DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION, descriptor.0)
    };
    if set == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Sets a list that lies in a descriptor which outlives the call.
fn set_list(path: &Path, list: *const ACL, inherits: OBJECT_SECURITY_INFORMATION) -> io::Result<()> {
    let name = wide(path.as_os_str());
    // SAFETY: the name ends in zero; the caller's list is whole; nothing else is set.
    done(unsafe {
        SetNamedSecurityInfoW(
            name.as_ptr(),
            SE_FILE_OBJECT,
            DACL_SECURITY_INFORMATION | inherits,
            ptr::null_mut(),
            ptr::null_mut(),
            list,
            ptr::null(),
        )
    })
}

/// Copies the access control list of one file to another. Inherited entries are inherited anew, unless the list is
/// protected from inheritance.
///
/// # Errors
/// The system's error.
pub(in crate::sys::windows) fn copy_rights(from: &Path, to: &Path) -> io::Result<()> {
    let protection = protection(from, DACL_SECURITY_INFORMATION)?;
    let (mut control, mut revision) = (0, 0);
    // SAFETY: the descriptor is whole until it is freed, and both numbers are valid for the call.
    let is_known =
        unsafe { GetSecurityDescriptorControl(protection.descriptor.0, &raw mut control, &raw mut revision) } != 0;
    let inherits = if is_known && control & SE_DACL_PROTECTED != 0 {
        PROTECTED_DACL_SECURITY_INFORMATION
    } else {
        UNPROTECTED_DACL_SECURITY_INFORMATION
    };
    set_list(to, protection.list, inherits)
}

/// True if the disk that a path is on keeps access control lists; also if that cannot be found out.
pub(in crate::sys::windows) fn keeps_lists(path: &Path) -> bool {
    let name = wide(path.as_os_str());
    let mut volume = vec![0u16; LONGEST_PATH];
    // SAFETY: the name ends in zero, and the buffer has as many units as stated.
    if unsafe { GetVolumePathNameW(name.as_ptr(), volume.as_mut_ptr(), LONGEST_PATH as u32) } == 0 {
        return true;
    }
    let mut flags = 0;
    // SAFETY: the volume's name ends in zero; the flags are valid for the call, and nothing else is asked for.
    let told = unsafe {
        GetVolumeInformationW(
            volume.as_ptr(),
            ptr::null_mut(),
            0,
            ptr::null_mut(),
            ptr::null_mut(),
            &raw mut flags,
            ptr::null_mut(),
            0,
        )
    };
    told == 0 || flags & KEEPS_LISTS != 0
}

/// The security identifier of the person who runs this program.
///
/// # Errors
/// The system's error.
pub(in crate::sys::windows) fn my_sid() -> io::Result<String> {
    with_my_sid(sid_as_text)?.ok_or_else(io::Error::last_os_error)
}

/// Calls `ask` with the security identifier of the person who runs this program.
///
/// # Errors
/// The system's error.
pub(super) fn with_my_sid<T>(ask: impl FnOnce(PSID) -> T) -> io::Result<T> {
    let mut token: HANDLE = ptr::null_mut();
    // SAFETY: the pseudo handle of this process needs no closing; the pointer is valid for the call.
    if unsafe { OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &raw mut token) } == 0 {
        return Err(io::Error::last_os_error());
    }
    let token = Handle(token);
    // Aligned like the structure that is written to its beginning; an identifier has 68 bytes at most.
    let mut buffer = [0u64; 32];
    let mut length = 0;
    // SAFETY: the buffer is as long as stated, and the length is valid for the call.
    let told = unsafe {
        GetTokenInformation(
            token.0,
            TokenUser,
            buffer.as_mut_ptr().cast(),
            size_of_val(&buffer) as u32,
            &raw mut length,
        )
    };
    if told == 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: a call that succeeded has written a `TOKEN_USER` to the beginning of the buffer, whose identifier lies in
    // the same buffer.
    Ok(ask(unsafe { (*buffer.as_ptr().cast::<TOKEN_USER>()).User.Sid }))
}

/// A whole identifier as text, such as `S-1-5-18`.
fn sid_as_text(sid: PSID) -> Option<String> {
    let mut text: *mut u16 = ptr::null_mut();
    // SAFETY: the identifier is whole, and the pointer is valid for the call.
    if unsafe { ConvertSidToStringSidW(sid, &raw mut text) } == 0 {
        return None;
    }
    let text = Local(text.cast());
    // SAFETY: the call has given a text that ends in zero and lives until it is freed.
    unsafe { super::text_of(text.0.cast()) }
}
