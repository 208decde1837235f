//! Import links, such as `ccswitch://v1/import?…&endpoint=…&apiKey=…`.
//!
//! Relays hand keys out as links for other programs: the key and the address stand in the query or
//! after `#`, percent-encoded, as JSON or as base64 of JSON, under a dozen names. A link is unfolded
//! into lines `name=value`, which then are read as any other text.

use crate::text::is_han;
use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Links beyond this many are not looked at.
const MOST_LINKS: usize = 50;

/// The first link of a text that carries something, unfolded.
pub(super) fn unfolded(text: &str) -> Option<String> {
    text.match_indices("://").take(MOST_LINKS).find_map(|(at, _)| unfold(link_around(text, at)?))
}

/// The link whose `://` stands at a place: back over its scheme, on to the end of it.
fn link_around(text: &str, at: usize) -> Option<&str> {
    let scheme =
        text[..at].bytes().rev().take_while(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte)).count();
    let start = at - scheme;
    let quote = text[..start].chars().next_back().filter(|c| "\"'`".contains(*c));
    let link = &text[start..];
    let is_end = |c: char| c.is_whitespace() || is_han(c) || "<>`".contains(c) || Some(c) == quote;
    (scheme > 0).then(|| &link[..link.find(is_end).unwrap_or(link.len())])
}

fn unfold(link: &str) -> Option<String> {
    let (base, fields) = link.split_once(['?', '#'])?;
    let mut lines = String::new();
    for field in fields.split(['&', '?', '#']) {
        let Some((name, value)) = field.split_once('=') else { continue };
        let value = decoded(value);
        // Base64 is read as what it holds, everything else as it stands.
        let value = from_base64(&value).unwrap_or(value);
        lines.push_str(&format!("{name}={value}\n"));
    }
    let carries_a_key = lines.contains("sk-") || lines.lines().any(names_a_key);
    // The page that a link opens is an address, but rarely the gateway's.
    let page = if base.starts_with("http") { format!("\nhomepage={base}") } else { String::new() };
    carries_a_key.then(|| lines + &page)
}

fn names_a_key(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    let name = line.split('=').next().unwrap_or_default();
    let is_json = line.contains("apikey\"") || line.contains("api_key\"") || line.contains("\"key\"");
    is_json || matches!(name, "key" | "apikey" | "api_key" | "api-key" | "token" | "auth_token" | "authtoken" | "sk")
}

/// Percent signs decoded; what is not UTF-8 then stays as it was.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = |place: usize| tail.get(place).and_then(|byte| char::from(*byte).to_digit(16));
        match (first, hex(0), hex(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.extend(u8::try_from(high * 16 + low));
                rest = &tail[2..];
            }
            _ => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// What base64 holds, if it is text that speaks of a key.
fn from_base64(text: &str) -> Option<String> {
    let any_padding = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let is_base64 =
        text.len() >= 16 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/-_= ".contains(&byte));
    // A `+` often becomes a space on its way through a query.
    let text = text.replace(' ', "+");
    let bytes = [STANDARD, URL_SAFE]
        .into_iter()
        .find_map(|alphabet| GeneralPurpose::new(&alphabet, any_padding).decode(&text).ok().filter(|_| is_base64))?;
    let text = String::from_utf8(bytes).ok()?;
    let is_plain = !text.contains(|c: char| c.is_control() && !c.is_whitespace());
    (is_plain && (text.contains("sk-") || text.contains(['{', '=']))).then_some(text)
}
