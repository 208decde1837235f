//! `cargo xtask test`: what finds most faults, in a quarter of an hour; with `--all` everything that must pass.
//!
//! The short run takes samples of the long tests, the main flow of the built program and some looks of the page,
//! and leaves out tools that are to be built first. Whatever it leaves out is in `--all`.

mod programs;
mod samples;

use std::sync::OnceLock;

use anyhow::{Result, bail, ensure};

use crate::machine::{Purpose, prepare, prepare_page};
use crate::step::{cargo, npm, root, step};
use crate::times::Times;
use crate::{build, deb, desktop, tidy, tree};
use programs::TestProgram;

/// The parts that run when none is named. Displays, key rings and gateways of their own are to be had on
/// Linux only; the other systems test the page and what Rust can test by itself.
const USUAL: &[&str] = if cfg!(target_os = "linux") { &["page", "rust", "e2e", "tree"] } else { &["page", "rust"] };

/// Everything whose tests run here. `e2e-windows` needs a Windows; elsewhere than on Linux the usual members
/// alone, because what needs a Linux desktop does not even build there.
const PACKAGES: &[&str] = if cfg!(target_os = "linux") { &["--workspace", "--exclude", "e2e-windows"] } else { &[] };

/// How much is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    Short,
    All,
}

/// One run of the tests.
struct Run {
    extent: Extent,
    /// The test programs, built when the first part needs them.
    programs: OnceLock<Vec<TestProgram>>,
}

/// Runs the usual parts, or those named; `--all` among the words makes them whole.
pub(crate) fn test(words: &[&str]) -> Result<()> {
    let extent = if words.contains(&"--all") { Extent::All } else { Extent::Short };
    let parts: Vec<&str> = words.iter().copied().filter(|word| *word != "--all").collect();
    let all = ["page", "rust", "e2e", "tree", "deb"];
    if let Some(unknown) = parts.iter().find(|part| !all.contains(part)) {
        bail!("there is no part {unknown}: the parts are {}", all.join(", "));
    }
    let parts = if parts.is_empty() { USUAL.to_vec() } else { parts };
    let elsewhere: Vec<&str> = parts.iter().copied().filter(|part| !["page", "rust"].contains(part)).collect();
    ensure!(cfg!(target_os = "linux") || elsewhere.is_empty(), "only on Linux: {}", elsewhere.join(", "));
    let mut times = Times::begin();
    let ended = run(&parts, extent, &mut times);
    times.print();
    ended?;
    let rest = if extent == Extent::All { "" } else { "; `--all` runs the rest, too" };
    eprintln!("\n── passed: {}{rest}", parts.join(", "));
    Ok(())
}

fn run(parts: &[&str], extent: Extent, times: &mut Times) -> Result<()> {
    times.part("packages and page", || {
        prepare(Purpose::Test)?;
        prepare_page()?;
        build::page()
    })?;
    let run = Run { extent, programs: OnceLock::new() };
    for part in parts {
        times.part(part, || match *part {
            "page" => run.page(),
            "rust" => run.rust(),
            "e2e" => run.e2e(),
            "deb" => deb::deb(),
            _ => tree::tree(extent == Extent::All),
        })?;
    }
    Ok(())
}

impl Run {
    fn is_short(&self) -> bool {
        self.extent == Extent::Short
    }

    fn page(&self) -> Result<()> {
        step("check the page", npm().args(["run", "check"]))?;
        let mut tests = npm();
        tests.args(["run", "test"]);
        if self.is_short() && std::env::var_os(samples::LOOKS.0).is_none() {
            tests.env(samples::LOOKS.0, samples::LOOKS.1);
        }
        step("test the page", &mut tests)
    }

    fn rust(&self) -> Result<()> {
        step("format", cargo().args(["fmt", "--all", "--check"]))?;
        tidy::tidy()?;
        // In the short run without the tests of the built program, which bring libraries of their own.
        let members: &[&str] = match (cfg!(target_os = "linux"), self.extent) {
            (true, Extent::All) => &["--workspace"],
            _ => &[],
        };
        step("clippy", cargo().arg("clippy").args(members).args(["--all-targets", "--", "-D", "warnings"]))?;
        if !self.is_short() {
            // Tests and rehearsals have features that what people install has not. Libraries are checked anew for it.
            let shipped = ["clippy", "-p", "airouter-setup", "--lib", "--bins", "--", "-D", "warnings"];
            step("clippy of what is shipped", cargo().args(shipped))?;
        }
        let own: Vec<TestProgram> = self.programs()?.iter().filter(|it| it.package != "e2e").cloned().collect();
        ensure!(own.len() > 30, "only {} test programs were built", own.len());
        eprintln!("\n── tests");
        programs::run(&own, |program, _| {
            let mut command = program.command();
            if self.is_short() {
                samples::shorten(&mut command);
            }
            Ok(command)
        })?;
        if !self.is_short() {
            programs::run_documentation(PACKAGES)?;
        }
        bindings_are_committed()
    }

    fn e2e(&self) -> Result<()> {
        let of_e2e = self.programs()?.iter().filter(|it| it.package == "e2e");
        let wanted: Vec<TestProgram> =
            of_e2e.filter(|it| !self.is_short() || samples::MAIN.contains(&it.name.as_str())).cloned().collect();
        ensure!(wanted.len() >= samples::MAIN.len(), "only {} test programs were built", wanted.len());
        // Building the tests has made the programs, too, with what tests need built in. They are made once more
        // without that for the whole run.
        if !self.is_short() {
            build::programs()?;
            build::gallery()?;
        }
        eprintln!("\n── the built program");
        programs::run(&wanted, |program, lane| {
            let mut command = program.within(desktop::session(&format!("desktop-{lane}"), lane)?);
            // One at a time: the program shows the window that is open already.
            command.arg("--test-threads=1");
            Ok(command)
        })
    }

    fn programs(&self) -> Result<&[TestProgram]> {
        if self.programs.get().is_none() {
            let _ = self.programs.set(programs::build(PACKAGES)?);
        }
        Ok(self.programs.get().map(Vec::as_slice).unwrap_or_default())
    }
}

/// The tests have written the page's types anew; what is committed must be the same.
fn bindings_are_committed() -> Result<()> {
    if !root().join(".git").exists() {
        return Ok(());
    }
    step("the page's types are up to date", &mut programs::is_committed("ui/src/lib/bindings"))
}
