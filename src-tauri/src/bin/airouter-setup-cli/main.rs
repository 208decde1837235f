//! The same program without a window: for support, for management tools and for tests.
//!
//! `--json` prints one object on standard output; words for people go to standard error. Exit codes:
//! 0 ok, 1 a finding blocks, 2 wrong use, 3 refused and nothing written, 4 internal error.

mod arguments;
mod doctor;
mod explain;
mod export;
mod help;
mod key;
mod output;
mod people;
mod printed;
mod rehearse;
mod report;
mod schema;
mod verbs;
mod words;

use std::process::ExitCode;

use airouter_core::preset::Preset;
use airouter_core::view::Locale;
use airouter_platform::hardening;
use arguments::Command;
use help::Instead;

fn main() -> ExitCode {
    // In rehearsal this very program stands in for Claude Desktop: copied under its name, it is it.
    if airouter_platform::stage::is_stand_in() {
        return airouter_practice::claude::run();
    }
    hardening::closed_memory();
    hardening::panics(|place| output::complain(&format!("airouter-setup-cli: internal error ({place})")));
    output::log();
    let words: Vec<std::ffi::OsString> = std::env::args_os().collect();
    let arguments = match help::read(&words) {
        Ok(arguments) => arguments,
        Err(instead) => {
            let Instead { answer, locale, json } = *instead;
            return ExitCode::from(output::finish(answer, json, locale, &Preset::airouter()));
        }
    };
    key::note_around(&arguments.command);
    let json = arguments.json();
    let locale = arguments.lang.map_or_else(output::locale, Locale::from);
    let preset = airouter_platform::preset::load(arguments.preset(), None).unwrap_or_else(|_| Preset::airouter());
    let done = std::panic::catch_unwind(|| match arguments.command {
        Command::Check(gateway) => verbs::check(&gateway, locale),
        Command::Models(gateway) => verbs::models(&gateway, locale),
        Command::Apply(apply) => verbs::apply(&apply, locale),
        Command::Status(_) => verbs::status(),
        Command::Undo(undo) => verbs::undo(&undo, locale),
        Command::Leave(undo) => verbs::leave(&undo, locale),
        Command::Repair(repair) => verbs::repair(&repair, locale),
        Command::Clean(_) => verbs::clean(),
        Command::Explain(explain) => explain::explain(&explain, locale),
        Command::Rehearse(rehearse) => rehearse::rehearse(&rehearse, locale),
        Command::Export(export) => export::export(&export, locale),
        Command::Doctor(doctor) => doctor::doctor(&doctor, locale),
        Command::Report(report) => report::report(&report, locale),
        Command::Completions { shell } => printed::completions(shell),
        Command::Man => printed::manual(),
        Command::Schema => printed::schema(),
    });
    ExitCode::from(output::finish(done.unwrap_or_else(|_| output::Answer::crashed()), json, locale, &preset))
}
