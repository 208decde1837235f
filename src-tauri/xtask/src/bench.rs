//! `cargo xtask bench`: how long the first screen and a full check take, and what writing costs.

use anyhow::Result;

use crate::build;
use crate::desktop::driver;
use crate::machine::{Purpose, prepare};
use crate::quiet::quiet_step;
use crate::step::{cargo, program, step, target};

/// Measures the start beside an empty window's, the check beside curl, and writing beside copying, and fails above the limits. It is no
/// test: figures depend on the machine, and only their ratios are judged.
pub(crate) fn bench() -> Result<()> {
    prepare(Purpose::Test)?;
    // As they are built for tests: what is shipped starts sooner, and the empty window hardly.
    build::page()?;
    build::programs_and_drivers()?;
    build::empty_window()?;
    quiet_step("the first screen beside an empty window", "start", &mut driver("start")?)?;
    step("the check beside curl", &mut program(target().join("debug/bench")))?;
    // Optimized, because a debugged reader of JSON would hide what the disk does.
    step("writing beside copying", cargo().args(["bench", "--quiet", "-p", "airouter-platform", "--bench", "write"]))
}
