//! Judges what stands where a key is expected: a key, a reference to one, or a program's text.
//!
//! Settings files, start files and programs name keys in many ways, and often hold only a reference: a
//! variable, a lookup, the placeholder of another tool. What is not a literal value is never taken for a key.
//! A random value (`cr_26dc…`) is a key wherever a key's name stands before it; a plain word (`ollama`,
//! `lm-studio`) only where it plainly is the value of a setting.

use super::lint;
use super::pieces::{Kind, Piece};
use super::random::looks_random;
use super::words::is_reference_word;

/// The judgement of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Value {
    /// It is a reference to a key.
    pub(super) is_reference: bool,
    /// The name before it is one for Claude.
    pub(super) is_claudes: bool,
    /// The name before it is one for another service.
    pub(super) is_foreign: bool,
    /// Only its place makes it a key.
    pub(super) is_plain_word: bool,
}

/// Words between a name and its value that are neither.
const BETWEEN: [&str; 7] = ["bearer", "value", "string", "/key", "default", "echo", "raw"];
/// Names of keys that are surely for a service and not for something else.
const STRICT_NAMES: [&str; 6] = ["api_key", "apikey", "api-key", "auth_token", "authtoken", "authorization"];
/// Names of services whose keys are not the gateway's.
#[rustfmt::skip]
const OTHERS: [&str; 16] = [
    "openai", "gemini", "google", "deepseek", "github", "gitlab", "aws_", "azure", "hugging", "groq", "mistral",
    "cohere", "notion", "slack", "stripe", "tavily",
];
/// Commands that take a name and a value with nothing but spaces between them.
const SETTERS: [&str; 6] = ["setx", "set", "setenv", "export", "putenv", "setenvironmentvariable"];

/// Judges a piece that may be a key, or stands where one is expected.
pub(super) fn value_at(text: &str, pieces: &[Piece], place: usize) -> Option<Value> {
    let piece = &pieces[place];
    if piece.kind == Kind::Address {
        return None;
    }
    let mut before = place.checked_sub(1);
    let mut is_assigned = piece.follows_assignment();
    while let Some(at) = before.filter(|at| is_between(pieces, *at)) {
        is_assigned = true;
        before = at.checked_sub(1);
    }
    let name = before.map(|at| &pieces[at]).filter(|name| is_key_name(name));
    let gap = name.map_or("", |name| &text[name.end()..piece.start]);
    let speaks = |words: &[&str]| name.is_some_and(|name| speaks_of(name.text, words));
    let value = Value {
        is_reference: false,
        is_claudes: speaks(&["anthropic", "claude", "airouter", "gateway"]),
        is_foreign: speaks(&OTHERS),
        is_plain_word: false,
    };
    // `||`, `??`, `?:` and the second argument of a lookup: the default if the first is missing.
    let is_argument = ["\",", "',", "||", "??", "?:"].iter().any(|sign| gap.contains(sign));
    let is_assigned = is_assigned || is_argument;
    let is_one_line = !gap.contains('\n');

    if name.is_some() && is_assigned && lint::is_placeholder_word(piece.text) {
        return Some(value);
    }
    if piece.kind == Kind::Word && name.is_some() && is_assigned && is_one_line && is_reference(text, piece) {
        return Some(Value { is_reference: true, ..value });
    }
    if piece.kind == Kind::Word && is_program_text(text, piece) {
        return None;
    }
    let has_mark = piece.text.starts_with("sk-") && is_more_than_a_word(&piece.text[3..]);
    let is_vendors = lint::other_vendor(piece.text).is_some() && looks_random(piece.text);
    let is_by_name = name.is_some() && piece.kind == Kind::Word && !is_key_name(piece) && !is_word_of_code(piece.text);
    let is_marked_by_name = is_by_name && is_assigned && piece.text.starts_with("sk-");
    let is_chance = is_by_name && piece.text.len() >= 8 && looks_random(piece.text);
    if piece.kind == Kind::Word && (has_mark || is_vendors || is_marked_by_name || is_chance) {
        return Some(value);
    }
    let is_literal = is_by_name && is_one_line && is_written_out(text, pieces, before?, place, is_argument);
    let is_sure = piece.text.len() >= 8 || speaks(&STRICT_NAMES);
    (is_literal && is_sure).then_some(Value { is_plain_word: true, ..value })
}

/// True when a text names a key and looks it up elsewhere.
pub(super) fn looks_a_key_up(text: &str, pieces: &[Piece]) -> bool {
    const WAYS: [&str; 17] = [
        "getenv",
        "environ",
        "process.env",
        "getenvironmentvariable",
        "env::var",
        "env!",
        "env[",
        "secrets.",
        "env.",
        "${",
        "$env:",
        "keyring",
        "$(",
        "{env:",
        "{file:",
        "op://",
        "vault:",
    ];
    let lower = text.to_ascii_lowercase();
    pieces.iter().any(is_key_name) && WAYS.iter().any(|way| lower.contains(way))
}

/// A name such as `ANTHROPIC_AUTH_TOKEN`, `apiKey`, `x-api-key`, `Authorization` or `您的密钥是`.
pub(super) fn is_key_name(piece: &Piece) -> bool {
    const NAMES: [&str; 7] = ["api_key", "apikey", "api-key", "auth_token", "authtoken", "authorization", "_key"];
    let is_short = piece.text.len() <= 64 && !piece.text.starts_with("sk-");
    match piece.kind {
        Kind::Address => false,
        Kind::Han => speaks_of(piece.text, &["密钥", "秘钥", "密匙", "令牌"]),
        Kind::Word => {
            let is_one_word =
                ["key", "token", "-key", "--key", "--token"].iter().any(|name| piece.text.eq_ignore_ascii_case(name));
            let is_token = piece.text.to_ascii_lowercase().ends_with("token");
            is_short && !looks_random(piece.text) && (is_one_word || is_token || speaks_of(piece.text, &NAMES))
        }
    }
}

