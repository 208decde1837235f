//! What an error number of Windows means for a file or a program.
//!
//! The general kinds of errors do not tell apart a file that another program holds, a program that was stopped by
//! security software, and a missing right. For a person these are different things to do. Numbers and names: OD,
//! "System Error Codes" and `winerror.h`.

/// A cause that a person can do something about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCause {
    /// Another program has the file open, or has marked it for deletion.
    Held,
    /// Security software found the file to be dangerous.
    SecuritySoftware,
    /// A rule of an administrator (AppLocker, software restriction) forbids the program.
    Policy,
    /// Smart App Control or App Control for Business forbids the program.
    AppControl,
    /// The disk is full.
    DiskFull,
    /// The right is missing; also given for a file that is held, so it may pass.
    Permission,
    /// The file is not there.
    Missing,
}

impl ErrorCause {
    /// The stable word in the fact `because` of a finding.
    pub fn because(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::SecuritySoftware => "security-software",
            Self::Policy => "policy",
            Self::AppControl => "app-control",
            Self::DiskFull => "disk-full",
            Self::Permission => "permission",
            Self::Missing => "missing",
        }
    }
}

/// The cause for an error number of Windows; `None` for a number that says nothing of this kind.
pub fn windows(code: i32) -> Option<ErrorCause> {
    match code {
        // ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION, ERROR_DELETE_PENDING, ERROR_USER_MAPPED_FILE.
        32 | 33 | 303 | 1224 => Some(ErrorCause::Held),
        // ERROR_VIRUS_INFECTED, ERROR_VIRUS_DELETED.
        225 | 226 => Some(ErrorCause::SecuritySoftware),
        // ERROR_ACCESS_DISABLED_BY_POLICY.
        1260 => Some(ErrorCause::Policy),
        // ERROR_SYSTEM_INTEGRITY_POLICY_VIOLATION.
        4551 => Some(ErrorCause::AppControl),
        // ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL.
        39 | 112 => Some(ErrorCause::DiskFull),
        // ERROR_ACCESS_DENIED.
        5 => Some(ErrorCause::Permission),
        // ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND.
        2 | 3 => Some(ErrorCause::Missing),
        _ => None,
    }
}

/// Whether an operation on a file is worth trying again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// It fails again.
    Never,
    /// Only for a short time: the error is mostly permanent.
    Briefly,
    /// For as long as a virus scanner or a backup program usually needs.
    Patiently,
}

/// Whether the operation that met this error number of Windows is worth trying again. `replaces` says that a file was
/// to be renamed, replaced or removed: for an open one Windows then says "access denied" (obs under Wine, OD of
/// `MoveFileEx`), where for reading this is nearly always a missing right.
pub fn retry_on_windows(code: i32, replaces: bool) -> Retry {
    match windows(code) {
        Some(ErrorCause::Held) => Retry::Patiently,
        Some(ErrorCause::Permission) if replaces => Retry::Patiently,
        Some(ErrorCause::Permission) => Retry::Briefly,
        _ => Retry::Never,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_has_its_cause_and_its_patience() {
        for (code, because, reading, replacing) in [
            (32, Some("held"), Retry::Patiently, Retry::Patiently),
            (33, Some("held"), Retry::Patiently, Retry::Patiently),
            (303, Some("held"), Retry::Patiently, Retry::Patiently),
            (1224, Some("held"), Retry::Patiently, Retry::Patiently),
            (5, Some("permission"), Retry::Briefly, Retry::Patiently),
            (225, Some("security-software"), Retry::Never, Retry::Never),
            (226, Some("security-software"), Retry::Never, Retry::Never),
            (1260, Some("policy"), Retry::Never, Retry::Never),
            (4551, Some("app-control"), Retry::Never, Retry::Never),
            (39, Some("disk-full"), Retry::Never, Retry::Never),
            (112, Some("disk-full"), Retry::Never, Retry::Never),
            (2, Some("missing"), Retry::Never, Retry::Never),
            (3, Some("missing"), Retry::Never, Retry::Never),
            (87, None, Retry::Never, Retry::Never),
            (0, None, Retry::Never, Retry::Never),
        ] {
            assert_eq!(windows(code).map(ErrorCause::because), because, "{code}");
            assert_eq!((retry_on_windows(code, false), retry_on_windows(code, true)), (reading, replacing), "{code}");
        }
    }
}
