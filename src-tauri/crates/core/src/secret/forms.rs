//! Decodes the forms that a secret may be hidden in: percent-encoded, escaped for JSON or HTML, base64,
//! hexadecimal, and one within another.
//!
//! Encoding a secret in every form and searching for each does not find one that is encoded only in part, in
//! two ways at once, or cut. So the text is decoded instead, and each decoded byte keeps the place in the text
//! that it came from.

use std::ops::Range;

/// How often nested escapes are decoded.
const ROUNDS: usize = 3;
/// Named characters of HTML that are ASCII.
const NAMED: [(&str, u8); 38] = [
    ("amp", b'&'),
    ("lt", b'<'),
    ("gt", b'>'),
    ("quot", b'"'),
    ("apos", b'\''),
    ("nbsp", b' '),
    ("excl", b'!'),
    ("num", b'#'),
    ("dollar", b'$'),
    ("percnt", b'%'),
    ("lpar", b'('),
    ("rpar", b')'),
    ("ast", b'*'),
    ("plus", b'+'),
    ("comma", b','),
    ("period", b'.'),
    ("sol", b'/'),
    ("colon", b':'),
    ("semi", b';'),
    ("equals", b'='),
    ("quest", b'?'),
    ("commat", b'@'),
    ("lsqb", b'['),
    ("lbrack", b'['),
    ("bsol", b'\\'),
    ("rsqb", b']'),
    ("rbrack", b']'),
    ("hat", b'^'),
    ("lowbar", b'_'),
    ("grave", b'`'),
    ("lcub", b'{'),
    ("lbrace", b'{'),
    ("verbar", b'|'),
    ("vert", b'|'),
    ("rcub", b'}'),
    ("rbrace", b'}'),
    ("AMP", b'&'),
    ("QUOT", b'"'),
];

/// A decoded text. Every byte has the range of the text that it came from.
pub(super) struct View {
    pub(super) bytes: Vec<u8>,
    /// `None` for the text itself, where each byte came from its own place.
    from: Option<Vec<(u32, u32)>>,
    /// True where the bytes beside a secret may be meaningless: those of a base64 text that began
    /// elsewhere.
    pub(super) is_noise: bool,
}

impl View {
    fn of(text: &str) -> Self {
        Self { bytes: text.as_bytes().to_vec(), from: None, is_noise: false }
    }

    /// The range of the text that these bytes came from.
    pub(super) fn origin(&self, range: Range<usize>) -> Range<usize> {
        match &self.from {
            None => range,
            Some(from) => from[range.start].0 as usize..from[range.end - 1].1 as usize,
        }
    }

    fn place(&self, at: usize) -> (u32, u32) {
        match &self.from {
            // Replies are limited in size, far below this.
            None => (at as u32, at as u32 + 1),
            Some(from) => from[at],
        }
    }
}

/// A text unchanged and in all decoded forms that may hold a secret of at least `shortest` bytes.
pub(super) fn views(text: &str, shortest: usize) -> Vec<View> {
    let mut views = vec![View::of(text)];
    for round in 0..ROUNDS {
        match unescaped(&views[round]) {
            Some(view) => views.push(view),
            None => break,
        }
    }
    for index in 0..views.len() {
        for mut inner in dense(&views[index], shortest) {
            // What was escaped before it was encoded.
            if let Some(plain) = unescaped(&inner) {
                views.push(View { is_noise: true, ..plain });
            }
            inner.is_noise = true;
            views.push(inner);
        }
    }
    views
}

/// The secret itself with its own escapes decoded, since those of the text are decoded too.
pub(super) fn undone(secret: &[u8]) -> Option<Vec<u8>> {
    let mut view = View { bytes: secret.to_vec(), from: None, is_noise: false };
    let mut changed = false;
    for _ in 0..ROUNDS {
        let Some(plain) = unescaped(&view) else { break };
        (view, changed) = (plain, true);
    }
    changed.then_some(view.bytes)
}

/// All escapes decoded once; `None` where there are none.
fn unescaped(view: &View) -> Option<View> {
    let bytes = &view.bytes;
    if !bytes.iter().any(|byte| b"%\\&".contains(byte)) {
        return None;
    }
    let (mut plain, mut from) = (Vec::with_capacity(bytes.len()), Vec::with_capacity(bytes.len()));
    let (mut at, mut changed) = (0, false);
    while at < bytes.len() {
        let (length, decoded) = match bytes[at] {
            b'%' => percent(&bytes[at..]),
            b'\\' => backslash(&bytes[at..]),
            b'&' => entity(&bytes[at..]),
            _ => None,
        }
        .unwrap_or((0, Vec::new()));
        if length == 0 {
            plain.push(bytes[at]);
            from.push(view.place(at));
            at += 1;
            continue;
        }
        let place = (view.place(at).0, view.place(at + length - 1).1);
        from.extend(std::iter::repeat_n(place, decoded.len()));
        plain.extend(decoded);
        at += length;
        changed = true;
    }
    changed.then_some(View { bytes: plain, from: Some(from), is_noise: view.is_noise })
}

