//! What each program for Windows must tell Windows about itself (`src-tauri/installer/windows/programs.manifest`). The
//! manifest stands as text in the program's file, so the built file is searched for it.

use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::installer::PROGRAMS;

/// Parts of the manifest, each with what would be wrong without it.
const PARTS: [(&str, &str); 4] = [
    ("level=\"asInvoker\"", "Windows guesses from the name that it is an installer"),
    ("{8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a}", "Windows treats it as made for an older one"),
    ("<longPathAware", "paths of more than 260 characters fail"),
    ("Microsoft.Windows.Common-Controls", "a function of its library is not found, and it does not start"),
];

/// Checks the installed programs in a folder.
pub(crate) fn check(folder: &Path) -> Result<()> {
    for name in PROGRAMS {
        let path = folder.join(name);
        let bytes = std::fs::read(&path).with_context(|| format!("no {}", path.display()))?;
        let missing = missing(&bytes);
        ensure!(missing.is_empty(), "the manifest of {name} is not ours: {}", missing.join("; "));
    }
    Ok(())
}

fn missing(program: &[u8]) -> Vec<&'static str> {
    let has = |text: &str| program.windows(text.len()).any(|part| part == text.as_bytes());
    PARTS.iter().filter(|(text, _)| !has(text)).map(|(_, what)| *what).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::step::root;

    #[test]
    fn the_manifest_has_every_part() {
        let manifest = root().join("src-tauri/installer/windows/programs.manifest");
        assert_eq!(missing(&std::fs::read(manifest).unwrap()), [] as [&str; 0]);
        assert_eq!(missing(b"MZ, with the manifest of somebody else").len(), PARTS.len());
    }
}
