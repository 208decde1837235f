//! The environment variables that Windows keeps, and the files that run when a PowerShell starts.
//!
//! Programs that are started from the Start menu get what stands in the registry now; this program may have been
//! started from a terminal that is older. `airouter_core::system` decides between the two.

use std::ffi::OsString;
use std::path::PathBuf;

use airouter_core::system::{Variable, in_force};

use super::registry::{Hive, key, variable as read, variables};
use crate::places::Places;

/// The person's variables.
const PERSON: &str = "Environment";
/// Those of the machine.
const MACHINE: &str = r"SYSTEM\CurrentControlSet\Control\Session Manager\Environment";
/// The files of Windows' own PowerShell and of newer ones that run at each start: for one host and for all.
const PROFILES: [&str; 2] = ["Microsoft.PowerShell_profile.ps1", "profile.ps1"];

/// A variable as Claude gets it from the Start menu.
pub(crate) fn variable(name: &str) -> Option<OsString> {
    let kept = |hive, path| key(hive, path).and_then(|key| read(&key, name));
    let (person, machine) = (kept(Hive::User, PERSON), kept(Hive::Machine, MACHINE));
    let process = |name: &str| std::env::var(name).ok();
    in_force(name, person.as_ref(), machine.as_ref(), process).map(OsString::from)
}

/// The variables that Windows keeps: where, name, value.
pub(crate) fn stored_variables() -> Vec<(String, String, String)> {
    let of = |hive, path: &str, place: &str| -> Vec<(String, String, String)> {
        let all = key(hive, path).map(|key| variables(&key)).unwrap_or_default();
        all.into_iter().map(|(name, Variable { text, .. })| (place.to_owned(), name, text)).collect()
    };
    let mut all = of(Hive::User, PERSON, r"HKCU\Environment");
    all.extend(of(Hive::Machine, MACHINE, &format!(r"HKLM\{MACHINE}")));
    all
}

/// The files that run when a PowerShell starts (OD), of this person and of all.
pub(crate) fn start_files(places: &Places) -> Vec<PathBuf> {
    let named = if places.is_scratch() { None } else { dirs::document_dir() };
    let documents = named.unwrap_or_else(|| places.base_folders.home.join("Documents"));
    let mut folders = vec![documents.join("WindowsPowerShell"), documents.join("PowerShell")];
    folders.push(places.system.join(r"System32\WindowsPowerShell\v1.0"));
    if !places.is_scratch()
        && let Some(programs) = std::env::var_os("ProgramFiles")
    {
        folders.push(PathBuf::from(programs).join(r"PowerShell\7"));
    }
    folders.iter().flat_map(|folder| PROFILES.map(|profile| folder.join(profile))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use winreg::RegKey;
    use winreg::enums::{HKEY_CURRENT_USER, REG_EXPAND_SZ};

    /// A variable of the person, removed when dropped.
    struct Kept(RegKey, String);

    impl Kept {
        fn new(text: &str) -> Self {
            let (key, _) = RegKey::predef(HKEY_CURRENT_USER).create_subkey(PERSON).unwrap();
            let name = format!("ANTHROPIC_{}", uuid::Uuid::new_v4().simple().to_string().to_uppercase());
            key.set_value(&name, &text).unwrap();
            Self(key, name)
        }
    }

    impl Drop for Kept {
        fn drop(&mut self) {
            let _ = self.0.delete_value(&self.1);
        }
    }

    #[test]
    fn the_registrys_value_is_the_one_in_force() {
        let kept = Kept::new("of the registry");
        assert_eq!(std::env::var_os(&kept.1), None, "this process is older");
        assert_eq!(variable(&kept.1), Some("of the registry".into()));
        let bytes: Vec<u8> = "%USERPROFILE%\\x\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
        kept.0.set_raw_value(&kept.1, &winreg::RegValue { vtype: REG_EXPAND_SZ, bytes: bytes.into() }).unwrap();
        let home = std::env::var("USERPROFILE").unwrap();
        assert_eq!(variable(&kept.1), Some(format!(r"{home}\x").into()));
        let found = stored_variables();
        let place = found.iter().find(|(_, name, _)| *name == kept.1).map(|(place, ..)| place.as_str());
        assert_eq!(place, Some(r"HKCU\Environment"));
        assert!(found.iter().any(|(place, ..)| place.starts_with("HKLM")), "every computer has some");
        assert_eq!(variable("AIROUTER_NOBODY_HAS_THIS"), None);
        assert_eq!(variable("COMPUTERNAME"), std::env::var_os("COMPUTERNAME"), "of this process alone");
    }

    #[test]
    fn the_profiles_of_both_powershells_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_scratch(folder.path()).unwrap();
        let files = start_files(&places);
        let documents = places.base_folders.home.join("Documents");
        for folder in ["WindowsPowerShell", "PowerShell"] {
            assert!(files.contains(&documents.join(folder).join("Microsoft.PowerShell_profile.ps1")), "{files:?}");
            assert!(files.contains(&documents.join(folder).join("profile.ps1")), "{files:?}");
        }
        assert!(files.iter().any(|path| path.starts_with(&places.system)), "{files:?}");
    }
}
