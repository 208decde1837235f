//! Reads the state of this computer: everything that decides what Claude does, as facts for planning.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use airouter_core::change::FileChange;
use airouter_core::claude::library::{FileFact, Library, ProfileFact, Selected, is_profile_id};
use airouter_core::claude::prediction::{self, StartPrediction};
use airouter_core::claude::{keys, managed};
use airouter_core::finding::{Code, Finding, worst_first};
use airouter_core::keychain::another_key;
use airouter_core::plan::{ClaudeFacts, Facts};
use airouter_core::secret::Secret;
use airouter_core::status::{self, KeyStorage, Surroundings};
use airouter_core::undo::Journal;
use airouter_core::view::{ClaudeView, FileRole, KeyPlace, Overview};
use uuid::Uuid;

use crate::claude::{self, Install};
use crate::places::{Places, library_in, meta_in, mode_in, root_of};
use crate::{files, keychain, state, sys};

/// Maximum number of profiles to read; the others are neither read nor changed.
const MOST_PROFILES: usize = 2000;

/// How long a relay on this computer may take to accept a connection.
const RELAY_LIMIT: Duration = Duration::from_millis(500);

/// The present state of Claude Desktop.
pub fn claude(install: Option<&Install>) -> ClaudeFacts {
    ClaudeFacts {
        is_installed: install.is_some(),
        is_running: install.is_some_and(claude::is_running),
        version: install.and_then(claude::version),
    }
}

/// Everything that planning needs. Runs the helper to check the keychain, which may take a moment.
///
/// # Errors
/// `JournalUnusable` if this program's own journal cannot be read: a plan without it would lose the original
/// values.
pub fn facts(places: &Places, install: Option<&Install>) -> Result<Facts, Finding> {
    let places = &places.resolved();
    let journal = state::journal(places)?;
    Ok(Facts {
        claude: claude(install),
        managed: sys::managed(places),
        library: library(&places.root, journal.as_ref()),
        copies: places.copies.iter().map(|root| library(root, journal.as_ref())).collect(),
        obstacle: obstacle(places, install),
        keychain: keychain::usable(places),
        helper: places.helper.to_string_lossy().into_owned(),
        organization: state::organization(places),
        journal,
        fresh_profile_id: Uuid::new_v4().to_string(),
        fresh_organization: Uuid::new_v4().to_string(),
    })
}

/// Why nothing may be written on this computer now, or else a doubt that the person should know; `None` if there is
/// neither.
fn obstacle(places: &Places, install: Option<&Install>) -> Option<Finding> {
    let doubt = || install.and_then(|install| sys::doubt(install, places));
    install.and_then(claude::obstacle).or_else(|| sys::obstacle(places)).or_else(doubt)
}

/// The present content of Claude's files in one of its folders. Includes the journal's profile even if it is not
/// in Claude's list.
pub(crate) fn library(root: &Path, journal: Option<&Journal>) -> Library {
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let (meta_path, mode_path) = (meta_in(root), mode_in(root));
    let meta = files::inspect(&meta_path, root);
    let document = meta.document().ok();
    let listed = document.as_ref().map_or(&[][..], |document| document.elements(keys::ENTRIES));
    let mut ids: Vec<String> = listed.iter().filter_map(|entry| entry.get("id")?.as_str()).map(str::to_owned).collect();
    ids.truncate(MOST_PROFILES);
    // Our profile and the selected one are always read, however long the list is.
    let applied = document.as_ref().and_then(|document| document.get(keys::APPLIED)?.as_str()).map(str::to_owned);
    for id in journal.map(|journal| journal.profile_id.clone()).into_iter().chain(applied) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids.retain(|id| is_profile_id(id));
    let profiles = ids
        .into_iter()
        .map(|id| {
            let path = library_in(root).join(format!("{id}.json"));
            ProfileFact { file: files::inspect(&path, root), path: text(&path), id }
        })
        .collect();
    Library {
        root: text(root),
        mode: files::inspect(&mode_path, root),
        meta_path: text(&meta_path),
        meta,
        mode_path: text(&mode_path),
        profiles,
    }
}

