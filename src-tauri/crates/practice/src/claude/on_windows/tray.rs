//! The app's windows: one that a person sees, one behind the icon in the tray that nobody sees.
//!
//! Closing the first hides it, and the app lives on (OD, 1.13576.0). The second takes no message that another
//! program may send: the app quits by the menu of its icon alone, which a test plays with a message of its own
//! ([`MENU_QUIT`]). Told to close, it stays, and the log says so, since a program that does that breaks the icon of a
//! real app. Both are real windows of Windows, because whoever wants to quit the app finds them by asking the system.
#![allow(unsafe_code, reason = "windows are made by calls that take raw handles and a callback")]

use std::io;
use std::ptr;
use std::sync::mpsc;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use windows_sys::Win32::Foundation::{HWND, LPARAM, LRESULT, WPARAM};
use windows_sys::Win32::UI::WindowsAndMessaging::{
    CreateWindowExW, DefWindowProcW, DispatchMessageW, GWLP_USERDATA, GetMessageW, GetWindowLongPtrW, MSG,
    RegisterClassW, SW_HIDE, SW_SHOWNOACTIVATE, SetWindowLongPtrW, ShowWindow, WM_APP, WM_CLOSE, WM_QUERYENDSESSION,
    WNDCLASSW, WS_OVERLAPPEDWINDOW, WS_POPUP,
};

use super::super::wish::Wish;

/// The message by which a test continues on the sign-in screen.
const CONTINUE: u32 = WM_APP + 1;
/// The message by which a test clicks *Quit* in the menu of the icon.
const MENU_QUIT: u32 = WM_APP + 2;

/// What a window does when it is closed, and whom it tells.
struct Window {
    closing: Wish,
    tell: UnboundedSender<Wish>,
}

/// The app's windows, as long as the process lives.
pub(in super::super) struct Tray {
    wishes: UnboundedReceiver<Wish>,
}

impl Tray {
    /// Opens both windows, on a thread of their own that waits for messages.
    pub(in super::super) fn open() -> io::Result<Self> {
        let (tell, wishes) = unbounded_channel();
        let (opened, is_open) = mpsc::channel();
        std::thread::spawn(move || {
            let both = window("Claude", WS_OVERLAPPEDWINDOW, Wish::CloseWindow, &tell)
                .and_then(|seen| window("Claude tray", WS_POPUP, Wish::CloseHidden, &tell).map(|_| seen));
            match both {
                Ok(seen) => {
                    // SAFETY: the window was just made by this thread.
                    unsafe { ShowWindow(seen, SW_SHOWNOACTIVATE) };
                    let _ = opened.send(Ok(()));
                    wait_for_messages();
                }
                Err(error) => {
                    let _ = opened.send(Err(error));
                }
            }
        });
        is_open.recv().map_err(|_| io::Error::other("no window"))??;
        Ok(Self { wishes })
    }

    /// The next wish.
    pub(in super::super) async fn wish(&mut self) -> Wish {
        match self.wishes.recv().await {
            Some(wish) => wish,
            None => std::future::pending().await,
        }
    }
}

/// Makes a window of this thread; it is not shown yet.
fn window(title: &str, style: u32, closing: Wish, tell: &UnboundedSender<Wish>) -> io::Result<HWND> {
    let wide = |text: &str| text.encode_utf16().chain([0]).collect::<Vec<u16>>();
    let (class, title) = (wide(&format!("practice {title}")), wide(title));
    // Never freed: a window lives as long as the process.
    let state = Box::leak(Box::new(Window { closing, tell: tell.clone() }));
    // SAFETY: all zero is a valid value of this structure of numbers and pointers.
    let mut kind: WNDCLASSW = unsafe { std::mem::zeroed() };
    kind.lpfnWndProc = Some(answer);
    kind.lpszClassName = class.as_ptr();
    // SAFETY: both texts end in zero and live until the calls return; the callback has the right form.
    let window = unsafe {
        RegisterClassW(&raw const kind);
        CreateWindowExW(
            0,
            class.as_ptr(),
            title.as_ptr(),
            style,
            0,
            0,
            320,
            240,
            ptr::null_mut(),
            ptr::null_mut(),
            ptr::null_mut(),
            ptr::null(),
        )
    };
    if window.is_null() {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the window was just made, and what it points to is never freed.
    unsafe { SetWindowLongPtrW(window, GWLP_USERDATA, ptr::from_ref(state) as isize) };
    Ok(window)
}

unsafe extern "system" fn answer(window: HWND, message: u32, first: WPARAM, second: LPARAM) -> LRESULT {
    // SAFETY: this slot is zero or holds what `window` put there, which is never freed.
    let state = unsafe { (GetWindowLongPtrW(window, GWLP_USERDATA) as *const Window).as_ref() };
    match (message, state) {
        (WM_CLOSE, Some(state)) => {
            if state.closing == Wish::CloseWindow {
                // SAFETY: the window is one of this thread's own.
                unsafe { ShowWindow(window, SW_HIDE) };
            }
            let _ = state.tell.send(state.closing);
            0
        }
        (CONTINUE, Some(state)) => {
            let _ = state.tell.send(Wish::Continue);
            0
        }
        (MENU_QUIT, Some(state)) => {
            let _ = state.tell.send(Wish::Quit);
            0
        }
        (WM_QUERYENDSESSION, Some(_)) => 1,
        // SAFETY: hands on what the system has given.
        _ => unsafe { DefWindowProcW(window, message, first, second) },
    }
}

fn wait_for_messages() {
    // SAFETY: all zero is a valid value of this structure of numbers and pointers.
    let mut message: MSG = unsafe { std::mem::zeroed() };
    // SAFETY: the pointer is valid for each call, and messages go to this thread's own windows.
    while unsafe { GetMessageW(&raw mut message, ptr::null_mut(), 0, 0) } > 0 {
        // SAFETY: the message was just filled in.
        unsafe { DispatchMessageW(&raw const message) };
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::person::Person;
    use super::*;
    use windows_sys::Win32::UI::WindowsAndMessaging::{FindWindowExW, GetWindowThreadProcessId, PostMessageW};

    /// This process's own window of a title: other tests may have some too.
    fn own(title: &str) -> HWND {
        let title: Vec<u16> = title.encode_utf16().chain([0]).collect();
        let mut last = ptr::null_mut();
        loop {
            // SAFETY: the title ends in zero; the other pointers may be null.
            last = unsafe { FindWindowExW(ptr::null_mut(), last, ptr::null(), title.as_ptr()) };
            assert!(!last.is_null(), "there is no such window");
            let mut process = 0;
            // SAFETY: the pointer is valid for the call.
            unsafe { GetWindowThreadProcessId(last, &raw mut process) };
            if process == std::process::id() {
                return last;
            }
        }
    }

    #[test]
    fn closing_the_window_is_not_quitting() {
        let mut person = Person::listen().expect("windows");
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let mut check = |title: &str, message: u32, expected: Wish| {
            // SAFETY: posts a message without pointers.
            assert!(unsafe { PostMessageW(own(title), message, 0, 0) } != 0);
            assert_eq!(runtime.block_on(person.wish()), expected);
        };
        check("Claude", WM_CLOSE, Wish::CloseWindow);
        check("Claude", WM_CLOSE, Wish::CloseWindow);
        check("Claude", CONTINUE, Wish::Continue);
        check("Claude tray", WM_CLOSE, Wish::CloseHidden);
        check("Claude tray", MENU_QUIT, Wish::Quit);
    }
}
