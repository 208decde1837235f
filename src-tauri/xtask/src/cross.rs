//! `cargo xtask cross`: the program for the other two systems, on a Debian machine.
//!
//! For Windows everything is built and run, under Wine: it is not Windows, but it has real processes,
//! windows, files and a registry, and a line that is broken there turns this red. For macOS the code is
//! type-checked and linted; nothing of Apple's can be run here, so what is left over is tried by hand
//! (`docs/release-checklist.md`).

mod compiler;
mod count;
mod installer;
mod macos;
mod prefix;
pub(crate) mod runner;
mod windows;

pub(crate) use windows::PACKAGES;

use anyhow::{Result, bail};

use crate::build;
use crate::machine::prepare_cross;
use crate::times::Times;

/// Runs all lanes, or those named.
pub(crate) fn cross(lanes: &[&str]) -> Result<()> {
    let all = ["windows", "installer", "macos"];
    if let Some(unknown) = lanes.iter().find(|lane| !all.contains(lane)) {
        bail!("there is no lane {unknown}: the lanes are {}", all.join(", "));
    }
    let lanes = if lanes.is_empty() { &all[..] } else { lanes };
    let mut times = Times::begin();
    let ended = run(lanes, &mut times);
    times.print();
    ended?;
    eprintln!("\n── passed: {}", lanes.join(", "));
    Ok(())
}

fn run(lanes: &[&str], times: &mut Times) -> Result<()> {
    times.part("packages and page", || {
        prepare_cross()?;
        build::page()
    })?;
    for lane in lanes {
        times.part(lane, || match *lane {
            "windows" => windows::lane(),
            "installer" => installer::lane(),
            _ => macos::lane(),
        })?;
    }
    Ok(())
}
