//! Makes text from outside safe to show: gateways, presets, other programs' files and people write names and
//! sentences that end up on a terminal and in the page.
//!
//! Terminals act on control characters, and text renderers on marks of direction, by which one text can look
//! like another. Neither carries meaning here.

/// The text without characters that control a terminal or a renderer: control characters become spaces (line
/// breaks and tabs are kept), invisible ones (marks of direction, joiners, fillers) are removed. Variant
/// selectors are kept, because emoji need them and they reorder nothing.
pub fn plain(text: &str) -> String {
    let shown = |letter: char| match letter {
        '\n' | '\t' => Some(letter),
        _ if letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}') => Some(' '),
        _ if is_invisible(letter) && !is_variant(letter) => None,
        _ => Some(letter),
    };
    text.chars().filter_map(shown).collect()
}

/// The same in one line of at most `longest` characters.
pub fn one_line(text: &str, longest: usize) -> String {
    let line = plain(text).replace(['\n', '\t'], " ");
    let mut letters = line.trim().chars();
    let mut short: String = letters.by_ref().take(longest).collect();
    if letters.next().is_some() {
        short.push('…');
    }
    short
}

/// A JSON text with the same value in which all characters that [`plain`] would change are escaped. JSON
/// itself escapes only the first thirty-two, and terminals act on more.
pub fn plain_json(json: &str) -> String {
    let is_obeyed = |letter: char| {
        (letter.is_control() && !matches!(letter, '\n' | '\t'))
            || matches!(letter, '\u{2028}' | '\u{2029}')
            || (is_invisible(letter) && !is_variant(letter))
    };
    escape_json(json, is_obeyed)
}

/// A JSON text with the same value in ASCII alone, which reads the same in every character set of a console. Single
/// quotation marks are escaped too, so that it can stand between them in a script.
pub fn ascii_json(json: &str) -> String {
    escape_json(json, |letter| {
        !letter.is_ascii() || letter == '\'' || (letter.is_control() && !matches!(letter, '\n' | '\t'))
    })
}

/// Escapes the characters of a JSON text that `must` names. All of them stand in its texts, so its value stays.
fn escape_json(json: &str, must: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(json.len());
    for letter in json.chars() {
        if must(letter) {
            let mut units = [0; 2];
            for unit in letter.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(letter);
        }
    }
    out
}

fn is_variant(letter: char) -> bool {
    ('\u{fe00}'..='\u{fe0f}').contains(&letter)
}

/// True for invisible characters: joiners, marks of direction, fillers, variant selectors.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e01ef}')
}

/// The plain form of a full-width or typographic character.
pub(crate) fn plain_letter(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' => ' ',
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' => '-',
        '“' | '”' | '„' | '‟' | '«' | '»' | '″' => '"',
        '‘' | '’' | '‚' | '‛' | '′' | '´' | '‹' | '›' => '\'',
        other => other,
    }
}

/// True for the letters of Chinese, Japanese and Korean.
pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_cannot_steer_what_shows_it() {
        assert_eq!(plain("claude\u{1b}[2J\u{9b}31m\tb\n\r"), "claude [2J 31m\tb\n ");
        assert_eq!(plain("gate\u{202e}elpmaxe\u{2066}.example\u{200b}\u{2029}"), "gateelpmaxe.example ");
        assert_eq!(plain("张三 ❤\u{fe0f}"), "张三 ❤\u{fe0f}");
        assert_eq!(one_line(" a\n\u{7}b ", 9), "a  b");
        assert_eq!(one_line("abcdef", 3), "abc…");
    }

    #[test]
    fn json_keeps_its_value() {
        let value = serde_json::json!({"said": "a\u{9b}b\u{202e}c\u{7f}\u{e0001}d\ne"});
        let text = plain_json(&value.to_string());
        assert!(text.chars().all(|letter| plain(&letter.to_string()) == letter.to_string()), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }

    #[test]
    fn json_in_ascii_keeps_its_value() {
        let value =
            serde_json::json!({"name": "李雷 ❤\u{fe0f} \u{1f600}'s", "path": r"C:\用户", "quoted": "\"", "n": 1.5});
        let text = ascii_json(&value.to_string());
        assert!(text.is_ascii() && !text.contains('\''), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}
