//! `cargo xtask shots`: pictures of every screen, to be looked at after any change of the page.

use anyhow::Result;

use crate::build;
use crate::desk::cargo_at_a_desk;
use crate::machine::{Purpose, prepare, prepare_page};
use crate::step::{npm, step, target};

/// Takes them from the real program in both languages, light and dark, and from the page's own double
/// for states that are hard to reach; then makes one sheet of each.
pub(crate) fn shots() -> Result<()> {
    prepare(Purpose::Test)?;
    prepare_page()?;
    build::page()?;
    build::programs()?;
    let folder = target().join("shots");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    step(
        "pictures of the program",
        cargo_at_a_desk()?.args(["run", "--quiet", "-p", "e2e", "--bin", "pictures", "--", "shots"]).arg(&folder),
    )?;
    step("pictures of the page", npm().args(["run", "pictures", "--"]).arg(folder.join("page")))?;
    eprintln!("── the pictures are in {}", folder.display());
    Ok(())
}
