//! The cells of the table: states × verbs × keychain behaviours × conditions of Claude's files.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::edits::{Edit, Which};
use crate::escape;
use crate::expected::Expected;
use crate::home::Home;
use crate::keychain::{Behaviour, Behaviours};
use crate::product::{End, Gateway, Verb};
use crate::rules::{self, Fault, Violation};
use crate::states::State;
use crate::tally::Tally;

/// The verbs that a person can choose, with gateways that the states have connected and one that they have not.
const VERBS: [Verb; 8] = [
    Verb::Apply(Gateway::A),
    Verb::Apply(Gateway::C),
    Verb::ApplyStatic(Gateway::A),
    Verb::Repair,
    Verb::Undo,
    Verb::Leave,
    Verb::Clean,
    Verb::Start,
];

/// The keychain when the verb begins.
#[derive(Debug, Clone, Copy)]
struct Answer {
    /// The entry was removed by another program.
    is_emptied: bool,
    behaviours: Behaviours,
}

/// A cell without its state.
struct Case {
    verb: Verb,
    answer: Answer,
    edits: Vec<Edit>,
}

/// How many cells there are, by dimension.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Counts {
    pub(crate) states: usize,
    pub(crate) verbs: usize,
    pub(crate) answers: usize,
    pub(crate) singles: usize,
    pub(crate) pairs: usize,
    pub(crate) all: usize,
}

/// Judges the cells whose number `share` accepts: one worker's part of all cells or of the sample.
pub(crate) fn judge(home: &Home, states: &[State], share: impl Fn(usize) -> bool) -> (Tally, Counts) {
    let (mut tally, mut ways) = (Tally::new(), HashMap::new());
    let (answers, singles, pairs) = (answers(), singles(), pairs());
    let mut counts = Counts {
        states: states.len(),
        verbs: VERBS.len(),
        answers: answers.len(),
        singles: singles.len(),
        pairs: pairs.len(),
        all: 0,
    };
    let mut number = 0;
    for state in states {
        for case in cases(state, &answers, &singles, &pairs) {
            number += 1;
            if share(number) {
                let violations = cell(home, state, &case, &mut ways);
                let trace = || {
                    let (Case { verb, answer, edits }, name) = (&case, &state.name);
                    format!("[{number}] {name} × {verb:?} × {edits:?} × {answer:?}")
                };
                tally.add(&format!("{} × {}", state.kind, verb_name(case.verb)), trace, &violations);
            }
        }
    }
    counts.all = number;
    (tally, counts)
}

/// The cases for a state: all keychain behaviours with unchanged files; and all conditions of files, one and two at
/// a time, with an open and a locked keychain. Interrupted states get the first kind only, except for every tenth
/// step.
fn cases(state: &State, answers: &[Answer], singles: &[Edit], pairs: &[[Edit; 2]]) -> Vec<Case> {
    let mut cases = Vec::new();
    let is_cut = state.kind.contains("cut");
    let is_every_tenth = state.name.ends_with('5');
    let open = Answer { is_emptied: false, behaviours: Behaviours::NORMAL };
    for verb in VERBS {
        cases.extend(answers.iter().map(|answer| Case { verb, answer: *answer, edits: Vec::new() }));
        if is_cut && !is_every_tenth {
            continue;
        }
        for behaviours in [Behaviours::NORMAL, Behaviours::LOCKED, Behaviours::UNAVAILABLE] {
            let answer = Answer { behaviours, ..open };
            cases.extend(singles.iter().map(|edit| Case { verb, answer, edits: vec![*edit] }));
        }
        cases.extend(pairs.iter().map(|pair| Case { verb, answer: open, edits: pair.to_vec() }));
    }
    cases
}

fn cell(home: &Home, state: &State, case: &Case, ways: &mut HashMap<u64, Vec<Violation>>) -> Vec<Violation> {
    home.put_back(&state.tree);
    let mut expected = state.expected.clone();
    for edit in &case.edits {
        edit.make(home, &mut expected);
    }
    if case.answer.is_emptied {
        home.empty_keychain();
    }
    let done = rules::act(home, &mut expected, case.verb, Fault::None, case.answer.behaviours);
    let mut violations = done.violations;
    let end = done.report.map(|report| (case.verb, report.end));
    violations.extend(way_out(home, &expected, end, ways));
    violations
}

/// Checks that there is a way out; done once for each distinct state.
fn way_out(
    home: &Home,
    expected: &Expected,
    end: Option<(Verb, End)>,
    ways: &mut HashMap<u64, Vec<Violation>>,
) -> Vec<Violation> {
    let mut hasher = DefaultHasher::new();
    home.everything().hash(&mut hasher);
    expected.fingerprint(&mut hasher);
    (end == Some((Verb::Undo, End::Undone))).hash(&mut hasher);
    ways.entry(hasher.finish()).or_insert_with(|| escape::judge(home, expected, end)).clone()
}

fn answers() -> Vec<Answer> {
    let mut answers = Vec::new();
    for is_emptied in [false, true] {
        for print in [Behaviour::Ok, Behaviour::Exits(5), Behaviour::Exits(4), Behaviour::Garbage] {
            for store in
                [Behaviour::Ok, Behaviour::Exits(5), Behaviour::Exits(4), Behaviour::DoesThenFails, Behaviour::Once]
            {
                for forget in [Behaviour::Ok, Behaviour::Exits(5), Behaviour::Exits(4)] {
                    let check = if print == Behaviour::Garbage { Behaviour::Ok } else { print };
                    let behaviours = Behaviours { print, store, forget, check, version: Behaviour::Ok };
                    answers.push(Answer { is_emptied, behaviours });
                }
            }
        }
    }
    answers
}

fn singles() -> Vec<Edit> {
    Which::ALL.into_iter().flat_map(Edit::conditions).collect()
}

fn pairs() -> Vec<[Edit; 2]> {
    let two = [(Which::Mode, Which::Meta), (Which::Mode, Which::Profile), (Which::Meta, Which::Profile)];
    let both = |(one, other): (Which, Which)| {
        Edit::conditions(one).into_iter().flat_map(move |one| Edit::conditions(other).map(|other| [one, other]))
    };
    two.into_iter().flat_map(both).collect()
}

fn verb_name(verb: Verb) -> String {
    format!("{verb:?}")
}
