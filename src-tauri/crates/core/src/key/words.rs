//! Recognises words that are not keys: names of values, and hosts.

use super::random::looks_random;

/// True for a word that names a value instead of being one: `$NAME`, `%NAME%`, `PROXY_MANAGED`,
/// `process.env.NAME`, `op://vault/item`.
pub(super) fn is_reference_word(word: &str) -> bool {
    let has_lower = word.bytes().any(|byte| byte.is_ascii_lowercase());
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_constant = word.contains('_') && !has_lower && word.bytes().all(is_of_name) && !looks_random(word);
    let is_variable = word.len() > 1 && (word.starts_with('$') || (word.starts_with('%') && word.ends_with('%')));
    is_constant || is_variable || is_path_of_names(word) || word.contains("$(")
}

/// True for `process.env.NAME`, `settings.api_key`: names with dots between, none of them random.
fn is_path_of_names(word: &str) -> bool {
    let is_name = |part: &str| {
        let is_long_chance = part.len() >= 8 && looks_random(part);
        part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && !is_long_chance
    };
    word.contains('.') && word.split('.').all(is_name)
}

/// True for `gate.example/claude`: labels, and a last one of letters.
pub(super) fn looks_like_a_host(text: &str) -> bool {
    let host = text.split('/').next().unwrap_or_default();
    let is_label =
        |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let last = host.rsplit('.').next().unwrap_or_default();
    host.contains('.')
        && host.split('.').all(is_label)
        && (2..=6).contains(&last.len())
        && last.bytes().all(|byte| byte.is_ascii_lowercase())
}
