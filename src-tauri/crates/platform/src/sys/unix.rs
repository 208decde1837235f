//! What Linux and macOS have in common: files with modes and owners, renames over open files, process groups.

use std::ffi::OsString;
use std::fs::{File, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use airouter_core::finding::{Code, Finding};
use rustix::fs::{Access, AtFlags, XattrFlags, fsetxattr, getxattr, listxattr};
use rustix::io::Errno;
use sysinfo::{ProcessRefreshKind, ProcessStatus, ProcessesToUpdate, System, UpdateKind};

use crate::install::Install;
use crate::places::Places;
use crate::process::Process;

/// The processes of this person, without those that have ended; `None` if the system does not list them. `is_claude`
/// decides by the path of the program and its command line which are Claude Desktop.
pub(super) fn processes_of_this_person(
    install: &Install,
    is_claude: impl Fn(&Install, Option<&Path>, &[OsString]) -> bool,
) -> Option<Vec<Process>> {
    // Threads would be listed as processes; on a desktop there are ten times as many of them.
    let what = ProcessRefreshKind::nothing()
        .without_tasks()
        .with_exe(UpdateKind::Always)
        .with_cmd(UpdateKind::Always)
        .with_user(UpdateKind::Always);
    let mut system = System::new().ok()?;
    system.refresh_processes_specifics(ProcessesToUpdate::All, true, what);
    let me = sysinfo::get_current_pid().ok()?;
    let my_user = system.process(me)?.user_id();
    let is_alive = |it: &&sysinfo::Process| it.thread_kind().is_none() && it.status() != ProcessStatus::Zombie;
    let process = |it: &sysinfo::Process| {
        let exe = it.exe().filter(|exe| *exe != Path::new(""));
        let is_mine = it.user_id() == my_user && it.pid() != me;
        Process {
            id: it.pid().as_u32(),
            parent: it.parent().map(sysinfo::Pid::as_u32),
            started: it.start_time(),
            name: it.name().to_string_lossy().into_owned(),
            is_claude: is_mine && is_claude(install, exe, it.cmd()),
            exe: exe.map(Path::to_owned),
            is_of_package: false,
            is_elevated: false,
        }
    };
    Some(system.processes().values().filter(is_alive).map(process).collect())
}

/// Sends the signal by which the system ends programs that may save first (`SIGTERM`).
pub(super) fn send_term(process: &Process) {
    let id = i32::try_from(process.id).ok().and_then(rustix::process::Pid::from_raw);
    // One that has ended meanwhile needs no signal.
    id.map(|id| rustix::process::kill_process(id, rustix::process::Signal::TERM));
}

/// A doubt whether Claude is Anthropic's. Always `None` here: macOS judges the signature where Claude is found, and on
/// Linux the package manager did when it was installed.
pub(crate) fn doubt(_install: &Install, _places: &Places) -> Option<Finding> {
    None
}

/// Ends a process at once; it cannot save. Returns whether it was ended. One that got the id of another is not ended.
pub(crate) fn end_process(install: &Install, process: &Process) -> bool {
    let is_it = crate::sys::processes(install).is_some_and(|all| all.iter().any(|it| it.is_claude && it.is(process)));
    let id = i32::try_from(process.id).ok().and_then(rustix::process::Pid::from_raw);
    is_it && id.is_some_and(|id| rustix::process::kill_process(id, rustix::process::Signal::KILL).is_ok())
}

/// Start files of shells and of the desktop, below the home folder.
const START_FILES: [&str; 9] = [
    ".profile",
    ".bash_profile",
    ".bashrc",
    ".zshenv",
    ".zprofile",
    ".zshrc",
    ".pam_environment",
    ".config/environment.d/claude.conf",
    ".config/fish/config.fish",
];

/// A variable as this process has it; the system keeps none elsewhere.
pub(crate) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// The variables that the system itself keeps: where, name, value; none on these systems.
pub(crate) fn stored_variables() -> Vec<(String, String, String)> {
    Vec::new()
}

/// The files in which a person's variables are usually set. A rehearsal does not look at the real system's.
pub(crate) fn start_files(places: &Places) -> Vec<PathBuf> {
    let of_system = (!places.is_scratch()).then(|| places.system.join("etc/environment"));
    of_system.into_iter().chain(START_FILES.map(|file| places.base_folders.home.join(file))).collect()
}

/// Starts one of Claude's programs so that it keeps running when this program ends.
///
/// # Errors
/// The system's error.
pub(super) fn start_program(program: &Path, places: &Places) -> io::Result<()> {
    let mut command = crate::command::program(program);
    command
        .envs(places.claude_environment.iter().map(|(name, value)| (name, value)))
        .current_dir(dirs::home_dir().unwrap_or_else(|| PathBuf::from("/")))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0);
    let mut child = crate::command::spawn(&mut command)?;
    // Without the wait, the ended process would remain as a zombie.
    std::thread::spawn(move || child.wait());
    Ok(())
}

