//! Finds the keys and the addresses of a longer text, and decides which of them are used.

use crate::finding::Finding;
use crate::preset::Preset;

use super::lint::{self, fault};
use super::pieces::{Kind, Piece, pieces};
use super::value::{Value, looks_a_key_up, speaks_of, value_at};
use super::words::looks_like_a_host;
use super::wrapped::{Joined, is_cut_by_a_sign, is_cut_by_han, joined, spelled_out};

/// With more keys or addresses than this, no choice is possible.
const MOST: usize = 30;

/// The key and the address of a text.
pub(super) struct Found {
    /// The key.
    pub(super) key: String,
    /// True when it was joined from pieces.
    pub(super) is_joined: bool,
    /// The address that belongs to it.
    pub(super) address: Option<String>,
}

/// Something that may be a key.
struct Candidate {
    key: String,
    is_joined: bool,
    /// True under a name for Claude.
    is_named: bool,
    /// True under a name for another service.
    is_foreign: bool,
    /// True in a commented-out line.
    is_commented: bool,
    /// True when only its place makes it a key.
    is_plain_word: bool,
    place: std::ops::Range<usize>,
}

/// An address; a higher rank is better.
struct Address<'a> {
    text: &'a str,
    place: std::ops::Range<usize>,
    rank: u8,
}

/// Finds the one key, and its address.
///
/// # Errors
/// `KeyLint` when there is no key, more than one, or one that is not complete.
pub(super) fn find(text: &str, own_vendor_only: bool) -> Result<Found, Finding> {
    if let Some(key) = spelled_out(text) {
        return Ok(Found { key, is_joined: true, address: None });
    }
    let pieces = pieces(text);
    let addresses = addresses(&pieces);
    let mut keys: Vec<Candidate> = Vec::new();
    let mut faults = Vec::new();
    let mut place = 0;
    while place < pieces.len() {
        let mut next = place + 1;
        match value_at(text, &pieces, place) {
            Some(value) if value.is_reference => faults.push(("reference", value.is_claudes)),
            Some(value) => match whole(text, &pieces, place, value) {
                Ok((candidate, after)) => {
                    next = after;
                    keys.push(candidate);
                }
                Err(reason) => faults.push((reason, value.is_claudes)),
            },
            None => {}
        }
        place = next;
    }
    if !without_commented(&mut keys) {
        return Err(fault("several"));
    }
    without_plain_words(&mut keys);
    // A key that may be incomplete may be the wanted one, and so may one under Claude's name.
    let names_one = keys.iter().any(|key| key.is_named);
    let all_foreign = keys.iter().all(|key| key.is_foreign);
    let may_be_meant = |(reason, is_named): &&(&str, bool)| match *reason {
        // A variable may be set to the key in the same text, but another service's key is not that.
        "reference" => all_foreign && (keys.is_empty() || (*is_named && !names_one)),
        "inner-space" | "not-ascii" => true,
        _ => keys.is_empty() || (*is_named && !names_one),
    };
    if let Some((reason, _)) = faults.iter().find(may_be_meant) {
        return Err(fault(reason));
    }
    let chosen = choose(text, &keys, &addresses, own_vendor_only)?;
    let Some(key) = chosen else {
        let reason = match reason_without_key(text, &pieces) {
            "reference" => "reference",
            _ if !addresses.is_empty() => "only-address",
            reason => reason,
        };
        return Err(fault(reason));
    };
    let address = addresses.iter().min_by_key(|address| (3 - address.rank, distance(text, &address.place, &key.place)));
    Ok(Found {
        key: key.key.clone(),
        is_joined: key.is_joined,
        address: address.map(|address| address.text.to_owned()),
    })
}

/// The complete key that begins at a piece, and the piece after it; or why it cannot be used.
fn whole(text: &str, pieces: &[Piece], place: usize, value: Value) -> Result<(Candidate, usize), &'static str> {
    let piece = &pieces[place];
    if piece.text != "sk-" && lint::is_placeholder(piece.text) {
        return Err("placeholder");
    }
    if let Some(reason) = lint::hidden(piece.text) {
        return Err(reason);
    }
    if !piece.text.is_ascii() || is_cut_by_han(pieces, place) || is_cut_by_a_sign(pieces, place) {
        return Err("not-ascii");
    }
    let more = match joined(pieces, place) {
        _ if value.is_plain_word => 0,
        Joined::Alone => 0,
        Joined::With(more) => more,
        Joined::Unclear => return Err("inner-space"),
    };
    let last = place + more;
    let key: String = pieces[place..=last].iter().map(|piece| piece.text).collect();
    if key == "sk-" {
        return Err("too-short");
    }
    let place = piece.start..pieces[last].end();
    let is_commented = is_commented(text, piece.start);
    let Value { is_claudes: is_named, is_foreign, is_plain_word, .. } = value;
    let is_joined = more > 0;
    Ok((Candidate { key, is_joined, is_named, is_foreign, is_commented, is_plain_word, place }, last + 1))
}

