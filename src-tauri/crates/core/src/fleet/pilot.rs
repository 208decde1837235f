//! The computer on which a connection was tested, as far as an administrator may know it: no name of a
//! person, no path, nothing of the key.

use serde_json::json;

use crate::check::AuthScheme;
use crate::claude::version::Version;
use crate::locale::Os;
use crate::proof::Proof;
use crate::status::Status;

/// The observations of that computer.
#[derive(Debug, Clone, PartialEq)]
pub struct Pilot {
    /// Its system.
    pub os: Os,
    /// The version of its Claude, if known.
    pub claude: Option<Version>,
    /// The gateway's address.
    pub base: String,
    /// The header in which the key is sent.
    pub scheme: AuthScheme,
    /// Each value that was written, and whether it is unchanged.
    pub values: Vec<(String, bool)>,
    /// What Claude's own log said at its last start, if it was started.
    pub proof: Option<Proof>,
}

impl Pilot {
    /// Takes what may be published of a computer's status.
    pub fn of(os: Os, claude: Option<Version>, status: &Status, proof: Option<Proof>) -> Self {
        Self {
            os,
            claude,
            base: status.base.clone(),
            scheme: status.scheme,
            values: status.rows.iter().map(|row| (row.name.clone(), row.ok)).collect(),
            proof,
        }
    }

    /// True when Claude's own log proves the connection, and every value is unchanged.
    pub fn is_proved(&self) -> bool {
        self.values.iter().all(|(_, ok)| *ok) && self.proof.as_ref().is_some_and(|proof| proof.healthy != Some(false))
    }

    /// The file `pilot.json`.
    pub(super) fn to_json(&self) -> String {
        let values: serde_json::Map<_, _> = self.values.iter().map(|(name, ok)| (name.clone(), json!(ok))).collect();
        let value = json!({
            "schema": 1,
            "proved": self.is_proved(),
            "system": self.os,
            "claude": self.claude.map(|version| version.to_string()),
            "base": self.base,
            "auth": self.scheme.word(),
            "values_as_written": values,
            // The lines themselves hold paths, and paths hold names of people.
            "log": self.proof.as_ref().map(|proof| {
                json!({"mode": "gateway", "host": proof.host, "models": proof.models, "healthy": proof.healthy})
            }),
        });
        format!("{value:#}\n")
    }
}
