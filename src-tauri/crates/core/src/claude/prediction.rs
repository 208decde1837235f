//! Predicts what Claude will do at its next start from its present files.
//!
//! Claude reads its configuration once, at its start, and shows no message when it drops a part of it; so
//! Claude may start in its ordinary mode although every value looks right. The rules come from several
//! places: the administrator's source, the form of the library, the profile, the persisted mode. Here they
//! are one function. Where Claude's behaviour is unknown, the prediction is that the connection does not
//! come about: a false warning costs less than a false success.

mod inference;
mod values;

use crate::claude::keys;
use crate::claude::library::{FileFact, Library, is_profile_id};
use crate::claude::managed::{self, ManagedSource};
use crate::claude::version::Version;
use crate::finding::Code;
use crate::json::Document;
use values::Values;

pub use inference::{Inference, KeySource, Unusable};

/// The predicted start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StartPrediction {
    /// The ordinary mode with Claude.ai, for this reason.
    Ordinary(Reason),
    /// The sign-in screen, with the gateway as one choice: nothing is connected until the person chooses it
    /// (OD the offer, PI).
    SignIn(Inference),
    /// Connected through the gateway.
    Gateway(Inference),
    /// Third-party inference is set but unusable: the ordinary mode according to the documents (OD), an
    /// empty set-up screen as observed (PI). No gateway either way.
    Degraded(Source, Unusable),
    /// Another provider than a gateway, by its name; this program does not judge those.
    OtherProvider(Source, String),
    /// A server of the organization decides; its answer cannot be predicted.
    FromServer(Source),
}

/// The configuration that is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The administrator's.
    Managed,
    /// The person's own, in the library.
    Local,
}

/// Why Claude starts in its ordinary mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// This version has no third-party inference.
    TooOld,
    /// Claude rejects the administrator's file, which switches local values off too (OD).
    PolicyRejected,
    /// Only the administrator's configuration is in force, and it sets no inference.
    PolicyWithoutInference,
    /// There is no library.
    NoLibrary,
    /// Claude cannot read `_meta.json`.
    LibraryUnreadable,
    /// `_meta.json` has a `hybridPointer`, of unknown meaning (PI).
    PointedElsewhere,
    /// No profile is selected.
    NothingSelected,
    /// The selected id is not a bare lower-case UUID: Claude silently drops the library (PI).
    SelectionMalformed,
    /// The selected id is not among the entries; Claude *probably* takes the first one (PI).
    SelectionNotListed,
    /// The selected profile has no file (undocumented).
    ProfileMissing,
    /// Claude cannot read the selected profile.
    ProfileUnreadable,
    /// The configuration in force sets no inference.
    NoInference,
    /// The persisted mode is "1p", because the person signed in to Claude.ai once.
    ModeIsOrdinary,
}

/// Predicts the next start. `version` is the older of the installed and the running version; the newest
/// rules apply when it is unknown. Sources: facts 1.1 (which source counts, OD), the library's form (PI,
/// 1.46388.4), the mode's truth table (PI, three readings up to 1.24012.9).
pub fn predict_start(managed: &ManagedSource, library: &Library, version: Option<Version>) -> StartPrediction {
    if version.is_some_and(|version| version < Version::FIRST_WITH_GATEWAY) {
        return StartPrediction::Ordinary(Reason::TooOld);
    }
    let (source, document) = match winner(managed, library, version) {
        Ok(won) => won,
        Err(reason) => return StartPrediction::Ordinary(reason),
    };
    let values = Values::new(document.values(), source, version);
    if !values.is_activated() {
        return StartPrediction::Ordinary(match source {
            Source::Managed => Reason::PolicyWithoutInference,
            Source::Local => Reason::NoInference,
        });
    }
    let persisted = persisted(&library.mode);
    let is_forced = match values.flag(keys::NO_CHOOSER) {
        Ok(flag) => flag == Some(true),
        Err(unusable) => return StartPrediction::Degraded(source, unusable),
    };
    if persisted.as_deref() == Some("1p") && !is_forced {
        return StartPrediction::Ordinary(Reason::ModeIsOrdinary);
    }
    if values.is_served() {
        return StartPrediction::FromServer(source);
    }
    match inference::read(&values) {
        Err(unusable) => StartPrediction::Degraded(source, unusable),
        Ok(Err(provider)) => StartPrediction::OtherProvider(source, provider),
        Ok(Ok(inference)) if is_forced || persisted.as_deref() == Some("3p") => StartPrediction::Gateway(inference),
        Ok(Ok(inference)) => StartPrediction::SignIn(inference),
    }
}

