//! An installation of Claude Desktop.

use std::path::PathBuf;

use airouter_core::claude::version::Version;

/// An installed Claude Desktop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Install {
    /// What is started: a path, on macOS the bundle identifier, on Windows possibly a `shell:` name.
    pub launcher: PathBuf,
    /// The program itself, with all links resolved.
    pub program: PathBuf,
    /// The installed version, if it is known.
    pub version: Option<Version>,
    /// Folders whose programs all belong to Claude, on systems where Claude has more than one program.
    pub folders: Vec<PathBuf>,
    /// The families of its packages, which stay when a version gets another folder; Windows only.
    pub families: Vec<String>,
}
