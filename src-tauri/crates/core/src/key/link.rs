//! Import links, such as `ccswitch://v1/import?…&endpoint=…&apiKey=…`.
//!
//! Gateways give keys out as links for other programs: the key and the address are in the query or after `#`,
//! percent-encoded, as JSON or as base64 of JSON, under a dozen names. A link is converted into lines
//! `name=value`, which are then read like any other text.

use std::borrow::Cow;

use crate::text::is_han;
use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use percent_encoding::percent_decode_str;

/// No more links than this are read.
const MOST_LINKS: usize = 50;

/// The first link of a text that holds values, converted into lines.
pub(super) fn unfolded(text: &str) -> Option<String> {
    text.match_indices("://").take(MOST_LINKS).find_map(|(at, _)| unfold(link_around(text, at)?))
}

/// The link whose `://` is at this place: back over its scheme, on to its end.
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
        // Base64 is decoded, everything else is used unchanged.
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

/// The text with percent-encoding decoded; unchanged where the result is not UTF-8.
fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8().map_or_else(|_| text.to_owned(), Cow::into_owned)
}

/// The content of base64, if it is a text that names a key.
fn from_base64(text: &str) -> Option<String> {
    let any_padding = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let is_base64 =
        text.len() >= 16 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/-_= ".contains(&byte));
    // A `+` often becomes a space in a query.
    let text = text.replace(' ', "+");
    let bytes = [STANDARD, URL_SAFE]
        .into_iter()
        .find_map(|alphabet| GeneralPurpose::new(&alphabet, any_padding).decode(&text).ok().filter(|_| is_base64))?;
    let text = String::from_utf8(bytes).ok()?;
    let is_plain = !text.contains(|c: char| c.is_control() && !c.is_whitespace());
    (is_plain && (text.contains("sk-") || text.contains(['{', '=']))).then_some(text)
}
