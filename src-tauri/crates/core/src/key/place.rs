//! Finds the addresses beside a pasted key: the gateway that issued it.
//!
//! Keys are given out with their address, as settings, commands, links and messages. A key that is sent
//! anywhere else is disclosed to another party, so whatever may be the address counts, however it is written:
//! with a route, without a scheme after a name such as `base_url`, in capital letters, with a Chinese domain
//! name. What is surely not a gateway does not count: a proxy, a schema, a tutorial. This module only finds
//! addresses; [`crate::address::repair`] corrects them.

use std::ops::Range;

use crate::address::{GatewayUrl, repair};
use crate::preset::Preset;
use crate::secret::masked;
use crate::text::{is_han, one_line};

/// No more addresses than this are read from one text.
const MOST: usize = 200;
/// The longest name before an address, in bytes.
const LONGEST_NAME: usize = 80;
/// The longest host that is shown, in characters.
const LONGEST_SHOWN: usize = 80;

/// Whether a key belongs to the address that it would be sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Belongs {
    /// It was pasted with this address, or with none.
    Here,
    /// It was pasted with another one.
    Elsewhere {
        /// The other address, for people: its host, or all of it where the hosts are the same.
        shown: String,
        /// The same as an address, if it is usable.
        address: Option<GatewayUrl>,
    },
}

/// An address beside a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// Its text, without query and fragment, as far as it can be delimited.
    text: String,
    kind: Kind,
}

/// The purpose of an address; later ones are more certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// A page for people, such as a console: it shows who issued the key.
    Page,
    /// Without a name.
    Plain,
    /// Named as a base, an endpoint or an address.
    Base,
    /// The same, of Claude.
    ClaudesBase,
}

/// Whether a key that was pasted with these addresses belongs to the chosen one. One match is enough:
/// gateways give out several addresses for one key.
pub(super) fn belongs(places: &[Place], chosen: &GatewayUrl, preset: &Preset) -> Belongs {
    let Some(first) = places.first() else { return Belongs::Here };
    if places.iter().any(|place| is_at(place, chosen, preset)) {
        return Belongs::Here;
    }
    let address =
        repair(&first.text, Some(&preset.base)).or_else(|_| repair(&first.text, None)).ok().map(|(base, _)| base);
    // An address that only looks like the preset's is not offered, see `address::host`.
    let address = address.filter(|_| repair(&first.text, Some(&preset.base)).is_ok());
    let shown = match &address {
        Some(address) if address.host() == chosen.host() => address.as_str().to_owned(),
        Some(address) => address.host().to_owned(),
        None => host_in(&first.text).to_owned(),
    };
    Belongs::Elsewhere { shown: masked(&one_line(&shown, LONGEST_SHOWN)), address }
}

fn is_at(place: &Place, chosen: &GatewayUrl, preset: &Preset) -> bool {
    let Ok((base, _)) = repair(&place.text, Some(&preset.base)) else { return false };
    if base == *chosen {
        return true;
    }
    // Pages belong to the operator, wherever its gateway is: the console's own, or another of its hosts.
    let is_page_of = |page: &Option<String>| {
        let page = page.as_deref().and_then(|page| repair(page, None).ok());
        page.is_some_and(|(page, _)| page.host() == base.host())
    };
    let is_preset = *chosen == preset.base && (is_page_of(&preset.console) || is_page_of(&preset.usage_log));
    match place.kind {
        Kind::Page => base.host() == chosen.host() || is_preset || base.has_owner_of(chosen),
        Kind::Plain => is_preset,
        Kind::Base | Kind::ClaudesBase => false,
    }
}

