//! What a gateway gives back of a key never comes out of the check: 300 shapes of keys in every place of a
//! reply and in every form, against a search that shares nothing with the redactor. The other ways out are
//! those of the programs: `src-tauri/tests/leaks.rs`.
#![allow(dead_code, reason = "the script of the check's flow is shared")]

#[path = "leaks/places.rs"]
mod places;
#[path = "check_flow/script.rs"]
mod script;
#[path = "leaks/shapes.rs"]
mod shapes;

use airouter_core::check::{CheckReport, Step};
use airouter_core::gateway::Reply;
use airouter_core::secret::{Redactor, Secret};
use places::{Asked, MARK, PLACES, Place};
use serde_json::Value;
use shapes::{forms, leak, shapes};

/// The reply of a place to a step of the check.
fn reply(place: &Place, step: &Step, text: &str) -> Reply {
    let asked = match step {
        Step::Models(_) | Step::OpenList => Asked { is_list: true, is_stream: false, blocks: Value::Null },
        Step::Ask(question) => Asked { is_list: false, is_stream: question.stream, blocks: script::blocks(question) },
    };
    place.1(&asked, text)
}

/// Everything that a report says, in the two ways in which programs say it.
fn said(report: &CheckReport) -> String {
    let json = serde_json::to_string(report).expect("JSON");
    format!("{report:?}\n{json}")
}

/// Goes through shapes, places and forms; `exit` is what a report passes before it is said.
fn walk_all(step_by: usize, exit: impl Fn(CheckReport, &Redactor) -> CheckReport) -> (usize, usize, Vec<String>) {
    let (mut tried, mut marked, mut leaks) = (0, 0, Vec::new());
    for (number, shape) in shapes().iter().enumerate().step_by(step_by) {
        let key = shape.key();
        let redactor = Redactor::new([&Secret::new(key.clone())]);
        let forms = forms(&key);
        for (place_number, place) in PLACES.iter().enumerate() {
            // Each shape meets each place in some of the forms, and over all shapes each place each form.
            for turn in 0..2 {
                let form = &forms[(number + place_number + turn * 5) % forms.len()];
                let text = format!("{MARK} key {form} was given");
                let (report, _) = script::walk(None, |step| reply(place, step, &text));
                let said = said(&exit(report, &redactor));
                tried += 1;
                marked += usize::from(said.contains(MARK));
                leaks.extend(leak(&said, shape).map(|part| format!("{}: {form} of {key} leaves {part}", place.0)));
            }
        }
    }
    (tried, marked, leaks)
}

/// Of how many shapes one is tried: all of them, unless `AIROUTER_SHAPES` gives another number.
#[allow(clippy::disallowed_methods, reason = "a test's own measure")]
fn one_of() -> usize {
    std::env::var("AIROUTER_SHAPES").map_or(1, |number| number.parse().expect("a number"))
}

#[test]
fn nothing_of_a_key_comes_out_of_a_check() {
    let (tried, marked, leaks) = walk_all(one_of(), |report, redactor| report.redacted(redactor));
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
    places.sort_unstable();
    places.dedup();
    let telling = [
        "a crash",
        "a firewall's page",
        "a kind of error",
        "a model's id and name",
        "a plain body",
        "a request's id",
        "an error in a stream",
        "each field of the head",
        "error of a message",
        "error of the list",
        "when to ask again",
    ];
    assert_eq!(places, telling);
}
