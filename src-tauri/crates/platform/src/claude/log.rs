//! Claude's log, read from where it stood before the start, so that old lines prove nothing.

use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::sys;

/// Most that is read of a log at once, in bytes.
const MOST: u64 = 4 * 1024 * 1024;

/// A place in a log.
#[derive(Debug, Clone)]
pub struct Mark {
    path: PathBuf,
    identity: Option<(u64, u64)>,
    length: u64,
}

impl Mark {
    /// Remembers where a log ends now; it may not be there yet.
    pub fn at_end(path: &Path) -> Self {
        let file = fs_err::File::open(path).ok();
        Self {
            path: path.to_owned(),
            identity: file.as_ref().and_then(|file| sys::identity(file.file())),
            length: file.and_then(|file| file.metadata().ok()).map_or(0, |meta| meta.len()),
        }
    }

    /// The beginning of a log, for what it says of earlier starts.
    pub fn at_beginning(path: &Path) -> Self {
        Self { length: 0, ..Self::at_end(path) }
    }

    /// What was appended since. A log that was rotated or cut is read from its beginning.
    pub fn appended(&self) -> String {
        let Ok(mut file) = fs_err::File::open(&self.path) else { return String::new() };
        let Ok(meta) = file.metadata() else { return String::new() };
        let is_same = sys::identity(file.file()) == self.identity && meta.len() >= self.length;
        let from = if is_same { self.length } else { 0 };
        let mut bytes = Vec::new();
        if file.seek(SeekFrom::Start(from)).is_err() || file.take(MOST).read_to_end(&mut bytes).is_err() {
            return String::new();
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_new_lines_count() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("main.log");
        let absent = Mark::at_end(&path);
        std::fs::write(&path, "old\n").unwrap();
        assert_eq!(absent.appended(), "old\n");
        let mark = Mark::at_end(&path);
        assert_eq!(mark.appended(), "");
        std::fs::write(&path, "old\nnew\n").unwrap();
        assert_eq!(mark.appended(), "new\n");
    }

    #[test]
    fn a_rotated_log_is_read_from_its_beginning() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("main.log");
        std::fs::write(&path, "a long old log\n").unwrap();
        let mark = Mark::at_end(&path);
        std::fs::rename(&path, folder.path().join("main.old.log")).unwrap();
        std::fs::write(&path, "a new and even longer log\n").unwrap();
        assert_eq!(mark.appended(), "a new and even longer log\n");
    }
}
