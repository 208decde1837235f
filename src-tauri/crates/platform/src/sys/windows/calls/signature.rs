//! The signature of a program, as Windows itself judges it (Authenticode).

use std::path::Path;
use std::ptr;

use windows_sys::Win32::Security::Cryptography::{CERT_CONTEXT, CERT_NAME_SIMPLE_DISPLAY_TYPE, CertGetNameStringW};
use windows_sys::Win32::Security::WinTrust::{
    WINTRUST_ACTION_GENERIC_VERIFY_V2, WINTRUST_DATA, WINTRUST_DATA_0, WINTRUST_FILE_INFO,
    WTD_CACHE_ONLY_URL_RETRIEVAL, WTD_CHOICE_FILE, WTD_REVOKE_NONE, WTD_STATEACTION_CLOSE, WTD_STATEACTION_VERIFY,
    WTD_UI_NONE, WTHelperGetProvCertFromChain, WTHelperGetProvSignerFromChain, WTHelperProvDataFromStateData,
    WinVerifyTrust,
};

use super::wide;

/// Longest name of a publisher that is read, in UTF-16 units.
const LONGEST_NAME: usize = 256;

/// Who signed a program, if Windows trusts the signature.
///
/// # Errors
/// The HRESULT by which Windows does not trust it, such as `0x800B0100` for a program without a signature.
pub(in super::super) fn publisher(program: &Path) -> Result<String, u32> {
    let path = wide(program.as_os_str());
    let mut file = WINTRUST_FILE_INFO {
        cbStruct: size_of::<WINTRUST_FILE_INFO>() as u32,
        pcwszFilePath: path.as_ptr(),
        hFile: ptr::null_mut(),
        pgKnownSubject: ptr::null_mut(),
    };
    // SAFETY: all zero is a valid value of this structure of numbers and pointers.
    let mut question: WINTRUST_DATA = unsafe { std::mem::zeroed() };
    question.cbStruct = size_of::<WINTRUST_DATA>() as u32;
    question.dwUIChoice = WTD_UI_NONE;
    // Nothing is downloaded: this must not take longer on a slow network.
    question.fdwRevocationChecks = WTD_REVOKE_NONE;
    question.dwProvFlags = WTD_CACHE_ONLY_URL_RETRIEVAL;
    question.dwUnionChoice = WTD_CHOICE_FILE;
    question.Anonymous = WINTRUST_DATA_0 { pFile: &raw mut file };
    question.dwStateAction = WTD_STATEACTION_VERIFY;
    let mut action = WINTRUST_ACTION_GENERIC_VERIFY_V2;
    // SAFETY: the question and all that it points to outlive the call.
    let answer = unsafe { WinVerifyTrust(ptr::null_mut(), &raw mut action, (&raw mut question).cast()) };
    let name = if answer == 0 { name_of_signer(&question) } else { None };
    question.dwStateAction = WTD_STATEACTION_CLOSE;
    // SAFETY: as above; this frees what the first call has kept in the question.
    unsafe { WinVerifyTrust(ptr::null_mut(), &raw mut action, (&raw mut question).cast()) };
    if answer == 0 { Ok(name.unwrap_or_default()) } else { Err(answer.cast_unsigned()) }
}

fn name_of_signer(question: &WINTRUST_DATA) -> Option<String> {
    // SAFETY: the state is that of a call that succeeded and is not closed yet; each result may be null and is checked
    // before it is used.
    let certificate: *const CERT_CONTEXT = unsafe {
        let data = WTHelperProvDataFromStateData(question.hWVTStateData);
        let signer = data.as_ref().map(|_| WTHelperGetProvSignerFromChain(data, 0, 0, 0))?;
        let found = signer.as_ref().map(|_| WTHelperGetProvCertFromChain(signer, 0))?;
        found.as_ref()?.pCert
    };
    let mut name = [0u16; LONGEST_NAME];
    // SAFETY: the certificate lives as long as the state; the buffer is as long as stated.
    let length = unsafe {
        CertGetNameStringW(
            certificate,
            CERT_NAME_SIMPLE_DISPLAY_TYPE,
            0,
            ptr::null(),
            name.as_mut_ptr(),
            LONGEST_NAME as u32,
        )
    };
    // The zero at the end is counted.
    let text = name.get(..(length as usize).checked_sub(1)?)?;
    Some(String::from_utf16_lossy(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `TRUST_E_NOSIGNATURE`, or what a system answers that knows no signatures of this kind of file.
    const NONE: [u32; 3] = [0x800B_0100, 0x800B_0003, 0x800B_0001];

    #[test]
    fn a_program_without_a_signature_has_no_publisher() {
        let answer = publisher(&std::env::current_exe().unwrap()).unwrap_err();
        assert!(NONE.contains(&answer), "0x{answer:08X}");
    }

    #[test]
    fn what_is_not_there_is_not_trusted() {
        assert!(publisher(Path::new(r"C:\nowhere\claude.exe")).is_err());
    }
}
