//! Plans changes from facts and wishes: the one place that decides what is written.
//!
//! Pure: the same facts and wishes give the same plan, so that the Review screen, the command line and the
//! journal show the same, and applying can plan again under its lock and detect changes since the person
//! agreed.

mod carry;
mod facts;
mod leave;
mod older;
mod profile;
mod record;
mod steps;
mod wishes;

pub use facts::{ClaudeFacts, Facts, KeychainFact, Wishes};
pub use leave::plan_leaving;
pub use steps::{ApplyReport, Outcome, Phase, PhaseState, PlanView, StepId};
pub use wishes::SetupWishes;

use carry::Left;
use serde_json::{Value, json};

use crate::change::{Content, Edit, FileChange, Target};
use crate::claude::library::{FileFact, Library, is_profile_id};
use crate::claude::models::judge_id;
use crate::claude::version::Version;
use crate::claude::{FileRole, keys, managed, shape};
use crate::finding::{Code, Finding, worst_first};
use crate::json::Document;
use crate::undo::KeyPlace;

/// The most models that Claude accepts in a list (PI).
const MOST_MODELS: usize = 200;

/// What will be done.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The id of the profile that will be this program's.
    pub profile_id: String,
    /// The id under which Claude will file the history.
    pub organization: String,
    /// The steps in their order.
    pub steps: Vec<StepId>,
    /// The files that change, in the order in which they are written.
    pub files: Vec<FileChange>,
    /// Warnings and refusals, worst first.
    pub findings: Vec<Finding>,
    /// Where the key will be stored.
    pub key_place: KeyPlace,
    /// Hosts that Claude's own tools will be able to reach beside the gateway.
    pub egress: Vec<String>,
    /// Names of values that are in force now and will not be afterwards, and that can be copied into the profile.
    pub carryable: Vec<String>,
}

impl Plan {
    /// The findings about damaged files of which a copy is made.
    pub fn kept_aside(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.code == Code::FileKeptAside)
    }

    /// True when nothing may be written.
    pub fn is_refused(&self) -> bool {
        self.findings.iter().any(Finding::blocks)
    }

    /// The form in which the plan is shown to the person.
    pub fn view(&self, claude: &ClaudeFacts) -> PlanView {
        PlanView {
            steps: self.steps.clone(),
            files: self.files.iter().map(FileChange::view).collect(),
            findings: self.findings.clone(),
            refused: self.is_refused(),
            key_place: self.key_place,
            egress: self.egress.clone(),
            carryable: self.carryable.clone(),
            claude_running: claude.is_running,
            claude_installed: claude.is_installed,
        }
    }
}

/// Decides what to do. Refusals are blocking findings; a refused plan has no files and no steps.
pub fn plan(facts: &Facts, wishes: &Wishes) -> Plan {
    let mut findings = Vec::new();
    findings.extend(managed::judge(&facts.managed, facts.claude.version));
    findings.extend(facts.obstacle.clone());
    findings.extend(judge_claude(&facts.claude, wishes));
    findings.extend(judge_keychain(facts, wishes));
    findings.extend(judge_models(facts, wishes));

    let profile_id = facts.our_profile().unwrap_or_else(|| facts.fresh_profile_id.clone());
    let organization = facts.organization.clone().unwrap_or_else(|| facts.fresh_organization.clone());
    let left = carry::left_behind(facts, &profile_id);
    findings.extend(left.finding(wishes.carry_over));
    let mut files = Vec::new();
    for library in facts.libraries() {
        findings.extend(owned_by_an_organisation(library));
        files.extend(change_files(library, facts, wishes, (&profile_id, &organization), &left, &mut findings));
    }
    if let Some(other) = other_profile(facts, &profile_id) {
        findings.push(other);
    }
    worst_first(&mut findings);

    let egress = wishes.egress.clone().unwrap_or_else(|| present_egress(facts, &profile_id));
    let key_place = wishes.key_place;
    let carryable = left.carryable.into_iter().map(|(name, _)| name).collect();
    let mut plan = Plan { profile_id, organization, steps: Vec::new(), files, findings, key_place, egress, carryable };
    if plan.is_refused() {
        plan.files.clear();
    } else {
        plan.steps = steps(facts, wishes);
    }
    plan
}

/// The hosts that our profile allows already, because they were chosen in Claude.
fn present_egress(facts: &Facts, profile_id: &str) -> Vec<String> {
    let profile = facts.library.profile(profile_id).and_then(|profile| profile.file.document().ok());
    let hosts = profile.as_ref().and_then(|profile| profile.get(keys::EGRESS)?.as_array());
    hosts.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn steps(facts: &Facts, wishes: &Wishes) -> Vec<StepId> {
    let starts = wishes.restart && facts.claude.is_installed;
    let keeps_in_keychain = wishes.key_place == KeyPlace::Keychain;
    let is_needed = |step: &StepId| match step {
        StepId::QuitClaude => facts.claude.is_running,
        StepId::InstallHelper | StepId::StoreKey => keeps_in_keychain,
        StepId::WriteFiles | StepId::Verify => true,
        StepId::StartClaude | StepId::Prove => starts,
    };
    StepId::ALL.into_iter().filter(is_needed).collect()
}

fn judge_claude(claude: &ClaudeFacts, wishes: &Wishes) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !claude.is_installed {
        // A computer may be prepared before Claude is installed on it; the window blocks earlier.
        findings.push(Finding::new(Code::ClaudeMissing).softened());
    }
    match claude.version {
        Some(version) if version < Version::FIRST_WITH_GATEWAY => {
            findings.push(Finding::new(Code::ClaudeTooOld).with("version", version));
        }
        None if claude.is_installed => findings.push(Finding::new(Code::ClaudeVersionUnknown)),
        _ => {}
    }
    if claude.is_running && !wishes.restart {
        findings.push(Finding::new(Code::ClaudeRunning));
    }
    if wishes.scheme != crate::check::AuthScheme::Bearer && !keys::is_known(keys::AUTH_SCHEME, claude.version) {
        findings.push(Finding::new(Code::ClaudeTooOld).with("needs", wishes.scheme.word()));
    }
    findings
}

