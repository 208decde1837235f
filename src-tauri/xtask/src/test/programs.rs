//! The test programs: built in one go, run from here.
//!
//! Cargo builds a library anew for every other set of packages, so all of them are named in the one command that
//! builds, and what is to run is chosen afterwards. Two run at once, since many wait for programs and sockets most
//! of the time. What each says goes into a file, and is shown where it fails.

use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::quiet::{log_path, run_logged, tail};
use crate::step::{cargo, program, root};
use crate::times::spoken;

/// How many run at once.
const AT_ONCE: usize = 2;
/// Those that take longest come first, so that the last one does not run alone.
const LONGEST: [&str; 12] = [
    "gallery",
    "diagnosis",
    "fleet",
    "access",
    "crash",
    "truth_table",
    "leaks",
    "rehearsal",
    "airouter_core (lib)",
    "state_table",
    "sequences",
    "races",
];

/// A test program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TestProgram {
    /// The package that it tests.
    pub(super) package: String,
    /// The name of its file, or of the library or program whose own tests it has.
    pub(super) name: String,
    path: PathBuf,
    /// Where its package lies, from where cargo would start it.
    folder: PathBuf,
}

/// Builds all of them, and the programs that they start.
///
/// # Errors
/// Something does not build.
pub(super) fn build(packages: &[&str]) -> Result<Vec<TestProgram>> {
    eprintln!("\n── build the tests");
    let begun = Instant::now();
    let mut command = cargo();
    command.args(["test", "--no-run", "--message-format=json-render-diagnostics"]).args(packages);
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let messages = std::io::BufReader::new(child.stdout.take().context("cargo's messages")?);
    let mut programs: Vec<TestProgram> = Vec::new();
    for line in messages.lines() {
        programs.extend(program_in(&line?));
    }
    ensure!(child.wait()?.success(), "the tests do not build");
    programs.sort_by_key(|program| LONGEST.iter().position(|name| program.name == *name).unwrap_or(LONGEST.len()));
    eprintln!("── build the tests: {}", spoken(begun.elapsed()));
    Ok(programs)
}

/// The test program that a message of cargo's tells of.
fn program_in(message: &str) -> Option<TestProgram> {
    let message: Value = serde_json::from_str(message).ok()?;
    let is_test = message["reason"] == "compiler-artifact" && message["profile"]["test"] == true;
    let path = message["executable"].as_str().filter(|_| is_test)?;
    let folder = Path::new(message["manifest_path"].as_str()?).parent()?.to_owned();
    // `path+file:///…/platform#airouter-platform@0.1.0`, or the folder's name where both are the same.
    let id = message["package_id"].as_str()?;
    let last = id.rsplit(['#', '/']).next()?;
    let package = match last.split_once('@') {
        Some((name, _)) => name.to_owned(),
        None => folder.file_name()?.to_string_lossy().into_owned(),
    };
    let (name, kind) = (message["target"]["name"].as_str()?, message["target"]["kind"][0].as_str()?);
    // A package may have a program and a test of the same name.
    let name = if kind == "test" { name.to_owned() } else { format!("{name} ({kind})") };
    Some(TestProgram { package, name, path: path.into(), folder })
}

impl TestProgram {
    /// The program, to be started as cargo starts it.
    pub(super) fn command(&self) -> Command {
        self.started_by(Command::new(&self.path))
    }

    /// Another program that starts it, given its path.
    pub(super) fn within(&self, mut outer: Command) -> Command {
        outer.arg(&self.path);
        self.started_by(outer)
    }

    fn started_by(&self, mut command: Command) -> Command {
        command.current_dir(&self.folder).env("CARGO_MANIFEST_DIR", &self.folder);
        // As `.cargo/config.toml` has it, which only cargo reads.
        command.env("TS_RS_EXPORT_DIR", root().join("ui/src/lib/bindings"));
        command
    }
}

