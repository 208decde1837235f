//! `cargo xtask bench`: how long a full check takes, and what writing costs.

use anyhow::Result;

use crate::machine::{Purpose, prepare};
use crate::step::{cargo, step};

/// Measures the check beside curl, and writing beside copying, and fails above the limits. It is no
/// test: figures depend on the machine, and only their ratios are judged.
pub(crate) fn bench() -> Result<()> {
    prepare(Purpose::Test)?;
    step("the check beside curl", cargo().args(["run", "--quiet", "-p", "e2e", "--bin", "bench"]))?;
    // Optimized, because a debugged reader of JSON would hide what the disk does.
    step("writing beside copying", cargo().args(["bench", "--quiet", "-p", "airouter-platform", "--bench", "write"]))
}