/// True within a commented-out line: `#`, `//`, `;`, `REM`, `::`.
fn is_commented(text: &str, place: usize) -> bool {
    let line = text[..place].rsplit(['\n', '\r']).next().unwrap_or_default().trim_start();
    let is_remark = line.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("rem "));
    is_remark || ["#", "//", ";", "::"].iter().any(|sign| line.starts_with(sign))
}

/// True when keys in comments can be ignored: beside a key in force they are old ones or examples. If only the
/// comment has Claude's own name, the choice is ambiguous: false.
fn without_commented(keys: &mut Vec<Candidate>) -> bool {
    let has = |is_commented: bool, is: fn(&Candidate) -> bool| {
        keys.iter().any(|key| key.is_commented == is_commented && is(key))
    };
    let has_active = has(false, |_| true);
    let is_clear = !has_active || has(false, |key| key.is_named) || !has(true, |key| key.is_named);
    if has_active {
        keys.retain(|key| !key.is_commented);
    }
    is_clear
}

/// A plain word beside what looks like a key is a setting of something else.
fn without_plain_words(keys: &mut Vec<Candidate>) {
    let has_key = keys.iter().any(|key| !key.is_plain_word);
    let has_named_key = keys.iter().any(|key| !key.is_plain_word && key.is_named);
    keys.retain(|key| !key.is_plain_word || !has_key || (key.is_named && !has_named_key));
}

/// The one key to use; `None` if there is none.
fn choose<'a>(
    text: &str,
    keys: &'a [Candidate],
    addresses: &[Address],
    own_vendor_only: bool,
) -> Result<Option<&'a Candidate>, Finding> {
    let Some(first) = keys.first() else { return Ok(None) };
    let only = |chosen: &dyn Fn(&Candidate) -> bool| {
        let mut chosen = keys.iter().filter(|key| chosen(key));
        let first = chosen.next()?;
        chosen.all(|other| other.key == first.key).then_some(first)
    };
    if keys.iter().all(|key| key.key == first.key) {
        return Ok(Some(first));
    }
    if keys.len() > MOST {
        return Err(fault("several"));
    }
    let host = own_vendor_only.then(|| Preset::airouter().base.host().to_owned());
    let stands_at_home = |key: &Candidate| {
        let nearest = addresses.iter().min_by_key(|address| distance(text, &address.place, &key.place));
        nearest.zip(host.as_deref()).is_some_and(|(nearest, host)| nearest.text.to_ascii_lowercase().contains(host))
    };
    only(&|key| key.is_named).or_else(|| only(&stands_at_home)).map(Some).ok_or_else(|| fault("several"))
}

/// The distance of two places; another line is far.
fn distance(text: &str, one: &std::ops::Range<usize>, other: &std::ops::Range<usize>) -> usize {
    let between = if one.end <= other.start { one.end..other.start } else { other.end..one.start };
    let between = text.get(between).unwrap_or_default();
    between.len() + 1000 * between.matches('\n').count()
}

fn addresses<'a>(pieces: &[Piece<'a>]) -> Vec<Address<'a>> {
    let mut found = Vec::new();
    for (place, piece) in pieces.iter().enumerate() {
        let name = place.checked_sub(1).map_or("", |before| pieces[before].text);
        let is_base =
            speaks_of(name, &["base", "endpoint", "url", "api_host", "apihost", "地址", "接口", "端点", "域名"]);
        let is_page = speaks_of(name, &["home", "website", "doc", "console", "官网", "主页", "文档", "教程", "控制台"]);
        let is_named_host = is_base && piece.kind == Kind::Word && looks_like_a_host(piece.text);
        if piece.kind != Kind::Address && !is_named_host {
            continue;
        }
        let rank = match () {
            () if is_page || piece.text.contains("://docs.") || piece.text.contains("/docs") => 0,
            () if is_base && speaks_of(name, &["anthropic", "claude", "gateway"]) => 3,
            () if is_base => 2,
            () => 1,
        };
        found.push(Address { text: piece.text, place: piece.start..piece.end(), rank });
        if found.len() == MOST {
            break;
        }
    }
    found
}

/// The reason for a text without a key and without an address.
fn reason_without_key(text: &str, pieces: &[Piece]) -> &'static str {
    if lint::is_placeholder(text) {
        "placeholder"
    } else if let Some(reason) = lint::hidden(text) {
        reason
    } else if looks_a_key_up(text, pieces) {
        "reference"
    } else if pieces.len() > 1 && pieces.iter().all(|piece| piece.kind == Kind::Word) && !text.contains(['=', ':', '{'])
    {
        "inner-space"
    } else {
        "no-key"
    }
}
