//! The oldest systems that the program runs on. They are stated in README.md; what is built or written
//! down elsewhere must agree.

use std::path::Path;

use anyhow::{Result, ensure};

use super::output;
use crate::step::program;

/// The C library of Ubuntu 22.04; Debian 12 has a newer one. Older systems lack the web engine too.
const GLIBC: (u32, u32) = (2, 35);

/// The programs that are installed.
pub(crate) const PROGRAMS: [&str; 3] = ["airouter-setup", "airouter-credential", "airouter-setup-cli"];

/// Checks that no built program asks for a newer C library.
pub(crate) fn check(folder: &Path) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    for name in PROGRAMS {
        let symbols = output(program("objdump").arg("-T").arg(folder.join(name)))?;
        let Some((needed, symbol)) = newest(&symbols) else { continue };
        eprintln!("── {name} needs glibc {}.{}", needed.0, needed.1);
        ensure!(
            needed <= GLIBC,
            "{name} needs glibc {}.{} for {symbol}; what is stated is {}.{}. Build on an older system, or do \
             without it",
            needed.0,
            needed.1,
            GLIBC.0,
            GLIBC.1
        );
    }
    Ok(())
}

/// The newest version of the C library that a table of symbols names, and for which symbol.
fn newest(symbols: &str) -> Option<((u32, u32), &str)> {
    let lines = symbols.lines().filter_map(|line| {
        let (_, rest) = line.split_once("GLIBC_")?;
        let (version, symbol) = rest.split_once(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
        let (major, minor) = version.split_once('.')?;
        let minor = minor.split('.').next()?;
        Some(((major.parse().ok()?, minor.parse().ok()?), symbol.trim_start_matches([')', ' '])))
    });
    lines.max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::step::root;

    #[test]
    fn the_newest_symbol_is_found() {
        let symbols = "\
0000000000000000      DF *UND*  0000000000000000 (GLIBC_2.2.5) memcpy
0000000000000000      DF *UND*  0000000000000000 (GLIBC_2.34) pthread_create
0000000000000000  w   DF *UND*  0000000000000000 (GLIBC_2.9)  pipe2
0000000000000000      DF *UND*  0000000000000000 (GCC_3.0)    _Unwind_Resume
";
        assert_eq!(newest(symbols), Some(((2, 34), "pthread_create")));
        assert_eq!(newest("no dynamic symbols"), None);
    }

    /// One statement for people, and everything that enforces it.
    #[test]
    fn what_is_stated_is_what_is_enforced() {
        let check = |file: &str, words: &[&str]| {
            let text = std::fs::read_to_string(root().join(file)).unwrap();
            for word in words {
                assert!(text.contains(word), "{file} does not say {word}");
            }
        };
        let glibc = format!("{}.{}", GLIBC.0, GLIBC.1);
        check("README.md", &[&format!("glibc {glibc}"), "macOS 13", "build 17763"]);
        check("src-tauri/tauri.conf.json", &[&format!("libc6 (>= {glibc})"), r#""minimumSystemVersion": "13.0""#]);
        check("src-tauri/installer/windows/airouter-setup.nsi", &["OLDEST_BUILD 17763"]);
        // The engines that those systems have at least: Edge 111 comes by itself, Safari 16 with macOS 13.
        check("ui/vite.config.ts", &[r#"cssTarget: ["chrome111", "safari16"]"#]);
    }
}
