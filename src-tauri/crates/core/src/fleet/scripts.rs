//! Scripts for the administrators' tools, and the page to read first. The scripts run the command line program
//! with the preset, which is part of each script, because such tools send one file.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::Fleet;
use crate::claude::schema;
use crate::claude::version::Version;
use crate::locale::Os;
use crate::text::ascii_json;

/// The scripts by their paths.
pub(super) fn scripts(preset: &str) -> impl Iterator<Item = (&'static str, String)> {
    // PowerShell decodes nothing where it is restricted, so there the preset stands as it is.
    let json: String = ascii_json(preset).lines().map(str::trim).collect();
    // Letters that have no special meaning in any shell or markup.
    let preset = BASE64_STANDARD.encode(preset);
    let of = move |text: &str| text.replace("@PRESET@", &preset).replace("@PRESET_JSON@", &json);
    [
        // PowerShell 5.1 requires the line ends of Windows.
        ("windows/intune.ps1", of(include_str!("templates/intune.ps1")).replace('\n', "\r\n")),
        ("macos/jamf.sh", of(include_str!("templates/jamf.sh"))),
        ("linux/playbook.yml", of(include_str!("templates/playbook.yml"))),
    ]
    .into_iter()
}

/// The page to read first, in both languages.
pub(super) fn readmes(fleet: &Fleet) -> impl Iterator<Item = (&'static str, String)> {
    let newest = [Os::Windows, Os::Macos, Os::Linux].into_iter().flat_map(|os| super::values(fleet, os));
    let needed = newest.filter_map(|(name, _)| Some(schema::key_named(name)?.since)).max();
    let needed = needed.unwrap_or(Version::FIRST_WITH_GATEWAY).to_string();
    let (name, base) = (fleet.preset.name.clone(), fleet.preset.base.as_str().to_owned());
    let host = fleet.preset.base.host().to_owned();
    let helpers = fleet.helpers.clone();
    let holds_key = fleet.key.is_some();
    let of = move |text: &str| {
        // Blocks between `@IF_KEY@` or `@IF_NO_KEY@` and `@END@` are kept only where their condition holds.
        let mut kept = true;
        let lines = text.lines().filter(|line| {
            match *line {
                "@IF_KEY@" => kept = holds_key,
                "@IF_NO_KEY@" => kept = !holds_key,
                "@END@" => kept = true,
                _ => return kept,
            }
            false
        });
        let text: String = lines.map(|line| format!("{line}\n")).collect();
        text.replace("@NAME@", &name)
            .replace("@BASE@", &base)
            .replace("@HOST@", &host)
            .replace("@CLAUDE@", &needed)
            .replace("@HELPER_WINDOWS@", &helpers.windows)
            .replace("@HELPER_MACOS@", &helpers.macos)
            .replace("@HELPER_LINUX@", &helpers.linux)
    };
    [
        ("README.zh-CN.md", of(include_str!("templates/README.zh-CN.md"))),
        ("README.en.md", of(include_str!("templates/README.en.md"))),
    ]
    .into_iter()
}
