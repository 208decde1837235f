//! Processes: the list that needs no rights, and what one of them runs.
//!
//! A handle has the fewest rights that tell something (`PROCESS_QUERY_LIMITED_INFORMATION`); virus scanners watch for
//! programs that ask for more of every process. More is asked for only to end a process.

use std::ffi::OsString;
use std::os::windows::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::ptr;

use airouter_core::claude::processes::Listed;
use windows_sys::Win32::Foundation::{
    ERROR_ACCESS_DENIED, ERROR_SUCCESS, FILETIME, GetLastError, HANDLE, INVALID_HANDLE_VALUE, STILL_ACTIVE,
};
use windows_sys::Win32::Security::{GetTokenInformation, TOKEN_ELEVATION, TOKEN_QUERY, TokenElevation};
use windows_sys::Win32::Storage::Packaging::Appx::{GetPackageFamilyName, PACKAGE_FAMILY_NAME_MAX_LENGTH};
use windows_sys::Win32::System::Diagnostics::ToolHelp::{
    CreateToolhelp32Snapshot, PROCESSENTRY32W, Process32FirstW, Process32NextW, TH32CS_SNAPPROCESS,
};
use windows_sys::Win32::System::RemoteDesktop::ProcessIdToSessionId;
use windows_sys::Win32::System::Threading::{
    GetCurrentProcess, GetExitCodeProcess, GetProcessTimes, OpenProcess, OpenProcessToken, PROCESS_NAME_WIN32,
    PROCESS_QUERY_LIMITED_INFORMATION, PROCESS_TERMINATE, QueryFullProcessImageNameW, TerminateProcess,
};

use super::{Handle, LONGEST_PATH};

/// The exit code of a process that is terminated here; it has no meaning.
const ENDED: u32 = 1;
/// From 1601, where Windows begins to count, to 1970, in seconds.
const FROM_1601_TO_1970: u64 = 11_644_473_600;
/// Windows counts in steps of 100 nanoseconds.
const STEPS_A_SECOND: u64 = 10_000_000;

/// All processes of this computer; `None` if the system does not list them. None of them is opened.
pub(in super::super) fn list() -> Option<Vec<Listed>> {
    // SAFETY: takes no pointers.
    let snapshot = unsafe { CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0) };
    if snapshot == INVALID_HANDLE_VALUE {
        return None;
    }
    let snapshot = Handle(snapshot);
    // SAFETY: all zero is a valid value of this structure of numbers.
    let mut row: PROCESSENTRY32W = unsafe { std::mem::zeroed() };
    row.dwSize = size_of::<PROCESSENTRY32W>() as u32;
    let mut all = Vec::new();
    // SAFETY: the snapshot is open, and the row has the size that it names, here and below.
    let mut is_there = unsafe { Process32FirstW(snapshot.0, &raw mut row) } != 0;
    while is_there {
        let name = row.szExeFile.split(|unit| *unit == 0).next().unwrap_or_default();
        all.push(Listed {
            id: row.th32ProcessID,
            parent: row.th32ParentProcessID,
            name: String::from_utf16_lossy(name),
        });
        // SAFETY: as above.
        is_there = unsafe { Process32NextW(snapshot.0, &raw mut row) } != 0;
    }
    Some(all)
}

/// The session of a process: each person who is signed in has one, and services have another.
pub(in super::super) fn session_of(id: u32) -> Option<u32> {
    let mut session = 0;
    // SAFETY: the pointer is valid for the call.
    (unsafe { ProcessIdToSessionId(id, &raw mut session) } != 0).then_some(session)
}

/// What the system tells of a process.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in super::super) struct Told {
    /// The path of its program.
    pub(in super::super) program: Option<PathBuf>,
    /// The family of the package that it belongs to.
    pub(in super::super) family: Option<String>,
    /// When it was started, in seconds since 1970; zero if that is not told.
    pub(in super::super) started: u64,
    /// True if it runs as administrator, or with rights that this program may not even look at.
    pub(in super::super) is_elevated: bool,
}

/// What the system tells of a process; `None` if there is no such process any more.
pub(in super::super) fn told_of(id: u32) -> Option<Told> {
    // SAFETY: takes no pointers; an unknown number gives a null handle.
    let handle = unsafe { OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, id) };
    if handle.is_null() {
        // SAFETY: reads a number of this thread.
        let is_refused = unsafe { GetLastError() } == ERROR_ACCESS_DENIED;
        return is_refused.then(|| Told { is_elevated: true, ..Told::default() });
    }
    let handle = Handle(handle);
    if has_ended(&handle) {
        return None;
    }
    Some(Told {
        program: program_of(&handle),
        family: family_of(&handle),
        started: started(&handle).unwrap_or(0),
        is_elevated: is_elevated(handle.0),
    })
}

/// True if a process has ended: it can be opened as long as anybody has a handle of it.
fn has_ended(process: &Handle) -> bool {
    let mut code = 0;
    // SAFETY: the pointer is valid for the call.
    let is_told = unsafe { GetExitCodeProcess(process.0, &raw mut code) } != 0;
    is_told && code != STILL_ACTIVE.cast_unsigned()
}

/// True if this program runs as administrator.
pub(in super::super) fn am_elevated() -> bool {
    // SAFETY: the pseudo handle of this process needs no closing.
    is_elevated(unsafe { GetCurrentProcess() })
}

