//! A message box.

use std::iter::once;

use windows_sys::Win32::UI::WindowsAndMessaging::{MB_ICONERROR, MB_OK, MB_SETFOREGROUND, MessageBoxW};

/// Shows a text in a window of its own, and returns when the person has closed it.
pub(crate) fn show_message(title: &str, text: &str) {
    let [title, text] = [title, text].map(|text| text.encode_utf16().chain(once(0)).collect::<Vec<u16>>());
    let how = MB_OK | MB_ICONERROR | MB_SETFOREGROUND;
    // SAFETY: both texts end with a zero and outlive the call; a box may have no owner.
    unsafe { MessageBoxW(std::ptr::null_mut(), text.as_ptr(), title.as_ptr(), how) };
}

#[cfg(test)]
mod tests {
    use windows_sys::Win32::UI::WindowsAndMessaging::{FindWindowW, PostMessageW, WM_CLOSE};

    use super::*;

    #[test]
    fn a_message_stands_there_until_it_is_closed() {
        const TITLE: &str = "AIRouter 接入助手 7Q2mZ9xK";
        let shown = std::thread::spawn(|| show_message(TITLE, "为什么没有打开\r\n\r\nwhy it did not open"));
        let name: Vec<u16> = TITLE.encode_utf16().chain(once(0)).collect();
        let window = loop {
            assert!(!shown.is_finished(), "no message was shown");
            // SAFETY: the name ends with a zero and outlives the call.
            let window = unsafe { FindWindowW(std::ptr::null(), name.as_ptr()) };
            if !window.is_null() {
                break window;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        };
        // SAFETY: posts a message without pointers.
        unsafe { PostMessageW(window, WM_CLOSE, 0, 0) };
        shown.join().unwrap();
    }
}
