//! What Claude's own parts need: a processor that can run their virtual machine.

use super::SHORT;
use crate::command;
use crate::places::Places;

/// Whether a virtual machine can run here, by `sysctl`; `None` if that is unknown.
pub(crate) fn virtualisation(places: &Places) -> Option<bool> {
    let mut sysctl = command::program(places.system.join("usr/sbin/sysctl"));
    let ended = command::run(sysctl.args(["-n", "kern.hv_support"]), "", SHORT).ok()?;
    if ended.code == Some(0) { Some(ended.output.trim() == "1") } else { None }
}

#[cfg(test)]
mod tests {
    use super::super::Mac;
    use super::*;

    #[track_caller]
    fn check(body: &str, expected: Option<bool>) {
        let mac = Mac::new();
        mac.program("usr/sbin/sysctl", body);
        assert_eq!(virtualisation(&mac.places), expected, "{body}");
    }

    #[test]
    fn the_kernel_is_asked() {
        check("[ \"$*\" = '-n kern.hv_support' ] && echo 1", Some(true));
        check("echo 0", Some(false));
    }

    #[test]
    fn a_system_that_does_not_say_it_is_not_taken_for_one_that_cannot() {
        check("echo unknown oid >&2; exit 1", None);
        assert_eq!(virtualisation(&Mac::new().places), None);
    }
}
