//! What only Windows or only macOS runs, and who looks after it.
//!
//! A line that this machine never compiles is a guess. So each function that only Windows has must be
//! reached by a test that runs under Wine, and each that only macOS has by a test that runs here, with
//! other programs in the places of the system's, and must stand in the release checklist, where a person
//! with a Mac finds what to try. The functions are listed from the source itself; one that nobody looks
//! after turns the house rules red.

mod checklist;
mod source;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};

use crate::step::root;
use source::{Function, System};

/// The packages whose functions a person runs.
const PACKAGES: [&str; 6] = [
    "src-tauri/crates/cli",
    "src-tauri/crates/core",
    "src-tauri/crates/platform",
    "src-tauri/crates/practice",
    "src-tauri/crates/rehearsal",
    "src-tauri",
];

/// Checks both systems and names whatever is left alone.
pub(crate) fn system_code() -> Result<()> {
    eprintln!("\n── what only other systems run");
    let mut functions = Vec::new();
    for package in PACKAGES {
        functions.extend(source::functions(&root().join(package))?);
    }
    let windows = only(&functions, System::Windows);
    let macos = only(&functions, System::Macos);
    let mut alone: Vec<String> = Vec::new();
    for (system, on, list) in [("Windows", System::Windows, &windows), ("macOS", System::Linux, &macos)] {
        let reached = reached(list, &functions, on);
        let left = list.iter().filter(|function| !reached.contains(&function.place()));
        alone.extend(left.map(|function| format!("{}: no test reaches this function of {system}", function.place())));
    }
    let mut by_file: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for function in &macos {
        by_file.entry(function.file.clone()).or_default().insert(function.name.clone());
    }
    let checklist = std::fs::read_to_string(root().join(checklist::PATH))?;
    alone.extend(checklist::differences(&checklist, &by_file));
    ensure!(alone.is_empty(), "functions are left alone:\n{}", alone.join("\n"));
    eprintln!("── {} functions of Windows, {} of macOS: each is reached by a test", windows.len(), macos.len());
    Ok(())
}

/// The functions that one system runs and Linux does not.
fn only(functions: &[Function], system: System) -> Vec<&Function> {
    let is_only = |function: &&Function| {
        !function.is_test && function.when.holds(system, false) && !function.when.holds(System::Linux, false)
    };
    functions.iter().filter(is_only).collect()
}

/// What the tests reach that run on a system: what a test or a reached function names that stands in the
/// same file, or, within what only that system has, in the same package. A name that a distant test
/// mentions counts for nothing else: it may be another's.
fn reached(list: &[&Function], all: &[Function], on: System) -> BTreeSet<String> {
    let places: BTreeSet<String> = list.iter().map(|function| function.place()).collect();
    let there: Vec<(&Function, String)> =
        all.iter().filter(|it| it.when.holds(on, true)).map(|it| (it, it.place())).collect();
    let mut reached: BTreeSet<String> =
        there.iter().filter(|(function, _)| function.is_test).map(|(_, place)| place.clone()).collect();
    loop {
        let leads = |(from, from_place): &(&Function, String), to: &Function, to_place: &String| {
            let is_of_the_system = places.contains(from_place) || from.is_test && !from.when.holds(System::Linux, true);
            let is_near = from.package == to.package && is_of_the_system && places.contains(to_place);
            (from.file == to.file || is_near) && from.names.contains(&to.called)
        };
        let known: Vec<&(&Function, String)> = there.iter().filter(|(_, place)| reached.contains(place)).collect();
        let more: Vec<String> = there
            .iter()
            .filter(|(to, place)| !reached.contains(place) && known.iter().any(|from| leads(from, to, place)))
            .map(|(_, place)| place.clone())
            .collect();
        if more.is_empty() {
            return reached;
        }
        reached.extend(more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, on: System, expected: &[&str]) {
        let functions = source::of_text("p", "p/lib.rs", source).unwrap();
        let list = only(&functions, on);
        let run = if on == System::Macos { System::Linux } else { on };
        let reached = reached(&list, &functions, run);
        let left: Vec<&str> =
            list.iter().filter(|it| !reached.contains(&it.place())).map(|it| it.name.as_str()).collect();
        assert_eq!(left, expected, "{source}");
    }

    #[test]
    fn a_function_that_no_test_names_is_left_alone() {
        let test = "#[cfg(test)] mod tests { #[test] fn it() { assert!(a()); } }";
        let source = "#[cfg(windows)] fn a() { b() } #[cfg(not(unix))] fn b() {} #[cfg(windows)] fn c() {} fn d() {}";
        check(&format!("{source} {test}"), System::Windows, &["c"]);
        check(source, System::Windows, &["a", "b", "c"]);
        check(&format!("{source} {test}"), System::Macos, &[]);
    }

    #[test]
    fn a_test_that_does_not_run_there_reaches_nothing() {
        let source = "#[cfg(windows)] fn a() {} #[cfg(test)] #[cfg(unix)] mod tests { #[test] fn it() { a() } }";
        check(source, System::Windows, &["a"]);
    }

    #[test]
    fn what_macos_has_is_tested_where_the_tests_run() {
        let module = "#[cfg(any(target_os = \"macos\", all(target_os = \"linux\", test)))] mod macos {
            fn a() {} fn b() {} struct S; impl Drop for S { fn drop(&mut self) { b() } }
            #[cfg(test)] mod tests { #[test] fn it() { a(); S; } } }";
        check(module, System::Macos, &[]);
        check(&module.replace("S; }", "}"), System::Macos, &["b", "drop"]);
    }
}
