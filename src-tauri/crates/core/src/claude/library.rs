//! The files that decide what Claude does, as they were found.

use serde_json::Value;

use super::keys;
use super::tools::{relay, tool_of};
use crate::address::GatewayUrl;
use crate::finding::{Code, Finding};
use crate::json::{Document, NotEditable};

/// A file as it was found. Never holds more than [`crate::json::LARGEST_FILE`] bytes.
#[derive(Clone, PartialEq, Eq)]
pub enum FileFact {
    /// It does not exist.
    Absent,
    /// A plain file of the person's with these bytes.
    Present(Vec<u8>),
    /// Something else, which is never changed; the word says what: `link`, `folder`, `other-owner`,
    /// `unreadable`, `too-large`, `held` (another program has it open, so that it cannot be read now).
    Irregular(&'static str),
}

impl std::fmt::Debug for FileFact {
    /// Claude's files may hold a key, so only the length is printed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Absent => f.write_str("Absent"),
            Self::Present(bytes) => write!(f, "Present({} bytes)", bytes.len()),
            Self::Irregular(what) => write!(f, "Irregular({what})"),
        }
    }
}

/// Why a file cannot be edited.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Uneditable {
    /// It is not a plain file of the person's.
    #[error("{0}")]
    Irregular(&'static str),
    /// Claude does not read its content.
    #[error("{0}")]
    Content(#[from] NotEditable),
}

impl FileFact {
    /// The document in the file; an empty one when there is no file. Of a damaged file (see
    /// [`FileFact::is_damaged`]) it is what stands before the damage: Claude itself treats such a file as empty
    /// (G).
    ///
    /// # Errors
    /// [`Uneditable`] with the reason.
    pub fn document(&self) -> Result<Document, Uneditable> {
        match self {
            Self::Absent => Ok(Document::empty()),
            Self::Present(bytes) => match sound(bytes) {
                [] => Ok(Document::empty()),
                sound => Ok(Document::parse(sound)?),
            },
            Self::Irregular(what) => Err(Uneditable::Irregular(what)),
        }
    }

    /// True for a file damaged by a power cut or a full disk: empty, or with only zeros from some byte to its
    /// end. Writing it anew loses nothing.
    pub fn is_damaged(&self) -> bool {
        matches!(self, Self::Present(bytes) if bytes.ends_with(b"\0") || sound(bytes).is_empty())
    }

    /// The text in the file, valid or not; `None` where there is no plain file or no text.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Present(bytes) => std::str::from_utf8(bytes).ok(),
            Self::Absent | Self::Irregular(_) => None,
        }
    }

    /// True when there is no file.
    pub fn is_absent(&self) -> bool {
        *self == Self::Absent
    }
}

/// The bytes before the zeros at the end; empty where those are white space alone.
fn sound(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let kept = &bytes[..end];
    if kept.trim_ascii().is_empty() { &[] } else { kept }
}

/// A profile of the library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileFact {
    /// Its id.
    pub id: String,
    /// The path of its file.
    pub path: String,
    /// The file.
    pub file: FileFact,
}

/// All files of the third-party folder that decide what Claude does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Library {
    /// The third-party folder itself.
    pub root: String,
    /// The path of `_meta.json`.
    pub meta_path: String,
    /// `configLibrary/_meta.json`
    pub meta: FileFact,
    /// The path of `claude_desktop_config.json`.
    pub mode_path: String,
    /// `claude_desktop_config.json`
    pub mode: FileFact,
    /// The profiles that `_meta.json` names, and this program's.
    pub profiles: Vec<ProfileFact>,
}

/// The profile that Claude uses, as far as its files show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selected {
    /// Its id.
    pub id: String,
    /// Its name in Claude's list.
    pub name: String,
    /// The program that probably wrote it.
    pub tool: Option<&'static str>,
    /// The address of its gateway, unchanged.
    pub base: Option<String>,
    /// The local relay that this address leads to, if it does.
    pub relay: Option<GatewayUrl>,
    /// True when it names a provider: Claude leaves its ordinary mode for it.
    pub is_gateway: bool,
}

/// The name of the neutral (empty) profile in Claude's own list (PI).
pub const NEUTRAL: &str = "Default";

