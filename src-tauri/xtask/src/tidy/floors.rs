//! The stack of each crate: a module imports lower ones only. What stands side by side in a folder is compared;
//! a module and what lies within it belong together.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};
use proc_macro2::{TokenStream, TokenTree};

use crate::step::root;

/// Where a crate's source lies, with its name.
const CRATES: [(&str, &str); 8] = [
    ("core", "src-tauri/crates/core/src"),
    ("platform", "src-tauri/crates/platform/src"),
    ("practice", "src-tauri/crates/practice/src"),
    ("rehearsal", "src-tauri/crates/rehearsal/src"),
    ("airouter-setup", "src-tauri/src"),
    ("cli", "src-tauri/crates/cli/src"),
    ("xtask", "src-tauri/xtask/src"),
    ("e2e", "tests/src"),
];

/// Where the page's source lies.
const PAGE: &str = "ui/src";

/// A module by its path within its crate.
type Module = Vec<String>;

/// In a folder: which module imports which beside it.
type Folder = BTreeMap<String, BTreeSet<String>>;

/// Circles, each by the modules in it.
pub(super) fn breaches() -> Result<Vec<String>> {
    let mut breaches = Vec::new();
    let mut all: Vec<(&str, BTreeMap<Module, Vec<Module>>)> = vec![("page", scripts(&root().join(PAGE))?)];
    for (name, source) in CRATES {
        all.push((name, modules(&root().join(source))?));
    }
    for (name, modules) in all {
        for (place, folder) in folders(&modules) {
            let place = [vec![name.to_owned()], place].concat().join("::");
            let circle = |circle: Vec<String>| format!("{place}: {} import each other", circle.join(", "));
            breaches.extend(circles(&folder).into_iter().map(circle));
        }
    }
    Ok(breaches)
}

/// The stacks of the two crates that everything stands on, from the ground up, as a table.
///
/// # Errors
/// A source that cannot be read.
pub(crate) fn table() -> Result<String> {
    let mut rows = vec!["| Floor | Modules |".to_owned(), "|---|---|".to_owned()];
    for (name, source) in &CRATES[..2] {
        let modules = modules(&root().join(source))?;
        let mut top = folders(&modules).remove(&Vec::new()).unwrap_or_default();
        for module in modules.keys().filter_map(|module| module.first()) {
            top.entry(module.clone()).or_default();
        }
        let mut floors: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for module in top.keys() {
            floors.entry(height(&top, module)).or_default().push(format!("`{module}`"));
        }
        rows.extend(floors.iter().map(|(floor, modules)| format!("| `{name}` {floor} | {} |", modules.join(", "))));
    }
    Ok(rows.join("\n"))
}

/// How many floors are below a module. There is no circle, or this does not end.
fn height(folder: &Folder, module: &str) -> usize {
    let below = folder.get(module).into_iter().flatten();
    below.map(|below| height(folder, below) + 1).max().unwrap_or(0)
}

/// The modules of a crate with what they name of it, tests left out.
fn modules(source: &Path) -> Result<BTreeMap<Module, Vec<Module>>> {
    let mut modules = BTreeMap::new();
    read(source, &Vec::new(), &mut modules)?;
    Ok(modules)
}

fn read(folder: &Path, within: &Module, modules: &mut BTreeMap<Module, Vec<Module>>) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let is_left_out = name == "tests" || (within.is_empty() && ["lib", "main", "bin"].contains(&name.as_str()));
        let module = [within.clone(), vec![name.clone()]].concat();
        if is_left_out {
        } else if path.is_dir() {
            read(&path, &module, modules)?;
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let module = if name == "mod" { within.clone() } else { module };
            let text = std::fs::read_to_string(&path)?;
            let tokens: TokenStream = text.parse().map_err(|_| anyhow::anyhow!("{} is no Rust", path.display()))?;
            let mut named = Vec::new();
            paths(&tokens.into_iter().collect::<Vec<_>>(), &module, &mut named);
            modules.entry(module).or_default().append(&mut named);
        }
    }
    Ok(())
}

