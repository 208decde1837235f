//! The functions of a package, read from its source: where each stands, on which systems it is compiled,
//! and what it calls.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use quote::ToTokens;
use syn::{Attribute, ImplItem, Item, Meta, Token, TraitItem, Type, punctuated::Punctuated};

use super::calls::Calls;
use crate::step::root;

/// A system that the program runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum System {
    Linux,
    Macos,
    Windows,
}

/// A function of the source.
pub(super) struct Function {
    pub(super) package: String,
    /// Its file, from the project's root.
    pub(super) file: String,
    pub(super) name: String,
    /// The name by which others call it: a trait's function is called by whoever has the value.
    pub(super) called: String,
    /// What it calls.
    pub(super) calls: Calls,
    pub(super) when: When,
    /// A test, or something that only tests use.
    pub(super) is_test: bool,
    /// A test itself.
    pub(super) is_marked: bool,
}

impl Function {
    /// Where it stands, for people.
    pub(super) fn place(&self) -> String {
        format!("{}: {}", self.file, self.name)
    }
}

/// The conditions under which something is compiled; all of them must hold.
#[derive(Clone, Default)]
pub(super) struct When(Vec<Meta>);

impl When {
    pub(super) fn holds(&self, system: System, test: bool) -> bool {
        self.0.iter().all(|condition| holds(condition, system, test))
    }

    fn and(&self, attributes: &[Attribute]) -> Self {
        let mut all = self.0.clone();
        let conditions = attributes.iter().filter(|it| it.path().is_ident("cfg"));
        all.extend(conditions.filter_map(|it| it.parse_args::<Meta>().ok()));
        Self(all)
    }
}

fn holds(condition: &Meta, system: System, test: bool) -> bool {
    let parts = |list: &syn::MetaList| {
        list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).unwrap_or_default()
    };
    match condition {
        Meta::Path(word) if word.is_ident("test") => test,
        Meta::Path(word) if word.is_ident("unix") => system != System::Windows,
        Meta::Path(word) if word.is_ident("windows") => system == System::Windows,
        Meta::NameValue(pair) if pair.path.is_ident("target_os") => {
            let name = match system {
                System::Linux => "linux",
                System::Macos => "macos",
                System::Windows => "windows",
            };
            pair.value.to_token_stream().to_string().trim_matches('"') == name
        }
        Meta::List(list) if list.path.is_ident("not") => parts(list).iter().all(|it| !holds(it, system, test)),
        Meta::List(list) if list.path.is_ident("any") => parts(list).iter().any(|it| holds(it, system, test)),
        Meta::List(list) if list.path.is_ident("all") => parts(list).iter().all(|it| holds(it, system, test)),
        // A feature, or the like: it does not tell systems apart.
        _ => true,
    }
}

/// The functions of a package.
pub(super) fn functions(package: &Path) -> Result<Vec<Function>> {
    let mut found = Vec::new();
    for path in roots(&package.join("src"))? {
        let mut reader = Reader { package: name_of(package), found: &mut found };
        let folder = path.parent().context("a folder")?.to_owned();
        reader.file(&path, &folder, &When::default())?;
    }
    Ok(found)
}

/// The functions of one text, for tests.
#[cfg(test)]
pub(super) fn of_text(package: &str, file: &str, text: &str) -> Result<Vec<Function>> {
    let mut found = Vec::new();
    let mut reader = Reader { package: package.to_owned(), found: &mut found };
    reader.items(&syn::parse_file(text)?.items, file, Path::new(""), &When::default())?;
    Ok(found)
}

/// Where the compiler begins to read.
fn roots(source: &Path) -> Result<Vec<PathBuf>> {
    let mut roots = vec![source.join("lib.rs"), source.join("main.rs")];
    for entry in std::fs::read_dir(source.join("bin")).into_iter().flatten() {
        let path = entry?.path();
        roots.push(if path.is_dir() { path.join("main.rs") } else { path });
    }
    roots.retain(|path| path.is_file());
    Ok(roots)
}

