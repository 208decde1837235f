//! The archive: written so that equal contents give equal bytes, opened so that nothing in it can exhaust
//! the memory.

use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// The most files that are read.
const MOST_ENTRIES: usize = 512;
/// The largest file that is unpacked, in bytes.
const LARGEST_ENTRY: u64 = 4 * 1024 * 1024;
/// The most that is unpacked from one archive, in bytes.
const MOST_BYTES: u64 = 32 * 1024 * 1024;

/// Why an archive was not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArchiveError {
    /// It is not an archive, or a broken one.
    NotAnArchive,
    /// It exceeds a limit.
    TooLarge,
}

/// Packs files in the given order, without times. Nothing is compressed: a report is small, and the bytes must
/// not depend on a library's version.
pub(super) fn seal(entries: &[(String, Vec<u8>)]) -> zip::result::ZipResult<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o600);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(name.as_str(), options)?;
        writer.write_all(bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// The files of an archive whose names are wanted. The sizes that an archive declares are not trusted:
/// reading stops at the limits.
///
/// # Errors
/// [`ArchiveError`]
pub fn open(bytes: &[u8], wanted: impl Fn(&str) -> bool) -> Result<Vec<(String, Vec<u8>)>, ArchiveError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| ArchiveError::NotAnArchive)?;
    if archive.len() > MOST_ENTRIES {
        return Err(ArchiveError::TooLarge);
    }
    let mut entries = Vec::new();
    let mut left = MOST_BYTES;
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(|_| ArchiveError::NotAnArchive)?;
        let name = file.name().map_err(|_| ArchiveError::NotAnArchive)?.into_owned();
        if file.is_dir() || !wanted(&name) {
            continue;
        }
        let limit = left.min(LARGEST_ENTRY);
        let mut content = Vec::new();
        file.take(limit + 1).read_to_end(&mut content).map_err(|_| ArchiveError::NotAnArchive)?;
        if content.len() as u64 > limit {
            return Err(ArchiveError::TooLarge);
        }
        left -= content.len() as u64;
        entries.push((name, content));
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_comes_out_again_and_equal_contents_give_equal_bytes() {
        let entries = vec![("a/b.txt".to_owned(), b"one".to_vec()), ("c".to_owned(), Vec::new())];
        let sealed = seal(&entries).unwrap();
        assert_eq!(sealed, seal(&entries).unwrap());
        assert_eq!(open(&sealed, |_| true).unwrap(), entries);
        assert_eq!(open(&sealed, |name| name == "c").unwrap().len(), 1);
        assert_eq!(open(b"PK\x03\x04 not really", |_| true), Err(ArchiveError::NotAnArchive));
    }

    #[test]
    fn an_archive_that_unpacks_to_too_much_is_not_opened() {
        let packed = |count: usize, size: usize| {
            let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
            let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
            for index in 0..count {
                writer.start_file(format!("{index}.txt"), options).unwrap();
                writer.write_all(&vec![b'0'; size]).unwrap();
            }
            writer.finish().unwrap().into_inner()
        };
        let bomb = packed(1, LARGEST_ENTRY as usize + 1);
        assert!(bomb.len() < 64 * 1024, "a bomb is small: {}", bomb.len());
        assert_eq!(open(&bomb, |_| true), Err(ArchiveError::TooLarge));
        assert_eq!(open(&bomb, |_| false).unwrap(), Vec::new());
        assert_eq!(open(&packed(MOST_ENTRIES + 1, 1), |_| true), Err(ArchiveError::TooLarge));
        assert_eq!(open(&packed(1, 1000), |_| true).unwrap()[0].1.len(), 1000);
    }
}
