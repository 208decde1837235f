//! Tells the person something while there is no window: on standard error, or, where Windows has started this program
//! without one, in a message box.

use std::io::Write;

/// Says a text; in a message box the title stands above it, and this returns when the person has closed it.
pub fn say(title: &str, text: &str) {
    #[cfg(windows)]
    if !crate::sys::has_standard_error() {
        crate::sys::show_message(title, text);
        return;
    }
    let _ = title;
    // Nobody may be listening.
    let _ = writeln!(std::io::stderr(), "{text}");
}
