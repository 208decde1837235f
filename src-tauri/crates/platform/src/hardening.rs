//! Keeping quiet when something fails: no picture of the memory on disk, no text of a panic.

/// Forbids core dumps of this process and of those that it starts. A memory that holds a key would be
/// written to disk, and sent to whoever collects dumps.
pub fn no_core_dumps() {
    // Windows writes no dumps by itself, and where an administrator has it do so, no program may refuse.
    #[cfg(unix)]
    crate::sys::no_core_dumps();
}

/// Also keeps other programs of the same person from reading this one's memory, where the system can. Not
/// for a program with a window: desktops look at it through what this closes.
pub fn closed_memory() {
    no_core_dumps();
    #[cfg(target_os = "linux")]
    crate::sys::closed_memory();
}

/// From now on `tell` is called when something panics, with the place in the source and nothing else: the
/// usual hook prints the text of the panic, and that may quote whatever was being worked on.
pub fn panics(tell: impl Fn(&str) + Send + Sync + 'static) {
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(|place| format!("{}:{}", place.file(), place.line()));
        tell(&place.unwrap_or_default());
    }));
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    #[test]
    fn the_memory_is_neither_dumped_nor_read() {
        closed_memory();
        let limits = fs_err::read_to_string("/proc/self/limits").unwrap();
        let cores = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
        let words: Vec<&str> = cores.split_whitespace().collect();
        assert_eq!(words[4..6], ["0", "0"], "{cores}");
        let behaviour = rustix::process::dumpable_behavior().unwrap();
        assert_eq!(behaviour, rustix::process::DumpableBehavior::NotDumpable);
    }
}