/// The addresses in a text that may belong to the key: only those of the most certain kind, the nearest first.
pub(super) fn places(text: &str, key: &str) -> Vec<Place> {
    let mut found: Vec<(Place, usize)> = Vec::new();
    let at_key: Vec<usize> =
        if key.is_empty() { Vec::new() } else { text.match_indices(key).map(|(at, _)| at).take(MOST).collect() };
    let mut ranges = with_scheme(text);
    ranges.extend(without_scheme(text, &ranges));
    for range in ranges {
        let Some(kind) = kind_of(name_before(text, range.start), &text[range.clone()]) else { continue };
        let far = at_key.iter().map(|at| distance(text, *at, &range)).min().unwrap_or(usize::MAX);
        found.push((Place { text: in_letters(&text[range]), kind }, far));
    }
    let best = found.iter().map(|(place, _)| place.kind).max();
    found.retain(|(place, _)| Some(place.kind) == best);
    found.sort_by_key(|(_, far)| *far);
    found.into_iter().map(|(place, _)| place).collect()
}

/// The distance of an address from a key; another line is far.
fn distance(text: &str, key: usize, address: &Range<usize>) -> usize {
    let between = if address.end <= key { address.end..key } else { key.min(address.start)..address.start };
    let between = text.get(between).unwrap_or_default();
    between.len() + 1000 * between.matches('\n').count()
}

/// The purpose of the address; `None` where it is surely not a gateway's.
fn kind_of(name: &str, address: &str) -> Option<Kind> {
    let name = name.to_ascii_lowercase();
    let speaks_of = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let host = host_in(address).to_ascii_lowercase();
    let is_base =
        speaks_of(&["base", "endpoint", "url", "api_host", "apihost", "api-host", "地址", "接口", "端点", "域名"]);
    let is_claudes = speaks_of(&["anthropic", "claude", "gateway", "airouter"]);
    let is_other = speaks_of(&["proxy", "代理", "schema", "registry", "mirror", "镜像"]);
    let is_tutorial = speaks_of(&["doc", "tutorial", "guide", "help", "文档", "教程", "帮助"])
        || ["docs.", "doc.", "help."].iter().any(|start| host.starts_with(start));
    if (is_other && !(is_base && is_claudes)) || (is_tutorial && !is_claudes) || host == "json.schemastore.org" {
        return None;
    }
    let is_page =
        speaks_of(&["home", "website", "console", "dashboard", "referer", "origin", "官网", "主页", "控制台", "后台"]);
    Some(match (is_page, is_base, is_claudes) {
        (true, ..) => Kind::Page,
        (_, true, true) => Kind::ClaudesBase,
        (_, true, false) => Kind::Base,
        _ => Kind::Plain,
    })
}

