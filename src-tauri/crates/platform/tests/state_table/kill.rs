//! A sudden end: the product works in a child process that is killed at one of its own steps.

use std::path::Path;
use std::process::{Command, Stdio};

use airouter_platform::fault_injection;

use crate::home::Home;
use crate::product::{self, Said, Verb};

const FOLDER: &str = "STATE_TABLE_FOLDER";
const VERB: &str = "STATE_TABLE_VERB";
const AT: &str = "STATE_TABLE_AT";

/// Does it in a child that is killed at a step. Nothing: it was killed. What was said: there are not so
/// many steps, and it came to its end.
pub(crate) fn kill_at(home: &Home, verb: Verb, at: usize) -> Option<Said> {
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

/// The other side of [`kill_at`]; false when this is no such child.
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
    let said = product::act(&home.places, verb);
    println!("{}", serde_json::to_string(&said).unwrap());
    true
}

/// Does it while the disk fails at a step, once or from then on.
pub(crate) fn with_disk_error(home: &Home, verb: Verb, at: usize, stays: bool) -> Said {
    /// "No space left on device"
    const FULL: i32 = 28;
    let mut step = 0;
    fault_injection::set(Some(Box::new(move |_| {
        let is_hit = step == at || (stays && step > at);
        step += 1;
        if is_hit { Err(std::io::Error::from_raw_os_error(FULL)) } else { Ok(()) }
    })));
    let said = product::act(&home.places, verb);
    fault_injection::set(None);
    said
}
