//! The stage of a rehearsal: a scratch folder in which Claude Desktop seems to be installed.

use std::path::Path;
use std::time::Duration;

use airouter_core::finding::{Code, Finding};

use crate::files::{self, Privacy};
use crate::places::{Places, beside_this_program};
use crate::{claude, keychain, sys};

/// How long a stand-in may take to be gone once its curtain has fallen.
const EXIT_LIMIT: Duration = Duration::from_secs(10);

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
    let stand_in = beside_this_program(STAND_IN).ok_or_else(|| Finding::new(Code::CannotWrite))?;
    let stage = sys::stage(places, version);
    for program in &stage.programs {
        files::install_program(&stand_in, program).map_err(|error| files::cannot_write(program, &error))?;
    }
    for (path, text) in &stage.files {
        files::replace(path, text.as_bytes(), Privacy::OwnerOnly).map_err(|error| files::cannot_write(path, &error))?;
    }
    Ok(())
}

/// Waits until no stand-in is left on the stage; each ends by itself when its curtain falls.
///
/// # Errors
/// `ClaudeStays` when one is still there.
pub fn wait_until_empty(places: &Places) -> Result<(), Finding> {
    let is_gone = || claude::locate(places).is_none_or(|install| !claude::is_running(&install));
    if claude::wait_until(EXIT_LIMIT, is_gone) { Ok(()) } else { Err(Finding::new(Code::ClaudeStays)) }
}

/// Clears the stage: the rehearsal's key, Claude's folders, the system, and what this program remembers
/// of them. Its log and the chosen language stay. Real places are never cleared.
///
/// # Errors
/// `CannotWrite` with what the system says.
pub fn clear(places: &Places) -> Result<(), Finding> {
    if !places.is_scratch() {
        return Err(Finding::new(Code::CannotWrite).with("reason", "no stage"));
    }
    if places.helper.is_file()
        && let Err(finding) = keychain::forget(places)
    {
        // Without a keychain there was no key to forget.
        tracing::info!(code = finding.code.number(), "no practice key is forgotten");
    }
    let claudes = places.resolved().roots().cloned().collect::<Vec<_>>();
    let ordinary = places.ordinary_log.ancestors().nth(2).map(Path::to_owned);
    let staged = sys::stage(places, "").programs.into_iter().filter_map(|program| program.parent().map(Path::to_owned));
    let kept = ["logs", "language", "lock"];
    let ours = fs_err::read_dir(&places.state).into_iter().flatten().flatten().map(|entry| entry.path());
    let ours = ours.filter(|path| !path.file_name().is_some_and(|name| kept.iter().any(|kept| name == *kept)));
    for path in claudes.into_iter().chain(ordinary).chain([places.system.clone()]).chain(staged).chain(ours) {
        let gone = if path.is_dir() { fs_err::remove_dir_all(&path) } else { files::remove(&path) };
        gone.map_err(|error| files::cannot_write(&path, &error))?;
    }
    Ok(())
}
