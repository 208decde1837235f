//! The way out: from every state, with the keychain normal again and the files readable again, some
//! verbs that the person can choose lead to where nothing of ours is left, and every byte is as at first.

use crate::claude::View;
use crate::home::{Home, Tree};
use crate::keychain::Moods;
use crate::product::{End, Gateway, Verb};
use crate::rules::{self, Broken, Trouble};
use crate::world::{STYLE, World};

/// The usual way: the program is started, and the person chooses *undo*; once more where a key had stayed.
const USUAL: [Verb; 3] = [Verb::Start, Verb::Undo, Verb::Undo];

/// Ways on which a person gets out if the usual one does not lead there.
const OTHERS: [&[Verb]; 6] = [
    &[Verb::Start, Verb::Repair, Verb::Undo],
    &[Verb::Start, Verb::Leave, Verb::Undo],
    &[Verb::Start, Verb::Leave, Verb::Clean],
    &[Verb::Start, Verb::Apply(Gateway::A), Verb::Undo, Verb::Clean],
    &[Verb::Start, Verb::Apply(Gateway::A), Verb::Undo, Verb::Leave, Verb::Clean],
    &[Verb::Start, Verb::ApplyStatic(Gateway::A), Verb::Undo, Verb::Leave, Verb::Clean],
];

/// Looks for the way out, and leaves everything as it is. `end` is how the last verb ended: what it said
/// to be undone must be so when the obstacles are gone.
pub(crate) fn judge(home: &Home, world: &World, end: Option<(Verb, End)>) -> Vec<Broken> {
    let saved = home.everything();
    home.keychain.set(Moods::NORMAL);
    let mut mended = world.clone();
    mended.mend();
    let start = home.everything();
    let mut broken = Vec::new();
    if end == Some((Verb::Undo, End::Undone)) && !world.wrecks.is_empty() && !world.is_memory_lost {
        let wrong = mended.mismatches(home, &View::new(home, &start));
        if !wrong.is_empty() {
            broken.push(Broken { rule: "undone, though a file could not be read", detail: wrong.join("; ") });
        }
    }
    let way = walk(home, &mended, &USUAL);
    broken.extend(way.broken);
    let mut left = way.left;
    if !left.is_empty() {
        // A style that was not given back is said of the undo itself.
        if !world.is_memory_lost && !left.iter().all(|line| line.contains(STYLE)) {
            let detail = format!("{} | {}", left.join("; "), way.said);
            broken.push(Broken { rule: "not given back when the obstacle is gone", detail });
        }
        for others in OTHERS {
            home.put_back(&start);
            let way = walk(home, &mended, others);
            if way.residue.is_empty() {
                left.clear();
                break;
            }
        }
        if !left.is_empty() && !way.residue.is_empty() {
            let rule = if world.is_memory_lost { "no way out without a memory" } else { "no way out" };
            broken.push(Broken { rule, detail: format!("{} | {}", way.residue.join("; "), way.said) });
        }
    }
    home.put_back(&saved);
    broken
}

/// What came of a way.
struct Way {
    /// What is not as at first, or left of ours.
    left: Vec<String>,
    /// What is left of ours.
    residue: Vec<String>,
    said: String,
    broken: Vec<Broken>,
}

fn walk(home: &Home, world: &World, verbs: &[Verb]) -> Way {
    let mut world = world.clone();
    let (mut said, mut broken) = (Vec::new(), Vec::new());
    for verb in verbs {
        let everything = home.everything();
        let now = View::new(home, &everything);
        if said.len() > 1 && residue(&world, home, &now, &everything).is_empty() && now.journal().is_none() {
            break;
        }
        let done = rules::act(home, &mut world, *verb, Trouble::None, Moods::NORMAL);
        if let Some(words) = &done.said {
            said.push(format!("{verb:?} {:?} {}", words.end, words.codes()));
        }
        broken.extend(
            done.broken
                .into_iter()
                .map(|broken| Broken { detail: format!("on the way out, {verb:?}: {}", broken.detail), ..broken }),
        );
    }
    let everything = home.everything();
    let now = View::new(home, &everything);
    let residue = residue(&world, home, &now, &everything);
    let mut left = residue.clone();
    if !world.is_memory_lost {
        left.extend(world.mismatches(home, &now));
    }
    Way { left, residue, said: said.join(", "), broken }
}

/// What is left of ours: a key, the helper, the name of its entry, a journal, our gateway selected.
fn residue(world: &World, home: &Home, now: &View<'_>, everything: &Tree) -> Vec<String> {
    let base = View::new(home, &world.baseline);
    let is_named_by_baseline = !world.is_memory_lost && base.is_helper_named();
    let mut left = Vec::new();
    if let Some(key) = now.key()
        && !is_named_by_baseline
    {
        left.push(format!("the key {key}"));
    }
    for path in [&home.places.helper, &home.account_file()] {
        if everything.contains_key(path) && !is_named_by_baseline {
            left.push(path.file_name().unwrap_or_default().to_string_lossy().into_owned());
        }
    }
    if now.journal().is_some() {
        left.push("the journal".to_owned());
    }
    if now.led().is_some_and(|led| Gateway::ALL.iter().any(|gateway| gateway.base() == led.base))
        && base.led() != now.led()
    {
        left.push("our gateway is selected".to_owned());
    }
    left
}
