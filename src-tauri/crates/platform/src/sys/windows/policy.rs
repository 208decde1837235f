//! The administrator's configuration: two policy keys, read as they are. What they mean is decided in
//! `airouter_core::claude::policy`.

use airouter_core::claude::managed::ManagedSource;
use airouter_core::claude::policy::Hives;

use super::registry::{Hive, policy_values};
use crate::places::Places;

/// Where policies are, in each hive (OD).
const KEY: &str = r"SOFTWARE\Policies\Claude";

/// What the administrator has put there. In a scratch folder the real registry does not count.
pub(crate) fn managed(places: &Places) -> ManagedSource {
    if places.is_scratch() { ManagedSource::Absent } else { of_key(KEY) }
}

fn of_key(key: &str) -> ManagedSource {
    let hives = Hives { machine: policy_values(Hive::Machine, key), user: policy_values(Hive::User, key) };
    if hives == Hives::default() { ManagedSource::Absent } else { ManagedSource::Registry(hives) }
}

#[cfg(test)]
mod tests {
    use super::super::registry::Scratch;
    use super::*;
    use airouter_core::claude::managed::judge;
    use airouter_core::finding::Code;

    #[test]
    fn a_policy_in_the_registry_is_seen_and_judged() {
        let scratch = Scratch::new();
        assert_eq!(of_key(&scratch.path), ManagedSource::Absent);
        let code = || judge(&of_key(&scratch.path), None).map(|finding| finding.code);
        scratch.key.set_value("disableAutoUpdates", &1u32).unwrap();
        assert_eq!(code(), Some(Code::ManagedAppOnly));
        scratch.key.set_value("inferenceProvider", &"gateway").unwrap();
        assert_eq!(code(), Some(Code::ManagedByPolicy));
    }

    #[test]
    fn a_rehearsal_knows_no_policy() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(managed(&Places::in_scratch(folder.path()).unwrap()), ManagedSource::Absent);
    }
}
