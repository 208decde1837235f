//! The file of a preset: one JSON object with `schema` 1, `name` and `base`; everything else is optional.
//! Unknown fields are refused, and so is anything that looks like a key, in any place: presets are sent
//! through chat programs.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::{Day, Preset, Signer};
use crate::address::{AddressChange, GatewayUrl, repair};
use crate::claude::egress;
use crate::claude::models::{DropReason, judge_id};
use crate::finding::{Code, Finding};
use crate::secret::masked;
use crate::text::{is_invisible, plain_letter};

/// The only version of the format so far.
const SCHEMA: u32 = 1;
/// The most models that a preset may recommend; long lists are a problem (PI).
const MOST_MODELS: usize = 20;
/// The most hosts that a preset may allow.
const MOST_HOSTS: usize = 50;
/// The longest name of a gateway or a person, in characters: Claude's own limit for labels (OD).
const LONGEST_NAME: usize = 60;
/// The longest note, in characters.
const LONGEST_NOTE: usize = 500;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: u32,
    name: String,
    base: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    console: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage_log: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    models: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    egress: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    supporter: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
}

/// Reads the file.
pub(super) fn read(text: &str) -> Result<Preset, Finding> {
    let value: Value = serde_json::from_str(text).map_err(|error| invalid(&error.to_string()))?;
    // First of all: a refusal names an unknown field, and that name may be a key.
    no_key_in(&value)?;
    // Parsed again from the text, because a value does not show which field stood there twice.
    let file: File = serde_json::from_str(text).map_err(|error| invalid(&error.to_string()))?;
    if file.schema != SCHEMA {
        return Err(invalid(&format!("schema {}", file.schema)));
    }
    let base = safely_written(&file.base).ok_or_else(|| invalid("base"))?;
    let page = |field: &str, text: Option<String>| match text {
        Some(text) => page(&text, &base).ok_or_else(|| invalid(field)).map(Some),
        None => Ok(None),
    };
    let (console, usage_log) = (page("console", file.console)?, page("usage_log", file.usage_log)?);
    Ok(Preset {
        name: text_for_people(&file.name, LONGEST_NAME, false).ok_or_else(|| invalid("name"))?,
        base: base.clone(),
        console,
        usage_log,
        models: models(file.models)?,
        egress: hosts(file.egress.as_deref())?,
        supporter: match file.supporter {
            Some(text) => Some(text_for_people(&text, LONGEST_NAME, false).ok_or_else(|| invalid("supporter"))?),
            None => None,
        },
        note: match file.note {
            Some(text) => Some(text_for_people(&text, LONGEST_NOTE, true).ok_or_else(|| invalid("note"))?),
            None => None,
        },
        expires: match file.expires {
            Some(text) => Some(text.parse::<Day>().map_err(|_| invalid("expires"))?),
            None => None,
        },
        is_built_in: false,
        signer: Signer::None,
    })
}

/// Writes the file.
pub(super) fn write(preset: &Preset) -> String {
    let file = File {
        schema: SCHEMA,
        name: preset.name.clone(),
        base: preset.base.as_str().to_owned(),
        console: preset.console.clone(),
        usage_log: preset.usage_log.clone(),
        models: preset.models.clone(),
        egress: preset.egress.clone(),
        supporter: preset.supporter.clone(),
        note: preset.note.clone(),
        expires: preset.expires.map(|day| day.to_string()),
    };
    // Plain data can always be written as text.
    serde_json::to_string_pretty(&file).unwrap_or_default() + "\n"
}

fn invalid(reason: &str) -> Finding {
    Finding::new(Code::PresetInvalid).with("reason", masked(reason))
}

