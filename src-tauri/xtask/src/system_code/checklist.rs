//! The release checklist: which functions of macOS it knows.
//!
//! They stand there in a table, a row each file: the file in the first cell, its functions in the second,
//! the step by which a person tries them in the third.

use std::collections::{BTreeMap, BTreeSet};

/// Where it is.
pub(super) const PATH: &str = "docs/release-checklist.md";

/// What the table leaves out, and what it names that is not there any more.
pub(super) fn differences(text: &str, functions: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let listed = listed(text);
    let mut found = Vec::new();
    for (file, names) in functions {
        let empty = BTreeSet::new();
        let known = listed.get(file).unwrap_or(&empty);
        found.extend(names.difference(known).map(|name| format!("{file}: {name} is not in {PATH}")));
    }
    for (file, names) in &listed {
        let there = |name: &&String| functions.get(file).is_some_and(|names| names.contains(*name));
        found.extend(names.iter().filter(|name| !there(name)).map(|name| format!("{PATH}: {file} has no {name}")));
    }
    found
}

/// The rows that tell a source file and a step of the list.
fn listed(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut listed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in text.lines() {
        let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
        let [file, functions, step] = cells[..] else { continue };
        if let Some(file) = quoted(file).next().filter(|file| file.ends_with(".rs"))
            && is_step(text, step)
        {
            listed.entry(file.to_owned()).or_default().extend(quoted(functions).map(str::to_owned));
        }
    }
    listed
}

/// A step that has its own line in the list, such as `**M4**`.
fn is_step(text: &str, cell: &str) -> bool {
    !cell.is_empty() && cell.split(", ").all(|step| text.contains(&format!("**{step}**")))
}

/// What stands between back quotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str =
        "- **M1** Do it.\n\n| File | Functions | Step |\n|---|---|---|\n| `a.rs` | `one`, `two` | M1 |\n";

    #[track_caller]
    fn check(list: &str, functions: &[&str], expected: &[&str]) {
        let names = functions.iter().map(|&name| name.to_owned()).collect();
        let functions = BTreeMap::from([("a.rs".to_owned(), names)]);
        assert_eq!(differences(list, &functions), expected);
    }

    #[test]
    fn the_table_must_say_what_the_source_says() {
        check(LIST, &["one", "two"], &[]);
        check(LIST, &["one", "two", "three"], &["a.rs: three is not in docs/release-checklist.md"]);
        check(LIST, &["one"], &["docs/release-checklist.md: a.rs has no two"]);
    }

    #[test]
    fn a_row_without_a_step_that_is_described_counts_for_nothing() {
        let list = LIST.replace("| M1 |", "| M2 |");
        check(&list, &["one"], &["a.rs: one is not in docs/release-checklist.md"]);
    }
}