/// Forbids core dumps permanently: the hard limit is lowered as well.
pub(crate) fn forbid_core_dumps() {
    let none = rustix::process::Rlimit { current: Some(0), maximum: Some(0) };
    // Lowering a limit is always allowed.
    let _ = rustix::process::setrlimit(rustix::process::Resource::Core, none);
}

/// True if a file belongs to the person who runs this program.
pub(crate) fn is_mine(_path: &Path, meta: &Metadata) -> bool {
    meta.uid() == rustix::process::geteuid().as_raw()
}

/// How many names (hard links) a file has.
pub(crate) fn names(_path: &Path, meta: &Metadata) -> u64 {
    meta.nlink()
}

/// Linux's maximum for one attribute and for the list of names, in bytes (`XATTR_SIZE_MAX`). A longer one on another
/// system is an error, so that the file is not replaced.
const LONGEST_ATTRIBUTE: usize = 64 * 1024;

/// Copies the group and the extended attributes of the file at `path` to a new file; on Linux the access control
/// list is one of the attributes.
///
/// # Errors
/// The system's error.
pub(crate) fn copy_attributes(path: &Path, meta: &Metadata, new: &tempfile::NamedTempFile) -> io::Result<()> {
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

/// The names of a file's extended attributes, without those that the system itself sets on every file.
fn attributes(path: &Path) -> io::Result<Vec<String>> {
    const OF_THE_SYSTEM: [&str; 3] = ["security.", "trusted.", "com.apple.provenance"];
    let mut names = vec![0; LONGEST_ATTRIBUTE];
    let length = match listxattr(path, &mut names[..]) {
        Ok(length) => length,
        // A file system without extended attributes.
        Err(Errno::NOTSUP) => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let names = names[..length].split(|byte| *byte == 0).filter(|name| !name.is_empty());
    let names = names.map(|name| String::from_utf8_lossy(name).into_owned());
    Ok(names.filter(|name| !OF_THE_SYSTEM.iter().any(|own| name.starts_with(own))).collect())
}

/// The name or id of the file's owner if that is another person, else `None`.
pub(crate) fn other_owner(_path: &Path, meta: &Metadata) -> Option<String> {
    let owner = meta.uid();
    if owner == rustix::process::geteuid().as_raw() {
        return None;
    }
    // A user who is known only to a company directory is named by the number.
    let accounts = fs_err::read_to_string("/etc/passwd").unwrap_or_default();
    let is_owner = |line: &&str| line.split(':').nth(2).is_some_and(|id| id == owner.to_string());
    let name = accounts.lines().find(is_owner).and_then(|line| line.split(':').next());
    Some(name.map_or_else(|| owner.to_string(), str::to_owned))
}

/// True if this person may enter a folder, or if that cannot be determined.
pub(crate) fn may_enter(folder: &Path) -> bool {
    may(folder, Access::EXEC_OK)
}

/// True if this person may write to a file or into a folder, or if that cannot be determined.
pub(crate) fn may_change(place: &Path) -> bool {
    may(place, if place.is_dir() { Access::WRITE_OK | Access::EXEC_OK } else { Access::WRITE_OK })
}

fn may(place: &Path, access: Access) -> bool {
    let result = rustix::fs::accessat(rustix::fs::CWD, place, access, AtFlags::EACCESS);
    !result.is_err_and(|error| matches!(error, Errno::ACCESS | Errno::PERM | Errno::ROFS))
}

/// True for a file with an execute bit.
pub(crate) fn is_executable(path: &Path) -> bool {
    fs_err::metadata(path).is_ok_and(|meta| meta.is_file() && meta.mode() & 0o111 != 0)
}

/// Free space on the disk of a folder, or of its nearest existing parent, in bytes.
pub(crate) fn free_room(folder: &Path) -> Option<u64> {
    let there = folder.ancestors().find(|folder| folder.is_dir())?;
    let disk = rustix::fs::statvfs(there).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Makes a file executable for its owner.
///
/// # Errors
/// The system's error.
pub(crate) fn make_executable(file: &File) -> io::Result<()> {
    file.set_permissions(Permissions::from_mode(0o700))
}

/// Creates the missing folders of a path, accessible for their owner only.
///
/// # Errors
/// The system's error.
pub(crate) fn make_private_folders(folder: &Path) -> io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Syncs a folder, which makes renames in it durable.
///
/// # Errors
/// The system's error.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    fs_err::File::open(folder)?.sync_all()
}

/// Creates a file that only its owner can access.
///
/// # Errors
/// The system's error, `AlreadyExists` among them.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    File::options().read(true).write(true).create_new(true).mode(0o600).open(path)
}

/// Keeps everybody but the owner out of a file.
///
/// # Errors
/// The system's error.
pub(crate) fn close_to_others(path: &Path) -> io::Result<()> {
    if is_closed_to_others(path) { Ok(()) } else { fs_err::set_permissions(path, Permissions::from_mode(0o600)) }
}

/// True if only the owner of a file can access it.
pub(crate) fn is_closed_to_others(path: &Path) -> bool {
    fs_err::symlink_metadata(path).is_ok_and(|meta| meta.mode() & 0o077 == 0)
}

/// Always true: a file system without modes is not told apart.
pub(crate) fn can_be_closed(_path: &Path) -> bool {
    true
}

/// Other people who may change a file or folder: everybody, if its mode says so. The group's right is left out: it may
/// be the owner's alone.
pub(crate) fn others_who_may_change(path: &Path) -> Vec<&'static str> {
    let is_open = fs_err::metadata(path).is_ok_and(|meta| meta.mode() & 0o002 != 0);
    if is_open { vec!["Everyone"] } else { Vec::new() }
}

/// True if both paths are the same; on Unix they are compared by bytes.
pub(crate) fn is_same_path(one: &Path, other: &Path) -> bool {
    one == other
}

/// True if a text that is not understood may name a file: its path stands in it, verbatim or as JSON writes it, or
/// escapes could hide it.
pub(crate) fn may_be_named_in(text: &str, path: &Path) -> bool {
    let path = path.to_string_lossy();
    let escaped = serde_json::Value::from(path.as_ref()).to_string();
    text.contains(path.as_ref())
        || text.contains(escaped.trim_matches('"'))
        || text.contains("\\u")
        || text.contains("\\/")
}

/// Always false: packages for the whole computer are not where Claude should look for the helper, see
/// [`crate::helper`].
pub(crate) fn is_for_all_users(_program: &Path) -> bool {
    false
}

/// The cause of a finding about the keychain, where this system has one of its own; it has none.
pub(crate) fn keychain_cause(_code: Code) -> Option<&'static str> {
    None
}

/// The identity of a file (device and inode), by which a rotated log is recognized.
pub(crate) fn identity(file: &File) -> Option<(u64, u64)> {
    file.metadata().ok().map(|meta| (meta.dev(), meta.ino()))
}
