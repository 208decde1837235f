//! A scratch folder that is a computer with Claude Desktop on it, for rehearsals. Only builds with the
//! feature `sandbox` have this.

use std::path::Path;
use std::time::Duration;

use airouter_core::finding::{Code, Finding};

use crate::files::{self, Privacy};
use crate::places::{Places, beside_this_program};
use crate::{claude, keychain, sys};

/// How long the stand-in may take to end after its stop file was removed.
const EXIT_LIMIT: Duration = Duration::from_secs(10);

/// The stand-in for Claude Desktop, which lies beside the rehearsal programs.
const STAND_IN: &str = if cfg!(windows) { "practice-claude.exe" } else { "practice-claude" };

/// Puts the stand-in where Claude Desktop would be, with the files that tell its version.
///
/// # Errors
/// `CannotWrite` with what the system says, or without a reason when the stand-in is not beside this program.
pub fn install_claude(places: &Places, version: &str) -> Result<(), Finding> {
    let program = beside_this_program(STAND_IN)
        .ok_or_else(|| Finding::new(Code::CannotWrite).with("reason", format!("{STAND_IN} is not there")))?;
    let stand_in = sys::stand_in(places, version);
    for path in &stand_in.programs {
        files::install_untried(&program, path).map_err(|error| files::cannot_write(path, &error))?;
    }
    for (path, text) in &stand_in.files {
        files::replace(path, text.as_bytes(), Privacy::OwnerOnly).map_err(|error| files::cannot_write(path, &error))?;
    }
    Ok(())
}

/// Waits until no stand-in runs in the sandbox. It ends by itself once its stop file is removed.
///
/// # Errors
/// `ClaudeStays` when one still runs after ten seconds.
pub fn wait_until_ended(places: &Places) -> Result<(), Finding> {
    let has_ended = || claude::locate(places).is_none_or(|install| !claude::is_running(&install));
    if claude::wait_until(EXIT_LIMIT, has_ended) { Ok(()) } else { Err(Finding::new(Code::ClaudeStays)) }
}

/// Empties the sandbox: the rehearsal's key, Claude's folders, the simulated system, and what this program
/// remembers of them. Its log and the chosen language stay. Refuses real places.
///
/// # Errors
/// `CannotWrite` with what the system says.
pub fn clear(places: &Places) -> Result<(), Finding> {
    if !places.is_scratch() {
        return Err(Finding::new(Code::CannotWrite).with("reason", "not a sandbox"));
    }
    if places.helper.is_file()
        && let Err(finding) = keychain::forget(places)
    {
        // Without a keychain there was no key to forget.
        tracing::info!(code = finding.code.number(), "no practice key is forgotten");
    }
    let claudes = places.resolved().roots().cloned().collect::<Vec<_>>();
    let ordinary = places.ordinary_logs.iter().filter_map(|log| log.ancestors().nth(2).map(Path::to_owned));
    let stand_in = sys::stand_in(places, "");
    let programs = stand_in.programs.into_iter().filter_map(|program| program.parent().map(Path::to_owned));
    let kept = ["logs", "language", "lock"];
    let ours = fs_err::read_dir(&places.state).into_iter().flatten().flatten().map(|entry| entry.path());
    let ours = ours.filter(|path| !path.file_name().is_some_and(|name| kept.iter().any(|kept| name == *kept)));
    let ordinary = ordinary.filter(|folder| folder.exists());
    for path in claudes.into_iter().chain(ordinary).chain([places.system.clone()]).chain(programs).chain(ours) {
        let removed = if path.is_dir() { fs_err::remove_dir_all(&path) } else { files::remove(&path) };
        removed.map_err(|error| files::cannot_write(&path, &error))?;
    }
    Ok(())
}
