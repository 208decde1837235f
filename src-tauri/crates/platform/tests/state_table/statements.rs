//! Rules about the report: nothing that it says is false.

use crate::claude::View;
use crate::expected::{Expected, STYLE};
use crate::home::Tree;
use crate::keychain::Behaviours;
use crate::product::{self, End, JournalState, Report, Verb};
use crate::rules::{Fault, Judge};

/// The difference that is reported if the helper program is gone.
const HELPER_GONE: &str = "the helper is gone";

impl Judge<'_> {
    /// Every statement of the report is true.
    pub(crate) fn words(
        &mut self,
        expected: &Expected,
        report: &Report,
        (before, now): (&Tree, &Tree),
        behaviours: Behaviours,
        fault: Fault,
    ) {
        match report.end {
            End::Panicked => self.violation("the program panicked", ""),
            End::RolledBack | End::Refused if !report.is_interrupted() => {
                let what =
                    self.differs_from(&self.before).filter(|_| self.before.journal_state() != JournalState::Pending);
                let what = if self.before.journal_state() == JournalState::Pending {
                    self.differs_from_recovered(before, now, behaviours)
                } else {
                    what
                };
                if let Some(what) = what {
                    let rule = if report.end == End::Refused {
                        "refused, and not as before"
                    } else {
                        "rolled back, and not as before"
                    };
                    self.violation(rule, what);
                }
            }
            End::Interrupted if !report.is_interrupted() || self.now.journal_state() != JournalState::Pending => {
                self.violation("said to wait, and does not", format!("{:?}", self.now.journal_state()));
            }
            End::Written => self.connected(),
            End::Undone if self.verb == Verb::Undo => self.undone(expected, report, now),
            End::Undone => {
                self.kept_key_is_reported(report);
                if self.now.selected_gateway().is_some() && self.now.mode().as_deref() != Some("1p") {
                    let (selected, mode) = (self.now.selected_gateway(), self.now.mode());
                    self.violation("left, and a gateway is still selected", format!("{selected:?}, mode {mode:?}"));
                }
            }
            End::Cleaned if self.now.key().is_some() || self.now.has_helper() => {
                self.violation("cleaned, and something is left", "");
            }
            End::NothingToClean if self.now.key().is_some() => {
                self.violation("nothing to clean, and a key is left", "");
            }
            End::Started => {
                if report.is_healthy == Some(true) && !self.is_connected() {
                    self.violation(
                        "called healthy, and is not",
                        format!("led {:?}, key {:?}", self.now.selected_gateway(), self.now.key()),
                    );
                }
                let is_pending = self.now.journal_state() == JournalState::Pending;
                if is_pending && !report.is_interrupted() && fault == Fault::None {
                    self.violation("a change is half done, unsaid", "");
                }
            }
            _ => {}
        }
        if report.has("AR-714") && self.now.journal_state() == JournalState::Pending {
            self.violation("settled, and still half done", "");
        }
        self.restored(expected, report);
    }

    fn connected(&mut self) {
        if self.now.journal_state() != JournalState::Complete {
            self.violation("written, and not remembered", format!("{:?}", self.now.journal_state()));
        }
        // The address of a repair is in the journal.
        let noted = self.now.journal().and_then(|journal| serde_json::from_slice::<serde_json::Value>(journal).ok());
        let noted = noted.and_then(|journal| journal["base"].as_str().map(str::to_owned));
        let gateway = self.verb.gateway().map(|gateway| gateway.base().to_owned()).or(noted).unwrap_or_default();
        let selected = self.now.selected_gateway();
        if selected.as_ref().is_none_or(|selected| selected.base != gateway) || !self.is_connected() {
            self.violation("written, and not connected", format!("led {selected:?}, key {:?}", self.now.key()));
        }
    }

    /// True if a gateway is selected, in the right mode, and has its own key.
    fn is_connected(&self) -> bool {
        let has_key = match self.now.selected_gateway() {
            Some(selected) if selected.names_helper => self.now.is_working() && self.now.has_helper(),
            Some(selected) => selected.key_in_profile.is_some() && self.now.wrong_key().is_none(),
            None => false,
        };
        has_key && self.now.mode().as_deref() == Some("3p")
    }

    fn undone(&mut self, expected: &Expected, report: &Report, now: &Tree) {
        self.kept_key_is_reported(report);
        if expected.is_journal_lost {
            return;
        }
        let is_damaged = |line: &String| {
            expected.damaged_files.keys().any(|path| {
                path.file_name()
                    .is_some_and(|name| line.split(':').next().unwrap_or_default().ends_with(&*name.to_string_lossy()))
            })
        };
        let wrong: Vec<String> = expected
            .mismatches(self.home, &View::new(self.home, now))
            .into_iter()
            .filter(|line| !is_damaged(line))
            .collect();
        let (style, wrong): (Vec<String>, Vec<String>) = wrong.into_iter().partition(|line| line.contains(STYLE));
        if !wrong.is_empty() {
            self.violation("undone, and not as at first", wrong.join("; "));
        }
        if !style.is_empty() {
            self.violation("undone, and the bytes are not as at first", style.join("; "));
        }
    }

    fn kept_key_is_reported(&mut self, report: &Report) {
        if self.now.key().is_some()
            && !self.now.is_helper_named()
            && !report.findings.iter().any(|(code, ..)| code.starts_with("AR-80") || code == "AR-950")
        {
            self.violation("a key is kept, unsaid", report.codes());
        }
    }

    /// The values that are reported as restored are in place.
    fn restored(&mut self, expected: &Expected, report: &Report) {
        let places = [("appliedId", self.home.places.meta()), ("deploymentMode", self.home.places.mode())];
        for (key, path) in places {
            let Some((_, value)) = report.restored.iter().rev().find(|(name, _)| name == key) else { continue };
            let bytes = std::fs::read(&path).unwrap_or_default();
            let now = serde_json::from_slice::<serde_json::Value>(&bytes).unwrap_or_default();
            let now = now.get(key).map(serde_json::Value::to_string);
            if now != *value && !expected.damaged_files.contains_key(&path) {
                self.violation("said to be put back, and is not", format!("{key}: said {value:?}, is {now:?}"));
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
            (Some(now), Some(was)) => contains(now, was),
            (now, was) => now == was,
        };
        if !is_same {
            return Some("the journal is another".to_owned());
        }
        (other.has_helper() && !self.now.has_helper()).then(|| HELPER_GONE.to_owned())
    }

    /// Like [`Self::differs_from`], compared with the state after the recovery that every verb does first.
    fn differs_from_recovered(&self, before: &Tree, now: &Tree, behaviours: Behaviours) -> Option<String> {
        self.differs_from(&self.before)?;
        self.home.put_back(before);
        self.home.keychain.set(behaviours);
        product::act(&self.home.places, Verb::Start);
        let recovered = self.home.everything();
        // A start installs a missing helper; a verb that failed does not.
        let differs = self
            .differs_from(&View::new(self.home, &recovered))
            .filter(|what| what != HELPER_GONE || self.before.has_helper());
        self.home.put_back(now);
        differs
    }
}

/// True if `journal` contains everything that `other` contains; its version may write more fields.
fn contains(journal: &[u8], other: &[u8]) -> bool {
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
