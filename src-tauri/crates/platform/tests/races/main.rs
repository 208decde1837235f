//! A thousand times two copies of the program start at once, while somebody plays a Claude that writes
//! its settings, its list of profiles and switches in the profile: nothing that anybody wrote is lost,
//! no file is ever torn, and the two copies never work at the same time.
//!
//! A test of its own kind (no harness): the copies are processes, with the real lock between them, and
//! stay alive from run to run so that both begin in the same instant.
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
