//! Replays recorded replies of eight programs: each must be read as what it is known to mean.
//!
//! A row is one reply with its diagnosis (`expect`); `expect-codes.json` says by which codes this
//! program tells that diagnosis. The rows test the rules, the rules never look at the software's name.
#![allow(clippy::disallowed_methods, reason = "a test reads its fixtures")]

use std::collections::BTreeMap;

use airouter_core::finding::Code;
use airouter_core::gateway::{Asked, NetFault, Reply, Route, Verdict, classify};
use serde_json::Value;

const ROWS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/fixtures/gateway-responses.dev.jsonl");
const CODES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/fixtures/expect-codes.json");

/// Rows (by their place, from 1) on which this program disagrees, each with the reason. None is known.
const DISAGREED: &[(usize, &str)] = &[];

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The code for a row; nothing for a healthy reply.
fn code_of(row: &Value) -> Option<Code> {
    let body = text(row, "body");
    let Some(status) = row["status"].as_u64() else {
        // Without a reply the row holds the client's own error.
        let fault = if body.contains("Invalid header value") { NetFault::BadHeader } else { NetFault::Reset };
        return Some(fault.code(false));
    };
    let headers: Vec<(String, String)> = row["headers"]
        .as_object()
        .map(|headers| {
            headers.iter().filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
        })
        .unwrap_or_default();
    let reply = Reply::new(u16::try_from(status).expect("a status"), headers, body);
    let path = text(row, "route").split([' ', '?']).find(|part| part.starts_with('/')).unwrap_or_default();
    let route = match path {
        _ if path.ends_with("/messages") => Route::Messages,
        _ if path.ends_with("/models") => Route::Models,
        // The same answer on every route: a message is the stricter question.
        _ if path.ends_with("/*") => Route::Messages,
        _ => Route::Other,
    };
    let asked = Asked {
        route,
        sent_key: row["context"]["sent_key"].as_bool().unwrap_or(true),
        models_accepted_key: row["context"]["models_status"].as_u64() == Some(200),
        base_host: "127.0.0.1",
    };
    match classify(&reply, &asked) {
        Verdict::Ok => None,
        Verdict::Failed(finding) => Some(finding.code),
    }
}

fn codes() -> BTreeMap<String, Vec<String>> {
    serde_json::from_str(&std::fs::read_to_string(CODES).expect("the table of codes")).expect("a table of codes")
}

#[test]
fn recorded_replies_are_read_as_what_they_mean() {
    let codes = codes();
    let rows = std::fs::read_to_string(ROWS).expect("the recorded replies");
    let mut wrong = Vec::new();
    for (place, line) in rows.lines().enumerate().filter(|(_, line)| !line.is_empty()) {
        let row: Value = serde_json::from_str(line).expect("a row");
        let expected = &codes[text(&row, "expect")];
        let found = code_of(&row);
        let agrees = match found {
            None => expected.is_empty(),
            Some(code) => expected.iter().any(|number| number == code.number()),
        };
        let is_known = DISAGREED.iter().any(|(known, _)| *known == place + 1);
        if agrees == is_known {
            let body: String = text(&row, "body").chars().take(200).collect();
            let found = found.map_or("ok", Code::slug);
            wrong.push(format!(
                "{}: {} not {found}: {} {} {body}",
                place + 1,
                text(&row, "expect"),
                row["status"],
                text(&row, "route")
            ));
        }
    }
    assert!(wrong.is_empty(), "{} disagreements:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_code_in_the_table_exists() {
    for (label, numbers) in codes() {
        for number in numbers {
            let code = Code::ALL.iter().find(|code| code.number() == number);
            assert!(code.is_some(), "{label} names {number}, which is no code");
        }
    }
}
