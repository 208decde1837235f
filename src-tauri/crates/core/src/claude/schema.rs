//! The known keys of a configuration: which sources may set each, the kind of its value and the first
//! version that knows it.
//!
//! A key that a version does not know is dropped from a local profile, and makes Claude discard a whole
//! managed file on Linux (PI). So what is exported for an administrator is compared with this table first,
//! and the values of a profile or a policy are judged by it.

mod kind;
mod row;
mod table;

use serde_json::Value;

use self::row::Row;
use super::version::Version;
use crate::finding::{Code, Finding};

/// The kind of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Flag,
    /// A whole number within bounds.
    Whole(u64, u64),
    /// A number above 0 and up to 1.
    Share,
    /// A text that is not empty.
    Text,
    /// A text of at most this many characters that is not only white space.
    Note(usize),
    /// A UUID.
    Uuid,
    /// One of a few words.
    OneOf(&'static [&'static str]),
    /// The same, ignoring case and surrounding spaces.
    Loosely(&'static [&'static str]),
    /// A list of some of these words.
    Words(&'static [&'static str]),
    /// A list of texts.
    Texts,
    /// A list of texts that are not empty.
    Names,
    /// A list of hosts, of which at least one can be read.
    Hosts,
    /// A list of texts and objects.
    Items,
    /// A list of folders, each a text or an object.
    Folders,
    /// A list of objects of this shape.
    Rows(Row),
    /// An object.
    Object,
    /// What may be imported from claude.ai.
    Import,
    /// A banner above Claude's window.
    Banner,
    /// The permissions of Claude's own tools.
    ToolPolicy,
    /// An absolute path on this computer.
    LocalPath,
    /// An https address that is not on this computer.
    SecureUrl,
    /// Undocumented.
    Unjudged,
}

/// A key of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Its flat name, which is stable between versions while nested paths change (OD).
    pub name: &'static str,
    /// The kind of its value.
    pub kind: Kind,
    /// The first version that knows it.
    pub since: Version,
}

/// Which sources may set a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// All sources.
    Anywhere,
    /// Not a gateway that serves the rest of a configuration: Claude sets these itself.
    Reserved,
    /// Only device management and the local file.
    LocalOnly,
}

/// What is known about a name that is not in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownName {
    /// Claude replaced it by this one.
    Renamed(&'static str),
    /// It is probably a misspelling of this one.
    Misspelled(&'static str),
    /// It has the form of names that are all known, and is none of them.
    NotAKey,
    /// A newer Claude may know it.
    Newer,
}

/// The first version with third-party inference (PI). Keys that it knows, and keys without a documented
/// version, count as known from this version on, since they must not be reported as too new.
const BASE: Version = Version(1, 2581, 0);
/// Where no version is documented, the oldest one in which the key was seen (PI).
const SEEN: Version = Version(2, 19675, 0);
/// No bound but that of the number's type in Claude.
const MOST: u64 = i32::MAX as u64;
/// The most letters by which a misspelled name differs from the intended one (PI).
const NEAR: usize = 2;
/// The groups of the nested form, which is served and never written flat (PI).
const GROUPS: [&str; 11] = [
    "inference",
    "workspace",
    "authentication",
    "mcp",
    "plugins",
    "lifecycle",
    "bootstrap",
    "appearance",
    "codeSurface",
    "coworkSurface",
    "chatSurface",
];

const fn key(name: &'static str, kind: Kind, since: Version) -> Key {
    Key { name, kind, since }
}

/// All keys with their sources.
pub fn keys() -> impl Iterator<Item = (&'static Key, Standing)> {
    let of = |keys: &'static [Key], standing| keys.iter().map(move |key| (key, standing));
    of(table::CHECKED, Standing::Anywhere)
        .chain(of(table::RESERVED, Standing::Reserved))
        .chain(of(table::LOCAL, Standing::LocalOnly))
}

/// The key of this name.
pub fn key_named(name: &str) -> Option<&'static Key> {
    keys().map(|(key, _)| key).find(|key| key.name == name)
}

/// Which sources may set the key of this name.
pub fn standing(name: &str) -> Option<Standing> {
    keys().find(|(key, _)| key.name == name).map(|(_, standing)| standing)
}

/// What is known about a name that is not in the table; `None` for a known one. This program's additional
/// rows of the nested form count as they do in Claude's validator (PI).
pub fn judge_unknown(name: &str) -> Option<UnknownName> {
    if key_named(name).is_some() {
        return None;
    }
    if let Some((_, now)) = table::RENAMED.iter().find(|(before, _)| *before == name) {
        return Some(UnknownName::Renamed(now));
    }
    let plain = plain(name);
    let near = keys().map(|(key, _)| (distance(&plain, &self::plain(key.name)), key.name)).min();
    Some(match near {
        Some((far, intended)) if far <= NEAR => UnknownName::Misspelled(intended),
        _ if ["inference", "otlp"].iter().any(|start| name.starts_with(start)) => UnknownName::NotAKey,
        _ if name.starts_with('$') || GROUPS.contains(&name) => UnknownName::NotAKey,
        _ => UnknownName::Newer,
    })
}

/// A name in the form in which names are compared: without capitals, underscores and spaces.
fn plain(name: &str) -> Vec<char> {
    name.chars().filter(|c| !matches!(c, '_' | ' ')).flat_map(char::to_lowercase).collect()
}

/// How many letters must be changed, added or removed; counting ends at one more than [`NEAR`].
fn distance(one: &[char], other: &[char]) -> usize {
    if one.len().abs_diff(other.len()) > NEAR {
        return NEAR + 1;
    }
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.iter().enumerate() {
        let mut before = row[0];
        row[0] = at + 1;
        for (place, same) in other.iter().enumerate() {
            let changed = before + usize::from(letter != same);
            before = row[place + 1];
            row[place + 1] = changed.min(before + 1).min(row[place] + 1);
        }
    }
    row[other.len()].min(NEAR + 1)
}

/// Compares a configuration with the table, for Claude from version `from` on; `None` means any version.
///
/// # Errors
/// `ExportInvalid` with the first key that is not known or whose value is not of its kind.
pub fn lint<'a>(values: impl IntoIterator<Item = (&'a str, &'a Value)>, from: Option<Version>) -> Result<(), Finding> {
    for (name, value) in values {
        let invalid = |reason: &str| Finding::new(Code::ExportInvalid).with("key", name).with("reason", reason);
        let key = key_named(name).ok_or_else(|| match judge_unknown(name) {
            Some(UnknownName::Renamed(intended) | UnknownName::Misspelled(intended)) => {
                invalid("unknown").with("instead", intended)
            }
            _ => invalid("unknown"),
        })?;
        if from.is_some_and(|from| from < key.since) {
            return Err(invalid("newer").with("version", key.since));
        }
        if !key.kind.accepts(value) {
            return Err(invalid("value"));
        }
    }
    Ok(())
}

/// A value as the text that represents it in a property list or the registry, where every value may be
/// written as a text (OD).
pub fn encoded(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests;