fn no_key_in(value: &Value) -> Result<(), Finding> {
    let holds = |text: &str| {
        let plain: String = text.chars().filter(|c| !is_invisible(*c)).map(plain_letter).collect();
        masked(&plain) != plain || holds_uuid(&plain)
    };
    let refuse = |place: &str| Finding::new(Code::PresetHoldsKey).with("place", masked(place));
    match value {
        Value::String(text) if holds(&without_host(text)) => Err(refuse("value")),
        Value::Array(items) => items.iter().try_for_each(no_key_in),
        Value::Object(fields) => fields.iter().try_for_each(|(name, value)| {
            if holds(name) {
                return Err(refuse("name"));
            }
            no_key_in(value).map_err(|_| refuse(name))
        }),
        _ => Ok(()),
    }
}

/// True for texts in the form of some gateways' keys.
fn holds_uuid(text: &str) -> bool {
    let is_of_uuid = |c: char| c.is_ascii_hexdigit() || c == '-';
    text.split(|c| !is_of_uuid(c)).any(|run| run.len() >= 32 && run.bytes().any(|byte| byte.is_ascii_digit()))
}

/// A host may have a long name of letters and digits without being a key.
fn without_host(text: &str) -> String {
    match safely_written(text) {
        Some(address) => text.to_ascii_lowercase().replacen(address.name(), "", 1),
        None => text.to_owned(),
    }
}

/// The address in a file, which says where the key is sent. Its form may be repaired, as that of a typed one;
/// a missing encryption may not.
fn safely_written(text: &str) -> Option<GatewayUrl> {
    let (address, changes) = repair(text, None).ok()?;
    let is_meant = |change: &AddressChange| {
        !matches!(
            change,
            AddressChange::MadeHttps
                | AddressChange::SchemeAdded
                | AddressChange::HttpAdded
                | AddressChange::TakenFromText
        )
    };
    changes.iter().all(is_meant).then_some(address)
}

/// The address of a page for people, in the form that browsers use: encrypted or at the gateway's own host,
/// and without anything that a browser reads differently from what a person sees.
fn page(text: &str, base: &GatewayUrl) -> Option<String> {
    if text.chars().any(|c| c.is_control() || c.is_whitespace() || is_invisible(c) || c == '\\') {
        return None;
    }
    let url = Url::parse(text).ok().filter(|url| url.username().is_empty() && url.password().is_none())?;
    let own = Url::parse(base.as_str()).ok()?;
    let is_own = url.host() == own.host() && url.scheme() == own.scheme();
    let is_public = url.scheme() == "https" && url.domain().is_some_and(|name| name.contains('.'));
    // `https:/x` is read as `https://x` and looks like a path.
    let is_as_read = text.get(url.scheme().len()..).is_some_and(|rest| rest.starts_with("://"));
    (is_as_read && (is_own || is_public)).then(|| url.into())
}

/// A text for people: not empty, not long, in one line unless it is a note, and without characters that hide
/// or reorder others.
fn text_for_people(text: &str, longest: usize, may_wrap: bool) -> Option<String> {
    let text = text.trim();
    let is_odd = |c: char| {
        let is_variant = ('\u{fe00}'..='\u{fe0f}').contains(&c);
        (c.is_control() && !(may_wrap && c == '\n'))
            || matches!(c, '\u{2028}' | '\u{2029}')
            || (is_invisible(c) && !is_variant)
    };
    let is_fine = !text.is_empty() && text.chars().count() <= longest && !text.chars().any(is_odd);
    is_fine.then(|| text.to_owned())
}

/// Only ids that Claude would show; the version of Claude is not known yet.
fn models(ids: Vec<String>) -> Result<Vec<String>, Finding> {
    let is_refused = |id: &String| judge_id(id, None).is_some_and(|why| why != DropReason::ClaudeTooOld);
    if ids.len() > MOST_MODELS || ids.iter().any(is_refused) {
        return Err(invalid("models"));
    }
    Ok(ids)
}

fn hosts(named: Option<&[String]>) -> Result<Option<Vec<String>>, Finding> {
    if named.is_some_and(|named| named.len() > MOST_HOSTS) {
        return Err(invalid("egress"));
    }
    egress::hosts(named).map_err(|_| invalid("egress"))
}