pub(super) fn speaks_of(text: &str, words: &[&str]) -> bool {
    let lower = text.to_ascii_lowercase();
    words.iter().any(|word| lower.contains(word))
}

/// True for `Bearer`, the `value` of a list of names and values, or the tags of a property list.
fn is_between(pieces: &[Piece], at: usize) -> bool {
    let is_command = pieces[at].text.eq_ignore_ascii_case("echo");
    let is_helpers = at > 0 && speaks_of(pieces[at - 1].text, &["helper"]);
    BETWEEN.iter().any(|word| pieces[at].text.eq_ignore_ascii_case(word)) && (!is_command || is_helpers)
}

/// True for a word with a digit or of some length: `sk-learn` has neither. The rest may be in the next line.
fn is_more_than_a_word(rest: &str) -> bool {
    let is_long = rest.len() >= 16;
    let is_filled = lint::hidden(rest).is_some() || lint::is_placeholder(rest);
    rest.is_empty() || is_long || is_filled || rest.bytes().any(|byte| byte.is_ascii_digit())
}

/// The text after a piece and right before it.
fn around<'a>(text: &'a str, piece: &Piece) -> (&'a str, &'a str) {
    (&text[..piece.start], &text[piece.end()..])
}

fn quote_around(text: &str, piece: &Piece) -> Option<char> {
    let (before, after) = around(text, piece);
    let quote = before.chars().next_back().filter(|c| "\"'`".contains(*c))?;
    after.starts_with(quote).then_some(quote)
}

/// True when the value is a reference: a variable, a call, an index, a path of names.
fn is_reference(text: &str, piece: &Piece) -> bool {
    let (before, after) = around(text, piece);
    let is_in_braces = before.ends_with('{') && after.starts_with('}');
    let is_variable = piece.text == "$" || piece.text.starts_with('$') || is_in_braces;
    is_variable || (is_program_text(text, piece) && !piece.text.starts_with("sk-")) || is_reference_word(piece.text)
}

/// True when it is unquoted and called, indexed or destructured; or a path of names, or with a variable in it.
fn is_program_text(text: &str, piece: &Piece) -> bool {
    let (_, after) = around(text, piece);
    let is_quoted = quote_around(text, piece).is_some();
    let is_used = ["(", "[", "!(", "::", "?."].iter().any(|sign| after.starts_with(sign));
    let has_variable = piece.text.contains('$') || after.starts_with('{');
    has_variable || is_reference_word(piece.text) || (!is_quoted && is_used)
}

/// Words of programs and of tables of settings in the place of a value.
fn is_word_of_code(word: &str) -> bool {
    #[rustfmt::skip]
    const WORDS: [&str; 27] = [
        "null", "none", "nil", "undefined", "true", "false", "required", "optional", "string", "str", "text", "any",
        "bytes", "option", "secretstr", "secret", "password", "self", "this", "await", "new", "return", "bearer",
        "basic", "export", "const", "let",
    ];
    WORDS.iter().any(|known| word.eq_ignore_ascii_case(known)) && word != "EMPTY"
}

/// True when a plain word is the literal value of a setting: in quotes, or alone up to the end of its line
/// where the text is not a program.
fn is_written_out(text: &str, pieces: &[Piece], name: usize, place: usize, is_argument: bool) -> bool {
    let piece = &pieces[place];
    let gap = &text[pieces[name].end()..piece.start];
    let is_plain =
        piece.text.len() >= 2 && piece.text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.+/=@".contains(&b));
    if !is_plain {
        return false;
    }
    let is_set_by_command = || {
        let line = text[..pieces[name].start].rsplit('\n').next().unwrap_or_default();
        line.split(|c: char| !c.is_ascii_alphanumeric())
            .any(|word| SETTERS.iter().any(|setter| word.eq_ignore_ascii_case(setter)))
    };
    let is_assignment = gap.contains(['=', ':']) || gap.to_ascii_lowercase().contains("string");
    if quote_around(text, piece).is_some() {
        return is_assignment || is_argument || is_set_by_command();
    }
    let (_, after) = around(text, piece);
    let rest = after.split('\n').next().unwrap_or_default().trim_start_matches([' ', '\t', '\r', ',', ';', '"', '\'']);
    let ends = rest.is_empty() || rest.starts_with(['#', '}', '<', '&', '/', '|', '\\']);
    let is_shell = gap == "=" || (gap.trim().is_empty() && is_set_by_command());
    let is_setting = is_assignment && !gap.contains('"') && !is_program(text);
    // `NAME=value command`: in a shell another word follows a variable's value.
    let ends = ends || (is_shell && after.starts_with([' ', '\t', ';', '&', ')']));
    ends && (is_shell && !is_program(text) || is_setting || gap.contains("string>"))
}

/// True for the text of a program, in which an unquoted word is a name.
fn is_program(text: &str) -> bool {
    let is_call = text
        .match_indices('(')
        .any(|(at, _)| text[..at].chars().next_back().is_some_and(|c| c.is_ascii_alphanumeric() || c == '_'));
    let words = ["const ", "let ", "var ", "def ", "import ", "class ", "fn ", "return ", "func ", "public ", "=>"];
    is_call || text.lines().any(|line| words.iter().any(|word| line.trim_start().starts_with(word)))
}
