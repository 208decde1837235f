//! What must hold after each verb, seen from the outside.

use crate::claude::View;
use crate::home::{Home, Tree};
use crate::keychain::Moods;
use crate::kill;
use crate::product::{self, Memory, Said, Verb};
use crate::world::World;

/// A rule that did not hold: its name, and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Broken {
    pub(crate) rule: &'static str,
    pub(crate) detail: String,
}

/// How a verb was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Trouble {
    None,
    Kill(usize),
    Disk { at: usize, stays: bool },
}

/// A verb in a world, done.
pub(crate) struct Done {
    pub(crate) verb: Verb,
    /// Nothing when the program was killed.
    pub(crate) said: Option<Said>,
    pub(crate) broken: Vec<Broken>,
}

/// Does it, judges it, and brings the world up to date.
pub(crate) fn act(home: &Home, world: &mut World, verb: Verb, trouble: Trouble, moods: Moods) -> Done {
    let before = home.everything();
    home.keychain.set(moods);
    let said = match trouble {
        Trouble::None => Some(product::act(&home.places, verb)),
        Trouble::Kill(at) => kill::kill_at(home, verb, at),
        Trouble::Disk { at, stays } => Some(kill::with_disk_error(home, verb, at, stays)),
    };
    if std::env::var_os("AIROUTER_TRACE").is_some() {
        println!("{verb:?} {trouble:?}: {said:?}");
    }
    let now = home.everything();
    let views = (View::new(home, &before), View::new(home, &now));
    let mut judge = Judge { home, before: views.0, now: views.1, verb, said: said.as_ref(), broken: Vec::new() };
    judge.keys();
    judge.files(world, &before, &now);
    judge.memory();
    if trouble == Trouble::None {
        judge.leftovers(&before, &now);
    }
    if let Some(said) = &said {
        judge.words(world, said, (&before, &now), moods, trouble);
    }
    let broken = judge.broken;
    follow(home, world, (&before, &now));
    Done { verb, said, broken }
}

/// The world after a verb: a new memory begins where there was none, and what was set aside is lost.
fn follow(home: &Home, world: &mut World, (before, now): (&Tree, &Tree)) {
    let (before, after) = (View::new(home, before), View::new(home, now));
    let is_new = matches!(before.memory(), Memory::None | Memory::Unreadable);
    if is_new && matches!(after.memory(), Memory::Pending | Memory::Settled) {
        world.rebase(&before);
    }
    let set_aside: Vec<_> = world
        .wrecks
        .iter()
        .filter(|(path, wreck)| now.get(*path) != Some(&wreck.wrecked))
        .map(|(path, _)| path.clone())
        .collect();
    for path in set_aside {
        world.wrecks.remove(&path);
        world.lose(home, &path, now.get(&path).map(crate::home::Node::mode));
    }
}

/// A verb that is being judged.
pub(crate) struct Judge<'a> {
    pub(crate) home: &'a Home,
    pub(crate) before: View<'a>,
    pub(crate) now: View<'a>,
    pub(crate) verb: Verb,
    pub(crate) said: Option<&'a Said>,
    broken: Vec<Broken>,
}

impl Judge<'_> {
    /// Notes a rule that does not hold.
    pub(crate) fn is_broken(&mut self, rule: &'static str, detail: impl Into<String>) {
        self.broken.push(Broken { rule, detail: detail.into() });
    }
}
