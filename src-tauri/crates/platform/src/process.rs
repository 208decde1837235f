//! A process of this computer, as far as it matters here. Each system lists its own (`sys::processes`).

use std::path::PathBuf;

/// A process that is Claude Desktop, belongs to it, or may have started this program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Process {
    /// Its id.
    pub(crate) id: u32,
    /// The id of the process that started it, which may have ended since.
    pub(crate) parent: Option<u32>,
    /// When it was started, in seconds since 1970. Ids are reused; an id and its start are not.
    pub(crate) started: u64,
    /// The file name of its program.
    pub(crate) name: String,
    /// The path of its program; `None` if the system does not tell.
    pub(crate) exe: Option<PathBuf>,
    /// True for Claude Desktop, also if it cannot be ruled out.
    pub(crate) is_claude: bool,
    /// True for another program of Claude's package; Windows only.
    pub(crate) is_of_package: bool,
    /// True if it runs with more rights than this program, which therefore can neither ask nor end it; Windows only.
    pub(crate) is_elevated: bool,
}

impl Process {
    /// True if both are the same process, and not one that got the other's id.
    pub(crate) fn is(&self, other: &Self) -> bool {
        (self.id, self.started) == (other.id, other.started)
    }
}
