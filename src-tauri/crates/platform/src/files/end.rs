//! The end of a long text file.

use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// The end of a text file; nothing if there is none.
pub(crate) fn end_of(path: &Path, most: u64) -> Option<String> {
    let mut file = fs_err::File::open(path).ok()?;
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
        assert_eq!(end_of(&path, 10), None);
        std::fs::write(&path, "0123456789abc").unwrap();
        assert_eq!(end_of(&path, 3).as_deref(), Some("abc"));
        assert_eq!(end_of(&path, 99).as_deref(), Some("0123456789abc"));
    }
}
