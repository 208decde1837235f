//! Random sequences: verbs, sudden ends, errors of the disk, moods of the keychain, and edits of others.

use crate::edits::{Edit, Which};
use crate::escape;
use crate::home::Home;
use crate::keychain::{Mood, Moods};
use crate::product::{Gateway, Verb};
use crate::rules::{self, Broken, Trouble};
use crate::states;
use crate::world::World;

/// One step of a sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// A verb, and how it is met.
    Act(Verb, Trouble),
    /// From now on the keychain fares so.
    Moods(Moods),
    /// Others do something.
    Edit(Edit),
    /// What could not be read or understood is mended.
    Mend,
}

/// A sequence from its seed.
#[derive(Debug, Clone)]
pub(crate) struct Sequence {
    /// Another tool's profile is there at first.
    is_over_another_tool: bool,
    pub(crate) steps: Vec<Step>,
}

/// Pseudo-random numbers (SplitMix64): the same seed gives the same sequence everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        spread(self.0)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

/// Numbers near each other, far from each other.
pub(crate) fn spread(number: u64) -> u64 {
    let mixed = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

impl Sequence {
    pub(crate) fn of(seed: u64) -> Self {
        let mut random = Random(seed);
        let length = 5 + random.below(10);
        let is_over_another_tool = random.below(3) > 0;
        let mut steps = vec![Step::Act(Verb::Apply(Gateway::A), trouble(&mut random))];
        steps.extend((0..length).map(|_| step(&mut random)));
        Self { is_over_another_tool, steps }
    }

    /// Carries it out in an empty home; ends at the first rule that does not hold.
    pub(crate) fn run(&self, home: &Home) -> Vec<Broken> {
        if self.is_over_another_tool {
            states::put_another_tool(home);
        }
        let mut world = World::new(home);
        let mut moods = Moods::NORMAL;
        for step in &self.steps {
            match step {
                Step::Moods(new) => moods = *new,
                Step::Edit(edit) => edit.make(home, &mut world),
                Step::Mend => world.mend(),
                Step::Act(verb, trouble) => {
                    let done = rules::act(home, &mut world, *verb, *trouble, moods);
                    if !done.broken.is_empty() {
                        return done.broken;
                    }
                    let broken = escape::judge(home, &world, done.said.map(|said| (*verb, said.end)));
                    if !broken.is_empty() {
                        return broken;
                    }
                }
            }
        }
        // The final undo.
        escape::judge(home, &world, None)
    }

    /// The shortest sequence in which the same rule is broken, by leaving out one step after another.
    pub(crate) fn shortened(&self, rule: &str, mut run: impl FnMut(&Self) -> Vec<Broken>) -> (Self, Vec<Broken>) {
        let mut shortest = self.clone();
        let mut broken = Vec::new();
        let mut at = shortest.steps.len();
        while at > 0 {
            at -= 1;
            let mut shorter = shortest.clone();
            shorter.steps.remove(at);
            let found = run(&shorter);
            if found.iter().any(|broken| broken.rule == rule) {
                (shortest, broken) = (shorter, found);
            }
        }
        (shortest, broken)
    }
}

impl std::fmt::Display for Sequence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let from = if self.is_over_another_tool { "over another tool" } else { "in an empty home" };
        let steps: Vec<String> = self.steps.iter().map(|step| format!("{step:?}")).collect();
        write!(f, "{from}: {}", steps.join(" → "))
    }
}

fn step(random: &mut Random) -> Step {
    match random.below(20) {
        0..9 => Step::Act(verb(random), trouble(random)),
        9..12 => Step::Moods(moods(random)),
        12..19 => Step::Edit(edit(random)),
        _ => Step::Mend,
    }
}

fn verb(random: &mut Random) -> Verb {
    match random.below(14) {
        0..4 => Verb::Apply(random.one(&Gateway::ALL)),
        4 => Verb::ApplyStatic(random.one(&Gateway::ALL)),
        5..7 => Verb::Repair,
        7..9 => Verb::Undo,
        9..11 => Verb::Leave,
        11 => Verb::Clean,
        _ => Verb::Start,
    }
}

/// Half of all verbs are met by nothing. No verb has as many as eighty steps.
fn trouble(random: &mut Random) -> Trouble {
    match random.below(8) {
        0..2 => Trouble::Kill(random.below(80)),
        2 => Trouble::Disk { at: random.below(60), stays: false },
        3 => Trouble::Disk { at: random.below(60), stays: true },
        _ => Trouble::None,
    }
}

fn moods(random: &mut Random) -> Moods {
    const PRINT: [Mood; 6] = [Mood::Ok, Mood::Ok, Mood::Exits(5), Mood::Exits(4), Mood::Exits(7), Mood::Garbage];
    const STORE: [Mood; 6] = [Mood::Ok, Mood::Ok, Mood::Exits(5), Mood::Exits(4), Mood::DoesThenFails, Mood::Once];
    const FORGET: [Mood; 5] = [Mood::Ok, Mood::Ok, Mood::Exits(5), Mood::Exits(4), Mood::DoesThenFails];
    match random.below(6) {
        0..2 => Moods::NORMAL,
        2 => Moods::LOCKED,
        3 => Moods::UNAVAILABLE,
        _ => Moods {
            print: random.one(&PRINT),
            store: random.one(&STORE),
            forget: random.one(&FORGET),
            check: random.one(&[Mood::Ok, Mood::Ok, Mood::Exits(5)]),
            version: random.one(&[Mood::Ok, Mood::Exits(7)]),
        },
    }
}

fn edit(random: &mut Random) -> Edit {
    let which = random.one(&Which::ALL);
    let number = u8::try_from(random.below(3)).unwrap();
    match random.below(34) {
        0..4 => Edit::SetMode(random.one(&["1p", "3p", "2p"])),
        4..7 => Edit::SelectOther,
        7 => Edit::SelectNothing,
        8..11 => Edit::NewProfile(number),
        11..14 => Edit::AddServer(number),
        14 => Edit::Note(number),
        15..17 => Edit::ChangeModels(number),
        17..19 => Edit::Chmod(which, random.one(&[0o600, 0o640, 0o644])),
        19 => Edit::Remove(which),
        20 => Edit::Empty(which),
        21 => Edit::Nul(which),
        22 => Edit::Bom(which),
        23 => Edit::Comment(which),
        24 => Edit::Cut(which),
        25 => Edit::Folder(which),
        26 => Edit::Unreadable(which),
        27 => Edit::AsBefore(which),
        28 => Edit::Else(which),
        29..31 => Edit::DeleteHelper,
        31 => Edit::DeleteAccountFile,
        32 => Edit::EmptyKeychain,
        _ => random.one(&[Edit::LoseJournal, Edit::BreakJournal]),
    }
}
