//! The only place that calls the product: the verbs that a person can choose, and the report of each. When the
//! product's interface changes, only this file changes.

use airouter_core::address::GatewayUrl;
use airouter_core::check::AuthScheme;
use airouter_core::finding::Finding;
use airouter_core::plan::Wishes;
use airouter_core::secret::Secret;
use airouter_core::undo::Journal;
use airouter_core::view::{EditView, KeyPlace, Outcome, UndoGoal};
use airouter_platform::helper::Removal;
use airouter_platform::places::Places;
use airouter_platform::{apply, fault_injection, observe, recover, state, undo, uninstall};
use serde::{Deserialize, Serialize};

/// A gateway with a key that was pasted for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Gateway {
    /// The first one.
    A,
    /// The first one, with another key.
    A2,
    /// Another one.
    B,
    /// A third one.
    C,
}

impl Gateway {
    pub(crate) const ALL: [Self; 4] = [Self::A, Self::A2, Self::B, Self::C];

    pub(crate) fn base(self) -> &'static str {
        match self {
            Self::A | Self::A2 => "https://first.example/claude",
            Self::B => "https://second.example/claude",
            Self::C => "https://third.example/claude",
        }
    }

    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::A => "sk-first-0123456789abcdef0123456789",
            Self::A2 => "sk-first-again-0123456789abcdef0123",
            Self::B => "sk-second-0123456789abcdef012345678",
            Self::C => "sk-third-0123456789abcdef0123456789",
        }
    }

    /// The gateway that a key was pasted for.
    pub(crate) fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|gateway| gateway.key() == key)
    }
}

/// A verb that a person can choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Verb {
    /// Connect, with the key in the keychain.
    Apply(Gateway),
    /// Connect, with the key in the profile.
    ApplyStatic(Gateway),
    /// Connect again as the journal says.
    Repair,
    /// Undo everything.
    Undo,
    /// Back to Anthropic's own sign-in.
    Leave,
    /// Remove helper and key unless they are needed.
    Clean,
    /// Start the program.
    Start,
}

impl Verb {
    /// The gateway that the verb connects.
    pub(crate) fn gateway(self) -> Option<Gateway> {
        match self {
            Self::Apply(gateway) | Self::ApplyStatic(gateway) => Some(gateway),
            _ => None,
        }
    }
}

/// How a verb ended, by its report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum End {
    /// Connected.
    Written,
    /// "It did not work; everything is as before."
    RolledBack,
    /// "It did not work, and what is half done waits."
    Interrupted,
    /// "Nothing was written."
    Refused,
    /// "Undone."
    Undone,
    /// Not undone.
    NotUndone,
    /// Cleaned: helper and key are gone.
    Cleaned,
    /// Cleaned: there was nothing.
    NothingToClean,
    /// Not cleaned, because something needs them or the keychain refused; the findings say it.
    NotCleaned,
    /// Started.
    Started,
    /// The program panicked.
    Panicked,
}

/// What was reported to the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) end: End,
    /// Code, whether it blocks, and the evidence.
    pub(crate) findings: Vec<(String, bool, String)>,
    /// Name and JSON text of each value that is reported as restored.
    pub(crate) restored: Vec<(String, Option<String>)>,
    /// Names of the values that are reported as left.
    pub(crate) left: Vec<String>,
    /// Whether the first screen calls the connection healthy, if there is one.
    pub(crate) is_healthy: Option<bool>,
}

impl Report {
    pub(crate) fn has(&self, code: &str) -> bool {
        self.findings.iter().any(|(report, ..)| report == code)
    }

    /// True if a finding blocks.
    pub(crate) fn blocks(&self) -> bool {
        self.findings.iter().any(|(_, blocks, _)| *blocks)
    }

    /// True if the change is reported as interrupted.
    pub(crate) fn is_interrupted(&self) -> bool {
        self.has("AR-715") || self.has("AR-745")
    }

    /// True if a finding names the file.
    pub(crate) fn names(&self, path: &str) -> bool {
        self.findings.iter().any(|(_, _, evidence)| evidence.contains(path))
    }

    pub(crate) fn codes(&self) -> String {
        self.findings.iter().map(|(code, ..)| code.as_str()).collect::<Vec<_>>().join(",")
    }
}