/// Runs all of these, with the commands that are made for them; each is given the number of its lane, too.
///
/// # Errors
/// Names those that failed, once all have run.
pub(super) fn run(
    programs: &[TestProgram],
    command: impl Fn(&TestProgram, usize) -> Result<Command> + Sync,
) -> Result<()> {
    let (next, failed) = (Mutex::new(programs.iter()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for lane in 0..AT_ONCE {
            let (next, failed, command) = (&next, &failed, &command);
            scope.spawn(move || {
                loop {
                    let Some(program) = next.lock().ok().and_then(|mut next| next.next()) else { return };
                    let ended = command(program, lane).and_then(|command| run_one(program, command));
                    if let (Err(why), Ok(mut failed)) = (ended, failed.lock()) {
                        failed.push(format!("{why:#}"));
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap_or_default();
    if failed.is_empty() { Ok(()) } else { bail!("tests failed:\n{}", failed.join("\n")) }
}

fn run_one(program: &TestProgram, mut command: Command) -> Result<()> {
    let name = format!("{} {}", program.package, program.name);
    let log = log_path(&name.replace(' ', "-").replace(['(', ')'], ""))?;
    let begun = Instant::now();
    let status = run_logged(&mut command, &log, false)?;
    let text = std::fs::read(&log).unwrap_or_default();
    let said = verdict(&String::from_utf8_lossy(&text));
    if status.success() {
        eprintln!("   {name}: {said}, {}", spoken(begun.elapsed()));
        return Ok(());
    }
    eprintln!("\n── {name}: failed ({status}), {}\n{}\n", spoken(begun.elapsed()), tail(&log));
    bail!("{name}: {said}; all of it is in {}", log.display())
}

/// How many passed and failed, or, of a program that counts in its own way, its last line.
fn verdict(text: &str) -> String {
    let counts = text.lines().rev().find_map(|line| line.strip_prefix("test result: "));
    match counts {
        Some(counts) => {
            let parts = counts.split(['.', ';']).map(str::trim);
            let kept = parts
                .filter(|part| part.ends_with(" passed") || (part.ends_with(" failed") && !part.starts_with("0 ")));
            kept.collect::<Vec<_>>().join(", ")
        }
        None => text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("nothing was said").to_owned(),
    }
}

/// Runs the examples in the documentation, of which cargo makes no programs.
pub(super) fn run_documentation(packages: &[&str]) -> Result<()> {
    crate::step::step("examples in the documentation", cargo().args(["test", "--doc", "--quiet"]).args(packages))
}

/// What git says of files that the tests write anew: they are as they are committed.
pub(super) fn is_committed(folder: &str) -> Command {
    let mut command = program("git");
    command.args(["diff", "--exit-code", "--stat", folder]);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_programs_are_read_from_what_cargo_says() {
        let message = r##"{"reason":"compiler-artifact","package_id":"path+file:///w/crates/platform#airouter-platform@0.1.0","manifest_path":"/w/crates/platform/Cargo.toml","target":{"kind":["test"],"name":"crash"},"profile":{"test":true},"executable":"/w/target/debug/deps/crash-1"}"##;
        let expected = TestProgram {
            package: "airouter-platform".to_owned(),
            name: "crash".to_owned(),
            path: "/w/target/debug/deps/crash-1".into(),
            folder: "/w/crates/platform".into(),
        };
        assert_eq!(program_in(message), Some(expected.clone()));
        let named = message.replace("platform#airouter-platform@0.1.0", "platform#0.1.0");
        assert_eq!(program_in(&named).expect("a program").package, "platform");
        let own = message.replace("[\"test\"]", "[\"lib\"]");
        assert_eq!(program_in(&own).expect("a program").name, "crash (lib)");
        for other in [message.replace("\"test\":true", "\"test\":false"), message.replace("artifact", "message")] {
            assert_eq!(program_in(&other), None);
        }
    }

    #[test]
    fn the_verdict_counts() {
        let counts = "running 3 tests\ntest result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s\n\n";
        assert_eq!(verdict(counts), "3 passed");
        assert_eq!(verdict(&counts.replace("0 failed", "2 failed")), "3 passed, 2 failed");
        assert_eq!(verdict("400 sequences in 3 s, 0 of them red\n\n"), "400 sequences in 3 s, 0 of them red");
    }
}
