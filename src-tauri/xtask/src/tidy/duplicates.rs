//! No run of equal lines stands twice in the product: what is needed in two places is a function.
//!
//! Lines are compared without the white space around them. Comments, attributes, imports and lines of at most
//! one word (a brace, a variant, an entry of a list) are passed over, because they are equal for other reasons
//! than copying. Tests, generated files and the tables of words are not looked at.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::step::root;

/// From this number of lines on, a run counts as copied.
const LONGEST_ALLOWED: usize = 5;
/// The folders of the product.
const PRODUCT: [&str; 2] = ["src-tauri/", "ui/src/"];
/// What is generated, or is made of texts.
const LEFT_OUT: [&str; 2] = ["ui/src/lib/bindings/", "ui/src/lib/words/"];
/// The two sides share no code, so that the stand-in does not agree with the program's own mistakes.
const INDEPENDENT: (&str, [&str; 2]) =
    ("src-tauri/crates/practice/", ["src-tauri/crates/core/", "src-tauri/crates/platform/"]);

/// A file of the product with the lines that count, each with its number from 1.
struct Source {
    path: String,
    lines: Vec<(usize, String)>,
}

/// Two places with the same lines.
#[derive(Debug, PartialEq, Eq)]
struct Copied {
    places: [(String, usize); 2],
    lines: usize,
}

/// Every run that stands twice, one line each.
pub(super) fn breaches(files: &[PathBuf]) -> Vec<String> {
    let sources: Vec<Source> = files
        .iter()
        .filter_map(|file| {
            let path = file.to_string_lossy().replace('\\', "/");
            let text = if is_product(&path) { std::fs::read_to_string(root().join(file)).ok()? } else { return None };
            Some(Source { lines: lines(&text, is_rust(&path)), path })
        })
        .collect();
    let told = |Copied { places: [(one, at), (other, there)], lines }: Copied| {
        format!("{one}:{at} and {other}:{there}: the same {lines} lines; make them one function")
    };
    copied(&sources).into_iter().map(told).collect()
}

fn is_rust(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|ending| ending == "rs")
}

/// True for a source file of the program or of its tools; not for tests.
fn is_product(path: &str) -> bool {
    let is_source = if is_rust(path) { path.contains("/src/") } else { path.starts_with("ui/src/") };
    let has_ending = ["rs", "ts", "svelte", "css"].iter().any(|ending| path.ends_with(&format!(".{ending}")));
    let is_test = path.contains("/tests/") || path.ends_with("/tests.rs") || path.ends_with(".test.ts");
    let is_left_out = LEFT_OUT.iter().any(|folder| path.starts_with(folder));
    is_source && has_ending && !is_test && !is_left_out && PRODUCT.iter().any(|folder| path.starts_with(folder))
}

/// The lines that count, without what only tests see.
fn lines(text: &str, is_rust: bool) -> Vec<(usize, String)> {
    let mut kept = Vec::new();
    let mut all = text.lines().enumerate();
    let (mut in_comment, mut in_import) = (false, false);
    while let Some((at, line)) = all.next() {
        let bare = line.trim();
        if is_rust && bare.starts_with("#[cfg(") && bare.contains("test") {
            pass_over_item(line, &mut all);
            continue;
        }
        if in_comment || bare.starts_with("/*") || bare.starts_with("<!--") {
            in_comment = !(bare.ends_with("*/") || bare.ends_with("-->"));
            continue;
        }
        if in_import || ["use ", "pub use ", "pub(crate) use ", "import "].iter().any(|word| bare.starts_with(word)) {
            in_import = !(bare.ends_with(';'));
            continue;
        }
        let is_trivial = ["//", "#[", "#!["].iter().any(|start| bare.starts_with(start))
            || is_one_word(bare)
            || ["mod ", "pub mod ", "pub(crate) mod "].iter().any(|word| bare.starts_with(word));
        if !is_trivial {
            kept.push((at + 1, bare.to_owned()));
        }
    }
    kept
}

/// True for `}`, `Done,`, `"done",` and the like.
fn is_one_word(line: &str) -> bool {
    line.chars().all(|sign| sign.is_alphanumeric() || "_-\"',;{}[]()".contains(sign)) && !line.contains("();")
}

/// Passes over the item after an attribute: to its end at the attribute's own indentation, where rustfmt puts it.
fn pass_over_item<'a>(attribute: &str, rest: &mut impl Iterator<Item = (usize, &'a str)>) {
    let indentation = |line: &str| line.len() - line.trim_start().len();
    for (_, line) in rest {
        let is_own = indentation(line) == indentation(attribute) && !line.trim_start().starts_with("#[");
        if is_own && (line.ends_with(';') || line.ends_with('}') || line.ends_with(',')) {
            return;
        }
    }
}

