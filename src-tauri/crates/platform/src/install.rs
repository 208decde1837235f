//! Claude Desktop as it is installed.

use std::path::PathBuf;

use airouter_core::claude::version::Version;

/// An installed Claude Desktop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Install {
    /// What is started.
    pub launcher: PathBuf,
    /// The program itself, behind all links.
    pub program: PathBuf,
    /// The installed version, if a package says it.
    pub version: Option<Version>,
    /// Folders whose programs are all Claude's, where one program alone does not say it.
    pub folders: Vec<PathBuf>,
}
