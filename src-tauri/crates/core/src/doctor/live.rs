//! The results of the live check as checks of the doctor: its twelve layers in groups.

use super::checklist::CheckList;
use super::{DoctorStep, facts::DoctorFacts};
use crate::check::{LampState, LayerId};
use crate::finding::Code;

/// A group of layers, with the code and the step of its check.
pub(super) struct Group {
    code: Code,
    step: DoctorStep,
    layers: &'static [LayerId],
}

/// The key and the account behind it.
pub(super) const KEY: [Group; 2] = [
    Group { code: Code::KeyRejected, step: DoctorStep::Key, layers: &[LayerId::Key] },
    Group { code: Code::QuotaExhausted, step: DoctorStep::Key, layers: &[LayerId::Account] },
];

/// The connection to the address, and whether it is a gateway.
pub(super) const ROUTE: [Group; 2] = [
    Group {
        code: Code::TcpTimeout,
        step: DoctorStep::Address,
        layers: &[LayerId::Name, LayerId::Tcp, LayerId::Proxy, LayerId::Tls, LayerId::Http],
    },
    Group { code: Code::WrongBaseUrl, step: DoctorStep::Address, layers: &[LayerId::Shape] },
];

/// The answers.
pub(super) const ANSWERS: [Group; 4] = [
    Group { code: Code::ModelsEmpty, step: DoctorStep::Reached, layers: &[LayerId::Models] },
    Group { code: Code::UpstreamError, step: DoctorStep::Reached, layers: &[LayerId::Message] },
    Group { code: Code::StreamBroken, step: DoctorStep::Reached, layers: &[LayerId::Streaming] },
    Group { code: Code::ToolsBroken, step: DoctorStep::Reached, layers: &[LayerId::Tools] },
];

/// Adds a check for each group.
pub(super) fn look(facts: &DoctorFacts, groups: &[Group], list: &mut CheckList) {
    for group in groups {
        let Some(report) = &facts.live else {
            list.untested(group.step, group.code);
            continue;
        };
        let mut layers = report.layers.iter().filter(|layer| group.layers.contains(&layer.id));
        let found = layers.clone().find_map(|layer| layer.finding.clone());
        let is_tested = layers.any(|layer| matches!(layer.state, LampState::Ok | LampState::Warning));
        match found {
            Some(finding) => list.tested(group.step, group.code, Some(finding)),
            None if is_tested => list.tested(group.step, group.code, None),
            None => list.untested(group.step, group.code),
        }
    }
}

/// True for the code of a check that comes from the live check.
pub(super) fn is_live(code: Code) -> bool {
    KEY.iter().chain(&ROUTE).chain(&ANSWERS).any(|group| group.code == code)
}
