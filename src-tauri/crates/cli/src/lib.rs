//! The command line: the same calls as the window's, for support, for management tools and for tests.
//!
//! `--json` prints one object on standard output; text for people goes to standard error. Exit codes:
//! 0 ok, 1 a finding blocks, 2 wrong use, 3 refused and nothing written, 4 internal error.

mod arguments;
mod doctor;
pub mod explain;
mod export;
mod help;
mod key;
mod output;
mod people;
mod printed;
mod report;
mod schema;
mod sibling;
mod verbs;
pub mod words;

use std::process::ExitCode;

use airouter_core::preset::Preset;
use airouter_core::view::Locale;
use airouter_platform::hardening;
use arguments::Command;
use help::Instead;

pub use arguments::Rehearse;
pub use output::Answer;
pub use people::term;

/// What `rehearse` does in this program.
pub type Rehearsal = fn(&Rehearse, Locale) -> Answer;

/// Reads the arguments, does what they ask and gives the exit code. Without a `rehearsal` the verb
/// `rehearse` is handed to the rehearsal program beside this one.
pub fn run(rehearsal: Option<Rehearsal>) -> ExitCode {
    hardening::protect_memory();
    hardening::on_panic(|place| output::complain(&format!("airouter-setup-cli: internal error ({place})")));
    output::log();
    let words: Vec<std::ffi::OsString> = std::env::args_os().collect();
    let arguments = match help::read(&words) {
        Ok(arguments) => arguments,
        Err(instead) => {
            let Instead { answer, locale, json } = *instead;
            return ExitCode::from(output::finish(answer, json, locale, &Preset::airouter()));
        }
    };
    if let (Command::Rehearse(_), None) = (&arguments.command, rehearsal)
        && let Some(code) = sibling::run(words.iter().skip(1))
    {
        return code;
    }
    key::note_around(&arguments.command);
    let json = arguments.json();
    let locale = arguments.lang.map_or_else(output::locale, Locale::from);
    let lang = arguments.lang;
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
        Command::Rehearse(rehearse) => match rehearsal {
            Some(rehearsal) => rehearsal(&rehearse, locale),
            None => Answer::new(vec![sibling::not_there()]),
        },
        Command::Export(export) => export::export(&export, locale),
        Command::Doctor(doctor) => doctor::doctor(&doctor, locale),
        Command::Report(report) if report.out.is_some() => {
            report::report(&report, lang.map_or_else(output::preferred, Locale::from))
        }
        Command::Report(report) => report::report(&report, locale),
        Command::Completions { shell } => printed::completions(shell),
        Command::Man => printed::manual(),
        Command::Schema => printed::schema(),
    });
    ExitCode::from(output::finish(done.unwrap_or_else(|_| Answer::crashed()), json, locale, &preset))
}
