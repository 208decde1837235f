//! Nothing is said that is not so.

use crate::claude::View;
use crate::home::Tree;
use crate::keychain::Moods;
use crate::product::{self, End, Memory, Said, Verb};
use crate::rules::{Judge, Trouble};
use crate::world::{STYLE, World};

/// What differs where the helper program is gone.
const HELPER_GONE: &str = "the helper is gone";

impl Judge<'_> {
    /// Nothing is said that is not so.
    pub(crate) fn words(
        &mut self,
        world: &World,
        said: &Said,
        (before, now): (&Tree, &Tree),
        moods: Moods,
        trouble: Trouble,
    ) {
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
                    let rule = if said.end == End::Refused {
                        "refused, and not as before"
                    } else {
                        "rolled back, and not as before"
                    };
                    self.is_broken(rule, what);
                }
            }
            End::Interrupted if !said.is_interrupted() || self.now.memory() != Memory::Pending => {
                self.is_broken("said to wait, and does not", format!("{:?}", self.now.memory()));
            }
            End::Written => self.connected(),
            End::Undone if self.verb == Verb::Undo => self.undone(world, said, now),
            End::Undone => {
                self.kept_key_is_said(said);
                if self.now.led().is_some() && self.now.mode().as_deref() != Some("1p") {
                    let (led, mode) = (self.now.led(), self.now.mode());
                    self.is_broken("left, and a gateway is still selected", format!("{led:?}, mode {mode:?}"));
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
                    self.is_broken(
                        "called healthy, and is not",
                        format!("led {:?}, key {:?}", self.now.led(), self.now.key()),
                    );
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
        if self.now.memory() != Memory::Settled {
            self.is_broken("written, and not remembered", format!("{:?}", self.now.memory()));
        }
        // What is repaired stands in the journal.
        let noted = self.now.journal().and_then(|journal| serde_json::from_slice::<serde_json::Value>(journal).ok());
        let noted = noted.and_then(|journal| journal["base"].as_str().map(str::to_owned));
        let gateway = self.verb.gateway().map(|gateway| gateway.base().to_owned()).or(noted).unwrap_or_default();
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
                path.file_name()
                    .is_some_and(|name| line.split(':').next().unwrap_or_default().ends_with(&*name.to_string_lossy()))
            })
        };
        let wrong: Vec<String> = world
            .mismatches(self.home, &View::new(self.home, now))
            .into_iter()
            .filter(|line| !is_wrecked(line))
            .collect();
        let (style, wrong): (Vec<String>, Vec<String>) = wrong.into_iter().partition(|line| line.contains(STYLE));
        if !wrong.is_empty() {
            self.is_broken("undone, and not as at first", wrong.join("; "));
        }
        if !style.is_empty() {
            self.is_broken("undone, and the bytes are not as at first", style.join("; "));
        }
    }

    fn kept_key_is_said(&mut self, said: &Said) {
        if self.now.key().is_some()
            && !self.now.is_helper_named()
            && !said.findings.iter().any(|(code, ..)| code.starts_with("AR-80") || code == "AR-950")
        {
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
        let is_same = match (self.now.journal(), other.journal()) {
            (Some(now), Some(was)) => notes(now, was),
            (now, was) => now == was,
        };
        if !is_same {
            return Some("the journal is another".to_owned());
        }
        (other.has_helper() && !self.now.has_helper()).then(|| HELPER_GONE.to_owned())
    }

    /// The same after a half-done change was settled, which every verb does first.
    fn differs_from_settled(&self, before: &Tree, now: &Tree, moods: Moods) -> Option<String> {
        self.differs_from(&self.before)?;
        self.home.put_back(before);
        self.home.keychain.set(moods);
        product::act(&self.home.places, Verb::Start);
        let settled = self.home.everything();
        // A helper that was gone is put back by a start, and by no verb that failed.
        let differs = self
            .differs_from(&View::new(self.home, &settled))
            .filter(|what| what != HELPER_GONE || self.before.has_helper());
        self.home.put_back(now);
        differs
    }
}

/// True where a journal notes what another one notes; its version may write more fields.
fn notes(journal: &[u8], other: &[u8]) -> bool {
    use serde_json::Value;
    fn holds(now: &Value, was: &Value) -> bool {
        match (now, was) {
            (Value::Object(now), Value::Object(was)) => {
                was.iter().all(|(name, was)| now.get(name).map_or_else(|| was.is_null(), |now| holds(now, was)))
            }
            (Value::Array(now), Value::Array(was)) => {
                now.len() == was.len() && now.iter().zip(was).all(|(now, was)| holds(now, was))
            }
            (now, was) => now == was,
        }
    }
    match (serde_json::from_slice(journal), serde_json::from_slice(other)) {
        (Ok(now), Ok(was)) => holds(&now, &was),
        _ => journal == other,
    }
}
