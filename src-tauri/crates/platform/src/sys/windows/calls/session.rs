//! The session that this process is in: its number, who is signed in to it, and who runs this process.

use std::ptr;

use windows_sys::Win32::System::RemoteDesktop::{
    WTS_CURRENT_SERVER_HANDLE, WTS_CURRENT_SESSION, WTSFreeMemory, WTSQuerySessionInformationW, WTSUserName,
};

use super::security::{account_of, with_my_sid};
use super::text_of;

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
    with_my_sid(account_of).ok()?.ok()
}
