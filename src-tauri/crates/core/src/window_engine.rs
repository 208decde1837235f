//! Whether the system's part that draws the window can draw it. On Windows it is Edge WebView2, which may be missing or
//! old; on the other systems it belongs to what the program's package requires.

use crate::finding::{Code, Finding};
use crate::locale::Os;

/// The oldest engine that the page is built for, by its first number (`ui/vite.config.ts`).
pub const OLDEST: u32 = 111;

/// Why the window cannot be drawn with this version of the engine, such as `126.0.2592.87`; `None` if it can, or if
/// that is not known.
pub fn obstacle(os: Os, version: Option<&str>) -> Option<Finding> {
    if os != Os::Windows {
        return None;
    }
    // A version that is there and not understood may be newer than any of today.
    match version.map(str::trim).filter(|version| !version.is_empty() && *version != "0.0.0.0") {
        None => Some(Finding::new(Code::WindowEngineMissing)),
        Some(version) => {
            let first = version.split('.').next()?.parse::<u32>().ok()?;
            (first < OLDEST).then(|| Finding::new(Code::WindowEngineTooOld).with("version", version))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_is_there_and_new_enough() {
        for (version, expected) in [
            (None, Some(Code::WindowEngineMissing)),
            (Some(""), Some(Code::WindowEngineMissing)),
            (Some("0.0.0.0"), Some(Code::WindowEngineMissing)),
            (Some("86.0.616.0"), Some(Code::WindowEngineTooOld)),
            (Some("110.0.1587.69"), Some(Code::WindowEngineTooOld)),
            (Some("111.0.1661.41"), None),
            (Some("140.0.3485.54 beta"), None),
            (Some("canary"), None),
        ] {
            assert_eq!(obstacle(Os::Windows, version).map(|finding| finding.code), expected, "{version:?}");
            assert_eq!(obstacle(Os::Linux, version), None, "{version:?}");
        }
    }
}
