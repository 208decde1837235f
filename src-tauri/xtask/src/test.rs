//! `cargo xtask test`: everything that must pass.

use anyhow::{Result, bail, ensure};

use crate::machine::{Purpose, prepare, prepare_page};
use crate::step::{cargo, npm, program, root, step};
use crate::{build, deb, desktop, tidy, tree};

/// The parts that run when none is named. Displays, key rings and gateways of their own are to be had on
/// Linux only; the other systems test the page and what Rust can test by itself.
const USUAL: &[&str] = if cfg!(target_os = "linux") { &["page", "rust", "e2e", "tree"] } else { &["page", "rust"] };

/// Runs the usual parts, or those named.
pub(crate) fn test(parts: &[&str]) -> Result<()> {
    let all = ["page", "rust", "e2e", "tree", "deb"];
    if let Some(unknown) = parts.iter().find(|part| !all.contains(part)) {
        bail!("there is no part {unknown}: the parts are {}", all.join(", "));
    }
    let parts = if parts.is_empty() { USUAL } else { parts };
    let elsewhere: Vec<&str> = parts.iter().copied().filter(|part| !["page", "rust"].contains(part)).collect();
    ensure!(cfg!(target_os = "linux") || elsewhere.is_empty(), "only on Linux: {}", elsewhere.join(", "));
    prepare(Purpose::Test)?;
    prepare_page()?;
    for part in parts {
        match *part {
            "page" => page()?,
            "rust" => rust()?,
            "e2e" => e2e()?,
            "deb" => deb::deb()?,
            _ => tree::tree()?,
        }
    }
    eprintln!("\n── passed: {}", parts.join(", "));
    Ok(())
}

fn page() -> Result<()> {
    build::page()?;
    step("check the page", npm().args(["run", "check"]))?;
    step("test the page", npm().args(["run", "test"]))
}

fn rust() -> Result<()> {
    build::page()?;
    step("format", cargo().args(["fmt", "--all", "--check"]))?;
    tidy::tidy()?;
    // Elsewhere the usual members alone: what needs a Linux desk does not even build there.
    let members: &[&str] = if cfg!(target_os = "linux") { &["--workspace"] } else { &[] };
    step("clippy", cargo().arg("clippy").args(members).args(["--all-targets", "--", "-D", "warnings"]))?;
    step("tests", cargo().args(["test"]))?;
    bindings_are_committed()
}

fn e2e() -> Result<()> {
    build::page()?;
    build::programs()?;
    build::gallery()?;
    step(
        "the built program",
        desktop::cargo_in_desktop_session()?.args(["test", "--no-fail-fast", "-p", "e2e", "--", "--test-threads=1"]),
    )
}

/// `cargo test` has written the page's types anew; what is committed must be the same.
fn bindings_are_committed() -> Result<()> {
    if !root().join(".git").exists() {
        return Ok(());
    }
    step(
        "the page's types are up to date",
        program("git").args(["diff", "--exit-code", "--stat", "ui/src/lib/bindings"]),
    )
}
