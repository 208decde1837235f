//! Counting tests: a lane that builds and then runs nothing would be green for ever.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

/// Runs a test program under a heading, shows what it says, and gives how many tests passed.
pub(super) fn step_counting(heading: &str, command: &mut Command) -> Result<usize> {
    eprintln!("\n── {heading}");
    let start = std::time::Instant::now();
    let mut child = command.stdout(Stdio::piped()).spawn().with_context(|| format!("{heading}: does not start"))?;
    let output = child.stdout.take().context("no output")?;
    let mut passed = 0;
    for line in BufReader::new(output).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).trim_end().to_owned();
        passed += passed_in(&line);
        println!("{line}");
    }
    let status = child.wait()?;
    ensure!(status.success(), "{heading}: failed ({status})");
    eprintln!("── {heading}: {passed} tests, {:.0} s", start.elapsed().as_secs_f32());
    Ok(passed)
}

/// How many tests a line tells to have passed.
fn passed_in(line: &str) -> usize {
    line.strip_prefix("test result: ok. ")
        .and_then(|rest| rest.split_once(" passed"))
        .and_then(|(number, _)| number.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::passed_in;

    #[test]
    fn only_results_are_counted() {
        assert_eq!(passed_in("test result: ok. 41 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out"), 41);
        assert_eq!(passed_in("test result: FAILED. 40 passed; 1 failed"), 0);
        assert_eq!(passed_in("test some_test ... ok"), 0);
    }
}
