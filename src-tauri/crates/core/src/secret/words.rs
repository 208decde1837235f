//! Distinguishes whole words from parts of a name.
//!
//! `ollama` is a key in `invalid key "ollama"`, `?key=ollama` and `https://user:ollama@host`, and a name in
//! `ollama-7b`, `ollama:latest`, `library/ollama` and `http://ollama.local`.

use std::ops::Range;

/// True where these bytes are a word by themselves. The case of `text` does not matter.
pub(crate) fn is_whole_word(text: &[u8], range: &Range<usize>) -> bool {
    let before = |back: usize| range.start.checked_sub(back).map(|at| text[at]);
    let after = |on: usize| text.get(range.end + on - 1).copied();
    let is_letter = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let place = place(text, range.start);
    // A sign joins two words only where it has letters on both of its sides.
    let joins_before = match before(1) {
        Some(b'-' | b'.' | b'@') => is_letter(before(2)),
        Some(b'/' | b'\\') => match place {
            Place::Path => false,
            Place::Host => true,
            Place::Text => is_letter(before(2)) || matches!(before(2), Some(b'.' | b'~' | b':')) || before(2).is_none(),
        },
        _ => is_letter(before(1)),
    };
    let joins_after = match after(1) {
        Some(b'-' | b'.') => is_letter(after(2)),
        Some(b'/' | b'\\') => place == Place::Text && is_letter(after(2)),
        Some(b':') => is_letter(after(2)),
        _ => is_letter(after(1)),
    };
    // A secret may itself begin or end with a sign, which joins nothing.
    let (first, last) = (text.get(range.start).copied(), text.get(range.end - 1).copied());
    let begins = !is_letter(first) || !joins_before;
    let ends = !is_letter(last) || !joins_after;
    begins && ends && (place != Place::Host || after(1) == Some(b'@'))
}

#[derive(PartialEq, Eq)]
enum Place {
    /// In no address.
    Text,
    /// Within an address, before its path: name, password, host.
    Host,
    /// Within an address, in its path or behind it.
    Path,
}

fn place(text: &[u8], at: usize) -> Place {
    let ends = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`<>(),;{}[]|".contains(byte);
    let begin = text[..at].iter().rposition(ends).map_or(0, |end| end + 1);
    let word = &text[begin..at];
    match word.windows(3).position(|three| three == b"://") {
        None => Place::Text,
        Some(scheme) if word[scheme + 3..].iter().any(|byte| b"/?#".contains(byte)) => Place::Path,
        Some(_) => Place::Host,
    }
}

/// The ends of a text that was cut within one of these words: most of the word is there, and `…` follows.
pub(super) fn shortened_ends<'a>(text: &str, words: impl Iterator<Item = &'a [u8]> + Clone) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (end, _) in text.match_indices('…').chain(text.match_indices("...")) {
        let before = &text.as_bytes()[..end];
        for word in words.clone() {
            let shortest = (word.len() / 2).max(4);
            let is_end = |length: &usize| {
                let begin = before.len() - length;
                before[begin..].eq_ignore_ascii_case(&word[..*length])
                    && is_whole_word(&before.to_ascii_lowercase(), &(begin..before.len()))
            };
            let longest = (shortest..word.len().min(before.len() + 1)).rev().find(is_end);
            found.extend(longest.map(|length| end - length..end));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: bool) {
        let at = text.find("ollama").unwrap();
        assert_eq!(is_whole_word(text.as_bytes(), &(at..at + 6)), expected, "{text}");
    }

    #[test]
    fn a_word_alone_is_no_part_of_a_name() {
        for text in [
            "ollama",
            "invalid key \"ollama\"",
            "the key ollama.",
            "key=ollama&x=1",
            "密钥ollama无效",
            "https://user:ollama@host/x",
            "https://host/login/ollama",
            "https://host/ollama/more",
            "https://host/?k=ollama",
            "bearer ollama,",
            "- ollama -",
            "ollama: no such key",
            "(ollama)",
            "ollama/",
            "api-key:ollama",
        ] {
            check(text, true);
        }
        for text in [
            "ollama-7b",
            "my-ollama",
            "ollama/llama3",
            "library/ollama",
            "ollama:latest",
            "http://ollama.local/v1",
            "http://ollama:11434",
            "http://ollama/v1",
            "ollama.local",
            "www.ollama",
            "ollama_x",
            "ollamas",
            "xollama",
            "/usr/share/ollama",
            "me@ollama",
            "~/ollama",
        ] {
            check(text, false);
        }
    }

    #[test]
    fn a_word_that_was_cut_is_found() {
        let ends = |text: &'static str| {
            let found = shortened_ends(text, [b"hunter2-pass".as_slice()].into_iter());
            found.into_iter().map(|range| &text[range]).collect::<Vec<_>>()
        };
        assert_eq!(ends("your key hunter2-p… is wrong"), ["hunter2-p"]);
        assert_eq!(ends("your key hunt… is wrong"), [""; 0]);
        assert_eq!(ends("hunter2..."), ["hunter2"]);
        assert_eq!(ends("hunter2"), [""; 0]);
    }
}
