//! Building the page and the programs.

use anyhow::Result;

use crate::machine;
use crate::step::{cargo, npm, step};

/// Builds the page.
pub(crate) fn page() -> Result<()> {
    machine::prepare_page()?;
    step("build the page", npm().args(["run", "build"]))
}

/// Builds the programs, the page in the window, and those for rehearsals and tests.
pub(crate) fn programs() -> Result<()> {
    build_programs(&["-p", "airouter-setup", "-p", "airouter-practice"])
}

/// The same, and the programs that drive them in a desktop session: in one command, because cargo builds many
/// libraries anew for another set of packages.
pub(crate) fn programs_and_drivers() -> Result<()> {
    build_programs(&["-p", "airouter-setup", "-p", "airouter-practice", "-p", "e2e"])
}

fn build_programs(packages: &[&str]) -> Result<()> {
    let mut build = cargo();
    build.arg("build").args(packages).args(["--bins", "--features", "airouter-setup/rehearsal"]);
    step("build the programs", &mut build)
}

/// Builds the page with its double, and what measures in a page.
pub(crate) fn gallery() -> Result<()> {
    machine::prepare_page()?;
    step("build the gallery", npm().args(["run", "gallery"]))
}

/// Builds the program's window without the program.
pub(crate) fn empty_window() -> Result<()> {
    step("build an empty window", cargo().args(["build", "-p", "airouter-setup", "--example", "any-page"]))
}
