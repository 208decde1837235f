//! A fresh Windows for each run: a Wine prefix that nobody else uses.
//!
//! Debian's Wine lacks one library that programs of today ask for when they start (`bcryptprimitives`,
//! for random numbers); one with its one function is made here. Windows are drawn nowhere: the tests need
//! them to be there, not to be seen, so no display is needed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use super::compiler;
use crate::step::{program, step};

/// Debian's Wine. There is no program on the path unless another package is installed.
pub(super) const WINE: &str = "/usr/lib/wine/wine64";

/// The library that is missing: its random numbers are those of an older function.
const RANDOM: &str = "\
#include <stddef.h>
__declspec(dllimport) unsigned char __stdcall SystemFunction036(void *, unsigned long);
__declspec(dllexport) int __stdcall ProcessPrng(unsigned char *to, size_t length)
{
    return SystemFunction036(to, (unsigned long)length);
}
";

/// What a fresh prefix is told: no graphics, and the Windows that it shall be. 19045 is the last build of
/// Windows 10, whose redirection of folders is the harder case; a test may set another one for a while.
const SETTINGS: [(&str, &str, &str); 3] = [
    (r"HKCU\Software\Wine\Drivers", "Graphics", "null"),
    (VERSION, "CurrentVersion", "10.0"),
    (VERSION, "CurrentBuildNumber", "19045"),
];
const VERSION: &str = r"HKLM\Software\Microsoft\Windows NT\CurrentVersion";

/// A prefix of Wine.
pub(super) struct Prefix {
    folder: PathBuf,
}

impl Prefix {
    /// Makes a fresh one.
    pub(super) fn make() -> Result<Self> {
        let prefix = Self { folder: compiler::folder().join("wine") };
        if prefix.folder.exists() {
            // A server of an earlier run would keep the old registry alive.
            let _ = prefix.server("-k").status();
            std::fs::remove_dir_all(&prefix.folder).context("the old prefix")?;
        }
        std::fs::create_dir_all(&prefix.folder)?;
        step("a fresh Windows", prefix.wine().args(["wineboot.exe", "--init"]))?;
        for (key, name, value) in SETTINGS {
            step(name, prefix.wine().args(["reg.exe", "add", key, "/v", name, "/d", value, "/f"]))?;
        }
        prefix.add_random()?;
        // Settings are read when the server starts.
        let _ = prefix.server("-k").status();
        let _ = prefix.server("-w").status();
        // One server for all that follows: it would end between two programs and meet the next one half-way.
        step("its server", &mut prefix.server("-p"))?;
        // The first program starts Windows' services, which keep what they inherit open as long as they live:
        // whoever reads a program's output to its end would wait for them.
        let mut first = prefix.wine();
        first.args(["cmd.exe", "/c", "exit"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        step("its services", &mut first)?;
        Ok(prefix)
    }

    /// Wine in this prefix.
    pub(super) fn wine(&self) -> Command {
        let mut command = program(WINE);
        self.equip(&mut command);
        command
    }

    /// Makes whatever a command starts run in this prefix.
    pub(super) fn equip(&self, command: &mut Command) {
        command
            .env("WINEPREFIX", &self.folder)
            .env("WINEARCH", "win64")
            .env("WINEDEBUG", "-all")
            // No browser engine and no .NET are fetched; no menu entries are made on the real desktop.
            .env("WINEDLLOVERRIDES", "mscoree=;mshtml=;winemenubuilder.exe=")
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY");
    }

    /// Ends everything that still runs in it.
    pub(super) fn close(&self) {
        let _ = self.server("-k").status();
    }

    fn server(&self, word: &str) -> Command {
        let mut command = program(Path::new(WINE).with_file_name("wineserver64"));
        self.equip(&mut command);
        command.arg(word);
        command
    }

    fn add_random(&self) -> Result<()> {
        let source = self.folder.join("random.c");
        std::fs::write(&source, RANDOM)?;
        let library = self.folder.join("drive_c/windows/system32/bcryptprimitives.dll");
        let mut compiler = program("x86_64-w64-mingw32-gcc");
        compiler.args(["-shared", "-O1", "-o"]).arg(library).arg(source).arg("-ladvapi32");
        step("the library that Wine lacks", &mut compiler)
    }
}
