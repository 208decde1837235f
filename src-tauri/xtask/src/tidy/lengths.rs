//! A file of more than 400 lines says why at its head, so that length is a decision and no drift.

use std::path::{Path, PathBuf};

use crate::step::root;

/// What needs no reason.
const MOST: usize = 400;
/// How the reason begins, in the comment at the head of the file.
const WORDS: &str = "Over 400 lines: ";
/// Files that people write; data and locks are none.
const ENDINGS: [&str; 10] = ["rs", "ts", "svelte", "css", "mjs", "js", "py", "sh", "nsi", "yml"];

/// The files that are too long without a reason, one line each, and the length of the one in the middle.
pub(super) fn breaches(files: &[PathBuf]) -> (Vec<String>, usize) {
    let (mut breaches, mut lengths) = (Vec::new(), Vec::new());
    for file in files.iter().filter(|file| is_written(file)) {
        let Ok(text) = std::fs::read_to_string(root().join(file)) else { continue };
        let length = text.lines().count();
        lengths.push(length);
        if length > MOST && !has_reason(&text) {
            let path = file.display();
            breaches.push(format!("{path}: {length} lines: split it, or say why at its head: `{WORDS}…`"));
        }
    }
    (breaches, median(lengths))
}

fn is_written(file: &Path) -> bool {
    file.extension().is_some_and(|ending| ENDINGS.iter().any(|it| ending == *it))
}

/// True where the first comment of the file has a line that begins with the words and goes on.
fn has_reason(text: &str) -> bool {
    let is_head = |line: &&str| ["//", "#", "/*", "*", "<!--", "\"\"\"", ";"].iter().any(|sign| line.starts_with(sign));
    let head = text.lines().map(str::trim).take_while(is_head);
    head.filter_map(|line| line.split_once(WORDS)).any(|(_, reason)| reason.len() > 10)
}

fn median(mut lengths: Vec<usize>) -> usize {
    lengths.sort_unstable();
    lengths.get(lengths.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_stands_in_the_first_comment() {
        for head in [
            "//! What it is.\n//!\n//! Over 400 lines: one table, read as a whole.\n",
            "// Over 400 lines: one table, read as a whole.\n",
            "#!/usr/bin/env python3\n# Over 400 lines: one table, read as a whole.\n",
        ] {
            assert!(has_reason(&format!("{head}\ncode\n")), "{head}");
        }
        for head in ["code\n// Over 400 lines: one table, read as a whole.\n", "// Over 400 lines: \n", "// A table.\n"]
        {
            assert!(!has_reason(head), "{head}");
        }
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!((median(vec![9, 1, 5]), median(Vec::new())), (5, 0));
    }
}
