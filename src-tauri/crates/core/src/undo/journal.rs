//! The journal: what was written to Claude's files, with all that is needed to revert it. It is on disk before
//! the first change is made, and it holds values, not files: the value before the *first* change by this
//! program, and the value that it wrote last.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::change::{Content, Edit, FileChange, Target};
use crate::check::AuthScheme;
use crate::claude::library::FileFact;
use crate::claude::version::Version;
use crate::claude::{FileRole, keys};
use crate::json::Document;
use crate::secret::{MaskedKey, Secret};

/// The version of the journal format that this program writes; newer ones are refused.
pub const SCHEMA: u32 = 1;

/// This program's changes of Claude's files. It holds no secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Journal {
    /// The version of the format, [`SCHEMA`].
    pub schema: u32,
    /// The changes under way; `None` once everything was written and verified.
    pub pending: Option<Pending>,
    /// True while an undo is under way.
    pub undoing: bool,
    /// The purpose of the changes.
    #[serde(default)]
    pub purpose: Purpose,
    /// Claude's version when they were made, if known.
    #[serde(default)]
    pub claude: Option<Version>,
    /// The profile that was selected: ours, or the neutral one.
    pub profile_id: String,
    /// The gateway's name, as the profile shows it.
    pub name: String,
    /// The address that was written.
    pub base: String,
    /// The header in which the key is sent.
    pub scheme: AuthScheme,
    /// The chosen models.
    pub models: Vec<String>,
    /// True when every model of the gateway is shown instead.
    pub every_model: bool,
    /// Where the key is stored.
    pub key_place: KeyPlace,
    /// The masked form of the key.
    pub key: Option<MaskedKey>,
    /// Hosts that Claude's own tools may reach, if the person chose them.
    #[serde(default)]
    pub egress: Option<Vec<String>>,
    /// The files with each value before the first and after the last write.
    pub files: Vec<FileChange>,
    /// Folders that were created for these files, the outermost first.
    pub made_folders: Vec<String>,
    /// True when a key of an earlier connection is still in the keychain, because removing it failed.
    #[serde(default)]
    pub stray_key: bool,
}

/// Where the key is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum KeyPlace {
    /// In the system's keychain; Claude asks the helper program for it.
    Keychain,
    /// In Claude's profile, in plain text: compatibility mode.
    Profile,
}

/// The purpose of changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// A gateway was connected.
    #[default]
    Connected,
    /// Claude was returned to Anthropic's own sign-in; there is no connection.
    Left,
}

/// Changes under way. If the program ends now, the next start rolls them back or completes them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pending {
    /// The journal before these changes.
    pub earlier: Option<Box<Journal>>,
    /// The files with each value before and after these changes.
    pub files: Vec<FileChange>,
    /// What the keychain held before these changes; recorded before a key is stored.
    #[serde(default)]
    pub key_before: KeyBefore,
}

/// What the keychain held before a change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyBefore {
    /// Not recorded, by a version of this program that did not ask.
    #[default]
    NotNoted,
    /// Not asked yet, so no key can have been stored.
    NotAsked,
    /// No key.
    None,
    /// This key, in masked form.
    Key(MaskedKey),
}

impl Pending {
    /// True when every value is written.
    pub fn is_done(&self, now: impl Fn(&str) -> FileFact) -> bool {
        self.files.iter().all(|file| {
            let document = now(&file.path).document();
            document.is_ok_and(|document| file.edits.iter().all(|edit| edit.target.read(&document) == edit.after))
        })
    }

    /// True when a rollback would lose a key: one that was in the profile before is not in it any more, and
    /// there is no other copy. Such a change has to be completed in any case.
    pub fn has_replaced_key(&self, new: Option<&MaskedKey>, now: impl Fn(&str) -> FileFact) -> bool {
        let profiles = self.files.iter().filter(|file| file.role == FileRole::Profile && file.existed);
        profiles.into_iter().any(|file| {
            let replaces = |edit: &Edit| edit.before == Content::Key;
            let fact = now(&file.path);
            if !file.edits.iter().any(replaces) || fact.is_absent() {
                return false;
            }
            fact.document().is_ok_and(|document| {
                match document.get(keys::API_KEY).and_then(serde_json::Value::as_str) {
                    None => true,
                    Some(key) => new == Some(&Secret::new(key.to_owned()).masked()),
                }
            })
        })
    }

    /// The texts that complete the changes, in the order in which they are written. Later changes of others are
    /// kept, except for the values that decide which address gets the key. A file that is gone, and a list or
    /// settings that cannot be understood, are not changed.
    ///
    /// # Errors
    /// The path of a profile that cannot be read now: it may still name the old address.
    pub fn completion(&self, now: impl Fn(&str) -> FileFact) -> Result<Vec<(String, Document)>, String> {
        let mut texts = Vec::new();
        for file in &self.files {
            let fact = now(&file.path);
            if fact.is_absent() && file.existed {
                continue;
            }
            match fact.document() {
                Ok(document) => texts.push((file.path.clone(), completed(file, &document))),
                Err(_) if file.role == FileRole::Profile => return Err(file.path.clone()),
                Err(_) => {}
            }
        }
        Ok(texts)
    }
}

/// One file with the missing changes made.
fn completed(file: &FileChange, document: &Document) -> Document {
    let is_missing = |edit: &&Edit| {
        let current = edit.target.read(document);
        edit.after != Content::Key && current != edit.after && (current == edit.before || binds(&edit.target))
    };
    let puts: Vec<_> =
        file.edits.iter().filter(is_missing).filter_map(|edit| edit.target.put(&edit.after, None)).collect();
    document.with_all(&puts)
}

/// True for values that decide which address gets a key.
fn binds(target: &Target) -> bool {
    const BINDING: [&str; 6] = [
        keys::PROVIDER,
        keys::BASE_URL,
        keys::AUTH_SCHEME,
        keys::CREDENTIAL_KIND,
        keys::CREDENTIAL_HELPER,
        keys::API_KEY,
    ];
    matches!(target, Target::Value(key) if BINDING.contains(&key.as_str()))
}

impl Journal {
    /// The journal after an undo that could not revert everything: these files remain, and with `stray_key` the
    /// key. The next start and the next undo continue with it. The changes under way stay recorded, because they
    /// say which values these files may hold.
    #[must_use]
    pub fn remainder(&self, files: Vec<FileChange>, stray_key: bool) -> Self {
        Self { purpose: Purpose::Left, undoing: true, files, stray_key, ..self.clone() }
    }

    /// True when none of it is in Claude's files: only the key is still to be removed.
    pub fn is_key_alone(&self) -> bool {
        self.undoing && self.files.is_empty()
    }

    /// True when the keychain may hold a key of this journal.
    pub fn may_hold_key(&self) -> bool {
        self.stray_key || (self.is_connection() && self.key_place == KeyPlace::Keychain)
    }

    /// True when this program wrote this value: last, or for a connection before an unfinished change.
    pub(super) fn has_written(&self, path: &str, target: &Target, value: &Content) -> bool {
        let earlier = self.pending.as_ref().and_then(|pending| pending.earlier.as_deref());
        [Some(self), earlier].into_iter().flatten().any(|journal| {
            let files = journal.files.iter().filter(|file| file.path == path);
            files.flat_map(|file| &file.edits).any(|edit| edit.target == *target && edit.after == *value)
        })
    }

    /// True when a gateway is connected.
    pub fn is_connection(&self) -> bool {
        self.purpose == Purpose::Connected
    }
}
