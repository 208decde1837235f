//! What it means that this program has a package's identity, which it can only have inherited from the packaged
//! app that started it.
//!
//! A terminal inside Claude is such an app: what is written there goes into Claude's container (PI). Other packaged
//! apps, such as Windows' own terminal, may pass on their identity without their redirection, so that is looked at.

use crate::claude::packages::is_claude_family;
use crate::finding::{Code, Finding};

/// Why this program must not write where it was started. `family` is the family of the package whose identity it
/// has; `is_redirected` whether a file that was written to the person's folder came to lie elsewhere, `None` if that
/// is unknown.
pub fn inside_package(family: Option<&str>, is_redirected: Option<bool>) -> Option<Finding> {
    let family = family?;
    if is_claude_family(family) {
        return Some(Finding::new(Code::InsideClaude).with("reason", "package"));
    }
    is_redirected?.then(|| Finding::new(Code::FoldersRedirected).with("package", family))
}

/// True if a file that was asked for at `asked` really lies in a package's container at `found`, which is the path
/// that the system gives for the open file (OD: packaged apps, redirected writes below `AppData`).
pub fn is_redirected(asked: &str, found: &str) -> bool {
    let is_in_container = |path: &str| {
        let path = path.to_lowercase().replace('/', r"\");
        path.split_once(r"\packages\").is_some_and(|(_, below)| below.contains(r"\localcache\"))
    };
    is_in_container(found) && !is_in_container(asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claude_blocks_and_others_only_where_they_redirect() {
        let terminal = "Microsoft.WindowsTerminal_8wekyb3d8bbwe";
        for (family, redirected, expected) in [
            (None, Some(true), None),
            (Some("Claude_pzs8sxrjxfjjc"), None, Some(Code::InsideClaude)),
            (Some("AnthropicPBC.Claude_fnn82j28hfe8t"), Some(false), Some(Code::InsideClaude)),
            (Some(terminal), Some(true), Some(Code::FoldersRedirected)),
            (Some(terminal), Some(false), None),
            (Some(terminal), None, None),
        ] {
            let found = inside_package(family, redirected);
            assert_eq!(found.as_ref().map(|finding| finding.code), expected, "{family:?} {redirected:?}");
            assert!(found.is_none_or(|finding| finding.blocks()));
        }
    }

    #[test]
    fn a_container_is_told_from_other_ways_to_write_a_path() {
        let asked = r"C:\Users\LILEI~1\AppData\Local\a.tmp";
        for (found, expected) in [
            (r"\\?\C:\Users\李 雷\AppData\Local\a.tmp", false),
            (r"\\?\UNC\server\profiles\li\AppData\Local\a.tmp", false),
            (r"\\?\C:\Users\li\AppData\Local\Packages\X_8wekyb3d8bbwe\LocalCache\Local\a.tmp", true),
            (r"\\?\C:\Users\li\appdata\local\packages\X_8wekyb3d8bbwe\localcache\local\a.tmp", true),
            ("", false),
        ] {
            assert_eq!(is_redirected(asked, found), expected, "{found}");
        }
        let inside = r"C:\Users\li\AppData\Local\Packages\X_1\LocalCache\Local\a.tmp";
        assert!(!is_redirected(inside, inside), "who asks for the container gets it");
    }
}
