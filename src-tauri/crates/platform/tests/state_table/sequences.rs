//! Random sequences of all verbs, with interruptions at any step, disk errors, other programs' edits and keychain
//! failures. After each verb the rules must hold, and a final undo must restore every byte, mode and key that other
//! programs did not change.
//!
//! The usual run is short. Ten thousand sequences:
//! `AIROUTER_SEQUENCES=10000 cargo test -p airouter-platform --test sequences --release -- --nocapture`.
//! To repeat one that was printed: `AIROUTER_SEED=… AIROUTER_SEQUENCES=1`; `AIROUTER_TRACE=1` prints the report of
//! each verb.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "a test")]
// Two test programs share these modules, and neither uses all of them.
#![allow(dead_code, reason = "shared with `state_table`")]

#[cfg(unix)]
mod claude;
#[cfg(unix)]
mod damaged_files;
#[cfg(unix)]
mod edits;
#[cfg(unix)]
mod escape;
#[cfg(unix)]
mod expected;
#[cfg(unix)]
mod home;
#[cfg(unix)]
mod keychain;
#[cfg(unix)]
mod kill;
#[cfg(unix)]
mod panics;
#[cfg(unix)]
mod preservation;
#[cfg(unix)]
mod product;
#[cfg(unix)]
mod random;
#[cfg(unix)]
mod rules;
#[cfg(unix)]
mod statements;
#[cfg(unix)]
mod states;
#[cfg(unix)]
mod tally;

/// Number of sequences of the usual run.
#[cfg(unix)]
const USUAL: u64 = 400;

/// For each rule, this many failing sequences are shortened.
#[cfg(unix)]
const SHORTENED: usize = 3;

#[cfg(unix)]
fn main() {
    if kill::was_child() {
        return;
    }
    panics::print_only_test_panics();
    let number = |name: &str, usual: u64| std::env::var(name).map_or(usual, |text| text.parse().unwrap());
    let (first, count) = (number("AIROUTER_SEED", 1), number("AIROUTER_SEQUENCES", USUAL));
    // The product waits for its helper most of the time.
    let workers = 3 * std::thread::available_parallelism().map_or(2, usize::from) as u64;
    let began = std::time::Instant::now();
    let mut tally = tally::Tally::new();
    std::thread::scope(|scope| {
        let share = |worker: u64| (first..first + count).filter(move |seed| seed % workers == worker);
        let threads: Vec<_> = (0..workers).map(|worker| scope.spawn(move || run(share(worker)))).collect();
        for thread in threads {
            tally.merge(thread.join().unwrap());
        }
    });
    let seconds = began.elapsed().as_secs_f64();
    println!("{} sequences in {seconds:.0} s, {} of them red", tally.cells, tally.red);
    assert!(tally.is_clean(), "rules that did not hold:\n{}", tally.text());
}

/// Runs the sequences of these seeds, each in a home of its own.
#[cfg(unix)]
fn run(seeds: impl Iterator<Item = u64>) -> tally::Tally {
    let mut tally = tally::Tally::new();
    let mut known = std::collections::BTreeMap::<&'static str, usize>::new();
    let home = home::Home::new();
    let empty = home.everything();
    let anew = |sequence: &random::Sequence| {
        home.put_back(&empty);
        sequence.run(&home)
    };
    for seed in seeds {
        let sequence = random::Sequence::of(seed);
        let mut violations = anew(&sequence);
        let mut shortest = sequence.clone();
        if let Some(first) = violations.first() {
            let rule = first.rule;
            let seen = known.entry(rule).or_default();
            *seen += 1;
            if *seen <= SHORTENED {
                let (shorter, found) = sequence.shortened(rule, anew);
                shortest = shorter;
                violations = if found.is_empty() { violations } else { found };
            }
        }
        let acts =
            |step: &random::Step| if let random::Step::Act(verb, _) = step { Some(format!("{verb:?}")) } else { None };
        let place = shortest.steps.iter().rev().find_map(acts).unwrap_or_default();
        tally.add(&place, || format!("seed {seed}, {shortest}"), &violations);
    }
    tally
}

/// The keychain is a shell script and interruptions are signals: neither exists on this system.
#[cfg(not(unix))]
fn main() {}
