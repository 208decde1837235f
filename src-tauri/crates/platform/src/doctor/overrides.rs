//! Finds settings of Claude Code that Claude Desktop's engine was seen to use instead of the profile's (user
//! reports): environment variables of this process and those that the system keeps, lines of files that run when a
//! shell starts, and Claude Code's own settings. Only their names are reported.

mod powershell;

use std::io::Read;
use std::path::{Path, PathBuf};

use airouter_core::doctor::Override;
use airouter_core::lenient::{object_of, text_of};
use airouter_core::secret::Secret;

use crate::places::Places;
use crate::sys;

/// Claude Code's settings, in its own folder.
const SETTINGS: [&str; 2] = ["settings.json", "settings.local.json"];
/// The variable that names that folder (OD).
const FOLDER: &str = "CLAUDE_CONFIG_DIR";
/// How start files write the home folder.
const HOMES: [&str; 7] = ["~/", "$HOME/", "${HOME}/", "~\\", "$HOME\\", "$env:USERPROFILE\\", "$Env:USERPROFILE\\"];
/// Maximum of a file that is read, in bytes.
const MOST: u64 = 256 * 1024;

/// True for variables that change the address or the credentials of Claude's engine.
fn counts(name: &str) -> bool {
    name.starts_with("ANTHROPIC_")
        || ["CLAUDE_CODE_OAUTH_TOKEN", "CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX", "CLAUDE_CODE_API_BASE_URL"]
            .contains(&name)
}

pub(super) fn collect(places: &Places) -> Vec<Override> {
    let mut found = Vec::new();
    let mut put = |names: Vec<String>, place: &str| {
        found.extend(names.into_iter().map(|name| Override { name, place: place.to_owned() }));
    };
    let home = &places.base_folders.home;
    // Claude Code in a terminal and the one that the app starts may have different variables, so every folder that
    // one of them would use is examined.
    let mut folders = vec![home.join(".claude")];
    // A rehearsal starts its Claude with its own variables.
    if !places.is_scratch() {
        let stored: Vec<(String, String, String)> = stored().collect();
        let is_stored = |name: &String| stored.iter().any(|(_, kept, _)| kept.eq_ignore_ascii_case(name));
        // What the system keeps, this process has as well.
        put(variables().map(|(name, _)| name).filter(|name| !is_stored(name)).collect(), "environment");
        for (place, name, _) in &stored {
            put(vec![name.clone()], place);
        }
        folders.extend(sys::variable(FOLDER).filter(|folder| !folder.is_empty()).map(PathBuf::from));
    }
    for file in sys::start_files(places) {
        let lines = text(&file);
        put(in_file(&file, &lines), &shown(&file, home));
        folders.extend(folder_in(&lines, home));
    }
    let mut seen: Vec<PathBuf> = Vec::new();
    for path in folders.iter().flat_map(|folder| SETTINGS.map(|file| folder.join(file))) {
        // Two paths may lead to the same file.
        let real = fs_err::canonicalize(&path).unwrap_or_else(|_| path.clone());
        if !seen.contains(&real) {
            put(in_settings(&beginning(&path)), &shown(&path, home));
            seen.push(real);
        }
    }
    found
}

/// A path, with the home folder as `~`.
fn shown(path: &Path, home: &Path) -> String {
    let below = path.strip_prefix(home).map(|below| format!("~/{}", below.to_string_lossy().replace('\\', "/")));
    below.unwrap_or_else(|_| path.to_string_lossy().into_owned())
}

/// The folder that a start file names: `export CLAUDE_CONFIG_DIR="$HOME/claude"`,
/// `$env:CLAUDE_CONFIG_DIR = "$HOME\claude"`.
fn folder_in(text: &str, home: &Path) -> Option<PathBuf> {
    let value = |line: &str| {
        let line = line.trim();
        let (before, after) = line.split_once(FOLDER)?;
        let begins_a_name = before.is_empty() || before.ends_with(char::is_whitespace);
        let is_powershell = before.eq_ignore_ascii_case("$env:");
        let is_set = !line.starts_with('#') && (begins_a_name || is_powershell);
        let value = is_set.then(|| after.strip_prefix(['=', ' ', '\t']))??.trim_start();
        let value = if is_powershell { value.trim_start_matches('=') } else { value };
        let value = value.trim().trim_matches(['"', '\'']);
        let below_home = HOMES.iter().find_map(|start| value.strip_prefix(start));
        let path = below_home.map_or_else(|| PathBuf::from(value), |below| home.join(below));
        path.is_absolute().then_some(path)
    };
    text.lines().rev().find_map(value)
}

/// The values of those variables of this process that may be keys.
pub(super) fn secrets() -> Vec<Secret> {
    let is_key = |name: &str| ["KEY", "TOKEN", "HEADERS", "SECRET"].iter().any(|word| name.contains(word));
    let stored = stored().map(|(_, name, value)| (name, value));
    variables().chain(stored).filter(|(name, _)| is_key(name)).map(|(_, value)| Secret::new(value)).collect()
}

/// The variables that the system keeps: where, name, value.
fn stored() -> impl Iterator<Item = (String, String, String)> {
    let all = sys::stored_variables().into_iter();
    all.filter(|(_, name, value)| counts(&name.to_ascii_uppercase()) && !value.trim().is_empty())
}

fn variables() -> impl Iterator<Item = (String, String)> {
    let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    std::env::vars_os().filter_map(text).filter(|(name, value)| counts(name) && !value.trim().is_empty())
}

