//! Children of the programs are made in one place, `platform/src/command.rs`, because a console program that Windows
//! starts for a program with a window opens a black window of its own unless it is told not to. In the other crates
//! clippy forbids to make any; platform may touch processes, so this rule looks after it. `clippy.toml` has the rest.

use std::path::{Path, PathBuf};

use crate::step::root;

const CRATE: &str = "src-tauri/crates/platform/src/";
const PLACE: &str = "src-tauri/crates/platform/src/command.rs";
const WORD: &str = "Command::new";

/// Where else a child is made, one line each.
pub(super) fn breaches(files: &[PathBuf]) -> Vec<String> {
    let names = files.iter().map(|file| file.to_string_lossy().replace('\\', "/"));
    let others = names.filter(|name| name.starts_with(CRATE) && name.ends_with(".rs") && name != PLACE);
    others
        .flat_map(|name| {
            let text = std::fs::read_to_string(root().join(Path::new(&name))).unwrap_or_default();
            lines(&text).into_iter().map(move |line| {
                format!("{name}:{line}: a child that may open a console: make it with `command::program`")
            })
        })
        .collect()
}

/// The lines of a source that make a child, but for those of its tests, which come last.
fn lines(text: &str) -> Vec<usize> {
    let product = text.split("\nmod tests {").next().unwrap_or_default();
    let is_code = |line: &str| !line.trim_start().starts_with("//");
    product.lines().enumerate().filter(|(_, line)| is_code(line) && line.contains(WORD)).map(|(at, _)| at + 1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_product_is_looked_at() {
        let text = "// Command::new\nfn a() {\n    std::process::Command::new(\"x\");\n}\n\n#[cfg(test)]\nmod tests {\n    Command::new(\"y\");\n}\n";
        assert_eq!(lines(text), [3]);
    }
}
