//! The few words that the window's program takes.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use crate::no_window;

/// Connects Claude Desktop to AIRouter.
#[derive(Parser, Default)]
#[command(name = "airouter-setup", version)]
pub(crate) struct Arguments {
    /// A preset file that replaces the built-in gateway.
    #[arg(long, value_name = "FILE")]
    pub(crate) preset: Option<PathBuf>,
    /// A preset file or link that somebody sent: it is shown first, and used only if the person says so.
    #[arg(value_name = "PRESET", conflicts_with = "preset")]
    pub(crate) open: Option<PathBuf>,
}

/// Reads the arguments of a program.
///
/// # Errors
/// The exit code where there is nothing more to do: after `--help`, or for arguments that are wrong.
pub(crate) fn read<T: Parser>() -> Result<T, ExitCode> {
    T::try_parse().map_err(|error| {
        if error.use_stderr() {
            return no_window::complain_of_arguments(&error);
        }
        let _ = error.print();
        ExitCode::SUCCESS
    })
}

/// The preset that a second copy was asked to open, if it was.
pub(crate) fn preset_in(words: Vec<String>) -> Option<PathBuf> {
    Arguments::try_parse_from(words).ok()?.open
}
