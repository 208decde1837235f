//! What must hold after each verb, seen from the outside.

use crate::claude::View;
use crate::home::{Home, Tree};
use crate::kill;
use crate::keychain::Moods;
use crate::product::{self, End, Gateway, Memory, Said, Verb};
use crate::states::HEADER;
use crate::world::{STYLE, World};

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
    let now = home.everything();
    let mut judge = Judge {
        home,
        before: View::new(home, &before),
        now: View::new(home, &now),
        verb,
        said: said.as_ref(),
        broken: Vec::new(),
    };
    judge.keys();
    judge.files(world, &before, &now);
    judge.memory();
    if trouble == Trouble::None {
        judge.leftovers(&before, &now);
    }
    let mut broken = judge.broken;
    if let Some(said) = &said {
        let mut judge = Judge {
            home,
            before: View::new(home, &before),
            now: View::new(home, &now),
            verb,
            said: Some(said),
            broken: Vec::new(),
        };
        judge.words(world, said, (&before, &now), moods, trouble);
        broken.append(&mut judge.broken);
    }
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

struct Judge<'a> {
    home: &'a Home,
    before: View<'a>,
    now: View<'a>,
    verb: Verb,
    said: Option<&'a Said>,
    broken: Vec<Broken>,
}

impl Judge<'_> {
    fn is_broken(&mut self, rule: &'static str, detail: impl Into<String>) {
        self.broken.push(Broken { rule, detail: detail.into() });
    }

    /// The old address never with the new key; no working key deleted.
    fn keys(&mut self) {
        if !self.home.keychain.is_own_entry_whole() {
            self.is_broken("the person's own entry is touched", "");
        }
        let is_killed = self.said.is_none();
        if let Some((base, key)) = self.now.wrong_key()
            && !is_killed
        {
            let is_as_before = self.before.wrong_key() == Some((base.clone(), key.clone()));
            let is_said = self.said.is_some_and(Said::blocks);
            if !is_as_before {
                self.is_broken("an address with another's key", format!("{base} has {key}"));
            } else if !is_said {
                self.is_broken("an address with another's key, unsaid", format!("{base} has {key}"));
            }
        }
        let (earlier, later) = (self.before.key(), self.now.key());
        if earlier.is_none() || earlier == later {
            return;
        }
        let has_succeeded = self.said.is_none_or(|said| matches!(said.end, End::Written | End::Undone | End::Cleaned));
        let may_settle = self.before.memory() == Memory::Pending;
        // Half-way back the key goes with its profile; what is left to do is remembered.
        let is_going_back = matches!(self.verb, Verb::Undo | Verb::Leave) && !self.now.is_helper_named();
        if later.is_none() {
            if self.now.led().is_some_and(|led| led.names_helper) {
                self.is_broken("the key of a selected profile is deleted", "");
            } else if self.before.is_working() && !has_succeeded && !may_settle && !is_going_back {
                self.is_broken("a working key is deleted", "by a verb that did not succeed");
            }
        } else if self.before.is_working() && !self.now.is_working() && !is_killed {
            self.is_broken("a working key is replaced by one that does not fit", later.unwrap_or_default());
        } else if self.before.is_working() && !has_succeeded && !may_settle {
            self.is_broken("a working key is replaced", "by a verb that did not succeed");
        } else if later.as_deref().and_then(Gateway::of_key).is_none() {
            self.is_broken("what is no key is stored", later.unwrap_or_default());
        }
    }

    /// Files that others own are never lost.
    fn files(&mut self, world: &World, before: &Tree, now: &Tree) {
        for (path, wreck) in &world.wrecks {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if now.get(path) == Some(&wreck.wrecked) {
                continue;
            }
            // A profile that only this program made goes with it, whatever became of it.
            let is_ours_alone = path.starts_with(self.home.places.library())
                && *path != self.home.places.meta()
                && !world.baseline.contains_key(path);
            if is_ours_alone && !now.contains_key(path) {
                continue;
            }
            if !wreck.is_empty {
                self.is_broken("a file that was not understood is changed", name);
                continue;
            }
            let bytes = wreck.wrecked.bytes().unwrap_or_default();
            let is_kept = bytes.is_empty()
                || now.iter().any(|(other, node)| other != path && node.bytes() == Some(bytes));
            if !is_kept {
                self.is_broken("a file of nothing but NUL is not kept", name.clone());
            }
            if self.said.is_some_and(|said| !said.names(&name)) {
                self.is_broken("an empty file is replaced unsaid", name);
            }
        }
        // Profiles of others: those of the baseline, and those that others made since.
        for (path, node) in before {
            let is_profile = path.starts_with(self.home.places.library()) && *path != self.home.places.meta();
            let is_others = is_profile && node.bytes().is_some() && world.baseline.contains_key(path);
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let is_adopted = [self.before.journal(), self.now.journal()]
                .into_iter()
                .flatten()
                .any(|journal| String::from_utf8_lossy(journal).contains(&format!("\"profile_id\": \"{name}\"")))
                || node.bytes().is_some_and(|bytes| {
                    String::from_utf8_lossy(bytes).contains(&*self.home.places.helper.to_string_lossy())
                });
            if is_others && !is_adopted && !world.wrecks.contains_key(path) && now.get(path) != Some(node) {
                self.is_broken("another's profile is changed", path.display().to_string());
            }
        }
    }

    /// What cannot be read of the journal stays somewhere.
    fn memory(&mut self) {
        let Some(journal) = self.before.journal() else { return };
        if self.before.memory() == Memory::Unreadable && !journal.iter().all(|byte| *byte == 0) {
            let now = crate::home::tree(&self.home.places.state);
            if !now.values().any(|node| node.bytes() == Some(journal)) {
                self.is_broken("a journal that cannot be read is thrown away", "");
            }
        }
    }

    /// No temporary file, and no key where none belongs.
    fn leftovers(&mut self, before: &Tree, now: &Tree) {
        let is_blocked = self.said.is_some_and(Said::is_interrupted);
        for (path, node) in now {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            // What an earlier end left behind goes with the next start.
            let is_new = !before.contains_key(path) || self.verb == Verb::Start;
            if name.starts_with(".airouter-setup-") && is_new && !is_blocked {
                self.is_broken("a temporary file is left", name.clone());
            }
            let Some(bytes) = node.bytes() else { continue };
            if path.starts_with(self.home.folder().join("keychain")) {
                continue;
            }
            let text = String::from_utf8_lossy(bytes);
            let holds_key = Gateway::ALL.iter().any(|gateway| text.contains(gateway.key()));
            if text.contains(HEADER) && path.starts_with(&self.home.places.state) {
                self.is_broken("a secret of a profile is in a file of ours", path.display().to_string());
            }
            if holds_key && !path.starts_with(self.home.places.library()) {
                self.is_broken("a key is in a file", path.display().to_string());
            }
        }
    }

    /// Nothing is said that is not so.
    fn words(&mut self, world: &World, said: &Said, (before, now): (&Tree, &Tree), moods: Moods, trouble: Trouble) {
        match said.end {
            End::Panicked => self.is_broken("the program panicked", ""),
            End::RolledBack | End::Refused if !said.is_interrupted() => {
                let what = self.differs_from(&self.before).filter(|_| self.before.memory() != Memory::Pending);
                let what = if self.before.memory() == Memory::Pending {
                    self.differs_from_settled(before, now, moods)
                } else {
                    what
                };
                if let Some(what) = what {
                    let rule = if said.end == End::Refused { "refused, and not as before" } else { "rolled back, and not as before" };
                    self.is_broken(rule, what);
                }
            }
            End::Written => self.connected(),
            End::Undone if self.verb == Verb::Undo => self.undone(world, said, now),
            End::Undone => {
                self.kept_key_is_said(said);
                if self.now.led().is_some() && self.now.mode().as_deref() != Some("1p") {
                    self.is_broken("left, and a gateway is still selected", "");
                }
            }
            End::Cleaned if self.now.key().is_some() || self.now.has_helper() => {
                self.is_broken("cleaned, and something is left", "");
            }
            End::NothingToClean if self.now.key().is_some() => {
                self.is_broken("nothing to clean, and a key is left", "");
            }
            End::Started => {
                if said.is_healthy == Some(true) && !self.is_connected() {
                    self.is_broken("called healthy, and is not", format!("led {:?}, key {:?}", self.now.led(), self.now.key()));
                }
                let is_pending = self.now.memory() == Memory::Pending;
                if is_pending && !said.is_interrupted() && trouble == Trouble::None {
                    self.is_broken("a change is half done, unsaid", "");
                }
            }
            _ => {}
        }
        if said.has("AR-714") && self.now.memory() == Memory::Pending {
            self.is_broken("settled, and still half done", "");
        }
        self.restored(world, said);
    }

    fn connected(&mut self) {
        let Some(gateway) = self.verb.gateway().map(Gateway::base).map(str::to_owned).or_else(|| self.before.led().map(|led| led.base))
        else {
            return;
        };
        let led = self.now.led();
        if led.as_ref().is_none_or(|led| led.base != gateway) || !self.is_connected() {
            self.is_broken("written, and not connected", format!("led {led:?}, key {:?}", self.now.key()));
        }
    }

    /// A gateway is selected, in the right mode, and has a key that fits.
    fn is_connected(&self) -> bool {
        let has_key = match self.now.led() {
            Some(led) if led.names_helper => self.now.is_working() && self.now.has_helper(),
            Some(led) => led.key_in_profile.is_some() && self.now.wrong_key().is_none(),
            None => false,
        };
        has_key && self.now.mode().as_deref() == Some("3p")
    }

    fn undone(&mut self, world: &World, said: &Said, now: &Tree) {
        self.kept_key_is_said(said);
        if world.is_memory_lost {
            return;
        }
        let is_wrecked = |line: &String| {
            world.wrecks.keys().any(|path| {
                path.file_name().is_some_and(|name| line.split(':').next().unwrap_or_default().ends_with(&*name.to_string_lossy()))
            })
        };
        let wrong: Vec<String> =
            world.mismatches(self.home, &View::new(self.home, now)).into_iter().filter(|line| !is_wrecked(line)).collect();
        let (style, wrong): (Vec<String>, Vec<String>) = wrong.into_iter().partition(|line| line.contains(STYLE));
        if !wrong.is_empty() {
            self.is_broken("undone, and not as at first", wrong.join("; "));
        }
        if !style.is_empty() {
            self.is_broken("undone, and the bytes are not as at first", style.join("; "));
        }
    }

    fn kept_key_is_said(&mut self, said: &Said) {
        if self.now.key().is_some() && !self.now.is_helper_named() && !said.findings.iter().any(|(code, ..)| code.starts_with("AR-80")) {
            self.is_broken("a key is kept, unsaid", said.codes());
        }
    }

    /// What is said to be put back stands there.
    fn restored(&mut self, world: &World, said: &Said) {
        let places = [("appliedId", self.home.places.meta()), ("deploymentMode", self.home.places.mode())];
        for (key, path) in places {
            let Some((_, value)) = said.restored.iter().rev().find(|(name, _)| name == key) else { continue };
            let bytes = std::fs::read(&path).unwrap_or_default();
            let now = serde_json::from_slice::<serde_json::Value>(&bytes).unwrap_or_default();
            let now = now.get(key).map(serde_json::Value::to_string);
            if now != *value && !world.wrecks.contains_key(&path) {
                self.is_broken("said to be put back, and is not", format!("{key}: said {value:?}, is {now:?}"));
            }
        }
    }

    /// What a person would find changed.
    fn differs_from(&self, other: &View<'_>) -> Option<String> {
        if other.key() != self.now.key() {
            return Some(format!("the key was {:?} and is {:?}", other.key(), self.now.key()));
        }
        let (was, is) = (other.claudes(), self.now.claudes());
        if let Some(path) = was.keys().chain(is.keys()).find(|path| was.get(*path) != is.get(*path)) {
            return Some(format!("{}: was {:?} and is {:?}", path.display(), was.get(path), is.get(path)));
        }
        if other.journal() != self.now.journal() {
            return Some("the journal is another".to_owned());
        }
        (other.has_helper() && !self.now.has_helper()).then(|| "the helper is gone".to_owned())
    }

    /// The same after a half-done change was settled, which every verb does first.
    fn differs_from_settled(&self, before: &Tree, now: &Tree, moods: Moods) -> Option<String> {
        self.differs_from(&self.before)?;
        self.home.put_back(before);
        self.home.keychain.set(moods);
        product::act(&self.home.places, Verb::Start);
        let settled = self.home.everything();
        let differs = self.differs_from(&View::new(self.home, &settled));
        self.home.put_back(now);
        differs
    }
}
