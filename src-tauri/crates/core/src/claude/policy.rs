//! Policies that are not one file: the two registry hives of Windows, the two property lists of macOS.
//!
//! Both have one part for the machine and one for the person, but they are combined differently, and
//! different values are ignored. These rules are Claude's (OD unless said otherwise). This module only
//! decides which keys are in force; [`super::managed`] judges what they mean.

use super::version::Version;

/// The policy key of the machine.
pub const MACHINE: &str = r"HKLM\SOFTWARE\Policies\Claude";
/// The policy key of the person.
pub const USER: &str = r"HKCU\SOFTWARE\Policies\Claude";

/// From this version on the hives are not merged (OD).
const NO_LONGER_MERGED: Version = Version(1, 19367, 0);

/// A value directly under a policy key. Values of subkeys never count and are not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyValue {
    /// Its name; empty for the key's default value.
    pub name: String,
    /// What it is.
    pub data: Data,
}

/// A registry value, as far as Claude can see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// `REG_SZ`
    Text(String),
    /// `REG_DWORD`
    Number(u32),
    /// `REG_EXPAND_SZ`: it counts, but Claude cannot read it.
    Expandable,
    /// `REG_QWORD`, `REG_MULTI_SZ`, `REG_BINARY` and the rest: Claude ignores them.
    Invisible,
}

/// The values of both registry hives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hives {
    /// Under [`MACHINE`].
    pub machine: Vec<PolicyValue>,
    /// Under [`USER`].
    pub user: Vec<PolicyValue>,
}

/// A property list with its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// Its path.
    pub path: String,
    /// Its content, as XML or in Apple's binary form.
    pub bytes: Vec<u8>,
}

/// Both property lists of macOS, as far as they exist.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lists {
    /// `/Library/Managed Preferences/<user>/com.anthropic.claudefordesktop.plist`
    pub user: Option<List>,
    /// `/Library/Managed Preferences/com.anthropic.claudefordesktop.plist`
    pub machine: Option<List>,
}

/// The keys that are in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Policy {
    /// There is no policy.
    None,
    /// There is one that cannot be read at all.
    Broken {
        /// Its path or registry key.
        place: String,
        /// The reason, as a stable word.
        why: String,
    },
    /// There is one.
    InForce {
        /// Its path or registry key; both, where two are merged.
        place: String,
        /// The names that Claude reads, sorted.
        keys: Vec<String>,
        /// The names that count although Claude cannot read their values, sorted.
        unreadable: Vec<String>,
    },
}

/// The policy of the registry. From 1.19367.0 on, any value that counts directly under the machine's
/// key hides the person's key, whatever its name: misspelled, empty, or the default value. Before,
/// both were merged and the machine's had precedence. An unknown version is treated as a new one.
pub fn of_registry(hives: &Hives, claude: Option<Version>) -> Policy {
    let (places, values) = counting(hives, claude);
    if places.is_empty() { Policy::None } else { in_force(&places.join(", "), values.into_iter()) }
}

/// The values of the hives that count, the machine's first.
pub(super) fn values_of_registry(hives: &Hives, claude: Option<Version>) -> Vec<&PolicyValue> {
    counting(hives, claude).1
}

fn counting(hives: &Hives, claude: Option<Version>) -> (Vec<&'static str>, Vec<&PolicyValue>) {
    let counts = |values: &[PolicyValue]| values.iter().any(|value| value.data != Data::Invisible);
    let (machine, user) = (counts(&hives.machine), counts(&hives.user));
    let is_merged = claude.is_some_and(|version| version < NO_LONGER_MERGED);
    match (machine, user) {
        (false, false) => (Vec::new(), Vec::new()),
        (true, true) if is_merged => (vec![MACHINE, USER], hives.machine.iter().chain(&hives.user).collect()),
        (true, _) => (vec![MACHINE], hives.machine.iter().collect()),
        (false, true) => (vec![USER], hives.user.iter().collect()),
    }
}

fn in_force<'a>(place: &str, values: impl Iterator<Item = &'a PolicyValue>) -> Policy {
    let (mut keys, mut unreadable) = (Vec::new(), Vec::new());
    for value in values {
        match value.data {
            Data::Text(_) | Data::Number(_) => keys.push(shown(&value.name)),
            Data::Expandable => unreadable.push(shown(&value.name)),
            Data::Invisible => {}
        }
    }
    for names in [&mut keys, &mut unreadable] {
        names.sort();
        names.dedup();
    }
    Policy::InForce { place: place.to_owned(), keys, unreadable }
}

fn shown(name: &str) -> String {
    if name.is_empty() { "(Default)".to_owned() } else { name.to_owned() }
}

/// The policy of macOS: both lists merged key by key, the person's having precedence. Keys of the
/// configuration profile that installed them (`Payload…`) are not Claude's. Claude ignores a misspelled key;
/// here it counts nevertheless, since there is no complete list of the keys of all versions, and overlooking
/// a policy would make the program write without effect.
pub fn of_plists(lists: &Lists) -> Policy {
    match merged(lists) {
        Err(broken) => broken,
        Ok((values, _)) if values.is_empty() => Policy::None,
        Ok((values, places)) => {
            let mut keys: Vec<String> = values.into_iter().map(|(name, _)| name).collect();
            keys.sort();
            Policy::InForce { place: places.join(", "), keys, unreadable: Vec::new() }
        }
    }
}

/// The values in force, and the lists that have some.
fn merged(lists: &Lists) -> Result<(plist::Dictionary, Vec<String>), Policy> {
    let (mut merged, mut places) = (plist::Dictionary::new(), Vec::new());
    for list in [&lists.user, &lists.machine].into_iter().flatten() {
        let broken = |why: &str| Policy::Broken { place: list.path.clone(), why: why.to_owned() };
        let value =
            plist::Value::from_reader(std::io::Cursor::new(&list.bytes)).map_err(|_| broken("not a property list"))?;
        let values = value.into_dictionary().ok_or_else(|| broken("not a dictionary"))?;
        let own: Vec<_> = values.into_iter().filter(|(name, _)| !name.starts_with("Payload")).collect();
        if !own.is_empty() {
            places.push(list.path.clone());
        }
        for (name, value) in own {
            if !merged.contains_key(&name) {
                merged.insert(name, value);
            }
        }
    }
    Ok((merged, places))
}

#[cfg(test)]
mod tests;
