//! Recognises texts that reveal nothing of a key, although they are a part of one.
//!
//! A key may be, or hold, a word that is in every report: `gateway`, `anthropic`, `sonnet`. Replacing such a
//! word everywhere would make reports unreadable, and would show readers which word the key is. So these
//! words are not replaced, unless the text before them says that a key follows.

/// Prefixes that many keys share; they reveal nothing of one key.
const PUBLIC_STARTS: [&str; 12] = [
    "sk-ant-api03-",
    "sk-ant-oat01-",
    "sk-ant-admin01-",
    "sk-proj-",
    "sk-svcacct-",
    "sk-admin-",
    "sk-or-v1-",
    "sk-practice-",
    "github_pat_",
    "bearer ",
    "basic ",
    "airouter-",
];

/// Words of this program, of Claude's files and of model names, in lower case.
const WORDS: [&str; 117] = [
    "address",
    "admin",
    "administrator",
    "airouter",
    "alias",
    "anthropic",
    "apikey",
    "application",
    "apply",
    "assistant",
    "auth",
    "authorization",
    "auto",
    "aws",
    "azure",
    "balance",
    "base",
    "basic",
    "bearer",
    "bedrock",
    "beta",
    "blocked",
    "blocking",
    "chat",
    "chatgpt",
    "check",
    "claude",
    "code",
    "coder",
    "codex",
    "company",
    "computer",
    "config",
    "configuration",
    "connect",
    "connected",
    "console",
    "content",
    "credential",
    "deepseek",
    "default",
    "deployment",
    "desktop",
    "embedding",
    "error",
    "export",
    "fable",
    "failed",
    "false",
    "fast",
    "flash",
    "forbidden",
    "free",
    "gateway",
    "gemini",
    "gemma",
    "google",
    "grok",
    "haiku",
    "helper",
    "helper-script",
    "host",
    "http",
    "https",
    "inference",
    "info",
    "instruct",
    "internal",
    "invalid",
    "json",
    "keychain",
    "large",
    "latest",
    "library",
    "llama",
    "local",
    "localhost",
    "message",
    "messages",
    "mini",
    "mistral",
    "mode",
    "model",
    "models",
    "mythos",
    "network",
    "none",
    "not-tested",
    "ollama",
    "openai",
    "opus",
    "password",
    "plus",
    "policy",
    "preset",
    "preview",
    "production",
    "profile",
    "prompt",
    "provider",
    "proxy",
    "qwen",
    "secret",
    "server",
    "service",
    "sonnet",
    "standard",
    "static",
    "stream",
    "system",
    "test",
    "text",
    "thinking",
    "token",
    "turbo",
    "user",
    "vertex",
];

/// The texts before a quoted key.
const ANNOUNCED: [&str; 18] = [
    "key",
    "token",
    "bearer",
    "basic",
    "secret",
    "password",
    "credential",
    "provided",
    "received",
    "authorization",
    "apikey",
    "got",
    "given",
    "密钥",
    "令牌",
    "密码",
    "凭证",
    "key is",
];

/// True for a secret that is one of these words.
pub(super) fn is_ordinary(lower: &[u8]) -> bool {
    std::str::from_utf8(lower).is_ok_and(is_word)
}

/// True where the text before says that a key follows: `invalid key: "…`.
pub(super) fn is_announced(before: &[u8]) -> bool {
    let filler = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`:=\\([{<".contains(byte);
    let end = before.iter().rposition(|byte| !filler(byte)).map_or(0, |at| at + 1);
    // A separator is required: `tokens` announces nothing.
    end < before.len() && ANNOUNCED.iter().any(|word| before[..end].ends_with(word.as_bytes()))
}

/// True for a piece of a key, in lower case, that reveals nothing of it: a prefix that many keys share, or
/// ordinary words. The first and the last may be cut, since a piece ends anywhere.
pub(super) fn is_public(piece: &[u8]) -> bool {
    let Ok(piece) = std::str::from_utf8(piece) else { return false };
    if PUBLIC_STARTS.iter().any(|start| start.contains(piece)) {
        return true;
    }
    let parts: Vec<&str> = piece.split(|letter: char| !letter.is_ascii_alphanumeric()).collect();
    let last = parts.len() - 1;
    parts.iter().enumerate().all(|(index, part)| {
        part.is_empty()
            || is_number(part)
            || match (index == 0, index == last) {
                (true, true) => WORDS.iter().any(|word| word.contains(part)),
                (true, false) => WORDS.iter().any(|word| word.ends_with(part)),
                (false, true) => WORDS.iter().any(|word| word.starts_with(part)),
                (false, false) => is_word(part),
            }
    })
}

fn is_word(text: &str) -> bool {
    WORDS.binary_search(&text).is_ok()
}

/// A version or the day of a model.
fn is_number(part: &str) -> bool {
    let is_day = part.len() == 8 && part.starts_with("20");
    part.bytes().all(|byte| byte.is_ascii_digit()) && (part.len() <= 2 || is_day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_can_be_found() {
        assert!(WORDS.is_sorted(), "they are searched by halves");
        assert!(is_ordinary(b"claude") && is_ordinary(b"not-tested") && !is_ordinary(b"hunter2"));
    }

    #[track_caller]
    fn check(piece: &str, expected: bool) {
        assert_eq!(is_public(piece.as_bytes()), expected, "{piece}");
    }

    #[test]
    fn a_piece_of_words_tells_nothing() {
        for piece in ["sk-ant-api03-", "claude-sonnet-4-", "anthropi", "nthropic", "-gateway", "20250929", "laude-son"]
        {
            check(piece, true);
        }
        for piece in ["sk-ant-api03-q", "gateway-x7", "abcdefgh", "12345678", "-gateway-hunter"] {
            check(piece, false);
        }
    }

    #[test]
    fn a_key_is_announced_by_what_stands_before() {
        for before in ["invalid key: \"", "Bearer ", "令牌 '", "api_key="].map(str::to_lowercase) {
            assert!(is_announced(before.as_bytes()), "{before}");
        }
        for before in ["", "model ", "key", "tokens ", "the keys of "] {
            assert!(!is_announced(before.as_bytes()), "{before}");
        }
    }
}
