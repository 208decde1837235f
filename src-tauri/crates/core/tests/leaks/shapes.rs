//! Shapes of keys, the forms in which a server may give a text back, and a search that shares nothing with the
//! redactor.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// Random numbers that are the same in every run (xorshift64*).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn word(&mut self, letters: &[u8], length: usize) -> String {
        (0..length).map(|_| char::from(letters[(self.roll() >> 33) as usize % letters.len()])).collect()
    }
}

/// A key: what comes before it says whose it is and is nobody's secret.
pub(crate) struct Shape {
    pub(crate) public: &'static str,
    pub(crate) secret: String,
}

impl Shape {
    pub(crate) fn key(&self) -> String {
        format!("{}{}", self.public, self.secret)
    }
}

pub(crate) fn shapes() -> Vec<Shape> {
    const LOWER: &[u8] = b"abcdefghijkmnpqrstuvwxyz0123456789";
    const HEX: &[u8] = b"0123456789abcdef";
    const MIXED: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";
    const MARKS: &[u8] = b"AbCdEfGh23456789+/=_-.~";
    const ODD: &[u8] = b"AbCdEfGh23456789%&\"\\<>'!$";
    let mut dice = Dice(0x5eed_1234_5678_9abc);
    let mut shapes = Vec::new();
    for round in 0..25_usize {
        let long = 20 + round * 4;
        let mut push = |public, secret| shapes.push(Shape { public, secret });
        push("sk-", dice.word(MIXED, long));
        push("sk-ant-api03-", dice.word(MIXED, long));
        push("sk-proj-", dice.word(MIXED, long));
        push("", dice.word(HEX, 32 + round));
        push("", dice.word(LOWER, 16 + round));
        push("", dice.word(MARKS, 18 + round));
        push("", dice.word(ODD, 18 + round));
        push("ey", format!("{}.{}.{}", dice.word(MIXED, 20), dice.word(MIXED, 24 + round), dice.word(MIXED, 22)));
        push("team-", format!("{}-{}", dice.word(LOWER, 9), dice.word(LOWER, 9 + round)));
        let part = |dice: &mut Dice, length| dice.word(HEX, length);
        let uuid = [8, 4, 4, 4, 12].map(|length| part(&mut dice, length)).join("-");
        push("", uuid);
        // Short ones, which count as whole words.
        push("", dice.word(LOWER, 10 + round % 6));
        push("", dice.word(MIXED, 9 + round % 7));
    }
    shapes
}

/// The forms in which a server may give a text back.
pub(crate) fn forms(key: &str) -> Vec<String> {
    let each = |form: &dyn Fn(u8) -> String| key.bytes().map(form).collect::<String>();
    let percent = |byte: u8| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    let html = key.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let mut forms = vec![
        key.to_owned(),
        key.to_uppercase(),
        key.to_lowercase(),
        each(&percent),
        each(&|byte| format!("%{byte:02x}")),
        serde_json::Value::from(key).to_string().trim_matches('"').to_owned(),
        each(&|byte| format!("\\u{byte:04x}")),
        html,
        each(&|byte| format!("&#{byte};")),
        each(&|byte| format!("&#x{byte:X};")),
        URL_SAFE_NO_PAD.encode(key),
    ];
    forms.extend(["", "u", "us"].map(|before| STANDARD.encode(format!("{before}{key}"))));
    forms
}

/// A part of the key in a text: all of it in any form, or eight letters in a row of a long one.
pub(crate) fn leak(text: &str, shape: &Shape) -> Option<String> {
    let (lower, key) = (text.to_lowercase(), shape.key());
    let whole = forms(&key).into_iter().find(|form| {
        // What was put before it and padding belong to no one.
        let core =
            if form.len() > 12 { form.trim_end_matches('=').get(4..form.len() - 4).unwrap_or(form) } else { form };
        lower.contains(&core.to_lowercase())
    });
    let pieces = || {
        let secret = shape.secret.to_lowercase();
        let letters: Vec<char> = secret.chars().collect();
        let long = key.chars().count() >= 16;
        let pieces = letters.windows(8).filter(|_| long).map(|piece| piece.iter().collect::<String>());
        pieces.filter(|piece| lower.contains(piece.as_str())).collect::<Vec<_>>().into_iter().next()
    };
    whole.or_else(pieces)
}
