//! The three forms in which administrators give Claude a configuration: writing them, and reading them as
//! their systems do.

use std::collections::{BTreeMap, BTreeSet};

use plist::{Dictionary, Value as Plist};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::claude::{keys, policy, schema};
use crate::finding::{Code, Finding};
use crate::preset::Preset;

/// The domain of Claude's preferences on macOS (OD).
const DOMAIN: &str = "com.anthropic.claudefordesktop";
/// The two keys of the registry, the machine's first.
pub(super) const HIVES: [&str; 2] = [policy::MACHINE, policy::USER];
const REGISTRY_START: &str = "Windows Registry Editor Version 5.00\r\n\r\n";

/// A configuration profile for macOS: one payload, whose keys stand flat beside the payload's own (PI),
/// each value a text (OD).
///
/// # Errors
/// `ExportInvalid` when it cannot be written, which does not happen with plain data.
pub fn mobileconfig(preset: &Preset, values: &[(&'static str, Value)]) -> Result<Vec<u8>, Finding> {
    let texts: Vec<(&str, String)> = values.iter().map(|(name, value)| (*name, schema::encoded(value))).collect();
    let payload = |kind: &str, identifier: &str, name: &str| {
        let mut payload = Dictionary::new();
        for (key, value) in [
            ("PayloadType", kind),
            ("PayloadIdentifier", identifier),
            ("PayloadUUID", &uuid_of(identifier, &texts)),
            ("PayloadDisplayName", name),
        ] {
            payload.insert(key.to_owned(), value.into());
        }
        payload.insert("PayloadVersion".to_owned(), 1.into());
        payload
    };
    let title = format!("Claude Desktop · {}", preset.name);
    let mut settings = payload(DOMAIN, &format!("{DOMAIN}.settings"), &title);
    for (name, text) in &texts {
        settings.insert((*name).to_owned(), text.as_str().into());
    }
    let mut profile = payload("Configuration", &format!("{DOMAIN}.airouter-setup"), &title);
    profile.insert("PayloadScope".to_owned(), "System".into());
    profile.insert("PayloadContent".to_owned(), Plist::Array(vec![settings.into()]));
    let mut bytes = Vec::new();
    Plist::Dictionary(profile)
        .to_writer_xml(&mut bytes)
        .map_err(|_| Finding::new(Code::ExportInvalid).with("reason", "property list"))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// An id computed from the values, so that a management system detects changes.
fn uuid_of(identifier: &str, texts: &[(&str, String)]) -> String {
    let digest = Sha256::digest(format!("{identifier}\0{texts:?}").as_bytes());
    let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02X}")).collect();
    // The digits for "version 8, custom format" (RFC 9562).
    format!("{}-{}-8{}-A{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..32])
}

/// The values in such a profile; `None` when it is not one.
pub fn read_mobileconfig(bytes: &[u8]) -> Option<BTreeMap<String, Value>> {
    let profile = Plist::from_reader(std::io::Cursor::new(bytes)).ok()?.into_dictionary()?;
    let content = profile.get("PayloadContent")?.as_array()?;
    let [payload] = content.as_slice() else { return None };
    let payload = payload.as_dictionary()?;
    if payload.get("PayloadType")?.as_string()? != DOMAIN {
        return None;
    }
    let own = payload.iter().filter(|(name, _)| !name.starts_with("Payload"));
    own.map(|(name, value)| decoded(name, value.as_string()?)).collect()
}

/// A file for the registry, as `reg import` and the editor read it: UTF-16 with its byte-order mark, every
/// value a text (OD). What belongs to a connection and is not set is removed: importing only adds, so a key or a
/// model of an earlier export would stay.
pub fn registry(hive: &str, values: &[(&'static str, Value)]) -> Vec<u8> {
    let is_set = |name: &str| values.iter().any(|(set, _)| *set == name);
    let unset = known().filter(|name| is_of_connection(name) && !is_set(name));
    let set = values.iter().map(|(name, value)| (*name, Some(schema::encoded(value))));
    registry_file(hive, set.chain(unset.map(|name| (name, None))))
}

/// A file that removes every known value of Claude's from the registry, also those that others have put there.
pub fn registry_removal(hive: &str) -> Vec<u8> {
    registry_file(hive, known().map(|name| (name, None)))
}

fn known() -> impl Iterator<Item = &'static str> {
    schema::keys().map(|(key, _)| key.name)
}

/// True for what an export may set, and for what decides with it where Claude connects. Other policies of an
/// administrator, such as those about updates, are not this program's to remove.
fn is_of_connection(name: &str) -> bool {
    const OTHERS: [&str; 5] = [keys::DISCOVERY, keys::EGRESS, keys::CHAT_TAB, keys::ORGANIZATION, keys::DISPLAY_NAME];
    name.starts_with("inference") || OTHERS.contains(&name)
}

fn registry_file(hive: &str, lines: impl Iterator<Item = (&'static str, Option<String>)>) -> Vec<u8> {
    let mut text = format!("{REGISTRY_START}[{}]\r\n", full(hive));
    for (name, value) in lines {
        text += &match value {
            Some(value) => format!("\"{}\"=\"{}\"\r\n", escaped(name), escaped(&value)),
            None => format!("\"{}\"=-\r\n", escaped(name)),
        };
    }
    text += "\r\n";
    std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

fn full(hive: &str) -> String {
    hive.replacen("HKLM", "HKEY_LOCAL_MACHINE", 1).replacen("HKCU", "HKEY_CURRENT_USER", 1)
}

fn escaped(text: &str) -> String {
    text.replace('\\', r"\\").replace('"', "\\\"")
}

/// The values that such a file sets; `None` when it is not one for this hive.
pub fn read_registry(bytes: &[u8], hive: &str) -> Option<BTreeMap<String, Value>> {
    let lines = registry_lines(bytes, hive)?;
    lines.into_iter().filter_map(|(name, text)| Some(decoded(&name, &text?))).collect()
}

/// The names of the values that such a file removes; `None` when it is not one for this hive.
pub fn read_registry_removals(bytes: &[u8], hive: &str) -> Option<BTreeSet<String>> {
    let lines = registry_lines(bytes, hive)?;
    Some(lines.into_iter().filter(|(_, text)| text.is_none()).map(|(name, _)| name).collect())
}

fn registry_lines(bytes: &[u8], hive: &str) -> Option<Vec<(String, Option<String>)>> {
    let (units, []) = bytes.as_chunks::<2>() else { return None };
    let text = String::from_utf16(&units.iter().map(|pair| u16::from_le_bytes(*pair)).collect::<Vec<_>>()).ok()?;
    let body =
        text.strip_prefix('\u{feff}')?.strip_prefix(REGISTRY_START)?.strip_prefix(&format!("[{}]\r\n", full(hive)))?;
    let line = |line: &str| {
        let line = line.strip_prefix('"')?;
        if let Some(name) = line.strip_suffix("\"=-") {
            return Some((unescaped(name)?, None));
        }
        let (name, text) = line.strip_suffix('"')?.split_once("\"=\"")?;
        Some((unescaped(name)?, Some(unescaped(text)?)))
    };
    body.split("\r\n").filter(|text| !text.is_empty()).map(line).collect()
}

fn unescaped(text: &str) -> Option<String> {
    let mut plain = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => plain.push(characters.next().filter(|next| matches!(next, '\\' | '"'))?),
            '"' => return None,
            other => plain.push(other),
        }
    }
    Some(plain)
}

/// The file for Linux: flat, with native values (OD).
pub(super) fn settings(values: &[(&'static str, Value)]) -> Vec<u8> {
    let object: Map<String, Value> = values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    // Plain data can always be written as text.
    let mut bytes = serde_json::to_vec_pretty(&Value::Object(object)).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

fn decoded(name: &str, text: &str) -> Option<(String, Value)> {
    Some((name.to_owned(), schema::key_named(name)?.kind.read(&text.into())?))
}
