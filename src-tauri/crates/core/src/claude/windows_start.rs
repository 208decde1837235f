//! What Windows' answer to the wish to start a package means.
//!
//! The numbers are HRESULTs of Microsoft's documentation: those of the app model (`0x8027…`), of package deployment
//! (`0x80073D…`) and of files (`0x8007…`).

use crate::finding::{Code, Finding};

/// What to do after Windows has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterAnswer {
    /// It accepted; whether Claude runs is seen by its processes and its log.
    Wait,
    /// The package is being replaced at the moment: an update is registered when the last process has ended. The same
    /// again, a little later.
    Again,
    /// Windows still has the package's files in use. If that does not end soon, only a restart ends it (claude-code
    /// #61342 and others).
    RestartComputer,
    /// This way is not there; the shell is asked instead.
    AskShell,
}

/// Another program uses the file; a part of the file is locked.
const HELD: [u32; 2] = [0x8007_0020, 0x8007_0021];
/// `ERROR_PACKAGES_IN_USE`.
const IN_USE: u32 = 0x8007_3D02;
/// `ERROR_PACKAGE_UPDATING`; not registered for this person, as between two versions; no answer in time.
const CHANGING: [u32; 3] = [0x8007_3D00, 0x8027_0254, 0x8027_025A];

/// What an answer means. `answer` is the HRESULT, zero for success.
pub fn after(answer: u32) -> AfterAnswer {
    match answer {
        0 => AfterAnswer::Wait,
        _ if HELD.contains(&answer) || answer == IN_USE => AfterAnswer::RestartComputer,
        _ if CHANGING.contains(&answer) => AfterAnswer::Again,
        _ => AfterAnswer::AskShell,
    }
}

/// An HRESULT as people search for it.
pub fn shown(answer: u32) -> String {
    format!("0x{answer:08X}")
}

/// The finding for an error of which Windows' restart is the cure; `None` for any other. `error` is the system's
/// number, which for this purpose is an HRESULT; no other system has such numbers.
pub fn finding(error: Option<i32>) -> Option<Finding> {
    let answer = error?.cast_unsigned();
    let is_held = after(answer) == AfterAnswer::RestartComputer;
    is_held.then(|| Finding::new(Code::RestartNeeded).with("reason", shown(answer)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_answer_has_its_consequence() {
        for (answer, expected) in [
            (0, AfterAnswer::Wait),
            (0x8007_0020, AfterAnswer::RestartComputer),
            (0x8007_0021, AfterAnswer::RestartComputer),
            (0x8007_3D02, AfterAnswer::RestartComputer),
            (0x8007_3D00, AfterAnswer::Again),
            (0x8027_0254, AfterAnswer::Again),
            (0x8027_025A, AfterAnswer::Again),
            (0x8004_0154, AfterAnswer::AskShell),
            (0x8000_4001, AfterAnswer::AskShell),
            (0x8007_0005, AfterAnswer::AskShell),
        ] {
            assert_eq!(after(answer), expected, "{}", shown(answer));
        }
        assert_eq!(shown(0x20), "0x00000020");
    }

    #[test]
    fn only_files_in_use_need_a_restart() {
        let found = finding(Some(0x8007_0020_u32.cast_signed())).unwrap();
        assert_eq!((found.code, found.fact("reason")), (Code::RestartNeeded, Some("0x80070020")));
        for other in [None, Some(2), Some(32), Some(0x8027_0254_u32.cast_signed())] {
            assert_eq!(finding(other), None, "{other:?}");
        }
    }
}
