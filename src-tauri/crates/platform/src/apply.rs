//! Carries out a plan as one transaction: quit Claude, install the helper, store the key, write the files,
//! verify them, start Claude, prove the connection. The journal with the undo information is on disk before
//! each change; if a step fails, the changes made so far are rolled back at once.

mod attributes;
mod key;
mod leave;
mod prove;
mod unchanged;
mod write;

use airouter_core::change::FileChange;
use airouter_core::finding::{Code, Finding, worst_first};
use airouter_core::plan::{Facts, Plan, Wishes, plan};
use airouter_core::secret::Secret;
use airouter_core::transaction::Progress;
use airouter_core::undo::Journal;
use airouter_core::view::{ApplyReport, KeyPlace, Outcome, Phase, PhaseState, StepId};

use crate::claude::{self, Install, Started};
use crate::helper::{self, HelperUse, Removal};
use crate::places::{Places, library_in};
use crate::{files, observe, recover, state};
use key::KeyChange;
use write::Writing;

pub(crate) use leave::leave;
pub use unchanged::unchanged;

/// Makes a plan from the present state of this computer and returns it with the facts that it was made from.
/// `agreed` is an earlier plan; its generated ids are reused, so that both plans can be compared.
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

/// Applies `wishes` with `key`. `agreed` is the plan that the person saw; if the present plan writes other
/// files, nothing is done (`ChangedMeanwhile`). `on_phase` receives the state of each step. The outcome and all
/// errors are in the report. Blocks for up to minutes: call it from a thread of its own.
pub fn apply(
    places: &Places,
    wishes: &Wishes,
    key: &Secret,
    agreed: Option<&Plan>,
    on_phase: &mut dyn FnMut(&Phase),
) -> ApplyReport {
    let places = &places.resolved();
    let mut run = Run { places, wishes, key, install: claude::locate(places), phases: Vec::new(), on_phase };
    match run.run(agreed) {
        Ok(report) => report,
        Err(Stopped { outcome, findings }) => run.report(outcome, findings, None),
    }
}

/// Why the run ended early.
struct Stopped {
    outcome: Outcome,
    findings: Vec<Finding>,
}

struct Run<'a> {
    places: &'a Places,
    wishes: &'a Wishes,
    key: &'a Secret,
    install: Option<Install>,
    phases: Vec<Phase>,
    on_phase: &'a mut dyn FnMut(&Phase),
}