/// Runs a verb.
pub(crate) fn act(places: &Places, verb: Verb) -> Report {
    let done = std::panic::catch_unwind(|| match verb {
        Verb::Apply(gateway) => connect(places, gateway, KeyPlace::Keychain),
        Verb::ApplyStatic(gateway) => connect(places, gateway, KeyPlace::Profile),
        Verb::Repair => repair(places),
        Verb::Undo => go_back(places, UndoGoal::Before),
        Verb::Leave => go_back(places, UndoGoal::Anthropic),
        Verb::Clean => clean(places),
        Verb::Start => {
            let mut findings: Vec<Finding> = recover::at_start(places).into_iter().collect();
            let overview = observe::overview(places);
            findings.extend(overview.findings);
            let is_healthy = overview.status.map(|status| status.healthy);
            Report { is_healthy, ..summarize(End::Started, &findings) }
        }
    });
    done.unwrap_or_else(|_| {
        fault_injection::set(None);
        summarize(End::Panicked, &[])
    })
}

/// The state of the journal, read by its documented format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JournalState {
    /// There is no journal.
    None,
    /// It cannot be parsed, or was written by a newer version.
    Unreadable,
    /// A change or an undo is pending.
    Pending,
    /// Nothing is pending.
    Complete,
}

impl JournalState {
    pub(crate) fn of(journal: Option<&[u8]>) -> Self {
        let Some(journal) = journal else { return Self::None };
        let Ok(journal) = serde_json::from_slice::<serde_json::Value>(journal) else { return Self::Unreadable };
        if journal["schema"].as_u64().is_none_or(|schema| schema > u64::from(airouter_core::undo::SCHEMA)) {
            return Self::Unreadable;
        }
        let is_under_way = !journal["pending"].is_null() || journal["undoing"] == true;
        if is_under_way { Self::Pending } else { Self::Complete }
    }

    pub(crate) fn is_readable(self) -> bool {
        self != Self::Unreadable
    }
}

fn connect(places: &Places, gateway: Gateway, key_place: KeyPlace) -> Report {
    // One gateway is connected with every model: the list of models is then removed.
    let every_model = gateway == Gateway::C;
    let wishes = Wishes {
        name: "AIRouter".to_owned(),
        base: GatewayUrl::parse(gateway.base()).unwrap(),
        scheme: AuthScheme::Bearer,
        models: if every_model { Vec::new() } else { vec!["claude-sonnet-4-6".to_owned()] },
        every_model,
        key_place,
        egress: None,
        carry_over: false,
        restart: false,
    };
    apply(places, &wishes, &Secret::new(gateway.key().to_owned()))
}

fn apply(places: &Places, wishes: &Wishes, key: &Secret) -> Report {
    let report = apply::apply(places, wishes, key, None, &mut |_| {});
    let end = match report.outcome {
        Outcome::Proved | Outcome::Written | Outcome::Unproved => End::Written,
        Outcome::RolledBack => End::RolledBack,
        Outcome::Interrupted => End::Interrupted,
        Outcome::Refused => End::Refused,
    };
    summarize(end, &report.findings)
}

/// As both front ends do it.
fn repair(places: &Places) -> Report {
    let at_hand = state::journal(places).and_then(|journal| {
        let journal = journal.filter(Journal::is_connection);
        let journal = journal.ok_or_else(|| Finding::new(airouter_core::finding::Code::NotConnected))?;
        Ok((Wishes::of(&journal, false)?, observe::key_in_use(places, &journal)?))
    });
    match at_hand {
        Ok((wishes, key)) => apply(places, &wishes, &key),
        Err(finding) => summarize(End::Refused, &[finding]),
    }
}

fn go_back(places: &Places, goal: UndoGoal) -> Report {
    let report = undo::undo(places, goal, false, &mut |_| {});
    let shown = |edit: &EditView| (edit.key.clone(), edit.after.clone());
    Report {
        restored: report.restored.iter().map(shown).collect(),
        left: report.left.iter().map(|edit| edit.key.clone()).collect(),
        ..summarize(if report.undone { End::Undone } else { End::NotUndone }, &report.findings)
    }
}

fn clean(places: &Places) -> Report {
    match uninstall::clean(places) {
        Ok(Removal::Removed) => summarize(End::Cleaned, &[]),
        Ok(Removal::NothingToRemove) => summarize(End::NothingToClean, &[]),
        Ok(Removal::StillNeeded) => {
            Report { findings: vec![("AR-950".to_owned(), false, String::new())], ..summarize(End::NotCleaned, &[]) }
        }
        Ok(Removal::KeyRemains(finding)) | Err(finding) => summarize(End::NotCleaned, &[finding]),
    }
}

fn summarize(end: End, findings: &[Finding]) -> Report {
    let one = |finding: &Finding| {
        let evidence: Vec<String> =
            finding.evidence.iter().map(|evidence| format!("{}={}", evidence.name, evidence.value)).collect();
        (finding.code.number().to_owned(), finding.blocks(), evidence.join(" "))
    };
    Report {
        end,
        findings: findings.iter().map(one).collect(),
        restored: Vec::new(),
        left: Vec::new(),
        is_healthy: None,
    }
}
