//! What Claude's own parts need: disk space, and a processor that can run their virtual machine.

use std::path::Path;

use airouter_core::system::{Processor, can_virtualise};

use super::calls;
use crate::places::Places;

/// Free space on the disk of a folder, or of its nearest existing parent, in bytes.
pub(crate) fn free_room(folder: &Path) -> Option<u64> {
    calls::free_room(folder.ancestors().find(|folder| folder.is_dir())?)
}

/// Whether a virtual machine can run here; `None` if that is unknown, see `airouter_core::system::can_virtualise`.
pub(crate) fn virtualisation(_places: &Places) -> Option<bool> {
    can_virtualise(processor())
}

fn processor() -> Processor {
    Processor {
        is_native: if cfg!(target_arch = "x86_64") { calls::processor::is_x86_64() } else { Some(false) },
        has_hypervisor: calls::processor::has_hypervisor(),
        is_enabled_in_firmware: calls::processor::is_virtualisation_enabled(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_room_somewhere() {
        let folder = tempfile::tempdir().unwrap();
        assert!(free_room(&folder.path().join("not/there")).is_some_and(|free| free > 0));
    }

    #[test]
    fn what_this_computer_says_decides() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_scratch(folder.path()).unwrap();
        let said = processor();
        assert_eq!(said.is_native, Some(true), "the computers that run this have the processor it is built for");
        assert_eq!(virtualisation(&places), can_virtualise(said));
        // The kernel of a system under Wine, and of one in a virtual machine, names the bit in this file.
        if let Ok(told) = std::fs::read_to_string("Z:/proc/cpuinfo") {
            assert_eq!(said.has_hypervisor, told.contains(" hypervisor"), "{said:?}");
        }
    }
}