/// Predicts what Claude will do at its next start.
///
/// # Errors
/// `JournalUnusable`: the journal says which profile is ours.
pub fn predict_start(places: &Places, install: Option<&Install>) -> Result<StartPrediction, Finding> {
    let journal = state::journal(places)?;
    let places = &places.resolved();
    let version = install.and_then(claude::version);
    Ok(prediction::predict_start(&sys::managed(places), &library(&places.root, journal.as_ref()), version))
}

/// Which of the two values that make Claude use our profile is not set for it; `None` if both are.
fn not_selected(library: &Library, journal: &Journal) -> Option<&'static str> {
    let mode = || library.mode.document().ok()?.get(keys::MODE)?.as_str().map(str::to_owned);
    if library.applied().as_ref() != Some(&journal.profile_id) {
        return Some(keys::APPLIED);
    }
    (mode().as_deref() != Some("3p")).then_some(keys::MODE)
}

/// The present state of one of Claude's files.
pub(crate) fn file_fact(path: &str) -> FileFact {
    files::inspect(Path::new(path), root_of(Path::new(path)))
}

/// The key that Claude uses now: from the keychain, or from the profile in compatibility mode.
///
/// # Errors
/// `KeyNotStored`, `KeyDiffers` if it is not the key that was stored for this connection, or why the keychain
/// cannot be read.
pub fn key_in_use(places: &Places, journal: &Journal) -> Result<Secret, Finding> {
    match journal.key_place {
        KeyPlace::Keychain => {
            let key = keychain::read(places).required()?;
            // Another key must not be sent to this address or stored for it.
            if journal.key.as_ref().is_some_and(|known| *known != key.masked()) {
                return Err(another_key());
            }
            Ok(key)
        }
        KeyPlace::Profile => {
            let in_profile = |file: &FileChange| {
                let document = file_fact(&file.path).document().ok()?;
                Some(Secret::new(document.get(keys::API_KEY)?.as_str()?.to_owned()))
            };
            let mut profiles = journal.files.iter().filter(|file| file.role == FileRole::Profile);
            profiles.find_map(in_profile).ok_or_else(|| Finding::new(Code::KeyNotStored))
        }
    }
}

/// The overview for the first screen and the `status` command. Errors are findings of the overview.
pub fn overview(places: &Places) -> Overview {
    let places = &places.resolved();
    let install = claude::locate(places);
    let facts = claude(install.as_ref());
    let policy = sys::managed(places);
    let mut findings: Vec<Finding> = managed::judge(&policy, facts.version).into_iter().collect();
    let is_managed = findings.iter().any(Finding::blocks);
    findings.extend(obstacle(places, install.as_ref()));
    findings.extend(others_may_change(places));
    if install.is_none() {
        let code_only = claude::has_claude_code(places);
        let finding = Finding::new(Code::ClaudeMissing);
        findings.push(if code_only { finding.with("claude_code", "yes") } else { finding });
    }
    let blocked = findings.iter().any(Finding::blocks);
    let journal = state::journal(places).unwrap_or_else(|finding| {
        findings.push(finding);
        None
    });
    let library = library(&places.root, journal.as_ref());
    let leads_away = prediction::predict_start(&policy, &library, facts.version).leads_away();
    let selected = library.selected().filter(|_| leads_away);
    let surroundings = Surroundings { claude: facts.version, is_managed, selected: library.selected() };
    let status = journal.as_ref().filter(|journal| journal.is_connection()).map(|journal| {
        let (mut status, more) = status::compare(journal, file_fact, &storage(places, journal), &surroundings);
        findings.extend(more);
        // A value that was right already when the journal was begun is in none of its edits.
        if let Some(key) = not_selected(&library, journal).filter(|_| status.healthy && !is_managed) {
            status.healthy = false;
            findings.push(Finding::new(Code::Drifted).with("keys", key).with("because", "changed"));
        }
        status
    });
    // The page compares it with addresses that have no slash at their end.
    let in_use = selected.as_ref().and_then(|selected| selected.base.as_deref());
    let in_use = in_use.map(|base| base.trim_end_matches('/').to_owned());
    findings.extend(journal.as_ref().filter(|journal| journal.undoing && !journal.is_connection()).map(unfinished));
    let others = selected.filter(|selected| journal.as_ref().is_none_or(|journal| journal.profile_id != selected.id));
    findings.extend(others.as_ref().and_then(dead_relay));
    worst_first(&mut findings);
    Overview {
        claude: ClaudeView {
            installed: facts.is_installed,
            running: facts.is_running,
            version: facts.version.map(|version| version.to_string()),
            path: install.map(|install| install.launcher.to_string_lossy().into_owned()),
        },
        root: places.root.to_string_lossy().into_owned(),
        findings,
        blocked,
        can_undo: journal.is_some(),
        in_use,
        status,
    }
}

