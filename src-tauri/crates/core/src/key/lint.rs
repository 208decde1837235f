//! Refuses texts that cannot be a key, with the reason.

use crate::finding::{Code, Finding};

use super::LONGEST_KEY;
use super::pieces::MASKS;
use super::words::{is_reference_word, looks_like_a_host};

/// Prefixes of keys that are surely not a gateway's, with their vendors.
const VENDORS: [(&str, &str); 26] = [
    ("sk-ant-", "Anthropic"),
    ("sk-proj-", "OpenAI"),
    ("sk-svcacct-", "OpenAI"),
    ("sk-admin-", "OpenAI"),
    ("sk-or-", "OpenRouter"),
    ("AIza", "Google"),
    ("ya29.", "Google"),
    ("AKIA", "AWS"),
    ("ASIA", "AWS"),
    ("ghp_", "GitHub"),
    ("gho_", "GitHub"),
    ("ghu_", "GitHub"),
    ("ghs_", "GitHub"),
    ("ghr_", "GitHub"),
    ("github_pat_", "GitHub"),
    ("glpat-", "GitLab"),
    ("gsk_", "Groq"),
    ("xai-", "xAI"),
    ("hf_", "Hugging Face"),
    ("pplx-", "Perplexity"),
    ("r8_", "Replicate"),
    ("nvapi-", "NVIDIA"),
    ("xoxb-", "Slack"),
    ("xoxp-", "Slack"),
    ("xapp-", "Slack"),
    ("LTAI", "Aliyun"),
];

/// Refuses what cannot be a key.
pub(super) fn lint(key: &str, own_vendor_only: bool, shortest: usize) -> Result<(), Finding> {
    let reason = if key.is_empty() {
        "empty"
    } else if is_placeholder(key) {
        "placeholder"
    } else if is_reference_word(key) {
        "reference"
    } else if let Some(reason) = hidden(key) {
        reason
    } else if key.contains(char::is_whitespace) {
        "inner-space"
    } else if key.contains(char::is_control) {
        "control-characters"
    } else if !key.is_ascii() {
        "not-ascii"
    } else if key.starts_with("claude-") {
        // Many guides show the id of a model beside a key.
        "no-key"
    } else if key.contains("://") || looks_like_a_host(key) {
        "only-address"
    } else if key.len() > LONGEST_KEY {
        "too-long"
    } else if key.len() < shortest || key == "sk-" {
        "too-short"
    } else if let Some(reason) = twice(key) {
        reason
    } else if own_vendor_only && is_sign_in(key) {
        "sign-in-token"
    } else if let Some(vendor) = other_vendor(key).filter(|_| own_vendor_only) {
        return Err(fault("other-vendor").with("vendor", vendor));
    } else {
        return Ok(());
    };
    Err(fault(reason))
}

pub(super) fn fault(reason: &str) -> Finding {
    Finding::new(Code::KeyLint).with("reason", reason)
}

/// Why a key is incomplete, if it is: hidden in the middle, or cut at the end.
pub(super) fn hidden(key: &str) -> Option<&'static str> {
    let dotless = key.replace("..", "…");
    let inner = dotless.trim_end_matches(['…', '⋯', '.']);
    if inner.contains(MASKS) {
        Some("masked")
    } else if !inner.is_empty() && dotless[inner.len()..].contains(['…', '⋯']) {
        Some("truncated")
    } else {
        None
    }
}

/// True for a placeholder for a key, such as "你的 AIRouter API Key" or `sk-xxxx`.
pub(super) fn is_placeholder(text: &str) -> bool {
    let lower = text.to_lowercase();
    let rest = lower.trim_start_matches("sk-").trim_matches(['<', '>', '-', '_']);
    let is_filler = rest.len() >= 3 && rest.chars().all(|c| matches!(c, 'x' | '…' | '.'));
    let count = rest.chars().count();
    let is_mostly_x = rest.contains("xxxx") && rest.chars().filter(|c| *c == 'x').count() * 2 >= count;
    let is_prose = lower.chars().count() <= 60
        && !["sk-", "=", ":", "://"].iter().any(|sign| lower.contains(sign))
        && !text.bytes().any(|byte| byte.is_ascii_digit());
    is_filler || is_mostly_x || is_placeholder_word(text) || (is_prose && speaks_of_a_key(&lower))
}

/// The same for a single word, such as `sk-your-key-here` or `YOUR_API_KEY`.
pub(super) fn is_placeholder_word(word: &str) -> bool {
    let lower = word.to_lowercase();
    let has_part = lower.split(['-', '_', ' ', '<', '>', '.']).any(|part| {
        matches!(
            part,
            "your"
                | "yourkey"
                | "yourapikey"
                | "yourtoken"
                | "placeholder"
                | "changeme"
                | "replaceme"
                | "replace"
                | "insert"
                | "xxxx"
                | "example"
        )
    });
    let is_short = word.chars().count() <= 60;
    is_short && (has_part || ["你的", "您的", "在此", "填写", "替换", "粘贴"].iter().any(|part| lower.contains(part)))
}

fn speaks_of_a_key(lower: &str) -> bool {
    let says_so = ["你的", "您的", "api key", "api-key-here", "apikey", "api_key", "在此", "填写", "粘贴", "密钥"];
    lower.trim_matches(['<', '>', '[', ']', '{', '}']) == "key" || says_so.iter().any(|word| lower.contains(word))
}

/// One copy of a key that was pasted twice.
pub(super) fn halved(key: &str) -> Option<String> {
    let (first, second) = key.is_ascii().then(|| key.split_at(key.len() / 2))?;
    let is_doubled = first == second && first.len() >= 16;
    is_doubled.then(|| first.to_owned())
}

/// True for two keys in one without a separator: the same one, cut short, or two.
fn twice(key: &str) -> Option<&'static str> {
    let second = key.get(16..)?.find("sk-")? + 16;
    let (first, second) = key.split_at(second);
    // A long run of letters and digits before it: in `sk-my-task-…` it is the end of a word.
    let is_inside_a_word = first.bytes().rev().take_while(u8::is_ascii_alphanumeric).count() >= 8;
    let is_same = first.bytes().zip(second.bytes()).take_while(|(one, other)| one == other).count() >= 6;
    match (first.starts_with("sk-"), is_inside_a_word) {
        (true, true) if is_same => Some("doubled"),
        (true, true) if second.len() >= 16 => Some("several"),
        _ => None,
    }
}

/// The vendor whose keys look like this one, if it is not a gateway's.
pub(super) fn other_vendor(key: &str) -> Option<&'static str> {
    VENDORS.iter().find(|(start, _)| key.starts_with(start) && key.len() > start.len()).map(|(_, vendor)| *vendor)
}

/// True for a signed token of a web page (JWT): `eyJ….….…`.
pub(super) fn is_sign_in(key: &str) -> bool {
    key.starts_with("eyJ") && key.split('.').filter(|part| part.len() >= 4).count() == 3
}
