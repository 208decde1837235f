//! What must not be in the programs that people install: faults on purpose, the stand-in Claude, the
//! scenarios for training. They are in the rehearsal programs only.

use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::floor::PROGRAMS;

/// Texts that tell such a program, each with what it stands for.
pub(crate) const MARKERS: [(&str, &str); 3] = [
    ("a fault injection hook must not write files", "faults on purpose"),
    ("practice-claude", "the stand-in Claude"),
    ("gateway.practice.invalid", "the practice gateway"),
];

/// Checks the built programs of a folder, and prints their sizes in bytes.
pub(crate) fn check(folder: &Path) -> Result<()> {
    for name in PROGRAMS {
        let path = folder.join(name).with_extension(std::env::consts::EXE_EXTENSION);
        let bytes = std::fs::read(&path).with_context(|| format!("no {}", path.display()))?;
        eprintln!("── {name}: {} bytes", bytes.len());
        let found = found(&bytes);
        ensure!(found.is_empty(), "{name} is not to be shipped, it has: {}", found.join(", "));
    }
    Ok(())
}

/// What of it is in a program.
pub(crate) fn found(program: &[u8]) -> Vec<&'static str> {
    let has = |text: &str| program.windows(text.len()).any(|part| part == text.as_bytes());
    MARKERS.iter().filter(|(text, _)| has(text)).map(|(_, what)| *what).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::step::root;

    #[test]
    fn each_marker_stands_in_the_code_that_it_tells_of() {
        for (text, file) in MARKERS.iter().map(|(text, _)| text).zip([
            "src-tauri/crates/platform/src/fault_injection.rs",
            "src-tauri/crates/platform/src/sandbox.rs",
            "src-tauri/crates/practice/src/way.rs",
        ]) {
            let source = std::fs::read_to_string(root().join(file)).unwrap();
            assert!(source.contains(text), "{text} is not in {file}");
        }
    }

    #[test]
    fn a_program_with_a_marker_is_named() {
        assert_eq!(found(b"\x7fELF \0 practice-claude \0"), ["the stand-in Claude"]);
        assert_eq!(found(b"\x7fELF \0 nothing \0"), Vec::<&str>::new());
    }
}
