//! `cargo xtask test`: everything that must pass.

use anyhow::{Result, bail, ensure};

use crate::machine::{Purpose, prepare, prepare_page};
use crate::step::{cargo, npm, program, root, step};
use crate::{build, desk, tidy, tree};

/// Runs all parts, or those named.
pub(crate) fn test(parts: &[&str]) -> Result<()> {
    let all = ["page", "rust", "e2e", "tree"];
    if let Some(unknown) = parts.iter().find(|part| !all.contains(part)) {
        bail!("there is no part {unknown}: the parts are {}", all.join(", "));
    }
    let parts = if parts.is_empty() { &all[..] } else { parts };
    ensure!(cfg!(target_os = "linux"), "the tests run on Linux only so far: Windows and macOS are still to come");
    prepare(Purpose::Test)?;
    prepare_page()?;
    for part in parts {
        match *part {
            "page" => page()?,
            "rust" => rust()?,
            "e2e" => e2e()?,
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
    step("clippy", cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    step("tests", cargo().args(["test"]))?;
    bindings_are_committed()
}

fn e2e() -> Result<()> {
    build::page()?;
    build::programs()?;
    build::gallery()?;
    step("the built program", desk::cargo_at_a_desk()?.args(["test", "-p", "e2e", "--", "--test-threads=1"]))
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
