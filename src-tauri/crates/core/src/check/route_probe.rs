//! The route probe: what was observed on the route to the gateway before any request: the name, the
//! connection, the proxy, the encryption.
//!
//! An HTTP client reports late and vaguely why it failed. So the platform probes the same route step by
//! step, without any key and at the same time as the first request, and hands over its observations. If
//! that request fails on the route, the probe decides what is reported.

use super::layer_id::LayerId;
use crate::finding::{Evidence, Finding};
use crate::gateway::NetFault;

/// The result of a route probe.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RouteProbe {
    /// The steps that passed, in order.
    pub steps: Vec<ProbeStep>,
    /// The step that failed, if one did.
    pub failure: Option<ProbeFailure>,
}

/// A step that passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeStep {
    /// Which step: name, tcp, proxy or tls.
    pub id: LayerId,
    /// What was observed, such as `address` = `203.0.113.7`.
    pub facts: Vec<Evidence>,
    /// How long it took, in milliseconds; `None` for a step that was not needed.
    pub millis: Option<u32>,
}

/// The step that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeFailure {
    /// Which step. The fault alone does not always tell: a connection may be cut while it is made and
    /// while it is encrypted.
    pub layer: LayerId,
    /// What went wrong.
    pub fault: NetFault,
    /// True when this computer's clock is known to be more than a day off.
    pub clock_is_off: bool,
    /// What was observed, such as the issuer of the certificate.
    pub facts: Vec<Evidence>,
    /// How long it took, in milliseconds.
    pub millis: Option<u32>,
}

impl ProbeFailure {
    /// The failure as a finding, with all observations as evidence, each name once.
    pub fn finding(&self) -> Finding {
        let mut finding = self.fault.finding(self.clock_is_off);
        for fact in &self.facts {
            if finding.evidence.iter().all(|known| known.name != fact.name) {
                finding.evidence.push(fact.clone());
            }
        }
        finding
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Code;

    #[test]
    fn what_was_seen_is_evidence_and_nothing_is_said_twice() {
        let failure = ProbeFailure {
            layer: LayerId::Tls,
            fault: NetFault::TlsInspect { issuer: Some("Office Root".to_owned()) },
            clock_is_off: false,
            facts: vec![Evidence::new("issuer", "Office Root"), Evidence::new("not_after", "2027-01-01")],
            millis: None,
        };
        let finding = failure.finding();
        assert_eq!(finding.code, Code::TlsInspect);
        let names: Vec<_> = finding.evidence.iter().map(|fact| fact.name.as_str()).collect();
        assert_eq!(names, ["issuer", "not_after"]);
    }
}
