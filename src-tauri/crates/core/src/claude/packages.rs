//! Claude's packages on Windows, recognised by their full names.
//!
//! A packaged app has a full name, such as `Claude_1.46388.4.0_x64__pzs8sxrjxfjjc`: name, version,
//! processor, resource and a hash of the publisher, separated by `_`. Name and hash are its *family*, by which
//! it is started and its data is filed. There are two families, one from the site and one from the Store
//! (PI); they are recognised by the name, since a new certificate would change the hash.

use super::version::Version;

/// The names of Claude's packages (PI).
const NAMES: [&str; 2] = ["Claude", "AnthropicPBC.Claude"];

/// A package of Claude Desktop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// Name and publisher's hash, such as `Claude_pzs8sxrjxfjjc`.
    pub family: String,
    /// Its version without the fourth number, which packages have and Claude does not.
    pub version: Option<Version>,
}

impl Package {
    /// Reads a full name; `None` when it is not one of Claude Desktop. Resource packages (languages, scales)
    /// do not count.
    pub fn of_full_name(full_name: &str) -> Option<Self> {
        let parts: Vec<&str> = full_name.split('_').collect();
        let [name, version, _processor, resource, hash] = parts[..] else { return None };
        let is_claude = NAMES.iter().any(|known| known.eq_ignore_ascii_case(name));
        let is_hash = hash.len() == 13 && hash.bytes().all(|byte| byte.is_ascii_alphanumeric());
        (is_claude && resource.is_empty() && is_hash)
            .then(|| Self { family: format!("{name}_{hash}"), version: version.parse().ok() })
    }

    /// The path in the shell's folder of apps, by which the package is started. Its programs lie in a
    /// folder that changes with each version and cannot be started from there.
    pub fn app(&self) -> String {
        format!(r"shell:AppsFolder\{}!Claude", self.family)
    }
}

/// The version in the name of a folder that Squirrel makes, such as `app-1.44121.2` (PI).
pub fn squirrel_version(folder: &str) -> Option<Version> {
    folder.strip_prefix("app-")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(full_name: &str, expected: Option<(&str, Option<Version>)>) {
        let found = Package::of_full_name(full_name);
        let found = found.as_ref().map(|package| (package.family.as_str(), package.version));
        assert_eq!(found, expected, "{full_name}");
    }

    #[test]
    fn both_families_are_known() {
        let version = Some(Version(1, 46388, 4));
        check("Claude_1.46388.4.0_x64__pzs8sxrjxfjjc", Some(("Claude_pzs8sxrjxfjjc", version)));
        check(
            "AnthropicPBC.Claude_2.26454.0.0_arm64__fnn82j28hfe8t",
            Some(("AnthropicPBC.Claude_fnn82j28hfe8t", Some(Version(2, 26454, 0)))),
        );
        check("Claude_new_x64__pzs8sxrjxfjjc", Some(("Claude_pzs8sxrjxfjjc", None)));
    }

    #[test]
    fn other_packages_are_not_claude() {
        for name in [
            "ClaudeNotes_1.0.0.0_x64__pzs8sxrjxfjjc",
            "Claude_1.46388.4.0_neutral_split.language-de_pzs8sxrjxfjjc",
            "Claude_pzs8sxrjxfjjc",
            "Claude_1.0.0.0_x64__..",
            "",
        ] {
            check(name, None);
        }
    }

    #[test]
    fn a_package_is_started_by_its_family() {
        let package = Package::of_full_name("Claude_1.46388.4.0_x64__pzs8sxrjxfjjc").unwrap();
        assert_eq!(package.app(), r"shell:AppsFolder\Claude_pzs8sxrjxfjjc!Claude");
    }

    #[test]
    fn squirrel_names_its_folders_by_version() {
        assert_eq!(squirrel_version("app-1.44121.2"), Some(Version(1, 44121, 2)));
        assert_eq!(squirrel_version("packages"), None);
        assert_eq!(squirrel_version("app-"), None);
    }
}
