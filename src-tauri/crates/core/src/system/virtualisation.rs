//! Whether the processor can run a virtual machine.
//!
//! Windows has a flag for the firmware's setting, which reads as *off* while a hypervisor runs, also in the system
//! that the hypervisor belongs to (OD, PowerShell's documentation of the same flag). Hyper-V, WSL and memory
//! integrity start one, so the hypervisor is looked for first.

/// What Windows and the processor say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Processor {
    /// Whether the computer's own processor is an x86-64 one; on another one this program is emulated, and so is
    /// what it is told. `None` if Windows did not say.
    pub is_native: Option<bool>,
    /// Whether a hypervisor runs: bit 31 of ECX of CPUID leaf 1 (OD).
    pub has_hypervisor: bool,
    /// Windows' flag `PF_VIRT_FIRMWARE_ENABLED`.
    pub is_enabled_in_firmware: bool,
}

/// Whether a virtual machine can run; `None` if that is unknown.
pub fn can_virtualise(processor: Processor) -> Option<bool> {
    match processor.is_native {
        Some(true) => Some(processor.has_hypervisor || processor.is_enabled_in_firmware),
        Some(false) | None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_running_hypervisor_counts_before_the_flag() {
        for (is_native, has_hypervisor, is_enabled_in_firmware, expected) in [
            (Some(true), true, false, Some(true)),
            (Some(true), true, true, Some(true)),
            (Some(true), false, true, Some(true)),
            (Some(true), false, false, Some(false)),
            (Some(false), true, true, None),
            (Some(false), false, false, None),
            (None, true, false, None),
        ] {
            let processor = Processor { is_native, has_hypervisor, is_enabled_in_firmware };
            assert_eq!(can_virtualise(processor), expected, "{processor:?}");
        }
    }
}
