//! The proof: what Claude's own log says after the start.

use std::time::{Duration, Instant};

use airouter_core::address::GatewayUrl;
use airouter_core::finding::{Code, Finding};
use airouter_core::proof::{Proof, Reading, read};

use crate::claude::log::LogPosition;
use crate::claude::wait_until;
use crate::places::Places;

/// How long Claude's log may take to say something.
const LIMIT: Duration = Duration::from_secs(45);
/// How long to wait for the rest of a proof after its first line: the model list may take ten seconds.
const GRACE: Duration = Duration::from_secs(12);

/// The ends of Claude's logs before it was started.
pub(super) struct LogPositions {
    third_party: Vec<LogPosition>,
    ordinary: Vec<LogPosition>,
    path: String,
}

impl LogPositions {
    /// Records where the logs end now.
    pub(super) fn record(places: &Places) -> Self {
        Self {
            third_party: places.logs().iter().map(|log| LogPosition::at_end(log)).collect(),
            ordinary: places.ordinary_logs.iter().map(|log| LogPosition::at_end(log)).collect(),
            path: places.log.to_string_lossy().into_owned(),
        }
    }

    /// True if Claude has written to any of its logs since.
    pub(super) fn has_grown(&self) -> bool {
        self.third_party.iter().chain(&self.ordinary).any(|log| !log.appended().is_empty())
    }

    /// What Claude has written since to its third-party logs.
    fn appended(&self) -> String {
        self.third_party.iter().map(LogPosition::appended).collect()
    }

    /// Polls Claude's log until it proves the connection to `base` or shows why it failed, at most [`LIMIT`].
    ///
    /// # Errors
    /// What the log says went wrong, `ProofSilent` or `ProofOrdinaryMode`.
    pub(super) fn prove(&self, base: &GatewayUrl) -> Result<Proof, Finding> {
        let mut reading = Reading::Pending;
        let mut proved_since: Option<Instant> = None;
        wait_until(LIMIT, || {
            reading = read(&self.appended(), &self.path, base);
            match &reading {
                Reading::Failed(_) => true,
                Reading::Proved(proof) => {
                    let since = *proved_since.get_or_insert_with(Instant::now);
                    proof.is_whole() || since.elapsed() > GRACE
                }
                Reading::Pending | Reading::Started => false,
            }
        });
        self.verdict(reading)
    }

    /// The result when the time is over.
    fn verdict(&self, reading: Reading) -> Result<Proof, Finding> {
        match reading {
            Reading::Proved(proof) => Ok(proof),
            Reading::Failed(finding) => Err(finding),
            // Newer builds name the address with the first message only (PI): the person is asked for one.
            Reading::Started => Err(Finding::new(Code::ProofSilent).with("seen", "mode").with("log", &self.path)),
            Reading::Pending if self.ordinary.iter().any(|log| !log.appended().is_empty()) => {
                Err(Finding::new(Code::ProofOrdinaryMode))
            }
            Reading::Pending => Err(Finding::new(Code::ProofSilent).with("log", &self.path)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_told_from_the_ordinary_mode_in_each_place_of_its_log() {
        let places = |folder: &tempfile::TempDir| Places::in_scratch(folder.path()).unwrap();
        for index in 0..places(&tempfile::tempdir().unwrap()).ordinary_logs.len() {
            let folder = tempfile::tempdir().unwrap();
            let places = places(&folder);
            let log = &places.ordinary_logs[index];
            fs_err::create_dir_all(log.parent().unwrap()).unwrap();
            fs_err::write(log, "of an earlier start\n").unwrap();
            let positions = LogPositions::record(&places);
            let code = || positions.verdict(Reading::Pending).unwrap_err().code;
            assert_eq!(code(), Code::ProofSilent, "{}", log.display());
            assert!(!positions.has_grown());
            fs_err::write(log, "of an earlier start\nStarting app\n").unwrap();
            assert_eq!(code(), Code::ProofOrdinaryMode, "{}", log.display());
            assert!(positions.has_grown());
            let started = positions.verdict(Reading::Started).unwrap_err();
            assert_eq!((started.code, started.fact("seen")), (Code::ProofSilent, Some("mode")));
        }
    }
}
