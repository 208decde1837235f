//! The windows of a process, and the message that closes one.

use std::ptr;

use airouter_core::claude::windows_window::Seen;
use windows_sys::Win32::Foundation::{HWND, LPARAM, RECT, TRUE};
use windows_sys::Win32::UI::WindowsAndMessaging::{
    EnumWindows, GW_OWNER, GWL_EXSTYLE, GWL_STYLE, GetWindow, GetWindowLongPtrW, GetWindowRect,
    GetWindowThreadProcessId, IsWindowVisible, PostMessageW, WM_CLOSE, WS_CAPTION, WS_EX_TOOLWINDOW,
};
use windows_sys::core::BOOL;

/// A window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Window(HWND);

struct Search {
    process: u32,
    found: Vec<(Window, Seen)>,
}

/// The top-level windows of a process.
pub(in super::super) fn windows_of(process: u32) -> Vec<(Window, Seen)> {
    let mut search = Search { process, found: Vec::new() };
    // SAFETY: the callback is called only before this returns, with a pointer to a value that outlives it.
    unsafe { EnumWindows(Some(look_at), ptr::from_mut(&mut search) as LPARAM) };
    search.found
}

unsafe extern "system" fn look_at(window: HWND, search: LPARAM) -> BOOL {
    // SAFETY: the pointer is the one that `windows_of` passed, to a value that nothing else uses now.
    let search = unsafe { &mut *(search as *mut Search) };
    let mut process = 0;
    // SAFETY: a window that is gone gives no process; the pointer is valid for the call.
    unsafe { GetWindowThreadProcessId(window, &raw mut process) };
    if process == search.process {
        search.found.push((Window(window), seen(window)));
    }
    TRUE
}

fn seen(window: HWND) -> Seen {
    let mut place = RECT { left: 0, top: 0, right: 0, bottom: 0 };
    // SAFETY: these calls take any window handle and only read; the pointer is valid for the call.
    let (is_visible, owner, style, more, _) = unsafe {
        (
            IsWindowVisible(window) != 0,
            GetWindow(window, GW_OWNER),
            GetWindowLongPtrW(window, GWL_STYLE) as u32,
            GetWindowLongPtrW(window, GWL_EXSTYLE) as u32,
            GetWindowRect(window, &raw mut place),
        )
    };
    let length = |from: i32, to: i32| u64::try_from(i64::from(to) - i64::from(from)).unwrap_or(0);
    Seen {
        is_visible,
        is_owned: !owner.is_null(),
        is_tool: more & WS_EX_TOOLWINDOW != 0,
        has_caption: style & WS_CAPTION == WS_CAPTION,
        area: length(place.left, place.right) * length(place.top, place.bottom),
    }
}

/// Closes a window as its close button would; returns whether it was told.
pub(in super::super) fn close(window: Window) -> bool {
    // SAFETY: posts a message without pointers; a window that is gone refuses it.
    unsafe { PostMessageW(window.0, WM_CLOSE, 0, 0) != 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_without_windows_has_none() {
        assert!(windows_of(std::process::id()).is_empty());
        assert!(!close(Window(ptr::dangling_mut())), "there is no such window");
        assert_eq!(seen(ptr::dangling_mut()), Seen::default());
    }
}
