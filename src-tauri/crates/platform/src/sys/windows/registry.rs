//! Reads the registry. A missing key or value is `None`, and so is one that may not be read: if a policy is in force
//! that the person may not read, the proof after the start shows it.

use winreg::enums::{
    HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE, KEY_READ, KEY_WOW64_64KEY, REG_DWORD, REG_EXPAND_SZ, REG_SZ,
};
use winreg::types::FromRegValue;
use winreg::{HKEY, RegKey};

use airouter_core::claude::policy::{Data, PolicyValue};
use airouter_core::system::Variable;

/// A part of the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hive {
    /// `HKEY_LOCAL_MACHINE`
    Machine,
    /// `HKEY_CURRENT_USER`
    User,
}

/// Opens a key; `None` if there is none. Programs of 32 and 64 bits see the same one.
pub(super) fn key(hive: Hive, path: &str) -> Option<RegKey> {
    RegKey::predef(hive.handle()).open_subkey_with_flags(path, KEY_READ | KEY_WOW64_64KEY).ok()
}

/// A text value of a key; variables in it are not expanded.
pub(super) fn text(key: &RegKey, name: &str) -> Option<String> {
    key.get_value::<String, _>(name).ok()
}

/// A list of texts of a key; empty if there is none.
pub(super) fn texts(key: &RegKey, name: &str) -> Vec<String> {
    key.get_value::<Vec<String>, _>(name).unwrap_or_default()
}

/// A number of a key.
pub(super) fn number(key: &RegKey, name: &str) -> Option<u32> {
    key.get_value::<u32, _>(name).ok()
}

/// An environment variable of a key.
pub(super) fn variable(key: &RegKey, name: &str) -> Option<Variable> {
    let value = key.get_raw_value(name).ok()?;
    let is_expandable = value.vtype == REG_EXPAND_SZ;
    if !is_expandable && value.vtype != REG_SZ {
        return None;
    }
    String::from_reg_value(&value).ok().map(|text| Variable { text, is_expandable })
}

/// All environment variables of a key, with their names.
pub(super) fn variables(key: &RegKey) -> Vec<(String, Variable)> {
    let names = key.enum_values().filter_map(Result::ok).map(|(name, _)| name);
    names.filter_map(|name| Some((name.clone(), variable(key, &name)?))).collect()
}

/// The values directly under a key, in the types that Claude distinguishes.
pub(super) fn policy_values(hive: Hive, path: &str) -> Vec<PolicyValue> {
    let Some(key) = key(hive, path) else { return Vec::new() };
    key.enum_values()
        .filter_map(Result::ok)
        .map(|(name, value)| {
            let data = match value.vtype {
                REG_SZ => String::from_reg_value(&value).map_or(Data::Invisible, Data::Text),
                REG_DWORD => u32::from_reg_value(&value).map_or(Data::Invisible, Data::Number),
                REG_EXPAND_SZ => Data::Expandable,
                _ => Data::Invisible,
            };
            PolicyValue { name, data }
        })
        .collect()
}

impl Hive {
    fn handle(self) -> HKEY {
        match self {
            Self::Machine => HKEY_LOCAL_MACHINE,
            Self::User => HKEY_CURRENT_USER,
        }
    }
}

/// A key for one test, below a registry path that nothing else uses; removed when dropped.
#[cfg(test)]
pub(super) struct Scratch {
    pub(super) path: String,
    pub(super) key: RegKey,
}

#[cfg(test)]
impl Scratch {
    pub(super) fn new() -> Self {
        let path = format!(r"Software\AIRouter Setup Tests\{}", uuid::Uuid::new_v4());
        let (key, _) = RegKey::predef(HKEY_CURRENT_USER).create_subkey(&path).unwrap();
        Self { path, key }
    }
}

#[cfg(test)]
impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = RegKey::predef(HKEY_CURRENT_USER).delete_subkey_all(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use winreg::RegValue;
    use winreg::enums::{REG_BINARY, REG_MULTI_SZ, REG_QWORD};

    #[test]
    fn every_type_of_value_is_told_apart() {
        let scratch = Scratch::new();
        let raw = |vtype, bytes: &[u8]| RegValue { vtype, bytes: bytes.to_vec().into() };
        scratch.key.set_value("text", &"gateway").unwrap();
        scratch.key.set_value("number", &7u32).unwrap();
        scratch.key.set_value("", &"the default").unwrap();
        scratch.key.set_raw_value("expandable", &raw(REG_EXPAND_SZ, b"%\0x\0\0\0")).unwrap();
        scratch.key.set_raw_value("long", &raw(REG_QWORD, &[0; 8])).unwrap();
        scratch.key.set_raw_value("list", &raw(REG_MULTI_SZ, b"a\0\0\0\0\0")).unwrap();
        scratch.key.set_raw_value("bytes", &raw(REG_BINARY, &[1, 2])).unwrap();
        scratch.key.create_subkey("inferenceProvider").unwrap();
        let mut values = policy_values(Hive::User, &scratch.path);
        values.sort_by(|a, b| a.name.cmp(&b.name));
        let value = |name: &str, data| PolicyValue { name: name.to_owned(), data };
        assert_eq!(
            values,
            [
                value("", Data::Text("the default".to_owned())),
                value("bytes", Data::Invisible),
                value("expandable", Data::Expandable),
                value("list", Data::Invisible),
                value("long", Data::Invisible),
                value("number", Data::Number(7)),
                value("text", Data::Text("gateway".to_owned())),
            ]
        );
    }

    #[test]
    fn what_is_not_there_is_nothing() {
        let scratch = Scratch::new();
        assert!(policy_values(Hive::User, r"Software\AIRouter Setup Tests\nobody").is_empty());
        assert!(key(Hive::Machine, r"Software\AIRouter Setup Tests\nobody").is_none());
        assert_eq!((text(&scratch.key, "x"), number(&scratch.key, "x")), (None, None));
        scratch.key.set_value("x", &vec!["zh-Hans-CN".to_owned(), "en-US".to_owned()]).unwrap();
        assert_eq!(texts(&scratch.key, "x"), ["zh-Hans-CN", "en-US"]);
        assert_eq!(Hive::User.handle(), HKEY_CURRENT_USER);
    }

    #[test]
    fn only_texts_are_variables() {
        let scratch = Scratch::new();
        scratch.key.set_value("PLAIN", &"a").unwrap();
        scratch.key.set_value("NUMBER", &7u32).unwrap();
        let expandable = RegValue { vtype: REG_EXPAND_SZ, bytes: b"%\0x\0\0\0".to_vec().into() };
        scratch.key.set_raw_value("EXPANDABLE", &expandable).unwrap();
        let kept = |name: &str| variable(&scratch.key, name).map(|kept| (kept.text, kept.is_expandable));
        assert_eq!(kept("PLAIN"), Some(("a".to_owned(), false)));
        assert_eq!(kept("EXPANDABLE"), Some(("%x".to_owned(), true)));
        assert_eq!((kept("NUMBER"), kept("MISSING")), (None, None));
        let mut names: Vec<String> = variables(&scratch.key).into_iter().map(|(name, _)| name).collect();
        names.sort();
        assert_eq!(names, ["EXPANDABLE", "PLAIN"]);
    }
}
