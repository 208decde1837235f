//! Detects random strings.

/// True for letters and digits in random order, as no word, date or model has them.
pub(super) fn looks_random(piece: &str) -> bool {
    let is_name = ["claude", "gpt", "gemini", "deepseek", "qwen"]
        .iter()
        .any(|name| piece.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)));
    !is_name
        && piece.split(['-', '_']).filter(|part| part.len() >= 4).any(|part| {
            let has = |is: fn(&u8) -> bool| part.bytes().any(|byte| is(&byte));
            let bytes = part.as_bytes();
            let mixes = has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic);
            mixes || is_jumbled(bytes)
        })
}

/// True for randomly distributed capitals. In `inferenceGatewayApiKey` they begin words.
fn is_jumbled(part: &[u8]) -> bool {
    let rises = part.windows(2).filter(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase()).count();
    rises >= 2 && (rises + 1) * 4 > part.len()
}
