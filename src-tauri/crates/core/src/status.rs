//! Expected versus actual: each value that this program wrote, and its present value.

mod shown;
mod values;

pub use shown::{DriftCause, Status, StatusRow, ValueSource};
pub use values::values;

use serde_json::json;

use crate::address::GatewayUrl;
use crate::change::{Content, Edit, Target};
use crate::claude::keys;
use crate::claude::library::{FileFact, Selected};
use crate::claude::version::Version;
use crate::finding::{Code, Finding};
use crate::secret::{MaskedKey, shown_address};
use crate::text::one_line;
use crate::undo::{Journal, KeyPlace};

/// The state of the key and the helper program.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyStorage {
    /// The masked form of the stored key, or why it could not be read.
    pub key: Result<MaskedKey, Finding>,
    /// True when the helper program is in its place and complete.
    pub helper: bool,
}

/// Observations that explain why a value differs and whether it counts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Surroundings {
    /// The installed version of Claude.
    pub claude: Option<Version>,
    /// True when an administrator's configuration is in force.
    pub is_managed: bool,
    /// The selected profile.
    pub selected: Option<Selected>,
}

/// The longest name of a gateway that is shown, in characters.
const LONGEST_NAME: usize = 60;

/// Compares a journal with the present files. `now` gives the present state of a file by its path; `storage`
/// is needed only where the key is stored in the keychain.
pub fn compare(
    journal: &Journal,
    now: impl Fn(&str) -> FileFact,
    storage: &KeyStorage,
    surroundings: &Surroundings,
) -> (Status, Vec<Finding>) {
    let mut rows: Vec<StatusRow> = Vec::new();
    for file in &journal.files {
        let fact = now(&file.path);
        rows.extend(file.edits.iter().map(|edit| row(edit, &fact, journal, surroundings)));
    }

    let mut findings = Vec::new();
    findings.extend(drift(&rows, surroundings));
    let is_interrupted = journal.pending.is_some() || journal.undoing;
    if is_interrupted {
        findings.push(Finding::new(Code::Interrupted));
    }
    let mut key = journal.key.clone();
    if journal.key_place == KeyPlace::Keychain {
        rows.push(storage_row("airouter-credential", storage.helper));
        rows.push(storage_row("keychain", storage.key.is_ok()));
        if !storage.helper {
            findings.push(Finding::new(Code::HelperBroken));
        }
        match &storage.key {
            Ok(masked) => key = Some(masked.clone()),
            Err(finding) => findings.push(finding.clone()),
        }
    }
    let host = GatewayUrl::parse(&journal.base).map_or_else(|_| journal.base.clone(), |base| base.host().to_owned());
    let healthy = rows.iter().all(|row| row.ok) && !is_interrupted;
    let status = Status {
        name: one_line(&journal.name, LONGEST_NAME),
        base: shown_address(&journal.base),
        host: shown_address(&host),
        scheme: journal.scheme,
        models: journal.models.clone(),
        key_place: journal.key_place,
        key: key.map(MaskedKey::shown),
        rows,
        healthy,
        egress: journal.egress.clone(),
    };
    (status, findings)
}

fn row(edit: &Edit, fact: &FileFact, journal: &Journal, surroundings: &Surroundings) -> StatusRow {
    let actual = fact.document().ok().map(|document| edit.target.read(&document));
    // Claude may add members to our entry; it only has to exist.
    let is_entry = matches!(edit.target, Target::Entry(_));
    let ok = match &actual {
        Some(content) if is_entry => *content != Content::Absent,
        Some(content) => *content == edit.after,
        None => false,
    };
    let source = match &actual {
        _ if surroundings.is_managed => ValueSource::Policy,
        None | Some(Content::Absent) => ValueSource::Default,
        Some(_) => ValueSource::Local,
    };
    StatusRow {
        name: edit.target.name().to_owned(),
        expected: edit.after.shown(),
        actual: actual.as_ref().and_then(Content::shown),
        ok,
        source,
        cause: (!ok).then(|| cause(edit, fact, actual.as_ref(), journal, surroundings)),
    }
}

fn cause(
    edit: &Edit,
    fact: &FileFact,
    actual: Option<&Content>,
    journal: &Journal,
    surroundings: &Surroundings,
) -> DriftCause {
    let is_updated = matches!((journal.claude, surroundings.claude), (Some(then), Some(now)) if now > then);
    match &edit.target {
        // One sign-in to Anthropic is enough to cause it (PI).
        Target::Value(key) if key == keys::MODE && actual == Some(&Content::Plain(json!("1p"))) => DriftCause::SignedIn,
        Target::Value(key) if key == keys::APPLIED && matches!(actual, Some(Content::Plain(_))) => {
            DriftCause::OtherProfile
        }
        _ if fact.is_absent() => DriftCause::Removed,
        _ if is_updated => DriftCause::ClaudeUpdated,
        _ => DriftCause::Changed,
    }
}

