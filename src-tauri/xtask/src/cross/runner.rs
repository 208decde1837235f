//! What cargo starts each test program with: it starts Wine and sees to it that this ends.
//!
//! Two things do not always end under Wine: a program that has told its verdict, and the output that a
//! service of Windows has inherited from it. Neither may hold up whoever waits for the tests.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::prefix::WINE;

/// The word of this tool's own command line that stands for it.
pub(crate) const WORD: &str = "under-wine";
/// How long a program may go on after its verdict.
const AFTER_VERDICT: Duration = Duration::from_secs(60);
/// How long a program may take for all of its tests, several times what the slowest needs.
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// How often it is looked whether it has ended.
const TICK: Duration = Duration::from_millis(200);

/// Runs a test program under Wine, in the prefix that the environment names; gives its exit code.
pub(crate) fn run(words: &[&str]) -> Result<i32> {
    watch(Command::new(WINE).args(words), AFTER_VERDICT, LONGEST)
}

fn watch(command: &mut Command, after_verdict: Duration, longest: Duration) -> Result<i32> {
    let begun = Instant::now();
    let mut child = command.stdout(Stdio::piped()).spawn().context("Wine does not start")?;
    let lines = lines_of(child.stdout.take().context("no output")?);
    let mut verdict = None;
    loop {
        // Asked first: whatever it has said is in the pipe by then.
        let ended = child.try_wait()?;
        match lines.recv_timeout(TICK) {
            Ok(line) => {
                println!("{line}");
                verdict = verdict_in(&line).map(|code| (code, Instant::now())).or(verdict);
            }
            Err(nothing) => {
                if let Some(status) = ended {
                    return status.code().context("it was ended by a signal");
                }
                if nothing == RecvTimeoutError::Disconnected {
                    std::thread::sleep(TICK);
                }
            }
        }
        let late = verdict.filter(|(_, told)| told.elapsed() > after_verdict);
        if late.is_some() || begun.elapsed() > longest {
            child.kill()?;
            child.wait()?;
            let (code, _) = late.context("its tests do not come to an end")?;
            eprintln!("── Wine did not end the program after its verdict: ended from here");
            return Ok(code);
        }
    }
}

/// What is written there, line by line, for as long as somebody listens.
fn lines_of(output: impl Read + Send + 'static) -> Receiver<String> {
    let (say, lines) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            if say.send(String::from_utf8_lossy(&line).trim_end().to_owned()).is_err() {
                return;
            }
        }
    });
    lines
}

/// The exit code that goes with a verdict.
fn verdict_in(line: &str) -> Option<i32> {
    let verdict = line.strip_prefix("test result: ")?;
    Some(if verdict.starts_with("ok.") { 0 } else { 101 })
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::time::Duration;

    use super::watch;

    const SOON: Duration = Duration::from_millis(300);
    const NEVER: Duration = Duration::from_secs(3600);

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn the_exit_code_is_the_programs() {
        assert_eq!(watch(&mut shell("echo said; exit 7"), NEVER, NEVER).expect("a code"), 7);
    }

    #[test]
    fn output_that_stays_open_holds_up_nobody() {
        let held = std::env::temp_dir().join(format!("xtask-runner-{}", std::process::id()));
        let script = "sh -c \"echo \\$\\$ >'HELD'; sleep 10; rm 'HELD'\" & while ! [ -s 'HELD' ]; do :; done; exit 3";
        let mut leaves_one = shell(&script.replace("HELD", &held.to_string_lossy()));
        assert_eq!(watch(&mut leaves_one, NEVER, NEVER).expect("a code"), 3);
        let number = std::fs::read_to_string(&held).expect("it was not waited for until it had ended");
        std::fs::remove_file(held).expect("a file of its own");
        assert!(shell(&format!("kill {number}")).status().expect("a shell").success());
    }

    #[test]
    fn after_its_verdict_a_program_has_its_time() {
        for (verdict, code) in [("ok. 1 passed; 0 failed", 0), ("FAILED. 0 passed; 1 failed", 101)] {
            let mut stays = shell(&format!("echo 'test result: {verdict}'; exec sleep 600"));
            assert_eq!(watch(&mut stays, SOON, NEVER).expect("a code"), code);
        }
    }

    #[test]
    fn without_a_verdict_it_is_a_failure() {
        assert!(watch(&mut shell("echo 'running 1 test'; exec sleep 600"), SOON, SOON).is_err());
    }
}
