//! Settings of Claude Code that Claude Desktop's engine was seen to take instead of the profile's (user
//! reports): variables of this process, lines of start files, and Claude Code's own settings. Only
//! their names are told.

use std::io::Read;
use std::path::Path;

use airouter_core::doctor::Override;
use airouter_core::json::Document;
use airouter_core::secret::Secret;

use crate::places::Places;

/// Start files of shells and of the desktop, below the home folder.
const START_FILES: [&str; 9] = [
    ".profile",
    ".bash_profile",
    ".bashrc",
    ".zshenv",
    ".zprofile",
    ".zshrc",
    ".pam_environment",
    ".config/environment.d/claude.conf",
    ".config/fish/config.fish",
];
/// Claude Code's settings, below the home folder.
const SETTINGS: [&str; 2] = [".claude/settings.json", ".claude/settings.local.json"];
/// Most of a file that is looked at, in bytes.
const MOST: u64 = 256 * 1024;

/// Variables that change where Claude's engine goes or with what.
fn counts(name: &str) -> bool {
    name.starts_with("ANTHROPIC_")
        || ["CLAUDE_CODE_OAUTH_TOKEN", "CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX", "CLAUDE_CODE_API_BASE_URL"]
            .contains(&name)
}

pub(super) fn look(places: &Places) -> Vec<Override> {
    let mut found = Vec::new();
    let mut put = |names: Vec<String>, place: &str| {
        found.extend(names.into_iter().map(|name| Override { name, place: place.to_owned() }));
    };
    // A rehearsal starts its Claude with variables of its own.
    if !places.is_scratch() {
        put(variables().map(|(name, _)| name).collect(), "environment");
        put(in_lines(&beginning(&places.system.join("etc/environment"))), "/etc/environment");
    }
    let home = &places.ground.home;
    for file in START_FILES {
        put(in_lines(&beginning(&home.join(file))), &format!("~/{file}"));
    }
    for file in SETTINGS {
        put(in_settings(&beginning(&home.join(file))), &format!("~/{file}"));
    }
    found
}

/// The values of those variables of this process that may be keys.
pub(super) fn secrets() -> Vec<Secret> {
    let is_key = |name: &str| ["KEY", "TOKEN", "HEADERS", "SECRET"].iter().any(|word| name.contains(word));
    variables().filter(|(name, _)| is_key(name)).map(|(_, value)| Secret::new(value)).collect()
}

fn variables() -> impl Iterator<Item = (String, String)> {
    let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    std::env::vars_os().filter_map(text).filter(|(name, value)| counts(name) && !value.trim().is_empty())
}

/// `NAME=…`, `export NAME=…`, `set -gx NAME …`; comments do not count.
fn in_lines(text: &str) -> Vec<String> {
    let name_in = |line: &str| {
        let line = line.trim();
        let words = line
            .split_whitespace()
            .filter(|word| !["export", "set", "setenv"].contains(word) && !word.starts_with('-'));
        let first = words.map(|word| word.split('=').next().unwrap_or(word)).next()?;
        (!line.starts_with('#') && counts(first)).then(|| first.to_owned())
    };
    let mut names: Vec<String> = text.lines().filter_map(name_in).collect();
    names.dedup();
    names
}

fn in_settings(text: &str) -> Vec<String> {
    let Ok(settings) = Document::parse(text.as_bytes()) else { return Vec::new() };
    let variables = settings.get("env").and_then(|env| env.as_object());
    let names = variables.into_iter().flat_map(|env| env.keys()).filter(|name| counts(name)).cloned();
    let helper = settings.get("apiKeyHelper").map(|_| "apiKeyHelper".to_owned());
    names.chain(helper).collect()
}

fn beginning(path: &Path) -> String {
    let mut bytes = Vec::new();
    let read = fs_err::File::open(path).and_then(|file| file.take(MOST).read_to_end(&mut bytes));
    read.map(|_| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(in_lines(text), expected, "{text}");
    }

    #[test]
    fn variables_are_found_in_lines_of_start_files() {
        check("export ANTHROPIC_AUTH_TOKEN=sk-1\n", &["ANTHROPIC_AUTH_TOKEN"]);
        check("  ANTHROPIC_BASE_URL='x'\nPATH=1", &["ANTHROPIC_BASE_URL"]);
        check("set -gx ANTHROPIC_API_KEY sk-1", &["ANTHROPIC_API_KEY"]);
        check("# export ANTHROPIC_API_KEY=1\necho $ANTHROPIC_API_KEY", &[]);
    }

    #[test]
    fn files_and_settings_below_the_home_are_looked_at() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_scratch(folder.path()).unwrap();
        assert_eq!(look(&places), []);
        let home = &places.ground.home;
        std::fs::create_dir_all(home.join(".claude")).unwrap();
        std::fs::write(home.join(".bashrc"), "export ANTHROPIC_AUTH_TOKEN=1\n").unwrap();
        let settings = r#"{"env":{"ANTHROPIC_BASE_URL":"x","OTHER":"y"},"apiKeyHelper":"z"}"#;
        std::fs::write(home.join(".claude/settings.json"), settings).unwrap();
        let found: Vec<_> = look(&places).into_iter().map(|each| format!("{} {}", each.name, each.place)).collect();
        assert_eq!(
            found,
            [
                "ANTHROPIC_AUTH_TOKEN ~/.bashrc",
                "ANTHROPIC_BASE_URL ~/.claude/settings.json",
                "apiKeyHelper ~/.claude/settings.json",
            ]
        );
    }
}
