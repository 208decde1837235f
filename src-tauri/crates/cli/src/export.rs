//! `export`: the connection on this computer, for others.

use airouter_core::address::GatewayUrl;
use airouter_core::finding::{Code, Finding};
use airouter_core::fleet::{Exported, Fleet, Helpers};
use airouter_core::preset::link::Carried;
use airouter_core::preset::{Preset, link};
use airouter_core::secret::{Redactor, Secret};
use airouter_core::view::Locale;
use airouter_platform::export::{Connected, connected, write};
use airouter_platform::places::Places;
use airouter_platform::redaction;
use serde_json::json;

use crate::arguments::Export;
use crate::key;
use crate::output::Answer;

/// The preset's file, where it is all that is written; the system knows it by its ending.
const PRESET_FILE: &str = "gateway.airouter";

/// `export`
pub(crate) fn export(arguments: &Export, locale: Locale) -> Answer {
    let made =
        Places::here().and_then(|places| connected(&places)).and_then(|connected| make(arguments, connected, locale));
    match made {
        Ok(answer) => answer,
        Err(finding) => Answer::refused(vec![finding]),
    }
}

fn make(arguments: &Export, connected: Connected, locale: Locale) -> Result<Answer, Finding> {
    redaction::exempt(connected.wishes.base.as_str());
    let preset = Preset {
        supporter: arguments.supporter.clone(),
        note: arguments.note.clone(),
        expires: arguments.expires,
        ..connected.preset(&Preset::airouter())
    };
    let text = preset.to_json()?;
    let view = preset.view();
    let mut findings = Vec::new();
    if !connected.pilot.is_proved() {
        findings.push(Finding::new(Code::ExportUnproved));
    }
    let files = if arguments.preset {
        vec![Exported { path: PRESET_FILE, bytes: text.clone().into_bytes(), holds_key: false }]
    } else {
        let key = key_for(arguments, &connected.wishes.base, locale)?;
        if key.is_some() {
            findings.push(Finding::new(Code::ExportHoldsKey));
        }
        fleet(arguments, connected, preset, key).files()?
    };
    let held = redaction::redactor().finds(&text).then_some(PRESET_FILE);
    let held =
        held.or_else(|| files.iter().find(|file| !file.holds_key && holds_secret(&file.bytes)).map(|file| file.path));
    if let Some(place) = held {
        return Err(Finding::new(Code::PresetHoldsKey).with("place", place));
    }
    let named: Vec<_> = files.iter().map(|file| json!({"path": file.path, "holds_key": file.holds_key})).collect();
    match &arguments.to {
        Some(folder) if !arguments.dry_run => write(folder, &files)?,
        _ => {}
    }
    let outcome = if arguments.dry_run { "dry-run" } else { "exported" };
    let answer = Answer::new(findings).with("preset", view);
    // The same text was searched for secrets above. In the letters of a link any word that a key shares with
    // the gateway's name would look like a piece of it, and a link without these letters leads nowhere.
    let link = link::write(&Carried { preset: text.clone(), signature: None });
    redaction::exempt(&link);
    let answer = answer.with("link", link);
    Ok(match &arguments.to {
        Some(folder) => answer.with("outcome", outcome).with("to", folder.display().to_string()).with("files", named),
        None => answer.reads(text.trim_end().to_owned()),
    })
}

/// True for a file in which a secret of this computer stands, though it is for others. Only whole secrets
/// count: what may hold a piece of one is the preset, which is searched as text, and in its letters as a
/// script carries it any word that a key shares with the gateway's name would look like such a piece.
fn holds_secret(bytes: &[u8]) -> bool {
    Redactor::default().with_whole(&redaction::secrets()).finds(&String::from_utf8_lossy(bytes))
}

/// The key, only if it was asked for by name.
fn key_for(arguments: &Export, base: &GatewayUrl, locale: Locale) -> Result<Option<Secret>, Finding> {
    let paste = if !arguments.with_key {
        return Ok(None);
    } else if arguments.key_prompt {
        key::of_terminal(false, locale)?
    } else {
        key::of_standard_input(false)?
    };
    // Everybody who gets these files sends the key to this address.
    paste.may_go_to(base, &Preset::airouter(), false).map_err(|finding| finding.with("by", "export"))?;
    Ok(Some(paste.key))
}

fn fleet(arguments: &Export, connected: Connected, preset: Preset, key: Option<Secret>) -> Fleet {
    let usual = Helpers::default();
    Fleet {
        preset,
        scheme: connected.wishes.scheme,
        organization: connected.organization,
        helpers: Helpers {
            windows: arguments.helper_windows.clone().unwrap_or(usual.windows),
            macos: arguments.helper_macos.clone().unwrap_or(usual.macos),
            linux: arguments.helper_linux.clone().unwrap_or(usual.linux),
        },
        key,
        oldest: arguments.for_claude,
        pilot: connected.pilot,
    }
}
