//! The doctor: every cause that is known for Claude not using the gateway, gone through in the order in
//! which a supporter asks.
//!
//! A cause is a check with a code that never changes its meaning; what was looked at is a value
//! ([`DoctorFacts`]), so that each cause can be played in a table. What other parts know already (the
//! live check, the status, the outlook, the proof) is asked here and not judged again. Checks that stop
//! the connection stand apart from those that are merely good to know.

mod address;
mod applied;
mod environment;
mod facts;
mod key;
mod live;
mod profile;
mod reached;
mod sheet;

use schemars::JsonSchema;
use serde::Serialize;
use ts_rs::TS;

use crate::claude::outlook::{self, Outlook};
use crate::finding::{Code, Finding, Owner, Severity, worst_first};
use crate::status::{self, Surroundings};
use crate::status::{Status, StatusRow};

pub use facts::{DoctorFacts, LogFact, Override, Parts, ProgramFact, RunFacts};
use sheet::Sheet;

/// The steps in which the guide goes through a trouble, and what stands beside them.
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
    /// What is good to know besides.
    #[serde(rename = "around")]
    Environment,
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum DoctorState {
    /// Nothing is wrong there.
    Ok,
    /// Something is.
    Trouble,
    /// It was not looked at, because something before it has to be mended or is not there.
    NotTested,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[ts(export)]
pub struct DoctorCheck {
    /// What is looked for; each check has its own. The finding may say it more exactly.
    pub code: Code,
    /// Where it stands in the order.
    pub step: DoctorStep,
    /// How it ended.
    pub state: DoctorState,
    /// Whose it is to mend.
    pub owner: Owner,
    /// It would stop the connection; otherwise it is good to know.
    pub blocking: bool,
    /// What was found, if something was. Its words say the one thing to do.
    pub finding: Option<Finding>,
}

/// Everything that the doctor found.
#[derive(Debug, Clone, Serialize, JsonSchema, TS)]
#[ts(export)]
pub struct DoctorReport {
    /// All checks in their order.
    pub checks: Vec<DoctorCheck>,
    /// What was found, worst first.
    pub findings: Vec<Finding>,
    /// Every value that Claude reads: what is there, where it comes from, what is expected.
    pub values: Vec<StatusRow>,
    /// There is a configuration on this computer that is meant for the gateway.
    pub configured: bool,
}

impl DoctorReport {
    /// What a live check does not say by itself: troubles of this computer, without what is merely good
    /// to know. Where nothing was ever set up, only that which would stop it counts.
    pub fn local_findings(&self) -> Vec<Finding> {
        let local = self.checks.iter().filter(|check| !live::is_live(check.code));
        let mut findings: Vec<Finding> = local.filter_map(|check| check.finding.clone()).collect();
        // A computer may be prepared before Claude is put on it.
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

/// Goes through everything.
pub fn examine(facts: &DoctorFacts) -> DoctorReport {
    let computer = &facts.computer;
    let predicted = outlook::outlook(&computer.managed, &computer.library, computer.claude.version);
    let status = connected(facts);
    let mut sheet = Sheet::new(is_meant(facts));
    key::look(facts, &predicted, &mut sheet);
    address::look(facts, &mut sheet);
    applied::look(facts, &predicted, status.as_ref().map(|(_, findings)| findings.as_slice()), &mut sheet);
    reached::look(facts, &predicted, &mut sheet);
    environment::look(facts, &mut sheet);
    let configured = sheet.is_meant;
    let checks = sheet.into_checks();
    let mut findings: Vec<Finding> = checks.iter().filter_map(|check| check.finding.clone()).collect();
    worst_first(&mut findings);
    let values = status::values(computer, status.as_ref().map(|(status, _)| status), &facts.base);
    DoctorReport { checks, findings, values, configured }
}

/// The connection that this program made, compared with what is there.
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

/// True when somebody wanted Claude to use this gateway: by this program, or by hand in any profile.
/// Elsewhere a trouble of the configuration is nobody's, because connecting will replace it.
fn is_meant(facts: &DoctorFacts) -> bool {
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

/// The predicted inference block, whether Claude goes there by itself or asks first.
fn inference(predicted: &Outlook) -> Option<&outlook::Inference> {
    match predicted {
        Outlook::Gateway(inference) | Outlook::SignIn(inference) => Some(inference),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