/// The variables that are set in a file that runs when a shell starts.
fn in_file(path: &Path, text: &str) -> Vec<String> {
    if path.extension().is_none_or(|extension| extension != "ps1") {
        return in_lines(text);
    }
    let mut names: Vec<String> = powershell::names(text).into_iter().filter(|name| counts(name)).collect();
    names.dedup();
    names
}

/// The variables that are set in lines such as `NAME=…`, `export NAME=…`, `set -gx NAME …`, not in comments.
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

fn in_settings(bytes: &[u8]) -> Vec<String> {
    let Some(settings) = object_of(bytes) else { return Vec::new() };
    let variables = settings.get("env").and_then(|env| env.as_object());
    let names = variables.into_iter().flat_map(|env| env.keys()).filter(|name| counts(name)).cloned();
    let helper = settings.get("apiKeyHelper").map(|_| "apiKeyHelper".to_owned());
    names.chain(helper).collect()
}

fn text(path: &Path) -> String {
    let bytes = beginning(path);
    text_of(&bytes).unwrap_or_else(|| String::from_utf8_lossy(&bytes).into_owned())
}

fn beginning(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    let read = fs_err::File::open(path).and_then(|file| file.take(MOST).read_to_end(&mut bytes));
    read.map(|_| bytes).unwrap_or_default()
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
        assert_eq!(collect(&places), []);
        let home = &places.base_folders.home;
        std::fs::create_dir_all(home.join(".claude")).unwrap();
        let (start, place, line) = if cfg!(windows) {
            let file = "Documents/PowerShell/profile.ps1";
            (home.join(file), format!("~/{file}"), "$env:ANTHROPIC_AUTH_TOKEN = '1'\r\n")
        } else {
            (home.join(".bashrc"), "~/.bashrc".to_owned(), "export ANTHROPIC_AUTH_TOKEN=1\n")
        };
        std::fs::create_dir_all(start.parent().unwrap()).unwrap();
        std::fs::write(start, line).unwrap();
        let settings = r#"{"env":{"ANTHROPIC_BASE_URL":"x","OTHER":"y"},"apiKeyHelper":"z"}"#;
        std::fs::write(home.join(".claude/settings.json"), settings).unwrap();
        let found: Vec<_> = collect(&places).into_iter().map(|each| format!("{} {}", each.name, each.place)).collect();
        assert_eq!(
            found,
            [
                format!("ANTHROPIC_AUTH_TOKEN {place}"),
                "ANTHROPIC_BASE_URL ~/.claude/settings.json".to_owned(),
                "apiKeyHelper ~/.claude/settings.json".to_owned(),
            ]
        );
    }

    #[test]
    fn settings_are_found_in_every_form_and_where_a_start_file_puts_them() {
        let plain =
            r#"{"env": {"ANTHROPIC_AUTH_TOKEN": "PROXY_MANAGED", "ANTHROPIC_BASE_URL": "http://127.0.0.1:15721"}}"#;
        let commented =
            "{\n  // relay of the office\n  \"env\": {\n    \"ANTHROPIC_BASE_URL\": \"https://relay.example\",\n  }\n}";
        let wide: Vec<u8> = "\u{feff}".encode_utf16().chain(plain.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        for content in [plain.as_bytes(), &[b"\xef\xbb\xbf", plain.as_bytes()].concat(), &wide, commented.as_bytes()] {
            let folder = tempfile::tempdir().unwrap();
            let places = Places::in_scratch(folder.path()).unwrap();
            let home = &places.base_folders.home;
            std::fs::create_dir_all(home.join("else where")).unwrap();
            std::fs::write(home.join("else where/settings.json"), content).unwrap();
            assert_eq!(collect(&places), []);
            let (start, line) = if cfg!(windows) {
                ("Documents/WindowsPowerShell/profile.ps1", "$env:CLAUDE_CONFIG_DIR = \"$HOME\\else where\"\r\n")
            } else {
                (".zshrc", "export CLAUDE_CONFIG_DIR=\"$HOME/else where\"\n")
            };
            std::fs::create_dir_all(home.join(start).parent().unwrap()).unwrap();
            std::fs::write(home.join(start), line).unwrap();
            let found = collect(&places);
            assert!(found.iter().any(|it| it.name == "ANTHROPIC_BASE_URL"), "{content:?}");
            assert!(found.iter().all(|it| it.place == "~/else where/settings.json"), "{found:?}");
        }
    }

    #[test]
    fn the_folder_is_read_as_shells_read_it() {
        let home = std::env::temp_dir();
        let of = |text: &str| folder_in(text, &home);
        for text in [
            "CLAUDE_CONFIG_DIR=~/c",
            "export CLAUDE_CONFIG_DIR=${HOME}/c",
            "set -gx CLAUDE_CONFIG_DIR '$HOME/c'",
            "$env:CLAUDE_CONFIG_DIR = \"$HOME\\c\"",
            "$Env:CLAUDE_CONFIG_DIR='$env:USERPROFILE\\c'",
        ] {
            assert_eq!(of(text), Some(home.join("c")), "{text}");
        }
        let absolute = home.join("c");
        assert_eq!(of(&format!("CLAUDE_CONFIG_DIR={}", absolute.display())), Some(absolute));
        for text in [
            "# export CLAUDE_CONFIG_DIR=~/c",
            "OTHER_CLAUDE_CONFIG_DIR=~/c",
            "CLAUDE_CONFIG_DIRS=~/c",
            "CLAUDE_CONFIG_DIR=c",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
