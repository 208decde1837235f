//! Reads values as Anthropic's validator does (PI). Administrators' sources hold flags as `1` or `"true"` and
//! lists as text, which is valid there.

use std::net::Ipv4Addr;

use serde_json::{Map, Value};

use super::Kind;

/// The fields of what may be imported from claude.ai.
const IMPORT: [&str; 7] =
    ["enabled", "bannerBehavior", "exportEnabled", "automatic3pImport", "url", "oauthIssuer", "oauthClientId"];

impl Kind {
    /// Whether a native value is of this kind. A text is never a flag or a number: it is not documented
    /// that Claude accepts that form in the local file.
    pub fn accepts(self, value: &Value) -> bool {
        self.read(value).as_ref() == Some(value)
    }

    /// The native value of a value in any of the forms of an administrator's source; `None` when Claude
    /// would not accept it.
    pub fn read(self, value: &Value) -> Option<Value> {
        match self {
            Self::Flag => flag(value).map(Value::Bool),
            Self::Whole(least, most) => whole(value).filter(|it| (least..=most).contains(it)).map(Value::from),
            Self::Share => number(value).filter(|it| *it > 0.0 && *it <= 1.0).map(|it| native(value, it)),
            Self::Unjudged => Some(value).filter(|it| !it.is_null() && it.as_str() != Some("")).cloned(),
            _ if self.is_text() => value.as_str().and_then(|text| self.read_text(text)).map(Value::String),
            _ => {
                let value = match value {
                    Value::String(text) => &serde_json::from_str(text).ok()?,
                    other => other,
                };
                self.holds(value).then(|| value.clone())
            }
        }
    }

    fn is_text(self) -> bool {
        matches!(
            self,
            Self::Text
                | Self::Note(_)
                | Self::Uuid
                | Self::OneOf(_)
                | Self::Loosely(_)
                | Self::LocalPath
                | Self::SecureUrl
        )
    }

    fn read_text(self, text: &str) -> Option<String> {
        let is_right = match self {
            Self::Note(longest) => !text.trim().is_empty() && text.chars().count() <= longest,
            Self::Uuid => is_uuid(text),
            Self::OneOf(words) => words.contains(&text),
            Self::Loosely(words) => {
                let word = text.trim().to_lowercase();
                return words.contains(&word.as_str()).then_some(word);
            }
            Self::LocalPath => is_local_path(text),
            Self::SecureUrl => !is_plain_or_here(text),
            _ => !text.is_empty(),
        };
        is_right.then(|| text.to_owned())
    }

    fn holds(self, value: &Value) -> bool {
        let all = |is_one: &dyn Fn(&Value) -> bool| value.as_array().is_some_and(|list| list.iter().all(is_one));
        let object = |is_right: &dyn Fn(&Map<String, Value>) -> bool| value.as_object().is_some_and(is_right);
        match self {
            Self::Texts => all(&Value::is_string),
            Self::Names => all(&|item| item.as_str().is_some_and(|name| !name.is_empty())),
            Self::Words(words) => all(&|item| item.as_str().is_some_and(|word| words.contains(&word))),
            Self::Hosts => value
                .as_array()
                .is_some_and(|list| list.is_empty() || list.iter().any(|item| item.as_str().is_some_and(is_host))),
            Self::Items => all(&|item| item.is_string() || item.is_object()),
            Self::Folders => all(&|item| item.is_string() || item.as_object().is_some_and(is_folder)),
            Self::Rows(row) => all(&|item| item.as_object().is_some_and(|item| row.fits(item))),
            Self::Object => value.is_object(),
            Self::Import => object(&is_import),
            Self::Banner => object(&is_banner),
            Self::ToolPolicy => object(&|tools| {
                tools.values().all(|rule| rule.as_str().is_some_and(|rule| ["allow", "ask"].contains(&rule)))
            }),
            _ => false,
        }
    }
}

fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::Number(_) => match value.as_u64() {
            Some(0) => Some(false),
            Some(1) => Some(true),
            _ => None,
        },
        Value::String(text) => match text.trim().to_lowercase().as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// A number, or a text that is one, in any number format of JavaScript, in which Claude is written.
fn number(value: &Value) -> Option<f64> {
    let Value::String(text) = value else { return value.as_f64() };
    let text = text.trim().to_lowercase();
    if let Some(digits) = text.strip_prefix("0x") {
        return u32::from_str_radix(digits, 16).ok().map(f64::from);
    }
    let is_number = text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c))
        && text.chars().all(|c| c.is_ascii_digit() || "+-.e".contains(c));
    text.parse().ok().filter(|_| is_number)
}

