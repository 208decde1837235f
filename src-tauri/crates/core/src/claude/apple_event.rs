//! Asks Claude to quit on macOS by an Apple event, as the Dock does, so that it saves its settings and ends
//! its agents.
//!
//! The event is sent by `osascript`, a program of the system. Before the first event macOS asks the person
//! whether this program may control Claude; the answer is stored in the settings under
//! *Privacy & Security → Automation*. Without that consent Claude is not ended by other means: the person
//! has just refused.

use crate::finding::{Code, Finding};

/// The script, one line each. It does not start a Claude that is not running, and does not wait for one that
/// does not answer in time, for example because a window asks something.
pub const SCRIPT: [&str; 5] = [
    "with timeout of 15 seconds",
    "if application id \"com.anthropic.claudefordesktop\" is running then",
    "tell application id \"com.anthropic.claudefordesktop\" to quit",
    "end if",
    "end timeout",
];

/// Error numbers of macOS for a missing consent: the person refused, or would have to be asked and was not.
/// (Apple's `errAEEventNotPermitted` and `errAEEventWouldRequireUserConsent`.)
const NOT_PERMITTED: [&str; 2] = ["(-1743)", "(-1744)"];

/// Judges the request by `osascript`'s exit code and its standard error. No exit code means that `osascript`
/// had to be ended: the script ends by itself, so macOS's question to the person was left open. Any other
/// error means that Claude refuses for now or has quit already; whether it has quit is checked afterwards.
///
/// # Errors
/// `AutomationRefused` when macOS did not let this program send the event.
pub fn asked(code: Option<i32>, said: &str) -> Result<(), Finding> {
    let refused = |reason: &str| Err(Finding::new(Code::AutomationRefused).with("reason", reason));
    match code {
        Some(0) => Ok(()),
        None => refused("unanswered"),
        Some(_) if NOT_PERMITTED.iter().any(|number| said.contains(number)) => refused("refused"),
        Some(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claude::bundle::IDENTIFIER;

    #[track_caller]
    fn check(code: Option<i32>, said: &str, expected: Option<&str>) {
        let reason = asked(code, said).err().map(|finding| {
            assert_eq!(finding.code, Code::AutomationRefused);
            finding.evidence[0].value.clone()
        });
        assert_eq!(reason.as_deref(), expected, "{code:?} {said}");
    }

    #[test]
    fn only_a_missing_consent_ends_the_flow() {
        check(Some(0), "", None);
        check(
            Some(1),
            "57:61: execution error: Not authorized to send Apple events to Claude. (-1743)",
            Some("refused"),
        );
        check(Some(1), "0:4: execution error: 未获得授权将Apple事件发送给Claude。 (-1743)\n", Some("refused"));
        check(Some(1), "execution error: Claude got an error: User canceled. (-128)", None);
        check(Some(1), "execution error: Claude got an error: AppleEvent timed out. (-1712)", None);
        check(Some(1), "execution error: Claude got an error: Connection is invalid. (-609)", None);
        check(None, "", Some("unanswered"));
    }

    #[test]
    fn the_script_asks_only_claude() {
        let named: Vec<&str> = SCRIPT.iter().flat_map(|line| line.split('"').skip(1).step_by(2)).collect();
        assert_eq!(named, [IDENTIFIER, IDENTIFIER]);
    }
}
