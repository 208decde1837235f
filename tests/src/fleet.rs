//! A fleet: many homes that a management system keeps, each by a run of the command line program, many
//! at once and all against one keychain. Some runs are killed at a random moment, some find no network,
//! and the key ring's service ends in the middle; the next run must heal them all, and in the end every home
//! must be as it was.
//!
//! GNU parallel starts the runs, as it does for administrators. What is right is worked out here a
//! second time, from what each home held at first, and shares nothing with the program.

mod home;
mod runs;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use airouter_practice::gateway::{GatewayOptions, start};
use anyhow::{Context, Result, bail, ensure};

pub use home::ManagedHome;
use runs::{Ended, Runs, Wanted};

/// Of a hundred runs, how many are killed on their way.
const KILLED: usize = 5;
/// Of a hundred runs, how many find no network.
const CUT_OFF: usize = 5;
/// In how many runs the key ring's service must last once. Under four programs at a time gnome-keyring 42 was
/// seen to end by itself about once in two thousand runs.
const CALM_WITHIN: usize = 5;
/// What is wanted at first, and after the change.
const MODELS: [&[&str]; 2] =
    [&["claude-sonnet-4-5-20250929", "claude-haiku-4-5-20251001"], &["claude-opus-4-5-20251101"]];

/// What a stage of the roll-out came to.
#[derive(Debug)]
pub struct Stage {
    /// What was done.
    pub name: &'static str,
    /// How many runs were killed before they had ended by themselves.
    pub killed: usize,
    /// How many found no network.
    pub cut_off: usize,
    /// How many met the key ring while its service had ended.
    pub without_key_ring: usize,
    /// How many of those were right after the second run.
    pub healed: usize,
    /// How many of the others had nothing to do in the second run.
    pub untouched: usize,
    /// How long both runs of all homes took.
    pub took: Duration,
    /// The longest run.
    pub longest: Duration,
    /// The mean of all runs.
    pub mean: Duration,
}

/// Provisions, changes, repairs and undoes `homes` homes below a folder.
///
/// # Errors
/// What diverged, by the home's number.
pub async fn roll_out(homes: usize, folder: &Path) -> Result<Vec<Stage>> {
    let gateway = start(GatewayOptions::default()).await?;
    let programs = programs(folder)?;
    let homes: Vec<ManagedHome> = (0..homes).map(|number| ManagedHome::make(folder, number)).collect::<Result<_>>()?;
    let (near, far) = (folder.join("near.airouter"), folder.join("far.airouter"));
    std::fs::write(&near, preset(&gateway.base_url()))?;
    // Nobody listens there.
    std::fs::write(&far, preset("http://127.0.0.1:9/claude"))?;
    let base = gateway.base_url();
    let roll_out = std::thread::scope(|scope| {
        scope
            .spawn(|| stages(&Runs { folder, programs: &programs, near: &near, far: &far, homes: &homes }, &base))
            .join()
    });
    roll_out.ok().context("the roll-out panicked")?
}

fn stages(runs: &Runs<'_>, base: &str) -> Result<Vec<Stage>> {
    let homes = runs.homes;
    let mut stages = Vec::new();
    for (name, models) in [("provision", MODELS[0]), ("change", MODELS[1])] {
        stages.push(stage(runs, &Wanted::Apply { name, models })?);
        for home in homes {
            home.is_connected(base, models).with_context(|| format!("after {name}, home {}", home.number))?;
        }
    }
    for home in homes {
        home.drift()?;
    }
    stages.push(stage(runs, &Wanted::Repair)?);
    for home in homes {
        home.is_connected(base, MODELS[1]).with_context(|| format!("after repair, home {}", home.number))?;
    }
    stages.push(stage(runs, &Wanted::Undo)?);
    for home in homes {
        home.is_as_at_first().with_context(|| format!("after undo, home {}", home.number))?;
    }
    let left = Command::new("secret-tool").args(["search", "--all", "service", "AIRouter Setup"]).output()?;
    let left = String::from_utf8_lossy(&left.stdout).matches("username = home ").count();
    ensure!(left == 0, "{left} keys are left in the key ring");
    Ok(stages)
}

