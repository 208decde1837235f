//! Policies of Windows: values directly under one key of the machine's hive, else of the person's.
//!
//! From 1.19367.0 on, any text or number under the machine's key hides the person's key; before, both are
//! merged (OD). A text with variables counts but cannot be read. Everything else is not there.

use serde_json::{Map, Value};
use winreg::enums::{HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE, REG_DWORD, REG_EXPAND_SZ, REG_SZ};
use winreg::types::FromRegValue;
use winreg::{HKEY, RegKey};

use super::super::refusal::Refusal;
use super::super::values::{Values, of_managed};
use super::super::version::Version;

const KEY: &str = r"SOFTWARE\Policies\Claude";

/// What the registry says to this version, if it says anything.
pub(in super::super) fn read(version: Version) -> Result<Option<Values>, Refusal> {
    let machine = hive(HKEY_LOCAL_MACHINE, KEY);
    let person = hive(HKEY_CURRENT_USER, KEY);
    let in_force = match (machine, person) {
        (None, None) => return Ok(None),
        (Some(machine), Some(mut person)) if version < Version::new(1, 19_367, 0) => {
            person.extend(machine);
            person
        }
        (Some(machine), _) => machine,
        (None, Some(person)) => person,
    };
    of_managed(in_force, version).map(Some)
}

/// The readable values of one hive; nothing when no value counts.
fn hive(root: HKEY, path: &str) -> Option<Map<String, Value>> {
    let key = RegKey::predef(root).open_subkey(path).ok()?;
    let mut values = Map::new();
    let mut counts = false;
    for (name, value) in key.enum_values().flatten() {
        match value.vtype {
            REG_SZ => {
                values.insert(name, String::from_reg_value(&value).unwrap_or_default().into());
            }
            REG_DWORD => {
                values.insert(name, number(u32::from_reg_value(&value).unwrap_or_default()));
            }
            REG_EXPAND_SZ => {}
            _ => continue,
        }
        counts = true;
    }
    counts.then_some(values)
}

/// A number may stand for a switch (OD); the text that means the same is what a managed file would hold.
fn number(number: u32) -> Value {
    match number {
        0 => "false".into(),
        1 => "true".into(),
        more => more.to_string().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use winreg::RegValue;
    use winreg::enums::REG_QWORD;

    #[test]
    fn only_what_the_app_can_see_counts() {
        let path = format!(r"Software\AIRouter Setup Tests\practice {}", std::process::id());
        let (key, _) = RegKey::predef(HKEY_CURRENT_USER).create_subkey(&path).expect("a key");
        assert_eq!(hive(HKEY_CURRENT_USER, &path), None);
        let raw = |vtype| RegValue { vtype, bytes: vec![0; 8].into() };
        key.set_raw_value("wide", &raw(REG_QWORD)).expect("a value");
        assert_eq!(hive(HKEY_CURRENT_USER, &path), None, "a wide number is not there");
        key.set_raw_value("expandable", &raw(REG_EXPAND_SZ)).expect("a value");
        assert_eq!(hive(HKEY_CURRENT_USER, &path), Some(Map::new()), "it counts and says nothing");
        key.set_value("disableAutoUpdates", &1u32).expect("a value");
        let read = hive(HKEY_CURRENT_USER, &path).expect("it counts");
        assert_eq!(read["disableAutoUpdates"], "true");
        assert_eq!((number(0), number(72)), ("false".into(), "72".into()));
        RegKey::predef(HKEY_CURRENT_USER).delete_subkey_all(&path).expect("removed");
    }

    #[test]
    fn a_computer_without_policies_has_none() {
        assert_eq!(read(super::super::super::version::NEWEST), Ok(None));
    }
}
