//! Eyes on everything that a key could leak into: files, and the arguments and environments of all
//! processes, short-lived ones included.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

/// All files below a folder.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries
        .flatten()
        .flat_map(|entry| {
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) { files_below(&path) } else { vec![path] }
        })
        .collect()
}

/// The files below a folder that hold a word in any of the usual encodings.
pub fn files_with(folder: &Path, word: &str) -> Vec<PathBuf> {
    let utf16: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let holds = |bytes: &[u8], word: &[u8]| bytes.windows(word.len()).any(|window| window == word);
    files_below(folder)
        .into_iter()
        .filter(|path| std::fs::read(path).is_ok_and(|bytes| holds(&bytes, word.as_bytes()) || holds(&bytes, &utf16)))
        .collect()
}

/// Looks at all processes, again and again, until it is asked what it saw.
pub struct ProcessWatch {
    stop: Arc<AtomicBool>,
    seen: Option<JoinHandle<BTreeSet<String>>>,
}

impl ProcessWatch {
    /// Begins to look for a word.
    pub fn begin(word: &str) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (word, until) = (word.to_owned(), Arc::clone(&stop));
        let seen = std::thread::spawn(move || {
            let mut seen = BTreeSet::new();
            while !until.load(Ordering::Relaxed) {
                look(&word, &mut seen);
                std::thread::sleep(std::time::Duration::from_millis(2));
            }
            seen
        });
        Self { stop, seen: Some(seen) }
    }

    /// Where the word was seen.
    pub fn end(mut self) -> BTreeSet<String> {
        self.stop.store(true, Ordering::Relaxed);
        self.seen.take().expect("it ends once").join().expect("the watch goes on until the end")
    }
}

impl Drop for ProcessWatch {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

fn look(word: &str, seen: &mut BTreeSet<String>) {
    let me = std::process::id().to_string();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let pid = entry.file_name().to_string_lossy().into_owned();
        if pid == me || !pid.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        for what in ["cmdline", "environ"] {
            let text = std::fs::read(entry.path().join(what)).unwrap_or_default();
            if String::from_utf8_lossy(&text).contains(word) {
                let name = std::fs::read_to_string(entry.path().join("comm")).unwrap_or_default();
                seen.insert(format!("{} of {}", what, name.trim()));
            }
        }
    }
}

/// Waits until something is so, half a minute at most.
pub fn until(mut is_so: impl FnMut() -> bool) -> anyhow::Result<()> {
    let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while !is_so() {
        anyhow::ensure!(std::time::Instant::now() < end, "it does not come");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    Ok(())
}
