//! Claude's packages on Windows, recognised by their full names.
//!
//! A packaged app has a full name, such as `Claude_1.46388.4.0_x64__pzs8sxrjxfjjc`: name, version,
//! processor, resource and a hash of the publisher, separated by `_`. Name and hash are its *family*, by which
//! it is started and its data is filed. There are two families, one from the site and one from the Store
//! (PI). A package of the same name from another publisher has another hash: anybody can make one, and a new
//! certificate of Anthropic's would change the hash as well. So such a package counts as Claude, with a doubt.

use super::version::Version;
use super::windows_start::shown;
use crate::finding::{Code, Finding};

/// The names of Claude's packages (PI).
const NAMES: [&str; 2] = ["Claude", "AnthropicPBC.Claude"];
/// Their families as of 2026 (PI): the one from the site, the one from the Store.
pub const FAMILIES: [&str; 2] = ["Claude_pzs8sxrjxfjjc", "AnthropicPBC.Claude_fnn82j28hfe8t"];

/// The name in the certificate with which Anthropic signs its programs (PI).
const PUBLISHER: &str = "Anthropic, PBC";

/// Where the shell lists apps, before an app's name.
const APPS: &str = r"shell:AppsFolder\";

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
    /// folder that changes with each version and cannot be started from there. `ids` are the names of the
    /// package's apps, as far as the system tells them; without them the usual name counts (PI).
    pub fn app(&self, ids: &[String]) -> String {
        let usual = format!("{}!Claude", self.family);
        let is_usual = |id: &&String| id.eq_ignore_ascii_case(&usual);
        let id = ids.iter().find(is_usual).or(ids.first()).unwrap_or(&usual);
        format!("{APPS}{id}")
    }

    /// True if it is of one of Anthropic's own families.
    pub fn is_known(&self) -> bool {
        FAMILIES.iter().any(|family| family.eq_ignore_ascii_case(&self.family))
    }
}

/// The name of the app in such a path; `None` for the path of a program.
pub fn app_of(launcher: &str) -> Option<&str> {
    launcher.strip_prefix(APPS)
}

/// The doubt about a program that no package carries. `publisher` is the name in its signature, or the number by
/// which the system does not trust it.
pub fn doubt(publisher: Result<&str, u32>) -> Option<Finding> {
    let finding = Finding::new(Code::PublisherUnknown);
    Some(match publisher {
        Ok(PUBLISHER) => return None,
        Ok(other) => finding.with("publisher", other),
        Err(answer) => {
            // `TRUST_E_NOSIGNATURE`, `TRUST_E_BAD_DIGEST`; others are about certificates that are not at hand.
            let because = match answer {
                0x800B_0100 => "unsigned",
                0x8009_6010 => "changed",
                _ => "not-checked",
            };
            finding.with("because", because).with("reason", shown(answer))
        }
    })
}

/// The doubt about packages, of which one that is not Anthropic's is enough.
pub fn doubt_of_packages<'a>(packages: impl IntoIterator<Item = &'a Package>) -> Option<Finding> {
    let foreign = packages.into_iter().find(|package| !package.is_known())?;
    Some(Finding::new(Code::PublisherUnknown).with("publisher", &foreign.family))
}

/// True for the family of a package of Claude Desktop, such as `Claude_pzs8sxrjxfjjc`.
pub fn is_claude_family(family: &str) -> bool {
    family.rsplit_once('_').is_some_and(|(name, _)| NAMES.iter().any(|known| known.eq_ignore_ascii_case(name)))
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
    fn a_family_is_known_by_its_name() {
        for family in FAMILIES.into_iter().chain(["claude_0123456789abc"]) {
            assert!(is_claude_family(family), "{family}");
        }
        for family in ["Microsoft.WindowsTerminal_8wekyb3d8bbwe", "ClaudeNotes_pzs8sxrjxfjjc", "Claude", ""] {
            assert!(!is_claude_family(family), "{family}");
        }
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
        let usual = r"shell:AppsFolder\Claude_pzs8sxrjxfjjc!Claude";
        assert_eq!(package.app(&[]), usual);
        let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        assert_eq!(package.app(&ids(&["Claude_pzs8sxrjxfjjc!Helper", "Claude_pzs8sxrjxfjjc!Claude"])), usual);
        let renamed = package.app(&ids(&["Claude_pzs8sxrjxfjjc!App"]));
        assert_eq!(renamed, r"shell:AppsFolder\Claude_pzs8sxrjxfjjc!App", "the manifest has the last word");
        assert_eq!(app_of(&renamed), Some("Claude_pzs8sxrjxfjjc!App"));
        assert_eq!(app_of(r"C:\x\claude.exe"), None);
    }

    #[test]
    fn another_publisher_is_a_doubt() {
        let package = |name| Package::of_full_name(name).unwrap();
        let own =
            [package("Claude_1.0.0.0_x64__pzs8sxrjxfjjc"), package("AnthropicPBC.Claude_1.0.0.0_x64__fnn82j28hfe8t")];
        assert_eq!(doubt_of_packages(&own), None);
        let foreign = package("Claude_1.0.0.0_x64__0123456789abc");
        let found = doubt_of_packages(own.iter().chain([&foreign])).unwrap();
        assert_eq!(found.fact("publisher"), Some("Claude_0123456789abc"));
        assert!(!found.blocks(), "a new certificate of Anthropic's must not stop everybody");
        assert_eq!(doubt(Ok("Anthropic, PBC")), None);
        assert_eq!(doubt(Ok("Anthropic, PBC.")).unwrap().fact("publisher"), Some("Anthropic, PBC."));
        for (answer, because) in [(0x800B_0100, "unsigned"), (0x8009_6010, "changed"), (0x800B_010A, "not-checked")] {
            assert_eq!(doubt(Err(answer)).unwrap().fact("because"), Some(because), "{}", shown(answer));
        }
    }

    #[test]
    fn squirrel_names_its_folders_by_version() {
        assert_eq!(squirrel_version("app-1.44121.2"), Some(Version(1, 44121, 2)));
        assert_eq!(squirrel_version("packages"), None);
        assert_eq!(squirrel_version("app-"), None);
    }
}
