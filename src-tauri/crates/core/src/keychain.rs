//! The answer of a keychain to a request for the key.
//!
//! There are three answers. A keychain that is locked, missing or unreachable says nothing about its content:
//! nothing may be deleted, rolled back, completed or overwritten because of it.

use crate::finding::{Code, Finding};
use crate::secret::{MaskedKey, Secret};

/// The answer. `T` is the key, or `()` where only its presence was requested.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Answer<T = Secret> {
    /// This key is stored.
    Key(T),
    /// The keychain works, and no key is stored.
    None,
    /// The content is unknown, for this reason.
    Unknown(Finding),
}

/// The finding that the stored key is not the one that this program stored.
pub fn another_key() -> Finding {
    Finding::new(Code::KeyDiffers).with("because", "stored").hardened()
}

/// The cause of a finding about the keychain of Windows, by its code: the Credential Manager never asks and is always
/// there, so what is missing is a session with credentials (OD, `ERROR_NO_SUCH_LOGON_SESSION`): a logon over SSH, a
/// service, a scheduled task without a stored password, or a policy that forbids storing credentials, which gives the
/// same number.
pub fn because_on_windows(code: Code) -> Option<&'static str> {
    matches!(code, Code::KeychainMissing | Code::KeychainLocked).then_some("no-logon")
}

impl<T> Answer<T> {
    /// The key where it is required.
    ///
    /// # Errors
    /// `KeyNotStored` when there is none, otherwise why the keychain did not answer.
    pub fn required(self) -> Result<T, Finding> {
        match self {
            Self::Key(key) => Ok(key),
            Self::None => Err(Finding::new(Code::KeyNotStored)),
            Self::Unknown(finding) => Err(finding),
        }
    }
}

impl Answer {
    /// The same answer with the key in masked form.
    pub fn masked(&self) -> Answer<MaskedKey> {
        match self {
            Self::Key(key) => Answer::Key(key.masked()),
            Self::None => Answer::None,
            Self::Unknown(finding) => Answer::Unknown(finding.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_and_no_answer_are_different() {
        assert_eq!(Answer::<Secret>::None.required().unwrap_err().code, Code::KeyNotStored);
        let locked = Answer::<Secret>::Unknown(Finding::new(Code::KeychainLocked));
        assert_eq!(locked.required().unwrap_err().code, Code::KeychainLocked);
        for (code, because) in [
            (Code::KeychainMissing, Some("no-logon")),
            (Code::KeychainLocked, Some("no-logon")),
            (Code::KeyNotStored, None),
            (Code::HelperBroken, None),
        ] {
            assert_eq!(because_on_windows(code), because, "{code}");
        }
    }
}
