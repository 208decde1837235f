//! The program is killed, or the disk fails, at every step of connecting and undoing, from forty
//! states that people have: whatever happens, the next start finds the old state or the new one.
//!
//! A test of its own kind (no harness): the steps are counted first, then each is met by a sudden end
//! in a child process, and by four errors of the disk in this one.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "a test")]

#[cfg(unix)]
mod computer;
#[cfg(unix)]
mod points;
#[cfg(unix)]
mod states;

#[cfg(unix)]
fn main() {
    points::main();
}

/// The stand-in keychain is a shell script, and a sudden end is a signal: neither is there.
#[cfg(not(unix))]
fn main() {}
