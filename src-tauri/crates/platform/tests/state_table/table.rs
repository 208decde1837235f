//! The table of states, verbs, the keychain's answers and the conditions of Claude's files, against the
//! real platform code with a scripted keychain: no state without a way out, the old address never with the
//! new key, no working key deleted, nothing forgotten that was not given back, nothing said that is not so.
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

/// Of how many cells the usual run takes one.
#[cfg(unix)]
const SAMPLE: u64 = 120;

#[cfg(unix)]
fn main() {
    if kill::was_child() {
        return;
    }
    quiet::only_our_own_panics();
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
            // Spread, so that no axis is in step with the sample.
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

/// The keychain is a shell script, and a sudden end is a signal: neither is there.
#[cfg(not(unix))]
fn main() {}
