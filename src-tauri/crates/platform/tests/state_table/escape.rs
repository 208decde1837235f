//! The way out: from every state, once the keychain works and the files are readable again, there is a sequence of
//! verbs after which nothing of ours is left and every byte is as at first.

use crate::claude::View;
use crate::expected::{Expected, STYLE};
use crate::home::{Home, Tree};
use crate::keychain::Behaviours;
use crate::product::{End, Gateway, Verb};
use crate::rules::{self, Fault, Violation};

/// The usual sequence: the program is started, and the person chooses *undo*, twice if a key had remained.
const USUAL: [Verb; 3] = [Verb::Start, Verb::Undo, Verb::Undo];

/// Other sequences, tried if the usual one does not succeed.
const OTHERS: [&[Verb]; 6] = [
    &[Verb::Start, Verb::Repair, Verb::Undo],
    &[Verb::Start, Verb::Leave, Verb::Undo],
    &[Verb::Start, Verb::Leave, Verb::Clean],
    &[Verb::Start, Verb::Apply(Gateway::A), Verb::Undo, Verb::Clean],
    &[Verb::Start, Verb::Apply(Gateway::A), Verb::Undo, Verb::Leave, Verb::Clean],
    &[Verb::Start, Verb::ApplyStatic(Gateway::A), Verb::Undo, Verb::Leave, Verb::Clean],
];

/// Looks for a way out, and restores the present state afterwards. `end` is how the last verb ended: if it reported
/// "undone", that must be true once the damaged files are repaired.
pub(crate) fn judge(home: &Home, expected: &Expected, end: Option<(Verb, End)>) -> Vec<Violation> {
    let saved = home.everything();
    home.keychain.set(Behaviours::NORMAL);
    let mut mended = expected.clone();
    mended.mend();
    let start = home.everything();
    let mut violations = Vec::new();
    if end == Some((Verb::Undo, End::Undone)) && !expected.damaged_files.is_empty() && !expected.is_journal_lost {
        let wrong = mended.mismatches(home, &View::new(home, &start));
        if !wrong.is_empty() {
            violations.push(Violation { rule: "undone, though a file could not be read", detail: wrong.join("; ") });
        }
    }
    let way = run_verbs(home, &mended, &USUAL);
    violations.extend(way.violations);
    let mut left = way.left;
    if !left.is_empty() {
        // Formatting that was not restored is a violation of the undo itself.
        if !expected.is_journal_lost && !left.iter().all(|line| line.contains(STYLE)) {
            let detail = format!("{} | {}", left.join("; "), way.report);
            violations.push(Violation { rule: "not restored although the damage is repaired", detail });
        }
        let mut tried = String::new();
        for others in OTHERS {
            home.put_back(&start);
            let way = run_verbs(home, &mended, others);
            tried.push_str(&format!("; {}: {}", way.report, way.residue.join(", ")));
            if way.residue.is_empty() {
                left.clear();
                break;
            }
        }
        if !left.is_empty() && !way.residue.is_empty() {
            let rule = if expected.is_journal_lost { "no way out without a journal" } else { "no way out" };
            violations.push(Violation { rule, detail: format!("{} | {}{tried}", way.residue.join("; "), way.report) });
        }
    }
    home.put_back(&saved);
    violations
}

/// The result of a sequence of verbs.
struct Way {
    /// What is not as at first, and what of ours remains.
    left: Vec<String>,
    /// What of ours remains.
    residue: Vec<String>,
    report: String,
    violations: Vec<Violation>,
}

fn run_verbs(home: &Home, expected: &Expected, verbs: &[Verb]) -> Way {
    let mut expected = expected.clone();
    let (mut report, mut violations) = (Vec::new(), Vec::new());
    for verb in verbs {
        let everything = home.everything();
        let now = View::new(home, &everything);
        if report.len() > 1 && residue(&expected, home, &now, &everything).is_empty() && now.journal().is_none() {
            break;
        }
        let done = rules::act(home, &mut expected, *verb, Fault::None, Behaviours::NORMAL);
        if let Some(words) = &done.report {
            report.push(format!("{verb:?} {:?} {}", words.end, words.codes()));
        }
        violations.extend(done.violations.into_iter().map(|violation| Violation {
            detail: format!("on the way out, {verb:?}: {}", violation.detail),
            ..violation
        }));
    }
    let everything = home.everything();
    let now = View::new(home, &everything);
    let residue = residue(&expected, home, &now, &everything);
    let mut left = residue.clone();
    if !expected.is_journal_lost {
        left.extend(expected.mismatches(home, &now));
    }
    Way { left, residue, report: report.join(", "), violations }
}

/// What of ours remains: a key, the helper, the name of its entry, a journal, the selection of our gateway.
fn residue(expected: &Expected, home: &Home, now: &View<'_>, everything: &Tree) -> Vec<String> {
    let base = View::new(home, &expected.baseline);
    // A profile that no journal knows stays, and keeps the helper and the key that it needs.
    let is_needed = if expected.is_journal_lost { now.is_helper_named() } else { base.is_helper_named() };
    let mut left = Vec::new();
    if let Some(key) = now.key()
        && !is_needed
    {
        left.push(format!("the key {key}"));
    }
    for path in [&home.places.helper, &home.account_file()] {
        if everything.contains_key(path) && !is_needed {
            left.push(path.file_name().unwrap_or_default().to_string_lossy().into_owned());
        }
    }
    if now.journal().is_some() {
        left.push("the journal".to_owned());
    }
    // Without a journal the original selection is unknown, and the ordinary mode is the way out.
    let is_left = expected.is_journal_lost && now.mode().as_deref() == Some("1p");
    if !is_left
        && now
            .selected_gateway()
            .is_some_and(|selected| Gateway::ALL.iter().any(|gateway| gateway.base() == selected.base))
        && base.selected_gateway() != now.selected_gateway()
    {
        left.push("our gateway is selected".to_owned());
    }
    left
}
