//! The lane for the installer of Windows: a person installs, updates and removes the program, and Claude
//! notices nothing of it; an administrator does so for everybody. The programs are those that the lane before has
//! built.

mod person;

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};

use super::compiler;
use super::prefix::Prefix;
use crate::bundle::installer::{ENGINE, PLUGINS, PROGRAMS, SIGNED, UNINSTALLER, make, plugins, uninstaller};
use crate::step::{program, step};
use person::{CLASSES, For, KEY, Person};

/// An earlier version, made of the same programs.
const EARLIER: &str = "0.0.9";
/// Stands in for Microsoft's installer of the engine: it tells Windows that the engine is there.
const STAND_IN: &str = "\
#include <windows.h>
int main(int count, char **words)
{
    const char *key = \"Software\\\\Microsoft\\\\EdgeUpdate\\\\Clients\\\\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}\";
    if (count != 3 || lstrcmpA(words[1], \"/silent\") || lstrcmpA(words[2], \"/install\")) return 1;
    return RegSetKeyValueA(HKEY_CURRENT_USER, key, \"pv\", REG_SZ, \"140.0.3485.54\", 14);
}
";
/// Where it tells it.
const ENGINE_KEY: &str = r"HKCU\Software\Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}";

/// Makes two installers and tries them.
pub(super) fn lane() -> Result<()> {
    let programs = stripped()?;
    let quick = "SetCompress off";
    let earlier = make(&programs, EARLIER, quick)?;
    add_engine_and_parts(&programs, quick)?;
    let new = make(&programs, env!("CARGO_PKG_VERSION"), quick)?;
    holds_the_signed_parts(&programs, &new)?;
    let prefix = Prefix::make()?;
    let tried = Person::of(&prefix).and_then(|person| {
        mine(&person, &earlier, &new)?;
        in_a_folder_of_another_name(&person, &new)?;
        everybodys(&person, &new)
    });
    prefix.close();
    tried
}

/// The programs without what only a debugger needs.
fn stripped() -> Result<PathBuf> {
    let (built, folder) =
        (compiler::folder().join("x86_64-pc-windows-gnu/debug"), compiler::folder().join("installer"));
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    for name in PROGRAMS {
        let from = built.join(name);
        ensure!(from.is_file(), "there is no {name} yet: run `cargo xtask cross windows` first");
        step(name, program("x86_64-w64-mingw32-strip").arg("-o").arg(folder.join(name)).arg(from))?;
    }
    Ok(folder)
}

/// Puts beside the programs what a release has: an installer of the engine, and signed parts of our own.
fn add_engine_and_parts(programs: &Path, compression: &str) -> Result<()> {
    let source = compiler::folder().join("engine.c");
    std::fs::write(&source, STAND_IN)?;
    let mut compiler = program("x86_64-w64-mingw32-gcc");
    compiler.args(["-O1", "-o"]).arg(programs.join(ENGINE)).arg(source).arg("-ladvapi32");
    step("a stand-in for the engine's installer", &mut compiler)?;
    let sign = |path: &Path| -> Result<()> { Ok(std::fs::write(path, [std::fs::read(path)?, mark(path)].concat())?) };
    plugins(programs)?;
    for name in PLUGINS {
        sign(&programs.join(SIGNED).join(name))?;
    }
    uninstaller(programs, compression)?;
    sign(&programs.join(UNINSTALLER))
}

/// What stands behind a file in place of a signature.
fn mark(path: &Path) -> Vec<u8> {
    format!("signed by nobody: {}", path.file_name().unwrap_or_default().display()).into_bytes()
}

/// What is signed by itself is in the installer, or in the uninstaller, as it was signed.
fn holds_the_signed_parts(programs: &Path, installer: &Path) -> Result<()> {
    let (installer, uninstaller) = (std::fs::read(installer)?, std::fs::read(programs.join(UNINSTALLER))?);
    let holds = |program: &[u8], name: &str| {
        let mark = mark(Path::new(name));
        program.windows(mark.len()).any(|part| part == mark)
    };
    for name in PLUGINS {
        ensure!(holds(&installer, name) || holds(&uninstaller, name), "the installer has another {name}");
    }
    ensure!(holds(&installer, UNINSTALLER), "the installer has another uninstaller");
    Ok(())
}

fn mine(person: &Person, earlier: &Path, new: &Path) -> Result<()> {
    let me = For::Me;
    let (installed, folder) = (person.installed(me), person.in_home(r"AppData\Local\Programs\AIRouter Setup")?);
    eprintln!("\n── an older Windows is refused");
    person.set_windows("win81")?;
    ensure!(person.run(new, &["/S"])? == 3 && !installed.exists(), "it was installed on Windows 8.1");
    person.set_windows("win10")?;

    eprintln!("── installed, without Edge WebView2 and without its installer");
    ensure!(person.run(earlier, &["/S"])? == 0, "it does not install");
    ensure!(person.entry(me, "DisplayVersion")? == EARLIER, "Windows does not list it");
    for name in PROGRAMS {
        ensure!(installed.join(name).is_file(), "{name} is not installed");
    }
    ensure!(person.in_menu(me) == 1, "one entry in the Start menu is wanted");
    ensure!(person.on_desktop(me) == 1, "one icon on the desktop is wanted");
    ensure!(person.is_registered(me, &folder)?, "links and preset files do not open with it");
    ensure!(person.has_value(r"HKCU\Software\Classes\airouter-setup", "URL Protocol")?, "it is no scheme");

    eprintln!("── not updated while one of its programs runs");
    let mut busy = person.busy_program(me)?;
    let refused = person.run(new, &["/S"]);
    drop(busy.stdin.take());
    busy.wait()?;
    ensure!(refused? == 2, "it was updated under a running command line");

    eprintln!("── updated over it, with Microsoft's installer of the engine; the desktop stays as the person has it");
    person.clear_desktop()?;
    ensure!(person.run(new, &["/S"])? == 0, "it does not update");
    ensure!(person.entry(me, "DisplayVersion")? == env!("CARGO_PKG_VERSION"), "the update is not listed");
    ensure!(person.in_menu(me) == 1, "an update adds an entry to the Start menu");
    ensure!(person.on_desktop(me) == 0, "an update brings back an icon that the person has removed");
    ensure!(person.value(ENGINE_KEY, "pv")? == "140.0.3485.54", "the engine is not installed");

    eprintln!("── connected, and removed without undoing: Claude goes on working");
    person.connect(me)?;
    ensure!(person.helper().is_file(), "there is no helper");
    let log = person.state().join("logs/airouter-setup.2026-11-29.log");
    std::fs::create_dir_all(log.with_file_name(""))?;
    std::fs::write(&log, "of the window")?;
    person.uninstall(me, &installed, &["/S"])?;
    ensure!(!installed.exists(), "its folder is still there");
    ensure!(!person.is_anything_registered(me)?, "links and preset files still open with it");
    ensure!(person.profile_names_helper()?, "the profile is gone");
    let printed = person.prefix.wine().arg(person.helper()).output()?;
    ensure!(printed.stdout == KEY.as_bytes(), "the helper that stayed does not give the key");
    ensure!(person.state().join("journal.json").is_file(), "what was there before is no longer known");
    ensure!(!log.exists(), "its log stays");

    eprintln!("── installed again without an icon, and removed with undoing: everything is as before");
    ensure!(person.run(new, &["/S", "/NODESKTOP"])? == 0, "it does not install again");
    ensure!(person.on_desktop(me) == 0, "there is an icon on the desktop");
    person.uninstall(me, &installed, &["/S", "/UNDO"])?;
    ensure!(!person.profile_names_helper()?, "the profile is still there");
    let left: Vec<PathBuf> =
        std::fs::read_dir(person.state()).into_iter().flatten().flatten().map(|it| it.path()).collect();
    ensure!(!person.state().exists(), "files of its own stay: {left:?}");
    Ok(())
}

/// The name of a person may hold any letters, and a class that another program has taken over is left to it.
fn in_a_folder_of_another_name(person: &Person, new: &Path) -> Result<()> {
    eprintln!("\n── in a folder with a Chinese name");
    let folder = person.in_home(r"李 雷\AIRouter Setup")?;
    // NSIS takes what follows to the end of the line, and without quotation marks.
    let words = format!("/S /D={folder}");
    ensure!(person.run(new, &words.split(' ').collect::<Vec<_>>())? == 0, "it does not install there");
    ensure!(person.is_registered(For::Me, &folder)?, "links and preset files do not open with it");
    let scheme = format!(r"HKCU\{}", CLASSES[0]);
    person.set_value(&scheme, "another.exe")?;
    let installed = person.home.join("李 雷/AIRouter Setup");
    person.uninstall(For::Me, &installed, &["/S"])?;
    ensure!(!installed.exists(), "its folder is still there");
    ensure!(person.value(&scheme, "")? == "another.exe", "what another program has taken over is gone");
    ensure!(person.value(&format!(r"HKCU\{}", CLASSES[1]), "")?.is_empty(), "preset files still open with it");
    step(
        "that program goes",
        person.prefix.wine().args(["reg.exe", "delete", r"HKCU\Software\Classes\airouter-setup", "/f"]),
    )
}

fn everybodys(person: &Person, new: &Path) -> Result<()> {
    let (me, all) = (For::Me, For::Everybody);
    let (own, common) = (person.installed(me), person.installed(all));
    let folder = r"C:\Program Files\AIRouter Setup";
    eprintln!("\n── for everybody, beside a copy of one person's own");
    ensure!(person.run(new, &["/S"])? == 0, "it does not install");
    ensure!(person.run(new, &["/S", "/ALLUSERS"])? == 0, "it does not install for everybody");
    ensure!(common.join(PROGRAMS[1]).is_file(), "the helper is not where a policy names it");
    ensure!(!person.entry(all, "DisplayVersion")?.is_empty(), "Windows does not list it for everybody");
    ensure!((person.in_menu(all), person.on_desktop(all)) == (1, 1), "it is not in everybody's menu and desktop");
    ensure!(person.is_registered(all, folder)?, "links and preset files do not open with it");
    ensure!(own.join(PROGRAMS[0]).is_file() && person.in_menu(me) == 1, "the person's own copy is gone");

    eprintln!("── removed while Claude of this person is connected: the helper stays");
    person.connect(all)?;
    person.uninstall(all, &common, &["/S", "/HELPER"])?;
    let left =
        || -> Result<Vec<_>> { Ok(std::fs::read_dir(&common)?.flatten().map(|file| file.file_name()).collect()) };
    ensure!(left()? == [PROGRAMS[1]], "not the helper alone stays: {:?}", left()?);
    ensure!(!person.is_anything_registered(all)?, "links and preset files still open with it");
    ensure!(
        person.is_registered(me, &person.in_home(r"AppData\Local\Programs\AIRouter Setup")?)?,
        "those of the person's own are gone"
    );

    eprintln!("── installed again for everybody, undone, removed: the helper stays for other accounts");
    ensure!(person.run(new, &["/S", "/ALLUSERS"])? == 0, "it does not install again");
    person.uninstall(all, &common, &["/S", "/UNDO"])?;
    ensure!(left()? == [PROGRAMS[1]], "not the helper alone stays: {:?}", left()?);

    eprintln!("── and once more, where an administrator says that no account needs it: nothing stays");
    ensure!(person.run(new, &["/S", "/ALLUSERS"])? == 0, "it does not install again");
    person.uninstall(all, &common, &["/S", "/HELPER"])?;
    ensure!(!common.exists(), "its folder is still there");
    person.uninstall(me, &own, &["/S"])?;
    ensure!(!own.exists() && !person.state().exists(), "something of the person's own copy stays");
    Ok(())
}
