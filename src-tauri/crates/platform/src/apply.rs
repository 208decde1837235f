//! Carrying out a plan: quit Claude, install the helper, store the key, write, read again, start,
//! prove. Each change has its undo on disk before it is made; if a step fails, what was done is taken
//! back at once.

mod leave;
mod prove;
mod unchanged;
mod write;

use airouter_core::finding::{Code, Finding, worst_first};
use airouter_core::plan::{Facts, Plan, Wishes, plan};
use airouter_core::secret::Secret;
use airouter_core::undo::Journal;
use airouter_core::view::{ApplyReport, KeyPlace, Outcome, Phase, PhaseState, StepId};

use crate::claude::{self, Install};
use crate::places::{Places, library_in};
use crate::{files, helper, keychain, observe, recover, state};
use write::Writing;

pub(crate) use leave::leave;
pub use unchanged::unchanged;
pub(crate) use write::remove_empty;

/// Plans for this computer as it is now. `agreed` is an earlier plan whose new ids are kept, so that
/// both can be compared.
///
/// # Errors
/// See [`observe::facts`].
pub fn plan_now(
    places: &Places,
    install: Option<&Install>,
    wishes: &Wishes,
    agreed: Option<&Plan>,
) -> Result<(Plan, Facts), Finding> {
    let mut facts = observe::facts(places, install)?;
    if let Some(agreed) = agreed {
        facts.fresh_profile_id.clone_from(&agreed.profile_id);
        facts.fresh_organization.clone_from(&agreed.organization);
    }
    Ok((plan(&facts, wishes), facts))
}

/// Applies what the person agreed to. `on_phase` is told how each step goes. Blocks for as long as it
/// takes: call it from a thread of its own.
pub fn apply(
    places: &Places,
    wishes: &Wishes,
    key: &Secret,
    agreed: Option<&Plan>,
    on_phase: &mut dyn FnMut(&Phase),
) -> ApplyReport {
    let places = &places.settled();
    let mut work = Work { places, wishes, key, install: claude::locate(places), phases: Vec::new(), on_phase };
    match work.go(agreed) {
        Ok(report) => report,
        Err(Stopped { outcome, findings }) => work.report(outcome, findings, None),
    }
}

/// A step failed.
struct Stopped {
    outcome: Outcome,
    findings: Vec<Finding>,
}

struct Work<'a> {
    places: &'a Places,
    wishes: &'a Wishes,
    key: &'a Secret,
    install: Option<Install>,
    phases: Vec<Phase>,
    on_phase: &'a mut dyn FnMut(&Phase),
}

