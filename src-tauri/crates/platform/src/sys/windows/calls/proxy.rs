//! WinHTTP: the person's proxy settings for the connection that is in use, and scripts that choose a proxy.

use std::ptr;

use windows_sys::Win32::Foundation::{GetLastError, GlobalFree, TRUE};
use windows_sys::Win32::Networking::WinHttp::{
    ERROR_WINHTTP_LOGIN_FAILURE, WINHTTP_ACCESS_TYPE_NAMED_PROXY, WINHTTP_ACCESS_TYPE_NO_PROXY,
    WINHTTP_AUTO_DETECT_TYPE_DHCP, WINHTTP_AUTO_DETECT_TYPE_DNS_A, WINHTTP_AUTOPROXY_AUTO_DETECT,
    WINHTTP_AUTOPROXY_CONFIG_URL, WINHTTP_AUTOPROXY_OPTIONS, WINHTTP_CURRENT_USER_IE_PROXY_CONFIG, WINHTTP_PROXY_INFO,
    WinHttpCloseHandle, WinHttpGetIEProxyConfigForCurrentUser, WinHttpGetProxyForUrl, WinHttpOpen, WinHttpSetTimeouts,
};
use windows_sys::core::PWSTR;

use super::text_of;

/// Time for each step of fetching a script, in milliseconds.
const STEP: i32 = 4_000;

/// The person's settings for the connection that is in use.
pub(in super::super) struct Settings {
    /// Whether a script is to be searched for in the network (WPAD).
    pub(in super::super) detect: bool,
    /// The address of a script.
    pub(in super::super) script: Option<String>,
    /// The proxies, such as `host:port` or `http=…;https=…`.
    pub(in super::super) server: Option<String>,
    /// The exceptions.
    pub(in super::super) except: Option<String>,
}

/// Closes WinHTTP's handle when it goes out of scope.
struct Session(*mut core::ffi::c_void);

impl Drop for Session {
    fn drop(&mut self) {
        // SAFETY: the handle came from the call that opened it and is closed once.
        unsafe { WinHttpCloseHandle(self.0) };
    }
}

/// Takes a text that WinHTTP has allocated, and frees it.
fn taken(text: PWSTR) -> Option<String> {
    if text.is_null() {
        return None;
    }
    // SAFETY: WinHTTP gives texts that end in zero.
    let taken = unsafe { text_of(text) };
    // SAFETY: WinHTTP leaves it to its caller to free the text, and nothing uses it any more.
    unsafe { GlobalFree(text.cast()) };
    taken.filter(|text| !text.trim().is_empty())
}

/// The person's settings; `None` if the system does not give them.
pub(in super::super) fn settings() -> Option<Settings> {
    let mut config = WINHTTP_CURRENT_USER_IE_PROXY_CONFIG::default();
    // SAFETY: the structure is valid for the call.
    if unsafe { WinHttpGetIEProxyConfigForCurrentUser(&raw mut config) } == 0 {
        return None;
    }
    Some(Settings {
        detect: config.fAutoDetect != 0,
        script: taken(config.lpszAutoConfigUrl),
        server: taken(config.lpszProxy),
        except: taken(config.lpszProxyBypass),
    })
}

/// Has a script choose the proxy for an address: the one at `script`, or without that the one that is found in the
/// network. Gives the proxies, or `None` for a direct connection. This may take long.
///
/// # Errors
/// WinHTTP's error.
pub(in super::super) fn by_script(address: &str, script: Option<&str>) -> Result<Option<String>, u32> {
    let wide = |text: &str| text.encode_utf16().chain([0]).collect::<Vec<u16>>();
    let name = wide("airouter-setup");
    // SAFETY: the name ends in zero; the others may be null.
    let session = unsafe { WinHttpOpen(name.as_ptr(), WINHTTP_ACCESS_TYPE_NO_PROXY, ptr::null(), ptr::null(), 0) };
    if session.is_null() {
        // SAFETY: takes nothing and reads a number of this thread.
        return Err(unsafe { GetLastError() });
    }
    let session = Session(session);
    // SAFETY: the handle is open; the others are numbers. If it fails, the system's own limits stay.
    unsafe { WinHttpSetTimeouts(session.0, STEP, STEP, STEP, STEP) };
    let (address, script) = (wide(address), script.map(wide));
    let mut options = WINHTTP_AUTOPROXY_OPTIONS {
        dwFlags: WINHTTP_AUTOPROXY_AUTO_DETECT,
        dwAutoDetectFlags: WINHTTP_AUTO_DETECT_TYPE_DHCP | WINHTTP_AUTO_DETECT_TYPE_DNS_A,
        ..WINHTTP_AUTOPROXY_OPTIONS::default()
    };
    if let Some(script) = &script {
        options.dwFlags = WINHTTP_AUTOPROXY_CONFIG_URL;
        options.dwAutoDetectFlags = 0;
        options.lpszAutoConfigUrl = script.as_ptr();
    }
    let ask = |options: &mut WINHTTP_AUTOPROXY_OPTIONS| {
        let mut info = WINHTTP_PROXY_INFO::default();
        // SAFETY: the handle is open, both texts end in zero, and all of them outlive the call.
        if unsafe { WinHttpGetProxyForUrl(session.0, address.as_ptr(), options, &raw mut info) } == 0 {
            // SAFETY: takes nothing and reads a number of this thread.
            return Err(unsafe { GetLastError() });
        }
        let (proxies, _except) = (taken(info.lpszProxy), taken(info.lpszProxyBypass));
        Ok(proxies.filter(|_| info.dwAccessType == WINHTTP_ACCESS_TYPE_NAMED_PROXY))
    };
    let first = ask(&mut options);
    if first != Err(ERROR_WINHTTP_LOGIN_FAILURE) {
        return first;
    }
    // The documented order: only a server that asks for a sign-in gets the person's.
    options.fAutoLogonIfChallenged = TRUE;
    ask(&mut options)
}
