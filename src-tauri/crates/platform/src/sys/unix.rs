//! What Linux and macOS have in common: files with modes and owners, renames over open files, programs
//! that leave their parent's group.

use std::fs::{File, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::fs::{Access, AtFlags, XattrFlags, fsetxattr, getxattr, listxattr};
use rustix::io::Errno;

use crate::places::Places;

/// Starts a program of Claude's so that it outlives this one.
pub(super) fn start_program(program: &Path, places: &Places) -> io::Result<()> {
    let mut command = Command::new(program);
    command
        .envs(places.claude_environment.iter().map(|(name, value)| (name, value)))
        // Set by whoever drives this window in a test; Claude's own window is not meant.
        .env_remove("TAURI_WEBVIEW_AUTOMATION")
        .current_dir(dirs::home_dir().unwrap_or_else(|| PathBuf::from("/")))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0);
    let mut child = crate::command::spawn(&mut command)?;
    // Whoever started a program must take note of its end, or it stays in the list of processes.
    std::thread::spawn(move || child.wait());
    Ok(())
}

/// Forbids core dumps, for good: nobody may raise the limit again.
pub(crate) fn no_core_dumps() {
    let none = rustix::process::Rlimit { current: Some(0), maximum: Some(0) };
    // Lowering a limit is refused to nobody.
    let _ = rustix::process::setrlimit(rustix::process::Resource::Core, none);
}

/// True when a file belongs to the person who runs this program.
pub(crate) fn is_mine(_path: &Path, meta: &Metadata) -> bool {
    meta.uid() == rustix::process::geteuid().as_raw()
}

/// How many names a file has.
pub(crate) fn names(_path: &Path, meta: &Metadata) -> u64 {
    meta.nlink()
}

/// Most that Linux keeps of one attribute, and of all names, in bytes (`XATTR_SIZE_MAX`); a longer one of
/// another system is an error, so that the file is not replaced.
const LONGEST_ATTRIBUTE: usize = 64 * 1024;

/// Gives a new file the group and the attributes of another one; on Linux the list of rights is one of them.
pub(crate) fn carry(path: &Path, meta: &Metadata, new: &tempfile::NamedTempFile) -> io::Result<()> {
    if new.as_file().metadata()?.gid() != meta.gid() {
        std::os::unix::fs::fchown(new.as_file(), None, Some(meta.gid()))?;
    }
    for name in attributes(path)? {
        let mut value = vec![0; LONGEST_ATTRIBUTE];
        let length = getxattr(path, &name, &mut value[..])?;
        fsetxattr(new.as_file(), &name, &value[..length], XattrFlags::empty())?;
    }
    Ok(())
}

/// The names of a file's attributes but for those that the system itself sets on every file.
fn attributes(path: &Path) -> io::Result<Vec<String>> {
    const OF_THE_SYSTEM: [&str; 3] = ["security.", "trusted.", "com.apple.provenance"];
    let mut names = vec![0; LONGEST_ATTRIBUTE];
    let length = match listxattr(path, &mut names[..]) {
        Ok(length) => length,
        // A disk that keeps no attributes.
        Err(Errno::NOTSUP) => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let names = names[..length].split(|byte| *byte == 0).filter(|name| !name.is_empty());
    let names = names.map(|name| String::from_utf8_lossy(name).into_owned());
    Ok(names.filter(|name| !OF_THE_SYSTEM.iter().any(|own| name.starts_with(own))).collect())
}

/// The name of another person to whom a file belongs, else nothing.
pub(crate) fn other_owner(_path: &Path, meta: &Metadata) -> Option<String> {
    let owner = meta.uid();
    if owner == rustix::process::geteuid().as_raw() {
        return None;
    }
    // Who is known only to a directory of the company's has a number at least.
    let accounts = fs_err::read_to_string("/etc/passwd").unwrap_or_default();
    let is_owner = |line: &&str| line.split(':').nth(2).is_some_and(|id| id == owner.to_string());
    let name = accounts.lines().find(is_owner).and_then(|line| line.split(':').next());
    Some(name.map_or_else(|| owner.to_string(), str::to_owned))
}

/// True when this person may go through a folder, or when that cannot be told.
pub(crate) fn may_enter(folder: &Path) -> bool {
    may(folder, Access::EXEC_OK)
}

/// True when this person may write a file or into a folder, or when that cannot be told.
pub(crate) fn may_change(place: &Path) -> bool {
    may(place, if place.is_dir() { Access::WRITE_OK | Access::EXEC_OK } else { Access::WRITE_OK })
}

fn may(place: &Path, access: Access) -> bool {
    let told = rustix::fs::accessat(rustix::fs::CWD, place, access, AtFlags::EACCESS);
    !told.is_err_and(|error| matches!(error, Errno::ACCESS | Errno::PERM | Errno::ROFS))
}

/// True for a file that can be run.
pub(crate) fn is_executable(path: &Path) -> bool {
    fs_err::metadata(path).is_ok_and(|meta| meta.is_file() && meta.mode() & 0o111 != 0)
}

/// The room that is free on the disk of a folder, or of the nearest one that exists, in bytes.
pub(crate) fn free_room(folder: &Path) -> Option<u64> {
    let there = folder.ancestors().find(|folder| folder.is_dir())?;
    let disk = rustix::fs::statvfs(there).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Makes a file a program that its owner may run.
pub(crate) fn make_executable(file: &File) -> io::Result<()> {
    file.set_permissions(Permissions::from_mode(0o700))
}

/// Makes the missing folders on the way, the owner's alone.
pub(crate) fn make_private_folders(folder: &Path) -> io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Makes a rename durable.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    fs_err::File::open(folder)?.sync_all()
}

/// Prepares the replacing of a program that may be running, which needs nothing here.
pub(crate) fn make_way(_program: &Path) -> io::Result<()> {
    Ok(())
}

/// True when a file could not be replaced only because another program has it open, which never
/// hinders anybody here.
pub(crate) fn is_held(_error: &io::Error) -> bool {
    false
}

/// What tells one file from another, so that a rotated log is noticed.
pub(crate) fn identity(file: &File) -> Option<(u64, u64)> {
    file.metadata().ok().map(|meta| (meta.dev(), meta.ino()))
}