impl Work<'_> {
    fn go(&mut self, agreed: Option<&Plan>) -> Result<ApplyReport, Stopped> {
        let refused = |finding: Finding| Stopped { outcome: Outcome::Refused, findings: vec![finding] };
        let _lock = state::lock(self.places).map_err(refused)?;
        let (first, _) = self.plan(agreed)?;
        if agreed.is_some_and(|agreed| agreed.files != first.files) {
            return Err(refused(Finding::new(Code::ChangedMeanwhile)));
        }

        // Before Claude is asked to quit and before anything is noted: here nothing has happened yet.
        write::may_write(&first.files).map_err(refused)?;

        let was_running = first.steps.contains(&StepId::QuitClaude);
        if was_running {
            self.step(StepId::QuitClaude, |work| work.install.as_ref().map_or(Ok(()), claude::quit))
                .map_err(refused)?;
        }
        let plan = self.while_claude_is_closed(&first, was_running).inspect_err(|_| {
            if was_running && let Some(install) = &self.install {
                // It was running before, so it runs again; that this may fail too changes nothing.
                let _ = claude::start(install, self.places);
            }
        })?;
        let findings: Vec<Finding> =
            plan.findings.iter().filter(|finding| finding.code != Code::ClaudeMissing).cloned().collect();
        if !plan.steps.contains(&StepId::StartClaude) {
            let untried = self.install.is_some().then(|| Finding::new(Code::NotProved));
            return Ok(self.report(Outcome::Written, plan.findings.into_iter().chain(untried).collect(), None));
        }
        Ok(self.start_and_prove(findings))
    }

    fn while_claude_is_closed(&mut self, first: &Plan, was_running: bool) -> Result<Plan, Stopped> {
        let stopped = |outcome, finding| Stopped { outcome, findings: vec![finding] };
        if let Some(finding) = recover::within_lock(self.places).filter(Finding::blocks) {
            return Err(stopped(Outcome::Refused, finding));
        }
        // Claude saves its settings while quitting, so what was planned is planned again.
        let (plan, facts) = self.plan(Some(first))?;
        self.change(&plan, &facts, was_running).map_err(|finding| stopped(Outcome::RolledBack, finding))?;
        Ok(plan)
    }

    fn plan(&self, agreed: Option<&Plan>) -> Result<(Plan, Facts), Stopped> {
        let stopped = |findings: Vec<Finding>| Stopped { outcome: Outcome::Refused, findings };
        let (plan, facts) = plan_now(self.places, self.install.as_ref(), self.wishes, agreed)
            .map_err(|finding| stopped(vec![finding]))?;
        if plan.is_refused() { Err(stopped(plan.findings)) } else { Ok((plan, facts)) }
    }

    /// Makes all changes or none.
    fn change(&mut self, plan: &Plan, facts: &Facts, was_running: bool) -> Result<(), Finding> {
        let earlier = facts.journal.as_ref();
        let mut held = HeldKey::default();
        let made_folders = folders_to_make(self.places);
        let mut journal = Journal::of(plan, facts, self.wishes, Some(self.key.face()), made_folders);
        state::keep_journal(self.places, Some(&journal))?;
        let mut writing = Writing::new(self.places);

        let done = self.change_all(plan, &mut held, &mut writing, was_running).and_then(|()| {
            journal.pending = None;
            state::keep_journal(self.places, Some(&journal))
        });
        if done.is_ok() && plan.key_place == KeyPlace::Profile && self.places.helper.exists() {
            // The key has moved into the profile: it is not left in two places. Only now, when nothing
            // can be taken back any more.
            let forgotten = keychain::forget(self.places).and_then(|()| helper::remove(self.places));
            if let Err(finding) = forgotten {
                tracing::warn!(code = finding.code.number(), "the old keychain entry stays");
            }
        }
        if done.is_err() {
            let back = writing.take_back().and_then(|()| {
                held.take_back(self.places, earlier.is_some());
                state::keep_journal(self.places, earlier)
            });
            if let Err(finding) = back {
                tracing::error!(code = finding.code.number(), "the journal stays: the next start takes it back");
            }
        }
        done
    }

    fn change_all(
        &mut self,
        plan: &Plan,
        held: &mut HeldKey,
        writing: &mut Writing,
        was_running: bool,
    ) -> Result<(), Finding> {
        writing.prepare(&plan.files, Some(self.key))?;
        state::keep_organization(self.places, &plan.organization)?;
        if plan.key_place == KeyPlace::Keychain {
            self.step(StepId::InstallHelper, |work| {
                held.helper_was_there = work.places.helper.exists();
                held.helper_installed = true;
                helper::install(work.places)
            })?;
            self.step(StepId::StoreKey, |work| {
                held.earlier = keychain::read(work.places).ok();
                held.stored = true;
                keychain::store(work.places, work.key)
            })?;
        }
        self.step(StepId::WriteFiles, |work| {
            writing.write(Some(work.key))?;
            // Also where every value was right already: somebody may have opened it to others.
            for root in work.places.roots() {
                let profile = library_in(root).join(format!("{}.json", plan.profile_id));
                files::make_private(&profile).map_err(|error| {
                    Finding::new(Code::CannotWrite).with("path", profile.display()).with("reason", error)
                })?;
            }
            Ok(())
        })?;
        self.step(StepId::Verify, |_| writing.verify(was_running))?;
        Ok(())
    }

    fn start_and_prove(&mut self, mut findings: Vec<Finding>) -> ApplyReport {
        let Some(install) = self.install.clone() else { return self.report(Outcome::Written, findings, None) };
        let marks = prove::Marks::now(self.places);
        if let Err(finding) = self.step(StepId::StartClaude, |work| claude::start(&install, work.places)) {
            findings.push(finding.softened());
            return self.report(Outcome::Unproved, findings, None);
        }
        self.tell(StepId::Prove, PhaseState::Running, None);
        match marks.prove(&self.wishes.base) {
            Ok(proof) if proof.healthy == Some(false) => {
                let finding = Finding::new(Code::ProofUnhealthy).with("host", &proof.host);
                self.tell(StepId::Prove, PhaseState::Failed, Some(finding.clone()));
                findings.push(finding);
                self.report(Outcome::Unproved, findings, Some(proof))
            }
            Ok(proof) => {
                findings.push(Finding::new(Code::Proved).with("host", &proof.host));
                self.tell(StepId::Prove, PhaseState::Done, None);
                self.report(Outcome::Proved, findings, Some(proof))
            }
            Err(finding) => {
                // For support: what the files should have led to, beside what they did.
                tracing::warn!(foretold = ?observe::outlook(self.places, Some(&install)), "not proved");
                self.tell(StepId::Prove, PhaseState::Failed, Some(finding.clone()));
                findings.push(finding);
                self.report(Outcome::Unproved, findings, None)
            }
        }
    }

    fn step(&mut self, step: StepId, act: impl FnOnce(&mut Self) -> Result<(), Finding>) -> Result<(), Finding> {
        self.tell(step, PhaseState::Running, None);
        let done = act(self);
        match &done {
            Ok(()) => self.tell(step, PhaseState::Done, None),
            Err(finding) => self.tell(step, PhaseState::Failed, Some(finding.clone())),
        }
        done
    }

    fn tell(&mut self, step: StepId, state: PhaseState, finding: Option<Finding>) {
        tracing::info!(?step, ?state, code = finding.as_ref().map(|finding| finding.code.number()), "apply");
        let phase = Phase { step, state, finding };
        (self.on_phase)(&phase);
        self.phases.retain(|phase| phase.step != step);
        self.phases.push(phase);
    }

    fn report(
        &mut self,
        outcome: Outcome,
        mut findings: Vec<Finding>,
        proof: Option<airouter_core::proof::Proof>,
    ) -> ApplyReport {
        worst_first(&mut findings);
        let is_about_the_helper = |finding: &Finding| {
            matches!(
                finding.code,
                Code::ProofHelper
                    | Code::KeychainMissing
                    | Code::KeychainLocked
                    | Code::KeyTooLong
                    | Code::HelperBroken
            )
        };
        ApplyReport {
            outcome,
            phases: std::mem::take(&mut self.phases),
            static_key_may_help: self.wishes.key_place == KeyPlace::Keychain
                && findings.iter().any(is_about_the_helper),
            findings,
            proof,
        }
    }
}

/// The folders that writing will make, the outermost first.
fn folders_to_make(places: &Places) -> Vec<String> {
    write::folders_to_make(places).iter().map(|folder| folder.to_string_lossy().into_owned()).collect()
}

/// What was done to the keychain, to take it back.
#[derive(Default)]
struct HeldKey {
    helper_was_there: bool,
    helper_installed: bool,
    stored: bool,
    earlier: Option<Secret>,
}

impl HeldKey {
    fn take_back(&self, places: &Places, was_connected: bool) {
        let back = match &self.earlier {
            Some(earlier) if self.stored => keychain::store(places, earlier),
            _ if self.stored => keychain::forget(places),
            _ => Ok(()),
        };
        let removed = if self.helper_installed && !self.helper_was_there && !was_connected {
            helper::remove(places)
        } else {
            Ok(())
        };
        for finding in [back, removed].into_iter().filter_map(Result::err) {
            tracing::error!(code = finding.code.number(), "the keychain could not be put back");
        }
    }
}
