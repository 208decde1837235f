//! Keeps secrets out of core dumps and panic messages.

/// Forbids core dumps of this process and its children: a dump would write a key to disk and may be sent to a
/// crash collector.
pub fn forbid_core_dumps() {
    // Windows writes no dumps by default, and a program cannot prevent dumps that an administrator has enabled.
    #[cfg(unix)]
    crate::sys::forbid_core_dumps();
}

/// Also keeps other programs of the same person from reading this process's memory, where the system supports
/// that. Not for a program with a window: desktops need the access that this forbids.
pub fn protect_memory() {
    forbid_core_dumps();
    #[cfg(target_os = "linux")]
    crate::sys::protect_memory();
}

/// Installs a panic hook that calls `report` with the place in the source only (`file:line`). The default hook
/// prints the panic message, which may quote secrets.
pub fn on_panic(report: impl Fn(&str) + Send + Sync + 'static) {
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(|place| format!("{}:{}", place.file(), place.line()));
        report(&place.unwrap_or_default());
    }));
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    #[test]
    fn the_memory_is_neither_dumped_nor_read() {
        protect_memory();
        let limits = fs_err::read_to_string("/proc/self/limits").unwrap();
        let cores = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
        let words: Vec<&str> = cores.split_whitespace().collect();
        assert_eq!(words[4..6], ["0", "0"], "{cores}");
        let behaviour = rustix::process::dumpable_behavior().unwrap();
        assert_eq!(behaviour, rustix::process::DumpableBehavior::NotDumpable);
    }
}
