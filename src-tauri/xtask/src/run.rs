//! `cargo xtask run`: the wizard, in rehearsal unless told otherwise.

use anyhow::Result;

use crate::build;
use crate::desktop::driver;
use crate::machine::{Purpose, prepare};
use crate::quiet::quiet_step;
use crate::step::{program, target};

/// Opens the wizard in rehearsal mode. Without a display the same flow is walked on a virtual one,
/// and the pictures stay in `target/flow`.
pub(crate) fn rehearse() -> Result<()> {
    let has_display = has_display();
    prepare(if has_display { Purpose::Build } else { Purpose::Drive })?;
    build::page()?;
    if has_display {
        build::programs()?;
        let folder = target().join("rehearsal");
        eprintln!("── rehearsal: nothing real is touched; everything happens in {}", folder.display());
        return quiet_step("the wizard", "wizard", program(target().join("debug/airouter-rehearsal")).arg(folder));
    }
    build::programs_and_drivers()?;
    let pictures = target().join("flow");
    eprintln!("── no display: the flow is walked on a virtual one");
    quiet_step("the flow", "flow", driver("pictures")?.arg("flow").arg(&pictures))?;
    eprintln!("── the pictures are in {}", pictures.display());
    Ok(())
}

/// Opens the wizard on the real Claude Desktop and the real keychain.
pub(crate) fn live() -> Result<()> {
    prepare(Purpose::Build)?;
    build::page()?;
    build::programs()?;
    quiet_step("the wizard", "wizard", &mut program(target().join("debug/airouter-setup")))
}

fn has_display() -> bool {
    !cfg!(target_os = "linux")
        || ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}
