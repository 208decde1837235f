//! What lies beside the programs in a Linux package: the changelog in Debian's form, made from
//! CHANGELOG.md, and the command line's manual page, made from its own help.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::output;
use crate::step::{program, root, step, target};

/// The configuration that has them made between building and bundling, and put into the packages.
pub(super) fn configuration(programs: &Path) -> Result<String> {
    if !cfg!(target_os = "linux") {
        return Ok("{}".to_owned());
    }
    let me = std::env::current_exe().context("this program")?;
    let files = format!(r#""files":{{"/usr/share/man/man1/{MANUAL}":"{}"}}"#, folder().join(MANUAL).display());
    Ok(format!(
        r#"{{"build":{{"beforeBundleCommand":"{} papers {}"}},"bundle":{{"linux":{{
            "deb":{{"changelog":"{}",{files}}},"rpm":{{{files}}}}}}}}}"#,
        me.display(),
        programs.display(),
        folder().join("changelog").display(),
    ))
}

/// Makes them. The bundler asks for it once the programs are built.
pub(crate) fn make(programs: &Path) -> Result<()> {
    std::fs::create_dir_all(folder())?;
    let notes = std::fs::read_to_string(root().join("CHANGELOG.md"))?;
    // The day of the last change, so that the same source makes the same package.
    let date = match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(seconds) => output(program("date").args(["-u", "-R", "-d", &format!("@{seconds}")]))?,
        Err(_) => output(program("git").args(["log", "-1", "--format=%cD"]))?,
    };
    std::fs::write(folder().join("changelog"), changelog(&notes, env!("CARGO_PKG_VERSION"), date.trim()))?;
    let page = folder().join("airouter-setup-cli.1");
    let mut manual = program("help2man");
    manual.args(["--no-info", "--name", "connects Claude Desktop to AIRouter, without a window", "--output"]);
    step("manual page", manual.arg(&page).arg(programs.join("airouter-setup-cli")))?;
    step("its compression", program("gzip").args(["-9nf"]).arg(&page))
}

const MANUAL: &str = "airouter-setup-cli.1.gz";

fn folder() -> PathBuf {
    target().join("papers")
}

/// The newest section of the notes in Debian's form.
fn changelog(notes: &str, version: &str, date: &str) -> String {
    let section = notes.split("\n## ").nth(1).unwrap_or_default();
    let points = section.lines().filter_map(|line| line.strip_prefix("- "));
    let points: String = points.map(|point| format!("{}\n", wrapped(point))).collect();
    format!("airouter-setup ({version}) stable; urgency=medium\n\n{points}\n -- {MAINTAINER}  {date}\n")
}

/// As in `tauri.linux.conf.json`. Debian's form wants an address; people are helped at the console.
const MAINTAINER: &str = "AIRouter <noreply@aochengcloud.com>";

fn wrapped(point: &str) -> String {
    let mut lines = vec!["  *".to_owned()];
    for word in point.split_whitespace() {
        if lines.last().is_some_and(|line| line.chars().count() + word.chars().count() > 78) {
            lines.push("   ".to_owned());
        }
        if let Some(line) = lines.last_mut() {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_section_becomes_debians() {
        let notes = "# Changelog\n\nWords.\n\n## 1.1.0\n\n- One.\n- Two.\n\n## 1.0.0\n\n- Old.\n";
        assert_eq!(
            changelog(notes, "1.1.0", "Thu, 01 Jan 2026 00:00:00 +0000"),
            "airouter-setup (1.1.0) stable; urgency=medium\n\n  * One.\n  * Two.\n\n \
             -- AIRouter <noreply@aochengcloud.com>  Thu, 01 Jan 2026 00:00:00 +0000\n"
        );
    }

    #[test]
    fn long_points_are_wrapped() {
        let text = wrapped(&"word ".repeat(40));
        assert!(text.lines().all(|line| line.len() <= 80), "{text}");
        assert!(text.lines().skip(1).all(|line| line.starts_with("    word")), "{text}");
    }
}
