//! The standard error of this process; and a test of the consoles of its children.

use windows_sys::Win32::Foundation::INVALID_HANDLE_VALUE;
use windows_sys::Win32::System::Console::{GetStdHandle, STD_ERROR_HANDLE};

/// True if this process was started with a standard error. A program with a window that is started from the desktop
/// has none.
pub(crate) fn has_standard_error() -> bool {
    // SAFETY: takes no pointers.
    let handle = unsafe { GetStdHandle(STD_ERROR_HANDLE) };
    !handle.is_null() && handle != INVALID_HANDLE_VALUE
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use windows_sys::Win32::System::Console::{FreeConsole, GetConsoleProcessList, GetConsoleWindow};

    use super::*;

    /// How many processes share this process's console; 0 if it has none (OD).
    fn console_processes() -> u32 {
        let mut ids = [0u32; 1];
        // SAFETY: the buffer is as long as stated and valid for the call. A longer list only gives its length.
        unsafe { GetConsoleProcessList(ids.as_mut_ptr(), ids.len() as u32) }
    }

    /// Tells a copy of this test program what to print.
    const ASKED: &str = "AIROUTER_TEST_CONSOLE";

    /// A copy of this test program prints what it knows of its console, or of those of its own children.
    #[test]
    fn prints_about_consoles() {
        match std::env::var(ASKED).as_deref() {
            Ok("own") => {
                // SAFETY: takes no pointers.
                let has_window = unsafe { !GetConsoleWindow().is_null() };
                println!("said: window {has_window}, a console of {}", console_processes());
            }
            Ok("children") => {
                let this = std::env::current_exe().unwrap();
                println!("said: shared with a child: {}", said(Command::new(&this), "own"));
                // SAFETY: takes no pointers.
                unsafe { FreeConsole() };
                println!("said: without one, as usual: {}", said(Command::new(&this), "own"));
                println!("said: without one, by program(): {}", said(crate::command::program(&this), "own"));
            }
            _ => {}
        }
    }

    fn said(mut command: Command, what: &str) -> String {
        command.args(["--exact", "sys::windows::calls::console::tests::prints_about_consoles", "--nocapture"]);
        let output = command.env(ASKED, what).stdin(Stdio::null()).stderr(Stdio::null()).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).replace('\r', "");
        let lines: Vec<&str> = text.split('\n').filter_map(|line| Some(line.split_once("said: ")?.1)).collect();
        lines.join("\n")
    }

    #[test]
    fn no_child_and_no_child_of_a_child_opens_a_window_for_a_console() {
        let this = std::env::current_exe().unwrap();
        let expected = [
            "shared with a child: window false, a console of 2",
            // What Windows does otherwise for the console program of a program with a window.
            "without one, as usual: window true, a console of 1",
            "without one, by program(): window false, a console of 1",
        ];
        assert_eq!(said(crate::command::program(&this), "children"), expected.join("\n"));
        assert!(has_standard_error(), "this program has one");
    }
}
