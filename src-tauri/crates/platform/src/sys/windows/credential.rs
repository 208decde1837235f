//! The Credential Manager: how long and where an entry is kept, and why it may not answer.

use airouter_core::finding::Code;
use airouter_core::keychain::because_on_windows;

/// The entry stays on this computer. The library's default is `CRED_PERSIST_ENTERPRISE`, with which Windows copies the
/// entry of a roaming profile to every computer where the person signs in; the person is told that it stays here.
pub(crate) const ENTRY_MODIFIERS: &[(&str, &str)] = &[("persistence", "Local")];

/// The cause of a finding about the keychain, where this system has one of its own.
pub(crate) fn keychain_cause(code: Code) -> Option<&'static str> {
    because_on_windows(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_credential_manager_lacks_is_a_logon() {
        assert_eq!(keychain_cause(Code::KeychainLocked), Some("no-logon"));
        assert_eq!(keychain_cause(Code::KeyNotStored), None);
    }
}
