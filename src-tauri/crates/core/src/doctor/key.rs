//! Checks that the key is good, and that Claude gets exactly this key.

use std::path::Path;

use super::DoctorStep::Key;
use super::checklist::CheckList;
use super::facts::{DoctorFacts, ProgramFact};
use super::live;
use crate::claude::keys;
use crate::claude::prediction::{Source, StartPrediction, Unusable};
use crate::finding::{Code, Finding};
use crate::secret::{MaskedKey, Secret, masked};
use crate::undo::Journal;
use crate::undo::KeyPlace;

/// Endings of scripts, which Claude cannot start on Windows without a shell (G).
const SCRIPTS: [&str; 4] = [".cmd", ".bat", ".ps1", ".vbs"];

pub(super) fn look(facts: &DoctorFacts, predicted: &StartPrediction, list: &mut CheckList) {
    live::look(facts, &live::KEY, list);
    let in_keychain = facts.storage.as_ref().filter(|_| place(facts) == Some(KeyPlace::Keychain));
    list.tested_if(Key, Code::KeyNotStored, in_keychain.map(|storage| storage.key.clone().err()));
    let helper = in_keychain.map(|storage| (!storage.helper).then(|| Finding::new(Code::HelperBroken)));
    list.tested_if(Key, Code::HelperBroken, helper);
    let has_none = matches!(predicted, StartPrediction::Degraded(Source::Local, Unusable::Credential));
    let path = facts.program.as_ref().map(wrong_path);
    let path_is_wrong = path.as_ref().is_some_and(Option::is_some);
    list.tested_if(Key, Code::HelperPath, path);
    // A program that cannot be started is reported already, with the reason.
    let unusable = (has_none && !path_is_wrong).then(|| Finding::new(Code::CredentialUnusable));
    list.tested_if(Key, Code::CredentialUnusable, facts.selected().map(|_| unusable));
    list.tested_if(Key, Code::TwoCredentials, facts.selected().map(|_| two_credentials(facts)));
    list.tested_if(Key, Code::KeyDiffers, known_key(facts).map(|known| key_differs(facts, &known)));
}

fn place(facts: &DoctorFacts) -> Option<KeyPlace> {
    let journal = facts.computer.journal.as_ref().filter(|journal| journal.is_connection());
    journal.map(|journal| journal.key_place)
}

/// Why Claude cannot start the program: Claude neither expands nor splits the path, so arguments after it
/// count as part of the file's name (PI).
fn wrong_path(program: &ProgramFact) -> Option<Finding> {
    let path = program.path.as_str();
    let lower = path.to_lowercase();
    let is_absolute = Path::new(path).is_absolute() || path.as_bytes().get(1) == Some(&b':');
    let reason = if path.starts_with('~') || path.contains('$') || path.contains('%') {
        "not-expanded"
    } else if !is_absolute {
        "not-absolute"
    } else if SCRIPTS.iter().any(|ending| lower.ends_with(ending)) {
        "script"
    } else if program.runs {
        return None;
    } else if path.contains(" -") || path.contains('"') {
        "arguments"
    } else {
        "missing"
    };
    Some(Finding::new(Code::HelperPath).with("path", masked(path)).with("reason", reason))
}

/// Two credentials: with a kind set, only one counts; without, the program has precedence (OD). Either way
/// the other one misleads, and everybody who opens the file can read a written key.
fn two_credentials(facts: &DoctorFacts) -> Option<Finding> {
    let has = |key| facts.selected_text(key).is_some_and(|text| !text.trim().is_empty());
    let both = has(keys::API_KEY) && has(keys::CREDENTIAL_HELPER);
    both.then(|| Finding::new(Code::TwoCredentials).with("keys", [keys::API_KEY, keys::CREDENTIAL_HELPER].join(", ")))
}

/// The key that this program stored, in masked form.
fn known_key(facts: &DoctorFacts) -> Option<MaskedKey> {
    let journal = facts.computer.journal.as_ref().filter(|journal| journal.is_connection())?;
    let stored = facts.storage.as_ref().and_then(|storage| storage.key.as_ref().ok());
    match journal.key_place {
        KeyPlace::Keychain => stored.cloned(),
        KeyPlace::Profile => journal.key.clone(),
    }
}

/// The key in use is another one: the key that Claude passed on to its engine, the one in the profile, or the
/// one recorded when the key was stored.
fn key_differs(facts: &DoctorFacts, known: &MaskedKey) -> Option<Finding> {
    let differs = |masked: &MaskedKey| masked != known;
    let finding = |masked: &MaskedKey, because: &str| {
        // Nothing of a short key is shown.
        let shown =
            [("stored", known), ("in_use", masked)].map(|(name, masked)| (name, masked.clone().shown().fingerprint));
        let shown = shown.into_iter().filter(|(_, fingerprint)| !fingerprint.is_empty());
        shown
            .fold(Finding::new(Code::KeyDiffers), |finding, (name, fingerprint)| finding.with(name, fingerprint))
            .with("because", because)
    };
    let handed_on = &facts.run.handed_on;
    if let Some(masked) = handed_on.first().filter(|_| handed_on.iter().all(differs)) {
        return Some(finding(masked, "handed-on"));
    }
    let written = facts.selected_text(keys::API_KEY).filter(|key| !key.trim().is_empty());
    let written = written.map(|key| Secret::new(key).masked());
    let noted = facts.computer.journal.as_ref().and_then(|journal: &Journal| journal.key.clone());
    written
        .filter(differs)
        .map(|masked| finding(&masked, "written"))
        .or_else(|| noted.filter(differs).map(|masked| finding(&masked, "replaced")))
}
