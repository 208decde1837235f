//! A simulated Claude, which writes its files completely at any moment, without any lock.
//!
//! Claude writes what it has in memory since its start; one of its windows, or another tool, reads a file, changes one
//! value and writes it once. Both replace the file atomically.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::fs::{CWD, RenameFlags, renameat_with};
use serde_json::{Value, json};

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WritePattern {
    Never,
    /// Read, changed, written: once.
    Once,
    /// Written again and again from memory.
    FromMemory,
}

/// One of Claude's files, and how it is written.
#[derive(Debug, Clone)]
pub(crate) struct Writes {
    pub(crate) path: PathBuf,
    pub(crate) pattern: WritePattern,
    /// It existed at first and must not be removed.
    pub(crate) stays: bool,
}

/// A write, by which its value is found again.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    pub(crate) path: PathBuf,
    pub(crate) name: String,
    /// It came with an entry in a list of profiles.
    pub(crate) has_entry: bool,
}

/// Pseudo-random numbers, the same for the same seed.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: usize) -> Self {
        Self((seed as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// Writes files until `is_over`. Returns the writes.
///
/// # Errors
/// A file that was torn or missing.
pub(crate) fn write_files(files: &[Writes], mut random: Random, is_over: &AtomicBool) -> Result<Vec<Written>, String> {
    let mut memory: Vec<Value> = Vec::new();
    for file in files {
        memory.push(read(file)?.unwrap_or_else(|| json!({})));
    }
    let (mut written, mut once) = (Vec::new(), vec![false; files.len()]);
    let mut round = 0;
    while !is_over.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_micros(random.below(1500)));
        let at = usize::try_from(random.below(files.len() as u64)).unwrap();
        let (file, name) = (&files[at], format!("foreign-{round}"));
        round += 1;
        // Every read checks that the file is not torn.
        let now = read(file)?;
        let has_entry = match file.pattern {
            WritePattern::Never => continue,
            WritePattern::Once if once[at] => continue,
            WritePattern::Once => {
                // Our profile may not exist yet; then there is nothing to change in it.
                let Some(mut value) = now else { continue };
                let has_entry = note(&mut value, &name);
                once[at] = true;
                if file.stays {
                    put(&file.path, &value);
                } else if !put_in_place(&file.path, &value) {
                    continue;
                }
                has_entry
            }
            WritePattern::FromMemory => {
                let has_entry = note(&mut memory[at], &name);
                put(&file.path, &memory[at]);
                has_entry
            }
        };
        written.push(Written { path: file.path.clone(), name, has_entry });
    }
    Ok(written)
}

fn read(file: &Writes) -> Result<Option<Value>, String> {
    match std::fs::read(&file.path) {
        Ok(bytes) => {
            let value = serde_json::from_slice(&bytes);
            value.map(Some).map_err(|_| format!("{} was torn: {bytes:?}", file.path.display()))
        }
        Err(_) if file.stays => Err(format!("{} was gone", file.path.display())),
        Err(_) => Ok(None),
    }
}

/// Adds a unique value, and in a list of profiles an entry; returns whether an entry was added.
fn note(value: &mut Value, name: &str) -> bool {
    value[name] = json!({ "big": 12_345_678_901_234_567_890_u64, "文": name });
    let Some(entries) = value.get_mut("entries").and_then(Value::as_array_mut) else { return false };
    entries.push(json!({ "id": name, "name": "同名" }));
    true
}

/// Replaces a file unless it was removed since it was read: a profile that was created again could not be told from one
/// that was never removed. False if it is gone.
fn put_in_place(path: &Path, value: &Value) -> bool {
    let fresh = beside(path);
    let is_written = std::fs::write(&fresh, value.to_string()).is_ok();
    let is_replaced = is_written && renameat_with(CWD, &fresh, CWD, path, RenameFlags::EXCHANGE).is_ok();
    let _ = std::fs::remove_file(&fresh);
    is_replaced
}

fn beside(path: &Path) -> PathBuf {
    path.with_file_name(format!("{}.claude", path.file_name().unwrap().display()))
}

fn put(path: &Path, value: &Value) {
    let folder = path.parent().unwrap();
    // A copy of the program may remove the folder again before the file is written; then try again.
    let fresh = beside(path);
    loop {
        std::fs::create_dir_all(folder).unwrap();
        if std::fs::write(&fresh, value.to_string()).and_then(|()| std::fs::rename(&fresh, path)).is_ok() {
            return;
        }
    }
}
