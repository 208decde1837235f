//! The processor: which one it is, and whether it can run virtual machines.

use windows_sys::Win32::System::SystemInformation::IMAGE_FILE_MACHINE_AMD64;
use windows_sys::Win32::System::Threading::{
    GetCurrentProcess, IsProcessorFeaturePresent, IsWow64Process2, PF_VIRT_FIRMWARE_ENABLED,
};

/// Whether the computer's own processor is an x86-64 one; `None` if the system does not say.
pub(in super::super) fn is_x86_64() -> Option<bool> {
    let (mut of_process, mut of_computer) = (0, 0);
    // SAFETY: the pseudo handle of this process needs no closing, and both numbers are valid for the call.
    let done = unsafe { IsWow64Process2(GetCurrentProcess(), &raw mut of_process, &raw mut of_computer) };
    (done != 0).then_some(of_computer == IMAGE_FILE_MACHINE_AMD64)
}

/// Whether Windows says that virtualisation is enabled in the firmware; it says no while a hypervisor runs.
pub(in super::super) fn is_virtualisation_enabled() -> bool {
    // SAFETY: the call takes a number and gives one.
    unsafe { IsProcessorFeaturePresent(PF_VIRT_FIRMWARE_ENABLED) != 0 }
}

/// Whether a hypervisor runs, by bit 31 of ECX of CPUID leaf 1, which both makers of processors leave to hypervisors.
pub(in super::super) fn has_hypervisor() -> bool {
    #[cfg(target_arch = "x86_64")]
    {
        std::arch::x86_64::__cpuid(1).ecx >> 31 == 1
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        false
    }
}
