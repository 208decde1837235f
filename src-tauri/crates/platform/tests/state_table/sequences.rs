//! Random sequences of everything that a person can choose, with sudden ends at any step, errors of the
//! disk, other programs' edits and moods of the keychain. After each verb the rules hold, and from there a
//! final undo gives back every byte, mode and key that others did not change.
//!
//! The usual run is short. Ten thousand:
//! `AIROUTER_SEQUENCES=10000 cargo test -p airouter-platform --test sequences --release -- --nocapture`.
//! One that was printed, again: `AIROUTER_SEED=… AIROUTER_SEQUENCES=1`; with `AIROUTER_TRACE=1` it tells what
//! each verb said.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "a test")]
// Two test programs share these modules, and neither uses all of them.
#![allow(dead_code, reason = "shared with `state_table`")]

#[cfg(unix)]
mod claude;
#[cfg(unix)]
mod edits;
#[cfg(unix)]
mod escape;
#[cfg(unix)]
mod home;
#[cfg(unix)]
mod kept;
#[cfg(unix)]
mod keychain;
#[cfg(unix)]
mod kill;
#[cfg(unix)]
mod product;
#[cfg(unix)]
mod quiet;
#[cfg(unix)]
mod random;
#[cfg(unix)]
mod rules;
#[cfg(unix)]
mod said;
#[cfg(unix)]
mod states;
#[cfg(unix)]
mod tally;
#[cfg(unix)]
mod world;
#[cfg(unix)]
mod wrecks;

/// How many sequences the usual run takes.
#[cfg(unix)]
const USUAL: u64 = 400;

/// Of each rule so many broken sequences are made short.
#[cfg(unix)]
const SHORTENED: usize = 3;

#[cfg(unix)]
fn main() {
    if kill::was_child() {
        return;
    }
    quiet::only_our_own_panics();
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
        let mut broken = anew(&sequence);
        let mut shortest = sequence.clone();
        if let Some(first) = broken.first() {
            let rule = first.rule;
            let seen = known.entry(rule).or_default();
            *seen += 1;
            if *seen <= SHORTENED {
                let (shorter, found) = sequence.shortened(rule, anew);
                shortest = shorter;
                broken = if found.is_empty() { broken } else { found };
            }
        }
        let acts =
            |step: &random::Step| if let random::Step::Act(verb, _) = step { Some(format!("{verb:?}")) } else { None };
        let place = shortest.steps.iter().rev().find_map(acts).unwrap_or_default();
        tally.add(&place, || format!("seed {seed}, {shortest}"), &broken);
    }
    tally
}

/// The keychain is a shell script, and a sudden end is a signal: neither is there.
#[cfg(not(unix))]
fn main() {}
