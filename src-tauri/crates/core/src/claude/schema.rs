//! The known keys of a configuration: who may say each, of what kind its value is and which version was the
//! first to know it.
//!
//! A key that a version does not know is dropped from a local profile, and makes Claude discard a whole
//! managed file on Linux (PI). So what is handed to an administrator is compared with this table before
//! it leaves the program, and what stands in a profile or a policy is judged by it.

mod kind;
mod row;
mod table;

use serde_json::Value;

use self::row::Row;
use super::version::Version;
use crate::finding::{Code, Finding};

/// What a value must be.
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
    /// A text of at most so many characters, with something to see in it.
    Note(usize),
    /// A UUID.
    Uuid,
    /// One of a few words.
    OneOf(&'static [&'static str]),
    /// The same, in capitals or small letters and with spaces around.
    Loosely(&'static [&'static str]),
    /// A list of a few words.
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
    /// A list of objects of their own shape.
    Rows(Row),
    /// An object.
    Object,
    /// What may be brought over from claude.ai.
    Import,
    /// A line above Claude's window.
    Banner,
    /// What Claude's own tools may do.
    ToolPolicy,
    /// An absolute path on this computer.
    LocalPath,
    /// An address with encryption, elsewhere.
    SecureUrl,
    /// Nobody has said what it must be.
    Unjudged,
}

/// A key of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Its flat name, which stays between versions while nested paths move (OD).
    pub name: &'static str,
    /// What its value must be.
    pub kind: Kind,
    /// The first version that knows it.
    pub since: Version,
}

/// Who may say a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Every source.
    Anywhere,
    /// Not a gateway that serves the rest of a configuration: it sets these itself.
    Reserved,
    /// Device management and the local file alone.
    LocalOnly,
}

/// What is to be said of a name that no row has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stranger {
    /// Claude gave it up for this one.
    Renamed(&'static str),
    /// It is almost this one.
    Misspelled(&'static str),
    /// It has the form of names that are all known, and is not one of them.
    NotAKey,
    /// A newer Claude may know it.
    Newer,
}

/// The first version with third-party inference (PI): what it knows counts as known from the beginning, and
/// so does what has no version told, for "too new" may not be said of it.
const BASE: Version = Version(1, 2581, 0);
/// Where a version is not told, the oldest one in which the key was seen (PI).
const SEEN: Version = Version(2, 19675, 0);
/// No bound but that of the number's type in Claude.
const MOST: u64 = i32::MAX as u64;
/// Most letters by which a misspelled name differs from the one that was meant (PI).
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

/// All rows.
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

/// Who may say the key of this name.
pub fn standing(name: &str) -> Option<Standing> {
    keys().find(|(key, _)| key.name == name).map(|(_, standing)| standing)
}

/// What a name is that no row has; nothing for a known one. This program's own rows of the nested form count
/// as Claude's validator counts them (PI).
pub fn stranger(name: &str) -> Option<Stranger> {
    if key_named(name).is_some() {
        return None;
    }
    if let Some((_, now)) = table::RENAMED.iter().find(|(before, _)| *before == name) {
        return Some(Stranger::Renamed(now));
    }
    let plain = plain(name);
    let near = keys().map(|(key, _)| (distance(&plain, &self::plain(key.name)), key.name)).min();
    Some(match near {
        Some((far, meant)) if far <= NEAR => Stranger::Misspelled(meant),
        _ if ["inference", "otlp"].iter().any(|start| name.starts_with(start)) => Stranger::NotAKey,
        _ if name.starts_with('$') || GROUPS.contains(&name) => Stranger::NotAKey,
        _ => Stranger::Newer,
    })
}

/// A name as names are compared: without capitals, underscores and spaces.
fn plain(name: &str) -> Vec<char> {
    name.chars().filter(|c| !matches!(c, '_' | ' ')).flat_map(char::to_lowercase).collect()
}

/// How many letters must be changed, added or taken away, at most one more than is near.
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

/// Compares a configuration with the table, for Claude from a version on; nothing means any version.
///
/// # Errors
/// `ExportInvalid` with the first key that is not known or whose value is not of its kind.
pub fn lint<'a>(values: impl IntoIterator<Item = (&'a str, &'a Value)>, from: Option<Version>) -> Result<(), Finding> {
    for (name, value) in values {
        let invalid = |reason: &str| Finding::new(Code::ExportInvalid).with("key", name).with("reason", reason);
        let key = key_named(name).ok_or_else(|| match stranger(name) {
            Some(Stranger::Renamed(meant) | Stranger::Misspelled(meant)) => invalid("unknown").with("instead", meant),
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

/// A value as the text that stands for it in a property list or the registry, where every value may be
/// written as a text (OD).
pub fn encoded(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests;
