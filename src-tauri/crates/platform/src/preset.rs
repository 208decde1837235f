//! The preset to use: the built-in one, or a file.

use std::path::Path;

use airouter_core::finding::{Code, Finding};
use airouter_core::preset::Preset;

/// Largest preset file that is read, in bytes.
const LARGEST: u64 = 64 * 1024;

/// Reads a preset file, or gives the built-in preset when there is none.
///
/// # Errors
/// `PresetInvalid` with what is wrong.
pub fn load(file: Option<&Path>) -> Result<Preset, Finding> {
    let Some(path) = file else { return Ok(Preset::airouter()) };
    let invalid =
        |reason: String| Finding::new(Code::PresetInvalid).with("path", path.display()).with("reason", reason);
    let size = fs_err::metadata(path).map_err(|error| invalid(error.to_string()))?.len();
    if size > LARGEST {
        return Err(invalid("too large".to_owned()));
    }
    let text = fs_err::read_to_string(path).map_err(|error| invalid(error.to_string()))?;
    Preset::from_json(&text)
}
