//! Finds Claude Desktop: a bundle with its identifier and its maker's signature, in the folders for apps.
//!
//! The bundle's name is no proof: people rename apps, and other programs are called Claude too. The identifier can
//! be copied by anybody; the signature cannot be forged, and changing a signed app breaks it. Both folders may
//! contain a copy, and the system decides which one it starts, so all are considered.

use std::path::{Path, PathBuf};

use airouter_core::claude::bundle::{BundleInfo, IDENTIFIER, TEAM, read_info, team_of};
use airouter_core::claude::version::Version;

use super::SHORT;
use crate::command;
use crate::install::Install;
use crate::places::Places;
#[cfg(any(test, feature = "sandbox"))]
use crate::sys::StandIn;

/// The property list in each bundle.
const INFO: &str = "Contents/Info.plist";
/// Longest list that is read, in bytes.
const LONGEST_INFO: u64 = 1024 * 1024;

/// A bundle with Claude Desktop's identifier.
struct Found {
    folder: PathBuf,
    info: BundleInfo,
}

/// Finds Claude Desktop. The system starts it by its identifier; in a scratch folder its program is started
/// directly, because the system would start the real one.
pub(crate) fn locate(places: &Places) -> Option<Install> {
    let mut genuine = found(places);
    genuine.retain(|found| is_genuine(places, &found.folder));
    let first = genuine.first()?;
    let program = first.folder.join("Contents/MacOS").join(&first.info.executable);
    Some(Install {
        launcher: if places.is_scratch() { program.clone() } else { PathBuf::from(IDENTIFIER) },
        program,
        // Any of them may be started, and the oldest one knows the fewest keys.
        version: genuine.iter().filter_map(|found| found.info.version).min(),
        folders: genuine.into_iter().map(|found| found.folder).collect(),
        families: Vec::new(),
    })
}

/// A bundle with Claude Desktop's identifier and another signature, if there is no genuine one.
pub(super) fn only_foreign(places: &Places) -> Option<PathBuf> {
    let found = found(places);
    let is_genuine = |found: &Found| is_genuine(places, &found.folder);
    if found.iter().any(is_genuine) { None } else { found.into_iter().next().map(|found| found.folder) }
}

/// True if Claude Code, the command line program, is installed. It is not Claude Desktop. A program that was not
/// started by a shell has a short `PATH`, so the usual folders are searched as well.
pub(crate) fn has_claude_code(places: &Places) -> bool {
    let usual = [
        places.base_folders.home.join(".local/bin"),
        places.system.join("usr/local/bin"),
        places.system.join("opt/homebrew/bin"),
    ];
    let mut folders = places.search.iter().chain(&usual);
    folders.any(|folder| super::is_executable(&folder.join("claude")))
}

/// The version of the bundle that contains a running program.
pub(crate) fn version_of(program: &Path) -> Option<Version> {
    let is_bundle = |folder: &&Path| folder.extension().is_some_and(|ending| ending == "app");
    info_of(program.ancestors().filter(is_bundle).last()?)?.version
}

/// Where a stand-in is installed, with the property list that makes it an app.
#[cfg(any(test, feature = "sandbox"))]
pub(crate) fn stand_in(places: &Places, version: &str) -> StandIn {
    let bundle = places.system.join("Applications/Claude.app");
    StandIn {
        programs: vec![bundle.join("Contents/MacOS/Claude")],
        files: vec![(bundle.join(INFO), info(IDENTIFIER, version))],
    }
}

/// An app's property list with the values that this program reads.
#[cfg(any(test, feature = "sandbox"))]
pub(super) fn info(identifier: &str, version: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\">\n<dict>\n\
         <key>CFBundleExecutable</key><string>Claude</string>\n\
         <key>CFBundleIdentifier</key><string>{identifier}</string>\n\
         <key>CFBundleShortVersionString</key><string>{version}</string>\n</dict>\n</plist>\n"
    )
}

/// All bundles with Claude Desktop's identifier, those of all users first, sorted by name.
fn found(places: &Places) -> Vec<Found> {
    let mut found = Vec::new();
    for folder in [places.system.join("Applications"), places.base_folders.home.join("Applications")] {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut bundles: Vec<PathBuf> =
            entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|it| it == "app")).collect();
        bundles.sort();
        found.extend(bundles.into_iter().filter_map(|bundle| {
            let info = info_of(&bundle).filter(|info| info.identifier == IDENTIFIER)?;
            // Links resolved, as in the list of running programs.
            Some(Found { folder: bundle.canonicalize().ok()?, info })
        }));
    }
    found
}

