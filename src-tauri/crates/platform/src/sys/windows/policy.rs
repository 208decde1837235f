//! The administrator's configuration: two policy keys, read unchanged. `airouter_core::claude::policy` interprets
//! them.

use airouter_core::claude::managed::ManagedSource;
use airouter_core::claude::policy::Hives;

use super::registry::{Hive, policy_values};
use crate::places::Places;

/// Where policies are, in each hive (OD).
const KEY: &str = r"SOFTWARE\Policies\Claude";

/// The administrator's configuration. In a scratch folder a file takes the place of the registry, at the path of
/// Linux's configuration file.
pub(crate) fn managed(places: &Places) -> ManagedSource {
    if places.is_scratch() { of_sandbox(places) } else { of_key(KEY) }
}

fn of_sandbox(places: &Places) -> ManagedSource {
    let path = places.system.join("etc").join("claude-desktop").join("managed-settings.json");
    match fs_err::read(&path) {
        Ok(bytes) => ManagedSource::File { path: path.to_string_lossy().into_owned(), bytes },
        Err(_) => ManagedSource::Absent,
    }
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
    fn a_rehearsal_knows_its_own_policy_alone() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_scratch(folder.path()).unwrap();
        assert_eq!(managed(&places), ManagedSource::Absent);
        let file = places.system.join("etc").join("claude-desktop").join("managed-settings.json");
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, r#"{"inferenceProvider":"gateway"}"#).unwrap();
        let code = judge(&managed(&places), None).map(|finding| finding.code);
        assert_eq!(code, Some(Code::ManagedByPolicy));
    }
}
