//! A person at a desk: a scratch home, the built program in a real window, and eyes on everything
//! that it leaves behind. `cargo xtask test` sets the desk: a private bus, a virtual display, an
//! unlocked key ring.
#![allow(
    clippy::disallowed_methods,
    clippy::missing_panics_doc,
    clippy::print_stderr,
    reason = "tests work on files and processes, speak, and fail by panicking"
)]

pub mod diagnosis;
pub mod figures;
pub mod fleet;
pub mod flow;
pub mod gateways;
pub mod home;
pub mod screen_reader;
pub mod watch;
pub mod window;

use std::path::PathBuf;

/// The folder of the built programs.
pub fn programs() -> PathBuf {
    let folder = std::env::var_os("PROGRAMS").map(PathBuf::from);
    folder.expect("these tests need a desk of their own: run `cargo xtask test e2e`")
}

/// The stand-in Claude: among the built programs, or beside the test where those are the package's, which has none.
pub fn stand_in() -> PathBuf {
    const NAME: &str = "practice-claude";
    let built = programs().join(NAME);
    let beside = std::env::current_exe().map(|test| test.with_file_name(NAME));
    if built.is_file() { built } else { beside.unwrap_or(built) }
}

/// The project's root folder.
pub fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The page with its double, and what measures in a page: `npm run gallery` builds them.
pub fn gallery() -> PathBuf {
    root().join("ui/dist-gallery")
}
