//! `cargo xtask bench`: how long a full check takes.

use anyhow::Result;

use crate::machine::{Purpose, prepare};
use crate::step::{cargo, step};

/// Measures the check beside curl and fails above the limit. It is no test: figures depend on the
/// machine, and only their ratio is judged.
pub(crate) fn bench() -> Result<()> {
    prepare(Purpose::Test)?;
    step("the check beside curl", cargo().args(["run", "--quiet", "-p", "e2e", "--bin", "bench"]))
}
