//! Decides which folders Claude may read its configuration from; only Windows has more than one.
//!
//! Writes of a packaged Claude are redirected into a container of its own, unless its manifest excludes a
//! folder; Claude's does, but in a form that Windows understands only from build 20348 on (PI: claude-code
//! #85693, #93152). Before, the container's copy is read and written, and an existing copy masks the real
//! folder (PI, #91409). An install that is not a package has no container. Where more than one folder may be
//! read, all are written and all are checked.

use crate::finding::{Code, Finding};

/// The first build of Windows that respects the exclusions of Claude's manifest (PI).
const HONOURS_EXCLUSIONS: u32 = 20348;

/// A folder that may be Claude's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Its path.
    pub path: String,
    /// True when it exists.
    pub exists: bool,
}

/// What is known about the folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootFacts {
    /// `CLAUDE_USER_DATA_DIR`, which Claude uses verbatim (PI).
    pub named: Option<String>,
    /// `%LOCALAPPDATA%\Claude-3p`
    pub real: Folder,
    /// The container's copy for each installed family:
    /// `%LOCALAPPDATA%\Packages\<family>\LocalCache\Local\Claude-3p`.
    pub containers: Vec<Folder>,
    /// `%APPDATA%\Claude-3p` and its copies in containers, where earlier versions had their data.
    pub roaming: Vec<Folder>,
    /// True when an install that is not a package was found.
    pub is_unpackaged_installed: bool,
    /// The build of Windows, if known.
    pub build: Option<u32>,
}

/// The folders to write and to check, the one that Claude most likely reads first. There is at least
/// one.
pub fn decide(facts: &RootFacts) -> Vec<String> {
    if let Some(named) = &facts.named {
        return vec![named.clone()];
    }
    let real = &facts.real.path;
    if facts.containers.is_empty() {
        return vec![real.clone()];
    }
    let copies = facts.containers.iter().filter(|container| container.exists).map(|container| container.path.clone());
    let all = facts.containers.iter().map(|container| container.path.clone());
    match facts.build {
        Some(build) if build >= HONOURS_EXCLUSIONS => std::iter::once(real.clone()).chain(copies).collect(),
        Some(_) => {
            let is_masked = facts.containers.iter().any(|container| container.exists);
            let with_real = is_masked || facts.is_unpackaged_installed;
            all.chain(with_real.then(|| real.clone())).collect()
        }
        None => all.chain(std::iter::once(real.clone())).collect(),
    }
}

/// Why nothing may be written yet: data of an earlier version is still in the roaming folder. Claude moves
/// it at its next start, but only if the new folder does not exist (OD), so the person has to start Claude
/// once.
pub fn obstacle(facts: &RootFacts) -> Option<Finding> {
    let is_new_there = facts.real.exists || facts.containers.iter().any(|container| container.exists);
    if facts.named.is_some() || is_new_there {
        return None;
    }
    let old = facts.roaming.iter().find(|folder| folder.exists)?;
    Some(Finding::new(Code::ClaudeMustMove).with("path", &old.path))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REAL: &str = r"C:\Users\李\AppData\Local\Claude-3p";
    const SITE: &str = r"C:\Users\李\AppData\Local\Packages\Claude_pzs8sxrjxfjjc\LocalCache\Local\Claude-3p";
    const STORE: &str =
        r"C:\Users\李\AppData\Local\Packages\AnthropicPBC.Claude_fnn82j28hfe8t\LocalCache\Local\Claude-3p";

    fn folder(path: &str, exists: bool) -> Folder {
        Folder { path: path.to_owned(), exists }
    }

    fn facts(build: Option<u32>, containers: &[(&str, bool)]) -> RootFacts {
        RootFacts {
            named: None,
            real: folder(REAL, false),
            containers: containers.iter().map(|(path, exists)| folder(path, *exists)).collect(),
            roaming: Vec::new(),
            is_unpackaged_installed: false,
            build,
        }
    }

    #[track_caller]
    fn check(facts: &RootFacts, expected: &[&str]) {
        assert_eq!(decide(facts), expected, "{facts:?}");
    }

    #[test]
    fn a_folder_that_is_named_is_taken_verbatim() {
        let facts = RootFacts { named: Some(r"D:\x".to_owned()), ..facts(Some(19045), &[(SITE, true)]) };
        check(&facts, &[r"D:\x"]);
    }

    #[test]
    fn without_a_package_there_is_no_container() {
        for build in [Some(19045), Some(26100), None] {
            check(&facts(build, &[]), &[REAL]);
        }
    }

    #[test]
    fn the_build_decides_for_a_package() {
        check(&facts(Some(20347), &[(SITE, false)]), &[SITE]);
        check(&facts(Some(20348), &[(SITE, false)]), &[REAL]);
        check(&facts(Some(26100), &[(SITE, false), (STORE, false)]), &[REAL]);
        check(&facts(Some(19045), &[(SITE, false), (STORE, false)]), &[SITE, STORE]);
    }

    #[test]
    fn a_copy_that_masks_is_written_beside_the_real_one() {
        check(&facts(Some(19045), &[(SITE, true)]), &[SITE, REAL]);
        check(&facts(Some(26100), &[(SITE, true)]), &[REAL, SITE]);
        check(&facts(Some(26100), &[(SITE, false), (STORE, true)]), &[REAL, STORE]);
    }

    #[test]
    fn what_cannot_be_decided_is_written_everywhere() {
        check(&facts(None, &[(SITE, false)]), &[SITE, REAL]);
    }

    #[test]
    fn an_older_install_beside_the_package_reads_the_real_one() {
        let facts = RootFacts { is_unpackaged_installed: true, ..facts(Some(19045), &[(SITE, false)]) };
        check(&facts, &[SITE, REAL]);
    }

    #[test]
    fn data_that_waits_in_the_roaming_folder_is_moved_by_claude_first() {
        let waiting = RootFacts {
            roaming: vec![folder(r"C:\Users\李\AppData\Roaming\Claude-3p", true)],
            ..facts(Some(26100), &[(SITE, false)])
        };
        assert_eq!(obstacle(&waiting).map(|finding| finding.code), Some(Code::ClaudeMustMove));
        let named = RootFacts { named: Some(r"D:\x".to_owned()), ..waiting.clone() };
        assert_eq!(obstacle(&named), None);
        let moved = RootFacts { real: folder(REAL, true), ..waiting.clone() };
        assert_eq!(obstacle(&moved), None);
        let in_container = RootFacts { containers: vec![folder(SITE, true)], ..waiting };
        assert_eq!(obstacle(&in_container), None);
        assert_eq!(obstacle(&facts(None, &[])), None);
    }
}
