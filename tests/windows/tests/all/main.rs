//! The built programs on Windows, used by a person who has an account of their own.
#![cfg(windows)]
#![allow(clippy::disallowed_methods, missing_docs, reason = "a test works on files and processes")]

mod credential;
mod flow;
mod logs;
mod packages;
mod policy;
mod registry;
mod settings;

use serde_json::Value;

/// The codes of an answer, worst first.
fn codes(answer: &Value) -> Vec<&str> {
    answer["findings"].as_array().expect("a list").iter().filter_map(|finding| finding["code"].as_str()).collect()
}

/// The words that connect Claude, with consent.
fn apply<'a>(preset: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut words = vec!["apply", "--preset", preset, "--key-stdin", "--yes", "--json"];
    words.extend(more);
    words
}
