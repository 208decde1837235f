//! Carrying out a plan: quit Claude, install the helper, store the key, write, read again, start,
//! prove. Each change has its undo on disk before it is made; if a step fails, what was done is taken
//! back at once.

mod carried;
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

use crate::claude::{self, Install};
use crate::helper::{self, LetGo, Naming};
use crate::places::{Places, library_in};
use crate::{files, observe, recover, state};
use key::KeyChange;
use write::Writing;

pub(crate) use leave::leave;
pub use unchanged::unchanged;

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
    let places = &places.resolved();
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
        let (plan, more) = match self.while_claude_is_closed(&first, was_running) {
            Ok(done) => done,
            Err(mut stopped) => {
                // It was running before, so it runs again; but not on what is half done.
                if was_running
                    && stopped.outcome != Outcome::Interrupted
                    && let Some(install) = &self.install
                    && let Err(finding) = claude::start(install, self.places)
                {
                    stopped.findings.push(finding.softened());
                }
                return Err(stopped);
            }
        };
        let mut findings: Vec<Finding> =
            plan.findings.iter().filter(|finding| finding.code != Code::ClaudeMissing).cloned().collect();
        findings.extend(more.iter().cloned());
        if !plan.steps.contains(&StepId::StartClaude) {
            let untried = self.install.is_some().then(|| Finding::new(Code::NotProved));
            return Ok(self.report(
                Outcome::Written,
                plan.findings.into_iter().chain(more).chain(untried).collect(),
                None,
            ));
        }
        Ok(self.start_and_prove(findings))
    }

    fn while_claude_is_closed(&mut self, first: &Plan, was_running: bool) -> Result<(Plan, Vec<Finding>), Stopped> {
        let settled = recover::within_lock(self.places);
        if let Some(finding) = settled.clone().filter(Finding::blocks) {
            return Err(Stopped { outcome: Outcome::Refused, findings: vec![finding] });
        }
        // Claude saves its settings while quitting, so what was planned is planned again.
        let planned = self.plan(Some(first));
        let changed = planned.and_then(|(plan, facts)| Ok((self.change(&plan, &facts, was_running)?, plan)));
        match changed {
            Ok((more, plan)) => Ok((plan, settled.into_iter().chain(more).collect())),
            Err(mut stopped) => {
                let aside = settled.as_ref().and_then(|settled| settled.fact("kept_aside"));
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

    /// Makes all changes or none, and gives what is worth saying of it.
    fn change(&mut self, plan: &Plan, facts: &Facts, was_running: bool) -> Result<Vec<Finding>, Stopped> {
        let earlier = facts.journal.as_ref();
        let made_folders = folders_to_make(self.places);
        let mut journal = Journal::of(plan, facts, self.wishes, Some(self.key.masked()), made_folders);
        let changes = carried::note(&mut journal, earlier, self.places);
        let mut key_change = KeyChange::new(self.places);
        let mut writing = Writing::new(self.places);
        // A profile that nobody remembers writing may have named the helper, too.
        let leaves_keychain = plan.key_place == KeyPlace::Profile
            && (earlier.is_some_and(Journal::may_hold_key)
                || matches!(helper::naming(self.places), Naming::Named { .. }));
        let settled = |journal: &Journal| Journal {
            pending: None,
            stray_key: journal.stray_key || leaves_keychain,
            ..journal.clone()
        };

        let done = state::keep_journal(self.places, Some(&journal))
            .and_then(|()| self.change_all(plan, &changes, &mut journal, &mut key_change, &mut writing, was_running))
            .and_then(|()| state::keep_journal(self.places, Some(&settled(&journal))));
        match done {
            Ok(()) if plan.key_place == KeyPlace::Profile => {
                Ok(self.leave_the_keychain(settled(&journal), leaves_keychain))
            }
            Ok(()) => Ok(Vec::new()),
            Err(finding) => Err(match self.roll_back(earlier, &key_change, &mut writing) {
                Ok(()) => Stopped { outcome: Outcome::RolledBack, findings: vec![finding] },
                // The last word of the journal was written, only nobody heard that it was.
                Err(_) if self.is_done(&journal) => return Ok(Vec::new()),
                // The journal stays: the next start goes on.
                Err(cause) => {
                    recover::keep_apart(self.places, &journal);
                    let findings = [finding, recover::interrupted(&cause)];
                    let findings = findings.into_iter().chain(plan.kept_aside().cloned()).collect();
                    Stopped { outcome: Outcome::Interrupted, findings }
                }
            }),
        }
    }

    /// The journal says that nothing is under way any more, and the files are as it says.
    fn is_done(&self, under_way: &Journal) -> bool {
        let is_settled = |journal: Journal| journal.pending.is_none() && journal.base == under_way.base;
        state::journal(self.places).ok().flatten().is_some_and(is_settled)
            && Progress::of(under_way, observe::now) == Progress::Written
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
        state::keep_organization(self.places, &plan.organization)?;
        if plan.key_place == KeyPlace::Keychain {
            self.step(StepId::InstallHelper, |work| key_change.install_helper(work.places))?;
            self.step(StepId::StoreKey, |work| {
                let before = key_change.look(work.places)?;
                if let Some(pending) = &mut journal.pending {
                    pending.key_before = before;
                }
                state::keep_journal(work.places, Some(journal))?;
                key_change.store(work.places, work.key)
            })?;
        }
        self.step(StepId::WriteFiles, |work| {
            writing.write(Some(work.key))?;
            // Also where every value was right already: somebody may have opened it to others.
            for root in work.places.roots() {
                let profile = library_in(root).join(format!("{}.json", plan.profile_id));
                files::make_private(&profile).map_err(|error| files::cannot_write(&profile, &error))?;
            }
            Ok(())
        })?;
        self.step(StepId::Verify, |_| writing.verify(was_running))?;
        Ok(())
    }

    /// Takes everything back, one thing after the other, and looks whether it is back.
    ///
    /// # Errors
    /// The first that could not be taken back; the journal still knows it.
    fn roll_back(
        &self,
        earlier: Option<&Journal>,
        key_change: &KeyChange,
        writing: &mut Writing,
    ) -> Result<(), Finding> {
        // The key last: where a file stays as it was written, it needs the key that goes with it.
        writing.roll_back()?;
        key_change.roll_back(self.places, self.key, earlier.is_some())?;
        if self.install.as_ref().is_some_and(claude::is_running) {
            // Somebody has started it meanwhile, and it writes its settings when it quits.
            return Err(Finding::new(Code::ClaudeRunning));
        }
        // A disk that fails may have written it before it said so, or have left it as it was.
        let is_noted = || state::journal(self.places).is_ok_and(|noted| noted.as_ref() == earlier);
        state::keep_journal(self.places, earlier).or_else(|cause| if is_noted() { Ok(()) } else { Err(cause) })
    }

    /// The key has moved into the profile: it is not left in two places. Only now, when nothing can be taken
    /// back any more. A keychain that does not give it up is said, and asked again by the next undo.
    fn leave_the_keychain(&self, mut journal: Journal, may_hold_key: bool) -> Vec<Finding> {
        let gone = helper::let_go(self.places, may_hold_key);
        let stays = match gone {
            Ok(LetGo::Gone | LetGo::Nothing | LetGo::Needed) => None,
            Ok(LetGo::KeyStays(finding)) | Err(finding) => Some(finding.softened()),
        };
        if stays.is_some() != journal.stray_key {
            journal.stray_key = stays.is_some();
            if let Err(finding) = state::keep_journal(self.places, Some(&journal)) {
                return stays.into_iter().chain([finding.softened()]).collect();
            }
        }
        stays.into_iter().collect()
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
                tracing::info!(predicted = ?observe::outlook(self.places, Some(&install)), "not proved");
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
