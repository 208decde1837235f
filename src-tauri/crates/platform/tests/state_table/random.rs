//! Random sequences of verbs, interruptions, disk errors, keychain behaviours and edits of other programs.

use crate::edits::{Edit, Which};
use crate::escape;
use crate::expected::Expected;
use crate::home::Home;
use crate::keychain::{Behaviour, Behaviours};
use crate::product::{Gateway, Verb};
use crate::rules::{self, Fault, Violation};
use crate::states;

/// One step of a sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// A verb, and the fault during it.
    Act(Verb, Fault),
    /// The behaviours of the keychain from now on.
    Behaviours(Behaviours),
    /// An edit of another program.
    Edit(Edit),
    /// The damaged files are repaired.
    Mend,
}

/// A sequence from its seed.
#[derive(Debug, Clone)]
pub(crate) struct Sequence {
    /// Another tool's profile exists at first.
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

/// A hash that spreads consecutive numbers.
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
        let mut steps = vec![Step::Act(Verb::Apply(Gateway::A), fault(&mut random))];
        steps.extend((0..length).map(|_| step(&mut random)));
        Self { is_over_another_tool, steps }
    }

    /// Runs the sequence in an empty home; ends at the first violated rule.
    pub(crate) fn run(&self, home: &Home) -> Vec<Violation> {
        if self.is_over_another_tool {
            states::put_another_tool(home);
        }
        let mut expected = Expected::new(home);
        let mut behaviours = Behaviours::NORMAL;
        for step in &self.steps {
            match step {
                Step::Behaviours(new) => behaviours = *new,
                Step::Edit(edit) => edit.make(home, &mut expected),
                Step::Mend => expected.mend(),
                Step::Act(verb, fault) => {
                    let done = rules::act(home, &mut expected, *verb, *fault, behaviours);
                    if !done.violations.is_empty() {
                        return done.violations;
                    }
                    let violations = escape::judge(home, &expected, done.report.map(|report| (*verb, report.end)));
                    if !violations.is_empty() {
                        return violations;
                    }
                }
            }
        }
        // The final undo.
        escape::judge(home, &expected, None)
    }

    /// The shortest sequence that violates the same rule, found by leaving out one step after another.
    pub(crate) fn shortened(&self, rule: &str, mut run: impl FnMut(&Self) -> Vec<Violation>) -> (Self, Vec<Violation>) {
        let mut shortest = self.clone();
        let mut violations = Vec::new();
        let mut at = shortest.steps.len();
        while at > 0 {
            at -= 1;
            let mut shorter = shortest.clone();
            shorter.steps.remove(at);
            let found = run(&shorter);
            if found.iter().any(|violation| violation.rule == rule) {
                (shortest, violations) = (shorter, found);
            }
        }
        (shortest, violations)
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
        0..9 => Step::Act(verb(random), fault(random)),
        9..12 => Step::Behaviours(behaviours(random)),
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

/// Half of all verbs run without a fault. No verb has as many as eighty steps.
fn fault(random: &mut Random) -> Fault {
    match random.below(8) {
        0..2 => Fault::Kill(random.below(80)),
        2 => Fault::Disk { at: random.below(60), stays: false },
        3 => Fault::Disk { at: random.below(60), stays: true },
        _ => Fault::None,
    }
}

fn behaviours(random: &mut Random) -> Behaviours {
    const PRINT: [Behaviour; 6] = [
        Behaviour::Ok,
        Behaviour::Ok,
        Behaviour::Exits(5),
        Behaviour::Exits(4),
        Behaviour::Exits(7),
        Behaviour::Garbage,
    ];
    const STORE: [Behaviour; 6] = [
        Behaviour::Ok,
        Behaviour::Ok,
        Behaviour::Exits(5),
        Behaviour::Exits(4),
        Behaviour::DoesThenFails,
        Behaviour::Once,
    ];
    const FORGET: [Behaviour; 5] =
        [Behaviour::Ok, Behaviour::Ok, Behaviour::Exits(5), Behaviour::Exits(4), Behaviour::DoesThenFails];
    match random.below(6) {
        0..2 => Behaviours::NORMAL,
        2 => Behaviours::LOCKED,
        3 => Behaviours::UNAVAILABLE,
        _ => Behaviours {
            print: random.one(&PRINT),
            store: random.one(&STORE),
            forget: random.one(&FORGET),
            check: random.one(&[Behaviour::Ok, Behaviour::Ok, Behaviour::Exits(5)]),
            version: random.one(&[Behaviour::Ok, Behaviour::Exits(7)]),
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
