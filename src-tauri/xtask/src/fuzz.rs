//! `cargo xtask fuzz`: random input for everything that strangers write.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::machine::{Purpose, prepare};
use crate::step::{cargo, program, root, step};

/// What is fuzzed; one program each.
const TARGETS: [&str; 7] = ["paste", "address", "models", "classify", "stream", "report", "settings"];
/// With a target named, build scripts are built without the flags.
const TRIPLE: &str = "x86_64-unknown-linux-gnu";
/// The instrumentation that libFuzzer reads, as the stable compiler takes it. There is no
/// AddressSanitizer, since core has no unsafe code.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
                     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
                     -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 --cfg fuzzing";
/// Enough for a body of 10 MiB and all that is made of it.
const MEMORY_MIB: u32 = 2048;

/// Runs each target for some minutes; says how many inputs it has taken, and fails when one of them
/// panics, hangs or takes too much memory. That input lies beside the targets then, as `crash-…`,
/// `timeout-…` or `oom-…`.
pub(crate) fn fuzz(minutes: u32) -> Result<()> {
    ensure!(cfg!(all(target_os = "linux", target_arch = "x86_64")), "the targets are built for Linux on x86-64");
    prepare(Purpose::Build)?;
    step("seeds", in_place(cargo()).args(["run", "--quiet", "--bin", "seeds"]))?;
    let mut build = in_place(cargo());
    build.args(["build", "--release", "--target", TRIPLE]).args(TARGETS.iter().flat_map(|target| ["--bin", target]));
    step("build", build.env("RUSTFLAGS", FLAGS))?;
    let mut figures = Vec::new();
    for target in TARGETS {
        figures.push(format!("{target}: {} inputs in {minutes} min", run(target, minutes)?));
    }
    eprintln!("\n── {}", figures.join("\n── "));
    Ok(())
}

/// One target; gives how many inputs it took.
fn run(target: &str, minutes: u32) -> Result<u64> {
    eprintln!("\n── {target}");
    let mut fuzzer = in_place(program(folder().join("target").join(TRIPLE).join("release").join(target)));
    fuzzer.arg(format!("corpus/{target}")).args(["-print_final_stats=1", "-max_len=65536", "-timeout=10"]);
    fuzzer.arg(format!("-max_total_time={}", minutes * 60)).arg(format!("-rss_limit_mb={MEMORY_MIB}"));
    let output = fuzzer.stdout(Stdio::null()).stderr(Stdio::piped()).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{target}: {}\n{said}", output.status);
    let count = said.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
    count.and_then(|count| count.trim().parse().ok()).context("it does not say how many inputs it took")
}

fn folder() -> PathBuf {
    root().join("src-tauri/crates/core/fuzz")
}

/// In the targets' own folder, and with a build folder of their own: they are a workspace for themselves.
fn in_place(mut command: Command) -> Command {
    command.current_dir(folder()).env_remove("CARGO_TARGET_DIR");
    command
}
