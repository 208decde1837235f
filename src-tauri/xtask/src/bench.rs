//! `cargo xtask bench`: how long the first screen and a full check take, and what writing costs.

use anyhow::Result;

use crate::build;
use crate::desktop::cargo_in_desktop_session;
use crate::machine::{Purpose, prepare};
use crate::step::{cargo, step};

/// Measures the start beside an empty window's, the check beside curl, and writing beside copying, and fails above the limits. It is no
/// test: figures depend on the machine, and only their ratios are judged.
pub(crate) fn bench() -> Result<()> {
    prepare(Purpose::Test)?;
    // As they are built for tests: what is shipped starts sooner, and the empty window hardly.
    build::page()?;
    build::programs()?;
    build::empty_window()?;
    let mut starts = cargo_in_desktop_session()?;
    step("the first screen beside an empty window", starts.args(["run", "--quiet", "-p", "e2e", "--bin", "start"]))?;
    step("the check beside curl", cargo().args(["run", "--quiet", "-p", "e2e", "--bin", "bench"]))?;
    // Optimized, because a debugged reader of JSON would hide what the disk does.
    step("writing beside copying", cargo().args(["bench", "--quiet", "-p", "airouter-platform", "--bench", "write"]))
}
