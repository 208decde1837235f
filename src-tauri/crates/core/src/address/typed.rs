//! Finds the addresses in a typed text.
//!
//! An address may be in a sentence, its punctuation may be Chinese, and `https://` is the part that is
//! mistyped most.

use std::ops::Range;

use super::{AddressChange, LONGEST_ADDRESS, invalid};
use crate::finding::Finding;
use crate::text::is_han;
use crate::text::{is_invisible, plain_letter};

/// No more addresses than this are read from one text.
const MOST: usize = 20;

/// A candidate for an address, before it is parsed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Typed {
    /// Its text, with a scheme.
    pub(super) text: String,
    /// The changes that were made to the text.
    pub(super) changes: Vec<AddressChange>,
}

/// The addresses in a text: those with a scheme, or else what looks like one without.
///
/// # Errors
/// `UrlInvalid` when a host holds a separator that cannot be cut off.
pub(super) fn addresses(text: &str) -> Result<Vec<Typed>, Finding> {
    let visible = plain_form(text);
    let (plain, is_scheme_repaired) = with_schemes(&visible);
    let words = words(&plain)?;
    let with_scheme = |word: &Range<usize>| Some(word.start + scheme_start(&plain[word.clone()])?..word.end);
    let mut found: Vec<Range<usize>> = words.iter().filter_map(with_scheme).collect();
    if found.is_empty() {
        found = words.iter().map(|word| word.end - without_name(&plain[word.clone()]).len()..word.end).collect();
        found.retain(|word| words.len() == 1 || looks_like_an_address(&plain[word.clone()]));
    }
    let typed = |word: Range<usize>| {
        let is_said = |around: &str| around.contains(char::is_alphanumeric);
        let (before, after) = (&plain[..word.start], &plain[word.end..]);
        let mut changes = Vec::new();
        if is_said(before) || is_said(after) {
            changes.push(AddressChange::TakenFromText);
        } else if visible != text || !before.is_empty() || !after.is_empty() {
            changes.push(AddressChange::Cleaned);
        }
        if is_scheme_repaired {
            changes.push(AddressChange::SchemeRepaired);
        }
        with_one_scheme(&plain[word], changes)
    };
    Ok(found.into_iter().take(MOST).map(typed).collect())
}

fn with_one_scheme(word: &str, mut changes: Vec<AddressChange>) -> Typed {
    let mut text = word.to_owned();
    if !text.contains("://") && is_on_this_computer(&text) {
        changes.push(AddressChange::HttpAdded);
        text.insert_str(0, "http://");
    } else if !text.contains("://") {
        changes.push(AddressChange::SchemeAdded);
        text.insert_str(0, "https://");
    }
    // Longer texts are refused anyway.
    while text.len() <= LONGEST_ADDRESS
        && let Some(rest) = without_doubled_scheme(&text)
    {
        text = rest;
        if changes.last() != Some(&AddressChange::DoubledRemoved) {
            changes.push(AddressChange::DoubledRemoved);
        }
    }
    Typed { text, changes }
}