/// Every path of this crate in these tokens, tests left out.
fn paths(tokens: &[TokenTree], module: &Module, found: &mut Vec<Module>) {
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token {
            TokenTree::Punct(sign) if sign.as_char() == '#' => {
                let attribute = tokens.get(at).map(ToString::to_string).unwrap_or_default();
                if attribute.contains("cfg") && attribute.contains("test") {
                    // What is under it ends with its body, or with a semicolon.
                    let is_end = |token: &TokenTree| {
                        matches!(token, TokenTree::Group(group) if group.delimiter() == proc_macro2::Delimiter::Brace)
                            || token.to_string() == ";"
                    };
                    at += 1 + tokens.iter().skip(at + 1).position(is_end).map_or(tokens.len(), |length| length + 1);
                }
            }
            TokenTree::Ident(word) => {
                let base = match word.to_string().as_str() {
                    "crate" => Vec::new(),
                    "super" => module.iter().take(module.len().saturating_sub(1)).cloned().collect(),
                    _ => continue,
                };
                at = path(tokens, at, base, found);
            }
            TokenTree::Group(group) => paths(&group.stream().into_iter().collect::<Vec<_>>(), module, found),
            _ => {}
        }
    }
}

/// Follows a path from its first word; gives where it ends.
fn path(tokens: &[TokenTree], mut at: usize, mut so_far: Module, found: &mut Vec<Module>) -> usize {
    let is_colon = |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(sign)) if sign.as_char() == ':');
    while is_colon(at) && is_colon(at + 1) {
        match tokens.get(at + 2) {
            Some(TokenTree::Ident(word)) if word == "super" => drop(so_far.pop()),
            Some(TokenTree::Ident(word)) => so_far.push(word.to_string()),
            Some(TokenTree::Group(group)) => {
                let inner: Vec<_> = group.stream().into_iter().collect();
                for item in inner.split(|token| token.to_string() == ",") {
                    let first = item.first().map(ToString::to_string).unwrap_or_default();
                    let own = if first == "self" { so_far.clone() } else { [so_far.clone(), vec![first]].concat() };
                    path(item, 1, own, found);
                }
                return at + 3;
            }
            _ => break,
        }
        at += 3;
    }
    found.push(so_far);
    at
}

/// The files of the page with the files that they import.
fn scripts(source: &Path) -> Result<BTreeMap<Module, Vec<Module>>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![(source.to_owned(), Module::new())];
    while let Some((folder, within)) = folders.pop() {
        for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push((path, [within.clone(), vec![name]].concat()));
            } else if let Some(bare) = name.strip_suffix(".ts").or_else(|| name.strip_suffix(".svelte")) {
                let bare = bare.strip_suffix(".svelte").unwrap_or(bare);
                let file = [within.clone(), vec![bare.to_owned()]].concat();
                files.insert(file, imports(&std::fs::read_to_string(&path)?, &within));
            }
        }
    }
    Ok(files)
}

/// What a file in this folder imports of the page. A folder stands for its `index`.
fn imports(text: &str, within: &Module) -> Vec<Module> {
    let parts = ["from \"", "import \"", "import(\""].iter().flat_map(|word| text.split(word).skip(1));
    let paths = parts.filter_map(|rest| rest.split('"').next()).filter(|path| path.starts_with('.'));
    let of = |path: &str| {
        let path = path.strip_suffix(".svelte").unwrap_or(path);
        path.split('/').fold(within.clone(), |mut so_far, part| {
            match part {
                "." => {}
                ".." => so_far.truncate(so_far.len().saturating_sub(1)),
                part => so_far.push(part.to_owned()),
            }
            so_far
        })
    };
    paths.flat_map(|path| [of(path), [of(path), vec!["index".to_owned()]].concat()]).collect()
}