impl Run<'_> {
    fn run(&mut self, agreed: Option<&Plan>) -> Result<ApplyReport, Stopped> {
        let refused = |finding: Finding| Stopped { outcome: Outcome::Refused, findings: vec![finding] };
        let _lock = state::lock(self.places).map_err(refused)?;
        let (first, _) = self.plan(agreed)?;
        if agreed.is_some_and(|agreed| agreed.files != first.files) {
            return Err(refused(Finding::new(Code::ChangedMeanwhile)));
        }

        // Checked before Claude is asked to quit and before the journal is written: nothing has changed yet.
        write::may_write(&first.files).map_err(refused)?;

        let was_running = first.steps.contains(&StepId::QuitClaude);
        if was_running {
            self.step(StepId::QuitClaude, Self::quit_claude).map_err(refused)?;
            // An update may have been registered when Claude's last process ended: it lies in another place then.
            self.install = claude::locate(self.places).or(self.install.take());
        }
        let (plan, more) = match self.while_claude_is_closed(&first, was_running) {
            Ok(done) => done,
            Err(mut stopped) => {
                // Claude was running before, so it is started again, unless the files are in a half-written state.
                if was_running
                    && stopped.outcome != Outcome::Interrupted
                    && let Some(install) = &self.install
                    && let Err(finding) = claude::start(install, self.places, &|| false)
                {
                    stopped.findings.push(finding.softened().with("because", "rolled-back"));
                }
                return Err(stopped);
            }
        };
        let mut findings: Vec<Finding> =
            plan.findings.iter().filter(|finding| finding.code != Code::ClaudeMissing).cloned().collect();
        findings.extend(more.iter().cloned());
        if !plan.steps.contains(&StepId::StartClaude) {
            let not_proved = self.install.is_some().then(|| Finding::new(Code::NotProved));
            return Ok(self.report(
                Outcome::Written,
                plan.findings.into_iter().chain(more).chain(not_proved).collect(),
                None,
            ));
        }
        Ok(self.start_and_prove(findings))
    }

    fn quit_claude(&mut self) -> Result<(), Finding> {
        let Some(install) = self.install.clone() else { return Ok(()) };
        claude::quit(&install, &mut |request| {
            self.report_phase(StepId::QuitClaude, PhaseState::Running, Some(request));
        })
    }

    fn while_claude_is_closed(&mut self, first: &Plan, was_running: bool) -> Result<(Plan, Vec<Finding>), Stopped> {
        let recovered = recover::recover_locked(self.places);
        if let Some(finding) = recovered.clone().filter(Finding::blocks) {
            return Err(Stopped { outcome: Outcome::Refused, findings: vec![finding] });
        }
        // Claude saves its settings while it quits, so the plan is made again from the present files.
        let planned = self.plan(Some(first));
        let changed = planned.and_then(|(plan, facts)| Ok((self.change(&plan, &facts, was_running)?, plan)));
        match changed {
            Ok((more, plan)) => Ok((plan, recovered.into_iter().chain(more).collect())),
            Err(mut stopped) => {
                let aside = recovered.as_ref().and_then(|recovered| recovered.fact("kept_aside"));
                stopped.findings.extend(aside.map(|path| Finding::new(Code::FileKeptAside).with("path", path)));
                Err(stopped)
            }
        }
    }

    fn plan(&self, agreed: Option<&Plan>) -> Result<(Plan, Facts), Stopped> {
        let stopped = |findings: Vec<Finding>| Stopped { outcome: Outcome::Refused, findings };
        let (plan, facts) = plan_now(self.places, self.install.as_ref(), self.wishes, agreed)
            .map_err(|finding| stopped(vec![finding]))?;
        if plan.is_refused() { Err(stopped(plan.findings)) } else { Ok((plan, facts)) }
    }

    /// Makes all changes or none, and returns findings to show the person.
    fn change(&mut self, plan: &Plan, facts: &Facts, was_running: bool) -> Result<Vec<Finding>, Stopped> {
        let earlier = facts.journal.as_ref();
        let made_folders = folders_to_make(self.places);
        let mut journal = Journal::of(plan, facts, self.wishes, Some(self.key.masked()), made_folders);
        let changes = attributes::record(&mut journal, earlier, self.places);
        let mut key_change = KeyChange::new(self.places);
        let mut writing = Writing::new(self.places);
        // A profile that no journal knows may name the helper as well.
        let moves_key_to_profile = plan.key_place == KeyPlace::Profile
            && (earlier.is_some_and(Journal::may_hold_key)
                || matches!(helper::usage(self.places), HelperUse::Named { .. }));
        let committed = |journal: &Journal| Journal {
            pending: None,
            stray_key: journal.stray_key || moves_key_to_profile,
            ..journal.clone()
        };

        let done = state::write_journal(self.places, Some(&journal))
            .and_then(|()| self.change_all(plan, &changes, &mut journal, &mut key_change, &mut writing, was_running))
            .and_then(|()| state::write_journal(self.places, Some(&committed(&journal))));
        match done {
            Ok(()) if plan.key_place == KeyPlace::Profile => {
                Ok(self.remove_key_from_keychain(committed(&journal), moves_key_to_profile))
            }
            Ok(()) => Ok(Vec::new()),
            Err(finding) => Err(match self.roll_back(earlier, &key_change, &mut writing) {
                Ok(()) => Stopped { outcome: Outcome::RolledBack, findings: vec![finding] },
                // The final journal was written, although the write reported an error.
                Err(_) if self.is_done(&journal) => return Ok(Vec::new()),
                // The journal stays on disk, and the next start recovers from it.
                Err(cause) => {
                    recover::withhold_helper(self.places, &journal);
                    let findings = [finding, recover::interrupted(&cause)];
                    let findings = findings.into_iter().chain(plan.kept_aside().cloned()).collect();
                    Stopped { outcome: Outcome::Interrupted, findings }
                }
            }),
        }
    }

    /// True if the journal on disk has no pending change and the files hold what the change was to write.
    fn is_done(&self, under_way: &Journal) -> bool {
        let is_committed = |journal: Journal| journal.pending.is_none() && journal.base == under_way.base;
        state::journal(self.places).ok().flatten().is_some_and(is_committed)
            && Progress::of(under_way, observe::file_fact) == Progress::Written
    }

    fn change_all(
        &mut self,
        plan: &Plan,
        changes: &[FileChange],
        journal: &mut Journal,
        key_change: &mut KeyChange,
        writing: &mut Writing,
        was_running: bool,
    ) -> Result<(), Finding> {
        writing.prepare(changes, Some(self.key))?;
        state::write_organization(self.places, &plan.organization)?;
        if plan.key_place == KeyPlace::Keychain {
            self.step(StepId::InstallHelper, |run| key_change.install_helper(run.places))?;
            self.step(StepId::StoreKey, |run| {
                let before = key_change.read_before(run.places)?;
                if let Some(pending) = &mut journal.pending {
                    pending.key_before = before;
                }
                state::write_journal(run.places, Some(journal))?;
                key_change.store(run.places, run.key)
            })?;
        }
        self.step(StepId::WriteFiles, |run| {
            writing.write(Some(run.key))?;
            // Also where every value was right already: others may have been given read access since.
            for root in run.places.roots() {
                let profile = library_in(root).join(format!("{}.json", plan.profile_id));
                files::make_private(&profile).map_err(|error| files::cannot_write(&profile, &error))?;
            }
            Ok(())
        })?;
        self.step(StepId::Verify, |_| writing.verify(was_running))?;
        Ok(())
    }

    /// Rolls everything back in order and verifies it.
    ///
    /// # Errors
    /// The first part that could not be rolled back; it is still in the journal.
    fn roll_back(
        &self,
        earlier: Option<&Journal>,
        key_change: &KeyChange,
        writing: &mut Writing,
    ) -> Result<(), Finding> {
        // The key comes last: a file that could not be rolled back still needs the new key.
        writing.roll_back()?;
        key_change.roll_back(self.places, self.key, earlier.is_some())?;
        if self.install.as_ref().is_some_and(claude::is_running) {
            // Claude was started meanwhile, and it writes its settings when it quits.
            return Err(Finding::new(Code::ClaudeRunning));
        }
        // A failed write may have reached the disk all the same, or the journal may have been right before.
        let is_written = || state::journal(self.places).is_ok_and(|written| written.as_ref() == earlier);
        state::write_journal(self.places, earlier).or_else(|cause| if is_written() { Ok(()) } else { Err(cause) })
    }

    /// Removes the key from the keychain after it has moved into the profile, so that it is not in two places.
    /// Done only after the commit, because it cannot be rolled back. If the keychain does not remove it, a finding
    /// says so and the next undo tries again.
    fn remove_key_from_keychain(&self, mut journal: Journal, may_hold_key: bool) -> Vec<Finding> {
        let removal = helper::remove_unless_needed(self.places, may_hold_key);
        let remaining = match removal {
            Ok(Removal::Removed | Removal::NothingToRemove | Removal::StillNeeded) => None,
            Ok(Removal::KeyRemains(finding)) | Err(finding) => Some(finding.softened()),
        };
        if remaining.is_some() != journal.stray_key {
            journal.stray_key = remaining.is_some();
            if let Err(finding) = state::write_journal(self.places, Some(&journal)) {
                return remaining.into_iter().chain([finding.softened()]).collect();
            }
        }
        remaining.into_iter().collect()
    }

    fn start_and_prove(&mut self, mut findings: Vec<Finding>) -> ApplyReport {
        let Some(install) = self.install.clone() else { return self.report(Outcome::Written, findings, None) };
        let positions = prove::LogPositions::record(self.places);
        let mut unseen = None;
        let started = self.step(StepId::StartClaude, |run| {
            match claude::start(&install, run.places, &|| positions.has_grown())? {
                Started::Seen => {}
                Started::NotYet(finding) => unseen = Some(finding),
            }
            Ok(())
        });
        if let Err(finding) = started {
            findings.push(finding.softened());
            return self.report(Outcome::Unproved, findings, None);
        }
        self.report_phase(StepId::Prove, PhaseState::Running, None);
        match positions.prove(&self.wishes.base) {
            Ok(proof) if proof.healthy == Some(false) => {
                let finding = Finding::new(Code::ProofUnhealthy).with("host", &proof.host);
                self.report_phase(StepId::Prove, PhaseState::Failed, Some(finding.clone()));
                findings.push(finding);
                self.report(Outcome::Unproved, findings, Some(proof))
            }
            Ok(proof) => {
                findings.push(Finding::new(Code::Proved).with("host", &proof.host));
                self.report_phase(StepId::Prove, PhaseState::Done, None);
                self.report(Outcome::Proved, findings, Some(proof))
            }
            Err(finding) => {
                // Nothing was seen of it at all: then it did not start, whatever else is missing.
                let finding = unseen.filter(|_| !positions.has_grown()).unwrap_or(finding);
                // For support: what the files should have led to, to compare with what Claude did.
                tracing::info!(predicted = ?observe::predict_start(self.places, Some(&install)), "not proved");
                self.report_phase(StepId::Prove, PhaseState::Failed, Some(finding.clone()));
                findings.push(finding);
                self.report(Outcome::Unproved, findings, None)
            }
        }
    }

    fn step(&mut self, step: StepId, act: impl FnOnce(&mut Self) -> Result<(), Finding>) -> Result<(), Finding> {
        self.report_phase(step, PhaseState::Running, None);
        let done = act(self);
        match &done {
            Ok(()) => self.report_phase(step, PhaseState::Done, None),
            Err(finding) => self.report_phase(step, PhaseState::Failed, Some(finding.clone())),
        }
        done
    }

    fn report_phase(&mut self, step: StepId, state: PhaseState, finding: Option<Finding>) {
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
        ApplyReport {
            outcome,
            phases: std::mem::take(&mut self.phases),
            static_key_may_help: self.wishes.key_place == KeyPlace::Keychain
                && findings.iter().any(|finding| finding.code.is_avoided_by_static_key()),
            findings,
            proof,
        }
    }
}

/// The folders that writing will create, outermost first.
fn folders_to_make(places: &Places) -> Vec<String> {
    write::folders_to_make(places).iter().map(|folder| folder.to_string_lossy().into_owned()).collect()
}