impl Selected {
    /// True for the empty profile that Claude itself puts into its list.
    pub fn is_neutral(&self) -> bool {
        self.name == NEUTRAL && !self.is_gateway
    }

    /// A finding about the profile, with its name, the program that wrote it and the relay's address.
    pub fn finding(&self, code: Code) -> Finding {
        let mut finding = Finding::new(code).with("name", crate::secret::masked(&self.name));
        if let Some(tool) = self.tool {
            finding = finding.with("tool", tool);
        }
        match &self.relay {
            Some(relay) => finding.with("url", relay.as_str()),
            None => finding,
        }
    }
}

impl Library {
    /// A profile by its id.
    pub fn profile(&self, id: &str) -> Option<&ProfileFact> {
        self.profiles.iter().find(|profile| profile.id == id)
    }

    /// The selected profile, if it is among the entries.
    pub fn selected(&self) -> Option<Selected> {
        let id = self.applied()?;
        let meta = self.meta.document().ok()?;
        let name = meta.element(keys::ENTRIES, &id)?.get("name").and_then(Value::as_str).unwrap_or_default();
        let profile = self.profile(&id).and_then(|profile| profile.file.document().ok());
        let profile = profile.unwrap_or_else(Document::empty);
        Some(Selected {
            tool: tool_of(Some(name), &profile),
            base: profile.get(keys::BASE_URL).and_then(Value::as_str).map(crate::secret::shown_address),
            relay: relay(&profile),
            is_gateway: profile
                .get(keys::PROVIDER)
                .and_then(Value::as_str)
                .is_some_and(|provider| !provider.is_empty()),
            name: name.to_owned(),
            id,
        })
    }

    /// The path that the file of a profile has or would have.
    pub fn profile_path(&self, id: &str) -> String {
        self.profile(id).map_or_else(
            || {
                let folder = self.meta_path.trim_end_matches("_meta.json");
                format!("{folder}{id}.json")
            },
            |profile| profile.path.clone(),
        )
    }

    /// One of these files by its path; `None` for another path.
    pub fn file(&self, path: &str) -> Option<&FileFact> {
        let profiles = self.profiles.iter().map(|profile| (&profile.path, &profile.file));
        let others = [(&self.meta_path, &self.meta), (&self.mode_path, &self.mode)];
        profiles.chain(others).find_map(|(known, file)| (known == path).then_some(file))
    }

    /// The id of the selected profile.
    pub fn applied(&self) -> Option<String> {
        let meta = self.meta.document().ok()?;
        meta.get(keys::APPLIED)?.as_str().map(str::to_owned)
    }

    /// True when the selected profile cannot be read now, so that Claude's behaviour is unknown.
    pub fn selects_unread(&self) -> bool {
        let profile = self.applied().and_then(|id| self.profile(&id).map(|profile| &profile.file));
        matches!(profile, Some(FileFact::Irregular(_)))
    }
}

/// True for the form of id that Claude accepts as `appliedId`: a bare lower-case UUID (PI, 1.46388.4).
pub fn is_profile_id(id: &str) -> bool {
    id.len() == 36 && id.bytes().all(|byte| matches!(byte, b'a'..=b'f' | b'0'..=b'9' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_damaged_by_a_crash_is_recognised() {
        for (bytes, is_damaged, text) in [
            (&b""[..], true, Some("{}")),
            (b"\0\0\0", true, Some("{}")),
            (b" \r\n", true, Some("{}")),
            (b"{\"a\":1}\0\0", true, Some("{\"a\":1}")),
            (b"{\"a\":1}", false, Some("{\"a\":1}")),
            (b"{\"a\":\0\0", true, None),
            (b"\0{}", false, None),
        ] {
            let file = FileFact::Present(bytes.to_vec());
            assert_eq!(file.is_damaged(), is_damaged, "{bytes:?}");
            assert_eq!(file.document().ok().as_ref().map(Document::text), text, "{bytes:?}");
        }
    }

    #[test]
    fn only_bare_lower_case_ids_are_taken() {
        assert!(is_profile_id("3f2b8c1e-1111-4222-8333-444455556666"));
        assert!(!is_profile_id("3F2B8C1E-1111-4222-8333-444455556666"));
        assert!(!is_profile_id("default"));
        assert!(!is_profile_id("../../../etc/passwd-0000000000000000"));
    }
}
