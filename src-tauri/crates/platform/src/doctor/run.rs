//! Facts about the running Claude: when it was started, which keys it passed on, its log.

use std::io::Read;
use std::path::Path;
use std::time::UNIX_EPOCH;

use airouter_core::doctor::{LogFact, RunFacts};
use airouter_core::plan::Facts;
use airouter_core::secret::Secret;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::claude::{self, Install};
use crate::places::Places;

/// Maximum of a log that is read, from its end, in bytes.
pub(crate) const LOG_END: u64 = 512 * 1024;
/// Maximum number of files with keys that are read.
const MOST_FILES: usize = 16;
/// Largest of them, in bytes.
const LARGEST: u64 = 64 * 1024;

pub(super) fn collect(places: &Places, install: Option<&Install>, computer: &Facts) -> RunFacts {
    let selected = computer.library.applied().map(|id| places.profile(&id));
    let written = selected.iter().chain([&places.meta()]).filter_map(|path| written(path)).max();
    // Where there are several folders, Claude writes into one of them: the log that was written last.
    let newest = places.logs().into_iter().max_by_key(|path| self::written(path)).unwrap_or_else(|| places.log.clone());
    let log = claude::log::read_tail(&newest, LOG_END).map(|text| LogFact {
        path: newest.to_string_lossy().into_owned(),
        text,
        written: self::written(&newest),
    });
    RunFacts {
        started: install.and_then(claude::started),
        written,
        handed_on: handed_on(places).iter().map(Secret::masked).collect(),
        log,
    }
}

/// The keys that the running Claude passed on to its own engine: it writes its credentials to a file, and removes
/// that when it quits (PI).
pub(super) fn handed_on(places: &Places) -> Vec<Secret> {
    let Ok(folder) = fs_err::read_dir(&places.root) else { return Vec::new() };
    let is_one = |path: &Path| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        name.starts_with("host-creds-") && name.ends_with(".json")
    };
    let files = folder.flatten().map(|entry| entry.path()).filter(|path| is_one(path)).take(MOST_FILES);
    let mut keys: Vec<Secret> = Vec::new();
    for path in files {
        let Ok(file) = fs_err::File::open(&path) else { continue };
        let mut text = Zeroizing::new(String::new());
        if file.take(LARGEST).read_to_string(&mut text).is_err() {
            continue;
        }
        let Ok(Value::Object(fields)) = serde_json::from_str(&text) else { continue };
        for (name, value) in fields {
            let name = name.to_lowercase();
            let is_key = ["token", "key", "credential", "secret"].iter().any(|word| name.contains(word));
            keys.extend(
                value.as_str().filter(|text| is_key && text.len() >= 8).map(|text| Secret::new(text.to_owned())),
            );
        }
    }
    keys
}

fn written(path: &Path) -> Option<u64> {
    let changed = fs_err::metadata(path).ok()?.modified().ok()?;
    changed.duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_claude_handed_on_is_found_and_other_files_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_scratch(folder.path()).unwrap();
        std::fs::create_dir_all(&places.root).unwrap();
        let text = r#"{"provider":"gateway","baseUrl":"https://x.example","token":"sk-handed-on-0123"}"#;
        std::fs::write(places.root.join("host-creds-1f.json"), text).unwrap();
        std::fs::write(places.root.join("other.json"), text).unwrap();
        std::fs::write(places.root.join("host-creds-2f.json"), "broken").unwrap();
        let masked: Vec<_> = handed_on(&places).iter().map(Secret::masked).collect();
        assert_eq!(masked, [Secret::new("sk-handed-on-0123".to_owned()).masked()]);
    }

    #[test]
    fn the_log_that_was_written_last_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_scratch(folder.path()).unwrap();
        let places = Places { copies: vec![places.root.join("copy")], ..places };
        let computer = crate::observe::facts(&places, None).unwrap();
        let said = || collect(&places, None, &computer).log.map(|log| log.text);
        assert_eq!(said(), None);
        // On macOS all folders have one log.
        for (age, log) in [(7200, &places.logs()[0]), (3600, places.logs().last().unwrap())] {
            fs_err::create_dir_all(log.parent().unwrap()).unwrap();
            fs_err::write(log, format!("{age}\n")).unwrap();
            let then = std::time::SystemTime::now() - std::time::Duration::from_secs(age);
            std::fs::File::options().append(true).open(log).unwrap().set_modified(then).unwrap();
        }
        assert_eq!(said().as_deref(), Some("3600\n"));
    }
}
