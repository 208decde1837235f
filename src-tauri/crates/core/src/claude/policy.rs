//! Policies that are not one file: the two registry hives of Windows, the two property lists of macOS.
//!
//! Both come in pairs, one for the machine and one for the person, but the pairs go together
//! differently, and what does not count differs too. These rules are Claude's (OD unless said
//! otherwise); here is no judgement of what a policy means, only which of its keys are in force.

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
    /// `REG_QWORD`, `REG_MULTI_SZ`, `REG_BINARY` and the rest: for Claude they are not there.
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

/// A property list with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// Where.
    pub path: String,
    /// What is in it, as XML or in Apple's binary form.
    pub bytes: Vec<u8>,
}

/// Both property lists of macOS, where they are there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lists {
    /// `/Library/Managed Preferences/<user>/com.anthropic.claudefordesktop.plist`
    pub user: Option<List>,
    /// `/Library/Managed Preferences/com.anthropic.claudefordesktop.plist`
    pub machine: Option<List>,
}

/// Which keys are in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Policy {
    /// There is no policy.
    None,
    /// There is one that cannot be read at all.
    Broken {
        /// Where.
        place: String,
        /// Why, as a stable word.
        why: String,
    },
    /// There is one.
    InForce {
        /// Where; both places, where they are merged.
        place: String,
        /// The names that Claude reads, sorted.
        keys: Vec<String>,
        /// The names that count although Claude cannot read their values, sorted.
        unreadable: Vec<String>,
    },
}

/// The policy of the registry. From 1.19367.0 on, any value that counts directly under the machine's
/// key hides the person's key, whatever it is called: misspelled, empty, or the default value. Before,
/// both were merged and the machine's won. An unknown version is taken for a new one.
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

/// The policy of macOS: both lists merged key by key, the person's winning. Keys of the profile that
/// brought them (`Payload…`) are not Claude's. A misspelled key is ignored by Claude; here it counts all
/// the same, since there is no complete list of the keys of all versions, and a policy that is taken for
/// none would make the program write in vain.
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
