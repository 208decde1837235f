//! Whether this program runs as the person who is signed in.
//!
//! A person without an administrator's rights who chooses *Run as administrator* is asked for another account's
//! name and password, and the program then runs as that account: with its folders, its registry and its
//! keychain. What is set up there is never seen by the person's own Claude.

use crate::finding::{Code, Finding};

/// Length from which a session's name may have been cut off (OD: `USERNAME_LENGTH` of the session's structures).
const LONGEST_NAME: usize = 20;

/// Who is signed in, and who runs this program; `None` for what the system did not tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionFacts {
    /// The session's number; services and scheduled tasks without a window run in session 0 (OD).
    pub session: Option<u32>,
    /// The name of the account that is signed in to this session, without its domain.
    pub signed_in: Option<String>,
    /// The name of the account that this process runs as, without its domain.
    pub running_as: Option<String>,
}

/// The finding that this program runs as another account than the one that is signed in; none if anything is
/// unknown, and none in session 0, where nobody is signed in and management tools run.
///
/// Only names are compared. The domain of one account is written in several ways (computer, directory, cloud), and
/// a wrong refusal would leave the person without a way on.
pub fn other_account(facts: &SessionFacts) -> Option<Finding> {
    let name = |name: &Option<String>| {
        let name = name.as_deref().unwrap_or_default().trim().to_lowercase();
        (!name.is_empty() && !name.contains('@')).then(|| name.chars().take(LONGEST_NAME).collect::<String>())
    };
    let (signed_in, running_as) = (name(&facts.signed_in)?, name(&facts.running_as)?);
    let is_persons_session = facts.session.is_some_and(|session| session != 0);
    (is_persons_session && signed_in != running_as).then(|| Finding::new(Code::OtherAccount))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The session, who is signed in, who runs the program, whether that is found.
    type Row = (Option<u32>, Option<&'static str>, Option<&'static str>, bool);

    #[test]
    fn only_another_account_in_a_persons_session_is_found() {
        let rows: [Row; 11] = [
            (Some(1), Some("li"), Some("admin"), true),
            (Some(2), Some("李雷"), Some("管理员"), true),
            (Some(1), Some("li"), Some("LI"), false),
            (Some(1), Some("a-very-long-name-of-x"), Some("a-very-long-name-of-x-and-more"), false),
            (Some(1), Some("li"), Some("SYSTEM"), true),
            (Some(0), Some("li"), Some("SYSTEM"), false),
            (Some(0), Some(""), Some("SYSTEM"), false),
            (None, Some("li"), Some("admin"), false),
            (Some(1), None, Some("admin"), false),
            (Some(1), Some("li"), None, false),
            (Some(1), Some("li@office.example"), Some("li"), false),
        ];
        for (session, signed_in, running_as, expected) in rows {
            let name = |name: Option<&str>| name.map(str::to_owned);
            let facts = SessionFacts { session, signed_in: name(signed_in), running_as: name(running_as) };
            let found = other_account(&facts).map(|finding| (finding.code, finding.blocks()));
            assert_eq!(found, expected.then_some((Code::OtherAccount, true)), "{facts:?}");
        }
    }
}
