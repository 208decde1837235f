//! What was seen on the way to the gateway before anything was asked of it: the name, the connection,
//! the proxy, the encryption.
//!
//! An HTTP client says late and vaguely why it got nowhere. So the platform walks the same way step by
//! step, without any key and at the same time as the first request, and hands over what it saw as
//! data. If that request fails on the way, this decides what is said.

use super::layer_id::LayerId;
use crate::finding::{Evidence, Finding};
use crate::gateway::NetFault;

/// The walk to the gateway.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reach {
    /// The steps that were passed, in order.
    pub legs: Vec<Leg>,
    /// Where the walk ended early, and why.
    pub trouble: Option<Trouble>,
}

/// A step that was passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leg {
    /// Which: name, tcp, proxy or tls.
    pub id: LayerId,
    /// What was seen, such as `address` = `203.0.113.7`.
    pub facts: Vec<Evidence>,
    /// How long it took; nothing for a step that was not needed.
    pub millis: Option<u32>,
}

/// The step that was not passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Which step. The code alone does not always tell: a connection may be cut while it is made and
    /// while it is encrypted.
    pub layer: LayerId,
    /// What went wrong.
    pub fault: NetFault,
    /// True when this computer's clock is known to be more than a day off.
    pub clock_is_off: bool,
    /// What was seen, such as the issuer of the certificate.
    pub facts: Vec<Evidence>,
    /// How long it took.
    pub millis: Option<u32>,
}

impl Trouble {
    /// The same as a finding, with everything that was seen as evidence.
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
        let trouble = Trouble {
            layer: LayerId::Tls,
            fault: NetFault::TlsInspect { issuer: Some("Office Root".to_owned()) },
            clock_is_off: false,
            facts: vec![Evidence::new("issuer", "Office Root"), Evidence::new("not_after", "2027-01-01")],
            millis: None,
        };
        let finding = trouble.finding();
        assert_eq!(finding.code, Code::TlsInspect);
        let names: Vec<_> = finding.evidence.iter().map(|fact| fact.name.as_str()).collect();
        assert_eq!(names, ["issuer", "not_after"]);
    }
}
