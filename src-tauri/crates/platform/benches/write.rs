//! What writing costs on a computer with a long list of profiles, beside copying and syncing the same
//! bytes in the same moment on the same disk, and how it grows with the list.
//!
//! A disk's syncs differ from day to day and from machine to machine, so only ratios are judged.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a tool for the people who build the program"
)]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use airouter_core::address::GatewayUrl;
use airouter_core::check::AuthScheme;
use airouter_core::plan::Wishes;
use airouter_core::secret::Secret;
use airouter_core::view::{KeyPlace, Outcome, Phase, PhaseState, StepId};
use airouter_platform::apply;
use airouter_platform::places::Places;
use serde_json::json;

/// Sizes of the list.
const SIZES: [usize; 3] = [100, 1_000, 10_000];
/// The size at which writing is compared with copying.
const COMPARED: usize = 1_000;
/// How often each is measured; the first time warms up.
const ROUNDS: usize = 15;
/// Writing and reading again may cost this much more than copying. Two of it are explained: the folder
/// is synced beside the file, as a rename is not durable without.
const LIMIT: f64 = 3.0;
/// With ten times the entries, an entry may cost this much more. Linear work gives less than 1, since a
/// part of the cost is the same for any list; work that grows with the square gives up to 10. A half
/// leaves room for caches that a megabyte no longer fits into and for a busy disk.
const GROWTH: f64 = 1.5;

/// What one size cost, in milliseconds.
struct Cost {
    write: f64,
    copy: f64,
    whole: f64,
}

fn main() -> ExitCode {
    let costs = SIZES.map(|size| (size, measure(size)));
    let mut is_good = true;
    for (size, cost) in &costs {
        println!(
            "{size:6} profiles: write and verify {:7.2} ms, copy and sync {:7.2} ms, ratio {:.2}; connecting as a whole {:8.2} ms",
            cost.write,
            cost.copy,
            cost.write / cost.copy,
            cost.whole
        );
        is_good &= *size != COMPARED || cost.write / cost.copy <= LIMIT;
    }
    println!("ratio at {COMPARED} profiles: at most {LIMIT}");
    for pair in costs.windows(2) {
        let [(small, before), (large, after)] = pair else { continue };
        let growth = |before: f64, after: f64| (after / *large as f64) / (before / *small as f64);
        let (write, whole) = (growth(before.write, after.write), growth(before.whole, after.whole));
        println!(
            "an entry of {large} costs {write:.2} of one of {small} to write, {whole:.2} as a whole: at most {GROWTH}"
        );
        is_good &= write <= GROWTH && whole <= GROWTH;
    }
    note(&costs);
    if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The figures for whoever compares over time, in `target/bench/write.json`.
fn note(costs: &[(usize, Cost)]) {
    let figures: Vec<_> = costs
        .iter()
        .map(|(size, cost)| {
            json!({"profiles": size, "write_ms": cost.write, "copy_ms": cost.copy, "whole_ms": cost.whole,
                "ratio": cost.write / cost.copy})
        })
        .collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../target/bench");
    fs::create_dir_all(&folder).unwrap();
    let figures = json!({"sizes": figures, "limit": LIMIT, "growth_limit": GROWTH});
    fs::write(folder.join("write.json"), format!("{figures:#}\n")).unwrap();
}

fn measure(size: usize) -> Cost {
    let home = Home::with(size);
    let (mut writes, mut copies, mut wholes) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        home.reset();
        let (write, whole) = home.connect();
        let copy = home.copy_what_changed();
        if round > 0 {
            writes.push(write);
            copies.push(copy);
            wholes.push(whole);
        }
    }
    Cost { write: median(writes), copy: median(copies), whole: median(wholes) }
}

struct Home {
    _folder: tempfile::TempDir,
    places: Places,
    meta: String,
}

impl Home {
    fn with(size: usize) -> Self {
        // On the disk of the build: a folder in memory would sync for nothing.
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let places = Places { account: None, ..Places::in_scratch(folder.path()).unwrap() };
        fs::create_dir_all(places.library()).unwrap();
        let id = |n: usize| format!("00000000-0000-4000-8000-{n:012}");
        let entry = |n: usize| format!("    {{\n      \"id\": \"{}\",\n      \"name\": \"Profile {n}\"\n    }}", id(n));
        for n in 0..size {
            fs::write(places.profile(&id(n)), "{\n  \"inferenceProvider\": \"gateway\"\n}").unwrap();
        }
        let entries: Vec<String> = (0..size).map(entry).collect();
        let meta = format!("{{\n  \"appliedId\": \"{}\",\n  \"entries\": [\n{}\n  ]\n}}", id(0), entries.join(",\n"));
        Self { _folder: folder, places, meta }
    }

    /// Makes everything as it was before connecting, and lets the disk come to rest.
    fn reset(&self) {
        let _ = fs::remove_dir_all(&self.places.state);
        fs::write(self.places.meta(), &self.meta).unwrap();
        fs::write(self.places.mode(), "{\n  \"deploymentMode\": \"1p\"\n}").unwrap();
        rustix::fs::sync();
    }

    /// Connects; gives what writing and verifying took, and the whole.
    fn connect(&self) -> (f64, f64) {
        let wishes = Wishes {
            name: "AIRouter".to_owned(),
            base: GatewayUrl::parse("https://gate.example/claude").unwrap(),
            scheme: AuthScheme::Bearer,
            models: vec!["claude-sonnet-4-6".to_owned()],
            every_model: false,
            key_place: KeyPlace::Profile,
            egress: None,
            carry_over: false,
            restart: false,
        };
        let (mut begun, mut took) = (None, 0.0);
        let key = Secret::new("sk-0123456789abcdef0123456789".to_owned());
        let start = Instant::now();
        let report =
            apply::apply(&self.places, &wishes, &key, None, &mut |phase: &Phase| match (phase.step, phase.state) {
                (StepId::WriteFiles, PhaseState::Running) => begun = Some(Instant::now()),
                (StepId::Verify, PhaseState::Done) => took = begun.map_or(0.0, millis),
                _ => {}
            });
        assert_eq!(report.outcome, Outcome::Written, "{:?}", report.findings);
        (took, millis(start))
    }

    /// Copies the three files that were written, and syncs each copy.
    fn copy_what_changed(&self) -> f64 {
        let journal = airouter_platform::state::journal(&self.places).unwrap().unwrap();
        let changed: Vec<PathBuf> = journal.files.iter().map(|file| PathBuf::from(&file.path)).collect();
        assert_eq!(changed.len(), 3);
        let start = Instant::now();
        for path in &changed {
            copy(path, &path.with_extension("copy"));
        }
        let took = millis(start);
        for path in &changed {
            fs::remove_file(path.with_extension("copy")).unwrap();
        }
        fs::remove_file(self.places.profile(&journal.profile_id)).unwrap();
        took
    }
}

fn copy(from: &Path, to: &Path) {
    fs::copy(from, to).unwrap();
    File::open(to).unwrap().sync_all().unwrap();
}

fn millis(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1000.0
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
