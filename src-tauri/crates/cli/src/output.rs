//! The answer of a command: one JSON object for machines, sentences for people, an exit code for both.

use std::io::{self, ErrorKind, Write};

use airouter_core::finding::{Code, Finding, worst_first};
use airouter_core::preset::Preset;
use airouter_core::text::{ascii_json, plain, plain_json};
use airouter_core::view::{Locale, Os};
use airouter_platform::redaction;
use serde_json::{Map, Value, json};

use crate::{people, words};

/// Done, and nothing blocks.
pub(crate) const OK: u8 = 0;
/// A finding blocks.
pub(crate) const BLOCKED: u8 = 1;
/// Wrong use.
pub(crate) const USAGE: u8 = 2;
/// Refused: nothing was written.
pub(crate) const REFUSED: u8 = 3;
/// An error of this program.
pub(crate) const INTERNAL: u8 = 4;

/// What a command has to say.
pub struct Answer {
    exit: u8,
    findings: Vec<Finding>,
    more: Map<String, Value>,
    /// What people wanted to read, where that is the purpose of the command.
    text: Option<String>,
}

impl Answer {
    /// An answer with the exit code that its findings ask for.
    pub fn new(findings: Vec<Finding>) -> Self {
        let exit = if findings.iter().any(|finding| finding.code == Code::Crashed) {
            INTERNAL
        } else if findings.iter().any(Finding::blocks) {
            BLOCKED
        } else {
            OK
        };
        Self { exit, findings, more: Map::new(), text: None }
    }

    /// Wrong use, with what would have been right.
    pub fn misused(advice: String) -> Self {
        Self { exit: USAGE, text: Some(advice), ..Self::new(Vec::new()) }
    }

    /// Gives people something to read on standard output.
    pub fn reads(self, text: String) -> Self {
        Self { text: Some(text), ..self }
    }

    /// What people read.
    #[cfg(test)]
    pub(crate) fn text(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }

    /// Refused before anything was written.
    pub(crate) fn refused(findings: Vec<Finding>) -> Self {
        Self { exit: REFUSED, ..Self::new(findings) }
    }

    /// The program itself failed.
    pub(crate) fn crashed() -> Self {
        Self::new(vec![Finding::new(Code::Crashed)])
    }

    /// Adds a field to the JSON object.
    pub fn with(mut self, name: &str, value: impl serde::Serialize) -> Self {
        // Only plain data is ever given here; what could not be shown is left out rather than fatal.
        self.more.insert(name.to_owned(), serde_json::to_value(value).unwrap_or(Value::Null));
        self
    }
}

impl Answer {
    /// The same without any secret that this process knows.
    fn redacted(mut self) -> Self {
        let redactor = redaction::redactor();
        self.findings = self.findings.into_iter().map(|finding| finding.redacted(&redactor)).collect();
        let mut more = Value::Object(std::mem::take(&mut self.more));
        redaction::clean(&mut more);
        if let Value::Object(more) = more {
            self.more = more;
        }
        self.text = self.text.map(|text| redactor.line(&text).into_owned());
        self
    }

    /// The JSON object.
    pub(crate) fn value(mut self) -> Value {
        worst_first(&mut self.findings);
        let mut object = Map::new();
        object.insert("schema".to_owned(), json!(1));
        object.insert("exit".to_owned(), json!(self.exit));
        object.insert("findings".to_owned(), json!(self.findings));
        object.append(&mut self.more);
        Value::Object(object)
    }
}

/// Says it in the words of the gateway that was meant, and returns the exit code. Whatever becomes of the
/// two streams, the code tells what was done: nobody may be listening, and a reader may leave early. Only an
/// answer that was asked for and could not be written, as on a full disk, is an error of its own.
pub(crate) fn finish(answer: Answer, json: bool, locale: Locale, preset: &Preset) -> u8 {
    // Here everything that is said comes by, whatever failed before.
    let mut answer = answer.redacted();
    worst_first(&mut answer.findings);
    let exit = answer.exit;
    if !json {
        people::told(&Value::Object(answer.more.clone()), locale, preset).iter().for_each(|line| complain(line));
    }
    for finding in &answer.findings {
        complain(&words::sentence(finding, locale, preset));
        words::facts(finding).filter(|_| !json && finding.blocks()).for_each(|fact| complain(&format!("  {fact}")));
    }
    let mut printed = Ok(());
    match answer.text.take() {
        Some(advice) if exit == USAGE => {
            complain(&advice);
            answer.more.insert("wrong_use".to_owned(), json!(plain(&advice)));
        }
        Some(text) if !json => printed = print(&plain(&text)),
        Some(_) => {}
        None if answer.findings.is_empty() => complain(&people::term("allWell", locale)),
        None => {}
    }
    if json {
        let is_terminal = airouter_platform::prints_to_terminal();
        printed = print(&json_text(&answer.value(), airouter_platform::locale::os(), is_terminal));
    }
    match printed {
        Err(error) if error.kind() != ErrorKind::BrokenPipe && exit == OK => INTERNAL,
        _ => exit,
    }
}

fn print(text: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    writeln!(output, "{text}")?;
    output.flush()
}

/// A line for people on standard error, without what a terminal would obey. Nobody may be listening.
pub(crate) fn complain(line: &str) {
    let _ = writeln!(io::stderr(), "{}", plain(line));
}

/// From here on what goes wrong by the way, and is no finding, is said on standard error.
pub(crate) fn log() {
    let lines = tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).without_time().with_ansi(false);
    let lines = lines.with_target(false).with_writer(|| Lines);
    // Where somebody logs already, they go on.
    let _ = lines.try_init();
}

/// Where these lines go; each comes in one piece.
struct Lines;

impl Write for Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        complain(&redaction::redactor().text(String::from_utf8_lossy(line).trim()));
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The language that the person chose in the window, else the system's: of what is written to a file.
pub(crate) fn preferred() -> Locale {
    airouter_platform::places::Places::from_environment()
        .map_or(Locale::ZhCn, |places| airouter_platform::locale::preferred(&places))
}

/// The same as far as it can be read where the output goes.
pub(crate) fn locale() -> Locale {
    preferred().of_output(airouter_platform::locale::os(), airouter_platform::prints_to_terminal())
}

/// The JSON object as it is printed: nothing that a terminal obeys, and in ASCII alone where it goes into a pipe of
/// Windows (see [`Locale::of_output`]).
fn json_text(value: &Value, os: Os, is_terminal: bool) -> String {
    let text = value.to_string();
    if os == Os::Windows && !is_terminal { ascii_json(&text) } else { plain_json(&text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_in_a_pipe_of_windows_is_ascii_and_says_the_same() {
        let value = json!({"path": "C:\\Users\\李雷\u{202e}", "n": 1});
        for (os, is_terminal, is_ascii) in
            [(Os::Windows, false, true), (Os::Windows, true, false), (Os::Linux, false, false)]
        {
            let text = json_text(&value, os, is_terminal);
            assert_eq!(text.is_ascii(), is_ascii, "{text}");
            assert!(!text.contains('\u{202e}'), "{text}");
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        }
    }
}