fn whole(value: &Value) -> Option<u64> {
    // Larger numbers, which a floating-point number does not represent exactly, are no real settings.
    const EXACT: f64 = 9_007_199_254_740_991.0;
    if let Some(number) = value.as_u64() {
        return Some(number);
    }
    let number = number(value).filter(|it| it.fract() == 0.0 && (0.0..=EXACT).contains(it))?;
    format!("{number:.0}").parse().ok()
}

fn native(value: &Value, number: f64) -> Value {
    if value.is_number() { value.clone() } else { Value::from(number) }
}

fn is_uuid(text: &str) -> bool {
    let is_dash = |place: usize| [8, 13, 18, 23].contains(&place);
    let fits = |(place, byte): (usize, u8)| if is_dash(place) { byte == b'-' } else { byte.is_ascii_hexdigit() };
    text.len() == 36 && text.bytes().enumerate().all(fits)
}

/// `*`, `localhost`, a name with a dot, `*.` before one, an IPv4 address; each but `*` with a port or without.
fn is_host(text: &str) -> bool {
    if text == "*" {
        return true;
    }
    let (name, is_port) = match text.split_once(':') {
        Some((name, port)) => (name, port.parse::<u16>().is_ok_and(|port| port > 0)),
        None => (text, true),
    };
    let labels: Vec<&str> = name.strip_prefix("*.").unwrap_or(name).split('.').collect();
    let is_label = |label: &&str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    let is_name = labels.len() > 1 && labels.iter().all(is_label);
    is_port && (name == "localhost" || is_name || name.parse::<Ipv4Addr>().is_ok())
}

fn is_local_path(text: &str) -> bool {
    let slashes = text.replace('\\', "/");
    let is_drive = |path: &str| {
        let mut letters = path.chars();
        letters.next().is_some_and(|c| c.is_ascii_alphabetic()) && letters.as_str().starts_with(":/")
    };
    let is_absolute = (text.starts_with('/') && !slashes.starts_with("//")) || is_drive(&slashes);
    is_absolute && !slashes.contains('~') && slashes.split('/').all(|part| part != "..")
}

/// True for an address without encryption, on this computer, or with a login.
fn is_plain_or_here(text: &str) -> bool {
    // A text without a scheme is relative to the page's own server.
    let whole = if text.contains(':') { text.to_owned() } else { format!("https://{text}") };
    if text.bytes().all(|byte| byte.is_ascii_digit()) || text.starts_with('[') {
        return true;
    }
    let Ok(url) = url::Url::parse(&whole) else { return text.contains(':') };
    let host = url.host_str().unwrap_or_default();
    let is_here = host == "localhost" || host == "[::1]" || host.starts_with("127.");
    url.scheme() != "https" || is_here || !url.username().is_empty() || url.password().is_some()
}

fn is_folder(folder: &Map<String, Value>) -> bool {
    let is_mode = |mode: &Value| mode.as_str().is_some_and(|mode| ["rw", "ro"].contains(&mode));
    folder.get("path").is_some_and(|path| path.as_str().is_some_and(|path| !path.is_empty()))
        && folder.get("mode").is_none_or(is_mode)
        && folder.get("isDefaultSelected").is_none_or(Value::is_boolean)
}

fn is_import(import: &Map<String, Value>) -> bool {
    let flags = ["enabled", "exportEnabled", "automatic3pImport"];
    let is_shown = |word: &Value| word.as_str().is_some_and(|word| ["off", "detect", "show"].contains(&word));
    let together = ["url", "oauthIssuer", "oauthClientId"].map(|name| import.contains_key(name));
    flags.iter().all(|name| import.get(*name).is_none_or(Value::is_boolean))
        && import.get("bannerBehavior").is_none_or(is_shown)
        && (together == [true; 3] || together == [false; 3])
        && import.keys().all(|name| IMPORT.contains(&name.as_str()) || !is_misspelled(name, &IMPORT))
}

fn is_misspelled(name: &str, known: &[&str]) -> bool {
    known.iter().any(|right| super::distance(&super::plain(name), &super::plain(right)) <= super::NEAR)
}

fn is_banner(banner: &Map<String, Value>) -> bool {
    let is_color = |color: &Value| {
        let digits = color.as_str().and_then(|color| color.strip_prefix('#')).unwrap_or_default();
        digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let is_shown = banner.get("enabled").and_then(Value::as_bool) == Some(true);
    let has_text = banner.get("text").is_some_and(|text| text.as_str().is_some_and(|text| !text.trim().is_empty()));
    banner.get("enabled").is_none_or(Value::is_boolean)
        && ["backgroundColor", "textColor"].iter().all(|name| banner.get(*name).is_none_or(is_color))
        && (!is_shown || has_text)
}
