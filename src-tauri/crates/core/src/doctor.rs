//! The doctor: tests every known cause why Claude does not use the gateway, in the order in which support
//! asks.
//!
//! Each cause is a check with a code that never changes its meaning; the observations are a value
//! ([`DoctorFacts`]), so that each cause can be tested with a table. Results of other modules (the live check,
//! the status, the prediction, the proof) are used here and not judged again. Checks that stop the connection
//! are separate from those that are only information.

mod address;
mod applied;
mod checklist;
mod environment;
mod facts;
mod key;
mod live;
mod profile;
mod reached;

use schemars::JsonSchema;
use serde::Serialize;
use ts_rs::TS;

use crate::claude::prediction::{self, StartPrediction};
use crate::finding::{Code, Finding, Owner, Severity, worst_first};
use crate::status::{self, Surroundings};
use crate::status::{Status, StatusRow};

use checklist::CheckList;
pub use facts::{DoctorFacts, LogFact, Override, Parts, ProgramFact, RunFacts};

/// The steps of the troubleshooting guide, and one for additional information.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum DoctorStep {
    /// Is the key good, and does Claude get it?
    Key,
    /// Is the address the gateway's?
    Address,
    /// Does the address end as it should?
    Ending,
    /// Was the configuration applied, and Claude started anew since?
    Applied,
    /// Do requests reach the gateway and come back?
    Reached,
    /// Additional information.
    #[serde(rename = "around")]
    Environment,
}

impl DoctorStep {
    /// All steps, in their order.
    pub const ALL: [Self; 6] =
        [Self::Key, Self::Address, Self::Ending, Self::Applied, Self::Reached, Self::Environment];
}

/// The result of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum DoctorState {
    /// Nothing is wrong.
    Ok,
    /// A problem was found.
    Trouble,
    /// Not tested, because an earlier problem has to be fixed first or its object does not exist.
    NotTested,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[ts(export)]
pub struct DoctorCheck {
    /// The problem that is looked for; each check has its own code. The finding may have a more specific one.
    pub code: Code,
    /// The step that it belongs to.
    pub step: DoctorStep,
    /// Its result.
    pub state: DoctorState,
    /// Who has to act.
    pub owner: Owner,
    /// True when the problem stops the connection; else it is only information.
    pub blocking: bool,
    /// The problem that was found. Its words say the one thing to do.
    pub finding: Option<Finding>,
}

/// The result of all checks.
#[derive(Debug, Clone, Serialize, JsonSchema, TS)]
#[ts(export)]
pub struct DoctorReport {
    /// All checks in their order.
    pub checks: Vec<DoctorCheck>,
    /// The problems that were found, worst first.
    pub findings: Vec<Finding>,
    /// Every value that Claude reads: actual, source, expected.
    pub values: Vec<StatusRow>,
    /// True when a configuration for this gateway exists on this computer.
    pub configured: bool,
}

impl DoctorReport {
    /// The findings about this computer, without those of the live check and without mere information. Where
    /// nothing was ever set up, only blocking findings count.
    pub fn local_findings(&self) -> Vec<Finding> {
        let local = self.checks.iter().filter(|check| !live::is_live(check.code));
        let mut findings: Vec<Finding> = local.filter_map(|check| check.finding.clone()).collect();
        // A computer may be prepared before Claude is installed on it.
        let soften = |finding: Finding| if finding.code == Code::ClaudeMissing { finding.softened() } else { finding };
        findings = findings.into_iter().map(soften).collect();
        findings.retain(|finding| match finding.severity {
            Severity::Info => false,
            Severity::Warning => self.configured,
            Severity::Blocking => true,
        });
        worst_first(&mut findings);
        findings
    }
}

/// Runs all checks on the observations.
pub fn examine(facts: &DoctorFacts) -> DoctorReport {
    let computer = &facts.computer;
    let predicted = prediction::predict_start(&computer.managed, &computer.library, computer.claude.version);
    let status = connected(facts);
    let mut list = CheckList::new(is_configured(facts));
    key::look(facts, &predicted, &mut list);
    address::look(facts, &mut list);
    applied::look(facts, &predicted, status.as_ref().map(|(_, findings)| findings.as_slice()), &mut list);
    reached::look(facts, &predicted, &mut list);
    environment::look(facts, &mut list);
    let configured = list.is_configured;
    let checks = list.into_checks();
    let mut findings: Vec<Finding> = checks.iter().filter_map(|check| check.finding.clone()).collect();
    worst_first(&mut findings);
    let values = status::values(computer, status.as_ref().map(|(status, _)| status), &facts.base);
    DoctorReport { checks, findings, values, configured }
}

/// The status of the connection that this program made.
fn connected(facts: &DoctorFacts) -> Option<(Status, Vec<Finding>)> {
    let computer = &facts.computer;
    let journal = computer.journal.as_ref().filter(|journal| journal.is_connection())?;
    let storage = facts.storage.as_ref()?;
    let surroundings = Surroundings {
        claude: computer.claude.version,
        is_managed: facts.is_managed(),
        selected: computer.library.selected(),
    };
    Some(status::compare(journal, |path| computer.file(path).clone(), storage, &surroundings))
}

/// True when this gateway was configured: by this program, or by hand in any profile. Otherwise a problem of
/// the configuration does not count, because connecting will replace it.
fn is_configured(facts: &DoctorFacts) -> bool {
    let computer = &facts.computer;
    let names_the_gateway =
        |text: &str| crate::address::repair(text, None).is_ok_and(|(address, _)| address.host() == facts.base.host());
    computer.journal.as_ref().is_some_and(crate::undo::Journal::is_connection)
        || computer.library.profiles.iter().any(|profile| {
            let document = profile.file.document().ok();
            let base = document.as_ref().and_then(|document| document.get(crate::claude::keys::BASE_URL)?.as_str());
            base.is_some_and(names_the_gateway)
        })
}

/// The predicted inference block, whether Claude connects at once or asks first.
fn inference(predicted: &StartPrediction) -> Option<&prediction::Inference> {
    match predicted {
        StartPrediction::Gateway(inference) | StartPrediction::SignIn(inference) => Some(inference),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
