//! Starts two copies of the program at once, a thousand times, while a simulated Claude writes its settings, its list
//! of profiles and switches in the profile. No write of any of them may be lost, no file may be torn, and the two
//! copies must never work at the same time.
//!
//! This test has no harness: the copies are processes with the real lock between them, and stay alive from run to run,
//! so that both begin at the same instant.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a test"
)]

#[cfg(unix)]
mod claude;
#[cfg(unix)]
mod copy;
#[cfg(unix)]
mod lanes;
#[cfg(unix)]
mod run;

#[cfg(unix)]
fn main() {
    lanes::main();
}

/// The stand-in keychain is a shell script.
#[cfg(not(unix))]
fn main() {}
