//! Runs an act with a kill and with disk errors at every step.

use std::process::Command;

use airouter_platform::fault_injection;

use crate::computer::{self, Act, Computer};
use crate::states::{self, State};

/// Disk errors: full, I/O error, permission denied, read-only. The product does not distinguish them, so they alternate
/// between the steps; each step gets one error that occurs once and one that persists.
const DISK: [i32; 4] = [28, 5, 13, 30];

/// Of how many steps one is met: all of them, unless `AIROUTER_CRASH` gives another number.
fn one_of() -> usize {
    std::env::var("AIROUTER_CRASH").map_or(1, |number| number.parse().unwrap())
}

/// Meets all steps of all states, in as many processes as the computer has cores.
pub(crate) fn main() {
    if let Some(child) = computer::Child::from_environment() {
        return child.run();
    }
    let states = states::all();
    assert!(states.len() >= 40, "{} states", states.len());
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    if let Ok(worker) = std::env::var("CRASH_WORKER") {
        return work(&states, worker.parse().unwrap(), workers);
    }
    // In processes, not threads: a program is being replaced while another is started, and a thread
    // that starts one would hold the other's file open.
    let start = |worker: usize| {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.env("CRASH_WORKER", worker.to_string()).spawn().unwrap()
    };
    let children: Vec<_> = (0..workers).map(start).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success(), "see above");
    }
}

/// One worker's share of the states.
fn work(states: &[State], worker: usize, workers: usize) {
    let (mut points, mut wrong) = (0, Vec::new());
    for state in states.iter().skip(worker).step_by(workers) {
        for act in Act::ALL {
            if act == Act::Leave && !state.has_a_gateway() {
                continue;
            }
            let (more, mut found) = every_point(state, act, points);
            points += more;
            wrong.append(&mut found);
        }
    }
    let share = states.len().div_ceil(workers);
    println!(
        "{share} states at most, {points} steps, each met by a sudden end, an error that passes and one that stays"
    );
    assert!(wrong.is_empty(), "{} went wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Meets the steps of an act with everything; gives the number of steps that were met and what went wrong.
fn every_point(state: &State, act: Act, begin: usize) -> (usize, Vec<String>) {
    let points = count(state, act);
    let mut wrong = Vec::new();
    let computer = Computer::in_state(state, act);
    // A sample begins elsewhere in each act, so that over all of them every step is met.
    let one_of = one_of();
    let sample: Vec<usize> = (begin % one_of..points).step_by(one_of).collect();
    for &at in &sample {
        computer.reset();
        computer.kill_at(at);
        wrong.extend(computer.judge().err().map(|why| format!("{} {act:?} killed at {at}: {why}", state.name)));
        for stays in [false, true] {
            computer.reset();
            let error = DISK[(at + usize::from(stays)) % DISK.len()];
            let mut step = 0;
            fault_injection::set(Some(Box::new(move |_| {
                let is_hit = step == at || (stays && step > at);
                step += 1;
                if is_hit { Err(std::io::Error::from_raw_os_error(error)) } else { Ok(()) }
            })));
            computer.act();
            fault_injection::set(None);
            wrong.extend(
                computer
                    .judge()
                    .err()
                    .map(|why| format!("{} {act:?} error {error} at {at}, stays {stays}: {why}", state.name)),
            );
        }
    }
    (sample.len(), wrong)
}

/// How many steps an act has when nothing goes wrong; it must then have the right end.
fn count(state: &State, act: Act) -> usize {
    let computer = Computer::in_state(state, act);
    let steps = std::rc::Rc::new(std::cell::Cell::new(0));
    let counter = std::rc::Rc::clone(&steps);
    fault_injection::set(Some(Box::new(move |_| {
        counter.set(counter.get() + 1);
        Ok(())
    })));
    computer.act();
    fault_injection::set(None);
    assert!(computer.has_moved(), "{} {act:?} does nothing", state.name);
    computer.judge().unwrap_or_else(|why| panic!("{} {act:?} without any fault: {why}", state.name));
    steps.get()
}
