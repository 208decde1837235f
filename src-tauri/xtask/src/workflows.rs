//! The files that build and publish in public: no machine here can run them, so what can be said about
//! them without running is said before they land. Whoever changes them changes what people install.

use anyhow::Result;

use crate::step::{program, root, step, target};

/// The checker, by version. It knows the form of these files and what makes them dangerous: an action
/// that is not pinned, a right that is not needed, a value of a stranger's in a command.
const CHECKER: &str = "zizmor==1.32.0";

/// Checks them all; the network is not asked.
pub(crate) fn check() -> Result<()> {
    let folder = target().join("tools/zizmor");
    let programs = folder.join(if cfg!(windows) { "Scripts" } else { "bin" });
    if !programs.join("zizmor").exists() {
        step("a place for it", program("python3").args(["-m", "venv"]).arg(&folder))?;
        step(CHECKER, program(programs.join("python")).args(["-m", "pip", "install", "--quiet", CHECKER]))?;
    }
    let mut checker = program(programs.join("zizmor"));
    checker.args(["--offline", "--persona", "pedantic", "--no-progress"]);
    step("what builds and publishes", checker.arg(root().join(".github/workflows")))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    /// What the gate says to a tag, with Apple's and Windows' secrets there or not.
    #[track_caller]
    fn check(tag: &str, apple: bool, windows: bool, expected: Option<&str>) {
        let mut gate = program(root().join("src-tauri/installer/gate.sh"));
        let output = gate.args([tag, &apple.to_string(), &windows.to_string()]).output().unwrap();
        let said = output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned());
        assert_eq!(said.as_deref(), expected, "{tag} {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.stderr.is_empty(), expected.is_some(), "a refusal has a reason");
    }

    #[test]
    fn nothing_is_published_as_stable_unsigned() {
        let tag = concat!("v", env!("CARGO_PKG_VERSION"));
        check(tag, true, true, Some("stable=true\nsigned=true\n"));
        for (apple, windows) in [(true, false), (false, true), (false, false)] {
            check(tag, apple, windows, None);
            check(&format!("{tag}-rc.1"), apple, windows, Some("stable=false\nsigned=false\n"));
        }
        check(&format!("{tag}-rc.1"), true, true, Some("stable=false\nsigned=true\n"));
    }

    #[test]
    fn the_tag_is_the_programs_version() {
        for tag in
            ["v99.0.0", "v99.0.0-rc.1", concat!("v", env!("CARGO_PKG_VERSION"), "1"), env!("CARGO_PKG_VERSION"), ""]
        {
            check(tag, true, true, None);
        }
    }
}