/// Which module imports which beside it, folder by folder.
fn folders(modules: &BTreeMap<Module, Vec<Module>>) -> BTreeMap<Module, Folder> {
    let mut folders: BTreeMap<Module, Folder> = BTreeMap::new();
    for (module, named) in modules {
        for named in named {
            let lengths = (1..=named.len()).rev();
            let Some(other) = lengths.map(|length| &named[..length]).find(|path| modules.contains_key(*path)) else {
                continue;
            };
            let common = module.iter().zip(other).take_while(|(one, other)| one == other).count();
            if common < module.len() && common < other.len() {
                let folder = folders.entry(module[..common].to_vec()).or_default();
                folder.entry(module[common].clone()).or_default().insert(other[common].clone());
            }
        }
    }
    folders
}

/// Modules that reach each other, each circle once.
fn circles(folder: &Folder) -> Vec<Vec<String>> {
    let reached = |from: &str| {
        let mut reached = BTreeSet::new();
        let mut next: Vec<&str> = vec![from];
        while let Some(module) = next.pop() {
            for below in folder.get(module).into_iter().flatten() {
                if reached.insert(below.as_str()) {
                    next.push(below);
                }
            }
        }
        reached
    };
    let all: BTreeMap<&str, BTreeSet<&str>> = folder.keys().map(|module| (module.as_str(), reached(module))).collect();
    let mut circles: BTreeSet<Vec<String>> = BTreeSet::new();
    for (module, below) in &all {
        let circle: Vec<String> = below
            .iter()
            .filter(|other| all.get(*other).is_some_and(|others| others.contains(module)))
            .map(|&module| module.to_owned())
            .collect();
        if circle.len() > 1 {
            circles.insert(circle);
        }
    }
    circles.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_of(sources: &[(&str, &str)]) -> BTreeMap<Module, Folder> {
        let modules = sources.iter().map(|(name, text)| {
            let module: Module = name.split("::").map(str::to_owned).collect();
            let tokens: Vec<TokenTree> = text.parse::<TokenStream>().expect("Rust").into_iter().collect();
            let mut named = Vec::new();
            paths(&tokens, &module, &mut named);
            (module, named)
        });
        folders(&modules.collect())
    }

    #[test]
    fn a_circle_is_seen_however_it_is_written() {
        let folders = folder_of(&[
            ("a", "use crate::{b::{self, Thing}, c};"),
            ("b", "fn b() { if true { matches!(crate::c::f(), Some(_)); } }"),
            ("c", "use crate::d::x;"),
            ("d", "#[cfg(test)]\nmod tests { use crate::a::y; }\npub fn x() {}"),
            ("d::e", "use super::super::c::Inner;"),
        ]);
        let top = &folders[&Vec::new()];
        assert_eq!(circles(top), [["c", "d"].map(str::to_owned)], "{top:?}");
        assert_eq!(top["a"], ["b", "c"].map(str::to_owned).into());
    }

    #[test]
    fn what_a_file_of_the_page_imports_is_found() {
        let text = r#"import { a } from "../lib/words"; import Screen from "./Screen.svelte"; const l = import("./later"); import x from "svelte";"#;
        let found = imports(text, &vec!["screens".to_owned()]);
        let found: Vec<String> = found.iter().map(|path| path.join("/")).collect();
        for path in ["lib/words", "lib/words/index", "screens/Screen", "screens/later"] {
            assert!(found.iter().any(|found| found == path), "{path}: {found:?}");
        }
        assert!(!found.iter().any(|found| found.contains("svelte")), "{found:?}");
    }

    #[test]
    fn a_stack_is_none_and_has_its_floors() {
        let folders = folder_of(&[
            ("a", "use super::b;"),
            ("b", "use crate::c::f;"),
            ("c", "use self::x::y;"),
            ("c::x", "use super::f;"),
        ]);
        let top = &folders[&Vec::new()];
        assert!(circles(top).is_empty());
        assert_eq!((height(top, "a"), height(top, "b"), height(top, "c")), (2, 1, 0));
    }
}
