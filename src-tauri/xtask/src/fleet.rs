//! `cargo xtask fleet`: a simulated fleet, provisioned, changed, repaired and undone by the command line.

use anyhow::Result;

use crate::build;
use crate::desktop::cargo_in_desktop_session;
use crate::machine::{Purpose, prepare};
use crate::quiet::quiet_step;

/// Rolls out to so many homes, with a key ring of their own, and prints the figures.
pub(crate) fn fleet(homes: u32) -> Result<()> {
    prepare(Purpose::Test)?;
    build::page()?;
    build::programs()?;
    let mut fleet = cargo_in_desktop_session()?;
    quiet_step(
        "the fleet",
        "fleet",
        fleet.args(["run", "--quiet", "-p", "e2e", "--bin", "fleet", "--"]).arg(homes.to_string()),
    )
}
