//! Collects the facts for the doctor: everything that decides whether Claude reaches the gateway.

mod overrides;
mod run;

use std::path::PathBuf;
use std::time::Duration;

use airouter_core::address::GatewayUrl;
use airouter_core::check::CheckReport;
use airouter_core::claude::keys;
use airouter_core::claude::library::Library;
use airouter_core::doctor::{self, DoctorFacts, DoctorReport, Parts, ProgramFact};
use airouter_core::finding::Finding;
use airouter_core::keychain::Answer;
use airouter_core::plan::Facts;
use airouter_core::secret::Secret;
use airouter_core::status::KeyStorage;
use airouter_core::undo::Journal;
use airouter_core::view::KeyPlace;

use crate::check::reach_and_wait;
use crate::claude;
use crate::places::Places;
use crate::{files, keychain, observe, redaction, state, sys};

/// The server from which Claude downloads its own parts (OD).
const DOWNLOADS: &str = "https://downloads.claude.ai";
/// How long it may take to reach that server.
const DOWNLOADS_LIMIT: Duration = Duration::from_secs(5);

/// How much the doctor examines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Only this computer.
    Local,
    /// Also what Claude's own parts need, which includes a network test.
    Full,
}

/// The address that Claude is to use: the connected one, else the preset's.
///
/// # Errors
/// `JournalUnusable` if this program's own journal cannot be read.
pub fn intended_base(places: &Places, preset: &GatewayUrl) -> Result<GatewayUrl, Finding> {
    let journal = state::journal(places)?.filter(Journal::is_connection);
    let written = journal.and_then(|journal| GatewayUrl::parse(&journal.base).ok());
    Ok(written.unwrap_or_else(|| preset.clone()))
}

/// Collects the facts and examines them.
///
/// # Errors
/// See [`look`].
pub fn examine(
    places: &Places,
    base: &GatewayUrl,
    live: Option<CheckReport>,
    depth: Depth,
) -> Result<DoctorReport, Finding> {
    Ok(doctor::examine(&collect(places, base, live, depth)?))
}

/// Collects the facts of this computer. `base` is the address that Claude is to use, `live` the result of a check of
/// the gateway, if there was one.
///
/// # Errors
/// `JournalUnusable` if this program's own journal cannot be read.
pub fn collect(
    places: &Places,
    base: &GatewayUrl,
    live: Option<CheckReport>,
    depth: Depth,
) -> Result<DoctorFacts, Finding> {
    let places = &places.resolved();
    let install = claude::locate(places);
    let computer = observe::facts(places, install.as_ref())?;
    let helper = DoctorFacts::named_helper(&computer);
    Ok(DoctorFacts {
        storage: computer
            .journal
            .as_ref()
            .filter(|journal| journal.is_connection())
            .map(|journal| storage(places, journal)),
        unwritable: unwritable(&computer),
        has_claude_code: claude::has_claude_code(places),
        program: helper.map(|path| ProgramFact { runs: sys::is_executable(path.as_ref()), path }),
        run: run::collect(places, install.as_ref(), &computer),
        relay_is_dead: computer.library.selected().is_some_and(|selected| observe::dead_relay(&selected).is_some()),
        overrides: overrides::collect(places),
        parts: if depth == Depth::Full { parts(places) } else { Parts::default() },
        base: base.clone(),
        live,
        computer,
    })
}

/// Why the first of Claude's files that this program would write cannot be written.
fn unwritable(computer: &Facts) -> Option<Finding> {
    let ours = computer.journal.as_ref().map(|journal| journal.profile_id.clone());
    let profile = ours.or_else(|| computer.library.applied()).unwrap_or_else(|| computer.fresh_profile_id.clone());
    let of = |library: &Library| {
        [library.profile_path(&profile), library.meta_path.clone(), library.mode_path.clone()].map(PathBuf::from)
    };
    let files: Vec<PathBuf> = computer.libraries().flat_map(of).collect();
    files::first_unwritable(files.iter().map(PathBuf::as_path))
}

/// Reads the stored key itself, as Claude does: what the journal records of it may be out of date.
fn storage(places: &Places, journal: &Journal) -> KeyStorage {
    let key = match journal.key_place {
        KeyPlace::Keychain => keychain::read(places).masked().required(),
        KeyPlace::Profile => observe::key_in_use(places, journal).map(|key| key.masked()),
    };
    KeyStorage { key, helper: keychain::is_helper_there(places) }
}

/// What Claude's own parts need; nothing is examined in a rehearsal, where the real computer must not matter.
fn parts(places: &Places) -> Parts {
    if places.is_scratch() {
        return Parts::default();
    }
    let reached = GatewayUrl::parse(DOWNLOADS).ok().map(|place| reach_and_wait(&place, DOWNLOADS_LIMIT));
    Parts { free: sys::free_room(&places.root), virtualisation: sys::virtualisation(places), downloads: reached }
}

/// Every key for Claude that can be found on this computer, which must not leave it; and the values of headers that
/// are probably not secret, which must not leave it unshortened.
pub(crate) fn secrets(places: &Places, computer: &Facts) -> (Vec<Secret>, Vec<Secret>) {
    let (mut secrets, mut others): (Vec<Secret>, Vec<Secret>) = (Vec::new(), Vec::new());
    let is_stored = computer.journal.as_ref().is_some_and(|journal| journal.key_place == KeyPlace::Keychain);
    if is_stored && let Answer::Key(key) = keychain::read(places) {
        secrets.push(key);
    }
    for library in computer.libraries() {
        for profile in &library.profiles {
            let Ok(document) = profile.file.document() else { continue };
            let text = |key: &str| document.get(key).and_then(|value| value.as_str());
            secrets.extend(text(keys::API_KEY).map(|key| Secret::new(key.to_owned())));
            for headers in [keys::CUSTOM_HEADERS, "inferenceGatewayHeaders"] {
                for (is_secret, value) in redaction::headers_of(document.get(headers)) {
                    if is_secret { secrets.push(value) } else { others.push(value) }
                }
            }
        }
    }
    secrets.extend(run::handed_on(places));
    secrets.extend(overrides::secrets());
    (secrets, others)
}