/// `127.0.0.1:3456/claude`, `localhost`, `[::1]:8080`
fn is_on_this_computer(text: &str) -> bool {
    let host = text.split(['/', '?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    matches!(name.map_or(host.as_str(), |(name, _)| name), "127.0.0.1" | "localhost" | "[::1]")
}

/// True when an address holds a login with a backslash: `https://OFFICE\li:password@gate.example`. Such
/// a backslash is not a mistyped slash.
pub(super) fn has_login(text: &str) -> bool {
    text.split(|c: char| c.is_whitespace() || "\"'<>，、".contains(c)).any(|word| {
        let Some((_, rest)) = word.split_once("://") else { return false };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        authority.split_once('\\').is_some_and(|(before, after)| !before.contains('.') && after.contains('@'))
    })
}

/// The text without invisible characters, in half width, with backslashes converted to slashes and `。` within
/// a name to a dot.
pub(crate) fn plain_form(text: &str) -> String {
    let visible: Vec<char> = text.chars().filter(|c| !is_invisible(*c)).map(plain_letter).collect();
    let is_letter =
        |place: Option<usize>| place.and_then(|place| visible.get(place)).is_some_and(char::is_ascii_alphanumeric);
    let plain = |(place, c): (usize, &char)| match c {
        '\\' => '/',
        '。' | '｡' if is_letter(place.checked_sub(1)) && is_letter(Some(place + 1)) => '.',
        other => *other,
    };
    visible.iter().enumerate().map(plain).collect()
}

/// The text with every mistyped scheme corrected, and whether there was one.
fn with_schemes(text: &str) -> (String, bool) {
    let mut out = String::with_capacity(text.len());
    let mut is_repaired = false;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let begins_word = !out.ends_with(|c: char| c.is_ascii_alphanumeric() || "+-.".contains(c));
        let found = begins_word.then(|| scheme(rest)).flatten();
        if let Some((scheme, length)) = found {
            is_repaired |= !rest[..length].eq_ignore_ascii_case(scheme);
            // Upper case is handled later, with the rest of the address.
            out.push_str(if rest[..length].eq_ignore_ascii_case(scheme) { &rest[..length] } else { scheme });
            rest = &rest[length..];
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    (out, is_repaired)
}

/// The corrected scheme at the start of a text, and the length of the typed one.
fn scheme(text: &str) -> Option<(&'static str, usize)> {
    let letters = text.bytes().take(9).take_while(u8::is_ascii_alphabetic).count();
    let word = text[..letters].to_ascii_lowercase();
    // Typing errors omit, double and swap the letters of `https`, but add no others.
    let is_slip = (3..=8).contains(&letters)
        && word.bytes().all(|byte| b"htps".contains(&byte))
        && ["t", "p"].iter().all(|letter| word.contains(letter));
    if !is_slip {
        return None;
    }
    let scheme = if word.contains('s') { "https://" } else { "http://" };
    let signs = text[letters..].bytes().take(8).take_while(|byte| b":;/ ".contains(byte)).count();
    let end = letters + signs;
    let is_parted = text[letters..end].contains([':', ';', '/']);
    let host_follows = text[end..].chars().next().is_some_and(|c| c == '[' || (c.is_alphanumeric() && !is_han(c)));
    // `https/x` may be a path; one more character makes the intention clear.
    let is_plain_slash = &text[letters..end] == "/" && word != "https";
    (is_parted && host_follows && !is_plain_slash).then_some((scheme, end))
}

/// Splits at white space, quotes, brackets and Chinese.
fn words(text: &str) -> Result<Vec<Range<usize>>, Finding> {
    let has_scheme = text.contains("://");
    let mut words = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let length = rest.find(is_end).unwrap_or(rest.len());
        let (word, after) = rest.split_at(length);
        let may_be_meant = if has_scheme { word.contains("://") } else { word.contains('.') };
        if may_be_meant && is_cut_in_host(word, after) {
            return Err(invalid("unreadable"));
        }
        let trimmed = trimmed(word);
        if !trimmed.is_empty() {
            let start = at + word.find(trimmed).unwrap_or(0);
            words.push(start..start + trimmed.len());
        }
        at += length + after.find(|c| !is_end(c)).unwrap_or(after.len());
    }
    Ok(words)
}

/// True when the host seems to continue after the separator: cutting there would leave another host.
fn is_cut_in_host(word: &str, after: &str) -> bool {
    let host = word.split_once("://").map_or(word, |(_, rest)| rest);
    if host.is_empty() || host.contains(['/', '?', '#']) {
        return false;
    }
    let rest = after.trim_start_matches(is_end);
    let parted_by = &after[..after.len() - rest.len()];
    let next = rest.split(is_end).next().unwrap_or_default();
    let goes_on = next.starts_with(|c: char| c.is_alphanumeric() || "-./".contains(c));
    if parted_by.contains(char::is_whitespace) {
        let is_rest_of_host = looks_like_an_address(next) || next.starts_with(['.', '/']);
        parted_by.trim().is_empty() && is_rest_of_host && !next.contains("://")
    } else {
        goes_on && !next.contains("://") && parted_by.chars().all(|c| is_han(c) || ",;|^(){}'\"`<>".contains(c))
    }
}

fn is_end(c: char) -> bool {
    c.is_whitespace() || c.is_control() || is_han(c) || "\"'`<>(){}|^,;、。｡「」『』《》【】…！？".contains(c)
}

/// The text without the punctuation of a sentence around it.
fn trimmed(word: &str) -> &str {
    let word = word
        .trim_start_matches([':', '=', '.', '!', '?', '*', '-', ']', '/'])
        .trim_end_matches(['.', ':', '!', '?', '*', '=']);
    if word.contains('[') { word } else { word.trim_end_matches(']') }
}

/// `NAME=gate.example` without the name.
fn without_name(word: &str) -> &str {
    match word.split_once('=') {
        Some((name, value)) if !name.contains(['.', '/', '?', ':']) => value,
        _ => word,
    }
}

/// Where an address with a scheme begins within a word such as `URL=https://…`.
fn scheme_start(word: &str) -> Option<usize> {
    let at = word.find("://")?;
    let is_of_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
    Some(at - word.as_bytes()[..at].iter().rev().take_while(|byte| is_of_scheme(byte)).count())
}

fn looks_like_an_address(word: &str) -> bool {
    let host = word.split(['/', ':', '?', '#']).next().unwrap_or_default();
    let is_number = !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let ends_in_letters = host
        .rsplit('.')
        .next()
        .is_some_and(|last| last.len() >= 2 && last.bytes().all(|byte| byte.is_ascii_alphabetic()));
    !word.contains('@')
        && ((host.contains('.') && ends_in_letters)
            || (is_number && host.split('.').count() == 4)
            || host == "localhost")
}

/// Handles `https://https://gate.example`, or the whole address twice.
fn without_doubled_scheme(address: &str) -> Option<String> {
    let (first, rest) = address.split_once("://")?;
    let end = rest.find(['?', '#']).unwrap_or(rest.len());
    let lower = rest[..end].to_ascii_lowercase();
    let second = lower.find("https://").or_else(|| lower.find("http://"))?;
    if second == 0 {
        return Some(rest.to_owned());
    }
    let host = |text: &str| text.split(['/', '?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    let again = rest[second..].split_once("://").map(|(_, rest)| rest)?;
    let (kept, again) = (&rest[..second], host(again));
    (!again.is_empty() && host(kept) == again).then(|| format!("{first}://{kept}"))
}
