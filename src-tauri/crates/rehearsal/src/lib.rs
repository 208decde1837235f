//! Rehearsals for training: a scratch folder becomes the computer of a scenario. The practice crate has the
//! gateway and the stand-in Claude; the platform crate knows where files belong; this crate brings them
//! together for the window and for the command line.

pub mod command;
mod play;
mod sandbox;

pub use airouter_practice::scenario::{Group, Scenario, Script};
pub use play::{Played, play};
pub use sandbox::{FullDisk, Sandbox};
