//! `cargo xtask shots`: pictures of every screen, to be looked at after any change of the page.

use anyhow::Result;

use crate::build;
use crate::desktop::driver;
use crate::machine::{Purpose, prepare, prepare_page};
use crate::quiet::quiet_step;
use crate::step::{npm, step, target};

/// Takes them from the real program and from the page's own double, which reaches states that are hard to
/// reach otherwise: in both languages, light and dark, wide, narrow and with text of 200 %. One sheet for
/// each theme shows all of either.
pub(crate) fn shots() -> Result<()> {
    prepare(Purpose::Test)?;
    prepare_page()?;
    build::page()?;
    build::programs_and_drivers()?;
    let folder = target().join("shots");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    let program = folder.join("program");
    std::fs::create_dir_all(&program)?;
    for (what, scale) in [("shots", "1"), ("large", "2"), ("sheets", "1")] {
        quiet_step(
            &format!("pictures of the program: {what}"),
            &format!("pictures-{what}"),
            driver("pictures")?.arg(what).arg(&program).env("GDK_DPI_SCALE", scale),
        )?;
    }
    step("pictures of the page", npm().args(["run", "pictures", "--"]).arg(folder.join("page")))?;
    eprintln!("── the pictures are in {}", folder.display());
    Ok(())
}
