//! The list that the checks add their results to.

use super::{DoctorCheck, DoctorState, DoctorStep};
use crate::finding::{Code, Finding, Severity};

/// The checks so far.
pub(super) struct CheckList {
    checks: Vec<DoctorCheck>,
    /// True when this connection was configured, so that its problems count in full.
    pub(super) is_configured: bool,
}

impl CheckList {
    pub(super) fn new(is_configured: bool) -> Self {
        Self { checks: Vec::new(), is_configured }
    }

    /// Adds a check that was made; no finding means that nothing is wrong.
    pub(super) fn tested(&mut self, step: DoctorStep, code: Code, finding: Option<Finding>) {
        let state = if finding.is_some() { DoctorState::Trouble } else { DoctorState::Ok };
        self.put(step, code, state, finding);
    }

    /// Adds a check of a problem that connecting would fix: it counts in full only where this connection was
    /// configured.
    pub(super) fn fixed_by_connecting(&mut self, step: DoctorStep, code: Code, finding: Option<Finding>) {
        let finding = finding.map(|finding| if self.is_configured { finding } else { finding.softened() });
        self.tested(step, code, finding);
    }

    /// Adds a check that was not made.
    pub(super) fn untested(&mut self, step: DoctorStep, code: Code) {
        self.put(step, code, DoctorState::NotTested, None);
    }

    /// Adds a check that was made if `look` is `Some`.
    pub(super) fn tested_if(&mut self, step: DoctorStep, code: Code, look: Option<Option<Finding>>) {
        match look {
            Some(finding) => self.fixed_by_connecting(step, code, finding),
            None => self.untested(step, code),
        }
    }

    pub(super) fn into_checks(self) -> Vec<DoctorCheck> {
        self.checks
    }

    fn put(&mut self, step: DoctorStep, code: Code, state: DoctorState, finding: Option<Finding>) {
        let owner = finding.as_ref().map_or(code.owner(), |finding| finding.owner);
        let blocking = code.severity() == Severity::Blocking;
        self.checks.push(DoctorCheck { code, step, state, owner, blocking, finding });
    }
}