/// The word before an address, in its line or before an assignment.
fn name_before(text: &str, at: usize) -> &str {
    let is_gap = |c: char| c.is_whitespace() || "\"'`=:,()[]{}<>*_|，：「」『』《》【】（）".contains(c) && c != '_';
    let before = text[..at].trim_end_matches(is_gap);
    let gap = &text[before.len()..at];
    if gap.contains('\n') && !gap.contains(['=', ':', '：']) {
        return "";
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || "_-.$".contains(c) || is_han(c);
    let length: usize = before.chars().rev().take_while(|c| is_name(*c)).map(char::len_utf8).sum();
    let name = &before[before.len() - length..];
    let cut = name.char_indices().map(|(at, _)| at).find(|at| name.len() - at <= LONGEST_NAME);
    &name[cut.unwrap_or(0)..]
}

/// Addresses with a scheme, which may be mistyped.
fn with_scheme(text: &str) -> Vec<Range<usize>> {
    let address = |(at, _): (usize, &str)| {
        let letters = text[..at].bytes().rev().take_while(u8::is_ascii_alphabetic).count();
        let scheme = text[at - letters..at].to_ascii_lowercase();
        // A scheme may follow a word without a gap, as in `-uhttps://…`.
        let start = match () {
            () if scheme.ends_with("https") => at - 5,
            () if scheme.ends_with("http") => at - 4,
            () if is_slip(&scheme) => at - letters,
            () => return None,
        };
        let host = at + 3;
        let length = length_of_address(&text[host..]);
        (length > 0).then_some(start..host + length)
    };
    text.match_indices("://").take(MOST).filter_map(address).collect()
}

/// Typing errors omit, double and swap the letters of `https`, but add no others.
fn is_slip(scheme: &str) -> bool {
    (3..=8).contains(&scheme.len())
        && scheme.bytes().all(|letter| b"htps".contains(&letter))
        && scheme.contains('t')
        && scheme.contains('p')
}

/// Hosts without a scheme, where a name says that they are addresses.
fn without_scheme(text: &str, known: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() && found.len() < MOST {
        let rest = &text[at..];
        let gap = rest.find(|c: char| c.is_alphanumeric() || c == '[').unwrap_or(rest.len());
        let start = at + gap;
        let length = length_of_address(&text[start..]).max(text[start..].chars().next().map_or(0, char::len_utf8));
        let is_known = known.iter().any(|known| start < known.end && known.start < start + length);
        let name = || name_before(text, start).to_ascii_lowercase();
        let is_named = || {
            ["base", "endpoint", "url", "host", "地址", "接口", "端点", "域名"].iter().any(|word| name().contains(word))
        };
        if !is_known && looks_like_a_host(&text[start..start + length]) && is_named() {
            found.push(start..start + length);
        }
        at = start + length;
    }
    found
}

/// How much of a text that begins with a host belongs to the address. The host may be in any letters;
/// in a sentence Chinese follows an address without a gap.
fn length_of_address(text: &str) -> usize {
    let is_end = |c: char| c.is_whitespace() || "\"'`{}()<>,;=|\\^?#&，。；、！？“”‘’（）【】「」『』《》…".contains(c);
    let whole = &text[..text.find(is_end).unwrap_or(text.len())];
    let host_end = whole.find('/').unwrap_or(whole.len());
    let host = host_end.min(length_of_host(&whole[..host_end]));
    if host < host_end {
        return host;
    }
    let path = &whole[host_end..];
    let length = host_end + path.find(is_han).unwrap_or(path.len());
    whole[..length].trim_end_matches(['.', ':', '!', '*', '_', ']', '~']).len()
}

/// Where a host ends before Chinese that is not part of it: within a label of Latin letters after a dot.
fn length_of_host(host: &str) -> usize {
    let mut begins_label = true;
    let mut dots = 0;
    let mut is_latin = true;
    for (at, c) in host.char_indices() {
        if c == '.' {
            (dots, begins_label) = (dots + 1, true);
            continue;
        }
        if begins_label {
            is_latin = !is_han(c);
            begins_label = false;
        } else if is_han(c) && is_latin && (dots > 0 || !host[at..].contains('.')) {
            return at;
        }
    }
    host.len()
}

/// True for a name with a dot and a last label of letters, a number of four parts, or this computer.
fn looks_like_a_host(text: &str) -> bool {
    let authority = text.split('/').next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(rest) => return rest.split(']').next().is_some_and(|host| host.parse::<std::net::Ipv6Addr>().is_ok()),
        None => authority.split(':').next().unwrap_or_default(),
    };
    if host.eq_ignore_ascii_case("localhost") || host.parse::<std::net::Ipv4Addr>().is_ok() {
        return true;
    }
    let is_label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    let last = host.rsplit('.').next().unwrap_or_default();
    host.contains('.')
        && host.split('.').all(is_label)
        && last.chars().count() >= 2
        && last.chars().all(char::is_alphabetic)
}

/// The host of an address unchanged, without a login and a port.
fn host_in(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let authority = rest.trim_start_matches('/').split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default()
}

/// The address with an internationalised host in the form in which it is resolved.
fn in_letters(address: &str) -> String {
    let host = host_in(address);
    let (name, port) = host.split_once(':').map_or((host, ""), |(name, _)| (name, &host[name.len()..]));
    match idna::domain_to_ascii(name) {
        Ok(ascii) if !name.is_ascii() => address.replacen(host, &format!("{ascii}{port}"), 1),
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests;
