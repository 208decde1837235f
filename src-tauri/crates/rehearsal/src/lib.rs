//! Rehearsals for training. The practice crate has the players and knows nothing of this program; the
//! platform knows where everything belongs; here they meet: a scratch folder becomes the computer of a
//! scenario, for the window and the command line alike.

mod stage;
mod walk;

pub use airouter_practice::scenario::{Group, Scenario, Script};
pub use stage::{FullDisk, Stage};
pub use walk::{Walked, walk};
