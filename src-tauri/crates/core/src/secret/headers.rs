//! Decides which of the headers that people add by hand hold a secret.

use super::holds_key;

/// Parts of the names of headers that hold credentials.
const TELLING: [&str; 12] = [
    "auth",
    "key",
    "token",
    "secret",
    "pass",
    "cookie",
    "credential",
    "signature",
    "session",
    "jwt",
    "bearer",
    "license",
];

/// Headers whose values are never secret.
const PLAIN: [&str; 3] = ["anthropic-beta", "anthropic-version", "user-agent"];

/// True for a header that is secret, by its name or by the form of its value. A team's name or a version is
/// not, and is not removed from other texts.
pub fn is_secret_header(name: &str, value: &str) -> bool {
    let name = name.to_lowercase();
    !PLAIN.contains(&name.as_str()) && (TELLING.iter().any(|word| name.contains(word)) || holds_key(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, value: &str, expected: bool) {
        assert_eq!(is_secret_header(name, value), expected, "{name}: {value}");
    }

    #[test]
    fn a_header_is_secret_by_name_or_by_look() {
        check("X-Team-Secret", "hunter2", true);
        check("Authorization", "Basic bGk6Z2VoZWlt", true);
        check("X-Team", "sk-0123456789abcdef", true);
        check("X-Team", "research", false);
        check("anthropic-beta", "context-1m-2025-08-07", false);
    }
}