/// The source that is in force, with its values.
fn winner(managed: &ManagedSource, library: &Library, version: Option<Version>) -> Result<(Source, Document), Reason> {
    match managed::judge(managed, version).map(|finding| finding.code) {
        None => {}
        // A file without any value is not documented; it is treated as a policy here.
        Some(Code::ManagedAppOnly) if administrators(managed).is_some_and(|document| document.is_empty()) => {
            return Err(Reason::PolicyWithoutInference);
        }
        Some(Code::ManagedAppOnly) => {}
        Some(Code::ManagedByPolicy) => {
            // One key that the version does not know makes Claude discard the whole file (PI, 1.24012.9).
            let is_known = |document: &Document| document.values().keys().all(|key| keys::is_known(key, version));
            let document = administrators(managed).filter(is_known).ok_or(Reason::PolicyRejected)?;
            return Ok((Source::Managed, document));
        }
        Some(_) => return Err(Reason::PolicyRejected),
    }
    applied(library).map(|document| (Source::Local, document))
}

fn administrators(managed: &ManagedSource) -> Option<Document> {
    match managed {
        ManagedSource::File { bytes, .. } => Document::parse(bytes).ok(),
        _ => None,
    }
}

/// The profile that the library selects.
fn applied(library: &Library) -> Result<Document, Reason> {
    if library.meta.is_absent() {
        return Err(Reason::NoLibrary);
    }
    let meta = library.meta.document().map_err(|_| Reason::LibraryUnreadable)?;
    if meta.get(keys::HYBRID_POINTER).is_some() {
        return Err(Reason::PointedElsewhere);
    }
    let id = match meta.get(keys::APPLIED) {
        None => return Err(Reason::NothingSelected),
        Some(id) => id.as_str().ok_or(Reason::SelectionMalformed)?,
    };
    if id.is_empty() {
        return Err(Reason::NothingSelected);
    }
    if !is_profile_id(id) {
        return Err(Reason::SelectionMalformed);
    }
    // Claude drops entries that have no id or no name (PI).
    let entry = meta.element(keys::ENTRIES, id).ok_or(Reason::SelectionNotListed)?;
    entry.get("name").and_then(serde_json::Value::as_str).ok_or(Reason::SelectionNotListed)?;
    match library.profile(id).map_or(&FileFact::Absent, |profile| &profile.file) {
        FileFact::Absent => Err(Reason::ProfileMissing),
        file => file.document().map_err(|_| Reason::ProfileUnreadable),
    }
}

/// The persisted mode; `None` for a file that cannot be read.
fn persisted(mode: &FileFact) -> Option<String> {
    mode.document().ok()?.get(keys::MODE)?.as_str().map(str::to_owned)
}

impl StartPrediction {
    /// True when Claude leaves its ordinary mode, or would if the configuration were usable. Also true where
    /// the selected profile is not listed: which one Claude uses then is a guess.
    pub fn leads_away(&self) -> bool {
        !matches!(self, Self::Ordinary(reason) if *reason != Reason::SelectionNotListed)
    }

    /// The gateway that Claude connects to without asking.
    pub fn gateway(&self) -> Option<&Inference> {
        match self {
            Self::Gateway(inference) => Some(inference),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
