//! Reads a report line by line: names with values, headings with lists below them, or JSON.

use serde_json::Value;

use super::ClaudeReport;
use crate::proof::Health;

/// The most lines that are read.
const MOST_LINES: usize = 20_000;
/// The most items of one kind that are kept.
const MOST_KEPT: usize = 500;

/// How the names of Claude's configuration begin.
const STARTS: [&str; 14] = [
    "inference",
    "modelDiscovery",
    "modelPrefer",
    "deployment",
    "disable",
    "cowork",
    "chat",
    "isClaudeCode",
    "autoMode",
    "egressProxy",
    "toolSearch",
    "bootstrapUrl",
    "bootstrapEnabled",
    "relaunch",
];

/// Words of sources that are an administrator's.
const MANAGED: [&str; 9] =
    ["mdm", "managed", "policy", "policies", "hklm", "hkcu", "registry", "bootstrap", "admin console"];

/// Reads a text into a report. `is_mode` is true for the file that holds only the mode.
pub(super) fn read(text: &str, is_mode: bool, report: &mut ClaudeReport) {
    if let Ok(value) = serde_json::from_str::<Value>(text)
        && (value.is_object() || value.is_array())
    {
        walk("", &value, report);
        return;
    }
    let mut under_errors = false;
    for line in text.lines().take(MOST_LINES) {
        let trimmed = line.trim();
        let lower = trimmed.to_lowercase();
        if trimmed.is_empty() {
            under_errors = false;
            continue;
        }
        let (name, value) = parts(trimmed);
        if lower.starts_with("parse error") || name.to_lowercase().contains("parse error") {
            under_errors = true;
            put_error(value, report);
        } else if under_errors && (line.starts_with(char::is_whitespace) || trimmed.starts_with(['-', '*', '•'])) {
            put_error(trimmed.trim_start_matches(['-', '*', '•', ' ']), report);
        } else {
            under_errors = false;
            put(name, value, report);
            if is_mode && report.mode.is_none() {
                report.mode = mode_in(&lower);
            }
        }
    }
}

/// True for the name of an administrator's source.
pub(super) fn is_managed(source: &str) -> bool {
    let lower = source.to_lowercase();
    // "Managed: none" and "not managed" name no source.
    !is_none(source) && !lower.contains("not ") && MANAGED.iter().any(|word| lower.contains(word))
}

/// True for "there is none" in one of its forms.
pub(super) fn is_none(text: &str) -> bool {
    let last = text.rsplit([':', '=']).next().unwrap_or(text);
    let word = last.trim().trim_matches(['"', '\'', '(', ')', '[', ']', '.']).to_lowercase();
    matches!(word.as_str(), "" | "none" | "null" | "absent" | "0" | "not found" | "not present" | "undefined" | "empty")
}

/// True for the mode in which Claude uses Claude.ai.
pub(super) fn is_ordinary(mode: &str) -> bool {
    let lower = mode.to_lowercase();
    lower.contains("1p") || lower.contains("standard") || lower.contains("first-party") || lower.contains("ordinary")
}

fn mode_in(lower: &str) -> Option<String> {
    ["1p", "3p", "standard", "third-party", "first-party"]
        .into_iter()
        .find(|mode| lower.split(|c: char| !c.is_alphanumeric() && c != '-').any(|word| word == *mode))
        .map(str::to_owned)
}

/// A line's name and value: `name: value`, `name = value`, `"name": "value",`, with or without a bullet.
fn parts(line: &str) -> (&str, &str) {
    let line = line.trim_start_matches(['-', '*', '•', ' ']).trim_end_matches(',');
    let (name, value) = line.split_once([':', '=']).unwrap_or((line, ""));
    (name.trim().trim_matches('"'), value.trim())
}

fn put(name: &str, value: &str, report: &mut ClaudeReport) {
    let lower = name.to_lowercase();
    let first = name.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    if first == "deploymentMode" || (lower.contains("mode") && lower.contains("deployment")) {
        report.mode = mode_in(&value.to_lowercase()).or_else(|| report.mode.take());
    } else if STARTS.iter().any(|start| first.starts_with(start)) && !value.is_empty() {
        if report.values.len() < MOST_KEPT {
            report.values.insert(first.to_owned(), value.to_owned());
        }
        // `inferenceProvider (MDM): gateway`
        if let Some(source) = name[first.len()..].trim().strip_prefix('(') {
            put_source(source.trim_end_matches(')'), report);
        }
    } else if lower.contains("source") {
        put_source(value, report);
    } else if lower.contains("credential") {
        report.has_key = has_key(value).or(report.has_key);
    } else if ["state", "status", "health", "provider status"].contains(&lower.as_str()) {
        report.health = Health::of(value).or(report.health);
    } else if lower == "failingfield" {
        report.failing_field = Some(value.to_owned());
    } else if value.is_empty() && name.to_lowercase().contains("no credential configured") {
        report.has_key = Some(false);
    }
}

fn put_source(source: &str, report: &mut ClaudeReport) {
    let source = source.trim();
    if !source.is_empty() && report.sources.len() < MOST_KEPT && report.sources.iter().all(|known| known != source) {
        report.sources.push(source.to_owned());
    }
}

fn put_error(error: &str, report: &mut ClaudeReport) {
    if !is_none(error) && report.errors.len() < MOST_KEPT {
        report.errors.push(error.trim().to_owned());
    }
}

fn has_key(value: &str) -> Option<bool> {
    let lower = value.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if says(&["no credential", "missing", "not configured", "invalid", "failed", "none", "error", "false", "not set"]) {
        Some(false)
    } else if says(&["valid", "ok", "present", "configured", "true", "passed", "set", "resolved"]) {
        Some(true)
    } else {
        None
    }
}

/// Reads JSON: names count at every depth.
fn walk(name: &str, value: &Value, report: &mut ClaudeReport) {
    let lower = name.to_lowercase();
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| walk(name, value, report)),
        Value::Array(items) if lower.contains("error") => {
            items.iter().for_each(|item| put_error(&shown(item), report));
        }
        Value::Array(items) if lower.contains("source") => {
            for item in items {
                match item {
                    Value::Object(_) => walk("", item, report),
                    item => put_source(&shown(item), report),
                }
            }
        }
        Value::Array(items) if !STARTS.iter().any(|start| name.starts_with(start)) => {
            items.iter().for_each(|item| walk(name, item, report));
        }
        value if lower.contains("parseerror") => put_error(&shown(value), report),
        value => put(name, &shown(value), report),
    }
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