/// An `OthersMayChange` finding for the first of Claude's folders, or of the files in them that decide which program
/// Claude starts, that other people may change.
fn others_may_change(places: &Places) -> Option<Finding> {
    let in_root = |root: &PathBuf| {
        let library = library_in(root);
        let profiles = fs_err::read_dir(&library).into_iter().flatten().flatten().take(MOST_PROFILES);
        let profiles: Vec<PathBuf> = profiles.map(|entry| entry.path()).collect();
        [root.clone(), library].into_iter().chain(profiles)
    };
    places.roots().flat_map(in_root).find_map(|path| {
        let others = sys::others_who_may_change(&path);
        let finding =
            || Finding::new(Code::OthersMayChange).with("path", path.display()).with("who", others.join(", "));
        (!others.is_empty()).then(finding)
    })
}

/// A finding about what an undo could not restore yet.
pub(crate) fn unfinished(journal: &Journal) -> Finding {
    let finding = Finding::new(Code::UndoUnfinished);
    if journal.is_key_alone() {
        return finding.with("because", "key").softened();
    }
    let paths: Vec<&str> = journal.files.iter().map(|file| file.path.as_str()).collect();
    finding.with("because", "file").with("path", paths.join(", ")).softened()
}

/// A `DeadRelay` finding if the selected profile of another program uses a relay on this computer that does not
/// accept connections.
pub(crate) fn dead_relay(selected: &Selected) -> Option<Finding> {
    let relay = selected.relay.as_ref().filter(|_| selected.is_gateway)?;
    let finding = || selected.finding(Code::DeadRelay);
    let ip = relay.name().parse().unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let refused = TcpStream::connect_timeout(&SocketAddr::new(ip, relay.port()), RELAY_LIMIT).is_err();
    refused.then(finding)
}

fn storage(places: &Places, journal: &Journal) -> KeyStorage {
    let key = match journal.key_place {
        KeyPlace::Keychain => keychain::is_stored(places)
            .required()
            .and_then(|()| journal.key.clone().ok_or_else(|| Finding::new(Code::KeyNotStored))),
        KeyPlace::Profile => journal.key.clone().ok_or_else(|| Finding::new(Code::KeyNotStored)),
    };
    KeyStorage { key, helper: keychain::is_helper_there(places) }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_folder_or_profile_that_others_may_change_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_scratch(folder.path()).unwrap();
        let profile = places.profile("11111111-1111-4111-8111-111111111111");
        std::fs::create_dir_all(places.library()).unwrap();
        std::fs::write(&profile, "{}").unwrap();
        let set = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        set(&places.root, 0o755);
        set(&places.library(), 0o700);
        set(&profile, 0o644);
        assert_eq!(others_may_change(&places), None, "reading is not changing");
        for (path, usual) in [(places.root.clone(), 0o755), (places.library(), 0o700), (profile, 0o644)] {
            set(&path, usual | 0o002);
            let finding = others_may_change(&places).expect("a warning");
            assert_eq!((finding.code, finding.fact("path")), (Code::OthersMayChange, path.to_str()));
            assert!(!finding.blocks() && finding.fact("who") == Some("Everyone"), "{finding:?}");
            set(&path, usual);
        }
    }
}
