//! The stage of a rehearsal: a scratch folder in which Claude Desktop seems to be installed.

use std::path::Path;

use airouter_core::finding::{Code, Finding};

use crate::files::{self, Privacy};
use crate::places::{Places, beside_this_program};
use crate::sys;

/// The program that is also the stand-in, when it is called by the app's name.
const STAND_IN: &str = if cfg!(windows) { "airouter-setup-cli.exe" } else { "airouter-setup-cli" };

/// True when this very program was started under the app's name, and is to be the stand-in.
pub fn is_stand_in() -> bool {
    std::env::current_exe()
        .ok()
        .and_then(|program| program.file_stem().map(|name| name == sys::APP_NAME))
        .unwrap_or(false)
}

/// Puts the stand-in Claude Desktop where the real one would be, with what tells its version.
///
/// # Errors
/// `CannotWrite` with what the system says.
pub fn install_claude(places: &Places, version: &str) -> Result<(), Finding> {
    let cannot = |path: &Path, error: &dyn ToString| {
        Finding::new(Code::CannotWrite).with("path", path.display()).with("reason", error.to_string())
    };
    let stand_in = beside_this_program(STAND_IN).ok_or_else(|| Finding::new(Code::CannotWrite))?;
    let stage = sys::stage(places, version);
    for program in &stage.programs {
        files::install_program(&stand_in, program).map_err(|error| cannot(program, &error))?;
    }
    for (path, text) in &stage.files {
        files::replace(path, text.as_bytes(), Privacy::OwnerOnly).map_err(|error| cannot(path, &error))?;
    }
    Ok(())
}
