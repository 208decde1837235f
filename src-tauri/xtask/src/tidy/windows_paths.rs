//! Code for Windows compares paths in one place only: one file has many spellings there, and a comparison by bytes
//! takes them for different files.
//!
//! What is a path is not known from the text of a source alone. So these signs are searched for: the methods of a path
//! that compare (`starts_with`, `ends_with`, `strip_prefix`) on anything but a text, and `==` or `!=` beside a name or
//! method that gives a path. A comparison of texts begins with a quoted text or a letter in the brackets; a comparison
//! of two variables whose names say nothing is not seen.

use std::path::{Path, PathBuf};

use crate::step::root;

/// Where only Windows is.
const PLACE: &str = "src-tauri/crates/platform/src/sys/windows/";
/// The one place that may compare them.
const ALLOWED: &str = "src-tauri/crates/platform/src/sys/windows/paths.rs";
/// Methods that compare the beginning or the end of a path, or of a text.
const METHODS: [&str; 3] = [".starts_with(", ".ends_with(", ".strip_prefix("];
/// What gives a path, beside a sign that compares.
const PATHS: [&str; 8] = ["path", "folder", "program", "launcher", "exe", "parent()", "file_name()", "as_os_str()"];

/// The comparisons that are not in their place, one line each.
pub(super) fn breaches(files: &[PathBuf]) -> Vec<String> {
    let of_windows = files.iter().filter(|file| is_of_windows(file));
    of_windows
        .flat_map(|file| {
            let text = std::fs::read_to_string(root().join(file)).unwrap_or_default();
            compared(&text)
                .into_iter()
                .map(|line| format!("{}:{line}: paths of Windows are compared in {ALLOWED} only", file.display()))
        })
        .collect()
}

fn is_of_windows(file: &Path) -> bool {
    let name = file.to_string_lossy().replace('\\', "/");
    name.starts_with(PLACE) && name.ends_with(".rs") && name != ALLOWED
}

/// The numbers of the lines outside of tests that compare paths.
fn compared(source: &str) -> Vec<usize> {
    let end = source.find("#[cfg(test)]\nmod tests").unwrap_or(source.len());
    let lines = source[..end].lines().enumerate();
    lines.filter(|(_, line)| compares(line)).map(|(number, _)| number + 1).collect()
}

fn compares(line: &str) -> bool {
    let code = line.trim_start();
    if code.starts_with("//") {
        return false;
    }
    let by_method = METHODS.iter().any(|method| {
        code.match_indices(method).any(|(at, _)| !code[at + method.len()..].starts_with(['"', '\'', 'r', '[']))
    });
    by_method
        || [" == ", " != "].iter().any(|sign| code.match_indices(sign).any(|(at, _)| is_beside_path(code, at, sign)))
}

fn is_beside_path(code: &str, at: usize, sign: &str) -> bool {
    let is_apart = |letter: char| letter.is_whitespace() || ['&', '|', '!', ',', ';', '{', '}'].contains(&letter);
    let left = code[..at].rsplit(is_apart).next().unwrap_or_default();
    let right = code[at + sign.len()..].trim_start_matches('&').split(is_apart).next().unwrap_or_default();
    let right = right.trim_end_matches(')');
    let names_path = |text: &str| {
        let last = text.rsplit(['.', ':', '(']).next().unwrap_or_default();
        PATHS
            .iter()
            .any(|path| last == *path || last.ends_with(&format!("_{path}")) || text.ends_with(&format!(".{path}")))
    };
    names_path(left) || names_path(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: bool) {
        assert_eq!(compares(line), expected, "{line}");
    }

    #[test]
    fn paths_that_are_compared_are_found() {
        check("if exe == install.program {", true);
        check("found.path.starts_with(&folder)", true);
        check("program.strip_prefix(folder).ok()", true);
        check("path.parent() == Some(other)", true);
        check("a && install.launcher != *exe_path", true);
    }

    #[test]
    fn texts_and_numbers_are_no_paths() {
        check(r#"name.starts_with("Claude_")"#, false);
        check("name.strip_prefix('_')", false);
        check("length == 0 || answer != APPMODEL_ERROR_NO_PACKAGE", false);
        check("// path == other", false);
        check("build == Some(17763)", false);
    }

    #[test]
    fn tests_may_compare_as_they_like() {
        assert_eq!(
            compared("fn a() {\n  exe == program\n}\n#[cfg(test)]\nmod tests { fn b() { exe == program } }"),
            [2]
        );
    }

    #[test]
    fn only_code_of_windows_is_looked_at() {
        assert!(is_of_windows(Path::new("src-tauri/crates/platform/src/sys/windows/install.rs")));
        assert!(!is_of_windows(Path::new("src-tauri/crates/platform/src/sys/unix.rs")));
        assert!(!is_of_windows(Path::new(ALLOWED)));
    }
}
