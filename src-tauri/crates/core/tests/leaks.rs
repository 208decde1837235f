//! What a gateway gives back of a key never comes out of the check: 300 shapes of keys in every place of a
//! reply and in every form, against a search that shares nothing with the redactor.
#![allow(dead_code, reason = "the script of the check's road is shared")]

#[path = "check_road/script.rs"]
mod script;

use std::fmt::Write;

use airouter_core::check::{CheckReport, Step};
use airouter_core::gateway::Reply;
use airouter_core::secret::{Redactor, Secret};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;

/// Stands beside the key in each reply, so that a report that shows nothing of it is seen to be empty.
const MARK: &str = "marked-sentence";

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
struct Shape {
    public: &'static str,
    secret: String,
}

impl Shape {
    fn key(&self) -> String {
        format!("{}{}", self.public, self.secret)
    }
}

fn shapes() -> Vec<Shape> {
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
fn forms(key: &str) -> Vec<String> {
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

/// A gateway that gives a text back in one place.
type Place = (&'static str, fn(&Step, &str) -> Reply);

fn error(status: u16, text: &str) -> Reply {
    let body = json!({"type": "error", "error": {"type": "authentication_error", "message": text}});
    script::json(status, &body.to_string())
}

fn is_list(step: &Step) -> bool {
    matches!(step, Step::Models(_) | Step::OpenList)
}

fn or_healthy(is_here: bool, step: &Step, reply: impl FnOnce() -> Reply) -> Reply {
    if is_here { reply() } else { script::healthy(step) }
}

const PLACES: &[Place] = &[
    ("error of the list", |_, text| error(401, text)),
    ("error of a message", |step, text| or_healthy(!is_list(step), step, || error(403, text))),
    ("a crash", |step, text| or_healthy(!is_list(step), step, || error(500, text))),
    ("a plain body", |_, text| Reply::new(502, [("content-type", "text/plain")], text)),
    ("a page", |_, text| {
        let page = format!("<html><head><title>{text}</title></head><body><h1>{text}</h1></body></html>");
        Reply::new(200, [("content-type", "text/html")], page)
    }),
    ("the software's name", |_, text| {
        Reply::new(404, [("content-type", "text/html"), ("server", text)], "<html></html>")
    }),
    ("a request's id", |_, text| {
        let body = json!({"error": {"message": MARK}}).to_string();
        Reply::new(400, [("content-type", "application/json"), ("x-request-id", text), ("request-id", text)], body)
    }),
    ("where a redirect leads", |_, text| {
        let to = format!("https://elsewhere.example/?key={text}");
        Reply::new(302, [("location", to.as_str())], "")
    }),
    ("when to ask again", |step, text| {
        or_healthy(!is_list(step), step, || {
            let body = json!({"error": {"type": "rate_limit_error", "message": text}}).to_string();
            Reply::new(429, [("content-type", "application/json"), ("retry-after", "90")], body)
        })
    }),
    ("a model's id and name", |step, text| {
        let list = json!({"data": [
            {"id": "claude-haiku-4-5-20251001", "display_name": text},
            {"id": format!("claude-{text}"), "display_name": "Claude"},
        ]});
        or_healthy(is_list(step), step, || script::json(200, &list.to_string()))
    }),
    ("an event of a stream", |step, text| {
        or_healthy(!is_list(step), step, || {
            let event = json!({"type": "error", "error": {"type": "api_error", "message": text}});
            script::stream(&[event])
        })
    }),
    ("what is answered", |step, text| {
        let Step::Ask(question) = step else { return script::healthy(step) };
        script::answer(question, json!([{"type": "text", "text": text}]))
    }),
    ("a tool's name", |step, text| {
        let Step::Ask(question) = step else { return script::healthy(step) };
        script::answer(question, json!([{"type": "tool_use", "id": "toolu_1", "name": text, "input": {"text": text}}]))
    }),
];

/// Everything that a report says, in the two ways in which programs say it.
fn said(report: &CheckReport) -> String {
    let json = serde_json::to_string(report).expect("JSON");
    format!("{report:?}\n{json}")
}

/// A part of the key in a text: all of it in any form, or eight letters in a row of a long one.
fn leak(text: &str, shape: &Shape) -> Option<String> {
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

/// Goes through shapes, places and forms; `exit` is what a report passes before it is said.
fn walk_all(step_by: usize, exit: impl Fn(CheckReport, &Redactor) -> CheckReport) -> (usize, usize, Vec<String>) {
    let (mut tried, mut marked, mut leaks) = (0, 0, Vec::new());
    for (number, shape) in shapes().iter().enumerate().step_by(step_by) {
        let key = shape.key();
        let redactor = Redactor::new([&Secret::new(key.clone())]);
        let forms = forms(&key);
        for (place_number, (place, reply)) in PLACES.iter().enumerate() {
            // Each shape meets each place in some of the forms, and over all shapes each place each form.
            for turn in 0..3 {
                let form = &forms[(number + place_number + turn * 5) % forms.len()];
                let text = format!("{MARK} key {form} was given");
                let (report, _) = script::walk(None, |step| reply(step, &text));
                let said = said(&exit(report, &redactor));
                tried += 1;
                marked += usize::from(said.contains(MARK));
                if let Some(part) = leak(&said, shape) {
                    let mut line = String::new();
                    let _ = write!(line, "{place}: {form} of {key} leaves {part}");
                    leaks.push(line);
                }
            }
        }
    }
    (tried, marked, leaks)
}

#[test]
fn nothing_of_a_key_comes_out_of_a_check() {
    let (tried, marked, leaks) = walk_all(1, |report, redactor| report.redacted(redactor));
    assert_eq!(shapes().len(), 300);
    assert!(marked * 3 > tried, "the reports show nothing of the replies: {marked} of {tried}");
    assert!(leaks.is_empty(), "{} of {tried} leak:\n{}", leaks.len(), leaks[..leaks.len().min(30)].join("\n"));
}

/// Without the exit the search finds them in every place of which a report tells: it is not blind.
#[test]
fn the_search_sees_a_key_that_is_not_taken_out() {
    // Many of them the second net takes, which goes by the shape of a key.
    let (_, _, leaks) = walk_all(7, |report, _| report);
    let mut places: Vec<&str> = leaks.iter().filter_map(|leak| leak.split(':').next()).collect();
    places.dedup();
    places.sort_unstable();
    places.dedup();
    let telling = [
        "a crash",
        "a model's id and name",
        "a plain body",
        "a request's id",
        "an event of a stream",
        "error of a message",
        "error of the list",
        "when to ask again",
    ];
    assert_eq!(places, telling);
}