/// True if the process has administrator's rights, or does not let this program see its token, which it does not if
/// it has more rights.
fn is_elevated(process: HANDLE) -> bool {
    let mut token: HANDLE = ptr::null_mut();
    // SAFETY: the handle is open or the pseudo handle of this process; the pointer is valid for the call.
    if unsafe { OpenProcessToken(process, TOKEN_QUERY, &raw mut token) } == 0 {
        // SAFETY: reads a number of this thread.
        return unsafe { GetLastError() } == ERROR_ACCESS_DENIED;
    }
    let token = Handle(token);
    let mut elevation = TOKEN_ELEVATION { TokenIsElevated: 0 };
    let mut length = 0;
    let (to, size) = (&raw mut elevation, size_of::<TOKEN_ELEVATION>() as u32);
    // SAFETY: the structure is as long as stated, and the length is valid for the call.
    let done = unsafe { GetTokenInformation(token.0, TokenElevation, to.cast(), size, &raw mut length) };
    done != 0 && elevation.TokenIsElevated != 0
}

/// Terminates a process if `is_right` accepts the path of its program. Returns whether it was terminated. The id may
/// have been reused since it was listed, so the path is read through the same handle that terminates.
pub(in super::super) fn end_process(id: u32, is_right: impl Fn(&Path) -> bool) -> bool {
    // SAFETY: takes no pointers; an unknown number gives a null handle.
    let handle = unsafe { OpenProcess(PROCESS_TERMINATE | PROCESS_QUERY_LIMITED_INFORMATION, 0, id) };
    if handle.is_null() {
        return false;
    }
    let handle = Handle(handle);
    let is_it = !has_ended(&handle) && program_of(&handle).is_some_and(|program| is_right(&program));
    // SAFETY: the handle is open and has the right to terminate the process.
    is_it && unsafe { TerminateProcess(handle.0, ENDED) } != 0
}

fn program_of(process: &Handle) -> Option<PathBuf> {
    let mut buffer = vec![0u16; LONGEST_PATH];
    let mut length = LONGEST_PATH as u32;
    // SAFETY: the buffer has as many units as `length` says, and `length` is set to what was written.
    let done =
        unsafe { QueryFullProcessImageNameW(process.0, PROCESS_NAME_WIN32, buffer.as_mut_ptr(), &raw mut length) };
    (done != 0).then(|| PathBuf::from(OsString::from_wide(buffer.get(..length as usize).unwrap_or_default())))
}

fn family_of(process: &Handle) -> Option<String> {
    let mut buffer = [0u16; PACKAGE_FAMILY_NAME_MAX_LENGTH as usize + 1];
    let mut length = buffer.len() as u32;
    // SAFETY: the buffer has as many units as `length` says.
    let answer = unsafe { GetPackageFamilyName(process.0, &raw mut length, buffer.as_mut_ptr()) };
    let name = buffer.split(|unit| *unit == 0).next().unwrap_or_default();
    (answer == ERROR_SUCCESS).then(|| String::from_utf16_lossy(name))
}

fn started(process: &Handle) -> Option<u64> {
    const NEVER: FILETIME = FILETIME { dwLowDateTime: 0, dwHighDateTime: 0 };
    let (mut created, mut ended, mut kernel, mut user) = (NEVER, NEVER, NEVER, NEVER);
    // SAFETY: all four structures are valid for the call.
    let done = unsafe { GetProcessTimes(process.0, &raw mut created, &raw mut ended, &raw mut kernel, &raw mut user) };
    let steps = (u64::from(created.dwHighDateTime) << 32) | u64::from(created.dwLowDateTime);
    (done != 0).then(|| (steps / STEPS_A_SECOND).saturating_sub(FROM_1601_TO_1970))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn this_program_is_listed_and_tells_of_itself() {
        let me = std::process::id();
        let all = list().expect("a list");
        let own = all.iter().find(|listed| listed.id == me).expect("this program");
        let exe = std::env::current_exe().unwrap();
        assert_eq!(Some(own.name.to_lowercase()), exe.file_name().map(|name| name.to_string_lossy().to_lowercase()));
        assert!(session_of(me).is_some());
        let told = told_of(me).expect("it runs");
        assert_eq!(
            told.program.map(|it| it.to_string_lossy().to_lowercase()),
            Some(exe.to_string_lossy().to_lowercase())
        );
        assert_eq!((told.family, told.is_elevated), (None, am_elevated()));
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        assert!(told.started <= now && told.started + 24 * 3600 > now, "{} of {now}", told.started);
    }

    #[test]
    fn a_process_that_has_ended_tells_nothing() {
        let mut child = Command::new("cmd.exe").args(["/c", "exit"]).spawn().unwrap();
        let id = child.id();
        child.wait().unwrap();
        drop(child);
        assert_eq!(told_of(id), None);
        // Its id may have been given again, so nothing else than this program is ended.
        assert!(!end_process(id, |program| program.file_name().is_some_and(|name| name == "cmd.exe")));
        assert!(!end_process(0, |_| true), "nobody ends the system");
    }

    #[test]
    fn a_process_is_ended_only_if_it_runs_the_right_program() {
        let mut pause = Command::new("cmd.exe");
        let mut child = pause.args(["/c", "pause"]).stdin(std::process::Stdio::piped()).spawn().unwrap();
        assert!(!end_process(child.id(), |_| false), "the id belongs to another program");
        assert!(child.try_wait().unwrap().is_none(), "it was ended all the same");
        let is_cmd = |program: &Path| program.file_name().is_some_and(|name| name.eq_ignore_ascii_case("cmd.exe"));
        assert!(end_process(child.id(), is_cmd));
        assert!(!child.wait().unwrap().success());
    }
}