type Decoded = Option<(usize, Vec<u8>)>;

/// `%2F`
fn percent(bytes: &[u8]) -> Decoded {
    let code = hexadecimal(bytes.get(1..3)?)?;
    Some((3, vec![u8::try_from(code).ok()?]))
}

/// `\/`, `\n`, `\u002f`, `\x2f`
fn backslash(bytes: &[u8]) -> Decoded {
    let unit = |at: usize| (bytes.get(at..at + 2)? == b"\\u").then(|| hexadecimal(bytes.get(at + 2..at + 6)?))?;
    match bytes.get(1)? {
        b'u' => {
            let first = unit(0)?;
            let pair = unit(6).filter(|second| (0xd800..0xdc00).contains(&first) && (0xdc00..0xe000).contains(second));
            match pair {
                Some(second) => Some((12, letter(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00))?)),
                None => Some((6, letter(first)?)),
            }
        }
        b'x' => Some((4, letter(hexadecimal(bytes.get(2..4)?)?)?)),
        b'n' => Some((2, vec![b'\n'])),
        b'r' => Some((2, vec![b'\r'])),
        b't' => Some((2, vec![b'\t'])),
        other if other.is_ascii_punctuation() => Some((2, vec![*other])),
        _ => None,
    }
}

/// `&amp;`, `&#47;`, `&#x2f;`; the semicolon is optional, as in browsers.
fn entity(bytes: &[u8]) -> Decoded {
    let is_hexadecimal = matches!(bytes.get(2), Some(b'x' | b'X'));
    if bytes.get(1) == Some(&b'#') {
        let begin = if is_hexadecimal { 3 } else { 2 };
        let is_digit = |byte: &&u8| if is_hexadecimal { byte.is_ascii_hexdigit() } else { byte.is_ascii_digit() };
        let count = bytes[begin.min(bytes.len())..].iter().take(8).take_while(is_digit).count();
        let digits = std::str::from_utf8(bytes.get(begin..begin + count)?).ok()?;
        let code = u32::from_str_radix(digits, if is_hexadecimal { 16 } else { 10 }).ok()?;
        let end = begin + count;
        return Some((end + usize::from(bytes.get(end) == Some(&b';')), letter(code)?));
    }
    let end = bytes.iter().take(10).position(|byte| *byte == b';')?;
    let (_, named) = NAMED.iter().find(|(name, _)| name.as_bytes() == &bytes[1..end])?;
    Some((end + 1, vec![*named]))
}

fn hexadecimal(digits: &[u8]) -> Option<u32> {
    let digits = digits.iter().all(u8::is_ascii_hexdigit).then(|| std::str::from_utf8(digits).ok())??;
    u32::from_str_radix(digits, 16).ok()
}

fn letter(code: u32) -> Option<Vec<u8>> {
    Some(char::from_u32(code)?.to_string().into_bytes())
}

/// Every run of letters as base64 that begins at each of its first four letters, and as hexadecimal
/// numbers that begin at each of its first two.
fn dense(view: &View, shortest: usize) -> Vec<View> {
    // Six bits a letter.
    let shortest = (shortest * 8).div_ceil(6);
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte);
    let mut runs: Vec<Range<usize>> = Vec::new();
    let mut begin = None;
    for at in 0..=view.bytes.len() {
        let is_inside = view.bytes.get(at).copied().is_some_and(is_letter);
        match (is_inside, begin) {
            (true, None) => begin = Some(at),
            (false, Some(from)) => {
                if at - from >= shortest {
                    runs.push(from..at);
                }
                begin = None;
            }
            _ => {}
        }
    }
    if runs.is_empty() {
        return Vec::new();
    }
    let base64 = (0..4).map(|skipped| packed(view, &runs, skipped, 6, sextet));
    let numbers = (0..2).map(|skipped| packed(view, &runs, skipped, 4, |byte| char::from(byte).to_digit(16)));
    base64.chain(numbers).filter(|view| !view.bytes.is_empty()).collect()
}

/// Decodes runs of letters of which each holds `width` bits, from the letter after `skipped` ones.
fn packed(view: &View, runs: &[Range<usize>], skipped: usize, width: u32, value: fn(u8) -> Option<u32>) -> View {
    let (mut bytes, mut from) = (Vec::new(), Vec::new());
    for run in runs {
        let (mut bits, mut held) = (0_u32, 0);
        for at in run.start + skipped..run.end {
            let Some(more) = value(view.bytes[at]) else {
                (bits, held) = (0, 0);
                continue;
            };
            (bits, held) = ((bits << width | more) & 0xffff, held + width);
            if held >= 8 {
                held -= 8;
                bytes.push((bits >> held & 0xff) as u8);
                from.push((view.place(at - 1).0, view.place(at).1));
            }
        }
        // Separates one run from the next.
        bytes.push(0);
        from.push(view.place(run.end - 1));
    }
    View { bytes, from: Some(from), is_noise: false }
}

/// The value of a letter of base64, in both of its alphabets.
fn sextet(byte: u8) -> Option<u32> {
    Some(u32::from(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    }))
}
