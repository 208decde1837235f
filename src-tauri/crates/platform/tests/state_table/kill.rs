//! Interruptions: the product runs in a child process that is killed at one of its steps.

use std::path::Path;
use std::process::{Command, Stdio};

use airouter_platform::fault_injection;

use crate::home::Home;
use crate::product::{self, Report, Verb};

const FOLDER: &str = "STATE_TABLE_FOLDER";
const VERB: &str = "STATE_TABLE_VERB";
const AT: &str = "STATE_TABLE_AT";

/// Runs a verb in a child process that is killed at a step. `None` if it was killed; the report if the verb ended
/// before that step.
pub(crate) fn kill_at(home: &Home, verb: Verb, at: usize) -> Option<Report> {
    let ended = Command::new(std::env::current_exe().unwrap())
        .env(FOLDER, home.folder())
        .env(VERB, serde_json::to_string(&verb).unwrap())
        .env(AT, at.to_string())
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .unwrap();
    ended.status.success().then(|| serde_json::from_slice(&ended.stdout).expect("what the child says"))
}

/// The child's side of [`kill_at`]; false if this process is no such child.
pub(crate) fn was_child() -> bool {
    let read = |name: &str| std::env::var(name).ok();
    let (Some(folder), Some(verb), Some(at)) = (read(FOLDER), read(VERB), read(AT)) else { return false };
    let (verb, at): (Verb, usize) = (serde_json::from_str(&verb).unwrap(), at.parse().unwrap());
    let mut step = 0;
    fault_injection::set(Some(Box::new(move |_| {
        if step == at {
            let me = rustix::process::getpid();
            rustix::process::kill_process(me, rustix::process::Signal::KILL).unwrap();
        }
        step += 1;
        Ok(())
    })));
    let home = Home::at(Path::new(&folder));
    let report = product::act(&home.places, verb);
    println!("{}", serde_json::to_string(&report).unwrap());
    true
}

/// Runs a verb while the disk fails at a step, once or from then on.
pub(crate) fn with_disk_error(home: &Home, verb: Verb, at: usize, stays: bool) -> Report {
    /// "No space left on device"
    const FULL: i32 = 28;
    let mut step = 0;
    fault_injection::set(Some(Box::new(move |_| {
        let is_hit = step == at || (stays && step > at);
        step += 1;
        if is_hit { Err(std::io::Error::from_raw_os_error(FULL)) } else { Ok(()) }
    })));
    let report = product::act(&home.places, verb);
    fault_injection::set(None);
    report
}
