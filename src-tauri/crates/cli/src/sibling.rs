//! The rehearsal program beside this one. It is not part of what is installed: support staff get it as a
//! download of its own.

use std::ffi::OsString;
use std::process::ExitCode;

use airouter_core::finding::{Code, Finding};
use airouter_platform::run_beside;

/// Its file name.
const PROGRAM: &str = if cfg!(windows) { "airouter-rehearsal-cli.exe" } else { "airouter-rehearsal-cli" };

/// Runs it with the same arguments and streams, and gives its exit code; `None` where it is not there or does
/// not start.
pub(crate) fn run<'a>(arguments: impl Iterator<Item = &'a OsString>) -> Option<ExitCode> {
    run_beside(PROGRAM, arguments).map(ExitCode::from)
}

/// The finding for a rehearsal that was asked for where the program for it is missing.
pub(crate) fn not_there() -> Finding {
    Finding::new(Code::RehearsalNotSet).with("reason", format!("{PROGRAM} is not there"))
}
