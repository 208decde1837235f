//! What Claude's own parts need of this computer: a processor that can run their machine.

use std::path::Path;
use std::process::Command;

use super::SHORT;
use crate::command;
use crate::places::Places;

/// The system's program that tells what the kernel knows.
const SYSCTL: &str = "/usr/sbin/sysctl";

/// Whether a virtual machine can run here, as the kernel says.
pub(crate) fn virtualisation(_places: &Places) -> Option<bool> {
    told_by(Path::new(SYSCTL))
}

fn told_by(sysctl: &Path) -> Option<bool> {
    let ended = command::run(Command::new(sysctl).args(["-n", "kern.hv_support"]), "", SHORT).ok()?;
    if ended.code == Some(0) { Some(ended.output.trim() == "1") } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_that_does_not_say_it_is_not_taken_for_one_that_cannot() {
        assert_eq!(told_by(Path::new("/nowhere/sysctl")), None);
        assert_eq!(told_by(Path::new("/bin/false")), None);
        assert_eq!(told_by(Path::new("/bin/echo")), Some(false), "it echoes its words");
    }
}
