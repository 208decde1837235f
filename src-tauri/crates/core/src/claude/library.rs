//! The files that decide what Claude does, as they were found.

use crate::json::{Document, NotEditable};

/// A file as it was found. Never holds more than [`crate::json::LARGEST_FILE`] bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileFact {
    /// There is none.
    Absent,
    /// It is a plain file of the person's, with these bytes.
    Present(Vec<u8>),
    /// It is something else, which is not touched; the word says what: `link`, `folder`,
    /// `other-owner`, `unreadable`, `too-large`.
    Strange(&'static str),
}

/// Why a file cannot be edited.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Untouchable {
    /// It is not a plain file of the person's.
    #[error("{0}")]
    Strange(&'static str),
    /// Its content is not what Claude reads.
    #[error("{0}")]
    Content(#[from] NotEditable),
}

impl FileFact {
    /// The document in it; an empty one when there is no file.
    ///
    /// # Errors
    /// [`Untouchable`] with the reason.
    pub fn document(&self) -> Result<Document, Untouchable> {
        match self {
            Self::Absent => Ok(Document::empty()),
            Self::Present(bytes) => Ok(Document::parse(bytes)?),
            Self::Strange(what) => Err(Untouchable::Strange(what)),
        }
    }

    /// True when there is no file.
    pub fn is_absent(&self) -> bool {
        *self == Self::Absent
    }
}

/// A profile of the library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileFact {
    /// Its id.
    pub id: String,
    /// Where its file is.
    pub path: String,
    /// The file.
    pub file: FileFact,
}

/// Everything in the third-party folder that decides what Claude does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Library {
    /// The third-party folder itself.
    pub root: String,
    /// Where `_meta.json` is.
    pub meta_path: String,
    /// `configLibrary/_meta.json`
    pub meta: FileFact,
    /// Where `claude_desktop_config.json` is.
    pub mode_path: String,
    /// `claude_desktop_config.json`
    pub mode: FileFact,
    /// The profiles that `_meta.json` names, and ours.
    pub profiles: Vec<ProfileFact>,
}

impl Library {
    /// A profile by its id.
    pub fn profile(&self, id: &str) -> Option<&ProfileFact> {
        self.profiles.iter().find(|profile| profile.id == id)
    }

    /// Where the file of a profile is, or would be.
    pub fn profile_path(&self, id: &str) -> String {
        self.profile(id).map_or_else(
            || {
                let folder = self.meta_path.trim_end_matches("_meta.json");
                format!("{folder}{id}.json")
            },
            |profile| profile.path.clone(),
        )
    }

    /// One of these files by its path; nothing for another file.
    pub fn file(&self, path: &str) -> Option<&FileFact> {
        let profiles = self.profiles.iter().map(|profile| (&profile.path, &profile.file));
        let others = [(&self.meta_path, &self.meta), (&self.mode_path, &self.mode)];
        profiles.chain(others).find_map(|(known, file)| (known == path).then_some(file))
    }

    /// The id of the selected profile.
    pub fn applied(&self) -> Option<String> {
        let meta = self.meta.document().ok()?;
        meta.get(super::keys::APPLIED)?.as_str().map(str::to_owned)
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
    fn only_bare_lower_case_ids_are_taken() {
        assert!(is_profile_id("3f2b8c1e-1111-4222-8333-444455556666"));
        assert!(!is_profile_id("3F2B8C1E-1111-4222-8333-444455556666"));
        assert!(!is_profile_id("default"));
        assert!(!is_profile_id("../../../etc/passwd-0000000000000000"));
    }
}
