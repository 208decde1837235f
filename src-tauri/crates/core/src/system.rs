//! The oldest supported systems, with the reasons.
//!
//! Claude's packages have the format (`.msix`) that Windows installs from build 17763 on (Windows 10,
//! version 1809), which is also the oldest one that Microsoft still supports in some edition. The page needs
//! features of Safari 16, and on macOS a program uses the engine of the installed Safari: macOS 13. On Linux
//! nothing is checked: the program does not start at all where the C library is too old.

mod account;
mod package;
mod variables;
mod virtualisation;

pub use account::{SessionFacts, other_account};
pub use package::{inside_package, is_redirected};
pub use variables::{Variable, expanded, in_force};
pub use virtualisation::{Processor, can_virtualise};

use crate::claude::version::Version;
use crate::finding::{Code, Finding};

/// The oldest build of Windows.
pub const OLDEST_WINDOWS: u32 = 17763;
/// The oldest macOS.
pub const OLDEST_MACOS: Version = Version(13, 0, 0);

/// The finding for an unsupported Windows; an unknown build is not refused.
pub fn refuses_windows(build: Option<u32>) -> Option<Finding> {
    let build = build.filter(|build| *build < OLDEST_WINDOWS)?;
    Some(too_old("Windows", build, OLDEST_WINDOWS))
}

/// The finding for an unsupported macOS; an unknown version is not refused.
pub fn refuses_macos(version: Option<Version>) -> Option<Finding> {
    let version = version.filter(|version| *version < OLDEST_MACOS)?;
    Some(too_old("macOS", version, OLDEST_MACOS))
}

/// The version in macOS's `SystemVersion.plist`.
pub fn macos_version(bytes: &[u8]) -> Option<Version> {
    let list = plist::Value::from_reader(std::io::Cursor::new(bytes)).ok()?;
    list.as_dictionary()?.get("ProductVersion")?.as_string()?.parse().ok()
}

fn too_old(system: &str, found: impl ToString, needed: impl ToString) -> Finding {
    Finding::new(Code::SystemUnsupported).with("system", system).with("version", found).with("needed", needed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(finding: Option<Finding>, expected: Option<&[&str]>) {
        let printed = finding.as_ref().map(|finding| {
            assert_eq!((finding.code, finding.blocks()), (Code::SystemUnsupported, true));
            finding.evidence.iter().map(|fact| fact.value.as_str()).collect::<Vec<_>>()
        });
        assert_eq!(printed.as_deref(), expected);
    }

    #[test]
    fn an_old_windows_is_refused() {
        check(refuses_windows(Some(17134)), Some(&["Windows", "17134", "17763"]));
        for build in [Some(17763), Some(19045), Some(26100), None] {
            check(refuses_windows(build), None);
        }
    }

    #[test]
    fn an_old_macos_is_refused() {
        check(refuses_macos(Some(Version(12, 7, 6))), Some(&["macOS", "12.7.6", "13.0.0"]));
        for version in [Some(Version(13, 0, 0)), Some(Version(26, 1, 0)), None] {
            check(refuses_macos(version), None);
        }
    }

    #[test]
    fn macos_tells_its_version_in_a_file() {
        let text = include_str!("system/SystemVersion.plist");
        assert_eq!(macos_version(text.as_bytes()), Some(Version(14, 6, 1)));
        assert_eq!(macos_version(b"<plist version=\"1.0\"><dict/></plist>"), None);
        assert_eq!(macos_version(b"14.6.1"), None);
    }
}
