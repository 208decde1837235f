//! The stand-in as a program of its own, to be copied or linked as `claude-desktop`.

use std::process::ExitCode;

fn main() -> ExitCode {
    airouter_practice::claude::run()
}
