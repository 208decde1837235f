//! Starting the stand-in as a program: arguments, environment, exit code.

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use serde_json::{Map, Value};

use super::life::{End, Setup, live};
use super::quirks;
use super::sources::{NoSources, Sources};
use super::stop_file::setting;
use super::strict_json;

/// Why there is nothing to start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unusable {
    Sources(NoSources),
    Quirks,
    Choices,
    Person,
    Patience,
}

/// Runs with the arguments and the environment of this process.
pub fn run() -> ExitCode {
    #[cfg(windows)]
    if let Some(code) = super::on_windows::doors::other_than_the_app() {
        return code;
    }
    main_with(std::env::args_os().skip(1), |name| std::env::var_os(name), &mut std::io::stdout())
}

/// Runs with these arguments and variables, printing to `out`.
///
/// Arguments other than `--version` are ignored, as Electron ignores what it does not know.
pub fn main_with(
    arguments: impl IntoIterator<Item = OsString>,
    variable: impl Fn(&str) -> Option<OsString>,
    out: &mut dyn Write,
) -> ExitCode {
    let setup = match setup(variable) {
        Ok(setup) => setup,
        Err(fault) => {
            let _ = writeln!(out, "practice-claude: {}", fault.text());
            return ExitCode::from(2);
        }
    };
    if arguments.into_iter().any(|word| word == "--version") {
        let _ = writeln!(out, "{}", setup.sources.version);
        return ExitCode::SUCCESS;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime.and_then(|runtime| runtime.block_on(live(setup))) {
        Ok(End::Quit) => ExitCode::SUCCESS,
        Ok(End::Crashed) => ExitCode::from(133),
        Err(error) => {
            let _ = writeln!(out, "practice-claude: {error}");
            ExitCode::FAILURE
        }
    }
}

fn setup(variable: impl Fn(&str) -> Option<OsString>) -> Result<Setup, Unusable> {
    let variable = |name: &str| setting(&variable, name);
    let text = |name: &str| variable(name).map(|value| value.to_string_lossy().into_owned());
    let choices = match text("PRACTICE_CLAUDE_USER_TOGGLES") {
        Some(json) => strict_json::object(json.as_bytes()).map_err(|_| Unusable::Choices)?,
        None => Map::<String, Value>::new(),
    };
    // A packaged app is started by the system, with no variables of a test.
    let beside = || std::fs::read_to_string(std::env::current_exe().ok()?.with_file_name("person")).ok();
    let person_quits = match text("PRACTICE_CLAUDE_PERSON").or_else(beside).as_deref() {
        None | Some("away") => false,
        Some("quits") => true,
        Some(_) => return Err(Unusable::Person),
    };
    let patience = match text("PRACTICE_CLAUDE_PATIENCE_MS") {
        Some(number) => number.parse().map_err(|_| Unusable::Patience)?,
        None => 10_000,
    };
    Ok(Setup {
        quirks: quirks::parse(&text("PRACTICE_CLAUDE_QUIRKS").unwrap_or_default()).ok_or(Unusable::Quirks)?,
        sources: Sources::from_env(variable).map_err(Unusable::Sources)?,
        choices,
        person_quits,
        patience: Duration::from_millis(patience),
    })
}

impl Unusable {
    fn text(self) -> &'static str {
        match self {
            Self::Sources(NoSources::NoHome) => "set HOME",
            Self::Sources(NoSources::BadVersion) => "PRACTICE_CLAUDE_VERSION must be three numbers, as in 2.26454.0",
            Self::Quirks => "PRACTICE_CLAUDE_QUIRKS has an unknown word",
            Self::Choices => "PRACTICE_CLAUDE_USER_TOGGLES must be a JSON object",
            Self::Person => "PRACTICE_CLAUDE_PERSON must be \"quits\" or \"away\"",
            Self::Patience => "PRACTICE_CLAUDE_PATIENCE_MS must be a number",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(arguments: &[&str], variables: &[(&str, &str)], expected: &str) {
        let mut out = Vec::new();
        let find = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into());
        main_with(arguments.iter().map(OsString::from), find, &mut out);
        assert_eq!(String::from_utf8_lossy(&out).trim(), expected);
    }

    #[test]
    fn it_tells_its_version() {
        check(&["--version"], &[("HOME", "/h")], "2.26454.0");
        check(&["--no-sandbox", "--version"], &[("HOME", "/h"), ("PRACTICE_CLAUDE_VERSION", "1.46388.4")], "1.46388.4");
    }

    #[test]
    fn a_misspelled_setting_is_noticed() {
        let quirk = [("HOME", "/h"), ("PRACTICE_CLAUDE_QUIRKS", "slow")];
        check(&[], &quirk, "practice-claude: PRACTICE_CLAUDE_QUIRKS has an unknown word");
        let person = [("HOME", "/h"), ("PRACTICE_CLAUDE_PERSON", "sleeps")];
        check(&[], &person, "practice-claude: PRACTICE_CLAUDE_PERSON must be \"quits\" or \"away\"");
        check(&[], &[], "practice-claude: set HOME");
    }
}