/// Everybody twice: the first time some are killed or cut off, the second time nobody is.
fn stage(runs: &Runs<'_>, wanted: &Wanted) -> Result<Stage> {
    let begun = Instant::now();
    let usual = runs.usual_time(wanted)?;
    let (first, ends) = counting_ends(|| runs.run(wanted, Some(usual)))?;
    let second = a_calm_run(runs, wanted)?;
    let took = begun.elapsed();
    let mut stage = Stage {
        name: wanted.name(),
        killed: 0,
        cut_off: 0,
        without_key_ring: 0,
        healed: 0,
        untouched: 0,
        took,
        longest: Duration::ZERO,
        mean: Duration::ZERO,
    };
    let mut all = Duration::ZERO;
    for (before, after) in first.iter().zip(&second) {
        let number = after.number;
        ensure!(after.exit == Some(0), "{}, second run, home {number}: {:?} {}", stage.name, after.exit, after.text);
        let without_key_ring = before.met_no_key_ring() && !before.was_killed() && !before.is_cut_off;
        let is_hurt = before.was_killed() || before.is_cut_off || without_key_ring;
        stage.killed += usize::from(before.was_killed());
        stage.cut_off += usize::from(before.is_cut_off && !before.was_killed());
        stage.without_key_ring += usize::from(without_key_ring);
        stage.healed += usize::from(is_hurt);
        ensure!(
            is_hurt || before.exit == Some(0),
            "{}, first run, home {number}: {:?} {}",
            stage.name,
            before.exit,
            before.text
        );
        stage.untouched += usize::from(!is_hurt && after.was_needless());
        ensure!(is_hurt || after.was_needless(), "{}, second run, home {number}: {}", stage.name, after.text);
        for run in [before, after] {
            stage.longest = stage.longest.max(run.took);
            all += run.took;
        }
    }
    ensure!(ends > 0, "{}: the key ring's service did not end", stage.name);
    let at_once = std::thread::available_parallelism()?.get() * runs::JOBS_A_CORE;
    ensure!(
        stage.without_key_ring <= ends * at_once,
        "{}: {} runs met no key ring, which ended {ends} times",
        stage.name,
        stage.without_key_ring
    );
    stage.mean = all / u32::try_from(2 * runs.homes.len().max(1))?;
    Ok(stage)
}

/// Everybody once more, nobody hurt. What gnome-keyring does when it ends by itself in the middle is not what
/// is asked here, so the run counts in which it did not.
fn a_calm_run(runs: &Runs<'_>, wanted: &Wanted) -> Result<Vec<Ended>> {
    for _ in 0..CALM_WITHIN {
        let (run, ends) = counting_ends(|| runs.run(wanted, None))?;
        if ends == 0 {
            return Ok(run);
        }
    }
    bail!("{}: the key ring's service ended in each of {CALM_WITHIN} runs", wanted.name())
}

/// A run, and how often the key ring's service ended meanwhile.
fn counting_ends(run: impl FnOnce() -> Result<Vec<Ended>>) -> Result<(Vec<Ended>, usize)> {
    let starts = key_ring_starts();
    let ended = run()?;
    Ok((ended, key_ring_starts() - starts))
}

/// How often the bus has had to start the key ring's service, as its desk writes it down.
fn key_ring_starts() -> usize {
    let starts = std::env::var_os("HOME").map(|home| Path::new(&home).join("key-ring-starts"));
    starts.and_then(|file| std::fs::read_to_string(file).ok()).map_or(0, |lines| lines.lines().count())
}

/// The programs without what only a debugger reads: each home gets a copy of the smaller one.
fn programs(folder: &Path) -> Result<std::path::PathBuf> {
    let to = folder.join("programs");
    std::fs::create_dir_all(&to)?;
    for name in ["airouter-setup-cli", "airouter-credential"] {
        let stripped = Command::new("strip").arg(crate::programs().join(name)).arg("-o").arg(to.join(name)).status()?;
        ensure!(stripped.success(), "strip {name}");
    }
    Ok(to)
}

fn preset(base: &str) -> String {
    serde_json::json!({"schema": 1, "name": "练习网关", "base": base}).to_string()
}

/// A number that looks random and is the same each time.
fn scattered(number: usize, salt: &str) -> usize {
    let mut state = 0xcbf2_9ce4_8422_2325_u64;
    for byte in salt.bytes().chain(number.to_le_bytes()) {
        state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    usize::try_from((state ^ (state >> 29)) % 10_007).unwrap_or_default()
}
