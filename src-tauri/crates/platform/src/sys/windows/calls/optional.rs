//! Functions of the system that older versions, and Wine, do not have.

use std::ffi::CStr;

use windows_sys::Win32::Foundation::FARPROC;
use windows_sys::Win32::System::LibraryLoader::{GetModuleHandleW, GetProcAddress};
use windows_sys::core::w;

/// A function of `kernel32.dll`, which every program has loaded; `None` if this system does not have it. The caller
/// gives it the type that Microsoft documents.
pub(super) fn of_kernel32(name: &CStr) -> FARPROC {
    // SAFETY: both names end in zero and live until the calls return; a module that is not there gives null, which the
    // second call refuses.
    unsafe { GetProcAddress(GetModuleHandleW(w!("kernel32.dll")), name.as_ptr().cast()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_found_and_what_is_not_is_none() {
        assert!(of_kernel32(c"GetCurrentProcessId").is_some());
        assert!(of_kernel32(c"NobodyHasThis").is_none());
    }
}
