//! The two authentication headers, and which refusal counts when both are refused.

use super::CheckFlow;
use super::attribution::with_code;
use crate::check::AuthScheme;
use crate::finding::{Code, Finding};

impl CheckFlow {
    pub(super) fn may_try_other_scheme(&self, finding: &Finding) -> bool {
        let is_about_the_scheme = matches!(finding.code, Code::KeyMissing | Code::KeyRejected | Code::AuthScheme);
        is_about_the_scheme && self.pinned_scheme.is_none() && self.first_refusal.is_none()
    }

    pub(super) fn try_other_scheme(&mut self, refused: AuthScheme, finding: Finding) {
        self.first_refusal = Some((refused, finding));
        self.scheme = other(refused);
    }

    /// Of the refusals of both headers, the one about the key itself: a gateway that reads only one header
    /// says of a key in the other one that there is none.
    pub(super) fn refusal(&mut self, last: Finding) -> Finding {
        let telling = match self.first_refusal.clone() {
            Some((scheme, first)) if !self.list_accepted && weight(first.code) >= weight(last.code) => {
                self.scheme = scheme;
                first
            }
            _ => last,
        };
        if telling.code == Code::AuthScheme { with_code(telling, Code::KeyMissing) } else { telling }
    }
}

fn other(scheme: AuthScheme) -> AuthScheme {
    match scheme {
        AuthScheme::Bearer => AuthScheme::XApiKey,
        AuthScheme::XApiKey => AuthScheme::Bearer,
    }
}

/// How much a refusal says about the key.
fn weight(code: Code) -> u8 {
    match code {
        Code::KeyMissing | Code::AuthScheme => 0,
        Code::KeyRejected => 1,
        // A transient failure says nothing about the key.
        code if code.number().starts_with("AR-2") || code.number().starts_with("AR-6") => 1,
        _ => 2,
    }
}