fn judge_keychain(facts: &Facts, wishes: &Wishes) -> Option<Finding> {
    match (wishes.key_place, &facts.keychain) {
        (KeyPlace::Profile, _) => Some(Finding::new(Code::KeyInProfile)),
        (KeyPlace::Keychain, KeychainFact::Usable) => None,
        (KeyPlace::Keychain, KeychainFact::Unusable(finding)) => Some(finding.clone()),
    }
}

fn judge_models(facts: &Facts, wishes: &Wishes) -> Vec<Finding> {
    if wishes.every_model {
        return Vec::new();
    }
    if wishes.models.is_empty() {
        return vec![Finding::new(Code::NoUsableModel)];
    }
    let mut findings: Vec<Finding> = wishes
        .models
        .iter()
        .filter(|id| judge_id(id, facts.claude.version).is_some())
        .map(|id| Finding::new(Code::ModelNotForClaude).with("model", id))
        .collect();
    if wishes.models.len() > MOST_MODELS {
        findings.push(Finding::new(Code::ModelNotForClaude).with("most", MOST_MODELS));
    }
    findings
}

/// The changes of the three files of one of Claude's folders, in the order in which they are written: the
/// profile before the list that names it, the mode last, so that nothing ever refers to a missing file.
fn change_files(
    library: &Library,
    facts: &Facts,
    wishes: &Wishes,
    (profile_id, organization): (&str, &str),
    left: &Left,
    findings: &mut Vec<Finding>,
) -> Vec<FileChange> {
    let mut files = Vec::new();
    let profile_path = library.profile_path(profile_id);
    let profile_file = library.profile(profile_id).map_or(&FileFact::Absent, |profile| &profile.file);
    let mut change = |role: FileRole, path: &str, file: &FileFact, edits: &dyn Fn(&Document) -> Option<Vec<Edit>>| {
        let edits = understood(role, path, file)
            .and_then(|document| edits(&document).ok_or_else(|| not_understood(path, "shape")));
        match edits {
            Ok(edits) if edits.is_empty() => {}
            Ok(edits) => {
                files.push(FileChange::new(role, path, !file.is_absent(), edits));
                findings.extend(file.is_damaged().then(|| Finding::new(Code::FileKeptAside).with("path", path)));
            }
            Err(finding) => findings.push(finding),
        }
    };
    change(FileRole::Profile, &profile_path, profile_file, &|document| {
        let mut wanted = profile::wanted(facts, wishes, organization, document);
        if wishes.carry_over {
            left.add_to(&mut wanted);
        }
        Some(edits(document, wanted))
    });
    change(FileRole::Meta, &library.meta_path, &library.meta, &|document| {
        meta_edits(document, profile_id, &wishes.name)
    });
    change(FileRole::Mode, &library.mode_path, &library.mode, &|document| {
        let mode = Target::Value(keys::MODE.to_owned());
        Some(edits(document, vec![(mode, Content::Plain(json!("3p")))]))
    });
    files
}

/// Refuses a library that an organisation's own configuration owns, as `hybridPointer` says (PI, read in
/// three integrators that refuse, too): Claude ignores its content, and this program must not change it.
fn owned_by_an_organisation(library: &Library) -> Option<Finding> {
    let meta = library.meta.document().ok()?;
    meta.get(keys::HYBRID_POINTER)?;
    Some(Finding::new(Code::PointedElsewhere).with("path", &library.meta_path))
}

/// The document in a file, if it can be edited.
fn understood(role: FileRole, path: &str, file: &FileFact) -> Result<Document, Finding> {
    let document = file.document().map_err(|error| not_understood(path, error))?;
    match shape::unknown_format(role, &document) {
        None => Ok(document),
        Some(reason) => Err(not_understood(path, reason)),
    }
}

fn not_understood(path: &str, reason: impl ToString) -> Finding {
    Finding::new(Code::FileNotUnderstood).with("path", path).with("reason", reason)
}

/// The changes of `_meta.json`; `None` when Claude would not accept the id.
fn meta_edits(document: &Document, profile_id: &str, name: &str) -> Option<Vec<Edit>> {
    if !is_profile_id(profile_id) {
        return None;
    }
    let mut wanted = Vec::new();
    if document.element(keys::ENTRIES, profile_id).is_none() {
        let entry = json!({"id": profile_id, "name": name});
        wanted.push((Target::Entry(profile_id.to_owned()), Content::Plain(entry)));
    }
    wanted.push((Target::Value(keys::APPLIED.to_owned()), Content::Plain(json!(profile_id))));
    Some(edits(document, wanted))
}

/// The edits from the present to the wanted values.
fn edits(document: &Document, wanted: Vec<(Target, Content)>) -> Vec<Edit> {
    wanted
        .into_iter()
        .map(|(target, after)| Edit { before: target.read(document), target, after })
        // A key in the profile is always written: it may be another one.
        .filter(|edit| edit.before != edit.after || edit.after == Content::Key)
        .collect()
}

/// The finding that the selected profile of another gateway is no longer selected, but not deleted.
fn other_profile(facts: &Facts, profile_id: &str) -> Option<Finding> {
    let selected = facts.library.selected().filter(|selected| selected.id != profile_id && !selected.is_neutral())?;
    Some(selected.finding(Code::OtherProfile))
}

#[cfg(test)]
mod tests;
