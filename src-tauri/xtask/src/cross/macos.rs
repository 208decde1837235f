//! The lane for macOS: type-check and lint everything. No program is linked, so nothing of Apple's is
//! needed; the few C sources of libraries are compiled by Zig, which knows Apple's headers.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::compiler::{self, cargo};
use crate::step::{program, step, target};

/// The target.
const TRIPLE: &str = "aarch64-apple-darwin";
/// The C compiler, as a Python package.
const ZIG: &str = "ziglang==0.15.2";

/// Lints everything, which type-checks it on the way.
pub(super) fn lane() -> Result<()> {
    compiler::check()?;
    let compiler = c_compiler()?;
    let mut command = cargo("clippy", TRIPLE);
    command.args(["--workspace", "--all-targets", "--", "-D", "warnings"]);
    step("clippy for macOS", command.env("CC_aarch64_apple_darwin", &compiler))
}

/// Zig as a C compiler. Rust's build scripts give it words of Apple's own compiler, which it does not
/// take: the wrapper leaves them out.
fn c_compiler() -> Result<PathBuf> {
    let tools = target().join("tools/zig");
    let python = tools.join("bin/python");
    if !tools.join("ziglang").exists() {
        step("a place for Zig", program("python3").args(["-m", "venv"]).arg(&tools))?;
        step("Zig", program(&python).args(["-m", "pip", "install", "--quiet", ZIG]))?;
        std::fs::write(tools.join("ziglang"), ZIG)?;
    }
    let wrapper = tools.join("cc-macos");
    std::fs::write(&wrapper, script(&python))?;
    std::fs::set_permissions(&wrapper, std::fs::Permissions::from_mode(0o755))?;
    Ok(wrapper)
}

fn script(python: &Path) -> String {
    format!(
        "#!/bin/sh
# Leaves out what Apple's compiler knows and this one does not.
for word do
    shift
    case $word in
    -arch) drop_next=1; continue ;;
    --target=* | -mmacosx-version-min=*) continue ;;
    esac
    if [ \"$drop_next\" ]; then drop_next=; continue; fi
    set -- \"$@\" \"$word\"
done
exec '{}' -m ziglang cc -target aarch64-macos \"$@\"
",
        python.display()
    )
}
