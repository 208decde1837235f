//! Reads what other programs and people saved, leniently: in any usual encoding, and JSON with comments and
//! trailing commas. For observation only; what is changed is read strictly (`json.rs`).

use jsonc_parser::{ParseOptions, parse_to_serde_value};
use serde_json::{Map, Value};

use crate::json::strict;

/// A text in the encodings in which systems copy and save: UTF-8 with or without a byte-order mark, and
/// UTF-16, which PowerShell 5 writes for `>` and some programs without a mark.
pub fn text_of(bytes: &[u8]) -> Option<String> {
    let wide = |pairs: &[u8], read: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = pairs.chunks_exact(2).map(|pair| read([pair[0], pair[1]])).collect();
        String::from_utf16(&units).ok()
    };
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8(rest.to_vec()).ok(),
        // Settings and logs begin with a Latin letter or sign, whose other half is empty.
        [first, 0, ..] if *first != 0 => wide(bytes, u16::from_le_bytes),
        [0, first, ..] if *first != 0 => wide(bytes, u16::from_be_bytes),
        _ => String::from_utf8(bytes.to_vec()).ok(),
    };
    text.filter(|text| !text.contains('\0'))
}

/// The object that settings hold, with or without comments and trailing commas; of a name that stands twice
/// the last value, as most programs take it.
pub fn object_of(bytes: &[u8]) -> Option<Map<String, Value>> {
    let options = ParseOptions { allow_comments: true, allow_trailing_commas: true, ..strict() };
    match parse_to_serde_value(&text_of(bytes)?, &options).ok()? {
        Value::Object(values) => Some(values),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: &str = "{\n  // 办公室\n  \"env\": {\"ANTHROPIC_BASE_URL\": \"https://relay.example\",},\n}\n";

    #[track_caller]
    fn check(bytes: &[u8]) {
        assert_eq!(text_of(bytes).as_deref(), Some(SETTINGS));
        let object = object_of(bytes).expect("an object");
        assert_eq!(object["env"]["ANTHROPIC_BASE_URL"], "https://relay.example");
    }

    #[test]
    fn settings_are_read_in_every_encoding() {
        let wide = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> { SETTINGS.encode_utf16().flat_map(bytes).collect() };
        check(SETTINGS.as_bytes());
        check(&[&[0xef, 0xbb, 0xbf], SETTINGS.as_bytes()].concat());
        check(&[&[0xff, 0xfe][..], &wide(u16::to_le_bytes)].concat());
        check(&[&[0xfe, 0xff][..], &wide(u16::to_be_bytes)].concat());
        check(&wide(u16::to_le_bytes));
        check(&wide(u16::to_be_bytes));
    }

    #[test]
    fn what_is_no_text_or_no_object_is_nothing() {
        for bytes in [&b"\xff\xff\xff"[..], b"a\0\0\0b", b"[1]", b"", b"// nothing", b"{\"a\": }", b"{\"a\":1} {}"] {
            assert_eq!(object_of(bytes), None, "{bytes:?}");
        }
        assert_eq!(object_of(br#"{"a":1,"a":2}"#).unwrap()["a"], 2);
    }
}
