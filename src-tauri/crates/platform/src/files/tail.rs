//! The end of a long text file.

use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use super::patience::{Operation, patiently};

/// The last `most` bytes of a text file, with invalid UTF-8 replaced; `None` if the file cannot be read.
pub(crate) fn read_tail(path: &Path, most: u64) -> Option<String> {
    let mut file = patiently(Operation::Open, || fs_err::File::open(path)).ok()?;
    let length = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(most))).ok()?;
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_log_is_read_and_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("main.log");
        assert_eq!(read_tail(&path, 10), None);
        std::fs::write(&path, "0123456789abc").unwrap();
        assert_eq!(read_tail(&path, 3).as_deref(), Some("abc"));
        assert_eq!(read_tail(&path, 99).as_deref(), Some("0123456789abc"));
    }
}
