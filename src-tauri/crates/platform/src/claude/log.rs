//! Reads the lines that were added to Claude's log since a recorded position, so that old lines prove nothing.
//!
//! Claude's logs rotate (PI: `main.old.log`, `main*.log`, `main.log.*`): the file is renamed and a new one begins. So
//! the file is found again by its identity on the disk, whatever its name.

use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use fs_err::File;

use crate::sys;

/// Maximum that is read of a log at once, in bytes.
const MOST: u64 = 4 * 1024 * 1024;
/// Maximum number of files in a log folder that are examined.
const MOST_FILES: usize = 200;

/// A position in a log.
#[derive(Debug, Clone)]
pub struct LogPosition {
    path: PathBuf,
    identity: Option<(u64, u64)>,
    length: u64,
}

impl LogPosition {
    /// The present end of a log, which need not exist yet.
    pub fn at_end(path: &Path) -> Self {
        let file = File::open(path).ok();
        Self {
            path: path.to_owned(),
            identity: file.as_ref().and_then(|file| sys::identity(file.file())),
            length: file.and_then(|file| file.metadata().ok()).map_or(0, |meta| meta.len()),
        }
    }

    /// The beginning of a log, to read about earlier starts.
    pub fn at_beginning(path: &Path) -> Self {
        Self { length: 0, ..Self::at_end(path) }
    }

    /// What was appended since, in the same file and in the one that replaced it by rotation. A log that was
    /// truncated is read from its beginning. Empty if nothing can be read.
    pub fn appended(&self) -> String {
        let Some(file) = File::open(&self.path).ok() else { return self.appended_before_rotation() };
        let Some(length) = length(&file) else { return String::new() };
        if sys::identity(file.file()) == self.identity {
            return from(file, if length >= self.length { self.length } else { 0 });
        }
        self.appended_before_rotation() + &from(file, 0)
    }

    /// What was appended to the original file, which has been renamed since.
    fn appended_before_rotation(&self) -> String {
        let Some(identity) = self.identity else { return String::new() };
        let renamed = rotated(&self.path).into_iter().filter_map(|path| File::open(path).ok());
        let file = renamed.into_iter().find(|file| sys::identity(file.file()) == Some(identity));
        file.filter(|file| length(file).is_some_and(|length| length >= self.length))
            .map_or_else(String::new, |file| from(file, self.length))
    }
}

/// The last `most` bytes of a log. If the log is shorter, the end of the file before its rotation is put in front.
pub(crate) fn read_tail(path: &Path, most: u64) -> Option<String> {
    let text = crate::files::read_tail(path, most);
    let missing = most.saturating_sub(text.as_ref().map_or(0, |text| text.len() as u64));
    let changed =
        |path: &PathBuf| fs_err::metadata(path).and_then(|meta| meta.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    let before = rotated(path).into_iter().filter(|_| missing > 0).max_by_key(changed);
    let before = before.and_then(|path| crate::files::read_tail(&path, missing));
    match (before, text) {
        (None, text) => text,
        (Some(before), text) => Some(before + &text.unwrap_or_default()),
    }
}

/// The files beside a log that had its name before they were rotated.
fn rotated(path: &Path) -> Vec<PathBuf> {
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let own = name(path);
    let Some(folder) = path.parent().and_then(|folder| fs_err::read_dir(folder).ok()) else { return Vec::new() };
    let files = folder.flatten().take(MOST_FILES).map(|entry| entry.path());
    files.filter(|path| name(path) != own && airouter_core::claude_report::is_log(&name(path))).collect()
}

fn length(file: &File) -> Option<u64> {
    file.metadata().ok().map(|meta| meta.len())
}

fn from(mut file: File, place: u64) -> String {
    let mut bytes = Vec::new();
    if file.seek(SeekFrom::Start(place)).is_err() || file.take(MOST).read_to_end(&mut bytes).is_err() {
        return String::new();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_new_lines_count() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("main.log");
        let absent = LogPosition::at_end(&path);
        std::fs::write(&path, "old\n").unwrap();
        assert_eq!(absent.appended(), "old\n");
        let mark = LogPosition::at_end(&path);
        assert_eq!(mark.appended(), "");
        std::fs::write(&path, "old\nnew\n").unwrap();
        assert_eq!(mark.appended(), "new\n");
    }

    #[test]
    fn a_rotated_log_is_read_on_under_its_new_name_and_its_successor_from_the_beginning() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("main.log");
        std::fs::write(&path, "a long old log\n").unwrap();
        let mark = LogPosition::at_end(&path);
        std::fs::write(&path, "a long old log\nnew\n").unwrap();
        std::fs::rename(&path, folder.path().join("main.old.log")).unwrap();
        assert_eq!(mark.appended(), "new\n");
        std::fs::write(folder.path().join("main1.log"), "somebody else's, and longer than the old one\n").unwrap();
        std::fs::write(&path, "a new and even longer log\n").unwrap();
        assert_eq!(mark.appended(), "new\na new and even longer log\n");
    }

    #[test]
    fn the_end_of_a_log_reaches_back_over_its_rotation() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("main.log");
        assert_eq!(read_tail(&path, 100), None);
        std::fs::write(folder.path().join("main.log.1"), "before\n").unwrap();
        std::fs::write(folder.path().join("other.log"), "of another\n").unwrap();
        std::fs::write(&path, "now\n").unwrap();
        assert_eq!(read_tail(&path, 100).as_deref(), Some("before\nnow\n"));
        assert_eq!(read_tail(&path, 4).as_deref(), Some("now\n"));
    }
}
