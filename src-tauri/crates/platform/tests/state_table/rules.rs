//! The rules that must hold after each verb, checked from the outside.

use crate::claude::View;
use crate::expected::Expected;
use crate::home::{Home, Tree};
use crate::keychain::Behaviours;
use crate::kill;
use crate::product::{self, JournalState, Report, Verb};

/// A violated rule: its name, and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Violation {
    pub(crate) rule: &'static str,
    pub(crate) detail: String,
}

/// The fault during a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Fault {
    None,
    Kill(usize),
    Disk { at: usize, stays: bool },
}

/// The result of a verb.
pub(crate) struct Done {
    pub(crate) verb: Verb,
    /// `None` if the program was killed.
    pub(crate) report: Option<Report>,
    pub(crate) violations: Vec<Violation>,
}

/// Runs a verb, judges it, and updates the expectation.
pub(crate) fn act(home: &Home, expected: &mut Expected, verb: Verb, fault: Fault, behaviours: Behaviours) -> Done {
    let before = home.everything();
    home.keychain.set(behaviours);
    let report = match fault {
        Fault::None => Some(product::act(&home.places, verb)),
        Fault::Kill(at) => kill::kill_at(home, verb, at),
        Fault::Disk { at, stays } => Some(kill::with_disk_error(home, verb, at, stays)),
    };
    if std::env::var_os("AIROUTER_TRACE").is_some() {
        println!("{verb:?} {fault:?}: {report:?}");
    }
    let now = home.everything();
    let views = (View::new(home, &before), View::new(home, &now));
    let mut judge =
        Judge { home, before: views.0, now: views.1, verb, report: report.as_ref(), violations: Vec::new() };
    judge.keys();
    judge.files(expected, &before, &now);
    judge.journal_state();
    if fault == Fault::None {
        judge.leftovers(&before, &now);
    }
    if let Some(report) = &report {
        judge.words(expected, report, (&before, &now), behaviours, fault);
    }
    let violations = judge.violations;
    follow(home, expected, (&before, &now));
    Done { verb, report, violations }
}

/// Updates the expectation after a verb: a new journal has a new baseline, and a damaged file that was set aside counts
/// as lost.
fn follow(home: &Home, expected: &mut Expected, (before, now): (&Tree, &Tree)) {
    let (before, after) = (View::new(home, before), View::new(home, now));
    let is_new = matches!(before.journal_state(), JournalState::None | JournalState::Unreadable);
    if is_new && matches!(after.journal_state(), JournalState::Pending | JournalState::Complete) {
        expected.rebase(&before);
    }
    let set_aside: Vec<_> = expected
        .damaged_files
        .iter()
        .filter(|(path, damaged)| now.get(*path) != Some(&damaged.present))
        .map(|(path, _)| path.clone())
        .collect();
    for path in set_aside {
        expected.damaged_files.remove(&path);
        expected.lose(home, &path, now.get(&path).map(crate::home::Node::mode));
    }
}

/// A verb that is being judged.
pub(crate) struct Judge<'a> {
    pub(crate) home: &'a Home,
    pub(crate) before: View<'a>,
    pub(crate) now: View<'a>,
    pub(crate) verb: Verb,
    pub(crate) report: Option<&'a Report>,
    violations: Vec<Violation>,
}

impl Judge<'_> {
    /// Records a violated rule.
    pub(crate) fn violation(&mut self, rule: &'static str, detail: impl Into<String>) {
        self.violations.push(Violation { rule, detail: detail.into() });
    }
}
