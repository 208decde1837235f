//! Runs programs: without a console window on Windows, and with a time limit, because a keychain may wait for the person
//! forever and desktop settings may be read over a bus that does not answer.
//!
//! [`program`] is the only place of this crate that makes a child process (`cargo xtask tidy`; in the other crates
//! clippy forbids it).

use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal, Read, Write};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use crate::places::beside_this_program;

/// How a program ended.
pub(crate) struct Ended {
    /// Its exit code; `None` if it was ended by a signal or by the time limit.
    pub(crate) code: Option<i32>,
    /// What it wrote to standard output; wiped when dropped.
    pub(crate) output: Zeroizing<String>,
    /// What it wrote to standard error; wiped when dropped.
    pub(crate) error: Zeroizing<String>,
}

impl Ended {
    /// The first line of standard error: why it failed, in its own words.
    pub(crate) fn reason(&self) -> &str {
        self.error.lines().next().unwrap_or_default()
    }
}

/// The creation flag `CREATE_NO_WINDOW` of Windows (OD): a console program gets a console without a window, and its own
/// children share that. Programs with windows of their own are not affected.
#[cfg(windows)]
pub(crate) const NO_CONSOLE_WINDOW: u32 = 0x0800_0000;

/// A program to be started. On Windows it gets a console without a window, which the programs that it starts share:
/// Windows opens a visible one for a console program whose parent has none.
pub(crate) fn program(path: impl AsRef<OsStr>) -> Command {
    #[allow(unused_mut, reason = "only Windows has something to set")]
    let mut command = Command::new(path);
    #[cfg(windows)]
    {
        use std::os::windows::process::CommandExt;
        command.creation_flags(NO_CONSOLE_WINDOW);
    }
    command
}

/// A program that talks with the person on the terminal of this one, if this one has any.
fn program_on_this_terminal(path: impl AsRef<OsStr>) -> Command {
    #[allow(unused_mut, reason = "only Windows has something to set")]
    let mut command = program(path);
    #[cfg(windows)]
    if io::stdin().is_terminal() || io::stdout().is_terminal() || io::stderr().is_terminal() {
        use std::os::windows::process::CommandExt;
        command.creation_flags(0);
    }
    command
}

/// Runs a program that lies beside this one with these arguments and the streams of this one, and waits for it.
/// Gives its exit code; `None` where it is not there, does not start, or was ended by a signal.
pub fn run_beside<'a>(name: &str, arguments: impl Iterator<Item = &'a OsString>) -> Option<u8> {
    let path = beside_this_program(name).filter(|path| path.is_file())?;
    let ended = program_on_this_terminal(path).args(arguments).status().ok()?;
    u8::try_from(ended.code()?).ok()
}

/// Runs a program with `input` on its standard input, and kills it after `limit`.
///
/// # Errors
/// The system's error if it cannot be started.
pub(crate) fn run(command: &mut Command, input: &str, limit: Duration) -> io::Result<Ended> {
    let mut child = spawn(command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let output = collect(child.stdout.take());
    let error = collect(child.stderr.take());
    if let Some(mut stdin) = child.stdin.take() {
        // A program may end without reading; its exit code then says why.
        let _ = stdin.write_all(input.as_bytes());
    }
    let code = wait(&mut child, limit)?;
    Ok(Ended { code, output: output.join().unwrap_or_default(), error: error.join().unwrap_or_default() })
}

/// Starts a program that may have been written a moment ago. Tries again on `ETXTBSY`: a child process that another
/// thread is just starting inherits our open files until its `exec`, and a file that is open for writing cannot be
/// run.
///
/// # Errors
/// The system's error.
pub(crate) fn spawn(command: &mut Command) -> io::Result<Child> {
    /// Far more than a child needs until its `exec`.
    const ATTEMPTS: u32 = 100;
    let mut attempt = 1;
    loop {
        match command.spawn() {
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy && attempt < ATTEMPTS => {
                attempt += 1;
                thread::sleep(Duration::from_millis(10));
            }
            started => return started,
        }
    }
}

fn collect(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Zeroizing<String>> {
    /// More bytes than any key or any line that the helper writes.
    const MOST: u64 = 64 * 1024;
    thread::spawn(move || {
        // Allocated at once: a string that grows leaves copies behind in memory, and only the last one is wiped.
        let mut text = Zeroizing::new(String::with_capacity(MOST as usize));
        if let Some(pipe) = pipe {
            let _ = pipe.take(MOST).read_to_string(&mut text);
        }
        text
    })
}

fn wait(child: &mut Child, limit: Duration) -> io::Result<Option<i32>> {
    let end = Instant::now() + limit;
    // The helper usually answers within milliseconds; if the keychain asks the person, it takes seconds.
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status.code());
        }
        if Instant::now() >= end {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}

/// True if standard input is a terminal, so that a person can be asked.
pub fn is_terminal() -> bool {
    io::stdin().is_terminal()
}

/// True if both standard output and standard error are terminals, so that a person reads what is printed as it is.
pub fn prints_to_terminal() -> bool {
    io::stdout().is_terminal() && io::stderr().is_terminal()
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[test]
    fn input_goes_in_and_output_comes_out() {
        let ended = run(&mut Command::new("cat"), "hello", Duration::from_secs(10)).unwrap();
        assert_eq!((ended.code, ended.output.as_str()), (Some(0), "hello"));
    }

    #[test]
    fn a_program_that_is_still_being_written_is_waited_for() {
        use std::os::unix::fs::OpenOptionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("program");
        let mut file = std::fs::OpenOptions::new().create_new(true).write(true).mode(0o700).open(&path).unwrap();
        file.write_all(b"#!/bin/sh\necho here\n").unwrap();
        thread::scope(|scope| {
            scope.spawn(|| {
                thread::sleep(Duration::from_millis(50));
                drop(file);
            });
            let ended = run(&mut Command::new(&path), "", Duration::from_secs(10)).unwrap();
            assert_eq!(ended.output.as_str(), "here\n");
        });
    }

    #[test]
    fn a_program_that_waits_for_ever_is_ended() {
        let ended = run(Command::new("sleep").arg("60"), "", Duration::from_millis(50)).unwrap();
        assert_eq!(ended.code, None);
    }
}
