//! `cargo xtask fleet`: a simulated fleet, provisioned, changed, repaired and undone by the command line.

use anyhow::Result;

use crate::build;
use crate::desktop::driver;
use crate::machine::{Purpose, prepare};
use crate::quiet::quiet_step;

/// Rolls out to so many homes, with a key ring of their own, and prints the figures.
pub(crate) fn fleet(homes: u32) -> Result<()> {
    prepare(Purpose::Test)?;
    build::page()?;
    build::programs_and_drivers()?;
    let mut fleet = driver("fleet")?;
    quiet_step("the fleet", "fleet", fleet.arg(homes.to_string()))
}