/// All runs of more lines than are allowed that stand in two places. Each is told once, at its whole length.
fn copied(sources: &[Source]) -> Vec<Copied> {
    let least = LONGEST_ALLOWED + 1;
    let same = |(one, at): (usize, usize), (other, there): (usize, usize)| {
        let (one, other) = (sources[one].lines.get(at), sources[other].lines.get(there));
        one.zip(other).is_some_and(|((_, one), (_, other))| one == other)
    };
    let mut seen: BTreeMap<Vec<&str>, Vec<(usize, usize)>> = BTreeMap::new();
    let mut found = Vec::new();
    for (file, source) in sources.iter().enumerate() {
        for at in 0..(source.lines.len() + 1).saturating_sub(least) {
            let window: Vec<&str> = source.lines[at..at + least].iter().map(|(_, line)| line.as_str()).collect();
            let places = seen.entry(window).or_default();
            for &(other, there) in places.iter() {
                let is_begun = at > 0 && there > 0 && same((file, at - 1), (other, there - 1));
                let overlaps = file == other && at < there + least;
                if is_begun || overlaps || is_allowed(&source.path, &sources[other].path) {
                    continue;
                }
                let further = (least..).take_while(|further| same((file, at + further), (other, there + further)));
                let place = |file: usize, at: usize| (sources[file].path.clone(), sources[file].lines[at].0);
                found.push(Copied { places: [place(other, there), place(file, at)], lines: least + further.count() });
            }
            places.push((file, at));
        }
    }
    found
}

/// True where equal lines are no copy: in two languages, or in the stand-in and in what it stands against.
fn is_allowed(one: &str, other: &str) -> bool {
    let (stand_in, program) = INDEPENDENT;
    let is_pair =
        |one: &str, other: &str| one.starts_with(stand_in) && program.iter().any(|folder| other.starts_with(folder));
    is_rust(one) != is_rust(other) || is_pair(one, other) || is_pair(other, one)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIX: &str = "let a = first(1);\nlet b = second(a);\nlet c = third(b);\nlet d = fourth(c);\nlet e = fifth(d);\nlet f = sixth(e);\n";

    fn of(texts: &[(&str, &str)]) -> Vec<Copied> {
        let source =
            |(path, text): &(&str, &str)| Source { path: (*path).to_owned(), lines: lines(text, is_rust(path)) };
        copied(&texts.iter().map(source).collect::<Vec<_>>())
    }

    #[test]
    fn six_copied_lines_are_found_whatever_stands_between_them() {
        let indented = SIX.replace('\n', "\n\n    // another reason\n        ");
        let other = format!("fn other() {{\n{indented}more();\n}}\n");
        let expected = Copied { places: [("a.rs".to_owned(), 1), ("b.rs".to_owned(), 2)], lines: 6 };
        assert_eq!(of(&[("a.rs", SIX), ("b.rs", &other)]), [expected]);
    }

    #[test]
    fn a_longer_run_is_told_once() {
        let longer = format!("{SIX}let g = seventh(f);\nlet h = eighth(g);\n");
        let found = of(&[("a.rs", &longer), ("b.rs", &format!("before();\n{longer}"))]);
        assert_eq!(found.iter().map(|copied| copied.lines).collect::<Vec<_>>(), [8]);
    }

    #[test]
    fn a_run_that_stands_twice_in_one_file_is_found() {
        assert_eq!(of(&[("a.ts", &format!("{SIX}between();\n{SIX}"))]).len(), 1);
    }

    #[test]
    fn five_lines_are_few_enough() {
        let five = SIX.rsplit_once("let f").expect("six lines").0;
        assert_eq!(of(&[("a.rs", five), ("b.rs", five)]), []);
    }

    #[test]
    fn tests_imports_comments_and_braces_do_not_count() {
        let inner = SIX.replace("let", "        let");
        let test = format!("#[cfg(test)]\nmod tests {{\n    fn f() {{\n{inner}    }}\n}}\n");
        assert_eq!(of(&[("a.rs", &test), ("b.rs", SIX)]), []);
        let imports =
            "use a::{\n    b,\n    c,\n    d,\n    e,\n    f,\n};\n// one\n/* two\n three\n four */\n#[five]\n}\n";
        assert_eq!(lines(imports, true), []);
        assert_eq!(lines(&format!("{test}let x = 1;\n"), true), [(12, "let x = 1;".to_owned())]);
    }

    #[test]
    fn one_word_a_line_is_a_list() {
        let list = "Proved,\nWritten,\n\"undo\",\n'models',\n},\nlast\n";
        assert_eq!(lines(list, true), []);
        assert_eq!(lines("go();\nlet a = 1;\n", true).len(), 2);
    }

    #[test]
    fn another_language_is_no_place_to_share_code_with() {
        assert_eq!(of(&[("a.rs", SIX), ("b.ts", SIX)]), []);
    }

    #[test]
    fn the_stand_in_may_say_the_same_as_the_program() {
        let (stand_in, core) = ("src-tauri/crates/practice/src/a.rs", "src-tauri/crates/core/src/a.rs");
        assert_eq!(of(&[(stand_in, SIX), (core, SIX)]), []);
        assert_eq!(of(&[(stand_in, SIX), ("src-tauri/crates/practice/src/b.rs", SIX)]).len(), 1);
    }

    #[test]
    fn only_the_product_is_looked_at() {
        for path in ["src-tauri/src/main.rs", "src-tauri/xtask/src/main.rs", "ui/src/App.svelte"] {
            assert!(is_product(path), "{path}");
        }
        for path in [
            "src-tauri/crates/core/src/undo/tests/rounds.rs",
            "src-tauri/tests/leaks.rs",
            "ui/src/lib/words/en.ts",
            "ui/src/lib/bindings/Plan.ts",
            "ui/tests/node/words.test.ts",
            "tests/src/home.rs",
        ] {
            assert!(!is_product(path), "{path}");
        }
    }
}
