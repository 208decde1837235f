//! Waits for files that another program holds.
//!
//! On Windows a file that a virus scanner, a backup or a sync program has open can be neither replaced nor removed,
//! and sometimes not even read. They usually close it within moments. So every open, read, rename, link and removal of
//! this program goes through here; which errors may pass is decided in [`airouter_core::system_error`]. On other
//! systems an open file can be replaced, and nothing is waited for.

use std::io;
use std::thread;
use std::time::Duration;

use airouter_core::system_error::{self, ErrorCause, Retry};

use crate::{fault_injection, sys};

/// Pauses between tries, in milliseconds: two and a half seconds altogether.
const PAUSES: [u64; 9] = [5, 10, 20, 40, 80, 160, 320, 640, 1280];
/// How many of them are made for an error that is mostly permanent: a third of a second.
const FEW: usize = 6;

/// An operation on a file, by the name under which a test can let it fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    /// A file is opened or created, or a folder is listed.
    Open,
    /// A file is read, or asked for its properties.
    Read,
    /// A file gets its name, if nothing has that name yet.
    Link,
    /// A file gets another name, or takes the place of another one.
    Rename,
    /// A file or folder is removed.
    Remove,
}

impl Operation {
    fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Read => "read",
            Self::Link => "link",
            Self::Rename => "rename",
            Self::Remove => "remove",
        }
    }

    /// True if an open file stands in its way.
    fn replaces(self) -> bool {
        matches!(self, Self::Link | Self::Rename | Self::Remove)
    }
}

/// Does `act`, and tries again after each pause while another program holds the file.
///
/// # Errors
/// The error of the last try.
pub(crate) fn patiently<T>(operation: Operation, mut act: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    let mut pauses = PAUSES.iter();
    loop {
        let error = match fault_injection::attempt(operation.name()).and_then(|()| act()) {
            Err(error) => error,
            done => return done,
        };
        let made = PAUSES.len() - pauses.len();
        let is_worth_it = match retry(&error, operation) {
            Retry::Never => false,
            Retry::Briefly => made < FEW,
            Retry::Patiently => true,
        };
        match pauses.next().filter(|_| is_worth_it) {
            Some(pause) => thread::sleep(Duration::from_millis(*pause)),
            None => return Err(error),
        }
    }
}

/// True if the operation may have failed only because another program holds the file.
pub(crate) fn may_pass(error: &io::Error, operation: Operation) -> bool {
    retry(error, operation) != Retry::Never
}

fn retry(error: &io::Error, operation: Operation) -> Retry {
    let code = number(error).filter(|_| has_numbers_of_windows());
    code.map_or(Retry::Never, |code| system_error::retry_on_windows(code, operation.replaces()))
}

/// True if another program holds the file, so that its content is unknown now.
pub(crate) fn is_held(error: &io::Error) -> bool {
    cause(error) == Some(ErrorCause::Held)
}

/// The cause by the number of Windows' error; `None` on other systems and for other errors.
pub(crate) fn cause(error: &io::Error) -> Option<ErrorCause> {
    number(error).filter(|_| has_numbers_of_windows()).and_then(system_error::windows)
}

fn has_numbers_of_windows() -> bool {
    sys::HAS_NUMBERS_OF_WINDOWS || fault_injection::is_like_windows()
}

/// The system's number of an error. `fs_err` and `tempfile` put an error into one of their own, which has the number
/// only in its text, in the form that the standard library gives to it.
fn number(error: &io::Error) -> Option<i32> {
    const MARK: &str = "(os error ";
    error.raw_os_error().or_else(|| {
        let text = error.to_string();
        let (_, rest) = text.rsplit_once(MARK)?;
        rest.split(')').next()?.parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    const HELD: i32 = 32;

    /// How many tries it takes while the first `times` of them fail with this number, and whether it is done then.
    fn tries(operation: Operation, times: u32, code: i32) -> (u32, bool) {
        fault_injection::hold(operation.name(), times, code);
        let done = patiently(operation, || Ok(()));
        let left = fault_injection::release();
        (times - left, done.is_ok())
    }

    #[test]
    fn what_may_pass_is_tried_again_and_no_longer_than_that() {
        for operation in [Operation::Open, Operation::Read, Operation::Link, Operation::Rename, Operation::Remove] {
            for code in [32, 33, 303, 1224] {
                assert_eq!(tries(operation, 3, code), (3, true), "{operation:?} {code}");
            }
            assert_eq!(tries(operation, 3, 5), (3, true), "{operation:?}");
            for code in [2, 112, 225, 1260, 4551] {
                assert_eq!(tries(operation, 3, code), (1, false), "{operation:?} {code}");
            }
        }
        assert_eq!(tries(Operation::Rename, 99, HELD), (10, false), "not for ever");
        assert_eq!(tries(Operation::Read, 99, 5), (7, false), "a missing right to read is seldom more than that");
    }

    #[test]
    fn other_systems_wait_for_nothing() {
        let mut tries = 0;
        let failing = || {
            tries += 1;
            Err::<(), _>(io::Error::from_raw_os_error(HELD))
        };
        assert!(patiently(Operation::Read, failing).is_err());
        assert_eq!(tries, if cfg!(windows) { 10 } else { 1 });
    }

    #[test]
    fn the_number_is_found_in_wrapped_errors_too() {
        let missing = Path::new("nothing").join("at (os error 5) all");
        let plain = std::fs::read(&missing).unwrap_err();
        let wrapped = fs_err::read(&missing).unwrap_err();
        assert_eq!(wrapped.raw_os_error(), None, "if it has it now, the text need not be read");
        assert_eq!(number(&wrapped), plain.raw_os_error());
        assert_eq!(number(&io::ErrorKind::NotFound.into()), None);
    }
}
