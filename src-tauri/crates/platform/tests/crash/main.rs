//! Kills the program, or lets the disk fail, at every step of connecting and undoing, from forty realistic states.
//! The next start must recover to the old state or the new one.
//!
//! This test has no harness: the steps are counted first; then the program is killed at each in a child process, and
//! each gets a disk error in this one.
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

/// The stand-in keychain is a shell script and interruptions are signals: neither exists on this system.
#[cfg(not(unix))]
fn main() {}
