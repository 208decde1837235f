//! The window in a rehearsal.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

fn main() -> std::process::ExitCode {
    airouter_setup::rehearse()
}
