//! The packages of this person, as the system's own functions tell them. Wine does not have these functions.

use std::ffi::OsString;
use std::os::windows::ffi::OsStringExt;
use std::path::PathBuf;
use std::ptr;

use windows_sys::Win32::Foundation::{ERROR_INSUFFICIENT_BUFFER, ERROR_SUCCESS, WIN32_ERROR};
use windows_sys::core::{PCWSTR, PWSTR};

use super::optional::of_kernel32;
use super::{LONGEST_PATH, wide};

type PackagesByFamily = unsafe extern "system" fn(PCWSTR, *mut u32, *mut PWSTR, *mut u32, PWSTR) -> WIN32_ERROR;
type PathByFullName = unsafe extern "system" fn(PCWSTR, *mut u32, PWSTR) -> WIN32_ERROR;
type OpenInfo = unsafe extern "system" fn(PCWSTR, u32, *mut *mut core::ffi::c_void) -> WIN32_ERROR;
type ApplicationIds = unsafe extern "system" fn(*const core::ffi::c_void, *mut u32, *mut u8, *mut u32) -> WIN32_ERROR;
type CloseInfo = unsafe extern "system" fn(*const core::ffi::c_void) -> WIN32_ERROR;

/// The full names of the packages of a family that are registered for this person; empty if this system does not tell.
pub(in super::super) fn full_names(family: &str) -> Vec<String> {
    let Some(function) = of_kernel32(c"GetPackagesByPackageFamily") else { return Vec::new() };
    // SAFETY: this is the documented type of the function of that name.
    let ask = unsafe { std::mem::transmute::<unsafe extern "system" fn() -> isize, PackagesByFamily>(function) };
    let family = wide(family.as_ref());
    let (mut count, mut length) = (0, 0);
    // SAFETY: without buffers only the numbers are asked; the name ends in zero and outlives the call.
    let answer = unsafe { ask(family.as_ptr(), &raw mut count, ptr::null_mut(), &raw mut length, ptr::null_mut()) };
    if answer != ERROR_INSUFFICIENT_BUFFER {
        return Vec::new();
    }
    let mut names: Vec<PWSTR> = vec![ptr::null_mut(); count as usize];
    let mut buffer = vec![0u16; length as usize];
    // SAFETY: both buffers have the lengths that were asked for, and outlive the call.
    let answer =
        unsafe { ask(family.as_ptr(), &raw mut count, names.as_mut_ptr(), &raw mut length, buffer.as_mut_ptr()) };
    if answer != ERROR_SUCCESS {
        return Vec::new();
    }
    // The names lie in the buffer one after another, each ending in zero.
    let texts = buffer.split(|unit| *unit == 0).filter(|text| !text.is_empty());
    texts.map(String::from_utf16_lossy).take(count as usize).collect()
}

/// The folder of a package; `None` if this system does not tell.
pub(in super::super) fn folder_of(full_name: &str) -> Option<PathBuf> {
    let function = of_kernel32(c"GetPackagePathByFullName")?;
    // SAFETY: this is the documented type of the function of that name.
    let ask = unsafe { std::mem::transmute::<unsafe extern "system" fn() -> isize, PathByFullName>(function) };
    let name = wide(full_name.as_ref());
    let mut buffer = vec![0u16; LONGEST_PATH];
    let mut length = LONGEST_PATH as u32;
    // SAFETY: the name ends in zero, and the buffer has as many units as `length` says.
    let answer = unsafe { ask(name.as_ptr(), &raw mut length, buffer.as_mut_ptr()) };
    let text = buffer.split(|unit| *unit == 0).next().unwrap_or_default();
    (answer == ERROR_SUCCESS).then(|| PathBuf::from(OsString::from_wide(text)))
}