/// One finding for all rows that differ, with the likeliest cause.
fn drift(rows: &[StatusRow], surroundings: &Surroundings) -> Option<Finding> {
    let drifted: Vec<&StatusRow> = rows.iter().filter(|row| !row.ok).collect();
    let cause = drifted.iter().filter_map(|row| row.cause).min()?;
    let names: Vec<&str> = drifted.iter().map(|row| row.name.as_str()).collect();
    let finding = match &surroundings.selected {
        Some(selected) if cause == DriftCause::OtherProfile => selected.finding(Code::Drifted),
        _ => Finding::new(Code::Drifted),
    };
    let because = match cause {
        DriftCause::SignedIn => "signed-in",
        DriftCause::OtherProfile => "other-profile",
        DriftCause::Removed => "removed",
        DriftCause::ClaudeUpdated => "claude-updated",
        DriftCause::Changed => "changed",
    };
    Some(finding.with("keys", names.join(", ")).with("because", because))
}

fn storage_row(name: &str, is_there: bool) -> StatusRow {
    let present = "present".to_owned();
    StatusRow {
        name: name.to_owned(),
        actual: is_there.then(|| present.clone()),
        expected: Some(present),
        ok: is_there,
        source: ValueSource::ThisProgram,
        cause: (!is_there).then_some(DriftCause::Removed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::FileChange;
    use crate::check::AuthScheme;
    use crate::claude::FileRole;
    use crate::secret::Secret;

    fn journal() -> Journal {
        let edit = Edit {
            target: Target::Value("deploymentMode".to_owned()),
            before: Content::Absent,
            after: Content::Plain(json!("3p")),
        };
        Journal {
            schema: crate::undo::SCHEMA,
            pending: None,
            undoing: false,
            purpose: crate::undo::Purpose::Connected,
            claude: Some(Version(1, 46388, 4)),
            egress: None,
            profile_id: "11111111-1111-4111-8111-111111111111".to_owned(),
            name: "AIRouter".to_owned(),
            base: "https://aigc.aochengcloud.com/claude".to_owned(),
            scheme: AuthScheme::Bearer,
            models: vec!["claude-sonnet-4-6".to_owned()],
            every_model: false,
            key_place: KeyPlace::Keychain,
            key: None,
            files: vec![FileChange::new(FileRole::Mode, "/m", false, vec![edit])],
            made_folders: Vec::new(),
            stray_key: false,
        }
    }

    #[track_caller]
    fn check(text: Option<&str>, has_key: bool, codes: &[Code]) {
        let masked = Secret::new("sk-0123456789abcdef".to_owned()).masked();
        let storage =
            KeyStorage { key: if has_key { Ok(masked) } else { Err(Finding::new(Code::KeyNotStored)) }, helper: true };
        let now = |_: &str| text.map_or(FileFact::Absent, |text| FileFact::Present(text.as_bytes().to_vec()));
        let (status, findings) = compare(&journal(), now, &storage, &Surroundings::default());
        assert_eq!(findings.iter().map(|finding| finding.code).collect::<Vec<_>>(), codes, "{text:?}");
        assert_eq!(status.healthy, codes.is_empty());
    }

    #[track_caller]
    fn check_cause(text: Option<&str>, surroundings: &Surroundings, expected: &str) {
        let storage = KeyStorage { key: Ok(Secret::new("sk-0123456789abcdef".to_owned()).masked()), helper: true };
        let now = |_: &str| text.map_or(FileFact::Absent, |text| FileFact::Present(text.as_bytes().to_vec()));
        let (_, findings) = compare(&journal(), now, &storage, surroundings);
        assert_eq!(findings[0].fact("because"), Some(expected), "{text:?}");
    }

    #[test]
    fn the_likeliest_reason_is_reported() {
        let same = Surroundings { claude: Some(Version(1, 46388, 4)), ..Surroundings::default() };
        let newer = Surroundings { claude: Some(Version(2, 26454, 0)), ..Surroundings::default() };
        check_cause(Some(r#"{"deploymentMode":"1p"}"#), &newer, "signed-in");
        check_cause(None, &newer, "removed");
        check_cause(Some("{}"), &newer, "claude-updated");
        check_cause(Some("{}"), &same, "changed");
    }

    #[test]
    fn an_administrators_configuration_is_the_source_of_everything() {
        let storage = KeyStorage { key: Err(Finding::new(Code::KeyNotStored)), helper: true };
        let now = |_: &str| FileFact::Present(br#"{"deploymentMode":"3p"}"#.to_vec());
        let (status, _) =
            compare(&journal(), now, &storage, &Surroundings { is_managed: true, ..Surroundings::default() });
        assert_eq!(status.rows[0].source, ValueSource::Policy);
    }

    #[test]
    fn drift_is_named() {
        check(Some(r#"{"deploymentMode":"3p","other":1}"#), true, &[]);
        check(Some(r#"{"deploymentMode":"1p"}"#), true, &[Code::Drifted]);
        check(None, true, &[Code::Drifted]);
        check(Some("{broken"), true, &[Code::Drifted]);
        check(Some(r#"{"deploymentMode":"3p"}"#), false, &[Code::KeyNotStored]);
    }
}