fn info_of(bundle: &Path) -> Option<BundleInfo> {
    let path = bundle.join(INFO);
    let is_short = std::fs::metadata(&path).is_ok_and(|meta| meta.len() <= LONGEST_INFO);
    read_info(&is_short.then(|| std::fs::read(&path).ok())??)
}

/// True if the bundle is signed by Claude's maker; always true in a scratch folder, whose stand-in is not signed.
fn is_genuine(places: &Places, bundle: &Path) -> bool {
    if places.is_scratch() {
        return true;
    }
    let mut codesign = command::program(places.system.join("usr/bin/codesign"));
    codesign.args(["--display", "--verbose=2"]).arg(bundle);
    command::run(&mut codesign, "", SHORT).is_ok_and(|ended| team_of(&ended.error) == Some(TEAM))
}

#[cfg(test)]
mod tests {
    use super::super::Mac;
    use super::*;

    #[test]
    fn claude_is_found_by_identifier_and_team_whatever_it_is_called() {
        let mac = Mac::new();
        mac.signs("Applications");
        assert_eq!(locate(&mac.places), None);
        mac.app("Applications/Claude.app", "com.example.claude", "9.0.0");
        assert_eq!(locate(&mac.places), None, "another program of that name");
        let renamed = mac.app("Applications/克劳德.app", IDENTIFIER, "2.26454.0");
        let install = locate(&mac.places).unwrap();
        assert_eq!(install.launcher, Path::new(IDENTIFIER), "the system starts it by its identifier");
        assert_eq!(install.program, renamed.join("Contents/MacOS/Claude"));
        assert_eq!((install.version, install.folders), (Some(Version(2, 26454, 0)), vec![renamed.clone()]));
        assert_eq!(version_of(&install.program), Some(Version(2, 26454, 0)));
        let nested = renamed.join("Contents/Frameworks/Claude Helper.app/Contents/MacOS/Claude Helper");
        assert_eq!(version_of(&nested), Some(Version(2, 26454, 0)), "parts of the app have its version");
        assert_eq!(version_of(Path::new("/usr/local/bin/claude")), None);
    }

    #[test]
    fn a_copy_of_the_persons_own_counts_too_and_the_older_version_decides() {
        let mac = Mac::new();
        mac.signs("Applications");
        let home = mac.places.base_folders.home.join("Applications/Claude.app");
        let own = mac.app(&home.to_string_lossy(), IDENTIFIER, "1.46388.4");
        assert_eq!(locate(&mac.places).unwrap().folders, std::slice::from_ref(&own));
        let common = mac.app("Applications/Claude.app", IDENTIFIER, "2.26454.0");
        let install = locate(&mac.places).unwrap();
        assert_eq!(install.folders, [common, own]);
        assert_eq!(install.version, Some(Version(1, 46388, 4)));
    }

    #[test]
    fn an_app_with_another_signature_is_not_claude() {
        let mac = Mac::new();
        mac.signs("Original");
        let changed = mac.app("Applications/Claude.app", IDENTIFIER, "2.26454.0");
        assert_eq!(locate(&mac.places), None);
        assert_eq!(only_foreign(&mac.places), Some(changed));
        let original = mac.app("Applications/Original.app", IDENTIFIER, "2.26454.0");
        assert_eq!(locate(&mac.places).unwrap().folders, [original]);
        assert_eq!(only_foreign(&mac.places), None, "the original is what counts");
        std::fs::remove_file(mac.places.system.join("usr/bin/codesign")).unwrap();
        assert_eq!(locate(&mac.places), None, "what cannot be verified is not taken for it");
    }

    #[test]
    fn a_stand_in_is_an_install_that_is_started_by_its_program() {
        let mac = Mac::new();
        let told = super::super::places::claude_environment(&mac.places.base_folders);
        let places = Places { claude_environment: told, ..mac.places.clone() };
        let stand_in = stand_in(&places, "2.26454.0");
        for (path, text) in &stand_in.files {
            mac.put(&path.to_string_lossy(), text);
        }
        let install = locate(&places).unwrap();
        assert_eq!((&install.launcher, install.version), (&stand_in.programs[0], Some(Version(2, 26454, 0))));
        assert_eq!(install.launcher, install.program, "the real Claude must not be started in a rehearsal");
    }

    #[test]
    fn claude_code_is_told_apart() {
        let mac = Mac::new();
        assert!(!has_claude_code(&mac.places));
        mac.program("opt/homebrew/bin/claude", "exit 0");
        assert!(has_claude_code(&mac.places));
        assert_eq!(locate(&mac.places), None);
    }
}
