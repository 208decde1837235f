//! The words for the state of Claude's connection (PI): its log and its report use the same ones.

use crate::finding::{Code, Finding};

/// The state of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// Claude's test request was answered.
    Healthy,
    /// Claude could not test; that is neither good nor bad.
    NotTested,
    /// The connection does not work, for this reason.
    Trouble(&'static str),
}

/// Words for failures, each with the one that evidence uses.
const TROUBLES: [(&str, &str); 11] = [
    ("auth_failed", "auth_failed"),
    ("config_model_rejected", "config_model_rejected"),
    ("provider_error", "provider_error"),
    ("unreachable", "unreachable"),
    ("invalid_config", "config_invalid"),
    ("config_invalid", "config_invalid"),
    ("bootstrap_error", "bootstrap_error"),
    ("unhealthy", "unhealthy"),
    ("degraded", "unhealthy"),
    ("error", "unhealthy"),
    ("failed", "unhealthy"),
];

impl Health {
    /// The state of this word; `None` for an unknown one.
    pub fn of(word: &str) -> Option<Self> {
        let word = word.trim().trim_matches(['"', '\'', '.']).to_ascii_lowercase().replace([' ', '-'], "_");
        match word.as_str() {
            "healthy" | "ok" | "passed" => Some(Self::Healthy),
            "not_testable" | "not_tested" | "untested" | "unknown" | "pending" => Some(Self::NotTested),
            word => {
                let trouble = TROUBLES.iter().find(|(known, _)| *known == word);
                trouble.map(|(_, state)| Self::Trouble(state)).or_else(|| Self::of(first_word(word)?))
            }
        }
    }

    /// The finding for the state, with the word as evidence.
    pub fn finding(self) -> Option<Finding> {
        match self {
            Self::Healthy | Self::NotTested => None,
            Self::Trouble("config_invalid") => Some(Finding::new(Code::ProofRefused).with("state", "config_invalid")),
            Self::Trouble(state) => Some(Finding::new(Code::ProofUnhealthy).with("state", state)),
        }
    }
}

/// `healthy (200)` means the same as `healthy`.
fn first_word(word: &str) -> Option<&str> {
    word.split_once(|c: char| !c.is_ascii_alphabetic() && c != '_').map(|(first, _)| first.trim_end_matches('_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_read_whole_and_unknown_ones_are_none() {
        assert_eq!(Health::of("'healthy'"), Some(Health::Healthy));
        assert_eq!(Health::of("not_testable"), Some(Health::NotTested));
        assert_eq!(Health::of("Unhealthy"), Some(Health::Trouble("unhealthy")));
        assert_eq!(Health::of("provider_error"), Some(Health::Trouble("provider_error")));
        assert_eq!(Health::of("healthy (200)"), Some(Health::Healthy));
        assert_eq!(Health::of("not healthy at all"), None);
        for (word, _) in TROUBLES {
            assert!(Health::of(word).and_then(Health::finding).is_some(), "{word}");
        }
    }
}
