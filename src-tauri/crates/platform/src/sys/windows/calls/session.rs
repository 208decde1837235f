//! The session that this process is in: its number, who is signed in to it, and who runs this process.

use std::ptr;

use windows_sys::Win32::Security::{LookupAccountSidW, SID_NAME_USE};
use windows_sys::Win32::System::RemoteDesktop::{
    WTS_CURRENT_SERVER_HANDLE, WTS_CURRENT_SESSION, WTSFreeMemory, WTSQuerySessionInformationW, WTSUserName,
};

use super::security::with_my_sid;
use super::text_of;

/// Longest name of an account or a domain, in UTF-16 units, far above what the system allows.
const LONGEST_NAME: usize = 512;

/// The name of the account that is signed in to this session, without its domain; empty where nobody is.
pub(in super::super) fn signed_in() -> Option<String> {
    let (mut name, mut length) = (ptr::null_mut(), 0);
    // SAFETY: both pointers are valid for the call, which allocates the text.
    let done = unsafe {
        WTSQuerySessionInformationW(
            WTS_CURRENT_SERVER_HANDLE,
            WTS_CURRENT_SESSION,
            WTSUserName,
            &raw mut name,
            &raw mut length,
        )
    };
    if done == 0 || name.is_null() {
        return None;
    }
    // SAFETY: the call has given a text that ends in zero and lives until it is freed.
    let text = unsafe { text_of(name) };
    // SAFETY: the call above has allocated the text, and nothing uses it any more.
    unsafe { WTSFreeMemory(name.cast()) };
    text
}

/// The name of the account that this process runs as, without its domain.
pub(in super::super) fn running_as() -> Option<String> {
    let (mut name, mut domain) = ([0u16; LONGEST_NAME], [0u16; LONGEST_NAME]);
    let (mut name_length, mut domain_length) = (LONGEST_NAME as u32, LONGEST_NAME as u32);
    let mut kind: SID_NAME_USE = 0;
    let done = with_my_sid(|mine| {
        // SAFETY: the identifier is whole until the end of the call, and both buffers are as long as stated.
        let done = unsafe {
            LookupAccountSidW(
                ptr::null(),
                mine,
                name.as_mut_ptr(),
                &raw mut name_length,
                domain.as_mut_ptr(),
                &raw mut domain_length,
                &raw mut kind,
            )
        };
        done != 0
    });
    let is_found = done.unwrap_or(false);
    is_found.then(|| String::from_utf16_lossy(name.split(|unit| *unit == 0).next().unwrap_or_default()))
}
