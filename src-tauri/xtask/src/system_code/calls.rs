//! What a function really calls: functions and methods that stand before their arguments, functions that are handed
//! on as values, and values that are made (whose traits' functions run by themselves). A name in a text, a comment,
//! a type or an import calls nothing.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Expr, ExprMethodCall, ExprPath, ExprStruct, ExprTry, Local, Macro, Pat, Path, Stmt, Token};

/// What stands in the body of a function.
#[derive(Default)]
pub(super) struct Calls {
    /// The names that it calls; `S` and `new` of `a::S::new()`.
    pub(super) names: HashSet<String>,
    /// Whether something in it fails a test: `assert…!`, `panic!`, `unwrap`, `expect`, `?`.
    pub(super) can_fail: bool,
}

impl Calls {
    /// Reads a body.
    pub(super) fn of(body: &syn::Block) -> Self {
        let mut calls = Self::default();
        calls.visit_block(body);
        calls
    }

    /// The last part of a path, and the type before it. The others are modules, which may be named like functions.
    fn put(&mut self, path: &Path) {
        let mut parts = path.segments.iter().rev().map(|part| part.ident.to_string());
        self.names.extend(parts.next());
        self.names.extend(parts.next().filter(|part| part.starts_with(|letter: char| letter.is_uppercase())));
    }

    /// What a macro is given: expressions with commas between them, or statements. Its first expression counts where
    /// more follows that is none, as the pattern of `matches!`.
    fn given(&mut self, tokens: &TokenStream) {
        let list = Punctuated::<Expr, Token![,]>::parse_terminated;
        if let Ok(list) = list.parse2(tokens.clone()) {
            list.iter().for_each(|expression| self.visit_expr(expression));
        } else if let Ok(statements) = syn::Block::parse_within.parse2(tokens.clone()) {
            statements.iter().for_each(|statement| self.visit_stmt(statement));
        } else {
            let first = |input: syn::parse::ParseStream<'_>| {
                let expression: Expr = input.parse()?;
                input.parse::<TokenStream>()?;
                Ok(expression)
            };
            if let Ok(expression) = first.parse2(tokens.clone()) {
                self.visit_expr(&expression);
            }
        }
    }
}

impl<'ast> Visit<'ast> for Calls {
    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        let name = call.method.to_string();
        self.can_fail |= name.starts_with("unwrap") || name.starts_with("expect");
        self.names.insert(name);
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_path(&mut self, path: &'ast ExprPath) {
        self.put(&path.path);
    }

    fn visit_expr_struct(&mut self, made: &'ast ExprStruct) {
        self.put(&made.path);
        visit::visit_expr_struct(self, made);
    }

    fn visit_expr_try(&mut self, tried: &'ast ExprTry) {
        self.can_fail = true;
        visit::visit_expr_try(self, tried);
    }

    fn visit_macro(&mut self, called: &'ast Macro) {
        let name = called.path.segments.last().map(|part| part.ident.to_string()).unwrap_or_default();
        let fails = ["panic", "unreachable", "bail", "ensure"].contains(&name.as_str());
        self.can_fail |= fails || name.contains("assert");
        self.given(&called.tokens);
    }

    fn visit_stmt(&mut self, statement: &'ast Stmt) {
        // A name that stands alone is looked at by nobody.
        if !matches!(statement, Stmt::Expr(Expr::Path(_), Some(_))) {
            visit::visit_stmt(self, statement);
        }
    }

    fn visit_local(&mut self, local: &'ast Local) {
        let is_dropped = matches!(local.pat, Pat::Wild(_));
        let is_name = local.init.as_ref().is_some_and(|init| matches!(*init.expr, Expr::Path(_)));
        if !(is_dropped && is_name) {
            visit::visit_local(self, local);
        }
    }

    /// Patterns name constants and variants, which calls nothing.
    fn visit_pat(&mut self, _pattern: &'ast Pat) {}

    /// A type names, and calls nothing.
    fn visit_type(&mut self, _named: &'ast syn::Type) {}

    fn visit_item_use(&mut self, _import: &'ast syn::ItemUse) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, called: bool) {
        let block: syn::Block = syn::parse_str(&format!("{{ {body}\n }}")).unwrap();
        assert_eq!(Calls::of(&block).names.contains("wanted"), called, "{body}");
    }

    #[test]
    fn calls_and_functions_that_are_handed_on_count() {
        for body in [
            "wanted();",
            "a::wanted(1);",
            "it.wanted()",
            "all.map(wanted);",
            "assert_eq!(wanted(), 1, \"said\");",
            "assert!(matches!(wanted(), Some(_)));",
            "for each in [other, wanted] { each(); }",
            "let run = || { if a { wanted()? } };",
            "let of = wanted; of();",
            "select! { wanted(); }",
            "drop(wanted { a: 1 });",
        ] {
            check(body, true);
        }
    }

    #[test]
    fn names_alone_do_not() {
        for body in [
            "// wanted()",
            "let text = \"wanted()\";",
            "use a::wanted;",
            "let a: wanted = b();",
            "let _ = wanted;",
            "wanted;",
            "if let Some(wanted) = a() {}",
            "a::<wanted>();",
            "wanted::a();",
        ] {
            check(body, false);
        }
    }

    #[test]
    fn what_can_fail_is_known() {
        let fails = |body: &str| Calls::of(&syn::parse_str(&format!("{{ {body} }}")).unwrap()).can_fail;
        for body in
            ["assert!(a());", "prop_assert_eq!(a, b);", "a().unwrap();", "a()?;", "b(|| panic!())", "ensure!(a)"]
        {
            assert!(fails(body), "{body}");
        }
        for body in ["a();", "let _ = a();", "eprintln!(\"{}\", a());"] {
            assert!(!fails(body), "{body}");
        }
    }
}