fn name_of(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

struct Reader<'a> {
    package: String,
    found: &'a mut Vec<Function>,
}

impl Reader<'_> {
    /// Reads a file whose modules lie in `folder`.
    fn file(&mut self, path: &Path, folder: &Path, when: &When) -> Result<()> {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let file = syn::parse_file(&text).with_context(|| path.display().to_string())?;
        self.items(&file.items, &name_of(path), folder, &when.and(&file.attrs))
    }

    fn items(&mut self, items: &[Item], file: &str, folder: &Path, when: &When) -> Result<()> {
        for item in items {
            match item {
                Item::Fn(it) => self.add(file, &it.sig.ident, None, when.and(&it.attrs), &it.attrs, Some(&it.block)),
                Item::Impl(it) => {
                    let when = when.and(&it.attrs);
                    let owner = it.trait_.as_ref().and_then(|_| type_name(&it.self_ty));
                    for part in &it.items {
                        if let ImplItem::Fn(it) = part {
                            let when = when.and(&it.attrs);
                            self.add(file, &it.sig.ident, owner.as_deref(), when, &it.attrs, Some(&it.block));
                        }
                    }
                }
                Item::Trait(it) => {
                    let when = when.and(&it.attrs);
                    for part in &it.items {
                        if let TraitItem::Fn(it) = part {
                            let body = it.default.as_ref();
                            self.add(file, &it.sig.ident, None, when.and(&it.attrs), &it.attrs, body);
                        }
                    }
                }
                Item::Mod(it) => {
                    let when = when.and(&it.attrs);
                    let folder = folder.join(it.ident.to_string());
                    match &it.content {
                        Some((_, items)) => self.items(items, file, &folder, &when)?,
                        None => {
                            let beside = folder.with_extension("rs");
                            let path = if beside.is_file() { beside } else { folder.join("mod.rs") };
                            self.file(&path, &folder, &when)?;
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn add(
        &mut self,
        file: &str,
        name: &syn::Ident,
        owner: Option<&str>,
        when: When,
        attributes: &[Attribute],
        body: Option<&syn::Block>,
    ) {
        let is_marked = attributes.iter().any(|it| it.path().segments.last().is_some_and(|word| word.ident == "test"));
        // Compiled for tests alone, wherever that is.
        let for_tests = ![System::Linux, System::Macos, System::Windows].iter().any(|it| when.holds(*it, false));
        self.found.push(Function {
            package: self.package.clone(),
            file: file.to_owned(),
            called: owner.map_or_else(|| name.to_string(), str::to_owned),
            name: name.to_string(),
            calls: body.map(Calls::of).unwrap_or_default(),
            is_test: is_marked || for_tests,
            is_marked,
            when,
        });
    }
}

fn type_name(of: &Type) -> Option<String> {
    let Type::Path(path) = of else { return None };
    path.path.segments.last().map(|word| word.ident.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(condition: &str, expected: [bool; 3]) {
        let meta: Meta = syn::parse_str(condition).unwrap();
        let on = |system| holds(&meta, system, false);
        assert_eq!([on(System::Linux), on(System::Macos), on(System::Windows)], expected, "{condition}");
    }

    #[test]
    fn conditions_hold_where_the_compiler_says_so() {
        check("unix", [true, true, false]);
        check("not(unix)", [false, false, true]);
        check("any(target_os = \"macos\", all(target_os = \"linux\", test))", [false, true, false]);
        check("not(any(target_os = \"linux\", target_os = \"macos\"))", [false, false, true]);
        check("feature = \"x\"", [true, true, true]);
    }

    #[test]
    fn every_function_is_found_with_what_it_calls() {
        let text = "mod a { impl S { fn b(&self) { c!(d()) } } } #[cfg(test)] mod t { fn e() {} }";
        let found = of_text("p", "f", text).unwrap();
        let told: Vec<(&str, bool)> = found.iter().map(|it| (it.name.as_str(), it.is_test)).collect();
        assert_eq!(told, [("b", false), ("e", true)]);
        assert!(found[0].calls.names.contains("d"), "what a macro is given counts");
    }
}
