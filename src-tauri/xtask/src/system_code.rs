//! What only Windows or only macOS runs, and who looks after it.
//!
//! A line that this machine never compiles is a guess. So each function that only Windows has must be
//! reached by a test that runs under Wine, and each that only macOS has by a test that runs here, with
//! other programs in the places of the system's, and must stand in the release checklist, where a person
//! with a Mac finds what to try. The functions are listed from the source itself; one that nobody looks
//! after turns the house rules red.

mod calls;
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

/// What the tests reach that run on a system: what a test or a reached function calls that stands in the
/// same file, or, within what only that system has or only tests use, in the same package. A name that a distant
/// test calls counts for nothing else: it may be another's. A test that cannot fail reaches nothing.
fn reached(list: &[&Function], all: &[Function], on: System) -> BTreeSet<String> {
    let places: BTreeSet<String> = list.iter().map(|function| function.place()).collect();
    let there: Vec<(&Function, String)> =
        all.iter().filter(|it| it.when.holds(on, true)).map(|it| (it, it.place())).collect();
    let mut reached: BTreeSet<String> = there
        .iter()
        .filter(|(function, _)| function.is_marked && can_fail(function, all))
        .map(|(_, place)| place.clone())
        .collect();
    loop {
        let leads = |(from, from_place): &(&Function, String), to: &Function, to_place: &String| {
            let is_of_the_system = places.contains(from_place) || from.is_test && !from.when.holds(System::Linux, true);
            let is_known = places.contains(to_place) || to.is_test && !to.is_marked;
            let is_near = from.package == to.package && is_of_the_system && is_known;
            (from.file == to.file || is_near) && from.calls.names.contains(&to.called)
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

/// Whether a test can fail: by itself, or by a function for tests in the same file that it calls.
fn can_fail(test: &Function, all: &[Function]) -> bool {
    let helpers = all.iter().filter(|it| it.is_test && !it.is_marked && it.file == test.file);
    test.calls.can_fail || helpers.clone().any(|it| it.calls.can_fail && test.calls.names.contains(&it.called))
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
    fn a_function_that_no_test_calls_is_left_alone() {
        let test = "#[cfg(test)] mod tests { #[test] fn it() { assert!(a()); } }";
        let source = "#[cfg(windows)] fn a() { b() } #[cfg(not(unix))] fn b() {} #[cfg(windows)] fn c() {} fn d() {}";
        check(&format!("{source} {test}"), System::Windows, &["c"]);
        check(source, System::Windows, &["a", "b", "c"]);
        check(&format!("{source} {test}"), System::Macos, &[]);
    }

    #[test]
    fn a_test_that_does_not_run_there_reaches_nothing() {
        let source =
            "#[cfg(windows)] fn a() {} #[cfg(test)] #[cfg(unix)] mod tests { #[test] fn it() { assert!(a()) } }";
        check(source, System::Windows, &["a"]);
    }

    #[test]
    fn only_calls_of_tests_that_can_fail_count() {
        let test = |body: &str| {
            format!(
                "#[cfg(windows)] fn a() {{}} #[cfg(test)] mod tests {{ fn check() {{ assert!(b) }}
                #[test] fn it() {{ {body} }} }}"
            )
        };
        for body in ["a();", "let _ = a; assert!(b)", "assert!(b, \"a()\")", "use super::a; assert!(b)", "let _ = a();"]
        {
            check(&test(body), System::Windows, &["a"]);
        }
        for body in ["assert!(a())", "a().unwrap()", "a(); check()", "assert!(c(a))", "a()?;"] {
            check(&test(body), System::Windows, &[]);
        }
    }

    #[test]
    fn a_helper_counts_when_a_test_calls_it() {
        let source =
            "#[cfg(windows)] fn a() {} #[cfg(test)] mod tests { fn check() { assert!(a()) } #[test] fn it() { } }";
        check(source, System::Windows, &["a"]);
        check(&source.replace("it() { }", "it() { check() }"), System::Windows, &[]);
    }

    #[test]
    fn what_macos_has_is_tested_where_the_tests_run() {
        let module = "#[cfg(any(target_os = \"macos\", all(target_os = \"linux\", test)))] mod macos {
            fn a() {} fn b() {} struct S; impl Drop for S { fn drop(&mut self) { b() } }
            #[cfg(test)] mod tests { #[test] fn it() { assert!(a()); drop(S); } } }";
        check(module, System::Macos, &[]);
        check(&module.replace("drop(S); }", "}"), System::Macos, &["b", "drop"]);
    }
}
