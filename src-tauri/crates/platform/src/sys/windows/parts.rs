//! What Claude's own parts need: disk space, and a processor that can run their virtual machine.

use std::path::Path;

use super::calls;
use crate::places::Places;

/// Free space on the disk of a folder, or of its nearest existing parent, in bytes.
pub(crate) fn free_room(folder: &Path) -> Option<u64> {
    calls::free_room(folder.ancestors().find(|folder| folder.is_dir())?)
}

/// Whether a virtual machine can run here, by the firmware's setting.
pub(crate) fn virtualisation(_places: &Places) -> Option<bool> {
    Some(calls::virtualisation())
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
    fn the_firmware_always_says_something() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_scratch(folder.path()).unwrap();
        assert!(virtualisation(&places).is_some());
    }
}
