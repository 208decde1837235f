//! The same program without a window: for support, for management tools and for tests.
//!
//! `--json` prints one object on standard output; words for people go to standard error. Exit codes:
//! 0 ok, 1 a finding blocks, 2 wrong use, 3 refused and nothing written, 4 internal error.

mod arguments;
mod explain;
mod output;
mod rehearse;
mod road;
mod words;

use std::process::ExitCode;

use airouter_core::preset::Preset;
use arguments::{Arguments, Command};
use clap::Parser;

fn main() -> ExitCode {
    // In rehearsal this very program stands in for Claude Desktop: copied under its name, it is it.
    if airouter_platform::stage::is_stand_in() {
        return airouter_practice::claude::run();
    }
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let is_help = !error.use_stderr();
            let _ = error.print();
            return ExitCode::from(if is_help { output::OK } else { output::USAGE });
        }
    };
    let json = arguments.json();
    let preset = airouter_platform::preset::load(arguments.preset()).unwrap_or_else(|_| Preset::airouter());
    let done = std::panic::catch_unwind(|| match arguments.command {
        Command::Check(gateway) => road::check(&gateway),
        Command::Apply(apply) => road::apply(&apply),
        Command::Status(_) => road::status(),
        Command::Undo(undo) => road::undo(&undo),
        Command::Leave(undo) => road::leave(&undo),
        Command::Repair(repair) => road::repair(&repair),
        Command::Clean(_) => road::clean(),
        Command::Explain(explain) => explain::explain(&explain),
        Command::Rehearse(rehearse) => rehearse::rehearse(&rehearse),
    });
    ExitCode::from(output::finish(done.unwrap_or_else(|_| output::Answer::crashed()), json, &preset))
}
