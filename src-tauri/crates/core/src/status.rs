//! Expected versus actual: each value that this program wrote, and what is there now.

use crate::address::GatewayUrl;
use crate::claude::library::FileFact;
use crate::finding::{Code, Finding};
use crate::secret::KeyFace;
use crate::undo::Journal;
use crate::view::{KeyPlace, Status, StatusRow};

/// What was found of the key and the helper program.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// The stored key's face, or why it could not be read.
    pub key: Result<KeyFace, Finding>,
    /// The helper program is in its place and complete.
    pub helper: bool,
}

/// Compares a journal with what is there. `now` tells what a file is now; `held` is needed only where
/// the key lives in the keychain.
pub fn compare(journal: &Journal, now: impl Fn(&str) -> FileFact, held: &Held) -> (Status, Vec<Finding>) {
    let mut rows: Vec<StatusRow> = journal
        .files
        .iter()
        .flat_map(|file| {
            let document = now(&file.path).document();
            file.edits.iter().map(move |edit| {
                let actual = document.as_ref().ok().map(|document| edit.target.read(document));
                // Claude may note more in our entry; that it is there is what counts.
                let is_entry = matches!(edit.target, crate::change::Target::Entry(_));
                let ok = match &actual {
                    Some(content) if is_entry => *content != crate::change::Content::Absent,
                    Some(content) => *content == edit.after,
                    None => false,
                };
                StatusRow {
                    name: edit.target.name().to_owned(),
                    expected: edit.after.shown(),
                    actual: actual.and_then(|content| content.shown()),
                    ok,
                }
            })
        })
        .collect();

    let mut findings = Vec::new();
    let drifted: Vec<&str> = rows.iter().filter(|row| !row.ok).map(|row| row.name.as_str()).collect();
    if !drifted.is_empty() {
        findings.push(Finding::new(Code::Drifted).with("keys", drifted.join(", ")));
    }
    let is_interrupted = journal.pending.is_some() || journal.undoing;
    if is_interrupted {
        findings.push(Finding::new(Code::Interrupted));
    }
    let mut key = journal.key.clone();
    if journal.key_place == KeyPlace::Keychain {
        rows.push(held_row("airouter-credential", held.helper));
        rows.push(held_row("keychain", held.key.is_ok()));
        if !held.helper {
            findings.push(Finding::new(Code::HelperBroken));
        }
        match &held.key {
            Ok(face) => key = Some(face.clone()),
            Err(finding) => findings.push(finding.clone()),
        }
    }
    let host = GatewayUrl::parse(&journal.base).map_or_else(|_| journal.base.clone(), |base| base.host().to_owned());
    let healthy = rows.iter().all(|row| row.ok) && !is_interrupted;
    let status = Status {
        base: journal.base.clone(),
        host,
        scheme: journal.scheme,
        models: journal.models.clone(),
        key_place: journal.key_place,
        key,
        rows,
        healthy,
    };
    (status, findings)
}

fn held_row(name: &str, is_there: bool) -> StatusRow {
    let present = "present".to_owned();
    StatusRow {
        name: name.to_owned(),
        actual: is_there.then(|| present.clone()),
        expected: Some(present),
        ok: is_there,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::{Content, Edit, FileChange, Target};
    use crate::check::AuthScheme;
    use crate::secret::Secret;
    use crate::view::FileRole;
    use serde_json::json;

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
            profile_id: "11111111-1111-4111-8111-111111111111".to_owned(),
            name: "AIRouter".to_owned(),
            base: "https://aigc.aochengcloud.com/claude".to_owned(),
            scheme: AuthScheme::Bearer,
            models: vec!["claude-sonnet-4-6".to_owned()],
            every_model: false,
            key_place: KeyPlace::Keychain,
            key: None,
            files: vec![FileChange {
                role: FileRole::Mode,
                path: "/m".to_owned(),
                existed: false,
                edits: vec![edit],
                patch: None,
            }],
            made_folders: Vec::new(),
        }
    }

    #[track_caller]
    fn check(text: Option<&str>, has_key: bool, codes: &[Code]) {
        let face = Secret::new("sk-0123456789abcdef".to_owned()).face();
        let held = Held { key: if has_key { Ok(face) } else { Err(Finding::new(Code::KeyNotStored)) }, helper: true };
        let now = |_: &str| text.map_or(FileFact::Absent, |text| FileFact::Present(text.as_bytes().to_vec()));
        let (status, findings) = compare(&journal(), now, &held);
        assert_eq!(findings.iter().map(|finding| finding.code).collect::<Vec<_>>(), codes, "{text:?}");
        assert_eq!(status.healthy, codes.is_empty());
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