/// The names by which the apps of a package are started, such as `Claude_pzs8sxrjxfjjc!Claude`; empty if this system
/// does not tell.
pub(in super::super) fn application_ids(full_name: &str) -> Vec<String> {
    let (Some(open), Some(ask), Some(close)) = (
        of_kernel32(c"OpenPackageInfoByFullName"),
        of_kernel32(c"GetPackageApplicationIds"),
        of_kernel32(c"ClosePackageInfo"),
    ) else {
        return Vec::new();
    };
    type Plain = unsafe extern "system" fn() -> isize;
    // SAFETY: these are the documented types of the functions of these names.
    let (open, ask, close) = unsafe {
        (
            std::mem::transmute::<Plain, OpenInfo>(open),
            std::mem::transmute::<Plain, ApplicationIds>(ask),
            std::mem::transmute::<Plain, CloseInfo>(close),
        )
    };
    let name = wide(full_name.as_ref());
    let mut info = ptr::null_mut();
    // SAFETY: the name ends in zero; the pointer is valid for the call.
    if unsafe { open(name.as_ptr(), 0, &raw mut info) } != ERROR_SUCCESS {
        return Vec::new();
    }
    let ids = ids_of(|length, buffer, count| {
        // SAFETY: `ids_of` gives a buffer of the length that it names, or none.
        unsafe { ask(info, length, buffer, count) }
    });
    // SAFETY: it was opened above and is not used any more.
    unsafe { close(info) };
    ids
}

/// Reads what `GetPackageApplicationIds` writes: pointers to texts, which lie in the same buffer.
fn ids_of(ask: impl Fn(*mut u32, *mut u8, *mut u32) -> WIN32_ERROR) -> Vec<String> {
    let (mut length, mut count) = (0, 0);
    if ask(&raw mut length, ptr::null_mut(), &raw mut count) != ERROR_INSUFFICIENT_BUFFER {
        return Vec::new();
    }
    // Aligned like the pointers that are written to its beginning.
    let mut buffer = vec![0u64; (length as usize).div_ceil(size_of::<u64>())];
    if ask(&raw mut length, buffer.as_mut_ptr().cast(), &raw mut count) != ERROR_SUCCESS {
        return Vec::new();
    }
    let pointers = (count as usize * size_of::<PCWSTR>()).div_ceil(size_of::<u64>());
    // SAFETY: the buffer is initialised, and every part of it is a valid number of half the size of a pointer.
    let (_, texts, _) = unsafe { buffer.get(pointers..).unwrap_or_default().align_to::<u16>() };
    texts.split(|unit| *unit == 0).filter(|text| !text.is_empty()).map(String::from_utf16_lossy).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_has_a_package_that_does_not_exist() {
        assert!(full_names("Nobody_0000000000000").is_empty());
        assert_eq!(folder_of("Nobody_1.0.0.0_x64__0000000000000"), None);
        assert!(application_ids("Nobody_1.0.0.0_x64__0000000000000").is_empty());
    }

    #[test]
    fn ids_lie_after_the_pointers_to_them() {
        let ids = ["Claude_pzs8sxrjxfjjc!Claude", "Claude_pzs8sxrjxfjjc!Other"];
        let answer = |length: *mut u32, buffer: *mut u8, count: *mut u32| {
            let mut bytes = vec![0xAA; ids.len() * size_of::<PCWSTR>()];
            bytes.extend(ids.iter().flat_map(|id| wide(id.as_ref())).flat_map(u16::to_ne_bytes));
            // SAFETY: these are the pointers of `ids_of`; the buffer is as long as was asked for.
            unsafe {
                count.write(ids.len() as u32);
                length.write(bytes.len() as u32);
                if buffer.is_null() {
                    return ERROR_INSUFFICIENT_BUFFER;
                }
                ptr::copy_nonoverlapping(bytes.as_ptr(), buffer, bytes.len());
            }
            ERROR_SUCCESS
        };
        assert_eq!(ids_of(answer), ids);
        assert!(ids_of(|_, _, _| 2).is_empty());
    }
}
