//! Distributes the runs over worker processes (lanes).

use std::collections::BTreeMap;
use std::process::Command;

use crate::copy::{self, Copy};
use crate::run::Run;

/// How many runs there are, unless `AIROUTER_RACES` gives another number.
const RUNS: usize = 1000;

/// Starts all lanes, or runs the lane or the copy that this process is.
pub(crate) fn main() {
    if std::env::var_os("RACES_COPY").is_some() {
        return copy::serve();
    }
    let lanes = std::thread::available_parallelism().map_or(2, usize::from).min(8);
    if let Ok(lane) = std::env::var("RACES_LANE") {
        return drive(lane.parse().unwrap(), lanes);
    }
    // Processes instead of threads: a thread that starts a program would inherit the other threads' open files.
    let start = |lane: usize| {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.env("RACES_LANE", lane.to_string()).spawn().unwrap()
    };
    let children: Vec<_> = (0..lanes).map(start).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success(), "see above");
    }
}

/// One lane's share of the runs.
fn drive(lane: usize, lanes: usize) {
    let mut copies = [Copy::start('A'), Copy::start('B')];
    let (mut ends, mut writes, mut wrong) = (BTreeMap::<String, usize>::new(), 0, Vec::new());
    let runs = std::env::var("AIROUTER_RACES").map_or(RUNS, |number| number.parse().unwrap());
    let mine: Vec<usize> = (lane..runs).step_by(lanes).collect();
    for number in &mine {
        let run = Run::new(*number);
        let results = run.go(&mut copies);
        writes += results.foreign.len();
        for end in &results.ends {
            *ends.entry(end.clone()).or_default() += 1;
        }
        wrong.extend(run.judge(&results).err().map(|why| format!("run {number}: {why}")));
    }
    println!("{} runs, {writes} foreign writes, all kept; the copies ended so: {ends:?}", mine.len());
    assert!(wrong.is_empty(), "{} went wrong:\n{}", wrong.len(), wrong.join("\n"));
}
