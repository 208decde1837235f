//! The three forms in which administrators give Claude a configuration: writing them, and reading them as
//! their systems do.

use std::collections::BTreeMap;

use plist::{Dictionary, Value as Plist};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::claude::{policy, schema};
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
/// value a text (OD).
pub fn registry(hive: &str, values: &[(&'static str, Value)]) -> Vec<u8> {
    let mut text = format!("{REGISTRY_START}[{}]\r\n", full(hive));
    for (name, value) in values {
        text += &format!("\"{}\"=\"{}\"\r\n", escaped(name), escaped(&schema::encoded(value)));
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

/// The values in such a file; `None` when it is not one for this hive.
pub fn read_registry(bytes: &[u8], hive: &str) -> Option<BTreeMap<String, Value>> {
    let (units, []) = bytes.as_chunks::<2>() else { return None };
    let text = String::from_utf16(&units.iter().map(|pair| u16::from_le_bytes(*pair)).collect::<Vec<_>>()).ok()?;
    let body =
        text.strip_prefix('\u{feff}')?.strip_prefix(REGISTRY_START)?.strip_prefix(&format!("[{}]\r\n", full(hive)))?;
    let line = |line: &str| {
        let (name, text) = line.strip_prefix('"')?.strip_suffix('"')?.split_once("\"=\"")?;
        decoded(&unescaped(name)?, &unescaped(text)?)
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
