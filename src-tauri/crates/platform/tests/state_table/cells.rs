//! The cells of the table: states × verbs × the keychain's answers × conditions of Claude's files.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::edits::{Edit, Which};
use crate::escape;
use crate::home::Home;
use crate::keychain::{Mood, Moods};
use crate::product::{End, Gateway, Verb};
use crate::rules::{self, Broken, Trouble};
use crate::states::State;
use crate::tally::Tally;
use crate::world::World;

/// What a person can choose, with the gateways that the states know and one that they do not.
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

/// What the keychain is like when the verb begins.
#[derive(Debug, Clone, Copy)]
struct Answer {
    /// The entry was removed by others.
    is_emptied: bool,
    moods: Moods,
}

/// A cell but for its state.
struct Case {
    verb: Verb,
    answer: Answer,
    edits: Vec<Edit>,
}

/// How many cells there are, in parts.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Counts {
    pub(crate) states: usize,
    pub(crate) verbs: usize,
    pub(crate) answers: usize,
    pub(crate) singles: usize,
    pub(crate) pairs: usize,
    pub(crate) all: usize,
}

/// Judges one worker's share of the cells: each, or those that the sample takes.
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
                let broken = cell(home, state, &case, &mut ways);
                let trace = || {
                    let (Case { verb, answer, edits }, name) = (&case, &state.name);
                    format!("[{number}] {name} × {verb:?} × {edits:?} × {answer:?}")
                };
                tally.add(&format!("{} × {}", state.kind, verb_name(case.verb)), trace, &broken);
            }
        }
    }
    counts.all = number;
    (tally, counts)
}

/// All keychain's answers while the files are as the state has them; all conditions, one and two at a
/// time, with an open and a closed keychain. A cut in the middle is met by the first kind only, but for
/// every tenth step.
fn cases(state: &State, answers: &[Answer], singles: &[Edit], pairs: &[[Edit; 2]]) -> Vec<Case> {
    let mut cases = Vec::new();
    let is_cut = state.kind.contains("cut");
    let is_every_tenth = state.name.ends_with('5');
    let open = Answer { is_emptied: false, moods: Moods::NORMAL };
    for verb in VERBS {
        cases.extend(answers.iter().map(|answer| Case { verb, answer: *answer, edits: Vec::new() }));
        if is_cut && !is_every_tenth {
            continue;
        }
        for moods in [Moods::NORMAL, Moods::LOCKED, Moods::UNAVAILABLE] {
            let answer = Answer { moods, ..open };
            cases.extend(singles.iter().map(|edit| Case { verb, answer, edits: vec![*edit] }));
        }
        cases.extend(pairs.iter().map(|pair| Case { verb, answer: open, edits: pair.to_vec() }));
    }
    cases
}

fn cell(home: &Home, state: &State, case: &Case, ways: &mut HashMap<u64, Vec<Broken>>) -> Vec<Broken> {
    home.put_back(&state.tree);
    let mut world = state.world.clone();
    for edit in &case.edits {
        edit.make(home, &mut world);
    }
    if case.answer.is_emptied {
        home.empty_keychain();
    }
    let done = rules::act(home, &mut world, case.verb, Trouble::None, case.answer.moods);
    let mut broken = done.broken;
    let end = done.said.map(|said| (case.verb, said.end));
    broken.extend(way_out(home, &world, end, ways));
    broken
}

/// The way out, looked for once from each state.
fn way_out(home: &Home, world: &World, end: Option<(Verb, End)>, ways: &mut HashMap<u64, Vec<Broken>>) -> Vec<Broken> {
    let mut hasher = DefaultHasher::new();
    home.everything().hash(&mut hasher);
    world.fingerprint(&mut hasher);
    (end == Some((Verb::Undo, End::Undone))).hash(&mut hasher);
    ways.entry(hasher.finish()).or_insert_with(|| escape::judge(home, world, end)).clone()
}

fn answers() -> Vec<Answer> {
    let mut answers = Vec::new();
    for is_emptied in [false, true] {
        for print in [Mood::Ok, Mood::Exits(5), Mood::Exits(4), Mood::Garbage] {
            for store in [Mood::Ok, Mood::Exits(5), Mood::Exits(4), Mood::DoesThenFails, Mood::Once] {
                for forget in [Mood::Ok, Mood::Exits(5), Mood::Exits(4)] {
                    let check = if print == Mood::Garbage { Mood::Ok } else { print };
                    let moods = Moods { print, store, forget, check, version: Mood::Ok };
                    answers.push(Answer { is_emptied, moods });
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
