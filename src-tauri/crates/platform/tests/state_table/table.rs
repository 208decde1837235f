//! The table of states, verbs, keychain behaviours and conditions of Claude's files, run against the real platform code
//! with a scripted keychain. Rules: every state has a way out, the old address never gets the new key, no working key
//! is deleted, nothing is forgotten that was not restored, and no report is false.
//!
//! The usual run takes a sample; every cell is judged with
//! `AIROUTER_TABLE=full cargo test -p airouter-platform --test state_table`.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "a test")]
// Two test programs share these modules, and neither uses all of them.
#![allow(dead_code, reason = "shared with `sequences`")]

#[cfg(unix)]
mod cells;
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

/// The usual run judges one of this many cells.
#[cfg(unix)]
const SAMPLE: u64 = 120;

#[cfg(unix)]
fn main() {
    if kill::was_child() {
        return;
    }
    panics::print_only_test_panics();
    let one_of = match std::env::var("AIROUTER_TABLE").as_deref() {
        Ok("full") => 1,
        Ok(number) => number.parse().unwrap(),
        Err(_) => SAMPLE,
    };
    // The product waits for its helper most of the time.
    let workers = 3 * std::thread::available_parallelism().map_or(2, usize::from);
    let model = home::Home::new();
    let states = states::all(&model);
    let (mut tally, mut counts) = (tally::Tally::new(), cells::Counts::default());
    std::thread::scope(|scope| {
        let (model, states) = (&model, &states);
        let work = move |worker: usize| {
            let home = home::Home::new();
            let states: &[_] = &states.iter().map(|state| state.in_home(model, &home)).collect::<Vec<_>>();
            // Hashed, so that the sample is not in step with a dimension of the table.
            cells::judge(&home, states, |number| {
                let spread = random::spread(number as u64);
                spread.is_multiple_of(one_of) && spread / one_of % workers as u64 == worker as u64
            })
        };
        let threads: Vec<_> = (0..workers).map(|worker| scope.spawn(move || work(worker))).collect();
        for thread in threads {
            let (share, all) = thread.join().unwrap();
            tally.merge(share);
            counts = all;
        }
    });
    let cells::Counts { states, verbs, answers, singles, pairs, all } = counts;
    println!(
        "{states} states, {verbs} verbs, {answers} answers of the keychain, {singles} conditions of files and {pairs} pairs of them: \
         {all} cells, {} judged, {} red",
        tally.cells, tally.red
    );
    assert!(tally.is_clean(), "rules that did not hold:\n{}", tally.text());
}

/// The keychain is a shell script and interruptions are signals: neither exists on this system.
#[cfg(not(unix))]
fn main() {}
